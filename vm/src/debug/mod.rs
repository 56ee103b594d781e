//! What programs and messages are told about running code.
//!
//! * [`position`] — chunk names as shown, lines, the position in front of a message
//! * [`names`] — names for values and functions, found by reading the code around them
//! * [`definitions`] — what functions are called where they are written
//! * [`fault`] — errors as data, and their texts
//! * [`function_name`] — names of library functions
//! * [`info`] — activation records and functions as `debug.getinfo` describes them
//! * [`runs`] — where lines begin, and instructions, for debuggers
//! * [`locals`] — local variables, temporaries and variable arguments by number
//! * [`upvalues`] — upvalues by number
//! * [`traceback`] — the list of active functions
//! * [`error_site`] — what reports of errors may look at: values, variables
//! * [`hook`] — when a debug hook runs and what it is told
//!
//! The rules and texts are those of PUC Lua 5.4 (`ldebug.c`, `lauxlib.c`). Functions of a chunk
//! with the `native` flag pass for natives in all of them: no lines, no names, no upvalues.

pub mod definitions;
pub mod error_site;
pub mod fault;
mod function_name;
pub mod hook;
pub mod info;
pub mod locals;
pub mod names;
pub mod position;
pub mod runs;
pub mod traceback;
pub mod upvalues;

pub use fault::{Fault, FaultKind, Operand, Raised};
pub use hook::{HookAction, HookEvent};
pub use info::{Activation, FuncInfo};
pub use names::Name;

use crate::function::ProtoObj;
use crate::heap::Gc;
use crate::stack::FrameView;
use crate::value::Value;

/// The prototype of a function, unless it is (or passes for) a native.
pub(crate) fn visible_proto(func: Value) -> Option<Gc<ProtoObj>> {
    let proto = func.as_lua_fn()?.proto();
    (!proto.data.chunk.native).then_some(proto)
}

/// Prototype and instruction index of a frame, unless a native runs (or seems to run) in it.
pub(crate) fn visible_code(frame: &FrameView) -> Option<(Gc<ProtoObj>, usize)> {
    Some((visible_proto(frame.func)?, frame.pc?))
}
