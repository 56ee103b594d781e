//! The virtual machine: values, heap, tables, the stackless interpreter, coroutines, debug.
//!
//! See docs/architecture.md for the invariants. `unsafe` lives in the rooms that define value
//! representation, heap objects and the interpreter; every other module denies it.

pub mod api;
pub mod config;
pub mod debug;
pub mod error;
pub mod function;
pub mod heap;
pub mod host;
pub mod interp;
pub mod meta;
pub mod native;
pub mod string;
pub mod table;
pub mod thread;
pub mod userdata;
pub mod value;
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
