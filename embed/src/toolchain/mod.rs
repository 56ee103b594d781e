//! The machine below, for Luka's own tools: tracing and counting what it does, modules of other
//! compilers, sessions whose variables outlive their inputs. Nothing keeps its raw values alive, and nothing checks which machine they are of.

pub mod bytes;
mod scope;

pub use scope::Scope;

use crate::cx::Cx;
use crate::error::Result;
use crate::function::Function;
use crate::value::Value;
use luka_vm::{Gc, LuaFn, Raise};

/// The machine below.
pub fn machine(vm: &mut crate::Vm) -> &mut luka_vm::Vm {
    vm.machine()
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
