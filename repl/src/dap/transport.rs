//! Messages of the Debug Adapter Protocol: a header that says how long each is, then JSON. No memory is
//! taken for one above [`LONGEST`].

use serde_json::{Value, json};
use std::io::{BufRead, Read, Write};
use std::sync::{Arc, Mutex, PoisonError};

/// The most bytes of a message.
const LONGEST: u64 = 64 << 20;

/// The next message; `None` at the end of the input.
///
/// # Errors
/// What is wrong with it.
pub fn read(input: &mut impl BufRead) -> Result<Option<Value>, String> {
    let mut length = None;
    loop {
        let mut line = String::new();
        let count = input.by_ref().take(8 << 10).read_line(&mut line);
        if count.map_err(|error| error.to_string())? == 0 {
            return Ok(None);
        }
        let line = line.trim_end();
        if line.is_empty() {
            break;
        }
        let (name, value) = line.split_once(':').ok_or("the header of a message has no colon")?;
        if name.eq_ignore_ascii_case("content-length") {
            length = Some(value.trim().parse().map_err(|_| "the Content-Length is no number")?);
        }
    }
    let length: u64 = length.ok_or("a message has no Content-Length")?;
    if length > LONGEST {
        return Err(format!("a message of {length} bytes is longer than {LONGEST}"));
    }
    let mut text = Vec::new();
    input.take(length).read_to_end(&mut text).map_err(|error| error.to_string())?;
    let message = serde_json::from_slice(&text);
    message.map(Some).map_err(|error| format!("a message is invalid: {error}"))
}

/// Where messages go.
#[derive(Clone)]
pub struct Client(Arc<Mutex<Sink>>);

struct Sink {
    to: Box<dyn Write + Send>,
    /// The number of the last message.
    seq: u64,
}

impl Client {
    pub fn new(to: Box<dyn Write + Send>) -> Client {
        Client(Arc::new(Mutex::new(Sink { to, seq: 0 })))
    }

    fn send(&self, mut message: Value) {
        let mut sink = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        sink.seq += 1;
        message["seq"] = json!(sink.seq);
        let text = message.to_string();
        // A client that has gone is found out by the end of the input.
        let _ = write!(sink.to, "Content-Length: {}\r\n\r\n{text}", text.len());
        let _ = sink.to.flush();
    }

    /// Tells of something.
    pub fn event(&self, name: &str, body: Value) {
        self.send(json!({ "type": "event", "event": name, "body": body }));
    }

    /// Answers a request.
    pub fn answer(&self, request: &Value, body: Result<Value, String>) {
        let mut answer = json!({
            "type": "response",
            "request_seq": request["seq"],
            "command": request["command"],
            "success": body.is_ok(),
        });
        match body {
            Ok(Value::Null) => {}
            Ok(body) => answer["body"] = body,
            Err(why) => {
                answer["message"] = json!(why);
                answer["body"] = json!({ "error": { "id": 1, "format": why, "showUser": true } });
            }
        }
        self.send(answer);
    }
}
