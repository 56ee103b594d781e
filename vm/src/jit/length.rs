//! The length of a table, for native code.

use crate::object::Gc;
use crate::table::Table;

/// `#t`, without metamethods.
///
/// # Safety
/// Only native code calls this; the table is live.
pub(super) unsafe extern "C" fn length(t: *mut Table) -> i64 {
    // SAFETY: the caller.
    unsafe { Gc::from_ptr(t) }.len()
}
