//! Sweeping: freeing what stayed white, whitening the rest.

use super::gc::State;
use super::heap::Heap;
use super::marker::prefetch;
use super::{Header, mark, objects};

impl Heap {
    /// Begins the sweep: strings first, then the lists.
    pub(crate) fn enter_sweep(&mut self) {
        self.state = State::SweepStrings;
        self.sweep_bucket = 0;
        self.sweep_prev = std::ptr::null_mut();
    }

    /// Sweeps up to `batch` objects or buckets, or goes on to the next state. Returns the work.
    pub(crate) fn sweep_step(&mut self, batch: usize) -> usize {
        match self.state {
            State::SweepStrings => {
                let end = (self.sweep_bucket + batch).min(self.strings.buckets.len());
                // SAFETY: the chains hold what the string table owns.
                let work = unsafe { self.sweep_buckets(end) };
                if end == self.strings.buckets.len() {
                    self.state = State::SweepAll;
                    self.sweep_prev = std::ptr::null_mut();
                }
                work
            }
            State::SweepAll => {
                // SAFETY: the list is the heap's own.
                let (work, done) = unsafe { self.sweep_list(batch) };
                if done {
                    self.state = State::SweepFinalizers;
                    self.sweep_prev = std::ptr::null_mut();
                }
                work
            }
            _ => {
                // SAFETY: as above.
                let (work, done) = unsafe { self.sweep_list(batch) };
                if done {
                    self.state = State::SweepPending;
                    self.sweep_prev = std::ptr::null_mut();
                }
                work
            }
        }
    }

    /// The string table is about to be rebuilt: what is left of its sweep happens now.
    pub(crate) fn finish_string_sweep(&mut self) {
        if self.state == State::SweepStrings {
            let end = self.strings.buckets.len();
            // SAFETY: the chains hold what the string table owns.
            unsafe { self.sweep_buckets(end) };
            self.state = State::SweepAll;
            self.sweep_prev = std::ptr::null_mut();
        }
    }

    unsafe fn sweep_buckets(&mut self, end: usize) -> usize {
        let mut work = 0;
        while self.sweep_bucket < end {
            let b = self.sweep_bucket;
            self.sweep_bucket += 1;
            work += 1;
            // The heads of chains further on are on their way meanwhile.
            if let Some(&ahead) = self.strings.buckets.get(b + 8) {
                prefetch(ahead as *const u8);
            }
            // SAFETY: The chains hold what the string table owns; a string is unlinked before it is
            // freed, and a dead one is in use nowhere, as marking has found.
            unsafe {
                let mut link: *mut *mut Header = &raw mut self.strings.buckets[b];
                while !(*link).is_null() {
                    let o = *link;
                    work += 1;
                    if self.is_dead((*o).marked) {
                        *link = (*o).next;
                        objects::free_object(self, o);
                    } else {
                        if (*o).marked & mark::FIXED == 0 {
                            self.whiten(o);
                        }
                        link = &raw mut (*o).next;
                    }
                }
            }
        }
        work
    }

    /// Head of the list being swept.
    fn sweep_head(&mut self) -> &mut *mut Header {
        if self.state == State::SweepAll { &mut self.all } else { &mut self.with_finalizer }
    }

    /// Sweeps up to `batch` objects from `sweep_prev` on; the flag says that the list is done.
    unsafe fn sweep_list(&mut self, batch: usize) -> (usize, bool) {
        // SAFETY: The list is the heap's own and `sweep_prev` one of its objects or null; an object
        // is unlinked before it is freed, and a dead one is in use nowhere, as marking has found.
        unsafe {
            let mut prev = self.sweep_prev;
            let mut o = if prev.is_null() { *self.sweep_head() } else { (*prev).next };
            let mut n = 0;
            while n < batch && !o.is_null() {
                n += 1;
                let next = (*o).next;
                let marked = (*o).marked;
                if self.is_dead(marked) {
                    if prev.is_null() {
                        *self.sweep_head() = next;
                    } else {
                        (*prev).next = next;
                    }
                    objects::free_object(self, o);
                } else {
                    (*o).marked = marked & !(mark::WHITES | mark::BLACK) | self.current_white;
                    prev = o;
                }
                o = next;
            }
            self.sweep_prev = prev;
            (n, o.is_null())
        }
    }
}
