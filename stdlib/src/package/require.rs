//! `require`: a state machine over the searchers and the loader they find. Upvalue 1 is the
//! `package` table.

use super::LOADED;
use crate::access::{index, set_index, step};
use crate::os::c_str;
use crate::prim;
use luka_vm::{Action, Native, NativeResult, Raise, Value, Vm};

pub static REQUIRE_STEP: Native = Native::then("package.require:step", require_step);

/// Slots: the name, then these.
mod at {
    pub const STATE: usize = 2;
    pub const LOADED: usize = 3;
    pub const SEARCHERS: usize = 4;
    pub const NEXT: usize = 5;
    /// What the searchers said so far.
    pub const MESSAGE: usize = 6;
    pub const LOADER: usize = 7;
    pub const DATA: usize = 8;
    pub const RESULT: usize = 9;
    pub const END: usize = 9;
}

pub fn require(vm: &mut Vm) -> NativeResult {
    vm.check_str(1)?;
    vm.set_top(1);
    let loaded = prim::registry_field(vm, LOADED);
    vm.set_top(at::END);
    vm.set_arg(at::LOADED, loaded);
    run(vm, 0)
}

fn require_step(vm: &mut Vm) -> NativeResult {
    let state = vm.arg(at::STATE).as_int().unwrap_or(0);
    run(vm, state)
}

fn run(vm: &mut Vm, mut state: i64) -> NativeResult {
    let name = vm.arg(1);
    let loaded = vm.arg(at::LOADED);
    loop {
        let mut next = state + 1;
        vm.set_arg(at::STATE, Value::int(next));
        match state {
            0 => step!(index(vm, loaded, name), &REQUIRE_STEP),
            1 => {
                let v = vm.pop();
                if !v.is_falsy() {
                    return vm.ret1(v);
                }
                begin_search(vm)?;
            }
            2 => return call_searcher(vm, name),
            3 => {
                if !searcher_answered(vm)? {
                    next = 2;
                }
            }
            4 => {
                let (loader, data) = (vm.arg(at::LOADER), vm.arg(at::DATA));
                vm.push_fn(loader);
                vm.push(name);
                vm.push(data);
                return Ok(Action::Call { nargs: 2, nres: 1, then: &REQUIRE_STEP });
            }
            5 => {
                let v = vm.pop();
                vm.set_arg(at::RESULT, v);
                if !v.is_nil() {
                    step!(set_index(vm, loaded, name, v), &REQUIRE_STEP);
                }
            }
            6 => step!(index(vm, loaded, name), &REQUIRE_STEP),
            7 => {
                let v = vm.pop();
                if v.is_nil() {
                    vm.set_arg(at::RESULT, Value::TRUE);
                    step!(set_index(vm, loaded, name, Value::TRUE), &REQUIRE_STEP);
                } else {
                    vm.set_arg(at::RESULT, v);
                }
            }
            _ => {
                let (v, data) = (vm.arg(at::RESULT), vm.arg(at::DATA));
                return vm.ret2(v, data);
            }
        }
        state = next;
    }
}

fn begin_search(vm: &mut Vm) -> Result<(), Raise> {
    let package = vm.upvalue(1).as_table();
    let searchers = match package {
        Some(t) => prim::field(vm, t, "searchers"),
        None => Value::NIL,
    };
    if searchers.as_table().is_none() {
        return Err(vm.error("'package.searchers' must be a table"));
    }
    let empty = vm.small_str("");
    vm.set_arg(at::SEARCHERS, searchers);
    vm.set_arg(at::NEXT, Value::int(1));
    vm.set_arg(at::MESSAGE, empty);
    Ok(())
}

fn message(vm: &Vm) -> Vec<u8> {
    vm.arg(at::MESSAGE).as_str().map_or_else(Vec::new, |s| s.bytes().to_vec())
}

fn call_searcher(vm: &mut Vm, name: Value) -> NativeResult {
    let i = vm.arg(at::NEXT).as_int().unwrap_or(1);
    vm.set_arg(at::NEXT, Value::int(i.wrapping_add(1)));
    let searcher = vm.arg(at::SEARCHERS).as_table().map_or(Value::NIL, |t| t.get_int(i));
    if searcher.is_nil() {
        let shown = vm.check_str(1)?;
        let parts: [&[u8]; 4] = [b"module '", c_str(shown.bytes()), b"' not found:", &message(vm)];
        return Err(vm.error(parts.concat()));
    }
    vm.push_fn(searcher);
    vm.push(name);
    Ok(Action::Call { nargs: 1, nres: 2, then: &REQUIRE_STEP })
}

/// Takes a searcher's results; true if it found a loader.
fn searcher_answered(vm: &mut Vm) -> Result<bool, Raise> {
    let data = vm.pop();
    let answer = vm.pop();
    if answer.is_function() {
        vm.set_arg(at::LOADER, answer);
        vm.set_arg(at::DATA, data);
        return Ok(true);
    }
    let said = match answer.as_str() {
        Some(s) => Some(s),
        None if answer.is_number() => Some(vm.number_to_str(answer)),
        None => None,
    };
    if let Some(said) = said {
        let text = [&*message(vm), b"\n\t", said.bytes()].concat();
        let text = vm.str(&text)?;
        vm.set_arg(at::MESSAGE, text);
    }
    Ok(false)
}
