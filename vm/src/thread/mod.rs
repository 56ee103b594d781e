//! Coroutines: a stack of values with frames on it.

use crate::function::Upval;
use crate::heap::Header;
use crate::value::Value;
use luka_bytecode::Instr;

/// Where a coroutine stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Status {
    /// Not started, or suspended in a yield.
    Suspended,
    /// Running now.
    Running,
    /// Has resumed another one.
    Normal,
    /// Finished.
    Dead,
    /// Ended by an error.
    Failed,
}

/// A coroutine.
#[repr(C)]
pub struct Thread {
    pub(crate) hdr: Header,
    /// The stack: `size` slots. All slots at `top` and above are dead.
    pub(crate) stack: *mut Value,
    pub(crate) size: usize,
    /// Saved registers while the thread is not running (see `Vm`).
    pub(crate) ip: *const Instr,
    pub(crate) base: *mut Value,
    pub(crate) top: *mut Value,
    /// Open upvalues, highest slot first.
    pub(crate) open: *mut Upval,
    /// Slots of pending to-be-closed variables, ascending.
    pub(crate) tbc: Vec<u32>,
    /// Who resumed this thread; null for the main thread or when not running.
    pub(crate) resumer: *mut Thread,
    pub(crate) status: Status,
    /// Calls that PUC would have on its C stack (see DESIGN: limit 200).
    pub(crate) c_depth: u32,
    pub(crate) hook: Hook,
}

/// A debug hook (`debug.sethook`).
#[derive(Clone, Copy)]
pub struct Hook {
    /// The hook function or nil.
    pub func: Value,
    /// Bits: 1 call, 2 return, 4 line, 8 count.
    pub mask: u8,
    pub count: u32,
    /// Instructions left until the next count event.
    pub left: u32,
    /// Last line reported, for the line event; 0 = none.
    pub last_line: u32,
}
