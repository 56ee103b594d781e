//! What the first argument decides: a verb, help, or a program to run as `lua` runs it.

use std::os::unix::ffi::OsStringExt;
use std::path::Path;

use crate::cmd;

/// The command line: the program's name first.
pub type Argv = Vec<Vec<u8>>;

/// Runs the process's command line; the result is its exit code.
pub fn main() -> i32 {
    let mut argv: Argv = std::env::args_os().map(OsStringExt::into_vec).collect();
    // `luka --compiler=… run FILE` is `luka run --compiler=… FILE`.
    if let [_, option, verb, ..] = argv.as_mut_slice()
        && option.starts_with(b"--compiler=")
        && verb == b"run"
        && is_verb("run")
    {
        std::mem::swap(option, verb);
    }
    match argv.get(1).map(Vec::as_slice) {
        Some(b"--help") => cmd::help::main(),
        Some(b"run") if is_verb("run") => cmd::run::main(&argv, 2),
        Some(b"check") if is_verb("check") => cmd::check::main(&argv[2..]),
        Some(b"build") if is_verb("build") => cmd::build::main(&argv[2..]),
        Some(b"bootstrap") if is_verb("bootstrap") => cmd::bootstrap::main(&argv[2..]),
        Some(b"explain") if is_verb("explain") => cmd::explain::main(&argv[2..]),
        Some(b"asm") if is_verb("asm") => cmd::asm::main(&argv[2..]),
        Some(b"dis") if is_verb("dis") => cmd::dis::main(&argv[2..]),
        _ => cmd::run::main(&argv, 1),
    }
}

/// A program that happens to be called like a verb is run, as `lua` would.
fn is_verb(name: &str) -> bool {
    !Path::new(name).exists()
}
