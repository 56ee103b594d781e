//! Coroutines: a stack of values with frames on it.

use super::fault::ThreadFaults;
use super::function::Upval;
use super::native::Native;
use super::{Gc, Header};
use crate::value::Value;
use luka_bytecode::Instr;

/// The state of a coroutine.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Status {
    /// Not started: function in slot 0, arguments above it.
    New,
    /// Suspended in a yield.
    Suspended,
    /// Running now.
    Running,
    /// Has resumed another one.
    Normal,
    /// Finished.
    Dead,
    /// Ended by an error, which is in [`Thread::error`]; its frames are still there to look at.
    Failed,
}

/// A coroutine.
#[repr(C)]
pub struct Thread {
    pub(crate) hdr: Header,
    /// The stack: `size` slots, the last [`STACK_SLACK`] of them reserve. All slots at `top` and
    /// above are dead.
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
    /// The continuation to run when a thread gets control back: of its yield while `Suspended`, of
    /// its resume while `Normal`.
    pub(crate) then: Option<&'static Native>,
    pub(crate) status: Status,
    /// Set while `coroutine.close` unwinds the thread.
    pub(crate) closing: bool,
    /// While the thread is being closed: whether it had ended with an error, or a `__close` method
    /// failed.
    pub(crate) close_failed: bool,
    /// Calls that PUC would have on its C stack (limit 200).
    pub(crate) c_depth: u32,
    /// Error a `Failed` thread ended with.
    pub(crate) error: Value,
    pub(crate) hook: Hook,
    /// Faults of errors that end here or wait for a handler; most coroutines have none.
    pub(crate) faults: Option<Box<ThreadFaults>>,
}

/// Slots at the end of every stack that only `push` without a check may use.
pub const STACK_SLACK: usize = 40;

/// Slots of a new stack.
pub const FIRST_STACK: usize = 2 * 20 + STACK_SLACK;

/// Most slots a stack may have (`LUAI_MAXSTACK`).
pub const MAX_STACK: usize = 1_000_000;

/// Slots beyond [`MAX_STACK`] for handling a stack overflow (`ERRORSTACKSIZE`).
pub const ERROR_STACK: usize = 1_000;

/// Nesting limit of C calls (`LUAI_MAXCCALLS`).
pub const MAX_C_DEPTH: u32 = 200;

/// Nesting of C calls at which handling an overflow is given up.
pub const ERROR_C_DEPTH: u32 = MAX_C_DEPTH / 10 * 11;

/// What has been done for the current instruction when it is reached again after a hook.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Stage {
    /// Nothing: it is reached for the first time.
    #[default]
    Fresh,
    /// The count hook has run; a line hook may follow.
    Counted,
    /// All its hooks have run.
    Traced,
    /// The return hook has run.
    Returning,
}

/// A debug hook (`debug.sethook`).
#[derive(Clone, Copy)]
pub struct Hook {
    /// The hook function or nil.
    pub func: Value,
    /// Bits: 1 call, 2 return, 4 line, 8 count.
    pub mask: u8,
    /// Instructions between two count events.
    pub count: u32,
    /// Instructions to be executed before the next count event, while the hook is not in force.
    pub left: u32,
    /// The instruction traced last, for the line event.
    pub(crate) old_pc: u32,
    pub(crate) stage: Stage,
    /// The next TFORCALL is the first of its loop.
    pub(crate) in_loop_head: bool,
    /// Values being passed or returned, for the call and return events: index (from 1, as local
    /// variables count) and number.
    pub(crate) first_transfer: u32,
    pub(crate) transfers: u32,
    /// A hook function runs: no other event.
    pub active: bool,
}

impl Hook {
    /// No hook.
    pub const NONE: Hook = Hook {
        func: Value::NIL,
        mask: 0,
        count: 0,
        left: 0,
        old_pc: 0,
        stage: Stage::Fresh,
        in_loop_head: false,
        first_transfer: 0,
        transfers: 0,
        active: false,
    };
}

impl Thread {
    /// A thread that has no stack yet.
    pub(crate) fn new(hdr: Header) -> Thread {
        use std::ptr::{null, null_mut};
        Thread {
            hdr,
            stack: null_mut(),
            size: 0,
            ip: null(),
            base: null_mut(),
            top: null_mut(),
            open: null_mut(),
            tbc: Vec::new(),
            resumer: null_mut(),
            then: None,
            status: Status::New,
            closing: false,
            close_failed: false,
            c_depth: 0,
            error: Value::NIL,
            hook: Hook::NONE,
            faults: None,
        }
    }

    /// How many slots of the stack are in use, by the saved registers.
    pub(crate) fn live_slots(&self) -> usize {
        if self.stack.is_null() || self.top.is_null() {
            return 0;
        }
        let live = (self.top as usize).wrapping_sub(self.stack as usize) / size_of::<Value>();
        live.min(self.size)
    }

    /// Whether there are frames to walk.
    pub fn has_frames(&self) -> bool {
        !matches!(self.status, Status::New | Status::Dead)
    }
    /// The state of the coroutine.
    pub fn status(&self) -> Status {
        self.status
    }
    /// The thread's debug hook, as set.
    pub fn hook(&self) -> Hook {
        self.hook
    }
}

impl std::fmt::Debug for Gc<Thread> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("coroutine")
    }
}

impl Gc<Thread> {
    /// Who has resumed the coroutine and waits for it; `None` if nobody does.
    pub fn resumer(self) -> Option<Gc<Thread>> {
        // SAFETY: who is remembered as waiting for a live coroutine is alive.
        (!self.resumer.is_null()).then(|| unsafe { Gc::from_ptr(self.resumer) })
    }

    /// Lets `f` change the thread's hook. Before the hook function of a thread that is not running
    /// changes, the collector must be told ([`crate::heap::Heap::touch_thread`]).
    pub(crate) fn update_hook<R>(self, f: impl FnOnce(&mut Hook) -> R) -> R {
        // SAFETY: the thread is live, and no caller holds a reference to its hook meanwhile.
        f(unsafe { &mut (*self.as_ptr()).hook })
    }
}
