//! `table.sort`: PUC's quicksort (after Sedgewick, "Algorithms in Modula-3"), comparison for
//! comparison, so that an inconsistent order function meets the same elements and the same error.
//! Where PUC takes a pivot at random to break bad inputs, the choice here is fixed.
//!
//! Lists of one kind of value without an order function are sorted directly ([`super::direct`]);
//! everything else runs as a state machine whose steps read, write or compare and may call into
//! the program.

use super::direct;
use super::quicksort::{pivot, sort_numbers};
use super::{Index, LENGTH, READ, WRITE, check_tab, get, plain, set};
use crate::access::{Step, len, length_result, less, step};
use crate::prim;
use luka_vm::{Action, Gc, NativeResult, Raise, Table, Type, Value, Vm};
use luka_vm::{continuations, frame, states};

/// Mixed numbers are sorted in one go if there are not more.
const FEW: i64 = 512;
continuations! { pub static THEN;
    /// An element was read or written, or two were compared.
    STEP: "table.sort:step" (at, 1) = step;
    PAUSED: "table.sort:paused" (at, 0) = |vm| {
        let state = at::STATE.get(vm);
        run(vm, state, Value::NIL)
    };
}

frame! {
    /// Slots of a sort that compares. Above them lies the stack of intervals still to sort
    /// ([`remember`]).
    mod at {
        LIST: Value,
        /// The order function or nil.
        LESS: Value,
        STATE: State,
        /// The interval being sorted.
        LO: Index,
        UP: Index,
        /// Whether pivots are not the middle of an interval any more.
        SHUFFLE: bool,
        /// Where the pivot was.
        P: Index,
        /// How far the partition has come from below and from above, and the elements there.
        I: Index,
        J: Index,
        A: Value,
        B: Value,
        PIVOT: Value,
    }
    rest: i64;
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
        at::FRAME.prepare(vm, 2);
        return begin(vm, n);
    }
    sort_by_comparing(vm)
}

/// Sorts the list in slot 1 by the order of its elements, from the beginning.
pub fn sort_by_comparing(vm: &mut Vm) -> NativeResult {
    at::FRAME.prepare(vm, 2);
    run(vm, State::Length, Value::NIL)
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

/// Sorts elements 1 to `n`, the frame being prepared.
fn begin(vm: &mut Vm, n: i64) -> NativeResult {
    at::LO.set(vm, 1);
    at::UP.set(vm, n);
    run(vm, State::Interval, Value::NIL)
}

#[cold]
pub fn invalid_order(vm: &mut Vm) -> Raise {
    vm.error("invalid order function for sorting")
}

states! {
    /// What a sort does next; most states take the result of the one before.
    enum State {
        Length,
        LengthKnown,
        /// Sort from `LO` to `UP`.
        Interval,
        LoRead,
        UpRead,
        EndsCompared,
        EndsHalfSwapped,
        EndsSorted,
        PRead,
        LoReadAgain,
        PLoCompared,
        PLoHalfSwapped,
        UpReadAgain,
        UpPCompared,
        PUpHalfSwapped,
        ThreeSorted,
        PivotRead,
        BeforeUpRead,
        PivotHalfPlaced,
        Partition,
        NextI,
        IRead,
        ICompared,
        NextJ,
        JRead,
        JCompared,
        PairHalfSwapped,
        PivotBack,
        Partitioned,
        IntervalDone,
    }
}

fn step(vm: &mut Vm) -> NativeResult {
    let state = at::STATE.get(vm);
    let result = vm.pop();
    if (state == State::ICompared || state == State::JCompared)
        && !at::LESS.get(vm).is_nil()
        && let Some(t) = plain(vm, at::LIST.place())
    {
        return scan(vm, t, state, !result.is_falsy());
    }
    run(vm, state, result)
}

/// [`run`] from `ICompared` or `JCompared` to the next comparison, for a table without
/// metatable and an order function: what sorting spends its time with.
#[inline]
fn scan(vm: &mut Vm, t: Gc<Table>, state: State, less: bool) -> NativeResult {
    let from_below = state == State::ICompared;
    let pause = vm.is_slice_used();
    let slots = vm.slots();
    let (i, j) = (at::I.of(slots), at::J.of(slots));
    let (f, pivot) = (at::LESS.of(slots), at::PIVOT.of(slots));
    // Past the pivot's place, or time to pause: the state machine handles it.
    if i >= at::UP.of(slots) - 1 || j == 0 || !from_below && j < i || pause {
        return run(vm, state, Value::bool(less));
    }
    let (a, b) = (at::A.of(slots), at::B.of(slots));
    vm.charge(1);
    let mut upward = from_below;
    if !less {
        if !from_below {
            prim::set_int(vm, t, i, b)?;
            prim::set_int(vm, t, j, a)?;
        }
        upward = !from_below;
    }
    if upward {
        let a = t.get_int(i + 1);
        at::I.set(vm, i + 1);
        at::A.set(vm, a);
        at::STATE.set(vm, State::ICompared);
        vm.push_call(f, [a, pivot]);
    } else {
        let b = t.get_int(j - 1);
        at::J.set(vm, j - 1);
        at::B.set(vm, b);
        at::STATE.set(vm, State::JCompared);
        vm.push_call(f, [pivot, b]);
    }
    vm.call(2, 1, &STEP)
}

/// Whether `a < b` in the order of the sort.
fn compare(vm: &mut Vm, a: Value, b: Value) -> Result<Step, Raise> {
    let f = at::LESS.get(vm);
    if f.is_nil() {
        return less(vm, a, b);
    }
    vm.push_call(f, [a, b]);
    Ok(Step::Call(2))
}

/// Goes on in a state, with the result that it takes.
fn run(vm: &mut Vm, mut now: State, mut result: Value) -> NativeResult {
    let t = at::LIST.get(vm);
    // Begins an operation whose result (or end) state `$next` waits for.
    macro_rules! begin {
        ($next:expr, $op:expr) => {{
            now = $next;
            result = step!($op, &STEP, else at::STATE.set(vm, now));
        }};
    }
    loop {
        let lo = at::LO.get(vm);
        let up = at::UP.get(vm);
        let p = at::P.get(vm);
        match now {
            State::Length => begin!(State::LengthKnown, len(vm, t)),
            State::LengthKnown => {
                let n = length_result(vm, result)?;
                if n <= 1 {
                    return vm.ret0();
                }
                check_arguments(vm, n)?;
                at::LO.set(vm, 1);
                at::UP.set(vm, n);
                now = State::Interval;
            }
            State::Interval => {
                if lo < up {
                    begin!(State::LoRead, get(vm, t, lo));
                } else {
                    now = State::IntervalDone;
                }
            }
            State::LoRead => {
                at::A.set(vm, result);
                begin!(State::UpRead, get(vm, t, up));
            }
            State::UpRead => {
                at::B.set(vm, result);
                let (a, b) = (at::A.get(vm), at::B.get(vm));
                begin!(State::EndsCompared, compare(vm, b, a));
            }
            State::EndsCompared => {
                if result.is_falsy() {
                    now = State::EndsSorted;
                } else {
                    let b = at::B.get(vm);
                    begin!(State::EndsHalfSwapped, set(vm, t, lo, b));
                }
            }
            State::EndsHalfSwapped => {
                let a = at::A.get(vm);
                begin!(State::EndsSorted, set(vm, t, up, a));
            }
            State::EndsSorted => {
                if up - lo <= 1 {
                    now = State::IntervalDone;
                    continue;
                }
                vm.charge(4);
                let p = pivot(lo, up, at::SHUFFLE.get(vm));
                at::P.set(vm, p);
                begin!(State::PRead, get(vm, t, p));
            }
            State::PRead => {
                at::A.set(vm, result);
                begin!(State::LoReadAgain, get(vm, t, lo));
            }
            State::LoReadAgain => {
                at::B.set(vm, result);
                let (a, b) = (at::A.get(vm), at::B.get(vm));
                begin!(State::PLoCompared, compare(vm, a, b));
            }
            State::PLoCompared => {
                if result.is_falsy() {
                    begin!(State::UpReadAgain, get(vm, t, up));
                } else {
                    let b = at::B.get(vm);
                    begin!(State::PLoHalfSwapped, set(vm, t, p, b));
                }
            }
            State::PLoHalfSwapped => {
                let a = at::A.get(vm);
                begin!(State::ThreeSorted, set(vm, t, lo, a));
            }
            State::UpReadAgain => {
                at::B.set(vm, result);
                let (a, b) = (at::A.get(vm), at::B.get(vm));
                begin!(State::UpPCompared, compare(vm, b, a));
            }
            State::UpPCompared => {
                if result.is_falsy() {
                    now = State::ThreeSorted;
                } else {
                    let b = at::B.get(vm);
                    begin!(State::PUpHalfSwapped, set(vm, t, p, b));
                }
            }
            State::PUpHalfSwapped => {
                let a = at::A.get(vm);
                begin!(State::ThreeSorted, set(vm, t, up, a));
            }
            State::ThreeSorted => {
                if up - lo <= 2 {
                    now = State::IntervalDone;
                } else {
                    begin!(State::PivotRead, get(vm, t, p));
                }
            }
            State::PivotRead => {
                at::PIVOT.set(vm, result);
                begin!(State::BeforeUpRead, get(vm, t, up - 1));
            }
            State::BeforeUpRead => {
                begin!(State::PivotHalfPlaced, set(vm, t, p, result));
            }
            State::PivotHalfPlaced => {
                let v = at::PIVOT.get(vm);
                begin!(State::Partition, set(vm, t, up - 1, v));
            }
            State::Partition => {
                at::I.set(vm, lo);
                at::J.set(vm, (up - 1).max(0));
                now = State::NextI;
            }
            // Order functions may be natives: long scans let the host look.
            State::NextI | State::NextJ if vm.is_slice_used() => {
                at::STATE.set(vm, now);
                return Ok(Action::Pause { then: &PAUSED });
            }
            State::NextI => {
                let i = at::I.get(vm) + 1;
                if i >= up {
                    return Err(invalid_order(vm));
                }
                at::I.set(vm, i);
                begin!(State::IRead, get(vm, t, i));
            }
            State::IRead => {
                at::A.set(vm, result);
                let (a, pivot) = (at::A.get(vm), at::PIVOT.get(vm));
                begin!(State::ICompared, compare(vm, a, pivot));
            }
            State::ICompared => {
                vm.charge(1);
                let i = at::I.get(vm);
                if result.is_falsy() {
                    now = State::NextJ;
                } else if i >= up - 1 {
                    return Err(invalid_order(vm));
                } else {
                    now = State::NextI;
                }
            }
            State::NextJ => {
                let j = (at::J.get(vm) - 1).max(0);
                at::J.set(vm, j);
                begin!(State::JRead, get(vm, t, j));
            }
            State::JRead => {
                at::B.set(vm, result);
                let (b, pivot) = (at::B.get(vm), at::PIVOT.get(vm));
                begin!(State::JCompared, compare(vm, pivot, b));
            }
            State::JCompared => {
                vm.charge(1);
                let (i, j) = (at::I.get(vm), at::J.get(vm));
                if !result.is_falsy() {
                    if j < i || j == 0 {
                        return Err(invalid_order(vm));
                    }
                    now = State::NextJ;
                } else if j < i {
                    let a = at::A.get(vm);
                    begin!(State::PivotBack, set(vm, t, up - 1, a));
                } else {
                    let b = at::B.get(vm);
                    begin!(State::PairHalfSwapped, set(vm, t, i, b));
                }
            }
            State::PairHalfSwapped => {
                let (j, a) = (at::J.get(vm), at::A.get(vm));
                begin!(State::NextI, set(vm, t, j, a));
            }
            State::PivotBack => {
                let (i, pivot) = (at::I.get(vm), at::PIVOT.get(vm));
                begin!(State::Partitioned, set(vm, t, i, pivot));
            }
            State::Partitioned => {
                partitioned(vm, lo, up);
                now = State::Interval;
            }
            State::IntervalDone => {
                if !next_interval(vm) {
                    return vm.ret0();
                }
                now = State::Interval;
            }
        }
    }
}

/// The smaller part comes next, the larger one is remembered.
fn partitioned(vm: &mut Vm, lo: i64, up: i64) {
    let p = at::I.get(vm).max(lo).min(up);
    let (next, later, size) = if p - lo < up - p {
        ((lo, p - 1), (p + 1, up), p - lo)
    } else {
        ((p + 1, up), (lo, p - 1), up - p)
    };
    // Too unequal: from then on take other pivots.
    let shuffle = at::SHUFFLE.get(vm) || (later.1 - later.0) / 128 > size;
    remember(vm, later.0, later.1, shuffle);
    at::LO.set(vm, next.0.min(up));
    at::UP.set(vm, next.1.max(0));
}

/// Bits of an index.
const INDEX: u32 = 31;

/// Pushes an interval to sort later: both bounds and whether pivots are shuffled, in one integer.
fn remember(vm: &mut Vm, lo: i64, up: i64, shuffle: bool) {
    vm.push(Value::int(lo << (INDEX + 1) | up.max(0) << 1 | i64::from(shuffle)));
}

/// Takes a remembered interval; false if there is none.
fn next_interval(vm: &mut Vm) -> bool {
    if vm.nargs() <= at::FRAME.first.len() {
        return false;
    }
    let packed = vm.pop().as_int().unwrap_or(0);
    let index = |n: i64| n & ((1 << INDEX) - 1);
    at::LO.set(vm, index(packed >> (INDEX + 1)));
    at::UP.set(vm, index(packed >> 1));
    at::SHUFFLE.set(vm, packed & 1 != 0);
    vm.charge(1);
    true
}
