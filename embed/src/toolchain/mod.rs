//! The machine below, for Luka's own tools: tracing and counting what it does, modules of other
//! compilers, sessions whose variables outlive their inputs. Nothing keeps its raw values alive, and nothing checks which machine they are of.

pub mod bytes;
mod scope;

pub use crate::snapshot::Around;
pub use scope::Scope;

use crate::budget::{Budget, Flag};
use crate::cx::Cx;
use crate::error::Result;
use crate::function::Function;
use crate::snapshot::{Checkpoint, Restore, Snapshot, SnapshotError, Unsavable};
use crate::value::Value;
use luka_vm::{Gc, LuaFn, Raise};
use std::time::Instant;

/// The machine below.
pub fn machine(vm: &mut crate::Vm) -> &mut luka_vm::Vm {
    vm.machine()
}

/// What a machine's programs find.
pub fn registry(vm: &crate::Vm) -> crate::Registry {
    vm.with_state(|state| state.registry.clone())
}

/// What a budget asks for.
pub struct Asked {
    /// Units of fuel, and the total at which the run ends.
    pub fuel: Option<u64>,
    pub until: Option<u64>,
    pub flag: Option<Flag>,
    pub deadline: Option<Instant>,
    pub stops_at_errors: bool,
}

/// What a budget asks for.
pub fn asked(budget: &Budget) -> Asked {
    let Budget { fuel, until, flag, deadline, stops_at_errors } = budget.clone();
    Asked { fuel, until, flag, deadline, stops_at_errors }
}

/// A program is run again from here on, or not any more: functions of the host can ask
/// ([`Cx::is_replay`]).
pub fn set_replay(vm: &mut crate::Vm, is_replay: bool) {
    vm.with_state(|state| state.is_replay = is_replay);
}

/// The machine's state for a copy to look into, with whatever cannot be saved left out: open files,
/// objects without [`UserData::save`](crate::UserData::save), which are gone in the copy.
///
/// # Errors
/// The machine itself cannot be saved.
pub fn copy(vm: &mut crate::Vm) -> std::result::Result<Snapshot, Unsavable> {
    vm.with_state(|state| state.saves_all = false);
    let copied = vm.snapshot();
    vm.with_state(|state| state.saves_all = true);
    copied
}

/// The bytes of a checkpoint, and what belongs to it besides.
pub fn taken_apart(checkpoint: Checkpoint) -> (Vec<u8>, Around) {
    checkpoint.taken_apart()
}

/// The checkpoint of these bytes, which are those of one that was taken apart, or [proved](prove).
pub fn put_together(bytes: Vec<u8>, around: &Around) -> Checkpoint {
    Checkpoint::put_together(bytes, around)
}

/// What belongs to checkpoints of the machine as it is now.
pub fn around(vm: &crate::Vm) -> Around {
    Around::of(vm)
}

/// Proves that bytes are a state of a machine with what this one finds.
///
/// # Errors
/// They are not.
pub fn prove(vm: &crate::Vm, bytes: &[u8]) -> std::result::Result<(), SnapshotError> {
    crate::Vm::restore(&registry(vm), bytes, Restore::new()).map(drop)
}

/// Programs of this machine call no functions of the host: it is a copy.
pub fn silence(vm: &mut crate::Vm) {
    vm.with_state(|state| state.is_copy = true);
}

/// A function that `make` makes in the machine.
///
/// # Errors
/// That of `make`; the memory limit is passed.
pub fn function(
    cx: &Cx,
    make: impl FnOnce(&mut luka_vm::Vm) -> std::result::Result<Gc<LuaFn>, Raise>,
) -> Result<Function> {
    let made = cx.with(make).map_err(|raise| cx.raised(raise))?;
    Ok(Function::from_handle(cx.handle(made.into())?))
}

/// A value of the machine, with a handle.
pub fn value(cx: &Cx, raw: luka_vm::Value) -> Value {
    Value::from_raw(cx, raw)
}

/// What a value is in the machine.
///
/// # Errors
/// It is another machine's.
pub fn raw(cx: &Cx, value: &Value) -> Result<luka_vm::Value> {
    value.raw(cx)
}
