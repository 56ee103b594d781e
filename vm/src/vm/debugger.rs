//! Who may stop a program before marked instructions and at errors, and what the machine keeps for it.
//!
//! A mark is the bit of a linked opcode that also says where native code begins: whoever reads code
//! already looks through it, so marks are in no image, snapshot, listing or message, and instructions
//! without one cost what they always do. Native code is left before a marked instruction, and there is
//! none while all instructions are marked.

use super::Vm;
use super::handler::Table;
use crate::error::Raise;
use crate::object::proto::ProtoData;
use crate::value::Value;

/// Decides where a program stops. It only looks: the machine it is shown must not be changed.
pub trait Debugger: Send {
    /// The instructions of a function before which [`Debugger::reached`] is asked. Numbers beyond the
    /// function's code are ignored.
    fn marks(&mut self, function: &ProtoData) -> Vec<usize>;

    /// A marked instruction of the running function is executed next. True: the machine stops before
    /// it.
    fn reached(&mut self, vm: &Vm) -> bool;

    /// An error is about to leave the running function; its frames are all there. True: the machine
    /// stops, and goes on with the error when it is resumed.
    fn raised(&mut self, vm: &Vm, error: Value, caught: Caught) -> bool;
}

/// What becomes of an error.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Caught {
    /// `pcall`, `xpcall`, `coroutine.resume` or another function of the library catches it.
    Program,
    /// It is a finalizer's: it becomes a warning.
    Finalizer,
    /// It ends the program.
    Nobody,
}

/// Why the machine has stopped for a debugger.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stop {
    /// A marked instruction is executed next.
    Mark,
    /// An error is on its way.
    Error,
}

/// What a machine with a debugger keeps.
pub(crate) struct Debugging {
    pub(crate) debugger: Box<dyn Debugger>,
    /// All instructions are marked.
    pub(crate) everywhere: bool,
    /// The handlers in use: those of `under`, with the marks.
    pub(crate) table: Box<Table>,
    /// The handlers that execute instructions.
    pub(crate) under: *const Table,
    /// The instruction before which the debugger was asked last, and the total of fuel then.
    pub(crate) asked: (usize, i64),
    /// The error at which the machine has stopped.
    pub(crate) raise: Option<Raise>,
    /// Why it has stopped.
    pub(crate) stop: Stop,
}

impl Vm {
    /// Why the machine has stopped for its debugger, after [`Outcome::Stopped`](crate::Outcome::Stopped).
    pub fn stop_reason(&self) -> Option<Stop> {
        self.debugging.as_ref().map(|d| d.stop)
    }

    /// The error at which the machine has stopped.
    pub fn stopped_error(&self) -> Option<Value> {
        match self.debugging.as_ref()?.raise.as_ref()? {
            Raise::Error(value) => Some(*value),
            Raise::Memory => Some(self.memory_message.into()),
            Raise::InHandler => Some(self.in_handler_message.into()),
            Raise::Exit { .. } => None,
        }
    }
}
