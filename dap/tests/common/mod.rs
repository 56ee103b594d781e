//! A client that a test speaks for.
#![allow(dead_code, reason = "each test uses a part")]

use serde_json::{Value, json};
use std::io::{BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

pub struct Client {
    input: BufReader<TcpStream>,
    pub output: TcpStream,
    number: u64,
    /// Events that have come since the last request.
    pub events: Vec<Value>,
}

impl Client {
    pub fn new(at: SocketAddr) -> Client {
        let output = TcpStream::connect(at).expect("it listens");
        output.set_read_timeout(Some(Duration::from_secs(60))).expect("a time");
        let input = BufReader::new(output.try_clone().expect("a stream"));
        Client { input, output, number: 0, events: Vec::new() }
    }

    pub fn send(&mut self, command: &str, arguments: Value) {
        self.number += 1;
        let text = json!({
            "seq": self.number, "type": "request", "command": command, "arguments": arguments,
        })
        .to_string();
        write!(self.output, "Content-Length: {}\r\n\r\n{text}", text.len()).expect("sent");
    }

    pub fn receive(&mut self) -> Option<Value> {
        luka_dap::messages::read(&mut self.input, 64 << 20).expect("a message")
    }

    /// The answer to a request.
    pub fn ask(&mut self, command: &str, arguments: Value) -> Result<Value, String> {
        self.send(command, arguments);
        loop {
            let message = self.receive().expect("an answer");
            if message["type"] == "response" && message["request_seq"] == json!(self.number) {
                return match message["success"] == true {
                    true => Ok(message["body"].clone()),
                    false => Err(message["message"].as_str().unwrap_or_default().to_string()),
                };
            }
            self.events.push(message);
        }
    }

    pub fn event(&mut self, name: &str) -> Value {
        if let Some(at) = self.events.iter().position(|event| event["event"] == name) {
            return self.events.remove(at)["body"].clone();
        }
        loop {
            let message = self.receive().unwrap_or_else(|| panic!("no {name}"));
            if message["event"] == name {
                return message["body"].clone();
            }
            self.events.push(message);
        }
    }

    /// Why it has stopped.
    pub fn stopped(&mut self) -> String {
        self.event("stopped")["reason"].as_str().unwrap_or_default().to_string()
    }

    /// Moves, and says why it has stopped then.
    pub fn go(&mut self, command: &str) -> String {
        self.ask(command, json!({ "threadId": 1 })).expect("it moves");
        self.stopped()
    }

    pub fn line(&mut self) -> u64 {
        let stack = self.ask("stackTrace", json!({ "threadId": 1 })).expect("a stack");
        stack["stackFrames"][0]["line"].as_u64().unwrap_or(0)
    }

    pub fn value(&mut self, expression: &str) -> String {
        match self.ask("evaluate", json!({ "expression": expression })) {
            Ok(value) => value["result"].as_str().unwrap_or_default().to_string(),
            Err(why) => why,
        }
    }

    /// Attaches, with breakpoints in a chunk without a file.
    pub fn attach(&mut self, chunk: &str, lines: &[u64]) {
        self.ask("initialize", json!({})).expect("initialized");
        self.ask("attach", json!({})).expect("attached");
        self.event("initialized");
        if !lines.is_empty() {
            self.breakpoints(chunk, lines);
        }
        self.ask("configurationDone", json!({})).expect("configured");
    }

    pub fn breakpoints(&mut self, chunk: &str, lines: &[u64]) {
        let sources = self.ask("loadedSources", json!({})).expect("sources");
        let list = sources["sources"].as_array().expect("a list").clone();
        let source = list.iter().find(|source| source["name"] == chunk).expect("the chunk").clone();
        let lines: Vec<Value> = lines.iter().map(|line| json!({ "line": line })).collect();
        let set = json!({ "source": source, "breakpoints": lines });
        let set = self.ask("setBreakpoints", set).expect("set");
        for one in set["breakpoints"].as_array().expect("a list") {
            assert_eq!(one["verified"], true, "{set}");
        }
    }
}
