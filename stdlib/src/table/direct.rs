//! Sorting lists of one kind of value by the language's own order: a quicksort whose pieces are the
//! table's ([`luka_vm::table::order`]) and which pauses between them.
//!
//! Any correct order of such a list looks the same, so that the algorithm need not be PUC's.

use super::sort::sort_by_comparing;
use super::{int, put};
use luka_vm::table::order::{Kind, Partition};
use luka_vm::{Action, Gc, Native, NativeResult, Table, Value, Vm};

/// Intervals of up to so many elements are sorted in one go.
const FEW: i64 = 512;
/// Elements of a partition between two pauses.
const STEPS: i64 = 4096;
/// Partitions may be so unequal before the rest is sorted in one go, which bounds the time.
const MOST_UNEQUAL: i64 = 24;

pub static GO_ON: Native = Native::then("table.sort:directly", go_on);

/// Slots, above the two arguments. Above `END` lies the stack of intervals still to sort, their
/// bounds in one integer.
mod at {
    pub const KIND: usize = 3;
    pub const LO: usize = 4;
    pub const UP: usize = 5;
    /// The partition of `LO..UP` under way, if there is a pivot.
    pub const PIVOT: usize = 6;
    pub const BOUND: usize = 7;
    pub const NEXT: usize = 8;
    pub const EQUAL_BELOW: usize = 9;
    /// How many partitions were very unequal.
    pub const UNEQUAL: usize = 10;
    pub const END: usize = 10;
}

const KINDS: [Kind; 3] = [Kind::Ints, Kind::Floats, Kind::Strings];

/// What sorting `n` elements in one go costs.
fn cost(n: i64) -> u64 {
    n as u64 * u64::from(64 - (n as u64).leading_zeros()) / 2
}

/// Sorts elements 1 to `n` of the table in slot 1.
pub fn sort(vm: &mut Vm, t: Gc<Table>, kind: Kind, n: i64) -> NativeResult {
    if n <= FEW {
        vm.charge(cost(n));
        t.sort_elements(kind, 1, n);
        return vm.ret0();
    }
    vm.set_top(2);
    vm.set_top(at::END);
    put(vm, at::KIND, KINDS.iter().position(|k| *k == kind).unwrap_or(0) as i64);
    put(vm, at::LO, 1);
    put(vm, at::UP, n);
    put(vm, at::UNEQUAL, 0);
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
    let t = vm.arg(1).as_table()?;
    let kind = *KINDS.get(usize::try_from(int(vm, at::KIND)).ok()?)?;
    let mut budget = STEPS;
    loop {
        let (lo, up) = (int(vm, at::LO), int(vm, at::UP));
        let n = up - lo + 1;
        if n <= FEW || int(vm, at::UNEQUAL) > MOST_UNEQUAL {
            if n > 1 {
                let cost = cost(n);
                vm.charge(cost);
                budget -= cost as i64;
                if !t.sort_elements(kind, lo, up) {
                    return None;
                }
            }
            if vm.nargs() <= at::END {
                return Some(Action::Return(0));
            }
            let bounds = vm.pop().as_int()? as u64;
            put(vm, at::LO, (bounds >> 32) as i64);
            put(vm, at::UP, i64::from(bounds as u32));
        } else {
            if vm.arg(at::PIVOT).is_nil() {
                let pivot = t.middle_element(kind, lo, up)?;
                vm.set_arg(at::PIVOT, pivot);
                put(vm, at::BOUND, lo);
                put(vm, at::NEXT, lo);
                vm.set_arg(at::EQUAL_BELOW, Value::FALSE);
            }
            let mut p = Partition {
                bound: int(vm, at::BOUND),
                next: int(vm, at::NEXT),
                last: up,
                equal_below: !vm.arg(at::EQUAL_BELOW).is_falsy(),
            };
            let (pivot, from) = (vm.arg(at::PIVOT), p.next);
            if p.bound < lo || !t.partition(kind, pivot, &mut p, budget.max(1)) {
                return None;
            }
            vm.charge((p.next - from) as u64);
            budget -= p.next - from;
            put(vm, at::BOUND, p.bound);
            put(vm, at::NEXT, p.next);
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
        put(vm, at::NEXT, lo);
        vm.set_arg(at::EQUAL_BELOW, Value::TRUE);
        return;
    }
    vm.set_arg(at::PIVOT, Value::NIL);
    if p.equal_below {
        put(vm, at::LO, p.bound); // what is below is sorted, all being equal
        return;
    }
    if below.min(above) < (up - lo) / 16 {
        let unequal = int(vm, at::UNEQUAL);
        put(vm, at::UNEQUAL, unequal + 1);
    }
    let ((lo, up), later) = if below < above {
        ((lo, p.bound - 1), (p.bound, up))
    } else {
        ((p.bound, up), (lo, p.bound - 1))
    };
    vm.push(Value::int(later.0 << 32 | later.1));
    put(vm, at::LO, lo);
    put(vm, at::UP, up);
}
