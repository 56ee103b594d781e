//! Runs a program on a machine of its own, in each of the ways a program can run.

use luka_bytecode::text::{assemble, disassemble};
use luka_bytecode::verify::verify;
use luka_bytecode::{Module, Verified, image};
use luka_compiler::source::{Source, SourceKind};
use luka_compiler::{Options, Std, compile};
use luka_stdlib::selfhost::SelfhostLoader;
use luka_stdlib::{CompilerLoader, open_libs};
use luka_vm::Outcome;
use luka_vm::host::Loader;
use luka_vm::interp::observe::Observer;
use luka_vm::{Config, Jit, Raise, Value, Vm, continuations, frame, inner_natives};
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::capture::{Capture, Printed};
use crate::linked;

/// How a program is run. The program's text and what is expected of it are always the same.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RunMode {
    Plain,
    /// Collecting at every N-th allocation.
    Stress(u32),
    /// Compiled, written to an image, read back; written as text, read back.
    Image,
    /// Pausing and going on all the time: fuel is given in small portions.
    Paused,
    /// All of it as native code, as soon as it has run once; interpreted where there is none.
    Native,
    /// Compiled, like everything it loads, by the compiler in its own language.
    Selfhost,
}

impl RunMode {
    /// As directives and test names call it.
    pub fn name(self) -> &'static str {
        match self {
            RunMode::Plain => "plain",
            RunMode::Stress(_) => "stress",
            RunMode::Image => "image",
            RunMode::Paused => "paused",
            RunMode::Native => "native",
            RunMode::Selfhost => "selfhost",
        }
    }
}

/// What a run printed on standard output, and how it failed if it did.
pub struct Ran {
    pub stdout: Vec<u8>,
    pub failure: Option<String>,
}

/// Runs a program under a file name. A panic of the machine is a failure like any other.
pub fn run(program: &str, name: &str, mode: RunMode) -> Ran {
    let (host, stdout, stderr) = Capture::new();
    let result = catch_unwind(AssertUnwindSafe(|| run_on(host, program, name, mode, |_| ())));
    ran(result, stdout, stderr)
}

/// Runs a module.
pub fn run_assembled(module: Verified<Module>) -> Ran {
    let (host, stdout, stderr) = Capture::new();
    let loader = Box::new(CompilerLoader::default());
    let run = || run_module(host, module, loader, RunMode::Plain, |_| ());
    ran(catch_unwind(AssertUnwindSafe(run)), stdout, stderr)
}

/// Runs a program that an observer sees, or executes. Times and names of temporary files are the
/// same in every such run.
pub fn run_observed(program: &str, name: &str, observer: Box<dyn Observer>) -> Ran {
    let (host, stdout, stderr) = Capture::frozen();
    let observe = |vm: &mut Vm| vm.observe(observer);
    let run = || run_on(host, program, name, RunMode::Plain, observe);
    let result = catch_unwind(AssertUnwindSafe(run));
    ran(result, stdout, stderr)
}

fn ran(
    result: Result<Result<(), String>, Box<dyn Any + Send>>,
    stdout: Printed,
    stderr: Printed,
) -> Ran {
    let mut failure = match result {
        Ok(Ok(())) => None,
        Ok(Err(message)) => Some(message),
        Err(_) => Some("the machine panicked".to_string()),
    };
    let complaints = String::from_utf8_lossy(&stderr.borrow()).into_owned();
    if let Some(message) = &mut failure
        && !complaints.is_empty()
    {
        message.push_str(&format!(" (standard error: {complaints})"));
    }
    Ran { stdout: stdout.take(), failure }
}

fn run_on(
    host: Capture,
    program: &str,
    name: &str,
    mode: RunMode,
    prepare: impl FnOnce(&mut Vm),
) -> Result<(), String> {
    if mode == RunMode::Selfhost {
        let mut loader = SelfhostLoader::new(Std::Luka, 0);
        let name = format!("@{name}");
        let module = loader.compile(program.as_bytes(), name.as_bytes(), SourceKind::File);
        let module = module.map_err(|refusal| format!("{refusal:?}"))?;
        return run_module(host, module, Box::new(loader), mode, prepare);
    }
    let source = Source::new(format!("@{name}"), program.as_bytes(), SourceKind::File);
    let mut module = compile(&source, &Options::default()).map_err(|diagnostics| {
        let first = diagnostics.first().map(|d| d.load_message(&source)).unwrap_or_default();
        String::from_utf8_lossy(&first).into_owned()
    })?;
    if mode == RunMode::Image {
        let bytes = image::encode(module.get());
        let read = image::decode(&bytes).map_err(|e| format!("image: {e}"))?;
        let text = disassemble(&read, Default::default());
        let assembled = assemble(text.as_bytes()).map_err(|e| format!("text: {e:?}"))?;
        if assembled.module != read {
            return Err("the text form is not the module's".to_string());
        }
        // Read again: what was compared has its debug information unpacked.
        let read = image::decode(&bytes).map_err(|e| format!("image: {e}"))?;
        module = verify(read).map_err(|e| format!("image: {e:?}"))?;
    }
    run_module(host, module, Box::new(CompilerLoader::default()), mode, prepare)
}

fn run_module(
    host: Capture,
    module: Verified<Module>,
    loader: Box<dyn Loader>,
    mode: RunMode,
    prepare: impl FnOnce(&mut Vm),
) -> Result<(), String> {
    let mut config = Config::default();
    match mode {
        RunMode::Stress(n) => config.gc_stress = n,
        RunMode::Paused => config.fuel = Some(1),
        RunMode::Native => config.jit = Jit::Always,
        RunMode::Plain | RunMode::Image | RunMode::Selfhost => {}
    }
    let mut vm = Vm::new(config, Box::new(host), loader).map_err(started)?;
    open_libs(&mut vm).map_err(started)?;
    prepare(&mut vm);
    let plain = module.get().clone();
    let f = vm.instantiate(module, None).map_err(started)?;
    linked::check(f, &plain)?;
    let main = vm.heap.new_native(&MAIN, &[]);
    let mut outcome = vm.run(main.into(), &[f.into()]);
    while let Outcome::OutOfFuel = outcome {
        vm.add_fuel(97);
        outcome = vm.resume_run();
    }
    vm.check_heap().map_err(|e| format!("the heap is broken: {e}"))?;
    let ended = match outcome {
        Outcome::Finished(_) => Ok(()),
        Outcome::Failed(error) => Err(describe(&mut vm, error)),
        Outcome::Exit { code: 0, .. } => Ok(()),
        Outcome::Exit { code, .. } => Err(format!("exit code {code}")),
        other => Err(format!("{other:?}")),
    };
    while let Outcome::OutOfFuel | Outcome::Exit { close: true, .. } = vm.close() {
        vm.add_fuel(1_000);
    }
    ended
}

inner_natives! { pub static NATIVES;
    /// Calls the program from a native, as `lua` does: programs can see that in tracebacks.
    MAIN: "tests.main" = |vm| {
        let program = vm.pop();
        vm.push_fn(program);
        vm.call(0, 0, &MAIN_DONE)
    };
}
continuations! { pub static THEN;
    MAIN_DONE: "tests.main:done" (nothing, 0) = |vm| vm.ret0();
}
frame! { mod nothing {} }

fn started(_: Raise) -> String {
    "the machine does not start".to_string()
}

fn describe(vm: &mut Vm, error: Value) -> String {
    match error.as_str() {
        Some(text) => String::from_utf8_lossy(text.bytes()).into_owned(),
        None => {
            let name = vm.metatable_name(error);
            let name = name.unwrap_or_else(|| error.type_of().name().as_bytes().to_vec());
            format!("an error value: {}", String::from_utf8_lossy(&name))
        }
    }
}
