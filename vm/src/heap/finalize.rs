//! Objects with finalizers: registering, separating the unreachable, handing them out.

use super::heap::Heap;
use super::{Gc, Header, mark};
use crate::meta::Event;
use crate::object::table::Table;
use crate::value::Value;

impl Heap {
    /// Called when `o` gets a metatable: if that has a `__gc`, the object joins those with
    /// finalizers. The field's value is looked up again when it is called.
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
        // SAFETY: The caller: `o` is live.
        unsafe { (*o).marked |= mark::FINALIZER };
        let list = &mut self.with_finalizer;
        let some = list.len() / 16 + 64;
        if list.try_reserve(1).is_err() && list.try_reserve_exact(some).is_err() {
            // The system can append to a long list without a copy: the reserve is enough for some.
            self.use_reserve();
            if self.with_finalizer.try_reserve_exact(some).is_err() {
                self.with_finalizer.reserve_exact(64);
            }
        }
        self.with_finalizer.push(o);
    }

    /// Moves unreachable (or all) objects with finalizers from position `from` on to the queue of
    /// those to be finalized: the last registered first.
    ///
    /// # Safety
    /// What is reachable is marked.
    pub(crate) unsafe fn separate_unreachable(&mut self, from: usize, all: bool) {
        let epoch = self.epoch;
        // SAFETY: The list holds objects that are not freed before they have left it.
        let goes = |o: *mut Header| all || unsafe { (*o).marked } & epoch == 0;
        let count = self.with_finalizer[from..].iter().filter(|o| goes(**o)).count();
        if self.to_finalize.try_reserve(count).is_err() {
            // Without memory to list them, they live until the next collection.
            for i in from..self.with_finalizer.len() {
                // SAFETY: as above.
                unsafe { self.mark_object(self.with_finalizer[i]) };
            }
            return;
        }
        let new = &self.with_finalizer[from..];
        self.to_finalize.extend(new.iter().rev().filter(|o| goes(**o)));
        let mut kept = from;
        for i in from..self.with_finalizer.len() {
            if !goes(self.with_finalizer[i]) {
                self.with_finalizer[kept] = self.with_finalizer[i];
                kept += 1;
            }
        }
        self.with_finalizer.truncate(kept);
    }

    /// For the end of the state: every object with a finalizer is to be finalized, reachable or
    /// not, and none can be registered any more.
    pub fn separate_all(&mut self) {
        self.enter_closing();
        // SAFETY: everything is taken, marked or not.
        unsafe { self.separate_unreachable(0, true) };
        self.finalizers_old = 0;
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
        // SAFETY: objects in the queue are live.
        unsafe {
            (*o).marked &= !mark::FINALIZER;
            Some(Value { payload: o as u64, tag: (*o).kind })
        }
    }
}
