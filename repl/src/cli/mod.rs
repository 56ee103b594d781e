//! The command line. The first argument decides: a verb, help, or a program to run as `lua` runs it.
//!
//! `commands` defines verbs and options as data, from which help, completions and the manual page
//! are made; `arguments` reads what follows a verb; `near` finds what a misspelled word was meant to
//! be; `console` is where verbs write and `error` how they end. The options of `run` are read by
//! [`crate::options`], exactly as `lua` reads them.

mod arguments;
pub mod commands;
mod console;
mod error;
mod near;

pub use arguments::Arguments;
pub use console::Console;
pub use error::{CliError, Exit, Outcome};
pub use near::{near_option, near_verb};

use std::os::unix::ffi::OsStringExt;
use std::path::Path;

use crate::{cmd, executable};
use arguments::Request;

/// The command line: the program's name first.
pub type Argv = Vec<Vec<u8>>;

/// A verb. Help, completions and the manual page are made from its definition, and this table is all
/// that has to know it.
struct Verb {
    name: &'static str,
    /// Its arguments, options and help.
    define: fn(&'static str) -> clap::Command,
    /// What it does with its arguments.
    main: fn(&Arguments, &Console) -> Outcome,
}

/// The verbs as help lists them, after `run`, which reads its options as `lua` does.
const VERBS: &[Verb] = &[
    Verb { name: "repl", define: commands::repl, main: cmd::repl::main },
    Verb { name: "resume", define: commands::resume, main: cmd::resume::main },
    Verb { name: "inspect", define: commands::inspect, main: cmd::inspect::main },
    Verb { name: "debug", define: commands::debug, main: crate::debug::main },
    Verb { name: "dap", define: commands::dap, main: crate::dap::main },
    Verb { name: "check", define: commands::check, main: cmd::check::main },
    Verb { name: "fmt", define: commands::fmt, main: cmd::fmt::main },
    Verb { name: "test", define: commands::test, main: crate::test::main },
    Verb { name: "profile", define: commands::profile, main: crate::profile::main },
    Verb { name: "bench", define: commands::bench, main: crate::bench::main },
    Verb { name: "doc", define: commands::doc, main: crate::doc::main },
    Verb { name: "lsp", define: commands::lsp, main: crate::lsp::main },
    Verb { name: "new", define: commands::new, main: crate::new::new },
    Verb { name: "init", define: commands::init, main: crate::new::init },
    Verb { name: "add", define: commands::add, main: crate::packages::add },
    Verb { name: "remove", define: commands::remove, main: crate::packages::remove },
    Verb { name: "install", define: commands::install, main: crate::packages::install },
    Verb { name: "vendor", define: commands::vendor, main: crate::packages::vendor },
    Verb { name: "tree", define: commands::tree, main: crate::packages::tree },
    Verb { name: "explain", define: commands::explain, main: cmd::explain::main },
    Verb { name: "build", define: commands::build, main: cmd::build::main },
    Verb { name: "dis", define: commands::dis, main: cmd::dis::main },
    Verb { name: "asm", define: commands::asm, main: cmd::asm::main },
    Verb { name: "bootstrap", define: commands::bootstrap, main: cmd::bootstrap::main },
    Verb { name: "completions", define: commands::completions, main: cmd::completions::main },
    Verb { name: "man", define: commands::man, main: cmd::man::main },
    HELP,
];

const HELP: Verb = Verb { name: "help", define: commands::help, main: cmd::help::main };

/// Runs the process's command line and returns its exit code. The only place where the error that
/// ends a verb is printed.
pub fn main() -> i32 {
    let argv = argv();
    match bundled(&argv) {
        Some(code) => code,
        None => {
            let (console, outcome) = run(argv);
            outcome.unwrap_or_else(|error| console.fail(&error)).0
        }
    }
}

/// Runs the Lua program that `luka build --exe` has put behind this one, and returns the exit code: `luka-runtime`.
pub fn runtime() -> i32 {
    let argv = argv();
    bundled(&argv).unwrap_or_else(|| {
        let why = "there is no program in it: `luka build --exe` puts one behind a copy of it";
        Console::named("luka-runtime".into()).fail(&CliError::Failed(why.into())).0
    })
}

/// Prepares the process, and returns its command line.
fn argv() -> Argv {
    crate::interrupt::outlive_broken_pipes();
    std::env::args_os().map(OsStringExt::into_vec).collect()
}

/// Runs the Lua program in this file, if there is one.
fn bundled(argv: &Argv) -> Option<i32> {
    let outcome = executable::run(argv)?;
    let name = String::from_utf8_lossy(&program_name(argv)).into_owned();
    Some(outcome.unwrap_or_else(|error| Console::named(name).fail(&error)).0)
}

/// Runs a command line.
fn run(mut argv: Argv) -> (Console, Outcome) {
    // `luka --compiler=selfhost run FILE`
    if let [_, option, verb, ..] = argv.as_mut_slice()
        && option.starts_with(b"--compiler=")
        && verb == b"run"
        && is_verb("run")
    {
        std::mem::swap(option, verb);
    }
    let first = argv.get(1).and_then(|first| std::str::from_utf8(first).ok()).unwrap_or_default();
    let behind = argv.get(2..).unwrap_or_default();
    let asks_for_help = behind.first().is_some_and(|arg| arg == b"--help");
    match first {
        "--help" => run_verb(&HELP, &[]),
        "run" if is_verb(first) && asks_for_help => run_verb(&HELP, &[b"run".to_vec()]),
        "run" if is_verb(first) => run_program(&argv, 2),
        _ => match VERBS.iter().find(|verb| verb.name == first && is_verb(first)) {
            Some(verb) => run_verb(verb, behind),
            None if near::is_misspelled_verb(first) => {
                (Console::new(""), Err(CliError::Usage(near::unknown_word(first))))
            }
            None => run_program(&argv, 1),
        },
    }
}

/// Runs a verb with the arguments behind it.
fn run_verb(verb: &Verb, args: &[Vec<u8>]) -> (Console, Outcome) {
    let console = Console::new(verb.name);
    let outcome = Arguments::of(verb.name, args).and_then(|request| match request {
        Request::Run(arguments) => (verb.main)(&arguments, &console),
        Request::Help(text) => console.print(text.as_bytes()).map(|()| Exit::SUCCESS),
    });
    (console, outcome)
}

/// Runs a program; its options begin at `argv[from]`. Messages begin with the name that the
/// process was started by, as `lua`'s do.
fn run_program(argv: &Argv, from: usize) -> (Console, Outcome) {
    let name = program_name(argv);
    let outcome = cmd::run::main(&name, argv, from);
    (Console::named(String::from_utf8_lossy(&name).into_owned()), outcome)
}

/// The name that the process was started by.
fn program_name(argv: &Argv) -> Vec<u8> {
    argv.first().filter(|name| !name.is_empty()).cloned().unwrap_or_else(|| b"luka".to_vec())
}

/// A program that happens to be called like a verb is run, as `lua` would; a folder is no program.
fn is_verb(name: &str) -> bool {
    Path::new(name).metadata().map_or(true, |found| found.is_dir())
}
