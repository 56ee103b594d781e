//! `require`: a state machine over the searchers and the loader they find. Upvalue 1 is the
//! `package` table.

use super::{LOADED, note_code};
use crate::access::{index, set_index, step};
use crate::os::c_str;
use crate::prim;
use luka_vm::{Gc, NativeResult, Raise, Str, Table, Value, Vm};
use luka_vm::{continuations, frame, states};

continuations! { pub static THEN;
    /// A field was read or written, or the loader has run.
    STEP: "package.require:step" (at, 1) = |vm| {
        let (state, result) = (at::STATE.get(vm), vm.pop());
        run(vm, state, result)
    };
    /// A searcher has answered.
    SEARCHED: "package.require:searched" (at, 2) = searched;
}

frame! {
    /// Slots: the argument, then the state.
    mod at {
        NAME: Gc<Str>,
        STATE: State,
        /// `package.loaded`, as the registry has it.
        LOADED: Value,
        SEARCHERS: Option<Gc<Table>>,
        /// The searcher to be called next.
        NEXT: i64,
        /// What the searchers said so far.
        MESSAGE: Option<Gc<Str>>,
        LOADER: Value,
        DATA: Value,
        RESULT: Value,
    }
}

states! {
    /// What comes next; most states take the result of the one before.
    enum State { Start, LoadedRead, Search, Load, LoaderReturned, LoaderStored, StoredRead, End }
}

pub fn require(vm: &mut Vm) -> NativeResult {
    let name = vm.check_str(1)?;
    // Each searcher mentions it.
    vm.heap.room_for_message(8 * name.len())?;
    at::FRAME.prepare(vm, 1);
    let loaded = prim::registry_field(vm, LOADED);
    at::LOADED.set(vm, loaded);
    at::NEXT.set(vm, 1);
    run(vm, State::Start, Value::NIL)
}

/// Goes on in a state, with the result that it takes.
fn run(vm: &mut Vm, mut now: State, mut result: Value) -> NativeResult {
    let name = Value::from(at::NAME.get(vm));
    let loaded = at::LOADED.get(vm);
    macro_rules! begin {
        ($next:expr, $op:expr) => {{
            now = $next;
            result = step!($op, &STEP, else at::STATE.set(vm, now));
        }};
    }
    loop {
        match now {
            State::Start => begin!(State::LoadedRead, index(vm, loaded, name)),
            State::LoadedRead => {
                if !result.is_falsy() {
                    return vm.ret1(result);
                }
                let searchers = searchers(vm)?;
                at::SEARCHERS.set(vm, Some(searchers));
                now = State::Search;
            }
            State::Search => return call_searcher(vm, name),
            State::Load => {
                let (loader, data) = (at::LOADER.get(vm), at::DATA.get(vm));
                at::STATE.set(vm, State::LoaderReturned);
                vm.push_call(loader, [name, data]);
                return vm.call(2, 1, &STEP);
            }
            State::LoaderReturned => {
                if let Some(main) = at::LOADER.get(vm).as_lua_fn() {
                    note_code(vm, name, main)?;
                }
                at::RESULT.set(vm, result);
                now = State::LoaderStored;
                if !result.is_nil() {
                    begin!(State::LoaderStored, set_index(vm, loaded, name, result));
                }
            }
            State::LoaderStored => begin!(State::StoredRead, index(vm, loaded, name)),
            State::StoredRead => {
                let stored = if result.is_nil() { Value::TRUE } else { result };
                at::RESULT.set(vm, stored);
                now = State::End;
                if result.is_nil() {
                    begin!(State::End, set_index(vm, loaded, name, stored));
                }
            }
            State::End => {
                let (v, data) = (at::RESULT.get(vm), at::DATA.get(vm));
                return vm.ret2(v, data);
            }
        }
    }
}

fn searchers(vm: &mut Vm) -> Result<Gc<Table>, Raise> {
    let package = vm.upvalue(1).as_table();
    let searchers = package.map_or(Value::NIL, |t| prim::field(vm, t, "searchers"));
    match searchers.as_table() {
        Some(searchers) => Ok(searchers),
        None => Err(vm.error("'package.searchers' must be a table")),
    }
}

fn message(vm: &Vm) -> Vec<u8> {
    at::MESSAGE.get(vm).map_or_else(Vec::new, |s| s.bytes().to_vec())
}

fn call_searcher(vm: &mut Vm, name: Value) -> NativeResult {
    let i = at::NEXT.get(vm);
    at::NEXT.set(vm, i.wrapping_add(1));
    vm.charge(1);
    let searcher = at::SEARCHERS.get(vm).map_or(Value::NIL, |t| t.get_int(i));
    if searcher.is_nil() {
        let shown = at::NAME.get(vm);
        let parts: [&[u8]; 4] = [b"module '", c_str(shown.bytes()), b"' not found:", &message(vm)];
        return Err(vm.error(parts.concat()));
    }
    vm.push_call(searcher, [name]);
    vm.call(1, 2, &SEARCHED)
}

/// Takes a searcher's results: a loader and its data, or why there is none.
fn searched(vm: &mut Vm) -> NativeResult {
    let data = vm.pop();
    let answer = vm.pop();
    if answer.is_function() {
        at::LOADER.set(vm, answer);
        at::DATA.set(vm, data);
        return run(vm, State::Load, Value::NIL);
    }
    let said = match answer.as_str() {
        Some(s) => Some(s),
        None if answer.is_number() => Some(vm.number_to_str(answer)),
        None => None,
    };
    if let Some(said) = said {
        let text = [&*message(vm), b"\n\t", said.bytes()].concat();
        let text = vm.str(&text)?;
        at::MESSAGE.set(vm, text.as_str());
    }
    run(vm, State::Search, Value::NIL)
}
