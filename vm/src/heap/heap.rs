//! Allocation and accounting.

use super::{Gc, Header};
use crate::error::Raise;
use crate::function::{LuaFn, NativeObj, ProtoData, ProtoObj, Upval};
use crate::native::Native;
use crate::string::Str;
use crate::table::Table;
use crate::thread::Thread;
use crate::userdata::Userdata;
use crate::value::Value;

/// All objects of a VM.
pub struct Heap {
    /// Head of the list of all objects without finalizer.
    pub(crate) all: *mut Header,
    /// Bytes in use, nominal sizes (equal on every target).
    pub(crate) bytes: usize,
    /// Bytes allocated since the last step minus what the step may wait for; a safepoint with
    /// `debt > 0` runs a step.
    pub(crate) debt: isize,
    pub(crate) current_white: u8,
    // the collector's and the interner's own fields follow
}
