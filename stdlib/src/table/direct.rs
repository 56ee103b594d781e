//! Sorting lists of one kind of value by the language's own order: a quicksort whose pieces are the
//! table's ([`luka_vm::table::order`]) and which pauses between them.
//!
//! Any correct order of such a list looks the same, so that the algorithm need not be PUC's.

use super::Index;
use super::sort::sort_by_comparing;
use luka_vm::api::frame::slot::Range;
use luka_vm::table::order::{Kind, Partition};
use luka_vm::{Action, Gc, NativeResult, Table, Value, Vm, continuations, frame};

/// Intervals of up to so many elements are sorted in one go.
const FEW: i64 = 512;
/// Elements that would cost so much more, being long, are sorted piece by piece.
const MUCH: u64 = 4096;
/// Elements of a partition between two pauses.
const STEPS: i64 = 4096;
/// Partitions may be so unequal before the rest is sorted in one go, which bounds the time.
const MOST_UNEQUAL: i64 = 24;

continuations! { pub static THEN;
    GO_ON: "table.sort:directly" (at, 0) = go_on;
}

frame! {
    /// Slots of a direct sort. Above them lies the stack of intervals still to sort, their bounds in
    /// one integer.
    mod at {
        LIST: Gc<Table>,
        /// Nil: elements are compared by `<`.
        LESS: Value,
        /// Index into [`KINDS`].
        KIND: Range<0, 2>,
        LO: Index,
        UP: Index,
        /// The partition of `LO..=UP` under way, if there is a pivot.
        PIVOT: Value,
        BOUND: i64,
        NEXT: i64,
        EQUAL_BELOW: bool,
        /// How many partitions were very unequal.
        UNEQUAL: Range<0, { MOST_UNEQUAL + 1 }>,
    }
    rest: i64;
}

const KINDS: [Kind; 3] = [Kind::Ints, Kind::Floats, Kind::Strings];

/// What sorting `n` elements in one go costs.
fn cost(n: i64) -> u64 {
    n as u64 * u64::from(64 - (n as u64).leading_zeros()) / 2
}

/// Bytes of strings that are compared for a unit.
const BYTES_COMPARED: u64 = 64;

/// What comparing with each of these elements costs more than a unit: much if they are long strings.
fn length_cost(t: Gc<Table>, kind: Kind, lo: i64, up: i64) -> u64 {
    if kind != Kind::Strings {
        return 0;
    }
    let long = |i| t.get_int(i).as_str().map_or(0, |s| s.len() as u64 / BYTES_COMPARED);
    // (What says so may come from a snapshot: the list may be shorter.)
    (lo..=up.min(t.positions() as i64)).map(long).sum()
}

/// Sorts elements 1 to `n` of the table in slot 1.
pub fn sort(vm: &mut Vm, t: Gc<Table>, kind: Kind, n: i64) -> NativeResult {
    let more = if n <= FEW { length_cost(t, kind, 1, n) } else { 0 };
    if n <= FEW && more < MUCH {
        vm.charge(cost(n) + more * u64::from(n.ilog2() + 1));
        t.sort_elements(kind, 1, n);
        return vm.ret0();
    }
    at::FRAME.prepare(vm, 2);
    at::KIND.set(vm, KINDS.iter().position(|k| *k == kind).unwrap_or(0) as i64);
    at::LO.set(vm, 1);
    at::UP.set(vm, n);
    go_on(vm)
}

fn go_on(vm: &mut Vm) -> NativeResult {
    match run(vm) {
        Some(action) => Ok(action),
        // A finalizer or a debugger has changed the list meanwhile.
        None => sort_by_comparing(vm),
    }
}

/// Works until the end or a pause; `None` if the list is not what it was.
fn run(vm: &mut Vm) -> Option<Action> {
    let t = at::LIST.get(vm);
    let kind = *KINDS.get(at::KIND.get(vm) as usize)?;
    let mut budget = STEPS;
    loop {
        let (lo, up) = (at::LO.get(vm), at::UP.get(vm));
        let n = up - lo + 1;
        let few = n <= FEW || at::UNEQUAL.get(vm) > MOST_UNEQUAL;
        let more = if few && n > 1 { length_cost(t, kind, lo, up) } else { 0 };
        if few && (more < MUCH || n <= 2) {
            if n > 1 {
                let cost = cost(n) + more * u64::from(n.ilog2() + 1);
                vm.charge(cost);
                budget -= cost as i64;
                if !t.sort_elements(kind, lo, up) {
                    return None;
                }
            }
            if vm.nargs() <= at::FRAME.first.len() {
                return Some(Action::Return(0));
            }
            let bounds = vm.pop().as_int()?;
            let index = |n: i64| n & i64::from(i32::MAX);
            at::LO.set(vm, index(bounds >> 32));
            at::UP.set(vm, index(bounds));
            vm.charge(1);
        } else {
            if at::PIVOT.get(vm).is_nil() {
                let pivot = t.middle_element(kind, lo, up)?;
                at::PIVOT.set(vm, pivot);
                at::BOUND.set(vm, lo);
                at::NEXT.set(vm, lo);
                at::EQUAL_BELOW.set(vm, false);
            }
            let mut p = Partition {
                bound: at::BOUND.get(vm),
                next: at::NEXT.get(vm),
                last: up,
                equal_below: at::EQUAL_BELOW.get(vm),
            };
            let (pivot, from) = (at::PIVOT.get(vm), p.next);
            let ordered = lo <= p.bound && p.bound <= p.next && p.next <= up;
            let each = 1 + pivot.as_str().map_or(0, |s| s.len() as u64 / BYTES_COMPARED) as i64;
            if !ordered || !t.partition(kind, pivot, &mut p, (budget / each).max(1)) {
                return None;
            }
            let cost = (p.next - from) * each;
            vm.charge(cost as u64);
            budget -= cost;
            at::BOUND.set(vm, p.bound);
            at::NEXT.set(vm, p.next);
            if p.next > up {
                partitioned(vm, lo, up, &p);
            }
        }
        if budget <= 0 {
            return Some(Action::Pause { then: &GO_ON });
        }
    }
}

/// Chooses the next interval when a partition is complete.
fn partitioned(vm: &mut Vm, lo: i64, up: i64, p: &Partition) {
    let below = p.bound - lo;
    let above = up - p.bound + 1;
    if below == 0 && !p.equal_below {
        // The pivot is the least element: gather all that equal it.
        at::NEXT.set(vm, lo);
        at::EQUAL_BELOW.set(vm, true);
        return;
    }
    at::PIVOT.set(vm, Value::NIL);
    if p.equal_below {
        at::LO.set(vm, p.bound); // what is below is sorted, all being equal
        return;
    }
    if below.min(above) < (up - lo) / 16 {
        let unequal = at::UNEQUAL.get(vm);
        at::UNEQUAL.set(vm, unequal + 1);
    }
    let ((lo, up), later) = if below < above {
        ((lo, p.bound - 1), (p.bound, up))
    } else {
        ((p.bound, up), (lo, p.bound - 1))
    };
    vm.push(Value::int(later.0 << 32 | later.1.max(0)));
    at::LO.set(vm, lo);
    at::UP.set(vm, up);
}
