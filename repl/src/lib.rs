//! The command line of Luka, as a library: the host, the session that runs programs, the verbs.
//!
//! This crate is the only one that touches the operating system.
#![deny(unsafe_code)]

pub mod cli;
mod cmd;
pub mod host;
mod interrupt;
mod lints;
mod loader;
mod natives;
mod options;
mod prompt;
mod report;
mod session;
mod terminal;
