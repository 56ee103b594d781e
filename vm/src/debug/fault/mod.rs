//! Errors of the machine as data ([`Fault`]): making them, and what becomes of them.
//!
//! * [`raise`] — how instructions and natives make faults, and errors of faults
//! * [`in_flight`] — faults that travel: under a message handler or a `__close` method, out of a
//!   coroutine
//!
//! A program sees the message only. Hosts ask [`Vm::raised_error`](crate::Vm::raised_error) inside
//! a message handler or after a failed run.

pub mod in_flight;
pub(crate) mod raise;

pub use crate::object::fault::{
    BadArgument, FailedCoroutine, Fault, FaultKind, FaultOperand, FaultSite, ForPart, Operand,
    Problem, Raised,
};
