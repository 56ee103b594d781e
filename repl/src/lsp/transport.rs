//! Messages over standard input and output. The header says how long a message is; no memory is taken
//! for one above [`LONGEST`].

use lsp_server::{Connection, Message};
use std::io::{self, BufRead, Read};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{JoinHandle, spawn};

/// The most bytes of a message: texts are smaller.
const LONGEST: u64 = 256 << 20;

/// The threads that read and write.
pub struct Transport {
    writer: JoinHandle<io::Result<()>>,
    fault: Arc<Mutex<Option<String>>>,
}

/// A connection over standard input and output.
pub fn stdio() -> (Connection, Transport) {
    let (connection, client) = Connection::memory();
    let (sender, receiver) = (client.sender, client.receiver);
    let fault = Arc::new(Mutex::new(None));
    let found = fault.clone();
    spawn(move || {
        let mut input = io::stdin().lock();
        loop {
            match read(&mut input) {
                Ok(Some(message)) => {
                    if sender.send(message).is_err() {
                        return;
                    }
                }
                Ok(None) => return,
                Err(why) => {
                    *found.lock().unwrap_or_else(PoisonError::into_inner) = Some(why);
                    return;
                }
            }
        }
    });
    let writer = spawn(move || {
        let mut output = io::stdout();
        receiver.into_iter().try_for_each(|message| message.write(&mut output))
    });
    (connection, Transport { writer, fault })
}

impl Transport {
    /// What is wrong with the input, if it has ended for that.
    pub fn fault(&self) -> Option<String> {
        self.fault.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Waits until everything is written.
    pub fn finish(self) -> io::Result<()> {
        self.writer.join().unwrap_or(Ok(()))
    }
}

/// The next message; `None` at the end of the input.
fn read(input: &mut impl BufRead) -> Result<Option<Message>, String> {
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
    serde_json::from_slice(&text)
        .map(Some)
        .map_err(|error| format!("a message is invalid: {error}"))
}
