//! `next`, `pairs`, `ipairs`.

use crate::access::{index, step};
use luka_vm::{Action, Event, NativeResult, Value, Vm, continuations, frame, inner_natives};

inner_natives! { pub static INNER;
    /// `next`, which generic loops recognise and run without a call.
    NEXT: "base.next" "next(t [, key]) -> key, value | nil"
        "Returns the key and value after a key in the order of traversal, the first ones for nil."
        [pure, walks_pairs] = next;
    /// The iterator `ipairs` returns.
    IPAIRS_NEXT: "base.ipairs:next" [walks_list] = ipairs_next;
}

continuations! { pub static THEN;
    IPAIRS_FOUND: "base.ipairs:found" (element, 1) = |vm| {
        let v = vm.pop();
        found(vm, v)
    };
    PAIRS_DONE: "base.pairs:done" (arguments, 3) [yieldable] = |_| Ok(Action::Return(3));
}

frame! {
    /// Slots of `pairs` and its like: nothing but arguments.
    mod arguments {}
    rest: Value;
}

frame! {
    /// Slots of the iterator of `ipairs`: its arguments, then this.
    mod element {}
    rest: Value;
    last {
        /// The index of the element being read.
        INDEX: i64,
    }
}

/// Empty positions that `next` skips for nothing.
const SKIPPED: usize = 65;

fn next(vm: &mut Vm) -> NativeResult {
    let t = vm.check_table(1)?;
    let key = vm.arg(2);
    vm.charge_key(key);
    let Ok(from) = t.index_after(key) else {
        return Err(vm.error_plain("invalid key to 'next'"));
    };
    let found = t.next_index(from);
    let behind = found.map_or_else(|| t.positions(), |(at, ..)| at);
    if behind - from > SKIPPED {
        vm.charge((behind - from) as u64 / 2);
    }
    match found {
        Some((_, key, value)) => vm.ret2(key, value),
        None => vm.ret1(Value::NIL),
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
    element::INDEX.push(vm, i);
    let v = step!(index(vm, t, Value::int(i)), &IPAIRS_FOUND);
    found(vm, v)
}

/// Returns index and element; nil ends the loop.
fn found(vm: &mut Vm, v: Value) -> NativeResult {
    if v.is_nil() {
        return vm.ret1(Value::NIL);
    }
    let i = element::INDEX.get(vm);
    vm.ret2(i, v)
}
