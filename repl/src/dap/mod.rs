//! `luka dap`: a debug adapter, on standard input and output or on a port of this machine.
//!
//! * `transport` — messages; `output` — what the program writes
//! * `server` — requests and what they move; `looks` — requests that only look
//! * `values` — variables and the numbers that clients know them by
//!
//! One thread reads requests, another moves and looks. Requests that come while the program runs
//! interrupt it: it is taken on when they are answered.

mod looks;
mod output;
mod server;
mod transport;
mod values;

use serde_json::Value;
use std::io::BufReader;
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};

use crate::cli::{Arguments, CliError, Console, Exit, Outcome};
use output::Output;
use server::Server;
use transport::Client;

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
    let (requests, flag) = requests;
    Server::new(client, output, requests, flag).serve();
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

/// Requests as they come. The flag is raised by those that are not to wait for a program that runs.
fn read(
    mut input: impl std::io::BufRead + Send + 'static,
) -> (Receiver<Result<Value, String>>, luka::Flag) {
    let (sender, receiver) = channel();
    let flag = luka::Flag::new();
    let raised = flag.clone();
    std::thread::spawn(move || {
        loop {
            let message = match transport::read(&mut input) {
                Ok(Some(message)) => Ok(message),
                Ok(None) => break,
                Err(why) => Err(why),
            };
            let is_last = message.is_err();
            if sender.send(message).is_err() || is_last {
                break;
            }
            // (A program that does not run is not interrupted: the flag is lowered before it does.)
            raised.raise();
        }
        raised.raise();
    });
    (receiver, flag)
}
