//! The handler tables, derived from the opcode table: a new opcode does not compile until it has
//! a handler here.

use super::dispatch::Tb;
use super::hooks::op_watch;
use super::profile::op_count;
use super::{
    ops_arith::*, ops_call::*, ops_compare::*, ops_get::*, ops_loop::*, ops_move::*, ops_new::*,
    ops_set::*,
};
use luka_bytecode::Op;

macro_rules! handler_table {
    ($($(#[doc = $doc:literal])* $name:ident $func:ident $mn:literal $flow:ident $throws:literal
        { $($field:ident : $role:ident),* })*) => {
        static HANDLERS: Table<{ Op::COUNT }> = Table([$($func as *const ()),*]);
    };
}

struct Table<const N: usize>([*const (); N]);
// SAFETY: the pointers are addresses of functions.
unsafe impl<const N: usize> Sync for Table<N> {}

luka_bytecode::for_each_op!(handler_table);
static WATCHED: Table<{ Op::COUNT }> = Table([op_watch as *const (); Op::COUNT]);
static COUNTED: Table<{ Op::COUNT }> = Table([op_count as *const (); Op::COUNT]);

/// One handler per opcode.
pub(crate) fn handlers() -> Tb {
    HANDLERS.0.as_ptr() as Tb
}

/// Every opcode goes through the hook and the observer first.
pub(crate) fn watched() -> Tb {
    WATCHED.0.as_ptr() as Tb
}

/// Every opcode is counted first.
pub(crate) fn counted() -> Tb {
    COUNTED.0.as_ptr() as Tb
}
