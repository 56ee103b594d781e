//! Where native code makes objects.

use crate::vm::Vm;

/// The next free cell of a class, which stays free; null: a collection is due first when the cell is taken.
///
/// # Safety
/// Only native code calls this, with a class that there is.
pub(super) unsafe extern "C" fn free_cell(vm: *mut Vm, class: usize) -> *mut u8 {
    // SAFETY: the caller.
    let heap = unsafe { &mut (*vm).heap };
    if heap.cells.classes[class].next == heap.cells.classes[class].end {
        heap.open_hole(class);
    }
    let c = &heap.cells.classes[class];
    if heap.debt + c.cell as isize > 0 { std::ptr::null_mut() } else { c.next }
}
