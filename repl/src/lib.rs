//! The command line of Luka as a library.
//!
//! This crate is the only one that touches the operating system. Its program is [`main`]; tests
//! use [`OsHost`] by itself.
//!
//! * `cli`, `cmd` — the command line and its verbs
//! * `options`, `session` — `luka run`: the options of `lua`, a machine that runs scripts
//! * `prompt`, `terminal` — the interactive prompt and what it reads from
//! * `host`, `interrupt` — files, processes, time; Ctrl-C
//! * `lints` — the settings of `luka check`
#![deny(unsafe_code)]
#![warn(missing_docs)]
// Verbs write to their console and return how they end; only `main` prints errors and exits.
#![deny(clippy::print_stdout, clippy::print_stderr, clippy::exit)]

mod cli;
mod cmd;
mod host;
mod interrupt;
mod lints;
mod loader;
mod natives;
mod options;
mod prompt;
mod report;
mod session;
mod terminal;

pub use cli::main;
pub use host::OsHost;
