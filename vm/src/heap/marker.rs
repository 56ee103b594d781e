//! Marking: painting objects gray, visiting them, and the rules for threads and upvalues.
//!
//! A mark is twofold: the epoch's bit in the object's header, which barriers and the marker look
//! at, and a bit in the head of its block, which the sweep looks at.
//!
//! Marking never recurses over the object graph: objects go to the gray list, and only an open
//! upvalue's value is marked from within (one level, since no value is an upvalue).

use super::cells::Block;
use super::edges::{self, Visitor};
use super::gc::State;
use super::heap::{Heap, PREFETCH_QUEUE};
use super::{Header, lost, mark};
use crate::object::function::Upval;
use crate::object::table::{Node, Table};
use crate::object::thread::{Status, Thread};
use crate::value::{Value, tag};

/// A large table that is being visited in chunks; it is black meanwhile.
pub(crate) struct PartialTable {
    pub(crate) table: *mut Table,
    /// The next array slot or node.
    pub(crate) at: usize,
    /// The table's parts as they were: when they have changed, the visit begins anew.
    pub(crate) parts: (*mut u64, u32, *mut Node, u32),
}

/// Slots or nodes in a chunk.
const CHUNK: usize = 1000;

/// Asks for the cache line at `p`. Any address will do.
#[inline(always)]
pub(super) fn prefetch(p: *const u8) {
    #[cfg(all(target_arch = "x86_64", not(miri)))]
    // SAFETY: a prefetch has no effect the program could see, whatever the address.
    unsafe {
        std::arch::x86_64::_mm_prefetch::<{ std::arch::x86_64::_MM_HINT_T0 }>(p as *const i8);
    }
    #[cfg(not(all(target_arch = "x86_64", not(miri))))]
    let _ = p;
}

impl Visitor for Heap {
    #[inline(always)]
    unsafe fn object(&mut self, o: *mut Header, _kind: u8) {
        // SAFETY: what a live object refers to is live.
        unsafe { self.mark_object(o) }
    }

    #[inline(always)]
    unsafe fn value(&mut self, v: Value) {
        // SAFETY: as above.
        unsafe { self.mark_value(v) }
    }

    #[inline(always)]
    unsafe fn node(&mut self, n: *mut Node) {
        // SAFETY: as above.
        unsafe { mark_node(n, self) }
    }
}

/// Marks through the prefetch queue ([`Heap::mark_prefetched`]): for tables, which refer to many
/// objects anywhere in memory.
struct Prefetching<'a>(&'a mut Heap);

impl Visitor for Prefetching<'_> {
    #[inline(always)]
    unsafe fn object(&mut self, o: *mut Header, _kind: u8) {
        // SAFETY: what a live object refers to is live.
        unsafe { self.0.mark_prefetched(o) }
    }

    #[inline(always)]
    unsafe fn value(&mut self, v: Value) {
        if v.is_heap() {
            // SAFETY: as above; a heap value's payload is its object's address.
            unsafe { self.0.mark_prefetched(v.payload as usize as *mut Header) }
        }
    }

    #[inline(always)]
    unsafe fn node(&mut self, n: *mut Node) {
        // SAFETY: as above.
        unsafe { mark_node(n, self) }
    }
}

/// An entry of a table that is not weak; a key without value becomes dead.
#[inline(always)]
unsafe fn mark_node(n: *mut Node, marker: &mut impl Visitor) {
    // SAFETY: the callers': the node is a live table's.
    unsafe {
        if (*n).val_tag == tag::NIL {
            Heap::clear_key(n);
        } else {
            marker.value((*n).key_value());
            marker.value((*n).value());
        }
    }
}

impl Heap {
    /// Marks a value if it is a white object.
    ///
    /// # Safety
    /// A heap value is live.
    #[inline(always)]
    pub(crate) unsafe fn mark_value(&mut self, v: Value) {
        // SAFETY: A heap value is live (the caller), and its payload is its object's address.
        unsafe {
            if v.is_heap() {
                self.mark_object(v.payload as usize as *mut Header);
            }
        }
    }

    /// Marks an object if it is not marked yet.
    ///
    /// # Safety
    /// The object is live.
    #[inline(always)]
    pub(crate) unsafe fn mark_object(&mut self, o: *mut Header) {
        // SAFETY: The object is live (the caller), and its kind says what it is.
        unsafe {
            let marked = (*o).marked;
            let epoch = self.epoch;
            if marked & epoch != 0 {
                return;
            }
            if marked & mark::LARGE == 0 {
                Block::set_mark(o, epoch);
            }
            let gray = marked & !mark::COLOURS | epoch;
            if (*o).kind <= tag::LSTR {
                // Strings refer to nothing.
                (*o).marked = gray | mark::BLACK;
            } else if (*o).kind == tag::UPVAL {
                (*o).marked = gray;
                self.mark_upvalue(o as *mut Upval);
            } else {
                (*o).marked = gray;
                self.push_gray(o);
            }
        }
    }

    /// Marks the value of an upvalue that was just marked. Open ones stay gray: their slot changes
    /// without barriers, so it is looked at again in the atomic phase.
    #[inline(never)]
    unsafe fn mark_upvalue(&mut self, uv: *mut Upval) {
        // SAFETY: The caller: the upvalue is live. `v` points to a slot of a stack that exists
        // (upvalues of freed stacks have been closed) or into the upvalue.
        unsafe {
            if Upval::is_open(uv) {
                if !lost::list(&mut self.open_upvals, uv) {
                    self.lost_upvals = true;
                }
            } else {
                (*uv).hdr.marked |= mark::BLACK;
            }
            let v = *(*uv).v;
            debug_assert!(v.tag != tag::UPVAL);
            self.mark_value(v);
        }
    }

    /// Prefetches an object's header and marks the object that has been in the prefetch queue
    /// longest. [`Heap::flush_prefetched`] must follow before the program runs again.
    ///
    /// # Safety
    /// The object is live.
    #[inline(always)]
    unsafe fn mark_prefetched(&mut self, o: *mut Header) {
        prefetch(o as *const u8);
        let at = self.prefetch_len % PREFETCH_QUEUE;
        let waited = std::mem::replace(&mut self.prefetched[at], o);
        self.prefetch_len += 1;
        if self.prefetch_len > PREFETCH_QUEUE {
            // SAFETY: What waited was live when it was put there, and nothing is freed while
            // marking.
            unsafe { self.mark_object(waited) };
        }
    }

    /// Marks what is still in the prefetch queue.
    ///
    /// # Safety
    /// Waiting objects are live.
    pub(crate) unsafe fn flush_prefetched(&mut self) {
        let n = self.prefetch_len.min(PREFETCH_QUEUE);
        self.prefetch_len = 0;
        for i in 0..n {
            // SAFETY: Waiting objects are live (the caller).
            unsafe { self.mark_object(self.prefetched[i]) };
        }
    }

    /// Visits all gray objects; returns the work done.
    ///
    /// # Safety
    /// The state is atomic, and gray objects are live.
    pub(crate) unsafe fn propagate_all(&mut self) -> usize {
        // SAFETY: as the caller says.
        unsafe {
            let work = self.drain_gray();
            if self.lost { work + self.visit_lost() } else { work }
        }
    }

    /// Visits all objects of the gray list, and what they put there.
    ///
    /// # Safety
    /// Gray objects are live.
    pub(super) unsafe fn drain_gray(&mut self) -> usize {
        let mut work = 0;
        loop {
            while let Some(o) = self.gray.pop() {
                // SAFETY: gray objects are live (the caller); this one has just left its list.
                work += unsafe { self.visit(o) };
            }
            // SAFETY: a gray table is live.
            if let Some(more) = unsafe { self.visit_chunk() } {
                work += more;
                continue;
            }
            if self.prefetch_len == 0 {
                return work;
            }
            // SAFETY: what waits was referred to by a live object.
            unsafe { self.flush_prefetched() };
        }
    }

    /// Visits a gray object: it turns black and what it refers to is marked. Returns the number of
    /// slots looked at.
    ///
    /// # Safety
    /// The object is live and in no gray list any more.
    pub(crate) unsafe fn visit(&mut self, o: *mut Header) -> usize {
        // SAFETY: The object is live (the caller) and its kind says what it is; what a live object
        // refers to exists.
        unsafe {
            (*o).marked |= mark::BLACK;
            match (*o).kind {
                tag::TABLE => self.visit_table(o as *mut Table),
                tag::THREAD => self.visit_thread(o as *mut Thread),
                _ => 1 + edges::references(o, self),
            }
        }
    }

    /// Marks every entry of a table that is not weak; keys without value become dead. A big table
    /// is only begun with, unless there is no later. Returns the work.
    ///
    /// # Safety
    /// The table is live.
    pub(crate) unsafe fn visit_strong_table(&mut self, t: *mut Table) -> usize {
        // SAFETY: The table is live (the caller); slots and nodes are reached within their counts.
        unsafe {
            let (asize, nodes) = ((*t).asize as usize, (*t).node_count());
            if self.state == State::Propagate && (*t).is_big() && self.partial_table.is_none() {
                let parts = (*t).parts();
                self.partial_table = Some(PartialTable { table: t, at: 0, parts });
                return 1;
            }
            edges::array_slots(t, 0, asize, &mut Prefetching(self));
            edges::table_nodes(t, 0, nodes, &mut Prefetching(self));
            1 + asize + 2 * nodes
        }
    }

    /// Visits the next chunk of a large table, if one is being visited.
    ///
    /// # Safety
    /// The table is live.
    pub(crate) unsafe fn visit_chunk(&mut self) -> Option<usize> {
        let PartialTable { table: t, at, parts } = self.partial_table.take()?;
        // SAFETY: The table is live (the caller); slots and nodes are reached within their counts.
        unsafe {
            let at = if parts == (*t).parts() { at } else { 0 };
            let (asize, nodes) = ((*t).asize as usize, (*t).node_count());
            let end = (at + CHUNK).min(asize + nodes);
            edges::array_slots(t, at, end.min(asize), &mut Prefetching(self));
            if end > asize {
                let from = at.max(asize) - asize;
                edges::table_nodes(t, from, end - asize, &mut Prefetching(self));
            }
            if end < asize + nodes {
                self.partial_table = Some(PartialTable { table: t, at: end, parts: (*t).parts() });
            }
            Some(end - at + 1)
        }
    }

    /// While marking incrementally, threads stay gray and are visited again in the atomic phase,
    /// since stores to stacks have no barrier; that also clears the dead part of their stacks.
    /// Afterwards all but the running one are black: [`Heap::touch_thread`] tells the collector of
    /// one that runs again.
    unsafe fn visit_thread(&mut self, t: *mut Thread) -> usize {
        // SAFETY: The thread is live (the caller); only its own stack is touched, up to `size`
        // slots, and open upvalues of a live thread are live.
        unsafe {
            let work = 1 + edges::references(t as *mut Header, self);
            if self.state != State::Atomic {
                (*t).hdr.marked &= !mark::BLACK;
                self.push_gray_again(t as *mut Header);
                return work;
            }
            let runs = (*t).status == Status::Running;
            if runs {
                (*t).hdr.marked &= !mark::BLACK;
                self.threads.push(t as *mut Header);
            }
            let mut uv = (*t).open;
            while !uv.is_null() {
                (*uv).hdr.flags = self.epoch;
                if !runs {
                    (*uv).hdr.marked |= mark::BLACK;
                }
                uv = (*uv).next_open;
            }
            for i in (*t).live_slots()..(*t).size {
                *(*t).stack.add(i) = Value::NIL;
            }
            work
        }
    }

    /// In the atomic phase: marks what open upvalues hold by now whose threads may be gone.
    ///
    /// # Safety
    /// The state is atomic.
    pub(crate) unsafe fn remark_upvalues(&mut self) -> usize {
        for i in 0..self.open_upvals.len() {
            // SAFETY: Nothing is freed before the sweep, so upvalues listed in this cycle exist,
            // and so do the stacks their values may be on.
            unsafe {
                let v = *(*self.open_upvals[i]).v;
                self.mark_value(v);
            }
        }
        // SAFETY: as above.
        unsafe { self.each_lost_upvalue(|heap, uv| heap.mark_value(*(*uv).v)) };
        self.open_upvals.len()
    }

    /// At the end of the atomic phase: upvalues that are reachable while their thread is not take
    /// over their values, because its stack will be freed. (Visits of threads have put the epoch in
    /// theirs.)
    ///
    /// # Safety
    /// All marking of this cycle is done.
    pub(crate) unsafe fn close_upvalues_of_dead_threads(&mut self) {
        // SAFETY: Listed upvalues have been marked, so they live; stacks of dead threads are
        // freed by the sweep, which comes later.
        unsafe {
            for uv in std::mem::take(&mut self.open_upvals) {
                self.close_upvalue_of_dead_thread(uv);
            }
            self.each_lost_upvalue(Heap::close_upvalue_of_dead_thread);
        }
    }

    unsafe fn close_upvalue_of_dead_thread(&mut self, uv: *mut Upval) {
        // SAFETY: the caller's upvalue is live.
        unsafe {
            if Upval::is_open(uv) && (*uv).hdr.flags != self.epoch {
                self.close_upvalue(uv);
            }
        }
    }
}
