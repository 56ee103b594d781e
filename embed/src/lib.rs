//! Luka as a library: Lua 5.4 programs, and those of its superset, inside a Rust program.
//!
//! ```
//! use luka::{Registry, Vm};
//!
//! let mut vm = Vm::builder(&Registry::default()).build()?;
//! let n: i64 = vm.eval("local a, b = ... return a * b", (6, 7))?;
//! assert_eq!(n, 42);
//! # Ok::<(), luka::Error>(())
//! ```
//!
//! * [`Registry`] — what programs find besides the language: libraries, host functions, userdata
//!   types, modules; made once and shared by all machines
//! * [`Vm`] — one machine: its globals, its limits, what runs in it
//! * [`Budget`] and [`Outcome`] — how long it may run, and why it stopped
//! * [`Table`], [`Function`], [`Thread`], [`Str`], [`Userdata`] — owned handles of values in a machine
//! * [`FromLua`] and [`IntoLua`] — conversions; [`Look`] — a value as it is, for those who show it
//! * [`host`] — the operating system as programs see it: nothing unless given
//!
//! No function of this crate that is called from safe code can make the process misbehave: a handle
//! keeps its value alive, a handle of another machine is an error, a panic in a host function
//! becomes an error of the program, and no host function runs the machine that called it.

#![deny(unsafe_code)]
#![warn(missing_docs)]

#[cfg(feature = "async")]
mod asynchronous;
mod budget;
mod builder;
mod call;
mod chunk;
mod convert;
mod cx;
#[cfg(feature = "derive")]
#[doc(hidden)]
pub mod derive;
mod error;
mod function;
mod handle;
pub mod host;
mod look;
#[cfg(doctest)]
mod misuse;
mod native;
mod registry;
mod reload;
mod reports;
mod run;
#[cfg(feature = "serde")]
mod serde;
mod snapshot;
mod state;
mod string;
mod table;
mod thread;
#[cfg(feature = "toolchain")]
#[doc(hidden)]
pub mod toolchain;
mod userdata;
mod value;
mod vm;

/// The guide's code blocks, as tests.
#[cfg(doctest)]
#[doc = include_str!("../../docs/embedding.md")]
struct Guide;

#[doc(hidden)]
pub use native::natives;

#[cfg(feature = "async")]
pub use asynchronous::Yields;
pub use budget::{Budget, Flag};
pub use builder::VmBuilder;
pub use call::{Call, CallId, HostCall, Next};
pub use chunk::{Chunk, CompileError};
pub use convert::{
    Arg, Bytes, FromLua, FromValues, FromValues as FromArgs, FromValues as FromResults, IntoLua,
    IntoNext, IntoValues, IntoValues as IntoArgs, IntoValues as IntoResults, RawValue, ValueList,
    ValueStack, Values,
};
pub use cx::Cx;
pub use error::{Error, ErrorKind, Level, Result};
pub use function::{Declaration, Function};
pub use look::{FunctionInfo, Look};
pub use luka_compiler::Std;
#[cfg(feature = "derive")]
pub use luka_derive::{FromLua, IntoLua};
pub use luka_report::Style;
pub use luka_stdlib::Libs;
pub use luka_vm::Jit;
pub use luka_vm::heap::reserve::ReservingAllocator;
pub use registry::{Module, Registry, RegistryBuilder};
pub use reload::{Reloaded, Unmatched};
pub use reports::Reports;
pub use run::Outcome;
pub use snapshot::{
    Checkpoint, Rebind, Restore, Restored, Snapshot, SnapshotError, SnapshotErrorKind, Unsavable,
};
pub use string::Str;
pub use table::Table;
pub use thread::{Status, Thread};
pub use userdata::{AnyUserdata, Methods, UserData, Userdata};
pub use value::{Type, Value};
pub use vm::Vm;
