//! The machine below, for Luka's own tools: tracing, counting and showing what it does. Nothing keeps
//! raw values alive, and nothing checks which machine they are of.

use crate::cx::Cx;
use crate::error::Result;
use crate::value::Value;
use crate::vm::Vm;

/// The machine below.
pub fn machine(vm: &mut Vm) -> &mut luka_vm::Vm {
    vm.machine()
}

/// A look at the machine below, while nothing runs in it.
pub fn look<R>(cx: &Cx, f: impl FnOnce(&mut luka_vm::Vm) -> R) -> R {
    cx.with(f)
}

/// The raw value of a value. It is valid until a program runs or the value is dropped.
///
/// # Errors
/// The value is of another machine.
pub fn raw(cx: &Cx, value: &Value) -> Result<luka_vm::Value> {
    value.raw(cx)
}

/// A handle of a raw value of this machine.
pub fn handle(cx: &Cx, raw: luka_vm::Value) -> Value {
    Value::from_raw(cx, raw)
}
