//! The verbs of the command line, one file each.

pub mod asm;
pub mod bootstrap;
pub mod build;
pub mod check;
pub mod completions;
pub mod dis;
pub mod explain;
pub(crate) mod files;
pub mod fmt;
pub mod help;
pub mod inspect;
mod jit;
pub mod man;
mod profile;
pub(crate) mod progress;
pub mod repl;
pub(crate) mod resume;
pub mod run;
pub(crate) mod tool;
pub mod trace;
