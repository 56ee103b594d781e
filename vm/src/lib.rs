//! The virtual machine: values, heap, tables, the stackless interpreter, coroutines, debug.
//!
//! See docs/architecture.md for the invariants.
//!
//! # Layers
//! The folders and files of `src`, the lowest first. A file uses its own layer and those above it in
//! this table, never those below it (kept by `tests/tests/layers.rs`).
//!
//! | layer | what it is |
//! |---|---|
//! | `libm` | elementary functions, correctly rounded |
//! | `meta` | metamethod events |
//! | `host` | what the machine asks of the operating system and the compiler |
//! | `config` | limits and seeds |
//! | `value` | values, numbers and their texts |
//! | `error` | errors on their way up |
//! | `object` | heap objects: layout, and reading them |
//! | `heap` | memory, accounting, making objects, the collector |
//! | `table` | storing in tables, their sizes, traversal, sorting |
//! | `userdata` | buffers and metatables of userdata |
//! | `function` | linking of code, prototypes, upvalues, images of functions |
//! | `vm` | the machine's own data |
//! | `stack` | frames and their links, growth, the collector's roots |
//! | `debug` | what is said about running code: names, positions, faults, hooks |
//! | `api` | what natives use: arguments, results, checks |
//! | `warn` | the warning system |
//! | `interp` | the interpreter, coroutines, unwinding |
//! | `jit` | native code for what runs often |
//! | `run` | the host's side: machines made, run, closed |
//! | `snapshot` | machines as bytes |
#![deny(unsafe_code)]
#![warn(missing_docs)]
// A new opcode, frame kind or status must not fall into an arm made for others.
#![deny(clippy::wildcard_enum_match_arm)]

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
#[allow(unsafe_code)]
pub mod jit;
pub mod libm;
pub mod meta;
#[allow(unsafe_code)]
pub mod object;
#[allow(unsafe_code)]
pub mod run;
#[allow(unsafe_code)]
pub mod snapshot;
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

pub use config::{Config, Jit};
pub use error::Raise;
pub use function::{LuaFn, NativeObj, ProtoObj, Upval};
pub use heap::Gc;
pub use host::{Host, LoadError, LoadLimits, Loader};
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
