//! Marking: painting objects gray, visiting them, and the rules for threads and upvalues.
//!
//! A mark is twofold: the epoch's bit in the object's header, which barriers and the marker look
//! at, and a bit in the head of its block, which the sweep looks at.
//!
//! Marking never recurses over the object graph: objects go to the gray list, and only an open
//! upvalue's value is marked from within (one level, since no value is an upvalue).

use super::cells::Block;
use super::gc::State;
use super::heap::{Heap, SOON};
use super::{Header, mark};
use crate::object::function::{LuaFn, NativeObj, ProtoObj, Upval};
use crate::object::proto::ProtoData;
use crate::object::table::{Node, Table};
use crate::object::thread::Thread;
use crate::object::userdata::Userdata;
use crate::value::{Value, tag};

/// A big table that is being visited in portions; it is black meanwhile.
pub(crate) struct Portion {
    pub(super) table: *mut Table,
    /// The next array slot or node.
    at: usize,
    /// The table's parts as they were: when they have changed, the visit begins anew.
    parts: (*mut u64, u32, *mut Node, u32),
}

/// Slots or nodes in a portion.
const PORTION: usize = 1000;

/// Asks for the cache line at `p`. Any address will do.
#[inline(always)]
pub(crate) fn prefetch(p: *const u8) {
    #[cfg(all(target_arch = "x86_64", not(miri)))]
    // SAFETY: a prefetch has no effect the program could see, whatever the address.
    unsafe {
        std::arch::x86_64::_mm_prefetch::<{ std::arch::x86_64::_MM_HINT_T0 }>(p as *const i8);
    }
    #[cfg(not(all(target_arch = "x86_64", not(miri))))]
    let _ = p;
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
                self.gray.push(o);
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
                self.open_upvals.push(uv);
            } else {
                (*uv).hdr.marked |= mark::BLACK;
            }
            let v = *(*uv).v;
            debug_assert!(v.tag != tag::UPVAL);
            self.mark_value(v);
        }
    }

    /// Marks an object a little later: its header is on its way from memory while others are
    /// looked at. [`Heap::mark_waiting`] must follow before the program goes on.
    ///
    /// # Safety
    /// The object is live.
    #[inline(always)]
    unsafe fn mark_soon(&mut self, o: *mut Header) {
        prefetch(o as *const u8);
        let at = self.soon_len % SOON;
        let waited = std::mem::replace(&mut self.soon[at], o);
        self.soon_len += 1;
        if self.soon_len > SOON {
            // SAFETY: What waited was live when it was put there, and nothing is freed while
            // marking.
            unsafe { self.mark_object(waited) };
        }
    }

    /// Marks what still waits to be marked.
    ///
    /// # Safety
    /// Waiting objects are live.
    pub(crate) unsafe fn mark_waiting(&mut self) {
        let n = self.soon_len.min(SOON);
        self.soon_len = 0;
        for i in 0..n {
            // SAFETY: Waiting objects are live (the caller).
            unsafe { self.mark_object(self.soon[i]) };
        }
    }

    /// Visits all gray objects; returns the work done.
    ///
    /// # Safety
    /// Gray objects are live.
    pub(crate) unsafe fn propagate_all(&mut self) -> usize {
        let mut work = 0;
        loop {
            while let Some(o) = self.gray.pop() {
                // SAFETY: gray objects are live (the caller); this one has just left its list.
                work += unsafe { self.visit(o) };
            }
            // SAFETY: a gray table is live.
            if let Some(more) = unsafe { self.visit_portion() } {
                work += more;
                continue;
            }
            if self.soon_len == 0 {
                return work;
            }
            // SAFETY: what waits was referred to by a live object.
            unsafe { self.mark_waiting() };
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
                tag::LUA_FN => {
                    let f = o as *mut LuaFn;
                    let n = (*o).extra as usize;
                    if !(*f).proto.is_null() {
                        self.mark_object((*f).proto as *mut Header);
                    }
                    for i in 0..n {
                        let uv = *LuaFn::upval_slot(f, i);
                        if !uv.is_null() {
                            self.mark_object(uv as *mut Header);
                        }
                    }
                    1 + n
                }
                tag::NATIVE => {
                    let n = (*o).extra as usize;
                    for i in 0..n {
                        self.mark_value(*NativeObj::upval_slot(o as *mut NativeObj, i));
                    }
                    1 + n
                }
                tag::USERDATA => {
                    let u = o as *mut Userdata;
                    if !(*u).meta.is_null() {
                        self.mark_object((*u).meta as *mut Header);
                    }
                    let n = (*u).user_values.len();
                    for i in 0..n {
                        let v = (&(*u).user_values)[i];
                        self.mark_value(v);
                    }
                    1 + n
                }
                tag::PROTO => {
                    // A prototype's data never changes, so a reference to it may be held.
                    let d: &ProtoData = &(*(o as *mut ProtoObj)).data;
                    for v in d.constants.iter() {
                        self.mark_value(*v);
                    }
                    for p in d.protos.iter() {
                        self.mark_object(p.as_ptr() as *mut Header);
                    }
                    1 + d.constants.len() + d.protos.len()
                }
                tag::THREAD => self.visit_thread(o as *mut Thread),
                kind => {
                    debug_assert!(false, "gray object of kind {kind}");
                    1
                }
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
            if self.state == State::Propagate && (*t).is_big() && self.portion.is_none() {
                let parts = (*t).parts();
                self.portion = Some(Portion { table: t, at: 0, parts });
                return 1;
            }
            self.visit_slots(t, 0, asize);
            self.visit_nodes(t, 0, nodes);
            1 + asize + 2 * nodes
        }
    }

    /// Visits the next portion of a big table, if there is one.
    ///
    /// # Safety
    /// The table is live.
    pub(crate) unsafe fn visit_portion(&mut self) -> Option<usize> {
        let Portion { table: t, at, parts } = self.portion.take()?;
        // SAFETY: The table is live (the caller); slots and nodes are reached within their counts.
        unsafe {
            let at = if parts == (*t).parts() { at } else { 0 };
            let (asize, nodes) = ((*t).asize as usize, (*t).node_count());
            let end = (at + PORTION).min(asize + nodes);
            self.visit_slots(t, at, end.min(asize));
            if end > asize {
                self.visit_nodes(t, at.max(asize) - asize, end - asize);
            }
            if end < asize + nodes {
                self.portion = Some(Portion { table: t, at: end, parts: (*t).parts() });
            }
            Some(end - at + 1)
        }
    }

    /// Marks what array slots refer to.
    #[inline(always)]
    unsafe fn visit_slots(&mut self, t: *mut Table, from: usize, to: usize) {
        // SAFETY: The callers' table is live and has these slots; a tag with the heap bit goes
        // with an object's address.
        unsafe {
            let (tags, arr) = ((*t).tags(), (*t).arr);
            for i in from..to {
                if *tags.add(i) & tag::HEAP != 0 {
                    self.mark_soon(*arr.add(i) as usize as *mut Header);
                }
            }
        }
    }

    /// Marks what nodes refer to.
    #[inline(always)]
    unsafe fn visit_nodes(&mut self, t: *mut Table, from: usize, to: usize) {
        // SAFETY: The callers' table is live and has these nodes; as above.
        unsafe {
            for i in from..to {
                let n = (*t).nodes.add(i);
                if (*n).val_tag == tag::NIL {
                    Heap::clear_key(n);
                } else {
                    if (*n).key_tag & tag::HEAP != 0 {
                        self.mark_soon((*n).key as usize as *mut Header);
                    }
                    if (*n).val_tag & tag::HEAP != 0 {
                        self.mark_soon((*n).val as usize as *mut Header);
                    }
                }
            }
        }
    }

    /// Threads have no barriers: while marking incrementally they stay gray and are visited again
    /// in the atomic phase, which also clears the dead part of their stacks.
    unsafe fn visit_thread(&mut self, t: *mut Thread) -> usize {
        // SAFETY: The thread is live (the caller); only its own stack is touched, up to `size`
        // slots, and open upvalues of a live thread are live.
        unsafe {
            let atomic = self.state == State::Atomic;
            (*t).hdr.marked &= !mark::BLACK;
            if atomic {
                self.threads.push(t as *mut Header);
            } else {
                self.gray_again.push(t as *mut Header);
            }
            self.mark_value((*t).error);
            self.mark_value((*t).hook.func);
            if !(*t).resumer.is_null() {
                self.mark_object((*t).resumer as *mut Header);
            }
            if (*t).stack.is_null() {
                return 1;
            }
            let (stack, size) = ((*t).stack, (*t).size);
            let live = if (*t).top.is_null() {
                0
            } else {
                ((*t).top as usize).wrapping_sub(stack as usize) / size_of::<Value>()
            };
            let live = live.min(size);
            for i in 0..live {
                self.mark_value(*stack.add(i));
            }
            let mut uv = (*t).open;
            while !uv.is_null() {
                self.mark_object(uv as *mut Header);
                if atomic {
                    (*uv).hdr.flags = self.current_white;
                }
                uv = (*uv).next_open;
            }
            if atomic {
                for i in live..size {
                    *stack.add(i) = Value::NIL;
                }
            }
            1 + live
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
        self.open_upvals.len()
    }

    /// At the end of the atomic phase: upvalues that are reachable while their thread is not take
    /// over their values, because its stack goes. (Live threads have just stamped theirs.)
    ///
    /// # Safety
    /// All marking of this cycle is done.
    pub(crate) unsafe fn close_upvalues_of_dead_threads(&mut self) {
        for uv in std::mem::take(&mut self.open_upvals) {
            // SAFETY: Listed upvalues have been marked, so they live; stacks of dead threads are
            // freed by the sweep, which comes later.
            unsafe {
                if Upval::is_open(uv) && (*uv).hdr.flags != self.current_white {
                    self.close_upvalue(uv);
                }
            }
        }
    }
}
