//! The operating system as programs see it.
//!
//! A host is anything that implements [`Host`]; every method has a default that gives nothing, so a
//! host of one's own overrides what it offers. Three are ready:
//!
//! * [`Null`] — nothing: no files, no clock, no environment; output is discarded
//! * [`Memory`] — files and environment in memory, a clock that stands still
//! * [`System`] — the real one, each capability off unless it is given (Unix, feature `system`)

mod guard;
mod memory;
#[cfg(all(unix, feature = "system"))]
mod system;

pub(crate) use guard::{Guarded, Output};
pub use luka_vm::host::{
    Buffering, Command, DateTime, ExitStatus, FileId, FileKind, FileSource, FileState, Finished,
    Fs, Host, HostError, HostResult, HostState, Lock, Metadata, NullHost as Null, Process,
    ProcessId, Redirect, Whence, Zone, calendar,
};
pub use memory::{Memory, View};
#[cfg(all(unix, feature = "system"))]
pub use system::{Console, Lost, System, at_line_start, describe};
