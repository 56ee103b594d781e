//! `next`, `pairs`, `ipairs`.

use crate::access::{index, step};
use luka_vm::native::Walk;
use luka_vm::{Action, Event, Native, NativeResult, Value, Vm};

/// The iterator `ipairs` returns.
pub static IPAIRS_NEXT: Native =
    Native::new("base.ipairs:next", "", "", ipairs_next).walks(Walk::Ipairs);
pub static IPAIRS_FOUND: Native = Native::then("base.ipairs:found", ipairs_found);
pub static PAIRS_DONE: Native = Native::then_yieldable("base.pairs:done", pairs_done);

/// `next`, which generic loops recognise and run without a call.
pub static NEXT: Native = Native::new(
    "base.next",
    "next(t [, key]) -> key, value | nil",
    "The pair after a key in the order of the table's traversal; the first one for nil.",
    next,
)
.walks(Walk::Next);

fn next(vm: &mut Vm) -> NativeResult {
    let t = vm.check_table(1)?;
    match t.next(vm.arg(2)) {
        Ok(Some((key, value))) => vm.ret2(key, value),
        Ok(None) => vm.ret1(Value::NIL),
        Err(_) => Err(vm.error_plain("invalid key to 'next'")),
    }
}

pub fn pairs(vm: &mut Vm) -> NativeResult {
    let v = vm.check_any(1)?;
    let handler = vm.metamethod(v, Event::Pairs);
    if !handler.is_nil() {
        vm.push_fn(handler);
        vm.push(v);
        return vm.call(1, 3, &PAIRS_DONE);
    }
    let next = vm.upvalue(1);
    vm.push(next);
    vm.push(v);
    vm.push(Value::NIL);
    Ok(Action::Return(3))
}

fn pairs_done(_: &mut Vm) -> NativeResult {
    Ok(Action::Return(3))
}

pub fn ipairs(vm: &mut Vm) -> NativeResult {
    let v = vm.check_any(1)?;
    let next = vm.upvalue(1);
    vm.push(next);
    vm.push(v);
    vm.push(Value::int(0));
    Ok(Action::Return(3))
}

fn ipairs_next(vm: &mut Vm) -> NativeResult {
    let i = vm.check_int(2)?.wrapping_add(1);
    let t = vm.arg(1);
    if let Some(table) = t.as_table() {
        let v = table.get_int(i);
        if !v.is_nil() {
            return vm.ret2(i, v);
        }
        if table.metatable().is_none() {
            return vm.ret1(Value::NIL);
        }
    }
    vm.push(Value::int(i));
    step!(index(vm, t, Value::int(i)), &IPAIRS_FOUND);
    ipairs_found(vm)
}

/// The index and the element lie on top.
fn ipairs_found(vm: &mut Vm) -> NativeResult {
    if vm.arg(vm.nargs()).is_nil() {
        return Ok(Action::Return(1));
    }
    Ok(Action::Return(2))
}
