//! Programs that `luka run` has saved: crash files, and those that a limit has stopped. They are looked
//! at where they were saved; there is nothing around them that they could reach.

use luka::{Jit, Rebind, Restore, Restored, Snapshot, Vm};
use luka_debug::{Engine, Program, Reason, Recorder, Tape, shown, text};

use super::alone::Alone;
use crate::cli::CliError;
use crate::cmd::resume::{plan, refused};
use crate::loader::loader;
use crate::modules;
use crate::program::Why;
use crate::session::{REGISTRY, path_of, read_source, reports};

/// The debugger of the program in a file, if it is one that was saved.
///
/// # Errors
/// It is damaged, or of another version or host.
pub fn open(file: &[u8], memory: usize, jit: Jit) -> Result<Option<Engine>, CliError> {
    let Ok(bytes) = std::fs::read(path_of(file)) else { return Ok(None) };
    if Snapshot::attachment(&bytes).is_err() {
        return Ok(None);
    }
    let (plan, why) = plan(file, &bytes)?;
    let tape = Tape::new(Box::new(Alone));
    let restore = Restore::new()
        .std(plan.std)
        .host(Recorder::new(tape.clone()))
        .trusted()
        .loader(loader(plan.std, plan.compiler))
        .files(|_| Rebind::Refuse);
    let restored = Vm::restore(&REGISTRY, &bytes, restore);
    let Restored { mut vm, roots, .. } = restored.map_err(|why| refused(file, &why.to_string()))?;
    vm.set_jit(jit);
    vm.set_reports(reports().files(read_source).modules(modules::near));
    let mut program = Program::new(vm, tape);
    program.hold(roots);
    let reason = match why {
        Why::Error => {
            let machine = program.machine();
            // The message handler is on top, and has the error.
            let handler = machine.activation(machine.current_thread(), 0);
            let error = handler
                .and_then(|level| machine.get_local(machine.current_thread(), &level.frame, 1));
            let error = error.map(|(_, value)| match value.as_str() {
                Some(message) => text(message.bytes()),
                None => shown(machine, value),
            });
            Reason::Error { message: error.unwrap_or_default(), caught: false }
        }
        Why::Fuel | Why::Time | Why::Signal => Reason::Pause,
    };
    let engine = Engine::stopped(program, &REGISTRY, memory, reason);
    engine.map(Some).map_err(|why| refused(file, &why))
}
