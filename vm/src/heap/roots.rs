//! Where marking starts.

use super::{Gc, Header, heap::Heap};
use crate::object::fault::Raised;
use crate::object::table::Table;
use crate::object::thread::Thread;

/// Where marking starts, besides what the heap itself holds on to.
pub(crate) struct Roots<'a> {
    /// The running thread and the main thread.
    pub threads: &'a [Gc<Thread>],
    pub tables: &'a [Gc<Table>],
    pub type_meta: &'a [Option<Gc<Table>>],
    /// An error on its way.
    pub raised: Option<&'a Raised>,
}

impl Roots<'_> {
    pub(crate) fn mark(&self, heap: &mut Heap) {
        // SAFETY: roots are live objects.
        unsafe {
            for t in self.threads {
                heap.mark_value((*t).into());
            }
            for t in self.tables {
                heap.mark_value((*t).into());
            }
            for t in self.type_meta.iter().flatten() {
                heap.mark_value((*t).into());
            }
            for v in self.raised.iter().flat_map(|raised| raised.values()) {
                heap.mark_value(v);
            }
            for i in 0..heap.pinned.len() {
                heap.mark_value(heap.pinned[i]);
            }
            for i in 0..heap.host_roots.values().len() {
                heap.mark_value(heap.host_roots.values()[i]);
            }
            for i in 0..heap.covered.len() {
                heap.mark_object(heap.covered[i].as_ptr() as *mut Header);
            }
            for i in 0..heap.to_finalize.len() {
                heap.mark_object(heap.to_finalize[i]);
            }
            for i in 0..heap.fixed.len() {
                heap.mark_object(heap.fixed[i]);
            }
        }
    }
}
