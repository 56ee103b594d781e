//! The handler tables, derived from the opcode table: a new opcode does not compile until it has
//! a handler here.

use super::dispatch::Table;
use super::fuel::op_exact;
use super::hooks::op_watch;
use super::profile::op_count;
use super::{
    ops_arith::*, ops_call::*, ops_compare::*, ops_get::*, ops_loop::*, ops_move::*, ops_new::*,
    ops_set::*,
};
use luka_bytecode::Op;

macro_rules! handler_table {
    ($($(#[doc = $doc:literal])* $name:ident $func:ident $mn:literal $flow:ident
        { $($field:ident : $role:ident),* } $class:ident $(($($of:tt)*))? $([$($effect:tt)*])?)*) => {
        /// One handler per opcode.
        pub(super) static HANDLERS: Table = Table([$($func),*]);
    };
}
luka_bytecode::for_each_op!(handler_table);

/// Every opcode goes through the hook and the observer first.
pub(super) static WATCHED: Table = Table([op_watch; Op::COUNT]);

/// Every opcode is counted first.
pub(super) static COUNTED: Table = Table([op_count; Op::COUNT]);

/// Every opcode is compared with the next stop first.
pub(super) static EXACT: Table = Table([op_exact; Op::COUNT]);
