//! What machine code of all processors has in common: what it is made for, and where its parts are.

use super::leave::Entry;
use crate::heap::Header;
use crate::interp::intrinsics::HANDLERS as INTRINSICS;
use crate::interp::native::interpreted;
use crate::object::native::Intrinsic;
use crate::vm::Vm;
use crate::vm::handler::Handler;

/// What a unit's code is made for.
#[derive(Clone, Copy)]
pub(super) struct Target {
    /// Addresses of the function's linked code and constants.
    pub code: usize,
    pub constants: usize,
    pub is_function: bool,
    /// Address of what [`crate::jit::leave`] is given.
    pub unit: usize,
    /// Address of the unit's entries.
    pub entries: *const Entry,
    /// Whether every now and then a guard fails that would hold.
    pub fails: bool,
}

/// Machine code of a unit.
pub(super) struct Code {
    pub bytes: Vec<u8>,
    /// Where native code calls the function; the interpreter enters at the beginning.
    pub body: usize,
    /// Instructions at which the interpreter may come in again, and where.
    pub resumes: Vec<(u32, usize)>,
    /// Where code for another line of the source begins, and which (0: for none).
    pub lines: Vec<(usize, u32)>,
}

/// Code that all units of a machine share, and where its parts are. Which registers they are given and leave
/// is said where they are made.
pub(super) struct Layout {
    pub code: Vec<u8>,
    /// What handlers go on with that native code has called: back.
    pub back: usize,
    /// Calls a handler, and functions of the language that it calls.
    pub handler: usize,
    /// Calls a handler, whatever frame it goes to.
    pub step: usize,
    /// A handler has gone elsewhere.
    pub elsewhere: usize,
    /// Leaves a unit by an exit.
    pub leave: usize,
    /// Tells the collector of a store.
    pub barrier: usize,
    /// Looks for a cell for a new object.
    pub free_cell: usize,
    /// The body of functions without native code.
    pub interpret: usize,
    /// Find fields by their names.
    pub find_own: usize,
    pub find_field: usize,
    pub value_of_int: usize,
    /// Finds the next pair of a table.
    pub next: usize,
}

/// The function that `leave` calls.
pub(super) type Leave =
    unsafe extern "C" fn(*mut Vm, unit: usize, exit: u32, frame: *const u64) -> usize;

/// The function that tells the collector.
pub(super) type Barrier =
    unsafe extern "C" fn(*mut Vm, parent: *mut Header, payload: u64, kind: u32);

/// The function that looks for a free cell.
pub(super) type FreeCell = unsafe extern "C" fn(*mut Vm, class: usize) -> *mut u8;

/// The number of the handler that carries out calls of natives with an intrinsic.
pub(super) fn intrinsic_handler(intrinsic: Intrinsic) -> i32 {
    OPCODES + intrinsic as i32
}

/// Numbers of handlers below are opcodes.
const OPCODES: i32 = 256;

/// The address of a handler: of an opcode, or an [`intrinsic_handler`].
pub(super) fn handler_of(number: i32) -> i64 {
    let handler: Handler = match usize::try_from(number - OPCODES) {
        Ok(intrinsic) => INTRINSICS[intrinsic],
        // SAFETY: the table has 256 handlers.
        Err(_) => unsafe { (*interpreted()).0[number as usize] },
    };
    handler as usize as i64
}
