//! Recordings: `luka run --record FILE` makes them, `luka debug FILE` opens them.

use luka::host::describe;
use luka::{ErrorKind, Flag, Jit, Rebind, Restore, Restored, Vm, toolchain};
use luka_compiler::Std;
use luka_debug::{Engine, Halt, MEMORY, Phase, Program, Recorder, Recording, Tape, Timeline};
use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use super::alone::Alone;
use crate::cli::{Argv, CliError, Exit, Outcome};
use crate::image::replace;
use crate::interrupt::{Asked, Watch};
use crate::loader::loader;
use crate::modules;
use crate::options::{Compiler, Options};
use crate::program::{Plan, Why};
use crate::report::complain;
use crate::session::{REGISTRY, Session, error_text, exit_of, path_of, read_source, reports};

/// Runs the script of a plan as `luka run` does, and records it.
pub fn run(plan: Plan, argv: &Argv, options: &Options) -> Outcome {
    let Some((path, at)) = options.limits.record.as_ref().zip(options.script) else {
        return Err(CliError::Usage("--record needs a script".into()));
    };
    let limits = options.limits.clone();
    let is_lua54 = plan.std == Std::Lua54;
    let (name, is_limited) = (plan.name.clone(), plan.is_limited);
    let is_in_sandbox = plan.sandbox.is_some();
    // What comes before the script is not recorded.
    let mut before = plan;
    before.steps.pop_back();
    let mut tape = None;
    let alone = options.ignore_environment;
    let session = Session::on_host(before, limits.clone(), alone, |system| {
        let made = Tape::new(Box::new(system));
        tape = Some(made.clone());
        Recorder::new(made)
    });
    let mut session = session.map_err(|message| CliError::Failed(message.into()))?;
    let Some(tape) = tape else { return Err(CliError::Failed("there is no host".into())) };
    let usual = if is_in_sandbox { Jit::Off } else { Jit::On };
    session.vm.set_jit(options.jit.unwrap_or(usual));
    session.set_arg_in_project(argv, options.script);
    let begun = session.run_plan().and_then(|()| session.begin_script(&argv[at]));
    let held = match begun {
        Ok(held) => held,
        Err(stop) => {
            let (code, close) = exit_of(Err(stop));
            return session.end(code, close).map(Exit).map_err(CliError::Output);
        }
    };
    let begun = Instant::now();
    let mut vm = std::mem::take(&mut session.vm);
    let plain = reports();
    vm.set_reports(if is_in_sandbox { plain } else { plain.files(read_source) });
    let asked = Asked::default();
    let _watch = Watch::program(&asked);
    let flag: Flag = asked.flag.clone().into();
    let mut program = Program::unwatched(vm, tape.clone());
    program.hold(held);
    program.flag = flag.clone();
    let state = program.vm().snapshot().map_err(|why| unsaved(path, &why.reasons().join("; ")))?;
    let out_of_memory = Arc::new(AtomicBool::new(false));
    let (noted, named) = (out_of_memory.clone(), name.clone());
    program.on_failure(Box::new(move |vm, error| {
        noted.store(error.kind() == ErrorKind::Memory, Ordering::Relaxed);
        complain(vm, &[&named, &b": "[..], &error_text(error, true), b"\n"].concat());
    }));
    let memory = limits.record_memory.map_or(MEMORY, |bytes| bytes as usize);
    let mut timeline = Timeline::new(program, memory).map_err(|why| unsaved(path, &why))?;
    let until = limits.fuel.map(|fuel| timeline.now().fuel.saturating_add(fuel));
    let deadline = limits.time.and_then(|time| begun.checked_add(time));
    timeline.is_timed = deadline.is_some();
    let stopped = loop {
        let halt = timeline.forward(until).map_err(CliError::Failed)?;
        let is_late = deadline.is_some_and(|deadline| Instant::now() >= deadline);
        match halt {
            Halt::Ended => break None,
            Halt::Limit if until.is_some_and(|until| timeline.now().fuel >= until) => {
                break Some(Why::Fuel);
            }
            Halt::Interrupted if asked.to_stop() => timeline.program.interrupt(),
            _ if is_late => break Some(Why::Time),
            _ => {}
        }
    };
    tape.flush();
    let folder = std::env::current_dir().map(|folder| folder.display().to_string());
    let recording = Recording {
        state: state.compressed(),
        blocks: timeline.first_blocks(),
        held: timeline.program.held(),
        answers: tape.answers(),
        interrupts: timeline.program.interrupts().to_vec(),
        folder: folder.unwrap_or_default(),
        is_lua54,
        states: timeline.filed(),
    };
    let written = replace(path_of(path), &recording.to_bytes());
    written.map_err(|error| unsaved(path, &describe(error).message))?;
    let mut code = match timeline.program.phase() {
        Phase::Ended(end) => end.code,
        Phase::Running | Phase::Closing(_) => Exit::FAILURE.0,
    };
    if is_limited && out_of_memory.load(Ordering::Relaxed) {
        code = Exit::OUT_OF_MEMORY.0;
    }
    let fuel = timeline.now().fuel;
    if let Some(why) = stopped {
        let text = format!("{}; `luka debug` shows what it did\n", why.text());
        complain(timeline.program.vm(), &[&name, &b": "[..], text.as_bytes()].concat());
        code = if why == Why::Fuel { Exit::OUT_OF_FUEL.0 } else { Exit::OUT_OF_TIME.0 };
    }
    if limits.show_fuel {
        complain(timeline.program.vm(), format!("fuel used: {fuel}\n").as_bytes());
    }
    // (The process is about to end.)
    std::mem::forget(timeline);
    session.finish(code).map(Exit).map_err(CliError::Output)
}

fn unsaved(path: &[u8], why: &str) -> CliError {
    let shown = String::from_utf8_lossy(path);
    CliError::Failed(format!("cannot record to {shown}: {why}"))
}

/// Whether a file is a recording.
pub fn is_recording(path: &[u8]) -> bool {
    let Ok(file) = std::fs::File::open(path_of(path)) else { return false };
    let mut head = Vec::new();
    file.take(32).read_to_end(&mut head).is_ok() && Recording::is_one(&head)
}

/// The debugger of a recording, at its first line.
///
/// # Errors
/// It cannot be read, or is damaged, or of another version.
pub fn open(path: &[u8], memory: usize, jit: Jit) -> Result<Engine, String> {
    let shown = String::from_utf8_lossy(path).into_owned();
    let refused = |why: String| format!("{shown}: {why}");
    let bytes = std::fs::read(path_of(path)).map_err(|error| refused(describe(error).message))?;
    let recording = Recording::of_bytes(&bytes).map_err(refused)?;
    drop(bytes);
    // Files are found by the names they had. (The folder may be gone, or be another machine's.)
    let _ = std::env::set_current_dir(&recording.folder);
    let std = if recording.is_lua54 { Std::Lua54 } else { Std::Luka };
    let tape = Tape::of(Box::new(Alone), recording.answers);
    let restore = Restore::new()
        .std(std)
        .host(Recorder::of_recording(tape.clone()))
        .trusted()
        .loader(loader(std, Compiler::Rust))
        .files(|_| Rebind::Refuse);
    let restored = Vm::restore(&REGISTRY, &recording.state, restore);
    let Restored { mut vm, roots, .. } = restored.map_err(|why| refused(why.to_string()))?;
    toolchain::machine(&mut vm).keep_levels();
    toolchain::machine(&mut vm).number_blocks(&recording.blocks);
    vm.set_jit(jit);
    vm.set_reports(reports().files(read_source).modules(modules::near));
    let mut program = Program::new(vm, tape);
    let is_held = |n: &usize| recording.held.iter().any(|&held| held as usize == *n);
    let roots = roots.into_iter().enumerate().filter(|(n, _)| is_held(n));
    program.hold(roots.map(|(_, root)| root).collect());
    program.set_interrupts(recording.interrupts);
    Engine::of_recording(program, &REGISTRY, memory, recording.states).map_err(refused)
}
