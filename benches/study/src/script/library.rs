//! Luka as a library: the regular compiler and machine, with their verifier, a fuel limit, and an error
//! instead of a crash for whatever a text says.

use super::Script;
use crate::technique::{Refused, Run, Stop};
use luka::host::Memory;
use luka::{Budget, Chunk, Jit, Libs, Outcome, Registry, Value, Values, Vm};

/// Compiles a script for a machine of its own. Steps are units of fuel.
///
/// # Errors
/// The compiler's.
pub fn make(script: &Script, jit: Jit) -> Result<Run, Refused> {
    let refused = |error: luka::Error| Refused(error.to_string());
    let registry = Registry::builder().libs(Libs::BASE).build();
    // A host that gives memory for native code, and nothing else that is used here.
    let builder = Vm::builder(&registry).host(Memory::new()).jit(jit);
    let mut vm = builder.build().map_err(refused)?;
    let chunk = Chunk::text(&script.text).name("=script");
    let main = vm.compile(chunk).map_err(|error| Refused(error.to_string()))?;
    let arguments: Vec<Value> = script.arguments.iter().map(|&n| Value::Integer(n)).collect();
    let arguments = Values::from(arguments);
    Ok(Box::new(move |fuel| {
        // A function that cannot be started has not been compiled by this machine.
        vm.start(&main, &arguments).map_err(|_| Stop::Code)?;
        match vm.run(Budget::fuel(fuel)) {
            Outcome::Done(values) => values.get::<i64>(&vm).map_err(|_| Stop::Code),
            Outcome::Failed(error) => Err(reason(&error.to_string())),
            _ => Err(Stop::Steps),
        }
    }))
}

/// What the errors of interpreters in Lua mean.
fn reason(message: &str) -> Stop {
    match message.rsplit(' ').next() {
        Some("steps") => Stop::Steps,
        Some("stack") => Stop::Stack,
        Some("division") => Stop::Division,
        _ => Stop::Code,
    }
}
