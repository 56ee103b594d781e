//! `table.sort`: PUC's quicksort (after Sedgewick, "Algorithms in Modula-3"), comparison for
//! comparison, so that an inconsistent order function meets the same elements and the same error.
//! Where PUC takes a pivot at random to break bad inputs, the choice here is fixed.
//!
//! Lists of one kind of value without an order function are sorted directly ([`super::direct`]);
//! everything else runs as a state machine whose steps read, write or compare and may call into
//! the program.

use super::direct;
use super::quicksort::{SHUFFLE, pivot, sort_numbers};
use super::{LENGTH, READ, WRITE, check_tab, get, int, plain, put, set};
use crate::access::{Step, len, length_result, less, step};
use crate::prim;
use luka_vm::{Action, Gc, Native, NativeResult, Raise, Table, Type, Value, Vm};

/// Mixed numbers are sorted in one go if there are not more.
const FEW: i64 = 512;
/// Elements scanned between two pauses.
const SCAN: i64 = 4096;

pub static SORT_STEP: Native = Native::then("table.sort:step", sort_step);

/// Slots: the list, the order function or nil, then these. Above `END` lies the stack of
/// intervals still to sort, two integers each: bounds, then pivot seed and size of the part done.
mod at {
    pub const STATE: usize = 3;
    pub const LO: usize = 4;
    pub const UP: usize = 5;
    pub const RND: usize = 6;
    pub const P: usize = 7;
    pub const I: usize = 8;
    pub const J: usize = 9;
    pub const A: usize = 10;
    pub const B: usize = 11;
    pub const PIVOT: usize = 12;
    pub const END: usize = 12;
}

pub fn sort(vm: &mut Vm) -> NativeResult {
    check_tab(vm, 1, READ | WRITE | LENGTH)?;
    if let Some(t) = plain(vm, 1) {
        let n = t.len();
        if n <= 1 {
            return vm.ret0();
        }
        check_arguments(vm, n)?;
        if vm.arg(2).is_nil() {
            vm.charge(n as u64 / 16);
            if let Some(kind) = t.kind_of_elements(1, n) {
                return direct::sort(vm, t, kind, n);
            }
            if n <= FEW && sort_numbers(vm, t, n)? {
                return vm.ret0();
            }
        }
        prepare(vm, n);
        return run(vm, state::INTERVAL);
    }
    let nargs = vm.nargs();
    vm.set_top(nargs.max(2));
    vm.set_top(2);
    vm.set_top(at::END);
    run(vm, state::LENGTH)
}

/// Sorts the list in slot 1 by the order of its elements, from the beginning.
pub fn sort_by_comparing(vm: &mut Vm) -> NativeResult {
    vm.set_top(2);
    vm.set_top(at::END);
    run(vm, state::LENGTH)
}

fn check_arguments(vm: &mut Vm, n: i64) -> Result<(), Raise> {
    if n >= i64::from(i32::MAX) {
        return Err(vm.arg_error(1, "array too big"));
    }
    if !vm.arg(2).is_nil() {
        vm.check_type(2, Type::Function)?;
    }
    Ok(())
}

fn prepare(vm: &mut Vm, n: i64) {
    vm.set_top(2);
    vm.set_top(at::END);
    put(vm, at::LO, 1);
    put(vm, at::UP, n);
    put(vm, at::RND, 0);
}

#[cold]
pub fn invalid_order(vm: &mut Vm) -> Raise {
    vm.error("invalid order function for sorting")
}

/// States, named for what they begin; each consumes the result of the one before it.
mod state {
    pub const LENGTH: i64 = 0;
    pub const LENGTH_KNOWN: i64 = 1;
    /// Sort `[LO, UP]`.
    pub const INTERVAL: i64 = 2;
    pub const LO_READ: i64 = 3;
    pub const UP_READ: i64 = 4;
    pub const ENDS_COMPARED: i64 = 5;
    pub const ENDS_HALF_SWAPPED: i64 = 6;
    pub const ENDS_SORTED: i64 = 7;
    pub const P_READ: i64 = 8;
    pub const LO_READ_AGAIN: i64 = 9;
    pub const P_LO_COMPARED: i64 = 10;
    pub const P_LO_HALF_SWAPPED: i64 = 11;
    pub const UP_READ_AGAIN: i64 = 12;
    pub const UP_P_COMPARED: i64 = 13;
    pub const P_UP_HALF_SWAPPED: i64 = 14;
    pub const THREE_SORTED: i64 = 15;
    pub const PIVOT_READ: i64 = 16;
    pub const BEFORE_UP_READ: i64 = 17;
    pub const PIVOT_HALF_PLACED: i64 = 18;
    pub const PARTITION: i64 = 19;
    pub const NEXT_I: i64 = 20;
    pub const I_READ: i64 = 21;
    pub const I_COMPARED: i64 = 22;
    pub const NEXT_J: i64 = 23;
    pub const J_READ: i64 = 24;
    pub const J_COMPARED: i64 = 25;
    pub const PAIR_HALF_SWAPPED: i64 = 26;
    pub const PIVOT_BACK: i64 = 27;
    pub const PARTITIONED: i64 = 28;
    pub const INTERVAL_DONE: i64 = 29;
}

fn sort_step(vm: &mut Vm) -> NativeResult {
    let state = int(vm, at::STATE);
    if (state == state::I_COMPARED || state == state::J_COMPARED)
        && !vm.arg(2).is_nil()
        && let Some(t) = plain(vm, 1)
    {
        return scan(vm, t, state == state::I_COMPARED);
    }
    run(vm, state)
}

/// [`run`] from `I_COMPARED` or `J_COMPARED` to the next comparison, for a table without
/// metatable and an order function: what sorting spends its time with.
#[inline]
fn scan(vm: &mut Vm, t: Gc<Table>, from_below: bool) -> NativeResult {
    let call = Ok(Action::Call { nargs: 2, nres: 1, then: &SORT_STEP });
    let less = !vm.pop().is_falsy();
    let slots = vm.slots();
    let slot = |slots: &[Value], n: usize| slots[n - 1].as_int().unwrap_or(0);
    let (i, j) = (slot(slots, at::I), slot(slots, at::J));
    let (f, pivot) = (slots[1], slots[at::PIVOT - 1]);
    let index = if from_below { i } else { j };
    let invalid = if from_below { i == slot(slots, at::UP) - 1 } else { j < i };
    // Past the pivot's place, or time to let the host look: the whole machine knows what to do.
    if less && (invalid || index % SCAN == 0) || !less && !from_below && j < i {
        vm.push(Value::bool(less));
        return run(vm, if from_below { state::I_COMPARED } else { state::J_COMPARED });
    }
    let (a, b) = (slots[at::A - 1], slots[at::B - 1]);
    vm.charge(1);
    let mut upward = from_below;
    if !less {
        if !from_below {
            prim::set_int(vm, t, i, b)?;
            prim::set_int(vm, t, j, a)?;
        }
        upward = !from_below;
    }
    let slots = vm.slots();
    if upward {
        let a = t.get_int(i + 1);
        slots[at::I - 1] = Value::int(i + 1);
        slots[at::A - 1] = a;
        slots[at::STATE - 1] = Value::int(state::I_COMPARED);
        vm.push_call(f, [a, pivot]);
    } else {
        let b = t.get_int(j - 1);
        slots[at::J - 1] = Value::int(j - 1);
        slots[at::B - 1] = b;
        slots[at::STATE - 1] = Value::int(state::J_COMPARED);
        vm.push_call(f, [pivot, b]);
    }
    call
}

/// Pushes whether `a < b` in the order of the sort.
fn compare(vm: &mut Vm, a: Value, b: Value) -> Result<Step, Raise> {
    let f = vm.arg(2);
    if f.is_nil() {
        return less(vm, a, b);
    }
    vm.push_call(f, [a, b]);
    Ok(Step::Call { nargs: 2, nres: 1 })
}

fn run(vm: &mut Vm, mut now: i64) -> NativeResult {
    let t = vm.arg(1);
    // Begins an operation whose result (or end) state `$next` waits for.
    macro_rules! begin {
        ($next:expr, $op:expr) => {{
            now = $next;
            put(vm, at::STATE, now);
            step!($op, &SORT_STEP);
        }};
    }
    // Order functions may be natives: long scans give the host a chance to look.
    macro_rules! pause_at {
        ($index:expr) => {
            if $index % SCAN == 0 {
                put(vm, at::STATE, now);
                return Ok(Action::Pause { then: &SORT_STEP });
            }
        };
    }
    loop {
        let lo = int(vm, at::LO);
        let up = int(vm, at::UP);
        let p = int(vm, at::P);
        match now {
            state::LENGTH => begin!(state::LENGTH_KNOWN, len(vm, t)),
            state::LENGTH_KNOWN => {
                let n = length_result(vm)?;
                if n <= 1 {
                    return vm.ret0();
                }
                check_arguments(vm, n)?;
                prepare(vm, n);
                now = state::INTERVAL;
            }
            state::INTERVAL => {
                if lo < up {
                    begin!(state::LO_READ, get(vm, t, lo));
                } else {
                    now = state::INTERVAL_DONE;
                }
            }
            state::LO_READ => {
                keep(vm, at::A);
                begin!(state::UP_READ, get(vm, t, up));
            }
            state::UP_READ => {
                keep(vm, at::B);
                let (a, b) = (vm.arg(at::A), vm.arg(at::B));
                begin!(state::ENDS_COMPARED, compare(vm, b, a));
            }
            state::ENDS_COMPARED => {
                if vm.pop().is_falsy() {
                    now = state::ENDS_SORTED;
                } else {
                    let b = vm.arg(at::B);
                    begin!(state::ENDS_HALF_SWAPPED, set(vm, t, lo, b));
                }
            }
            state::ENDS_HALF_SWAPPED => {
                let a = vm.arg(at::A);
                begin!(state::ENDS_SORTED, set(vm, t, up, a));
            }
            state::ENDS_SORTED => {
                if up - lo == 1 {
                    now = state::INTERVAL_DONE;
                    continue;
                }
                vm.charge(4);
                let p = i64::from(pivot(lo as u32, up as u32, int(vm, at::RND) as u32));
                put(vm, at::P, p);
                begin!(state::P_READ, get(vm, t, p));
            }
            state::P_READ => {
                keep(vm, at::A);
                begin!(state::LO_READ_AGAIN, get(vm, t, lo));
            }
            state::LO_READ_AGAIN => {
                keep(vm, at::B);
                let (a, b) = (vm.arg(at::A), vm.arg(at::B));
                begin!(state::P_LO_COMPARED, compare(vm, a, b));
            }
            state::P_LO_COMPARED => {
                if vm.pop().is_falsy() {
                    begin!(state::UP_READ_AGAIN, get(vm, t, up));
                } else {
                    let b = vm.arg(at::B);
                    begin!(state::P_LO_HALF_SWAPPED, set(vm, t, p, b));
                }
            }
            state::P_LO_HALF_SWAPPED => {
                let a = vm.arg(at::A);
                begin!(state::THREE_SORTED, set(vm, t, lo, a));
            }
            state::UP_READ_AGAIN => {
                keep(vm, at::B);
                let (a, b) = (vm.arg(at::A), vm.arg(at::B));
                begin!(state::UP_P_COMPARED, compare(vm, b, a));
            }
            state::UP_P_COMPARED => {
                if vm.pop().is_falsy() {
                    now = state::THREE_SORTED;
                } else {
                    let b = vm.arg(at::B);
                    begin!(state::P_UP_HALF_SWAPPED, set(vm, t, p, b));
                }
            }
            state::P_UP_HALF_SWAPPED => {
                let a = vm.arg(at::A);
                begin!(state::THREE_SORTED, set(vm, t, up, a));
            }
            state::THREE_SORTED => {
                if up - lo == 2 {
                    now = state::INTERVAL_DONE;
                } else {
                    begin!(state::PIVOT_READ, get(vm, t, p));
                }
            }
            state::PIVOT_READ => {
                keep(vm, at::PIVOT);
                begin!(state::BEFORE_UP_READ, get(vm, t, up - 1));
            }
            state::BEFORE_UP_READ => {
                let v = vm.pop();
                begin!(state::PIVOT_HALF_PLACED, set(vm, t, p, v));
            }
            state::PIVOT_HALF_PLACED => {
                let v = vm.arg(at::PIVOT);
                begin!(state::PARTITION, set(vm, t, up - 1, v));
            }
            state::PARTITION => {
                put(vm, at::I, lo);
                put(vm, at::J, up - 1);
                now = state::NEXT_I;
            }
            state::NEXT_I => {
                let i = int(vm, at::I) + 1;
                put(vm, at::I, i);
                begin!(state::I_READ, get(vm, t, i));
            }
            state::I_READ => {
                keep(vm, at::A);
                let (a, pivot) = (vm.arg(at::A), vm.arg(at::PIVOT));
                begin!(state::I_COMPARED, compare(vm, a, pivot));
            }
            state::I_COMPARED => {
                vm.charge(1);
                let i = int(vm, at::I);
                if vm.pop().is_falsy() {
                    now = state::NEXT_J;
                } else if i == up - 1 {
                    return Err(invalid_order(vm));
                } else {
                    now = state::NEXT_I;
                    pause_at!(i);
                }
            }
            state::NEXT_J => {
                let j = int(vm, at::J) - 1;
                put(vm, at::J, j);
                begin!(state::J_READ, get(vm, t, j));
            }
            state::J_READ => {
                keep(vm, at::B);
                let (b, pivot) = (vm.arg(at::B), vm.arg(at::PIVOT));
                begin!(state::J_COMPARED, compare(vm, pivot, b));
            }
            state::J_COMPARED => {
                vm.charge(1);
                let (i, j) = (int(vm, at::I), int(vm, at::J));
                if !vm.pop().is_falsy() {
                    if j < i {
                        return Err(invalid_order(vm));
                    }
                    now = state::NEXT_J;
                    pause_at!(j);
                } else if j < i {
                    let a = vm.arg(at::A);
                    begin!(state::PIVOT_BACK, set(vm, t, up - 1, a));
                } else {
                    let b = vm.arg(at::B);
                    begin!(state::PAIR_HALF_SWAPPED, set(vm, t, i, b));
                }
            }
            state::PAIR_HALF_SWAPPED => {
                let (j, a) = (int(vm, at::J), vm.arg(at::A));
                begin!(state::NEXT_I, set(vm, t, j, a));
            }
            state::PIVOT_BACK => {
                let (i, pivot) = (int(vm, at::I), vm.arg(at::PIVOT));
                begin!(state::PARTITIONED, set(vm, t, i, pivot));
            }
            state::PARTITIONED => {
                partitioned(vm, lo, up);
                now = state::INTERVAL;
            }
            _ => {
                if !next_interval(vm) {
                    return vm.ret0();
                }
                now = state::INTERVAL;
            }
        }
    }
}

/// Moves the result of the last operation into a slot.
fn keep(vm: &mut Vm, slot: usize) {
    let v = vm.pop();
    vm.set_arg(slot, v);
}

/// The smaller part comes next, the larger one is remembered.
fn partitioned(vm: &mut Vm, lo: i64, up: i64) {
    let (p, rnd) = (int(vm, at::I), int(vm, at::RND));
    let (next, later, size) = if p - lo < up - p {
        ((lo, p - 1), (p + 1, up), p - lo)
    } else {
        ((p + 1, up), (lo, p - 1), up - p)
    };
    vm.push(Value::int(later.0 << 32 | later.1));
    vm.push(Value::int(rnd << 32 | size));
    put(vm, at::LO, next.0);
    put(vm, at::UP, next.1);
}

/// Takes a remembered interval; false if there is none.
fn next_interval(vm: &mut Vm) -> bool {
    if vm.nargs() <= at::END {
        return false;
    }
    let seed = vm.pop().as_int().unwrap_or(0) as u64;
    let bounds = vm.pop().as_int().unwrap_or(0) as u64;
    let (lo, up) = ((bounds >> 32) as u32, bounds as u32);
    let (mut rnd, done) = ((seed >> 32) as u32, seed as u32);
    // Too unequal: from now on take other pivots.
    if up.wrapping_sub(lo) / 128 > done {
        rnd = SHUFFLE;
    }
    put(vm, at::LO, lo.into());
    put(vm, at::UP, up.into());
    put(vm, at::RND, rnd.into());
    true
}
