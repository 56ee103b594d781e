//! The virtual machine: values, heap, tables, the stackless interpreter, coroutines, debug.
//!
//! See docs/architecture.md for the invariants.
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
#[allow(unsafe_code)]
pub mod object;
#[allow(unsafe_code)]
pub mod run;
#[allow(unsafe_code)]
pub mod stack;
#[allow(unsafe_code)]
pub mod table;
#[allow(unsafe_code)]
pub mod userdata;
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
pub use object::native::{self, Action, Native, NativeResult};
pub use object::string::Str;
pub use object::thread::Thread;
pub use table::Table;
pub use userdata::Userdata;
pub use value::{Type, Value};
pub use vm::Vm;
pub use vm::exit::Outcome;
pub use vm::native::NativeFn;
