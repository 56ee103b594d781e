//! What ends with a frame, for native code.

use crate::value::Value;
use crate::vm::Vm;

/// Closes the upvalues of the frame with these registers, unless variables of it are to be closed: then it does
/// nothing, and the result is 1.
///
/// # Safety
/// Only native code calls this, in the frame.
pub(super) unsafe extern "C" fn close(vm: *mut Vm, base: *mut Value) -> u64 {
    // SAFETY: the caller.
    u64::from(unsafe { !(*vm).close_plain_frame(base) })
}
