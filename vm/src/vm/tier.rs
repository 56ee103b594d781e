//! What the interpreter and native code know of each other: the door of the compiler in
//! `crate::jit`, which the layers above know nothing else of.
//!
//! Native code is entered like a handler and leaves by a jump to one. In between, `vm.tb` is
//! [`Tier::back`], whose handlers return to native code: what native code does not do itself, it has
//! the interpreter's handlers do. Whoever changes what native code relies on, a register of a frame or
//! the handlers in use, chooses the tables anew (`Vm::update_dispatch`): the handler that runs then goes
//! on in the interpreter, and the frames of native code below it are forgotten.

use super::Vm;
use super::handler::{Ip, Table};
use crate::value::Value;

/// The native side of a machine.
#[repr(C)]
pub(crate) struct Tier {
    /// Where the interpreter has entered native code: the address of the unit's entry, or 0 if it is gone, and
    /// the fuel there was.
    pub entry: usize,
    pub entered: isize,
    /// The native stack pointer of handlers; set when the machine is entered. The word there is the address
    /// they return to.
    pub sp: usize,
    /// How far down native code may go.
    pub limit: usize,
    /// The table in use where native code does not run.
    pub table: *const Table,
    /// The functions with native code, by `ProtoObj::native`.
    pub functions: *const *const Entries,
    /// The table of handlers that return to native code.
    pub back: *const Table,
    /// Code that units share.
    pub stubs: Stubs,
    /// Registers of the processor when native code is left.
    pub saved: Saved,
    /// Test mode: guards until the next one that fails, and how many there are from one to the next; 0
    /// is none.
    pub fail: u32,
    pub fail_every: u32,
    /// Every instruction is noted.
    pub recording: bool,
    /// What the compiler does at events; `None`: there is none.
    pub events: Option<Events>,
    /// The compiler's own data.
    pub data: Option<Box<dyn std::any::Any>>,
}

/// Addresses of code that units share (`crate::jit::layout`).
#[repr(C)]
#[derive(Clone, Copy, Default)]
pub(crate) struct Stubs {
    /// Calls a handler and returns when it comes back; functions of the language that it calls run in between.
    pub handler: usize,
    /// Calls a handler, whatever frame it goes to: that is where handlers have it, and so are the
    /// instruction and the fuel.
    pub step: usize,
    /// A handler has gone elsewhere: the interpreter goes on there.
    pub elsewhere: usize,
    /// Leaves a unit by an exit.
    pub leave: usize,
    /// Tells the collector of a store; all registers that values may be in are kept.
    pub barrier: usize,
    /// Finds a free cell for a new object; the same is kept.
    pub free_cell: usize,
    /// Finds the node of a key in a table, and of a field in it or behind it.
    pub find_own: usize,
    pub find_field: usize,
    /// Finds the value of an integer in a table.
    pub value_of_int: usize,
    /// Finds the next pair of a table.
    pub next: usize,
}

/// Where native code of a function begins.
#[repr(C)]
pub(crate) struct Entries {
    /// For calls by native code.
    pub body: usize,
    /// For the interpreter, by instruction; 0 where there is none.
    pub at: *const usize,
}

/// How many registers of each class native code may leave values in, and all below.
#[cfg(not(target_arch = "aarch64"))]
const REGISTERS: (usize, usize) = (16, 14);
/// How many registers of each class native code may leave values in, and all below.
#[cfg(target_arch = "aarch64")]
const REGISTERS: (usize, usize) = (29, 24);

/// Registers of the processor, by the numbers of machine code; floats from there on are scratch.
#[repr(C)]
#[derive(Default)]
pub(crate) struct Saved {
    pub general: [u64; REGISTERS.0],
    pub floats: [u64; REGISTERS.1],
}

/// What the compiler does at events.
#[derive(Clone, Copy)]
pub(crate) struct Events {
    /// The machine looks up, before the instruction at `vm.ip`, in a frame of a Lua function.
    pub poll: fn(&mut Vm),
    /// The instruction at this address, of the frame with these registers, is executed next, while
    /// the machine records.
    ///
    /// # Safety
    /// They are the running frame's.
    pub record: unsafe fn(&mut Vm, Ip, *mut Value),
}

impl Default for Tier {
    fn default() -> Tier {
        Tier {
            entry: 0,
            entered: 0,
            sp: 0,
            limit: 0,
            table: std::ptr::null(),
            functions: std::ptr::null(),
            back: std::ptr::null(),
            stubs: Stubs::default(),
            saved: Saved::default(),
            fail: 0,
            fail_every: 0,
            recording: false,
            events: None,
            data: None,
        }
    }
}
