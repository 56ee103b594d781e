//! The command line of Luka as a library.
//!
//! The operating system is that of [`luka::host::System`], and the terminal's. Its programs are
//! [`main`] and [`runtime`], which [`entry!`] makes programs of.
//!
//! * `cli`, `cmd` — the command line and its verbs
//! * `options`, `session` — `luka run`: the options of `lua`, a machine that runs scripts
//! * `prompt`, `terminal` — the interactive prompt and what it reads from
//! * `image` — states of a session, and files that keep them
//! * `interrupt` — Ctrl-C
//! * `program` — what is left to do of a program, saved when it stops
//! * `limits` — what a program may use and reach, and where its state goes when it stops
//! * `lints` — the settings of `luka check`
//! * `packages` — `luka add`, `install` and the like: what a project uses of others
//! * `doc` — `luka doc`
//! * `executable` — `luka build --exe`, and programs made by it
//! * `profile`, `bench` — `luka profile`, `luka bench`
//! * `project` — the settings of a project, `luka.toml`
//! * `test` — `luka test`
//! * `watch` — `--watch`; `markup` — text in HTML and XML
//! * `lsp` — `luka lsp`
//! * `dap`, `debug` — `luka dap`, `luka debug`; `messages` — what both protocols of editors are framed by
//! * `new` — `luka new`, `luka init`
#![deny(unsafe_code)]
#![warn(missing_docs)]
// Verbs write to their console and return how they end; only `main` prints errors and exits.
#![deny(clippy::print_stdout, clippy::print_stderr, clippy::exit)]

mod bench;
mod cli;
mod cmd;
mod dap;
mod debug;
mod doc;
mod entry;
mod executable;
mod image;
mod interrupt;
mod limits;
mod lints;
mod loader;
mod lsp;
mod markup;
mod modules;
mod new;
mod options;
mod packages;
mod profile;
mod program;
mod project;
mod prompt;
mod report;
mod session;
mod terminal;
mod test;
mod watch;

pub use cli::{main, runtime};
