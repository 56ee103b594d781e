//! A script as a paused machine, and how it advances: from bytes to bytes, with no effect on anything
//! else.

use crate::Result;
use crate::store::{Advance, Answer, Job, Then};
use crate::tools;
use luka::{Budget, Chunk, Error, Outcome, Registry, Restore, Value, Values, Vm};
use serde_json::Value as Json;
use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};

/// The most memory of a script, in bytes.
const MEMORY: u64 = 16 << 20;

/// What a script may do in a slice, in units of fuel: about 2 ms.
const SLICE: u64 = 500_000;

/// What scripts find: the libraries that reach nothing outside, and the tools. They have no clock and
/// no entropy, so a slice that is done again does the same again.
pub fn registry() -> Registry {
    let registry = Registry::builder();
    tools::NAMES.iter().fold(registry, |registry, name| registry.call(name)).build()
}

/// The snapshot of a machine that is about to run a script with some arguments.
///
/// # Errors
/// The text is no program.
pub fn start(text: &str, name: &str, args: &[&str]) -> Result<Vec<u8>> {
    let mut vm = Vm::builder(&registry()).memory(MEMORY).build()?;
    let program = vm.compile(Chunk::text(text).name(format!("@{name}"))).map_err(|e| e.render())?;
    let args = args.iter().map(|arg| vm.to_value(*arg)).collect::<luka::Result<Vec<Value>>>()?;
    vm.start(&program, Values::from(args))?;
    Ok(vm.snapshot()?.into_bytes())
}

/// Lets a job go on: to its next call, its end, or the end of a slice.
///
/// # Errors
/// The store has lost the answer that the job waits for.
pub fn advance(job: &Job) -> Result<Advance> {
    let output = Output::default();
    let restore = Restore::new().memory(MEMORY).output(output.clone());
    let mut vm = match Vm::restore(&registry(), &job.snapshot, restore) {
        Ok(restored) => restored.vm,
        Err(error) => {
            // The snapshot stays: another build may be able to read it.
            let then = Then::Failed(format!("the job cannot be restored: {error}"));
            return Ok(Advance { snapshot: None, output: String::new(), then });
        }
    };
    if let Some(call) = vm.waiting_call() {
        let answer = job.answer.as_ref().ok_or("the job waits for an answer that is not there")?;
        let answer = match answer {
            Answer::Value(text) => vm.to_value(&serde_json::from_str::<Json>(text)?),
            Answer::Error(message) => Err(Error::msg(message.clone())),
        };
        vm.answer(call.id, answer)?;
    }
    let then = match vm.run(Budget::fuel(SLICE)) {
        Outcome::OutOfFuel => Then::GoesOn,
        Outcome::Call(call) => {
            let arguments = call.args().iter().map(|value| value.to::<Json>(&vm));
            match arguments.collect::<luka::Result<Vec<Json>>>() {
                Ok(arguments) => Then::Calls(tools::request(call.name, arguments)),
                Err(error) => {
                    // Raised where the script calls; it may catch it.
                    vm.answer::<()>(call.id, Err(error))?;
                    Then::GoesOn
                }
            }
        }
        Outcome::Failed(error) => Then::Failed(error.report()),
        other => match other.done() {
            Ok(values) => {
                let first = values.iter().next().map(|value| value.to::<Json>(&vm));
                match first.transpose() {
                    Ok(result) => Then::Done(result.unwrap_or_default().to_string()),
                    Err(error) => Then::Failed(error.to_string()),
                }
            }
            Err(error) => Then::Failed(error.to_string()),
        },
    };
    let snapshot = vm.snapshot()?.into_bytes();
    drop(vm); // writes what is left of the output
    Ok(Advance { snapshot: Some(snapshot), output: output.take(), then })
}

/// What a script prints in a slice.
#[derive(Clone, Default)]
struct Output(Arc<Mutex<Vec<u8>>>);

impl Output {
    fn take(&self) -> String {
        let mut bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&std::mem::take(&mut *bytes)).into_owned()
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
