//! Marking without memory. The collector's lists grow while it works, and it works hardest when the
//! system has no memory left. An object that cannot be listed stays gray, and is *lost*: the atomic
//! phase looks for gray objects in the whole heap until none was lost any more. A weak table that cannot
//! be listed counts as strong for this cycle.

use super::gc::State;
use super::heap::Heap;
use super::{Header, edges, mark};
use crate::object::function::Upval;
use crate::object::table::Table;
use crate::value::tag;

/// Objects that the gray list has memory for in any case: each walk gets further by that many.
pub(super) const LEAST: usize = 256;

/// Appends to a list; false if there is no memory for it.
#[inline(always)]
pub(super) fn list<T>(list: &mut Vec<T>, item: T) -> bool {
    if list.len() == list.capacity() && !has_room(list) {
        return false;
    }
    list.push(item);
    true
}

#[cold]
#[inline(never)]
fn has_room<T>(list: &mut Vec<T>) -> bool {
    #[cfg(test)]
    if tests::REFUSE.get() {
        return false;
    }
    list.try_reserve(1).is_ok()
}

impl Heap {
    /// An object that is marked and is to be visited.
    #[inline(always)]
    pub(super) fn push_gray(&mut self, o: *mut Header) {
        if !list(&mut self.gray, o) {
            self.lost = true;
        }
    }

    /// A gray object that is to be visited (again) in the atomic phase.
    #[inline(always)]
    pub(super) fn push_gray_again(&mut self, o: *mut Header) {
        if !list(&mut self.gray_again, o) {
            self.lost = true;
        }
    }

    /// Visits the gray objects that were lost; returns the work done.
    ///
    /// # Safety
    /// The state is atomic; marked objects are live.
    #[cold]
    #[inline(never)]
    pub(super) unsafe fn visit_lost(&mut self) -> usize {
        debug_assert!(self.state == State::Atomic);
        let mut work = 0;
        while std::mem::take(&mut self.lost) {
            // Each walk marks what has not been marked before, or nothing is lost any more.
            // SAFETY: marked objects are live (the caller), and `kind` says what they are; visits make
            // and free none.
            unsafe {
                self.each_object(|heap, o| {
                    let (kind, marked) = ((*o).kind, (*o).marked);
                    work += 1;
                    if marked & heap.epoch == 0 || marked & mark::BLACK != 0 || kind <= tag::LSTR {
                        return;
                    }
                    if kind == tag::UPVAL {
                        heap.mark_value(*(*(o as *mut Upval)).v);
                    } else {
                        work += heap.visit(o);
                    }
                    work += heap.drain_gray();
                });
            }
        }
        work
    }

    /// Calls `f` with the open upvalues that are marked, where they could not be listed.
    ///
    /// # Safety
    /// The state is atomic.
    pub(super) unsafe fn each_lost_upvalue(&mut self, f: unsafe fn(&mut Heap, *mut Upval)) {
        if self.lost_upvals {
            // SAFETY: objects exist, and `kind` says what they are; `f` marks and closes.
            unsafe {
                self.each_object(|heap, o| {
                    let uv = o as *mut Upval;
                    let marked = (*o).marked & heap.epoch != 0;
                    if marked && (*o).kind == tag::UPVAL && Upval::is_open(uv) {
                        f(heap, uv);
                    }
                });
            }
        }
    }

    /// A weak table that cannot be listed for clearing is strong for this cycle.
    ///
    /// # Safety
    /// The state is atomic, the table live.
    #[cold]
    pub(super) unsafe fn visit_as_strong(&mut self, t: *mut Table) {
        // SAFETY: the table is live (the caller); slots and nodes are reached within their counts.
        unsafe {
            (*t).hdr.marked |= mark::BLACK;
            edges::array_slots(t, 0, (*t).asize as usize, self);
            edges::table_nodes(t, 0, (*t).node_count(), self);
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::cell::Cell;

    thread_local! {
        /// No list gets more memory.
        pub static REFUSE: Cell<bool> = const { Cell::new(false) };
    }
}
