//! `luka lsp`: a language server on standard input and output.
//!
//! * `text`, `workspace` — texts as editors see them, the files and what is known of them
//!   ([`luka_compiler::index`])
//! * `server` — requests and what answers them
//! * `describe`, `complete`, `navigate`, `outline`, `diagnostics` — the answers
//! * `transport` — messages over standard input and output
//! * `query` — one question from the command line
//!
//! One thread answers. While nothing is asked, it reads the files of the workspace and sends reports,
//! these after a moment of quiet.

mod complete;
mod describe;
mod diagnostics;
mod navigate;
mod outline;
mod query;
mod server;
mod text;
mod transport;
mod workspace;

use gen_lsp_types::InitializeParams;
use lsp_server::{Connection, Message, Notification, Request, Response};
use serde_json::json;
use std::time::{Duration, Instant};

use crate::cli::{Arguments, CliError, Console, Exit, Outcome};
use server::Server;

/// How long a text is left alone before it is checked.
const QUIET: Duration = Duration::from_millis(30);

/// The verb.
pub fn main(args: &Arguments, console: &Console) -> Outcome {
    if args.has("--query") {
        return query::main(args, console);
    }
    let (connection, transport) = transport::stdio();
    let failed = |what: String| CliError::Failed(what);
    let started = connection.initialize_start();
    let (id, params) =
        started.map_err(|error| failed(transport.fault().unwrap_or_else(|| error.to_string())))?;
    let params: InitializeParams = serde_json::from_value(params)
        .map_err(|error| failed(format!("the client cannot be understood: {error}")))?;
    let mut server = Server::new(&params, console)?;
    let result = json!({
        "capabilities": server.capabilities(),
        "serverInfo": {"name": "luka", "version": env!("CARGO_PKG_VERSION")},
    });
    connection.initialize_finish(id, result).map_err(|error| failed(error.to_string()))?;
    if watches_files(&params) {
        let _ = connection.sender.send(Message::Request(watch()));
    }
    let ended = serve(&connection, &mut server);
    drop(connection);
    if let Some(why) = transport.fault() {
        return Err(failed(why));
    }
    transport.finish().map_err(|error| failed(error.to_string()))?;
    Ok(if ended { Exit::SUCCESS } else { Exit::FAILURE })
}

/// Whether the client tells of changed files if it is asked to.
fn watches_files(params: &InitializeParams) -> bool {
    let workspace = params.capabilities.workspace.as_ref();
    let watched = workspace.and_then(|workspace| workspace.did_change_watched_files.as_ref());
    watched.and_then(|watched| watched.dynamic_registration) == Some(true)
}

/// Asks the client to tell of changed sources.
fn watch() -> Request {
    let options = json!({"watchers": [{"globPattern": "**/*.{lua,luka}"}]});
    let method = "workspace/didChangeWatchedFiles";
    let watch = json!({"id": "sources", "method": method, "registerOptions": options});
    let params = json!({"registrations": [watch]});
    Request::new("watch".to_string().into(), "client/registerCapability".to_string(), params)
}

/// Answers until the client says that it ends. Whether it did.
fn serve(connection: &Connection, server: &mut Server) -> bool {
    let mut changed = None::<Instant>;
    loop {
        let wait = match changed {
            Some(at) => QUIET.saturating_sub(at.elapsed()),
            None => Duration::ZERO,
        };
        // Work that can be put off waits for what the client wants.
        let message = if connection.receiver.is_empty() && changed.is_none() && server.work() {
            connection.receiver.try_recv().ok()
        } else if changed.is_some() {
            connection.receiver.recv_timeout(wait).ok()
        } else {
            match connection.receiver.recv() {
                Ok(message) => Some(message),
                Err(_) => return false,
            }
        };
        match message {
            Some(Message::Request(request)) => {
                if connection.handle_shutdown(&request).unwrap_or(true) {
                    return true;
                }
                let response = match server.request(&request.method, request.params) {
                    Ok(value) => Response::new_ok(request.id, value),
                    Err(refused) => {
                        Response::new_err(request.id, refused.code as i32, refused.message)
                    }
                };
                if connection.sender.send(Message::Response(response)).is_err() {
                    return false;
                }
            }
            Some(Message::Notification(notification)) if notification.method == "exit" => {
                return false;
            }
            Some(Message::Notification(notification)) => {
                server.notified(&notification.method, notification.params);
                changed = server.has_reports().then(Instant::now);
            }
            Some(Message::Response(_)) | None => {}
        }
        if changed.is_some_and(|at| at.elapsed() >= QUIET) {
            changed = None;
            for report in server.reports() {
                let method = "textDocument/publishDiagnostics".to_string();
                let Ok(params) = serde_json::to_value(report) else { continue };
                let notification = Notification { method, params };
                if connection.sender.send(Message::Notification(notification)).is_err() {
                    return false;
                }
            }
        }
    }
}
