//! Every object of the heap: marks, references, and that all of them add up.
//!
//! `heap::check` does the same for tests, from nothing but the lists; this relies on what the reader
//! guarantees, and is linear.

use super::tables::Chains;
use super::violation::{Verdict, Violation, rule};
use crate::heap::cells::{Block, Class};
use crate::heap::edges::{self, Visitor};
use crate::heap::gc::State;
use crate::heap::heap::Heap;
use crate::heap::{Header, mark, objects, size, table_parts};
use crate::object::function::{ProtoObj, Upval};
use crate::object::table::{Node, Table};
use crate::object::thread::Thread;
use crate::object::userdata::Userdata;
use crate::snapshot::verify::userdata;
use crate::value::{Value, tag};
use std::rc::Rc;

/// What a walk over all objects finds.
#[derive(Default)]
pub(super) struct Census {
    /// Threads that are no garbage.
    pub threads: Vec<*mut Thread>,
    /// Open upvalues that are no garbage.
    pub open_upvalues: usize,
    /// Objects with the flag of those with finalizers.
    pub finalizers: usize,
    /// Gray objects that the collector must have in a list.
    pub gray: usize,
    /// Short strings.
    pub short_strings: usize,
    /// Strings with serial numbers.
    pub numbered_strings: Vec<*mut Header>,
    /// Serial numbers of objects that are no strings.
    pub serials: Vec<u32>,
    /// Nominal bytes of all.
    pub bytes: usize,
    /// Chunks of which there are functions.
    chunks: Vec<(*const u8, usize)>,
}

/// Where objects are that are looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// In a block that waits to be swept, or with the large ones that do.
    Unswept,
    /// In a block that is swept and whose holes are not in use.
    Settled,
    /// Anywhere else.
    InUse,
}

struct Walk<'a> {
    heap: &'a Heap,
    census: Census,
    chains: Chains,
    /// Black objects refer to marked ones only.
    tricolour: bool,
    /// Gray objects wait in a list.
    waits: bool,
}

/// Walks over all objects.
///
/// # Safety
/// The heap is as the reader guarantees it.
pub(super) unsafe fn walk(heap: &Heap) -> Result<Census, Violation> {
    let tricolour = heap.state.keeps_invariant() || heap.pacer.generational;
    let waits = heap.state == State::Propagate || heap.pacer.generational;
    let census = Census::default();
    let mut walk = Walk { heap, census, chains: Chains::default(), tricolour, waits };
    // SAFETY: the caller's heap.
    unsafe {
        for class in &heap.cells.classes {
            walk.class(class)?;
        }
        walk.large()?;
    }
    let mut census = walk.census;
    census.chunks.sort_unstable();
    census.chunks.dedup();
    census.bytes += census.chunks.iter().map(|(_, nominal)| nominal).sum::<usize>();
    census.bytes += heap.strings.buckets.len() * size::POINTER;
    Ok(census)
}

impl Walk<'_> {
    unsafe fn class(&mut self, class: &Class) -> Verdict {
        use Place::*;
        // SAFETY: the blocks of a class are there (the caller).
        unsafe {
            for (list, place) in [
                (&class.touched, InUse),
                (&class.unswept, Unswept),
                (&class.available, Settled),
                (&class.full, Settled),
            ] {
                for &b in list {
                    self.block(b, place)?;
                }
            }
            if !class.current.is_null() {
                self.block(class.current, InUse)?;
                for o in class.in_hole() {
                    self.cell(class.current, o, InUse)?;
                }
            }
        }
        Ok(())
    }

    unsafe fn block(&mut self, b: *mut Block, place: Place) -> Verdict {
        let h = self.heap;
        // SAFETY: a block of the heap, with as many cells as it says (the caller).
        unsafe {
            let epoch = (*b).epoch;
            // (A stale epoch that comes again would make old marks count.)
            let right = epoch == h.epoch
                || place == Place::Unswept
                || h.state == State::Propagate && epoch == before(h.epoch);
            rule!(Collector, right, "blocks are of this epoch or wait to be");
            let marked = |w: usize| if epoch == h.epoch { (*b).mark[w] } else { 0 };
            let settled = place == Place::Settled && h.state != State::Propagate;
            for w in 0..(*b).used.len() {
                let all = !settled || (*b).used[w] & !marked(w) == 0;
                rule!(Collector, all, "what a sweep has left is marked");
                let mut used = (*b).used[w];
                while used != 0 {
                    let i = w * 64 + used.trailing_zeros() as usize;
                    used &= used - 1;
                    self.cell(b, Block::cell_at(b, i), place)?;
                }
            }
        }
        Ok(())
    }

    #[cfg_attr(not(luka_small), inline(always))]
    unsafe fn cell(&mut self, b: *mut Block, o: *mut Header, place: Place) -> Verdict {
        // SAFETY: an object in a cell of the block (the callers).
        unsafe {
            let i = Block::index_of(b, o);
            let bit = |words: &[u64]| words[i / 64] >> (i % 64) & 1 != 0;
            let marked = (*o).marked;
            rule!(Objects, marked & mark::LARGE == 0, "an object in a cell is not large");
            let in_block = (*b).epoch == self.heap.epoch && bit(&(*b).mark);
            let agrees = in_block == (marked & self.heap.epoch != 0);
            rule!(Objects, agrees, "header and block agree about marks", "{}", kind(o));
            let owns = match (*o).kind {
                tag::TABLE => table_parts::owned_bytes(o as *mut Table) > 0,
                tag::STR | tag::USERDATA | tag::THREAD | tag::PROTO => true,
                tag::LSTR => (*o).flags != 0,
                _ => false,
            };
            let known = !owns || bit(&(*b).owner);
            rule!(Objects, known, "the sweep knows of objects that own something", "{}", kind(o));
            // A sweep frees what its block does not mark, whatever its header says.
            let kept = place != Place::Unswept || in_block || self.heap.is_dead(marked);
            rule!(Collector, kept, "living objects that wait for the sweep are marked");
            self.object(o, place)
        }
    }

    unsafe fn large(&mut self) -> Verdict {
        let h = self.heap;
        let pending = match h.state {
            State::SweepCells | State::SweepLarge => h.sweep.large_next..h.sweep.large_end,
            State::Pause | State::Propagate | State::Atomic | State::SweepEnd => 0..0,
        };
        let gap = h.sweep.large_kept..h.sweep.large_next;
        let old = h.pacer.generational && h.state == State::Pause;
        for (i, &o) in h.large.iter().enumerate().filter(|(i, _)| !gap.contains(i)) {
            // SAFETY: objects in the list exist, but for those in the gap (the caller).
            unsafe {
                let marked = (*o).marked;
                rule!(Objects, marked & mark::LARGE != 0, "an object outside of cells is large");
                let right = !old || i >= h.large_old || marked & h.epoch != 0;
                rule!(Collector, right, "old objects are marked", "large object {i}");
                let place = if pending.contains(&i) { Place::Unswept } else { Place::InUse };
                self.object(o, place)?;
            }
        }
        Ok(())
    }

    /// What is the same for objects in cells and others.
    #[cfg_attr(not(luka_small), inline(always))]
    unsafe fn object(&mut self, o: *mut Header, place: Place) -> Verdict {
        let h = self.heap;
        // SAFETY: the object exists (the callers), and its kind says what it is; one that is no
        // garbage is whole.
        unsafe {
            let Header { kind: tag, marked, flags, hash, .. } = *o;
            let colour = marked & (mark::EPOCHS | mark::WHITES);
            rule!(Objects, colour.is_power_of_two(), "an object has one colour", "{}", kind(o));
            self.census.bytes += objects::nominal_size(o);
            self.census.finalizers += usize::from(marked & mark::FINALIZER != 0);
            self.census.short_strings += usize::from(tag == tag::STR);
            if tag <= tag::LSTR && flags != 0 {
                self.census.numbered_strings.push(o);
            }
            if tag == tag::PROTO {
                let chunk = &(&*(o as *mut ProtoObj)).data.chunk;
                self.census.chunks.push((Rc::as_ptr(chunk) as *const u8, chunk.nominal()));
            }
            if h.is_dead(marked) {
                let waits = place == Place::Unswept;
                rule!(Collector, waits, "garbage waits to be swept", "{}", kind(o));
                return Ok(());
            }
            let right = colour == h.epoch
                || colour == h.current_white
                || h.state == State::Propagate && colour == before(h.epoch);
            rule!(Collector, right, "a colour is of this cycle", "{}", kind(o));
            let is_marked = colour == h.epoch;
            if self.waits && is_marked && marked & mark::BLACK == 0 {
                let open = tag == tag::UPVAL && Upval::is_open(o as *mut Upval);
                self.census.gray += usize::from(!open);
            }
            match tag {
                tag::TABLE => self.chains.check(o as *mut Table)?,
                tag::THREAD => self.census.threads.push(o as *mut Thread),
                tag::USERDATA => userdata::check(&*(o as *const Userdata))?,
                tag::UPVAL if Upval::is_open(o as *mut Upval) => self.census.open_upvalues += 1,
                _ => {}
            }
            if tag > tag::LSTR && tag <= tag::THREAD && hash != 0 {
                self.census.serials.push(hash);
            }
            if self.tricolour && is_marked && marked & mark::BLACK != 0 && tag > tag::LSTR {
                let whole = self.refers_to_marked(o);
                rule!(Collector, whole, "black objects refer to marked ones", "{}", kind(o));
            }
        }
        Ok(())
    }

    /// Whether everything a black object refers to is marked, as far as that is so.
    unsafe fn refers_to_marked(&self, o: *mut Header) -> bool {
        let mut marked = Marked { epoch: self.heap.epoch, all: true };
        // SAFETY: the object is no garbage (the caller), so what it refers to exists.
        unsafe {
            if let Some(partial) = &self.heap.partial_table
                && partial.table as *mut Header == o
            {
                // What has not been visited yet may be unmarked; nothing has when its parts are new.
                let t = partial.table;
                if !(*t).meta.is_null() {
                    marked.object((*t).meta as *mut Header, tag::TABLE);
                }
                if partial.parts == (*t).parts() {
                    let slots = (*t).asize as usize;
                    edges::array_slots(t, 0, partial.at.min(slots), &mut marked);
                    let nodes = partial.at.saturating_sub(slots).min((*t).node_count());
                    edges::table_nodes(t, 0, nodes, &mut marked);
                }
            } else if (*o).kind != tag::UPVAL || !Upval::is_open(o as *mut Upval) {
                // (Slots of open upvalues change without a barrier; their thread answers for them.)
                edges::references(o, &mut marked);
            }
        }
        marked.all
    }
}

/// Whether all references are to marked objects.
struct Marked {
    epoch: u8,
    all: bool,
}

impl Visitor for Marked {
    #[cfg_attr(not(luka_small), inline(always))]
    unsafe fn object(&mut self, o: *mut Header, _kind: u8) {
        // SAFETY: what an object refers to exists (the caller).
        self.all &= unsafe { (*o).marked & self.epoch != 0 };
    }

    #[cfg_attr(not(luka_small), inline(always))]
    unsafe fn value(&mut self, v: Value) {
        if v.is_heap() {
            // SAFETY: as above; a heap value's payload is its object's address.
            unsafe { self.object(v.payload as usize as *mut Header, v.tag) }
        }
    }

    #[cfg_attr(not(luka_small), inline(always))]
    unsafe fn node(&mut self, n: *mut Node) {
        // SAFETY: the node is a table's (the caller).
        unsafe {
            if (*n).val_tag != tag::NIL {
                self.value((*n).key_value());
                self.value((*n).value());
            }
        }
    }
}

/// The epoch before another.
fn before(epoch: u8) -> u8 {
    if epoch == 1 { 4 } else { epoch >> 1 }
}

/// What an object is, for messages.
#[cold]
unsafe fn kind(o: *mut Header) -> &'static str {
    // SAFETY: the object exists (the callers).
    match unsafe { (*o).kind } {
        tag::STR | tag::LSTR => "a string",
        tag::TABLE => "a table",
        tag::LUA_FN => "a function",
        tag::NATIVE => "a native function",
        tag::USERDATA => "a userdata",
        tag::THREAD => "a thread",
        tag::UPVAL => "an upvalue",
        tag::PROTO => "a prototype",
        _ => "an object",
    }
}
