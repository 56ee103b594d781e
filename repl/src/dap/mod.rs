//! `luka dap`: a debug adapter, on standard input and output or on a port of this machine. The server is
//! `luka_dap`; here is what it takes to launch programs.
//!
//! * `output` — what the program writes

mod output;

use luka_compiler::Std;
use luka_dap::{Client, Programs, Requests, Server};
use luka_debug::{Engine, MEMORY};
use serde_json::Value;
use std::io::BufReader;
use std::net::TcpListener;

use crate::cli::{Arguments, CliError, Console, Exit, Outcome};
use crate::debug::jit_of;
use crate::debug::launch::Launch;
use output::Output;

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
            let _ = stream.set_nodelay(true);
            let client = Client::new(Box::new(stream.try_clone().map_err(failed)?));
            (Requests::read(BufReader::new(stream)), client)
        }
        None => {
            (Requests::read(BufReader::new(streams.input)), Client::new(Box::new(streams.output)))
        }
    };
    let output = Output::new(files, client.clone());
    Server::new(client, Launcher { output }, requests).serve();
    Ok(Exit::SUCCESS)
}

fn listen(address: &str) -> Result<TcpListener, CliError> {
    luka_dap::listen(address)
        .map_err(|error| CliError::Usage(format!("--listen {address}: {error}")))
}

/// Launches programs as clients ask for them.
struct Launcher {
    output: Output,
}

impl Programs for Launcher {
    fn launch(&mut self, arguments: &Value) -> Result<Engine, String> {
        let file = arguments["program"].as_str().ok_or("launch needs a 'program'")?;
        let args = arguments["args"].as_array();
        let args = args.map_or(Vec::new(), |list| {
            let words = list.iter().filter_map(Value::as_str);
            words.map(|word| word.as_bytes().to_vec()).collect()
        });
        if let Some(folder) = arguments["cwd"].as_str() {
            std::env::set_current_dir(folder).map_err(|error| format!("cwd: {error}"))?;
        }
        let memory = arguments["recordMemory"].as_u64().map(|n| n as usize);
        let launch = Launch {
            file: file.as_bytes().to_vec(),
            args,
            std: if arguments["std"] == "5.4" { Std::Lua54 } else { Std::Luka },
            memory: memory.unwrap_or(MEMORY),
            jit: jit_of(arguments["jit"].as_str())?,
        };
        let opened = crate::debug::open(&launch).map_err(|why| why.to_string())?;
        opened.ok_or_else(|| format!("{file} cannot be run"))
    }

    fn attach(&mut self, _: &Value) -> Result<Engine, String> {
        Err("luka dap launches programs; one attaches to those that serve a debugger themselves"
            .into())
    }

    fn send_output(&mut self) {
        self.output.send();
    }
}
