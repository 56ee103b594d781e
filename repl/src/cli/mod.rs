//! The command line: what the first argument decides — a verb, help, or a program to run as `lua`
//! runs it.
//!
//! `commands` defines all of it as data, from which help, completions and the manual page are
//! made; `arguments` reads what follows a verb; `near` finds what a mistyped word was to be. The
//! options of `run` are read by [`crate::options`], exactly as `lua` reads them.

mod arguments;
pub mod commands;
mod near;

pub use arguments::Arguments;
pub use near::{near_option, near_verb};

use std::os::unix::ffi::OsStringExt;
use std::path::Path;

use crate::cmd;

/// The command line: the program's name first.
pub type Argv = Vec<Vec<u8>>;

/// Exit code of a program that ran, of checks that found nothing.
pub const SUCCESS: i32 = 0;
/// Exit code of uncaught errors, faulty sources, files that cannot be read or written.
pub const FAILURE: i32 = 1;
/// Exit code of a command line that is not understood.
pub const MISUSE: i32 = 2;

/// What a verb does with the arguments behind it; the result is the exit code.
type Verb = fn(&[Vec<u8>]) -> i32;

/// The verbs but `run`, each with the name of its definition in [`commands`].
const VERBS: &[(&str, Verb)] = &[
    ("check", cmd::check::main),
    ("explain", cmd::explain::main),
    ("build", cmd::build::main),
    ("dis", cmd::dis::main),
    ("asm", cmd::asm::main),
    ("bootstrap", cmd::bootstrap::main),
    ("completions", cmd::completions::main),
    ("man", cmd::man::main),
    ("help", cmd::help::main),
];

/// Runs the process's command line; the result is its exit code.
pub fn main() -> i32 {
    let mut argv: Argv = std::env::args_os().map(OsStringExt::into_vec).collect();
    // `luka --compiler=selfhost run FILE`
    if let [_, option, verb, ..] = argv.as_mut_slice()
        && option.starts_with(b"--compiler=")
        && verb == b"run"
        && is_verb("run")
    {
        std::mem::swap(option, verb);
    }
    let Some(first) = argv.get(1).and_then(|first| std::str::from_utf8(first).ok()) else {
        return cmd::run::main(&argv, 1);
    };
    if first == "--help" {
        return cmd::help::main(&[]);
    }
    if first == "run" && is_verb(first) {
        if argv[2..].first().is_some_and(|arg| arg == b"--help") {
            return cmd::help::main(&[b"run".to_vec()]);
        }
        return cmd::run::main(&argv, 2);
    }
    match VERBS.iter().find(|(name, _)| *name == first && is_verb(first)) {
        Some((_, verb)) => verb(&argv[2..]),
        None => cmd::run::main(&argv, 1),
    }
}

/// A program that happens to be called like a verb is run, as `lua` would.
fn is_verb(name: &str) -> bool {
    !Path::new(name).exists()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_verb_is_defined_and_every_definition_is_a_verb() {
        let defined: Vec<_> =
            commands::luka().get_subcommands().map(|c| c.get_name().to_string()).collect();
        let verbs: Vec<_> =
            ["run"].into_iter().chain(VERBS.iter().map(|(name, _)| *name)).collect();
        assert_eq!(defined, verbs);
    }
}
