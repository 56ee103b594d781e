//! Weak tables and ephemerons (manual §2.5.4).
//!
//! While marking incrementally every weak table waits in `gray_again`; in the atomic phase each is
//! visited once more and sorted by what it needs: clearing of values (`weak_values`), another
//! round because a key may still become reachable (`ephemerons`), clearing of keys (`all_weak`).

use super::gc::State;
use super::heap::Heap;
use super::lost::list;
use super::{Gc, Header, mark};
use crate::meta::Event;
use crate::object::lookup::dead_key;
use crate::object::table::{Node, Table};
use crate::object::thread::Thread;
use crate::value::{Value, tag};

/// Rounds over ephemeron tables that cost little fuel, and slots for a unit in those that cost more.
const CHEAP_ROUNDS: u32 = 2;
const SLOTS_PER_UNIT: usize = 2;

/// Failed coroutines remembered.
const FAILED: usize = 8;

impl Heap {
    /// Visits a table by its mode; returns the work done.
    ///
    /// # Safety
    /// The table is live.
    pub(crate) unsafe fn visit_table(&mut self, t: *mut Table) -> usize {
        // SAFETY: The table is live (the caller), and with it its metatable.
        unsafe {
            let (mut weak_keys, mut weak_values) = (false, false);
            if let Some(meta) = Gc::from_nullable((*t).meta) {
                self.mark_object(meta.as_ptr() as *mut Header);
                if let Some(mode) = meta.metamethod(Event::Mode, self.mode_name).as_str() {
                    weak_keys = mode.bytes().contains(&b'k');
                    weak_values = mode.bytes().contains(&b'v');
                }
            }
            match (weak_keys, weak_values) {
                (false, false) => return self.visit_strong_table(t),
                (false, true) => self.visit_weak_values(t),
                (true, false) => {
                    self.visit_ephemeron(t, false);
                }
                // Nothing to mark; entries are judged when all is known.
                (true, true) => {
                    self.gray_table(t);
                    if self.state != State::Atomic {
                        // It may get another metatable, for which no barrier marks a gray table.
                        self.push_gray_again(t as *mut Header);
                    } else if !list(&mut self.all_weak, t) {
                        self.visit_as_strong(t);
                    }
                }
            }
            1 + (*t).asize as usize + 2 * (*t).node_count()
        }
    }

    /// Tables in a list to come back to are gray, so that no barrier lists them again.
    unsafe fn gray_table(&mut self, t: *mut Table) {
        // SAFETY: The callers' table is live.
        unsafe { (*t).hdr.marked &= !mark::BLACK };
    }

    /// After the atomic phase: weak tables are ordinary old tables until something is stored in
    /// them.
    pub(crate) fn blacken_weak_tables(&mut self) {
        let Heap { weak_values, ephemerons, all_weak, .. } = self;
        for t in weak_values.drain(..).chain(ephemerons.drain(..)).chain(all_weak.drain(..)) {
            // SAFETY: nothing is freed before the sweep: listed tables exist.
            unsafe { (*t).hdr.marked |= mark::BLACK };
        }
    }

    unsafe fn visit_weak_values(&mut self, t: *mut Table) {
        // SAFETY: The caller's table is live; nodes are reached within their count.
        unsafe {
            // An array part is not searched for white values now: it may have some.
            let mut clears = (*t).asize > 0;
            for i in 0..(*t).node_count() {
                let n = (*t).nodes.add(i);
                if (*n).val_tag == tag::NIL {
                    Heap::clear_key(n);
                } else {
                    self.mark_value((*n).key_value());
                    if !clears && self.is_cleared((*n).value()) {
                        clears = true;
                    }
                }
            }
            if self.state == State::Atomic {
                if clears {
                    self.gray_table(t);
                    if !list(&mut self.weak_values, t) {
                        self.visit_as_strong(t);
                    }
                }
            } else {
                self.gray_table(t);
                self.push_gray_again(t as *mut Header);
            }
        }
    }

    /// Marks the values whose keys are marked; true when that marked something new. `backwards`
    /// turns the order of the nodes round, which helps chains inside one table.
    unsafe fn visit_ephemeron(&mut self, t: *mut Table, backwards: bool) -> bool {
        // SAFETY: The caller's table is live; slots and nodes are reached within their counts.
        unsafe {
            let (mut marked, mut clears, mut white_pairs) = (false, false, false);
            for i in 0..(*t).asize as usize {
                let v = (*t).array_get(i);
                if self.is_white(v) {
                    marked = true;
                    self.mark_value(v);
                }
            }
            let count = (*t).node_count();
            for i in 0..count {
                let n = (*t).nodes.add(if backwards { count - 1 - i } else { i });
                if (*n).val_tag == tag::NIL {
                    Heap::clear_key(n);
                } else if self.is_cleared((*n).key_value()) {
                    clears = true;
                    white_pairs |= self.is_white((*n).value());
                } else if self.is_white((*n).value()) {
                    marked = true;
                    self.mark_value((*n).value());
                }
            }
            if self.state != State::Atomic {
                self.gray_table(t);
                self.push_gray_again(t as *mut Header);
            } else if white_pairs || clears {
                self.gray_table(t);
                let lists = if white_pairs { &mut self.ephemerons } else { &mut self.all_weak };
                if !list(lists, t) {
                    self.visit_as_strong(t);
                    marked = true;
                }
            }
            marked
        }
    }

    /// Visits ephemeron tables until nothing new is marked.
    ///
    /// # Safety
    /// The state is atomic.
    pub(crate) unsafe fn converge_ephemerons(&mut self) {
        let mut backwards = false;
        let (mut work, mut tables, mut rounds) = (0, 0, 0);
        loop {
            let mut changed = false;
            for t in std::mem::take(&mut self.ephemerons) {
                // SAFETY: Nothing is freed before the sweep: listed tables exist.
                unsafe {
                    (*t).hdr.marked |= mark::BLACK;
                    tables += 1;
                    work += 64 + (*t).asize as usize + 2 * (*t).node_count();
                    if self.visit_ephemeron(t, backwards) {
                        self.propagate_all();
                        changed = true;
                    }
                }
            }
            if !changed {
                return;
            }
            backwards = !backwards;
            rounds += 1;
            // A table for a unit, at least.
            self.unpaid += if rounds > CHEAP_ROUNDS { work / SLOTS_PER_UNIT } else { tables };
            (work, tables) = (0, 0);
        }
    }

    /// Empties entries with unmarked values from weak tables, from the given list positions on.
    ///
    /// # Safety
    /// The state is atomic.
    pub(crate) unsafe fn clear_values(&mut self, weak_from: usize, all_from: usize) {
        // SAFETY: Nothing is freed before the sweep: listed tables exist.
        unsafe {
            for i in weak_from..self.weak_values.len() {
                self.clear_values_of(self.weak_values[i]);
            }
            for i in all_from..self.all_weak.len() {
                self.clear_values_of(self.all_weak[i]);
            }
        }
    }

    unsafe fn clear_values_of(&mut self, t: *mut Table) {
        // SAFETY: The callers' table exists; slots and nodes are reached within their counts.
        unsafe {
            for i in 0..(*t).asize as usize {
                if self.is_cleared((*t).array_get(i)) {
                    (*t).array_set(i, Value::NIL);
                }
            }
            for i in 0..(*t).node_count() {
                let n = (*t).nodes.add(i);
                if self.is_cleared((*n).value()) {
                    (*n).set_value(Value::NIL);
                }
                if (*n).val_tag == tag::NIL {
                    Heap::clear_key(n);
                }
            }
        }
    }

    /// Empties entries with unmarked keys from all tables with weak keys.
    ///
    /// # Safety
    /// The state is atomic.
    pub(crate) unsafe fn clear_keys(&mut self) {
        // SAFETY: Nothing is freed before the sweep: listed tables exist.
        unsafe {
            for i in 0..self.ephemerons.len() {
                self.clear_keys_of(self.ephemerons[i]);
            }
            for i in 0..self.all_weak.len() {
                self.clear_keys_of(self.all_weak[i]);
            }
        }
    }

    unsafe fn clear_keys_of(&mut self, t: *mut Table) {
        // SAFETY: The callers' table exists; nodes are reached within their count.
        unsafe {
            for i in 0..(*t).node_count() {
                let n = (*t).nodes.add(i);
                if (*n).val_tag != tag::NIL && self.is_cleared((*n).key_value()) {
                    (*n).set_value(Value::NIL);
                }
                if (*n).val_tag == tag::NIL {
                    Heap::clear_key(n);
                }
            }
        }
    }

    /// Remembers a coroutine that has ended with an error, for those who raise it again.
    pub(crate) fn note_failed(&mut self, co: Gc<Thread>) {
        if self.failed.len() == FAILED {
            self.failed.remove(0);
        }
        self.failed.push(co);
    }

    /// The coroutines that ended with an error last and are still there, the latest last.
    pub(crate) fn failed_threads(&self) -> &[Gc<Thread>] {
        &self.failed
    }

    /// Forgets failed coroutines nobody has.
    ///
    /// # Safety
    /// The state is atomic, and all marking of this cycle is done.
    pub(crate) unsafe fn clear_failed(&mut self) {
        let mut failed = std::mem::take(&mut self.failed);
        // SAFETY: nothing is freed before the sweep: listed coroutines exist.
        failed.retain(|&co| unsafe { !self.is_white(co.into()) });
        self.failed = failed;
    }

    /// Whether a weak reference to `v` is to be cleared. Strings count as values: they are marked
    /// and stay.
    #[inline]
    unsafe fn is_cleared(&mut self, v: Value) -> bool {
        // SAFETY: What a table's entries refer to is not freed before the sweep, which comes after
        // they are cleared.
        unsafe {
            if v.is_string() {
                self.mark_value(v);
                return false;
            }
            self.is_white(v)
        }
    }

    #[inline(always)]
    unsafe fn is_white(&self, v: Value) -> bool {
        // SAFETY: As in `is_cleared`; a heap value's payload is its object's address.
        unsafe { v.is_heap() && (*(v.payload as usize as *mut Header)).marked & self.epoch == 0 }
    }

    /// Lets go of the key of an entry without value: traversals still find its place.
    ///
    /// # Safety
    /// A heap key is live.
    #[inline(always)]
    pub(crate) unsafe fn clear_key(n: *mut Node) {
        // SAFETY: The caller: the node is a table's and a heap key is live.
        unsafe {
            if (*n).key_tag & tag::HEAP != 0 {
                (*n).key = dead_key((*n).key_value());
                (*n).key_tag = tag::DEAD;
            }
        }
    }
}
