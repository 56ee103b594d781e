//! Messages of the Debug Adapter Protocol.

use serde_json::{Value, json};
use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};

/// The most bytes of a message.
pub(crate) const LONGEST: u64 = 64 << 20;

/// Where messages go.
#[derive(Clone)]
pub struct Client(Arc<Mutex<Sink>>);

struct Sink {
    to: Box<dyn Write + Send>,
    /// The number of the last message.
    seq: u64,
}

impl Client {
    /// A client that messages are written to.
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
    pub(crate) fn answer(&self, request: &Value, body: Result<Value, String>) {
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
