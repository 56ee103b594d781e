//! The handler tables, derived from the opcode table: a new opcode does not compile until it has
//! a handler here.

use super::coverage::op_cover;
use super::dispatch::{Handler, Table};
use super::fuel::{op_exact, op_exact_end};
use super::hooks::*;
use super::profile::op_count;
use super::{
    ops_arith::*, ops_call::*, ops_compare::*, ops_get::*, ops_loop::*, ops_move::*, ops_new::*,
    ops_set::*,
};
use luka_bytecode::Op;

macro_rules! handler_table {
    ($($(#[doc = $doc:literal])* $name:ident $func:ident $mn:literal $flow:ident
        { $($field:ident : $role:ident),* } $class:ident $(($($of:tt)*))? $([$($effect:tt)*])?)*) => {
        const PLAIN: [Handler; Op::COUNT] = [$($func),*];
    };
}
luka_bytecode::for_each_op!(handler_table);

/// One handler per opcode.
pub(super) static HANDLERS: Table = Table(PLAIN);

/// While a hook is in force: instructions that do not count say so.
pub(super) static COUNTING: Table = Table(counting());

/// While a hook is in force that calls, returns or lines concern.
pub(super) static HOOKED: Table = Table(hooked());

/// While a line hook is in force, most instructions are compared with the end of their line first.
pub(super) static LINES: Table = Table(lines());

/// Every opcode goes through the hook and the observer first.
pub(super) static WATCHED: Table = Table([op_watch; Op::COUNT]);

/// Every opcode is counted first.
pub(super) static COUNTED: Table = Table([op_count; Op::COUNT]);

/// Every opcode is noted first.
pub(super) static COVERED: Table = Table([op_cover; Op::COUNT]);

/// Every opcode is compared with the next stop first.
pub(super) static EXACT: Table = Table([op_exact; Op::COUNT]);

const fn counting() -> [Handler; Op::COUNT] {
    let mut table = PLAIN;
    table[Op::VarargPrep as usize] = op_varargprep_uncounted;
    table[Op::TForPrep as usize] = op_tforprep_noted;
    table[Op::TForCall as usize] = op_tforcall_alone;
    table[Op::TForLoop as usize] = op_tforloop_uncounted;
    table
}

const fn hooked() -> [Handler; Op::COUNT] {
    let mut table = counting();
    table[Op::Call as usize] = op_call_slow;
    table[Op::Return as usize] = op_return_slow;
    table[Op::Return0 as usize] = op_return_slow;
    table[Op::Return1 as usize] = op_return_slow;
    table
}

const fn lines() -> [Handler; Op::COUNT] {
    let mut table: [Handler; Op::COUNT] = [op_line; Op::COUNT];
    table[Op::VarargPrep as usize] = op_exact;
    table[Op::TForCall as usize] = op_exact_end;
    table[Op::TForLoop as usize] = op_exact;
    table
}
