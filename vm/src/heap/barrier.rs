//! Write barriers. While marking, no black object may refer to an unmarked one. In generational
//! mode that holds between collections as well: old objects that refer to young ones are listed.

use super::{Header, heap::Heap, mark};
use crate::object::function::Upval;
use crate::object::table::Table;
use crate::object::thread::Thread;
use crate::value::Value;

/// So many slots of changed tables may wait to be visited in one go, about half a millisecond's.
const MAX_GRAY_AGAIN_SLOTS: usize = 48 << 10;

/// Whether storing `child` in `parent` needs a call to a barrier: the inline test.
///
/// # Safety
/// `parent` is a live object.
#[inline(always)]
pub(crate) unsafe fn needs_barrier(parent: *const Header, child: Value) -> bool {
    // SAFETY: The caller: `parent` is live, so its header may be read.
    unsafe { (*parent).marked & mark::BLACK != 0 && child.is_heap() }
}

impl Heap {
    /// Forward barrier: `child` was stored in `parent` (an upvalue, a metatable slot, userdata).
    ///
    /// # Safety
    /// `parent` and `child` are live.
    #[inline(always)]
    pub(crate) unsafe fn barrier(&mut self, parent: *mut Header, child: Value) {
        // SAFETY: Both objects are live (the caller), and a heap value's payload is its object's
        // address.
        unsafe {
            if needs_barrier(parent, child) {
                self.barrier_slow(parent, child.payload as usize as *mut Header);
            }
        }
    }

    #[inline(never)]
    pub(crate) unsafe fn barrier_slow(&mut self, parent: *mut Header, child: *mut Header) {
        // SAFETY: Both objects are live: the callers' contract.
        unsafe {
            if self.tracks_stores_to(parent) {
                self.mark_object(child);
            }
        }
    }

    /// Backward barrier: `child` was stored in a table, which will be visited again.
    ///
    /// # Safety
    /// The table is live.
    #[inline(always)]
    pub(crate) unsafe fn barrier_back(&mut self, t: *mut Table, child: Value) {
        // SAFETY: The table is live (the caller), and an object begins with its header.
        unsafe {
            if needs_barrier(t as *const Header, child) {
                self.barrier_back_slow(t, child);
            }
        }
    }

    /// The table, which is black, becomes gray again. For a big one, or when the tables to visit
    /// again have many slots already, `child` is marked instead: another visit would take too long.
    ///
    /// # Safety
    /// The table is live and black, the value an object.
    #[inline(never)]
    pub(crate) unsafe fn barrier_back_slow(&mut self, t: *mut Table, child: Value) {
        // SAFETY: The table is live (the caller), and an object begins with its header.
        unsafe {
            let o = t as *mut Header;
            if !self.tracks_stores_to(o) {
                return;
            }
            let slots = self.gray_again_slots + (*t).asize as usize + (*t).node_mask as usize + 4;
            if (*t).is_big() || slots > MAX_GRAY_AGAIN_SLOTS {
                self.mark_value(child);
            } else {
                self.gray_again_slots = slots;
                (*o).marked &= !mark::BLACK;
                self.push_gray_again(o);
            }
        }
    }

    /// A thread will run, or something is stored in it: the collector looks at it (again), since
    /// further stores to its stack have no barrier.
    ///
    /// # Safety
    /// The thread is live.
    #[inline(always)]
    pub(crate) unsafe fn touch_thread(&mut self, t: *mut Thread) {
        // SAFETY: the thread is live (the caller), and an object begins with its header.
        unsafe {
            let o = t as *mut Header;
            if (*o).marked & mark::BLACK != 0 && self.tracks_stores_to(o) {
                (*o).marked &= !mark::BLACK;
                self.push_gray_again(o);
            }
        }
    }

    /// Whether a store to a black object matters. If it does not, because the object is black from
    /// an older epoch or because nothing is being marked, it is black no more, which saves further
    /// questions.
    #[inline(always)]
    unsafe fn tracks_stores_to(&self, parent: *mut Header) -> bool {
        // SAFETY: the callers' object is live.
        unsafe {
            debug_assert!((*parent).marked & mark::BLACK != 0);
            let tracked = (*parent).marked & self.epoch != 0
                && (self.pacer.generational || self.state.keeps_invariant());
            if !tracked {
                (*parent).marked &= !mark::BLACK;
            }
            tracked
        }
    }

    /// Closes an open upvalue: it takes over the value of its slot. The caller takes it out of
    /// its thread's list.
    ///
    /// # Safety
    /// `uv` is live and open.
    #[inline]
    pub(crate) unsafe fn close_upvalue(&mut self, uv: *mut Upval) {
        // SAFETY: The upvalue is live and open (the caller): `v` points to a slot of its thread's
        // stack, and afterwards into the upvalue itself, which never moves.
        unsafe {
            let v = *(*uv).v;
            (*uv).closed = v;
            (*uv).v = &raw mut (*uv).closed;
            (*uv).next_open = std::ptr::null_mut();
            let marked = (*uv).hdr.marked;
            if marked & self.epoch != 0 {
                // Open upvalues are kept gray; a closed one is black, its value marked.
                (*uv).hdr.marked = marked | mark::BLACK;
                self.barrier(uv as *mut Header, v);
            }
        }
    }
}
