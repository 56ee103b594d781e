//! The virtual machine: values, heap, tables, the stackless interpreter, coroutines, debug.
//!
//! See docs/architecture.md for the invariants. `unsafe` lives in the rooms that define value
//! representation, heap objects, stacks and the interpreter, and in the two doors natives come
//! through to them ([`api`], [`userdata`]); every other module denies it.
#![deny(unsafe_code)]

#[allow(unsafe_code)]
pub mod api;
pub mod config;
pub mod debug;
pub mod error;
#[allow(unsafe_code)]
pub mod function;
#[allow(unsafe_code)]
pub mod heap;
pub mod host;
#[allow(unsafe_code)]
pub mod interp;
pub mod libm;
pub mod meta;
pub mod native;
#[allow(unsafe_code)]
pub mod string;
#[allow(unsafe_code)]
pub mod table;
#[allow(unsafe_code)]
pub mod thread;
#[allow(unsafe_code)]
pub mod userdata;
#[allow(unsafe_code)]
pub mod value;
#[allow(unsafe_code)]
pub mod vm;
pub mod warn;

pub use config::Config;
pub use error::Raise;
pub use function::{LuaFn, NativeObj, ProtoObj, Upval};
pub use heap::Gc;
pub use host::{Host, LoadError, Loader};
pub use meta::Event;
pub use native::{Action, Native, NativeFn, NativeResult};
pub use string::Str;
pub use table::Table;
pub use thread::Thread;
pub use userdata::Userdata;
pub use value::{Type, Value};
pub use vm::Vm;
