//! Who is shown every instruction of a program, and may execute it in the machine's place (see
//! [`crate::interp::observe`]).

use super::Vm;
use crate::error::Raise;
use crate::value::Value;

/// A place in a running program.
pub struct At<'a> {
    pub(crate) vm: &'a mut Vm,
}

/// Sees every instruction of the program, in every function and coroutine.
pub trait Observer {
    /// The instruction at `at` is about to be executed, hooks before it have run. `None`: the
    /// machine executes it; else the observer has, and says how to go on or what it raises.
    fn instruction(&mut self, at: &mut At<'_>) -> Option<Outcome>;

    /// A metamethod that the observer has asked for by [`After::Metamethod`] has returned: what
    /// the instruction at `at` does with its first result. `None` for observers that only watch.
    fn complete(&mut self, at: &mut At<'_>, result: Value, note: u16) -> Option<Outcome> {
        let _ = (at, result, note);
        None
    }
}

/// What an instruction has come to.
pub type Outcome = Result<After, Raise>;

/// How to go on after an instruction. Registers are plain indices.
pub enum After {
    /// With the next instruction.
    Next,
    /// With the one after it.
    Skip,
    /// So many instructions from the next one on; a place to look at fuel.
    Jump(i32),
    /// With the next instruction, after the collector's turn; the object just made is in this
    /// register, and registers above it are free.
    Made(u16),
    /// Calls the value in register `window` with `arguments` values from `window + 2` on; results
    /// go where the instruction (CALL, TAILCALL, TFORCALL) says.
    Call {
        /// The function's register.
        window: u16,
        /// How many values follow it.
        arguments: usize,
    },
    /// The same, a Lua function taking over the frame.
    TailCall {
        /// The function's register.
        window: u16,
        /// How many values follow it.
        arguments: usize,
    },
    /// Calls `handler`; its first result goes to [`Observer::complete`] with the note (at most
    /// 10,000).
    Metamethod {
        /// The metamethod.
        handler: Value,
        /// What it is called with.
        arguments: Vec<Value>,
        /// A number for [`Observer::complete`].
        note: u16,
    },
    /// Calls the `__close` method of the last pending variable at this register or above, then
    /// executes the instruction again.
    CloseLast(u16),
    /// Returns `count` values from register `first` on.
    Return {
        /// Register of the first value.
        first: usize,
        /// Number of values.
        count: usize,
    },
}
