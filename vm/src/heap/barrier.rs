//! Write barriers: no black object may refer to a white one while marking.

use super::{Header, heap::Heap, mark};
use crate::function::Upval;
use crate::table::Table;
use crate::value::Value;

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
            if (*child).marked & mark::WHITES == 0 {
                return;
            }
            if self.state.keeps_invariant() {
                self.mark_object(child);
            } else {
                // While sweeping: the parent is swept ahead of time, which saves more barriers.
                self.whiten(parent);
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
                self.barrier_back_slow(t);
            }
        }
    }

    /// The table, which is black, becomes gray again.
    ///
    /// # Safety
    /// The table is live and black.
    #[inline(never)]
    pub(crate) unsafe fn barrier_back_slow(&mut self, t: *mut Table) {
        // SAFETY: The table is live (the caller), and an object begins with its header.
        unsafe {
            let o = t as *mut Header;
            debug_assert!((*o).marked & mark::BLACK != 0);
            if self.state.keeps_invariant() {
                (*o).marked &= !(mark::BLACK | mark::WHITES);
                self.gray_again.push(o);
            } else {
                self.whiten(o);
            }
        }
    }

    /// Paints an object with the current white.
    ///
    /// # Safety
    /// The object is live.
    #[inline(always)]
    pub(crate) unsafe fn whiten(&mut self, o: *mut Header) {
        // SAFETY: The object is live (the caller).
        unsafe {
            (*o).marked = (*o).marked & !(mark::WHITES | mark::BLACK) | self.current_white;
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
            if marked & mark::WHITES == 0 {
                // Open upvalues are kept gray; a closed one is black, its value marked.
                (*uv).hdr.marked = marked | mark::BLACK;
                self.barrier(uv as *mut Header, v);
            }
        }
    }
}
