//! The collector is told of stores that native code does.

use crate::heap::Header;
use crate::table::Table;
use crate::value::Value;
use crate::vm::Vm;

/// What something is stored in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Parent {
    Element,
    Field,
    Upvalue,
}

impl Parent {
    /// What [`barrier`] is given for a value with this tag.
    pub fn code(self, tag: u8) -> i64 {
        (self as i64) << 8 | i64::from(tag)
    }
}

/// A value is stored in an object that is black: what the interpreter's handlers do then.
///
/// # Safety
/// Only native code calls this. `parent` is a live table or upvalue, as `kind` says, and `payload` and
/// the low byte of `kind` are a value.
pub(super) unsafe extern "C" fn barrier(vm: *mut Vm, parent: *mut Header, payload: u64, kind: u32) {
    let child = Value { payload, tag: kind as u8 };
    // SAFETY: the caller.
    unsafe {
        let heap = &mut (*vm).heap;
        match kind >> 8 {
            k if k == Parent::Upvalue as u32 => heap.barrier(parent, child),
            k => {
                if k == Parent::Field as u32 && child.is_heap() {
                    (*parent).flags = 0;
                }
                heap.barrier_back(parent as *mut Table, child);
            }
        }
    }
}
