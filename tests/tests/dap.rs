//! `luka dap`, by the protocol: a client that plays the sessions of `tests/dap`.
//!
//! A file has programs (`=== main.lua`), the requests (`=== requests`: a command and its arguments a
//! line) and what came of them (`=== answers`, rewritten by `BLESS=1`). After a request that moves the
//! program, the client waits for it to stop.

use luka_tests::{binary, oracle};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

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
        let text = message.to_string();
        let input = self.child.stdin.as_mut().expect("piped");
        write!(input, "Content-Length: {}\r\n\r\n{text}", text.len()).expect("sent");
        input.flush().expect("sent");
    }

    fn receive(&mut self) -> Value {
        let mut length = 0;
        loop {
            let mut line = String::new();
            self.out.read_line(&mut line).expect("a line");
            assert!(!line.is_empty(), "the server has gone");
            match line.trim().split_once(": ") {
                Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                    length = value.parse().expect("a length");
                }
                Some(_) => {}
                None => break,
            }
        }
        let mut text = vec![0; length];
        self.out.read_exact(&mut text).expect("a message");
        serde_json::from_slice(&text).expect("JSON")
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
            answers.push_str(&without_sizes(&shown));
        }
    }
}

/// A text without long numbers: fuel, sizes, cells of the heap, which are other ones in other versions.
fn without_sizes(text: &str) -> String {
    let mut out = String::new();
    let mut digits = String::new();
    for c in text.chars().chain(['\0']) {
        if c.is_ascii_digit() {
            digits.push(c);
            continue;
        }
        out.push_str(if digits.len() > 3 { "#" } else { &digits });
        digits.clear();
        if c != '\0' {
            out.push(c);
        }
    }
    out
}

/// The parts of a file: their names and texts.
fn parts(text: &str) -> Vec<(String, String)> {
    let mut parts: Vec<(String, String)> = Vec::new();
    for line in text.lines() {
        match (line.strip_prefix("=== "), parts.last_mut()) {
            (Some(name), _) => parts.push((name.to_string(), String::new())),
            (None, Some((_, part))) => part.push_str(&format!("{line}\n")),
            (None, None) => {}
        }
    }
    parts
}

fn play(path: &Path) -> Result<(), String> {
    let text = std::fs::read_to_string(path).expect("a file");
    let parts = parts(&text);
    let of = |name: &str| parts.iter().find(|(known, _)| known == name).map(|(_, text)| text);
    let files: Vec<(String, String)> =
        parts.iter().filter(|(name, _)| name.contains('.')).cloned().collect();
    let requests = of("requests").expect("requests");
    let mut client = Client::new(&files);
    let folder = client.folder.display().to_string();
    let mut answers = String::new();
    for line in requests.lines().filter(|line| !line.trim().is_empty()) {
        let _ = writeln!(answers, "{line}");
        let (command, arguments) = line.split_once(' ').unwrap_or((line, "{}"));
        let arguments = arguments.replace("DIR", &folder);
        let arguments = serde_json::from_str(&arguments).unwrap_or_else(|e| panic!("{line}: {e}"));
        client.play(command, arguments, &mut answers);
    }
    if std::env::var_os("BLESS").is_some() {
        let head = text.split("=== answers").next().unwrap_or_default();
        std::fs::write(path, format!("{head}=== answers\n{answers}")).expect("written");
        return Ok(());
    }
    let expected = of("answers").cloned().unwrap_or_default();
    if expected == answers {
        return Ok(());
    }
    Err(format!("{}:\n--- expected\n{expected}--- found\n{answers}", path.display()))
}

#[test]
fn sessions() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("dap");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("read").path())
        .collect();
    files.sort();
    assert!(files.len() > 20, "sessions are missing");
    let failed: Vec<String> = files.iter().filter_map(|path| play(path).err()).collect();
    assert!(failed.is_empty(), "{}", failed.join("\n"));
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
