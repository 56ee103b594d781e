//! `luka [options] [script [args]]`, `luka run …`: what the program `lua` does, in its order
//! (`pmain` in `lua.c`).

use std::io::IsTerminal;

use super::trace::{self, Shared, Tracer};
use crate::cli::{Argv, near_option, near_verb};
use crate::options::{self, Options, Step};
use crate::session::{Done, Session, Stop};
use crate::terminal;

/// PUC Lua's line, which `lua -v` prints and programs look for.
pub const COPYRIGHT: &str = "Lua 5.4.8  Copyright (C) 1994-2025 Lua.org, PUC-Rio";

/// Runs the command line, its options beginning at `argv[from]`.
pub fn main(argv: &Argv, from: usize) -> i32 {
    let progname = match argv.first() {
        Some(name) if !name.is_empty() => name.clone(),
        _ => b"luka".to_vec(),
    };
    let options = match options::parse(argv, from) {
        Ok(options) => options,
        Err(bad) => {
            print_usage(&progname, argv.get(bad).map_or(b"", Vec::as_slice));
            return 1;
        }
    };
    options.color.choose();
    let mut session = match Session::new(&progname, options.std, options.compiler) {
        Ok(session) => session,
        Err(message) => {
            eprintln!("{}: {message}", String::from_utf8_lossy(&progname));
            return 1;
        }
    };
    if options.profile_ops {
        session.vm.profile_ops();
    }
    let tracer = options.trace.map(Tracer::new);
    if let Some(tracer) = &tracer {
        session.vm.observe(Box::new(Shared(tracer.clone())));
    }
    if options.gc_stats {
        session.vm.heap.record_pauses();
    }
    let result = run(&mut session, argv, &options);
    if let Some(tracer) = &tracer {
        trace::finish(tracer);
    }
    if let Some(profile) = session.vm.op_profile() {
        eprint!("{}", super::profile::table(profile));
    }
    if options.gc_stats {
        let stdout = luka_vm::host::FileId(1);
        let _ = session.vm.host().flush(stdout);
        eprint!("{}", session.vm.heap.stats_report());
    }
    match result {
        Ok(()) => session.end(0, true),
        Err(Stop::Failed) => session.end(1, true),
        Err(Stop::Exit { code, close }) => session.end(code, close),
    }
}

fn run(session: &mut Session, argv: &Argv, options: &Options) -> Done<()> {
    if options.version {
        print_version(session, options.interactive && !std::io::stdin().is_terminal());
    }
    session.open_libs(options.ignore_environment)?;
    session.set_arg(argv, options.script);
    if !options.ignore_environment {
        session.run_init()?;
    }
    for step in &options.steps {
        match step {
            Step::Execute(text) => session.run_text(text, b"=(command line)")?,
            Step::Require(what) => session.require(what)?,
            Step::Warnings => session.vm.warning(b"@on", false),
        }
    }
    if let Some(script) = options.script {
        let stdin = argv[script] == b"-" && argv[script - 1] != b"--";
        let path = (!stdin).then_some(argv[script].as_slice());
        let result = session.run_script(path);
        // Behind the complaint that there is no such file.
        if let (Err(Stop::Failed), Some(verb)) = (&result, path.and_then(near_verb)) {
            eprintln!("(did you mean `luka {verb}`?)");
        }
        result?;
    }
    if options.interactive {
        return terminal::repl(session);
    }
    if options.script.is_none() && !options.executes && !options.version {
        if std::io::stdin().is_terminal() {
            print_version(session, false);
            return terminal::repl(session);
        }
        // Its failure is reported and no more: `lua` ends with 0 all the same.
        return match session.run_file(None, &[]) {
            Err(Stop::Failed) => Ok(()),
            result => result,
        };
    }
    Ok(())
}

fn print_version(session: &mut Session, only_copyright: bool) {
    let mut text = String::new();
    if !only_copyright {
        text = format!("Luka {} (Lua 5.4)\n", env!("CARGO_PKG_VERSION"));
    }
    text.push_str(COPYRIGHT);
    text.push('\n');
    let stdout = luka_vm::host::FileId(1);
    let _ = session.vm.host().write(stdout, text.as_bytes());
    let _ = session.vm.host().flush(stdout);
}

fn print_usage(progname: &[u8], bad: &[u8]) {
    let (name, bad) = (String::from_utf8_lossy(progname), String::from_utf8_lossy(bad));
    match bad.as_bytes().get(1) {
        Some(b'e' | b'l') => eprintln!("{name}: '{bad}' needs argument"),
        _ => match near_option(bad.as_bytes()) {
            Some(near) if near != bad => {
                eprintln!("{name}: unrecognized option '{bad}' (did you mean {near}?)");
            }
            _ => eprintln!("{name}: unrecognized option '{bad}'"),
        },
    }
    eprint!(
        "usage: {name} [options] [script [args]]\n\
         Available options are:\n\
         \x20 -e stat   execute string 'stat'\n\
         \x20 -i        enter interactive mode after executing 'script'\n\
         \x20 -l mod    require library 'mod' into global 'mod'\n\
         \x20 -l g=mod  require library 'mod' into global 'g'\n\
         \x20 -v        show version information\n\
         \x20 -E        ignore environment variables\n\
         \x20 -W        turn warnings on\n\
         \x20 --        stop handling options\n\
         \x20 -         stop handling options and execute stdin\n"
    );
    if std::io::stderr().is_terminal() {
        eprintln!("(luka --help says more)");
    }
}
