//! `luka dap`, by the protocol: a client that plays the sessions of `tests/dap`.
//!
//! A file has programs (`=== main.lua`), the requests (`=== requests`: a command and its arguments a
//! line) and what came of them (`=== answers`, rewritten by `BLESS=1`). After a request that moves the
//! program, the client waits for it to stop.

use luka_tests::{binary, framed, oracle, session};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::io::{BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

struct Client {
    child: Child,
    out: BufReader<ChildStdout>,
    folder: PathBuf,
    number: u64,
    /// What the program has written since the last answer, by stream.
    written: Vec<(String, String)>,
}

impl Drop for Client {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Requests after which the program moves.
fn moves(command: &str) -> bool {
    let moving = ["configurationDone", "continue", "next", "stepIn", "stepOut", "stepBack"];
    moving.contains(&command)
        || ["reverseContinue", "luka/goto", "luka/stepBackInto", "luka/stepBackOut"]
            .contains(&command)
        || ["goto", "restartFrame"].contains(&command)
}

impl Client {
    fn new(files: &[(String, String)]) -> Client {
        let folder = oracle::scratch().canonicalize().expect("a folder");
        for (name, text) in files {
            std::fs::write(folder.join(name), text).expect("written");
        }
        let mut child = Command::new(binary::luka())
            .arg("dap")
            .current_dir(&folder)
            .env_remove("LUA_INIT")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("luka runs");
        let out = BufReader::new(child.stdout.take().expect("piped"));
        Client { child, out, folder, number: 0, written: Vec::new() }
    }

    fn send(&mut self, command: &str, arguments: Value) {
        self.number += 1;
        let message = json!({
            "seq": self.number, "type": "request", "command": command, "arguments": arguments,
        });
        framed::send(self.child.stdin.as_mut().expect("piped"), &message.to_string());
    }

    fn receive(&mut self) -> Value {
        serde_json::from_slice(&framed::receive(&mut self.out)).expect("JSON")
    }

    /// Sends a request and writes down what comes of it.
    fn play(&mut self, command: &str, arguments: Value, answers: &mut String) {
        self.send(command, arguments);
        let (mut answered, mut stopped) = (false, !moves(command));
        while !answered || !stopped {
            let message = self.receive();
            if message["event"] == "output" {
                let category = message["body"]["category"].as_str().unwrap_or("").to_string();
                let text = message["body"]["output"].as_str().unwrap_or("");
                match self.written.iter_mut().find(|(known, _)| *known == category) {
                    Some((_, all)) => all.push_str(text),
                    None => self.written.push((category, text.to_string())),
                }
                continue;
            }
            let mut shown = String::new();
            if message["type"] == "response" {
                assert_eq!(message["request_seq"], json!(self.number));
                answered = true;
                stopped |= message["success"] == false;
                let body = match message["success"] == true {
                    true => message["body"].clone(),
                    false => json!({ "failed": message["message"] }),
                };
                if !body.is_null() {
                    shown = format!("  {body}\n");
                }
            } else {
                let name = message["event"].as_str().unwrap_or("");
                let awaited = if command == "launch" { "initialized" } else { "stopped" };
                stopped |= [awaited, "terminated"].contains(&name);
                shown = match &message["body"] {
                    Value::Null => format!("  ! {name}\n"),
                    body => format!("  ! {name} {body}\n"),
                };
            }
            for (category, text) in std::mem::take(&mut self.written) {
                let _ = writeln!(answers, "  {category}: {text:?}");
            }
            let shown = shown.replace(&self.folder.display().to_string(), "DIR");
            answers.push_str(&session::without_sizes(&shown));
        }
    }
}

fn play(path: &Path) -> Result<(), String> {
    let parts = session::parts(&std::fs::read_to_string(path).expect("a file"));
    let files: Vec<(String, String)> =
        parts.iter().filter(|(name, _)| name.contains('.')).cloned().collect();
    let mut client = Client::new(&files);
    let folder = client.folder.display().to_string();
    let mut answers = String::new();
    // What is done before: arguments of luka in a line.
    let before = parts.iter().find(|(name, _)| name == "before");
    for line in before.map_or("", |(_, text)| text).lines() {
        let mut run = Command::new(binary::luka());
        run.args(line.split(' ')).current_dir(&client.folder).env_remove("LUA_INIT");
        run.output().expect("luka runs");
    }
    for line in session::part(&parts, "requests").lines() {
        let _ = writeln!(answers, "{line}");
        let (command, arguments) = line.split_once(' ').unwrap_or((line, "{}"));
        let arguments = arguments.replace("DIR", &folder);
        let arguments = serde_json::from_str(&arguments).unwrap_or_else(|e| panic!("{line}: {e}"));
        client.play(command, arguments, &mut answers);
    }
    session::compare(path, "answers", &answers)
}

#[test]
fn sessions() {
    let files = session::files("dap");
    assert!(files.len() > 55, "sessions are missing");
    let failed: Vec<String> = files.iter().filter_map(|path| play(path).err()).collect();
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

impl Client {
    /// What comes until this is there.
    fn until(&mut self, is_it: impl Fn(&Value) -> bool) -> Value {
        loop {
            let message = self.receive();
            if is_it(&message) {
                return message;
            }
        }
    }

    fn response(&mut self, command: &str) -> Value {
        let message = self.until(|m| m["type"] == "response" && m["command"] == command);
        assert_eq!(message["success"], true, "{message}");
        message["body"].clone()
    }

    fn stopped(&mut self) -> Value {
        self.until(|m| m["event"] == "stopped")["body"]["reason"].clone()
    }
}

/// Requests are answered while a program runs; a pause stops it; breakpoints are set meanwhile.
#[test]
fn programs_that_run_are_asked_and_paused() {
    let text = "local n = 0\nwhile true do\n  n = n + 1\n  if n < 0 then\n    n = 0\n  end\nend\n";
    let mut client = Client::new(&[("main.lua".to_string(), text.to_string())]);
    let source = json!({ "path": client.folder.join("main.lua") });
    client.send("initialize", json!({}));
    client.response("initialize");
    client.send("launch", json!({ "program": "main.lua" }));
    client.response("launch");
    client.send("configurationDone", json!({}));
    for _ in 0..20 {
        client.send("threads", json!({}));
        client.response("threads");
    }
    client.send("pause", json!({ "threadId": 1 }));
    assert_eq!(client.stopped(), "pause");
    client.send("evaluate", json!({ "expression": "n > 0" }));
    assert_eq!(client.response("evaluate")["result"], "true");
    // A step over what never ends is paused, too; one that is asked in between is still a step.
    client.send("next", json!({ "threadId": 1 }));
    client.send("threads", json!({}));
    assert_eq!(client.stopped(), "step");
    client.send("stepBack", json!({ "threadId": 1 }));
    assert_eq!(client.stopped(), "step");
    client.send("continue", json!({ "threadId": 1 }));
    client.response("continue");
    let breakpoints = json!({ "source": source, "breakpoints": [{ "line": 4 }] });
    client.send("setBreakpoints", breakpoints);
    assert_eq!(client.stopped(), "breakpoint");
    client.send("disconnect", json!({}));
    client.response("disconnect");
}

/// A client whose program has come to the end of a loop, and how long that took. (There is room for no
/// state between the first and the last.)
fn at_end_of_loop(rounds: u64) -> (Client, Duration) {
    let text = format!("local n = 0\nfor i = 1, {rounds} do\n  n = n + i % 7\nend\nprint(n)\n");
    let mut client = Client::new(&[("main.lua".to_string(), text)]);
    let source = json!({ "path": client.folder.join("main.lua") });
    client.send("initialize", json!({ "supportsProgressReporting": true }));
    client.response("initialize");
    client.send("launch", json!({ "program": "main.lua", "recordMemory": 1 }));
    client.response("launch");
    client.send("setBreakpoints", json!({ "source": source, "breakpoints": [{ "line": 5 }] }));
    client.response("setBreakpoints");
    let begun = Instant::now();
    client.send("configurationDone", json!({}));
    assert_eq!(client.stopped(), "breakpoint");
    (client, begun.elapsed())
}

/// A client is told how far a long movement through the past is, and can give it up: the program is
/// where it was then.
#[test]
fn long_movements_show_progress_and_are_cancelled() {
    // A program that takes so long that its past does, too, on whatever machine.
    let mut lengths = [60, 240, 960, 3840].into_iter();
    let client = lengths.find_map(|millions| {
        let (client, took) = at_end_of_loop(millions * 1_000_000);
        (took > Duration::from_millis(1500)).then_some((client, took))
    });
    let (mut client, _) = client.expect("a program that takes a while");
    client.send("evaluate", json!({ "expression": "n" }));
    let n = client.response("evaluate")["result"].clone();
    for command in ["cancel", "pause"] {
        client.send("reverseContinue", json!({ "threadId": 1 }));
        let begun = client.until(|m| m["event"] == "progressStart")["body"].clone();
        assert_eq!(begun["cancellable"], true);
        client.send(command, json!({ "progressId": begun["progressId"], "threadId": 1 }));
        let ended = client.until(|m| m["event"] == "progressEnd")["body"].clone();
        assert_eq!(ended["progressId"], begun["progressId"]);
        client.stopped();
        client.send("evaluate", json!({ "expression": "n" }));
        assert_eq!(client.response("evaluate")["result"], n);
    }
    // It is not given up: percentages grow.
    client.send("reverseContinue", json!({ "threadId": 1 }));
    let mut last = 0;
    loop {
        let message = client.until(|m| m["type"] == "event" && m["event"] != "output");
        let now = message["body"]["percentage"].as_u64().unwrap_or(last);
        assert!(last <= now && now <= 100, "{message}");
        last = now;
        if message["event"] == "stopped" {
            assert_eq!(message["body"]["reason"], "entry");
            break;
        }
    }
    assert!(last > 0);
    client.send("disconnect", json!({}));
    client.response("disconnect");
}

#[test]
fn what_is_no_message_ends_the_adapter() {
    for bad in ["Content-Length: x\r\n\r\n{}", "nothing\r\n\r\n", "Content-Length: 3\r\n\r\n{]}"] {
        let mut child = Command::new(binary::luka())
            .arg("dap")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("luka runs");
        child.stdin.take().expect("piped").write_all(bad.as_bytes()).expect("sent");
        assert!(child.wait().expect("ends").success(), "{bad}");
    }
}

#[test]
fn only_this_machine_is_listened_to() {
    let output = Command::new(binary::luka()).args(["dap", "--listen", "0.0.0.0:0"]).output();
    let output = output.expect("luka runs");
    assert_eq!(output.status.code(), Some(2));
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(text.contains("only addresses of this machine"), "{text}");
}
