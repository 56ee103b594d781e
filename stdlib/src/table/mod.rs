//! The `table` library.
//!
//! Every function works directly on tables without metatable and, on anything else, as a state
//! machine over [`access`](crate::access) whose steps may be metamethods. Its state is integers
//! and values in the slots of its own frame.

mod direct;
mod edit;
mod list;
mod quicksort;
mod sort;

use crate::access::Step;
use crate::prim;
use luka_vm::api::frame::slot;
use luka_vm::{Event, Gc, Native, Raise, Table, Value, Vm, natives};

natives! { pub static TABLE = "table";
    concat: "table.concat(list [, sep [, i [, j]]]) -> string"
        "Joins `list[i]` … `list[j]`, which are strings or numbers, separated by `sep`." [pure] = list::concat,
    insert: "table.insert(list, [pos,] value)"
        "Inserts a value at a position, by default at the end, and shifts up the elements after it." = edit::insert => Insert,
    move: "table.move(a1, f, e, t [, a2]) -> table"
        "Copies `a1[f]` … `a1[e]` to `a2[t]` … and returns `a2`, which is `a1` by default. The ranges may overlap." = edit::move_,
    pack: "table.pack(...) -> table"
        "Returns a table of all arguments, with their number in field `n`." [pure] = list::pack,
    remove: "table.remove(list [, pos]) -> value"
        "Removes and returns the element at a position, by default the last, and shifts down the elements after it." = edit::remove => Remove,
    sort: "table.sort(list [, less])"
        "Sorts a list in place by `<`, or by a function that returns whether its first argument must come before the second. The sort is not stable." = sort::sort,
    unpack: "table.unpack(list [, i [, j]]) -> ..."
        "Returns `list[i]` … `list[j]`, by default the whole list." [pure] = list::unpack,
}

/// The continuations of this library.
pub static THEN: &[&[&Native]] = &[direct::THEN, edit::THEN, list::THEN, sort::THEN];

const READ: u8 = 1;
const WRITE: u8 = 2;
const LENGTH: u8 = 4;

/// Checks that argument `i` is a table or has the metamethods to pass for one (`checktab`).
fn check_tab(vm: &mut Vm, i: usize, what: u8) -> Result<(), Raise> {
    let v = vm.arg(i);
    if v.as_table().is_some() {
        return Ok(());
    }
    let has = |bit: u8, event: Event| what & bit == 0 || !vm.metamethod(v, event).is_nil();
    let passes = vm.metatable_of(v).is_some()
        && has(READ, Event::Index)
        && has(WRITE, Event::NewIndex)
        && has(LENGTH, Event::Len);
    if passes { Ok(()) } else { Err(vm.type_error(i, "table")) }
}

/// The argument as a table on which no operation can call a metamethod.
fn plain(vm: &Vm, i: usize) -> Option<Gc<Table>> {
    vm.arg(i).as_table().filter(|t| t.metatable().is_none())
}

/// `t[i]`.
#[inline]
fn get(vm: &mut Vm, t: Value, i: i64) -> Result<Step, Raise> {
    if let Some(table) = t.as_table() {
        let v = table.get_int(i);
        if !v.is_nil() || table.metatable().is_none() {
            return Ok(Step::Done(v));
        }
    }
    crate::access::index(vm, t, Value::int(i))
}

/// `t[i] = v`.
#[inline]
fn set(vm: &mut Vm, t: Value, i: i64, v: Value) -> Result<Step, Raise> {
    match t.as_table() {
        Some(table) if table.metatable().is_none() => {
            prim::set_int(vm, table, i, v)?;
            Ok(Step::Done(Value::NIL))
        }
        _ => crate::access::set_index(vm, t, Value::int(i), v),
    }
}

/// An index of a list that is sorted, or one less than the first.
type Index = slot::Range<0, { i32::MAX as i64 }>;

/// Makes the library table.
pub fn open(vm: &mut Vm) -> Result<Value, Raise> {
    prim::library(vm, TABLE)
}
