//! Addresses at which clients are waited for.

use crate::transport::Client;
use luka::Flag;
use serde_json::json;
use std::io::{Error, ErrorKind, Read, Result};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream, ToSocketAddrs};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How long a client that is turned away has to read why.
const GOODBYE: Duration = Duration::from_millis(200);

/// Listens on an address of this machine, and no other: whoever connects may run programs, or change the
/// one that runs.
///
/// # Errors
/// The address is another machine's, or in use.
pub fn listen(address: impl ToSocketAddrs) -> Result<TcpListener> {
    let listener = TcpListener::bind(address)?;
    if !listener.local_addr()?.ip().is_loopback() {
        let why = "only addresses of this machine, as 127.0.0.1:4711";
        return Err(Error::new(ErrorKind::InvalidInput, why));
    }
    Ok(listener)
}

/// A thread that takes clients as they come, one at a time.
pub(crate) struct Door {
    pub(crate) address: SocketAddr,
    clients: Receiver<TcpStream>,
    /// Raised when somebody comes, to interrupt the program.
    bell: Arc<Mutex<Flag>>,
    /// Somebody is in.
    is_taken: Arc<AtomicBool>,
    is_closed: Arc<AtomicBool>,
}

impl Door {
    pub(crate) fn open(listener: TcpListener) -> Result<Door> {
        let address = listener.local_addr()?;
        let (sender, clients) = channel();
        let door = Door {
            address,
            clients,
            bell: Arc::default(),
            is_taken: Arc::default(),
            is_closed: Arc::default(),
        };
        let (bell, is_taken) = (door.bell.clone(), door.is_taken.clone());
        let is_closed = door.is_closed.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if is_closed.load(Ordering::SeqCst) {
                    break;
                }
                // (Who has gone already is no client.)
                let Ok(stream) = stream else { continue };
                if is_taken.swap(true, Ordering::SeqCst) {
                    refuse(stream);
                    continue;
                }
                if sender.send(stream).is_err() {
                    break;
                }
                bell.lock().unwrap_or_else(PoisonError::into_inner).raise();
            }
        });
        Ok(door)
    }

    /// Has this raised when somebody comes.
    pub(crate) fn ring(&self, flag: &Flag) {
        *self.bell.lock().unwrap_or_else(PoisonError::into_inner) = flag.clone();
    }

    /// Who has come.
    pub(crate) fn client(&self) -> Option<TcpStream> {
        self.clients.try_recv().ok()
    }

    /// The client has gone: the next one may come.
    pub(crate) fn free(&self) {
        self.is_taken.store(false, Ordering::SeqCst);
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        self.is_closed.store(true, Ordering::SeqCst);
        // The thread waits for somebody; if nobody can come any more, it has ended.
        let _ = TcpStream::connect(self.address);
    }
}

fn refuse(mut stream: TcpStream) {
    let Ok(output) = stream.try_clone() else { return };
    let client = Client::new(Box::new(output));
    let why = "another client debugs this program\n";
    client.event("output", json!({ "category": "important", "output": why }));
    client.event("terminated", json!({}));
    // (What is closed with something unread takes what was sent with it.)
    let _ = stream.shutdown(Shutdown::Write);
    let _ = stream.set_read_timeout(Some(GOODBYE));
    let _ = stream.read(&mut [0; 4096]);
}
