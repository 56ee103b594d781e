//! A program in pieces: its state at every stop, to be compared between builds.

use luka::host::Memory;
use luka::{Budget, Chunk, Libs, Outcome, Registry, Restore, Vm};
use std::fmt::Write;

/// Units of fuel between two stops, in turn. They are odd, so that stops are all over the program.
const BUDGETS: [u64; 6] = [1, 2, 3, 61, 997, 20_011];

/// Stops of a run, at most; then it goes on to its end.
const MOST: usize = 48;

/// A name and its contents.
pub type File = (String, Vec<u8>);

/// Runs a program, or goes on with a snapshot of one. What comes of it: the snapshot at each stop,
/// `N.snap`; what is `printed`; and a table of `states`, a line for each stop with the fuel used, the
/// hash of the state and the bytes printed so far.
///
/// # Errors
/// The text does not compile, the snapshot is refused, a state cannot be saved.
pub fn stops(program: &[u8]) -> Result<Vec<File>, String> {
    let host = Memory::new();
    let view = host.view();
    let registry = Registry::builder().libs(Libs::ALL).build();
    let mut vm = if program.starts_with(b"\x1bLukaSnap") {
        let restore = Restore::new().host(host);
        Vm::restore(&registry, program, restore).map_err(|e| e.to_string())?.vm
    } else {
        let mut vm = Vm::builder(&registry).host(host).build().map_err(|e| e.report())?;
        let f = vm.compile(Chunk::text(program).name("@program.lua")).map_err(|e| e.to_string())?;
        vm.start(&f, ()).map_err(|e| e.report())?;
        vm
    };
    let (mut files, mut states) = (Vec::new(), String::new());
    let mut outcome = Outcome::OutOfFuel;
    while matches!(outcome, Outcome::OutOfFuel) {
        let stop = files.len();
        let hash = vm.state_hash().map_err(|e| e.to_string())?;
        let (fuel, printed) = (vm.fuel_used(), view.stdout().len());
        let _ = writeln!(states, "{stop}: fuel {fuel}, state {hash:016x}, printed {printed}");
        files
            .push((format!("{stop}.snap"), vm.snapshot().map_err(|e| e.to_string())?.into_bytes()));
        outcome = vm.run(match stop {
            MOST.. => Budget::unlimited(),
            _ => Budget::fuel(BUDGETS[stop % BUDGETS.len()]),
        });
    }
    vm.check_heap()?;
    let ended = match outcome {
        Outcome::Failed(error) => error.report(),
        other => format!("{other:?}"),
    };
    let closed = format!("{:?}", vm.close(Budget::unlimited()));
    let (fuel, memory) = (vm.fuel_used(), vm.memory_used());
    let _ = writeln!(states, "fuel {fuel}, memory {memory}\n{ended}\n{closed}");
    files.push(("printed".to_string(), view.stdout()));
    files.push(("states".to_string(), states.into_bytes()));
    Ok(files)
}
