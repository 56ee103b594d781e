//! `luka dap`: a debug adapter, on standard input and output or on a port of this machine.
//!
//! * `transport` — messages; `output` — what the program writes
//! * `server` — requests and what they move; `breakpoints`, `changes` — what they set;
//!   `looks`, `code` — requests that only look; `progress` — of movements that take long
//! * `past` — requests of Luka's own
//! * `capabilities` — what clients are told that there is
//! * `values` — variables and the numbers that clients know them by
//!
//! One thread reads requests, another moves and looks. Requests that come while the program runs
//! interrupt it: it is taken on when they are answered.

mod breakpoints;
mod capabilities;
mod changes;
mod code;
mod looks;
mod output;
mod past;
mod progress;
mod server;
mod transport;
mod values;

use luka::Flag;
use serde_json::Value;
use std::io::BufReader;
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, channel};

use crate::cli::{Arguments, CliError, Console, Exit, Outcome};
use crate::messages;
use output::Output;
use server::Server;
use transport::{Client, LONGEST};

/// The verb.
pub fn main(args: &Arguments, console: &Console) -> Outcome {
    let failed = |error: std::io::Error| CliError::Failed(error.to_string());
    let listener = match args.value("--listen") {
        Some(address) => {
            let address = String::from_utf8_lossy(address).into_owned();
            let listener = listen(&address)?;
            let at = listener.local_addr().map_err(failed)?;
            console.print(format!("listening on {at}\n").as_bytes())?;
            Some(listener)
        }
        None => None,
    };
    let (streams, files) = output::take().map_err(failed)?;
    let (requests, client) = match listener {
        Some(listener) => {
            let (stream, _) = listener.accept().map_err(failed)?;
            let client = Client::new(Box::new(stream.try_clone().map_err(failed)?));
            (read(BufReader::new(stream)), client)
        }
        None => (read(BufReader::new(streams.input)), Client::new(Box::new(streams.output))),
    };
    let output = Output::new(files, client.clone());
    Server::new(client, output, requests).serve();
    Ok(Exit::SUCCESS)
}

/// Listens on an address of this machine, and no other: whoever connects may run programs.
fn listen(address: &str) -> Result<TcpListener, CliError> {
    let refused = |why: String| CliError::Usage(format!("--listen {address}: {why}"));
    let listener = TcpListener::bind(address).map_err(|error| refused(error.to_string()))?;
    let at = listener.local_addr().map_err(|error| refused(error.to_string()))?;
    if !at.ip().is_loopback() {
        return Err(refused("only addresses of this machine, as 127.0.0.1:4711".to_string()));
    }
    Ok(listener)
}

/// Requests as they come.
pub struct Requests {
    from: Receiver<Result<Value, String>>,
    /// How many are on their way, and how many of them end a movement.
    waiting: Arc<AtomicUsize>,
    pressing: Arc<AtomicUsize>,
    /// Raised by each: a program that goes forward is interrupted, and goes on when they are answered.
    pub any: Flag,
    /// Raised by those that end a movement.
    pub urgent: Flag,
}

impl Requests {
    /// The next one; `None` when the client has gone.
    pub fn next(&self) -> Option<Result<Value, String>> {
        let next = self.from.recv().ok();
        if let Some(request) = &next {
            self.waiting.fetch_sub(1, Ordering::SeqCst);
            if is_urgent(request) {
                self.pressing.fetch_sub(1, Ordering::SeqCst);
            }
        }
        next
    }

    /// Lowers the flags, but for what has come and was not taken.
    pub fn lower(&self) {
        self.any.lower();
        self.urgent.lower();
        if self.are_waiting() {
            self.any.raise();
        }
        if self.pressing.load(Ordering::SeqCst) > 0 {
            self.urgent.raise();
        }
    }

    /// The next one, if one has come.
    pub fn waiting(&self) -> Option<Result<Value, String>> {
        if self.are_waiting() { self.next() } else { None }
    }

    /// Whether any has come that was not taken.
    pub fn are_waiting(&self) -> bool {
        self.waiting.load(Ordering::SeqCst) > 0
    }
}

/// Whether a request ends a movement.
fn is_urgent(request: &Result<Value, String>) -> bool {
    let command = request.as_ref().ok().and_then(|request| request["command"].as_str());
    command.is_none_or(|command| ["pause", "cancel", "disconnect", "terminate"].contains(&command))
}

/// Reads requests.
fn read(mut input: impl std::io::BufRead + Send + 'static) -> Requests {
    let (sender, from) = channel();
    let (waiting, pressing) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (any, urgent) = (Flag::new(), Flag::new());
    let requests = Requests {
        from,
        waiting: waiting.clone(),
        pressing: pressing.clone(),
        any: any.clone(),
        urgent: urgent.clone(),
    };
    std::thread::spawn(move || {
        loop {
            let message = match messages::read::<Value>(&mut input, LONGEST) {
                Ok(Some(message)) => Ok(message),
                Ok(None) => break,
                Err(why) => Err(why),
            };
            let is_last = message.is_err();
            // Who is interrupted finds that something comes.
            waiting.fetch_add(1, Ordering::SeqCst);
            if is_urgent(&message) {
                pressing.fetch_add(1, Ordering::SeqCst);
                urgent.raise();
            }
            any.raise();
            if sender.send(message).is_err() || is_last {
                break;
            }
        }
        any.raise();
        urgent.raise();
    });
    requests
}
