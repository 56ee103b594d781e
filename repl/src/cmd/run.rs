//! `luka [options] [script [args]]`, `luka run …`: what the program `lua` does, in its order
//! (`pmain` in `lua.c`).

use luka::host::FileId;
use luka::toolchain;
use luka_bytecode::image;
use luka_compiler::Std;
use luka_vm::Jit;
use std::collections::VecDeque;
use std::ffi::OsStr;
use std::fs::File;
use std::io::{IsTerminal, Read};
use std::os::unix::ffi::OsStrExt;

use super::jit;
use super::profile;
use super::trace::{self, Shared, Tracer};
use crate::cli::{Argv, CliError, Console, Exit, Outcome};
use crate::options::{self, Options};
use crate::program::{Plan, Step};
use crate::report::complain;
use crate::session::{Done, Session, exit_of};
use crate::terminal;
use crate::watch::{self, What};

const STDOUT: FileId = FileId(1);

/// PUC Lua's line, which `lua -v` prints and programs look for.
pub const COPYRIGHT: &str = "Lua 5.4.8  Copyright (C) 1994-2025 Lua.org, PUC-Rio";

/// Runs a program as the options that begin at `argv[from]` say. Its own errors are reported where
/// they happen, on its standard error, after the name of the program.
pub fn main(name: &[u8], argv: &Argv, from: usize) -> Outcome {
    let options = options::parse(argv, from).map_err(CliError::Usage)?;
    options.color.choose();
    if options.watches {
        let script = options.script.and_then(|at| argv.get(at));
        let named = watch::named(script.map(Vec::as_slice))?;
        let console = Console::named(String::from_utf8_lossy(name).into_owned());
        return watch::again_and_again(What::Program, &named, &console);
    }
    let script = options.script.and_then(|at| argv.get(at));
    let std = match script {
        Some(path) if is_lua54(path) => Std::Lua54,
        _ => options.std,
    };
    let plan = plan(name, std, argv, &options);
    let prompts = options.interactive || (is_bare(&options) && std::io::stdin().is_terminal());
    if prompts && options.limits.any() && options.limits.record.is_none() {
        return Err(CliError::Usage(
            "limits and sandboxes are for programs, not for the prompt".into(),
        ));
    }
    if options.limits.record.is_some() {
        return record(plan, argv, &options);
    }
    let session = Session::new(plan, options.limits.clone(), options.ignore_environment);
    let mut session = session.map_err(|message| CliError::Failed(message.into()))?;
    session.program.is_interactive = prompts;
    let machine = toolchain::machine(&mut session.vm);
    if options.profile_ops {
        machine.profile_ops();
    }
    let tracer = options.trace.map(Tracer::new);
    if let Some(tracer) = &tracer {
        machine.observe(Box::new(Shared(tracer.clone())));
    }
    if options.gc_stats {
        machine.heap.record_pauses();
    }
    if options.jit_stats {
        // (Then compiling is timed, too.)
        machine.heap.record_pauses();
    }
    // (Native code is young; strangers' programs do without it unless somebody asks for it.)
    let usual = if options.limits.sandbox.is_some() { Jit::Off } else { Jit::On };
    machine.set_jit(options.jit.unwrap_or(usual));
    if options.jit_dump {
        machine.jit_dump();
    }
    let result = run(&mut session, argv, &options);
    if let Some(tracer) = &tracer {
        trace::finish(tracer);
    }
    let profile = toolchain::machine(&mut session.vm).op_profile().map(profile::table);
    if let Some(text) = profile {
        complain(&mut session.vm, text.as_bytes());
    }
    if options.jit_dump {
        let text = toolchain::machine(&mut session.vm).jit_dump();
        complain(&mut session.vm, text.as_bytes());
    }
    if options.jit_stats {
        jit::print(&mut session.vm);
    }
    if options.gc_stats {
        let _ = session.vm.host().flush(STDOUT);
        let text = toolchain::machine(&mut session.vm).heap.stats_report();
        complain(&mut session.vm, text.as_bytes());
    }
    let (code, close) = exit_of(result);
    session.end(code, close).map(Exit).map_err(CliError::Output)
}

/// Runs the script and records it.
fn record(plan: Plan, argv: &Argv, options: &Options) -> Outcome {
    let limits = &options.limits;
    let why = if options.interactive {
        "-i goes on after the script, where the recording ends"
    } else if options.trace.is_some() || options.profile_ops {
        "--trace and --profile-ops look at the machine themselves"
    } else if limits.save_on_stop.is_some() || limits.save_on_error.is_some() || limits.compress {
        "the recording has the program at every moment, the last one, too; nothing else is saved"
    } else {
        return match script(argv, options) {
            Some(Some(_)) => crate::debug::record::run(plan, argv, options),
            _ => Err(CliError::Usage("--record needs a script".into())),
        };
    };
    Err(CliError::Usage(format!("--record: {why}")))
}

/// Whether a script is an image that was built for plain Lua 5.4. (That it cannot be read is
/// reported when it is run.)
fn is_lua54(path: &[u8]) -> bool {
    let Ok(file) = File::open(OsStr::from_bytes(path)) else { return false };
    let mut head = Vec::new();
    let read = file.take(image::HEAD as u64).read_to_end(&mut head);
    read.is_ok() && image::is_lua54(&head)
}

/// The script that the options name: a file, or standard input.
fn script(argv: &Argv, options: &Options) -> Option<Option<Vec<u8>>> {
    let script = options.script?;
    let stdin = argv[script] == b"-" && argv[script - 1] != b"--";
    Some((!stdin).then(|| argv[script].clone()))
}

/// Whether nothing is asked for: then standard input is run, or the prompt begins.
fn is_bare(options: &Options) -> bool {
    options.script.is_none() && !options.executes && !options.version && !options.interactive
}

/// What the options ask for. The prompt, and the script before it, are no steps.
fn plan(name: &[u8], std: Std, argv: &Argv, options: &Options) -> Plan {
    let mut steps = VecDeque::new();
    if !options.ignore_environment {
        steps.push_back(Step::Init);
    }
    steps.extend(options.steps.iter().cloned());
    match script(argv, options) {
        Some(path) if !options.interactive => steps.push_back(Step::Script(path)),
        None if is_bare(options) && !std::io::stdin().is_terminal() => {
            steps.push_back(Step::Input);
        }
        _ => {}
    }
    let limits = &options.limits;
    Plan {
        name: name.to_vec(),
        std,
        compiler: options.compiler,
        sandbox: limits.sandbox.clone(),
        is_limited: limits.memory.is_some(),
        steps,
        end: None,
    }
}

fn run(session: &mut Session, argv: &Argv, options: &Options) -> Done<()> {
    if options.version {
        print_version(session, options.interactive && !std::io::stdin().is_terminal());
    }
    session.set_arg_in_project(argv, options.script);
    session.run_plan()?;
    if options.interactive {
        let script = script(argv, options);
        return terminal::repl(session, script.as_ref().map(Option::as_deref));
    }
    if session.program.is_interactive {
        print_version(session, false);
        return terminal::repl(session, None);
    }
    Ok(())
}

pub fn print_version(session: &mut Session, only_copyright: bool) {
    let mut text = String::new();
    if !only_copyright {
        text = format!("Luka {} (Lua 5.4)\n", env!("CARGO_PKG_VERSION"));
    }
    text.push_str(COPYRIGHT);
    text.push('\n');
    let _ = session.vm.host().write(STDOUT, text.as_bytes());
    let _ = session.vm.host().flush(STDOUT);
}
