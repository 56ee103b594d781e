//! The handler tables, derived from the opcode table: a new opcode does not compile until it has
//! a handler here.

use super::coverage::op_cover;
use super::dispatch::{Handler, Table, op_poll};
use super::fuel::{op_exact, op_exact_end};
use super::hooks::*;
use super::profile::op_count;
use super::{
    ops_arith::*, ops_call::*, ops_compare::*, ops_get::*, ops_loop::*, ops_move::*, ops_new::*,
    ops_set::*,
};
use crate::object::proto::NATIVE;
use luka_bytecode::Op;

macro_rules! handler_table {
    ($($(#[doc = $doc:literal])* $name:ident $func:ident $mn:literal $flow:ident
        { $($field:ident : $role:ident),* } $class:ident $(($($of:tt)*))? $([$($effect:tt)*])?)*) => {
        const PLAIN: [Handler; Op::COUNT] = [$($func),*];

        /// Carries out the instruction the registers are at, as its handler in [`HANDLERS`] does.
        ///
        /// # Safety
        /// It is an instruction of verified code, and the registers are its function's.
        #[cfg(luka_match)]
        #[inline(always)]
        pub(super) unsafe fn execute(m: super::machine::Machine) -> super::returning::Flow {
            // SAFETY: the caller; the opcode is one of the table.
            unsafe {
                match (*m.ip).op {
                    $(op if op == Op::$name as u8 => $func(m.vm, m.ip, m.base, m.k, m.fuel, m.tb),)*
                    // (A marked one, while nobody wants to know of marks.)
                    _ => super::returning::Flow::Status(Table::handler(m.tb, m.ip)(
                        m.vm, m.ip, m.base, m.k, m.fuel, m.tb,
                    )),
                }
            }
        }
    };
}
luka_bytecode::for_each_op!(handler_table);

/// One handler per opcode; where native code begins, what enters it.
pub(crate) static HANDLERS: Table = Table(with_native());

/// While there is a debugger: no handler executes two instructions, the second of which may be marked.
pub(super) static SINGLE: Table = Table(whole(single()));

/// While a hook is in force: instructions that do not count say so.
pub(super) static COUNTING: Table = Table(whole(counting()));

/// While a hook is in force that calls, returns or lines concern.
pub(super) static HOOKED: Table = Table(whole(hooked()));

/// While a line hook is in force, most instructions are compared with the end of their line first.
pub(super) static LINES: Table = Table(whole(lines()));

/// Every opcode goes through the hook and the observer first.
pub(super) static WATCHED: Table = Table([op_watch; 256]);

/// Every opcode is counted first.
pub(super) static COUNTED: Table = Table([op_count; 256]);

/// Every opcode is noted first.
pub(super) static COVERED: Table = Table([op_cover; 256]);

/// Every opcode is compared with the next stop first.
pub(super) static EXACT: Table = Table([op_exact; 256]);

/// Every opcode is noted for the compiler first.
#[cfg(luka_jit)]
pub(super) static RECORDED: Table = Table([super::native::op_record; 256]);

/// A table in which the mark of native code makes no difference.
const fn whole(of: [Handler; Op::COUNT]) -> [Handler; 256] {
    let mut table: [Handler; 256] = [op_poll; 256];
    let mut op = 0;
    while op < Op::COUNT {
        table[op] = of[op];
        table[op | NATIVE as usize] = of[op];
        op += 1;
    }
    table
}

#[cfg(luka_jit)]
const fn with_native() -> [Handler; 256] {
    let mut table = whole(PLAIN);
    let mut op = NATIVE as usize;
    while op < 256 {
        table[op] = super::native::op_native;
        op += 1;
    }
    table
}

#[cfg(not(luka_jit))]
const fn with_native() -> [Handler; 256] {
    whole(PLAIN)
}

const fn single() -> [Handler; Op::COUNT] {
    let mut table = PLAIN;
    table[Op::TForCall as usize] = op_tforcall_alone;
    table
}

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
