//! A client of `luka lsp`. A marker is a comment below a line: `-- ^name` names the place above its `^`, and is left
//! out of what the server is given.

use luka_tests::{binary, framed, oracle};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::io::BufReader;
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};

/// A client with a server, in a folder of its own.
pub struct Client {
    pub child: Child,
    out: BufReader<ChildStdout>,
    folder: PathBuf,
    number: u64,
    /// Notifications that came while an answer was waited for.
    pub told: Vec<Value>,
    /// Places by file and name of the marker.
    markers: HashMap<(String, String), (u64, u64)>,
    pub capabilities: Value,
}

impl Drop for Client {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// The name of a marker, and its line and character.
pub type Marker = (String, (u64, u64));

/// A text without its markers, and where they are.
pub fn unmarked(text: &str) -> (String, Vec<Marker>) {
    let (mut lines, mut markers) = (Vec::new(), Vec::new());
    for line in text.lines() {
        let marker = line
            .trim_start()
            .strip_prefix("--")
            .and_then(|rest| rest.trim_start().strip_prefix('^'));
        match marker {
            Some(name) => {
                let at = line.find('^').expect("a marker") as u64;
                markers.push((name.trim().to_string(), (lines.len() as u64 - 1, at)));
            }
            None => lines.push(line),
        }
    }
    (lines.join("\n") + "\n", markers)
}

impl Client {
    /// A client with these files in its folder, all of them open.
    pub fn new(files: &[(&str, &str)]) -> Client {
        Client::with(files, json!({}))
    }

    /// One with these capabilities.
    pub fn with(files: &[(&str, &str)], capabilities: Value) -> Client {
        let folder = oracle::scratch().canonicalize().expect("a folder");
        let mut markers = HashMap::new();
        for (name, text) in files {
            let (text, found) = unmarked(text);
            let path = folder.join(name);
            std::fs::create_dir_all(path.parent().expect("in a folder")).expect("made");
            std::fs::write(path, text).expect("written");
            for (marker, place) in found {
                markers.insert((name.to_string(), marker), place);
            }
        }
        let mut child = Command::new(binary::luka())
            .arg("lsp")
            .current_dir(&folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("luka runs");
        let out = BufReader::new(child.stdout.take().expect("piped"));
        let mut client = Client {
            child,
            out,
            folder,
            number: 0,
            told: Vec::new(),
            markers,
            capabilities: Value::Null,
        };
        let root = format!("file://{}", client.folder.display());
        let result = client.ask(
            "initialize",
            json!({
                "processId": null,
                "rootUri": root,
                "workspaceFolders": [{"uri": root, "name": "w"}],
                "capabilities": capabilities,
            }),
        );
        client.capabilities = result["capabilities"].clone();
        client.tell("initialized", json!({}));
        for (name, text) in files {
            client.open(name, &unmarked(text).0);
        }
        client
    }

    /// The address of a file.
    pub fn uri(&self, name: &str) -> String {
        format!("file://{}", self.folder.join(name).display())
    }

    fn send(&mut self, message: Value) {
        framed::send(self.child.stdin.as_mut().expect("piped"), &message.to_string());
    }

    fn receive(&mut self) -> Value {
        serde_json::from_slice(&framed::receive(&mut self.out)).expect("JSON")
    }

    /// The whole answer to a request.
    pub fn response(&mut self, method: &str, params: Value) -> Value {
        self.number += 1;
        let id = self.number;
        self.send(json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}));
        loop {
            let message = self.receive();
            if message["id"] == id {
                return message;
            }
            self.told.push(message);
        }
    }

    /// The result of a request that has one.
    pub fn ask(&mut self, method: &str, params: Value) -> Value {
        let response = self.response(method, params);
        assert!(response["error"].is_null(), "{method}: {}", response["error"]);
        response["result"].clone()
    }

    /// Sends a notification.
    pub fn tell(&mut self, method: &str, params: Value) {
        self.send(json!({"jsonrpc": "2.0", "method": method, "params": params}));
    }

    fn open(&mut self, name: &str, text: &str) {
        let uri = self.uri(name);
        let document = json!({"uri": uri, "languageId": "lua", "version": 1, "text": text});
        self.tell("textDocument/didOpen", json!({"textDocument": document}));
    }

    /// The parameters of a request at a marker.
    pub fn at(&self, name: &str, marker: &str) -> Value {
        let key = (name.to_string(), marker.to_string());
        let (line, character) =
            self.markers.get(&key).unwrap_or_else(|| panic!("no marker {marker}"));
        json!({
            "textDocument": {"uri": self.uri(name)},
            "position": {"line": line, "character": character},
            "context": {"includeDeclaration": true},
        })
    }

    /// The places of locations: `file:line:character`, sorted.
    pub fn places(&self, locations: &Value) -> Vec<String> {
        let root = format!("file://{}/", self.folder.display());
        let mut places: Vec<String> = locations
            .as_array()
            .expect("a list")
            .iter()
            .map(|location| {
                let uri = location["uri"].as_str().expect("an address");
                let start = &location["range"]["start"];
                let name = uri.strip_prefix(&root).unwrap_or(uri);
                format!("{name}:{}:{}", start["line"], start["character"])
            })
            .collect();
        places.sort();
        places
    }

    /// Where a marker is, as [`Client::places`] has it.
    pub fn place(&self, name: &str, marker: &str) -> String {
        let (line, character) = self.markers[&(name.to_string(), marker.to_string())];
        format!("{name}:{line}:{character}")
    }

    /// What is shown at a marker.
    pub fn hover(&mut self, name: &str, marker: &str) -> String {
        let at = self.at(name, marker);
        let result = self.ask("textDocument/hover", at);
        result["contents"]["value"].as_str().unwrap_or_default().to_string()
    }

    /// What is offered at a marker.
    pub fn labels(&mut self, name: &str, marker: &str) -> Vec<String> {
        let at = self.at(name, marker);
        let items = self.ask("textDocument/completion", at);
        let label = |item: &Value| item["label"].as_str().expect("a label").to_string();
        items.as_array().expect("a list").iter().map(label).collect()
    }

    /// Waits for the reports about a file.
    pub fn reports(&mut self, name: &str) -> Vec<Value> {
        let uri = self.uri(name);
        loop {
            let found = self.told.iter().position(|message| {
                message["method"] == "textDocument/publishDiagnostics"
                    && message["params"]["uri"] == uri.as_str()
            });
            if let Some(at) = found {
                let message = self.told.remove(at);
                return message["params"]["diagnostics"].as_array().expect("a list").clone();
            }
            let message = self.receive();
            self.told.push(message);
        }
    }
}
