//! Objects with finalizers: registering, separating the unreachable, handing them out.

use super::gc::State;
use super::heap::Heap;
use super::{Gc, Header, mark};
use crate::meta::Event;
use crate::table::Table;
use crate::value::Value;

impl Heap {
    /// Called when `o` gets a metatable: if that has a `__gc`, the object moves to the list of
    /// objects with finalizers. The field's value is looked up again when it is called.
    ///
    /// # Safety
    /// Both are live; `o` is a table or userdata.
    pub(crate) unsafe fn check_finalizer(&mut self, o: *mut Header, meta: Gc<Table>) {
        // SAFETY: The caller: `o` is live.
        unsafe {
            if (*o).marked & mark::FINALIZER != 0
                || self.is_closing()
                || meta.metamethod(Event::Gc, self.gc_name).is_nil()
            {
                return;
            }
            self.register_finalizer(o);
        }
    }

    #[cold]
    #[inline(never)]
    unsafe fn register_finalizer(&mut self, o: *mut Header) {
        // SAFETY: The caller: `o` is live, and as it has no finalizer yet it is in the list of all
        // objects, whose links are intact.
        unsafe {
            // Find the object; new ones are near the front.
            let mut prev: *mut Header = std::ptr::null_mut();
            let mut at = self.all;
            while at != o {
                debug_assert!(!at.is_null());
                if at.is_null() {
                    return;
                }
                prev = at;
                at = (*at).next;
            }
            if prev.is_null() {
                self.all = (*o).next;
            } else {
                (*prev).next = (*o).next;
            }
            if !self.state.keeps_invariant() {
                // It counts as swept, wherever the sweep stands.
                self.whiten(o);
                if self.state == State::SweepAll && self.sweep_prev == o {
                    self.sweep_prev = prev;
                }
            }
            (*o).next = self.with_finalizer;
            self.with_finalizer = o;
            (*o).marked |= mark::FINALIZER;
        }
    }

    /// Moves unreachable (or all) objects with finalizers to the queue of those to be finalized:
    /// the last registered first.
    pub(crate) unsafe fn separate_unreachable(&mut self, all: bool) {
        // SAFETY: The list is the heap's own: its links are intact and its objects not yet freed.
        unsafe {
            let mut prev: *mut Header = std::ptr::null_mut();
            let mut o = self.with_finalizer;
            while !o.is_null() {
                let next = (*o).next;
                if all || (*o).marked & mark::WHITES != 0 {
                    if prev.is_null() {
                        self.with_finalizer = next;
                    } else {
                        (*prev).next = next;
                    }
                    (*o).next = std::ptr::null_mut();
                    self.to_finalize.push_back(o);
                } else {
                    prev = o;
                }
                o = next;
            }
        }
    }

    /// For the end of the state: every object with a finalizer is to be finalized, reachable or
    /// not, and none can be registered any more.
    pub fn separate_all(&mut self) {
        self.enter_closing();
        if self.state == State::SweepFinalizers {
            // The list is emptied: nothing is left to sweep in it.
            self.sweep_prev = std::ptr::null_mut();
        }
        // SAFETY: the list is the heap's own.
        unsafe { self.separate_unreachable(true) };
    }

    /// Whether objects wait for their finalizers to be called.
    #[inline(always)]
    pub fn has_finalizers(&self) -> bool {
        !self.to_finalize.is_empty()
    }

    /// The next object whose `__gc` is to be called, if it still has one. It is an ordinary object
    /// again, and may be registered again.
    pub fn take_finalizer(&mut self) -> Option<Value> {
        let o = self.to_finalize.pop_front()?;
        // SAFETY: objects in the queue are live and in no other list.
        unsafe {
            (*o).next = self.all;
            self.all = o;
            (*o).marked &= !mark::FINALIZER;
            if !self.state.keeps_invariant() {
                self.whiten(o);
            }
            Some(Value { payload: o as u64, tag: (*o).kind })
        }
    }
}
