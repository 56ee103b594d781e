//! `table.insert`, `table.remove`, `table.move`: all three move a range of elements, in one
//! machine ([`run`]).
//!
//! Between plain tables whole chunks are moved at once; through metamethods it is one step per
//! read and per write. Either way the machine pauses now and then, for ranges may be endless.

use super::{LENGTH, READ, WRITE, check_tab, get, int, plain, put, set};
use crate::access::{equal, len, length_result, step};
use crate::prim;
use luka_vm::{Action, Native, NativeResult, Raise, Value, Vm};

/// Elements moved between two pauses.
const CHUNK: i64 = 4096;

/// Slots of the machine. The arguments of each function lie below.
mod at {
    pub const STATE: usize = 6;
    /// Number of arguments given.
    pub const NARGS: usize = 7;
    /// The range: from table and position to table and position, so many elements, and how many
    /// are moved already; whether the last one goes first.
    pub const FROM: usize = 8;
    pub const FIRST: usize = 9;
    pub const TO: usize = 10;
    pub const TARGET: usize = 11;
    pub const COUNT: usize = 12;
    pub const DONE: usize = 13;
    pub const DOWN: usize = 14;
    /// What comes after the move: a store into the `TO` table if there is a key, and the function's
    /// result, if it has one.
    pub const LAST_KEY: usize = 15;
    pub const LAST_VALUE: usize = 16;
    pub const RESULT: usize = 17;
    pub const RESULTS: usize = 18;
    pub const END: usize = 18;
}

/// States, named for what they begin.
mod state {
    pub const INSERT: i64 = 0;
    pub const INSERT_AT: i64 = 1;
    pub const REMOVE: i64 = 2;
    pub const REMOVE_AT: i64 = 3;
    pub const REMOVED: i64 = 4;
    pub const MOVE_COMPARE: i64 = 5;
    pub const MOVE_COMPARED: i64 = 6;
    /// Move the rest of the range; then store, if asked, and return.
    pub const RANGE: i64 = 7;
    pub const ELEMENT: i64 = 8;
    pub const ELEMENT_READ: i64 = 9;
    pub const STORE: i64 = 10;
    pub const RETURN: i64 = 11;
}

pub static STEP: Native = Native::then("table:move", after);

fn after(vm: &mut Vm) -> NativeResult {
    let state = int(vm, at::STATE);
    run(vm, state)
}

/// Makes the machine's frame, keeping the first five arguments.
fn prepare(vm: &mut Vm) {
    let nargs = vm.nargs() as i64;
    vm.set_top(5);
    vm.set_top(at::END);
    put(vm, at::NARGS, nargs);
    put(vm, at::DONE, 0);
    put(vm, at::RESULTS, 1);
}

fn set_range(vm: &mut Vm, first: i64, target: i64, count: i64, down: bool) {
    put(vm, at::FIRST, first);
    put(vm, at::TARGET, target);
    put(vm, at::COUNT, count);
    vm.set_arg(at::DOWN, Value::bool(down));
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
                prim::set_int(vm, t, i + 1, t.get_int(i))?;
            }
            prim::set_int(vm, t, pos, value)?;
            return vm.ret0();
        }
    }
    prepare(vm);
    put(vm, at::RESULTS, 0);
    run(vm, state::INSERT)
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
    run(vm, state::REMOVE)
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
    vm.set_arg(at::FROM, vm.arg(1));
    vm.set_arg(at::TO, to);
    vm.set_arg(at::RESULT, to);
    set_range(vm, f, t, n, overlaps);
    // Whether the tables are the same one matters only to overlapping ranges.
    run(vm, if overlaps && target != 1 { state::MOVE_COMPARE } else { state::RANGE })
}

fn run(vm: &mut Vm, mut now: i64) -> NativeResult {
    // Begins an operation whose result (or end) state `$next` waits for.
    macro_rules! begin {
        ($next:expr, $op:expr) => {{
            now = $next;
            put(vm, at::STATE, now);
            step!($op, &STEP);
        }};
    }
    loop {
        let t = vm.arg(1);
        match now {
            state::INSERT => begin!(state::INSERT_AT, len(vm, t)),
            state::INSERT_AT => {
                let end = length_result(vm)?.wrapping_add(1);
                let nargs = int(vm, at::NARGS) as usize;
                let (pos, value) = insert_position(vm, nargs, end)?;
                vm.set_arg(at::FROM, t);
                vm.set_arg(at::TO, t);
                set_range(vm, pos, pos.wrapping_add(1), end.saturating_sub(pos).max(0), true);
                put(vm, at::LAST_KEY, pos);
                vm.set_arg(at::LAST_VALUE, value);
                now = state::RANGE;
            }
            state::REMOVE => begin!(state::REMOVE_AT, len(vm, t)),
            state::REMOVE_AT => {
                let size = length_result(vm)?;
                let pos = remove_position(vm, size)?;
                let count = size.saturating_sub(pos).max(0);
                set_range(vm, pos.wrapping_add(1), pos, count, false);
                put(vm, at::LAST_KEY, pos.max(size));
                begin!(state::REMOVED, get(vm, t, pos));
            }
            state::REMOVED => {
                let result = vm.pop();
                vm.set_arg(at::RESULT, result);
                vm.set_arg(at::FROM, t);
                vm.set_arg(at::TO, t);
                now = state::RANGE;
            }
            state::MOVE_COMPARE => {
                let to = vm.arg(at::TO);
                begin!(state::MOVE_COMPARED, equal(vm, t, to));
            }
            state::MOVE_COMPARED => {
                let same = !vm.pop().is_falsy();
                vm.set_arg(at::DOWN, Value::bool(same));
                now = state::RANGE;
            }
            state::RANGE => {
                let (done, count) = (int(vm, at::DONE), int(vm, at::COUNT));
                if done >= count {
                    now = if vm.arg(at::LAST_KEY).is_nil() { state::RETURN } else { state::STORE };
                    continue;
                }
                now = state::ELEMENT;
                put(vm, at::STATE, now);
                if plain(vm, at::FROM).is_some() && plain(vm, at::TO).is_some() {
                    move_chunk(vm, done, count)?;
                    put(vm, at::STATE, state::RANGE);
                    return Ok(Action::Pause { then: &STEP });
                }
                if done % CHUNK == CHUNK - 1 {
                    return Ok(Action::Pause { then: &STEP });
                }
            }
            state::ELEMENT => {
                let (done, count) = (int(vm, at::DONE), int(vm, at::COUNT));
                let (from, i) = (vm.arg(at::FROM), int(vm, at::FIRST) + offset(vm, done, count));
                begin!(state::ELEMENT_READ, get(vm, from, i));
            }
            state::ELEMENT_READ => {
                let v = vm.pop();
                let (done, count) = (int(vm, at::DONE), int(vm, at::COUNT));
                let (to, i) = (vm.arg(at::TO), int(vm, at::TARGET) + offset(vm, done, count));
                put(vm, at::DONE, done + 1);
                vm.charge(1);
                begin!(state::RANGE, set(vm, to, i, v));
            }
            state::STORE => {
                let (to, key, value) =
                    (vm.arg(at::TO), int(vm, at::LAST_KEY), vm.arg(at::LAST_VALUE));
                begin!(state::RETURN, set(vm, to, key, value));
            }
            _ => {
                if int(vm, at::RESULTS) == 0 {
                    return vm.ret0();
                }
                let result = vm.arg(at::RESULT);
                return vm.ret1(result);
            }
        }
    }
}

/// How far from its beginning the range's next element is.
fn offset(vm: &Vm, done: i64, count: i64) -> i64 {
    if vm.arg(at::DOWN).is_falsy() { done } else { count - 1 - done }
}

/// Moves up to a chunk of elements between tables without metatables.
fn move_chunk(vm: &mut Vm, done: i64, count: i64) -> Result<(), Raise> {
    let (Some(from), Some(to)) = (plain(vm, at::FROM), plain(vm, at::TO)) else { return Ok(()) };
    let (first, target) = (int(vm, at::FIRST), int(vm, at::TARGET));
    let down = !vm.arg(at::DOWN).is_falsy();
    let n = (count - done).min(CHUNK);
    vm.charge(n as u64);
    for k in done..done + n {
        let k = if down { count - 1 - k } else { k };
        let v = from.get_int(first + k);
        prim::set_int(vm, to, target + k, v)?;
    }
    put(vm, at::DONE, done + n);
    Ok(())
}
