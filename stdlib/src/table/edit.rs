//! `table.insert`, `table.remove`, `table.move`: all three move a range of elements, in one
//! machine ([`run`]).
//!
//! Between plain tables whole chunks are moved at once; through metamethods it is one step per
//! read and per write. Either way the machine pauses now and then, for ranges may be endless.

use super::{LENGTH, READ, WRITE, check_tab, get, plain, set};
use crate::access::{equal, len, length_result, step};
use crate::prim;
use luka_vm::api::frame::slot::Count;
use luka_vm::{Action, NativeResult, Raise, Value, Vm, continuations, frame, states};

/// Elements moved between two pauses.
const CHUNK: i64 = 4096;

continuations! { pub static THEN;
    /// An element was read or written, a length asked for, or two tables compared.
    STEP: "table:move" (at, 1) = |vm| {
        let (state, result) = (at::STATE.get(vm), vm.pop());
        run(vm, state, result)
    };
    PAUSED: "table:move:paused" (at, 0) = |vm| {
        let state = at::STATE.get(vm);
        run(vm, state, Value::NIL)
    };
}

frame! {
    /// Slots of all three functions.
    mod at {
        /// Their arguments.
        LIST: Value,
        ARG2: Value,
        ARG3: Value,
        ARG4: Value,
        ARG5: Value,
        STATE: State,
        /// Number of arguments given.
        NARGS: Count,
        /// The range: from table and position to table and position, so many elements, and how
        /// many are moved already; whether the last one goes first.
        FROM: Value,
        FIRST: i64,
        TO: Value,
        TARGET: i64,
        COUNT: Count,
        DONE: Count,
        DOWN: bool,
        /// What comes after the move: a store into the `TO` table, if there is one, and the
        /// function's result, if it has one.
        STORES: bool,
        LAST_KEY: i64,
        LAST_VALUE: Value,
        RESULTS: bool,
        RESULT: Value,
    }
}

states! {
    /// What comes next; most states take the result of the one before.
    enum State {
        Insert,
        InsertAt,
        Remove,
        RemoveAt,
        Removed,
        MoveCompare,
        MoveCompared,
        /// Move the rest of the range; then store, if asked, and return.
        Range,
        Element,
        ElementRead,
        Store,
        Return,
    }
}

/// Makes the machine's frame, keeping the first five arguments.
fn prepare(vm: &mut Vm) {
    let nargs = vm.nargs() as i64;
    at::FRAME.prepare(vm, 5);
    at::NARGS.set(vm, nargs);
    at::RESULTS.set(vm, true);
}

fn set_range(vm: &mut Vm, first: i64, target: i64, count: i64, down: bool) {
    at::FIRST.set(vm, first);
    at::TARGET.set(vm, target);
    at::COUNT.set(vm, count);
    at::DOWN.set(vm, down);
}

pub fn insert(vm: &mut Vm) -> NativeResult {
    check_tab(vm, 1, READ | WRITE | LENGTH)?;
    if let Some(t) = plain(vm, 1) {
        let end = t.len().wrapping_add(1);
        let nargs = vm.nargs();
        let (pos, value) = insert_position(vm, nargs, end)?;
        if end.wrapping_sub(pos) <= CHUNK {
            vm.charge((end - pos) as u64);
            for i in (pos..end).rev() {
                prim::set_int_collecting(vm, t, i + 1, t.get_int(i))?;
            }
            prim::set_int_collecting(vm, t, pos, value)?;
            return vm.ret0();
        }
    }
    prepare(vm);
    at::RESULTS.set(vm, false);
    run(vm, State::Insert, Value::NIL)
}

/// Where to insert what, given the number of arguments and the first empty position.
fn insert_position(vm: &mut Vm, nargs: usize, end: i64) -> Result<(i64, Value), Raise> {
    match nargs {
        2 => Ok((end, vm.arg(2))),
        3 => {
            let pos = vm.check_int(2)?;
            if (pos as u64).wrapping_sub(1) >= end as u64 {
                return Err(vm.arg_error(2, "position out of bounds"));
            }
            Ok((pos, vm.arg(3)))
        }
        _ => Err(vm.error("wrong number of arguments to 'insert'")),
    }
}

pub fn remove(vm: &mut Vm) -> NativeResult {
    check_tab(vm, 1, READ | WRITE | LENGTH)?;
    if let Some(t) = plain(vm, 1) {
        let size = t.len();
        let pos = remove_position(vm, size)?;
        if size.wrapping_sub(pos) <= CHUNK {
            let result = t.get_int(pos);
            if pos < size {
                vm.charge((size - pos) as u64);
                for i in pos..size {
                    prim::set_int(vm, t, i, t.get_int(i + 1))?;
                }
            }
            let last = pos.max(size);
            if !t.get_int(last).is_nil() {
                prim::set_int(vm, t, last, Value::NIL)?;
            }
            return vm.ret1(result);
        }
    }
    prepare(vm);
    run(vm, State::Remove, Value::NIL)
}

fn remove_position(vm: &mut Vm, size: i64) -> Result<i64, Raise> {
    match vm.opt_int(2)? {
        None => Ok(size),
        Some(pos) => {
            if pos != size && (pos as u64).wrapping_sub(1) > size as u64 {
                return Err(vm.arg_error(2, "position out of bounds"));
            }
            Ok(pos)
        }
    }
}

pub fn move_(vm: &mut Vm) -> NativeResult {
    let f = vm.check_int(2)?;
    let e = vm.check_int(3)?;
    let t = vm.check_int(4)?;
    let target = if vm.arg(5).is_nil() { 1 } else { 5 };
    check_tab(vm, 1, READ)?;
    check_tab(vm, target, WRITE)?;
    let to = vm.arg(target);
    if e < f {
        return vm.ret1(to);
    }
    if !(f > 0 || e < i64::MAX.wrapping_add(f)) {
        return Err(vm.arg_error(3, "too many elements to move"));
    }
    let n = e - f + 1;
    if t > i64::MAX - n + 1 {
        return Err(vm.arg_error(4, "destination wrap around"));
    }
    let overlaps = !(t > e || t <= f);
    if n <= CHUNK
        && let (Some(source), Some(table)) = (plain(vm, 1), plain(vm, target))
    {
        vm.charge(n as u64);
        let down = overlaps && source == table;
        for k in 0..n {
            let k = if down { n - 1 - k } else { k };
            prim::set_int(vm, table, t + k, source.get_int(f + k))?;
        }
        return vm.ret1(to);
    }
    prepare(vm);
    let from = at::LIST.get(vm);
    at::FROM.set(vm, from);
    at::TO.set(vm, to);
    at::RESULT.set(vm, to);
    set_range(vm, f, t, n, overlaps);
    // Whether the tables are the same one matters only to overlapping ranges.
    let first = if overlaps && target != 1 { State::MoveCompare } else { State::Range };
    run(vm, first, Value::NIL)
}

/// Goes on in a state, with the result that it takes.
fn run(vm: &mut Vm, mut now: State, mut result: Value) -> NativeResult {
    // Begins an operation whose result (or end) state `$next` waits for.
    macro_rules! begin {
        ($next:expr, $op:expr) => {{
            now = $next;
            result = step!($op, &STEP, else at::STATE.set(vm, now));
        }};
    }
    loop {
        let t = at::LIST.get(vm);
        match now {
            State::Insert => begin!(State::InsertAt, len(vm, t)),
            State::InsertAt => {
                let end = length_result(vm, result)?.wrapping_add(1);
                let nargs = at::NARGS.get(vm) as usize;
                let (pos, value) = insert_position(vm, nargs, end)?;
                at::FROM.set(vm, t);
                at::TO.set(vm, t);
                set_range(vm, pos, pos.wrapping_add(1), end.saturating_sub(pos).max(0), true);
                at::STORES.set(vm, true);
                at::LAST_KEY.set(vm, pos);
                at::LAST_VALUE.set(vm, value);
                now = State::Range;
            }
            State::Remove => begin!(State::RemoveAt, len(vm, t)),
            State::RemoveAt => {
                let size = length_result(vm, result)?;
                let pos = remove_position(vm, size)?;
                let count = size.saturating_sub(pos).max(0);
                set_range(vm, pos.wrapping_add(1), pos, count, false);
                at::STORES.set(vm, true);
                at::LAST_KEY.set(vm, pos.max(size));
                begin!(State::Removed, get(vm, t, pos));
            }
            State::Removed => {
                at::RESULT.set(vm, result);
                at::FROM.set(vm, t);
                at::TO.set(vm, t);
                now = State::Range;
            }
            State::MoveCompare => {
                let to = at::TO.get(vm);
                begin!(State::MoveCompared, equal(vm, t, to));
            }
            State::MoveCompared => {
                at::DOWN.set(vm, !result.is_falsy());
                now = State::Range;
            }
            State::Range => {
                let (done, count) = (at::DONE.get(vm), at::COUNT.get(vm));
                if done >= count {
                    now = if at::STORES.get(vm) { State::Store } else { State::Return };
                    continue;
                }
                let (from, to) = (at::FROM.place(), at::TO.place());
                if plain(vm, from).is_some() && plain(vm, to).is_some() {
                    move_chunk(vm, done, count)?;
                    at::STATE.set(vm, State::Range);
                    return Ok(Action::Pause { then: &PAUSED });
                }
                now = State::Element;
                if done % CHUNK == CHUNK - 1 {
                    at::STATE.set(vm, now);
                    return Ok(Action::Pause { then: &PAUSED });
                }
            }
            State::Element => {
                let (done, count) = (at::DONE.get(vm), at::COUNT.get(vm));
                let from = at::FROM.get(vm);
                let i = at::FIRST.get(vm).wrapping_add(offset(vm, done, count));
                begin!(State::ElementRead, get(vm, from, i));
            }
            State::ElementRead => {
                let (done, count) = (at::DONE.get(vm), at::COUNT.get(vm));
                let to = at::TO.get(vm);
                let i = at::TARGET.get(vm).wrapping_add(offset(vm, done, count));
                at::DONE.set(vm, done.saturating_add(1));
                vm.charge(1);
                begin!(State::Range, set(vm, to, i, result));
            }
            State::Store => {
                let (to, key, value) =
                    (at::TO.get(vm), at::LAST_KEY.get(vm), at::LAST_VALUE.get(vm));
                begin!(State::Return, set(vm, to, key, value));
            }
            State::Return => {
                if !at::RESULTS.get(vm) {
                    return vm.ret0();
                }
                let result = at::RESULT.get(vm);
                return vm.ret1(result);
            }
        }
    }
}

/// How far from its beginning the range's next element is.
fn offset(vm: &Vm, done: i64, count: i64) -> i64 {
    if at::DOWN.get(vm) { count - 1 - done } else { done }
}

/// Moves up to a chunk of elements between tables without metatables.
fn move_chunk(vm: &mut Vm, done: i64, count: i64) -> Result<(), Raise> {
    let tables = (plain(vm, at::FROM.place()), plain(vm, at::TO.place()));
    let (Some(from), Some(to)) = tables else { return Ok(()) };
    let (first, target) = (at::FIRST.get(vm), at::TARGET.get(vm));
    let down = at::DOWN.get(vm);
    let n = (count - done).min(CHUNK);
    vm.charge(n as u64);
    for k in done..done + n {
        let k = if down { count - 1 - k } else { k };
        let v = from.get_int(first.wrapping_add(k));
        prim::set_int(vm, to, target.wrapping_add(k), v)?;
    }
    at::DONE.set(vm, done + n);
    Ok(())
}
