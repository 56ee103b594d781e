//! Metamethods that are Lua functions, called by the handlers of their instructions: what objects that
//! compute their fields and compare themselves do all the time. Anything else is left to the helper
//! that executes the instruction in general.

use super::dispatch::{CONTINUE, Helper, run_helper};
use crate::heap::Gc;
use crate::meta::Event;
use crate::object::table::Table;
use crate::value::{Value, tag};
use crate::vm::Vm;

/// The metamethod of a metatable for an event, or nil.
///
/// # Safety
/// The metatable is live.
#[inline(always)]
pub(super) unsafe fn metamethod(vm: *const Vm, meta: *mut Table, event: Event) -> Value {
    // SAFETY: the caller.
    unsafe { Gc::from_ptr(meta).metamethod(event, (*vm).event_names[event as usize]) }
}

/// Calls the metamethod for the instruction at `vm.ip`, whose result completes it.
#[inline(always)]
fn start(vm: &mut Vm, function: Value, args: &[Value], helper: Helper) -> u32 {
    // SAFETY: handlers and what they call run with an instruction of a Lua frame at `vm.ip`.
    if function.tag() == tag::LUA_FN && unsafe { vm.push_meta_frame(function, args, 0) } {
        return CONTINUE;
    }
    run_helper(vm, helper)
}

/// The field `key` of a table that does not have it, with the metatable `meta`.
///
/// # Safety
/// All pointers refer to live objects and to values; the instruction at `vm.ip` reads a field.
#[inline(never)]
pub(super) unsafe fn get_field(
    vm: &mut Vm,
    meta: *mut Table,
    object: *const Value,
    key: *const Value,
) -> u32 {
    // SAFETY: the caller.
    unsafe {
        let function = metamethod(vm, meta, Event::Index);
        start(vm, function, &[*object, *key], Vm::get_slow)
    }
}

/// A new field `key` of a table with the metatable `meta`.
///
/// # Safety
/// All pointers refer to live objects and to values; the instruction at `vm.ip` stores a field.
#[inline(never)]
pub(super) unsafe fn set_field(
    vm: &mut Vm,
    meta: *mut Table,
    object: *const Value,
    key: *const Value,
    value: *const Value,
) -> u32 {
    // SAFETY: the caller.
    unsafe {
        let function = metamethod(vm, meta, Event::NewIndex);
        start(vm, function, &[*object, *key, *value], Vm::set_slow)
    }
}

/// The comparison of two tables that are not the same, whose event is `event`.
///
/// # Safety
/// Both values are tables; the instruction at `vm.ip` compares them.
#[inline(always)]
pub(super) unsafe fn compare_tables(
    vm: &mut Vm,
    event: Event,
    a: *const Value,
    b: *const Value,
) -> u32 {
    // SAFETY: the caller.
    let (a, b) = unsafe { (*a, *b) };
    let mut function = vm.metamethod(a, event);
    if function.is_nil() {
        function = vm.metamethod(b, event);
    }
    start(vm, function, &[a, b], Vm::compare_slow)
}

/// Whether no `__eq` sees comparisons of the table: it has no metatable, or one known to have none.
///
/// # Safety
/// The table is live.
#[inline(always)]
pub(super) unsafe fn compares_raw(t: *const Table) -> bool {
    // SAFETY: the caller; the metatable of a live table is live.
    unsafe { (*t).meta.is_null() || (*(*t).meta).hdr.flags & 1 << Event::Eq as u8 != 0 }
}
