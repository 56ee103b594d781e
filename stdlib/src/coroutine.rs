//! The `coroutine` library. Its functions are the VM's own: they move whole stacks.

use crate::prim;
use luka_vm::interp::natives::COROUTINE;
use luka_vm::{Raise, Value, Vm};

/// Makes the library table.
pub fn open(vm: &mut Vm) -> Result<Value, Raise> {
    prim::library(vm, COROUTINE)
}
