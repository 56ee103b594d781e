//! `table.insert`, `table.remove`, `table.move`.

use super::{LENGTH, READ, WRITE, check_tab, get, int, plain, put, set};
use crate::access::{equal, len, length_result, step};
use crate::prim;
use luka_vm::{Native, NativeResult, Raise, Value, Vm};

/// Slots of `insert`: the three arguments, then these.
mod at {
    pub const STATE: usize = 4;
    pub const NARGS: usize = 5;
    pub const I: usize = 6;
    pub const POS: usize = 7;
}

pub static INSERT_STEP: Native = Native::then("table.insert:step", insert_step);
pub static REMOVE_STEP: Native = Native::then("table.remove:step", remove_step);
pub static MOVE_STEP: Native = Native::then("table.move:step", move_step);

pub fn insert(vm: &mut Vm) -> NativeResult {
    check_tab(vm, 1, READ | WRITE | LENGTH)?;
    let nargs = vm.nargs();
    if let Some(t) = plain(vm, 1) {
        let end = t.len().wrapping_add(1);
        let (pos, value) = insert_position(vm, nargs, end)?;
        if pos < end {
            vm.charge((end - pos) as u64);
            for i in (pos..end).rev() {
                prim::set_int(vm, t, i + 1, t.get_int(i))?;
            }
        }
        prim::set_int(vm, t, pos, value)?;
        return vm.ret0();
    }
    vm.set_top(3);
    vm.set_top(at::POS);
    put(vm, at::NARGS, nargs as i64);
    insert_run(vm, 0)
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

fn insert_step(vm: &mut Vm) -> NativeResult {
    let state = int(vm, at::STATE);
    insert_run(vm, state)
}

fn insert_run(vm: &mut Vm, mut state: i64) -> NativeResult {
    let t = vm.arg(1);
    loop {
        let mut next = state + 1;
        put(vm, at::STATE, next);
        match state {
            0 => step!(len(vm, t), &INSERT_STEP),
            1 => {
                let end = length_result(vm)?.wrapping_add(1);
                let nargs = int(vm, at::NARGS) as usize;
                let (pos, value) = insert_position(vm, nargs, end)?;
                vm.set_arg(3, value);
                put(vm, at::I, end);
                put(vm, at::POS, pos);
            }
            2 => {
                let i = int(vm, at::I);
                if i > int(vm, at::POS) {
                    step!(get(vm, t, i - 1), &INSERT_STEP);
                } else {
                    next = 4;
                }
            }
            3 => {
                let v = vm.pop();
                let i = int(vm, at::I);
                put(vm, at::I, i - 1);
                put(vm, at::STATE, 2);
                next = 2;
                vm.charge(1);
                step!(set(vm, t, i, v), &INSERT_STEP);
            }
            4 => {
                // The state may have been left at 3 by the end of the loop.
                put(vm, at::STATE, 5);
                let (pos, value) = (int(vm, at::POS), vm.arg(3));
                step!(set(vm, t, pos, value), &INSERT_STEP);
            }
            _ => return vm.ret0(),
        }
        state = next;
    }
}

/// Slots of `remove`: the table, the position argument, then these.
mod rm {
    pub const STATE: usize = 3;
    pub const SIZE: usize = 4;
    pub const POS: usize = 5;
    pub const RESULT: usize = 6;
}

pub fn remove(vm: &mut Vm) -> NativeResult {
    check_tab(vm, 1, READ | WRITE | LENGTH)?;
    if let Some(t) = plain(vm, 1) {
        let size = t.len();
        let pos = remove_position(vm, size)?;
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
    vm.set_top(2);
    vm.set_top(rm::RESULT);
    remove_run(vm, 0)
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

fn remove_step(vm: &mut Vm) -> NativeResult {
    let state = int(vm, rm::STATE);
    remove_run(vm, state)
}

fn remove_run(vm: &mut Vm, mut state: i64) -> NativeResult {
    let t = vm.arg(1);
    loop {
        let mut next = state + 1;
        put(vm, rm::STATE, next);
        match state {
            0 => step!(len(vm, t), &REMOVE_STEP),
            1 => {
                let size = length_result(vm)?;
                let pos = remove_position(vm, size)?;
                put(vm, rm::SIZE, size);
                put(vm, rm::POS, pos);
                step!(get(vm, t, pos), &REMOVE_STEP);
            }
            2 => {
                let result = vm.pop();
                vm.set_arg(rm::RESULT, result);
            }
            3 => {
                let pos = int(vm, rm::POS);
                if pos < int(vm, rm::SIZE) {
                    step!(get(vm, t, pos + 1), &REMOVE_STEP);
                } else {
                    next = 5;
                }
            }
            4 => {
                let v = vm.pop();
                let pos = int(vm, rm::POS);
                put(vm, rm::POS, pos + 1);
                put(vm, rm::STATE, 3);
                next = 3;
                vm.charge(1);
                step!(set(vm, t, pos, v), &REMOVE_STEP);
            }
            5 => {
                put(vm, rm::STATE, 6);
                let pos = int(vm, rm::POS);
                step!(set(vm, t, pos, Value::NIL), &REMOVE_STEP);
            }
            _ => {
                let result = vm.arg(rm::RESULT);
                return vm.ret1(result);
            }
        }
        state = next;
    }
}

/// Slots of `move`: the five arguments, then these. The count runs up or down.
mod mv {
    pub const STATE: usize = 6;
    pub const TARGET: usize = 7;
    pub const I: usize = 8;
    pub const N: usize = 9;
    pub const DOWN: usize = 10;
}

pub fn move_(vm: &mut Vm) -> NativeResult {
    let f = vm.check_int(2)?;
    let e = vm.check_int(3)?;
    let t = vm.check_int(4)?;
    let target = if vm.arg(5).is_nil() { 1 } else { 5 };
    check_tab(vm, 1, READ)?;
    check_tab(vm, target, WRITE)?;
    let destination = vm.arg(target);
    if e < f {
        return vm.ret1(destination);
    }
    if !(f > 0 || e < i64::MAX.wrapping_add(f)) {
        return Err(vm.arg_error(3, "too many elements to move"));
    }
    let n = e - f + 1;
    if t > i64::MAX - n + 1 {
        return Err(vm.arg_error(4, "destination wrap around"));
    }
    let overlaps = !(t > e || t <= f);
    if let (Some(from), Some(to)) = (plain(vm, 1), plain(vm, target)) {
        vm.charge(n as u64);
        if overlaps && from == to {
            for i in (0..n).rev() {
                prim::set_int(vm, to, t + i, from.get_int(f + i))?;
            }
        } else {
            for i in 0..n {
                prim::set_int(vm, to, t + i, from.get_int(f + i))?;
            }
        }
        return vm.ret1(destination);
    }
    vm.set_top(5);
    vm.set_top(mv::DOWN);
    vm.set_arg(mv::TARGET, destination);
    put(vm, mv::N, n);
    put(vm, mv::I, 0);
    vm.set_arg(mv::DOWN, Value::bool(overlaps));
    // Whether the tables are the same one matters only to overlapping ranges.
    let state = if overlaps && target != 1 { 0 } else { 2 };
    move_run(vm, state)
}

fn move_step(vm: &mut Vm) -> NativeResult {
    let state = int(vm, mv::STATE);
    move_run(vm, state)
}

fn move_run(vm: &mut Vm, mut state: i64) -> NativeResult {
    let (from, to) = (vm.arg(1), vm.arg(mv::TARGET));
    loop {
        let mut next = state + 1;
        put(vm, mv::STATE, next);
        let (i, n) = (int(vm, mv::I), int(vm, mv::N));
        let offset = if vm.arg(mv::DOWN).is_falsy() { i } else { n - 1 - i };
        match state {
            0 => step!(equal(vm, from, to), &MOVE_STEP),
            1 => {
                let same = !vm.pop().is_falsy();
                vm.set_arg(mv::DOWN, Value::bool(same));
            }
            2 => {
                if i >= n {
                    return vm.ret1(to);
                }
                let f = int(vm, 2);
                step!(get(vm, from, f + offset), &MOVE_STEP);
            }
            _ => {
                let v = vm.pop();
                let t = int(vm, 4);
                put(vm, mv::I, i + 1);
                put(vm, mv::STATE, 2);
                next = 2;
                vm.charge(1);
                step!(set(vm, to, t + offset, v), &MOVE_STEP);
            }
        }
        state = next;
    }
}
