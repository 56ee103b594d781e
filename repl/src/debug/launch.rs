//! Programs begun under the debugger.

use luka::Jit;
use luka_compiler::Std;
use luka_debug::{Engine, Program, Recorder, Tape};

use crate::cli::Argv;
use crate::limits::Limits;
use crate::modules;
use crate::program::Plan;
use crate::session::{REGISTRY, Session, read_source, reports};

/// A program that is to be debugged.
pub struct Launch {
    /// Its file.
    pub file: Vec<u8>,
    /// Its arguments.
    pub args: Vec<Vec<u8>>,
    pub std: Std,
    /// Bytes for states of its past.
    pub memory: usize,
    /// Whether what runs is compiled to native code.
    pub jit: Jit,
}

impl Launch {
    /// The debugger of the program, at its first line. What is wrong with its text has been shown.
    ///
    /// # Errors
    /// Why it cannot be debugged; empty if that has been shown.
    pub fn begin(&self) -> Result<Engine, String> {
        let plan = Plan::new(b"luka", self.std);
        let mut tape = None;
        let session = Session::on_host(plan, Limits::default(), false, |system| {
            let made = Tape::new(Box::new(system));
            tape = Some(made.clone());
            Recorder::new(made)
        });
        let mut session = session.map_err(str::to_string)?;
        let Some(tape) = tape else { return Err("there is no host".to_string()) };
        let mut argv: Argv = vec![b"luka".to_vec(), self.file.clone()];
        argv.extend(self.args.iter().cloned());
        session.set_arg_in_project(&argv, Some(1));
        let begun = session.run_init().and_then(|()| session.begin_script(&self.file));
        tape.flush();
        let held = begun.map_err(|_| String::new())?;
        let mut vm = std::mem::take(&mut session.vm);
        vm.set_jit(self.jit);
        vm.set_reports(reports().files(read_source).modules(modules::near));
        let mut program = Program::new(vm, tape);
        program.hold(held);
        Engine::new(program, &REGISTRY, self.memory)
    }
}
