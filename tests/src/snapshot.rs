//! Programs that are saved and restored while they run.

use crate::capture::{Capture, Printed};
use crate::host::memory_host;
use crate::run::{NATIVES, THEN};
use luka_bytecode::Module;
use luka_bytecode::verify::verify;
use luka_compiler::source::{Source, SourceKind};
use luka_compiler::{Options, compile};
use luka_stdlib::{CompilerLoader, open_libs};
use luka_vm::native::registry::Registry;
use luka_vm::snapshot::{self, Setting, Snapshot, SnapshotError};
use luka_vm::{Config, Outcome, Value, Vm};
use std::sync::LazyLock;

pub use luka_stdlib::USERDATA as TYPES;

/// The natives of tests.
pub static NATIVES_BY_NAME: LazyLock<Registry> = LazyLock::new(|| {
    let mut registry = luka::natives();
    let added = registry.add(NATIVES.iter().chain(THEN).copied());
    assert_eq!(added, Ok(()));
    registry
});

/// A program that can be stopped, saved and restored, and where it prints.
pub struct Program {
    pub vm: Vm,
    pub printed: Printed,
    pub outcome: Outcome,
}

/// What can be seen of a run.
#[derive(PartialEq, Debug)]
pub struct Seen {
    pub printed: String,
    pub ended: String,
    pub fuel: u64,
    pub bytes: usize,
}

impl Program {
    /// Loads a program and stops it before its first instruction. `None` if it does not compile.
    pub fn start(text: &str, name: &str, config: Config) -> Option<Program> {
        let source = Source::new(format!("@{name}"), text.as_bytes(), SourceKind::File);
        let module = compile(&source, &Options::default()).ok()?;
        let (host, printed, _) = Capture::frozen();
        let config = Config { fuel: Some(0), ..config };
        let mut vm = Vm::new(config, Box::new(host), Box::new(CompilerLoader::default())).ok()?;
        open_libs(&mut vm).ok()?;
        let main: Value = vm.instantiate(module, None).ok()?.into();
        let outcome = vm.run(main, &[]);
        Some(Program { vm, printed, outcome })
    }

    /// The same of a module, with files in memory and nowhere to print. `None` if the verifier refuses
    /// it or memory does not suffice.
    pub fn of_module(module: Module, config: Config) -> Option<Program> {
        let module = verify(module).ok()?;
        let config = Config { fuel: Some(0), ..config };
        let (host, loader) = (memory_host(b"input\n"), CompilerLoader::default());
        let mut vm = Vm::new(config, Box::new(host), Box::new(loader)).ok()?;
        open_libs(&mut vm).ok()?;
        let main: Value = vm.instantiate(module, None).ok()?.into();
        let outcome = vm.run(main, &[]);
        Some(Program { vm, printed: Printed::default(), outcome })
    }

    /// Whether it is only stopped.
    pub fn is_running(&self) -> bool {
        matches!(self.outcome, Outcome::OutOfFuel | Outcome::Stopped)
    }

    /// Goes on for so many units.
    pub fn go_on(&mut self, fuel: u64) {
        self.vm.set_fuel(Some(fuel));
        self.outcome = self.vm.resume_run();
    }

    pub fn save(&mut self) -> Snapshot {
        self.vm.snapshot(b"").expect("a heap of moderate size")
    }

    /// Goes on in a new machine, which is made of bytes.
    ///
    /// # Errors
    /// The bytes are refused; the program is gone then.
    pub fn restored(self, bytes: &[u8]) -> Result<Program, SnapshotError> {
        let (host, loader) = self.vm.into_host();
        let setting =
            Setting { natives: &NATIVES_BY_NAME, types: TYPES, memory_limit: None, host, loader };
        let (vm, _) = snapshot::restore(bytes, setting)?;
        Ok(Program { vm, printed: self.printed, outcome: self.outcome })
    }

    /// Goes on with a program of another process.
    ///
    /// # Errors
    /// The bytes are refused.
    pub fn of_bytes(bytes: &[u8]) -> Result<Program, SnapshotError> {
        let (host, printed, _) = Capture::frozen();
        let (host, loader) = (Box::new(host), Box::new(CompilerLoader::default()));
        let setting =
            Setting { natives: &NATIVES_BY_NAME, types: TYPES, memory_limit: None, host, loader };
        let (vm, _) = snapshot::restore(bytes, setting)?;
        Ok(Program { vm, printed, outcome: Outcome::OutOfFuel })
    }

    /// Saves it and goes on in a new machine. The bytes of that must be the same.
    ///
    /// # Errors
    /// The snapshot is refused, or the new machine is another.
    pub fn moved(mut self) -> Result<Program, String> {
        let saved = self.save();
        let mut moved = self.restored(saved.as_bytes()).map_err(|e| e.to_string())?;
        if moved.save() != saved {
            return Err("the restored machine is another".to_string());
        }
        Ok(moved)
    }

    /// Runs the program to its end and closes the machine.
    pub fn finish(mut self) -> Seen {
        self.vm.set_fuel(None);
        while self.is_running() {
            self.outcome = self.vm.resume_run();
        }
        let ended = match &self.outcome {
            Outcome::Failed(_) => "failed".to_string(),
            other => format!("{other:?}"),
        };
        let bytes = self.vm.heap.bytes();
        while let Outcome::Exit { close: true, .. } = self.vm.close() {}
        let printed = String::from_utf8_lossy(&self.printed.take()).into_owned();
        Seen { printed, ended, fuel: self.vm.fuel_used(), bytes }
    }
}
