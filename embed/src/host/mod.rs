//! The operating system as programs see it.
//!
//! A host is anything that implements [`Host`]; every method has a default that gives nothing, so a
//! host of one's own overrides what it offers. Three are ready:
//!
//! * [`Null`] — nothing: no files, no clock, no environment; output is discarded
//! * [`Memory`] — files and environment in memory, a clock that stands still
//! * [`System`] — the real one, each capability off unless it is given (Unix, feature `system`)

#[cfg(all(target_os = "linux", feature = "system"))]
#[allow(unsafe_code)]
mod code;
mod guard;
mod memory;
#[cfg(all(unix, feature = "system"))]
mod system;

#[cfg(all(target_os = "linux", feature = "system"))]
pub use code::code_pages;
/// So many bytes of memory for machine code: this build gives none.
#[cfg(not(all(target_os = "linux", feature = "system")))]
pub fn code_pages(_bytes: usize) -> Option<Box<dyn CodeMemory>> {
    None
}

pub(crate) use guard::{Guarded, Output};
pub use luka_vm::host::{
    Buffering, CodeMemory, Command, DateTime, ExitStatus, FileId, FileKind, FileSource, FileState,
    Finished, Fs, Host, HostError, HostResult, HostState, Lock, Metadata, NO_TLS, Net,
    NullHost as Null, Process, ProcessId, Ready, Redirect, SocketId, SocketKind, SocketOption,
    TlsSession, TlsSettings, TlsVerify, TlsVersion, Whence, Zone, calendar,
};
pub use memory::{Memory, View};
#[cfg(all(unix, feature = "system"))]
pub use system::{Console, Lost, System, at_line_start, describe};
