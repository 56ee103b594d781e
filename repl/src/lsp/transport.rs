//! Messages over standard input and output.

use lsp_server::{Connection, Message};
use luka_dap::messages;
use std::io;
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
            match messages::read::<Message>(&mut input, LONGEST) {
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
