//! Verifies every invariant of the heap; for tests and the stress mode.
//!
//! What holds between any two safepoints:
//! * every block is in exactly one place, every object in one cell or large, and the nominal sizes
//!   of all add up to `bytes`;
//! * an object is marked in its header exactly when its block says so;
//! * what a living object refers to exists, has the right kind and is not garbage;
//! * while marking, and always in generational mode, no black object refers to an unmarked one,
//!   and gray objects wait in a list: an old object that is not listed refers to old ones only
//!   (except open upvalues of threads that have run since);
//! * objects with something outside are known to the sweep;
//! * every entry of a table is found from its key's main position;
//! * every short string is in its bucket once.

use super::cells::{Block, block_of};
use super::edges::{self, Visitor};
use super::gc::State;
use super::heap::Heap;
use super::objects::nominal_size;
use super::{Gc, Header, mark, size, table_parts};
use crate::object::function::{ProtoObj, Upval};
use crate::object::hash::hash_bytes;
use crate::object::lookup::find;
use crate::object::string::Str;
use crate::object::table::{Node, Table};
use crate::object::thread::Thread;
use crate::value::{Value, tag};
use std::collections::HashSet;
use std::rc::Rc;

type Verdict = Result<(), String>;

/// Checks a heap at a safepoint, the running thread's registers saved.
pub(crate) fn check_heap(heap: &Heap) -> Verdict {
    let mut c = Checker {
        heap,
        objects: HashSet::new(),
        waiting: HashSet::new(),
        changing: HashSet::new(),
    };
    // SAFETY: between safepoints all lists are intact and all objects in them exist; that is
    // what is being checked, so a broken heap may well crash here: it is for tests.
    unsafe {
        c.collect_objects()?;
        c.check_strings()?;
        c.find_changing();
        for o in c.objects.clone() {
            c.check_object(o).map_err(|e| format!("{e}, in {}", describe(o)))?;
        }
    }
    Ok(())
}

/// The object's kind and marks, for messages.
unsafe fn describe(o: *mut Header) -> String {
    // SAFETY: The callers pass objects they have just reached through the heap's lists.
    unsafe { format!("object {o:p} of kind {:#x}, marked {:#x}", (*o).kind, (*o).marked) }
}

struct Checker<'a> {
    heap: &'a Heap,
    objects: HashSet<*mut Header>,
    /// Objects in some gray list.
    waiting: HashSet<*mut Header>,
    /// Open upvalues of gray threads: their slots change without a barrier.
    changing: HashSet<*mut Header>,
}

impl Checker<'_> {
    /// Finds all objects; adds up what they count for.
    unsafe fn collect_objects(&mut self) -> Verdict {
        let h = self.heap;
        let mut bytes = h.strings.buckets.len() * size::POINTER;
        // SAFETY: The heap's blocks and lists hold objects that exist (see `check_heap`).
        unsafe {
            let mut all = h.large_objects();
            for (class, c) in h.cells.classes.iter().enumerate() {
                let mut blocks = HashSet::new();
                for b in c.blocks() {
                    if !blocks.insert(b) || (*b).class as usize != class {
                        return Err(format!("block {b:p} is in two places"));
                    }
                    let from = all.len();
                    Block::each(b, |o| all.push(o));
                    if b == c.current {
                        all.extend(c.in_hole());
                    }
                    for o in &all[from..] {
                        self.check_mark(b, *o)?;
                    }
                }
            }
            let mut chunks = HashSet::new();
            for o in all {
                if !self.objects.insert(o) {
                    return Err(format!("there twice: {}", describe(o)));
                }
                let colour = (*o).marked & (mark::EPOCHS | mark::WHITES);
                if !colour.is_power_of_two() {
                    return Err(format!("of two colours: {}", describe(o)));
                }
                bytes += nominal_size(o);
                // Functions of a chunk share its name and text.
                if (*o).kind == tag::PROTO {
                    let data = &(*(o as *mut ProtoObj)).data;
                    let chunk = &data.chunk;
                    if chunks.insert(Rc::as_ptr(chunk)) {
                        bytes += chunk.nominal();
                    }
                }
            }
            let mut finalized = HashSet::new();
            for o in h.with_finalizer.iter().chain(&h.to_finalize) {
                if !finalized.insert(*o) || !self.objects.contains(o) {
                    return Err(format!("listed for finalization, but gone or twice: {o:p}"));
                }
            }
            for o in &self.objects {
                if ((**o).marked & mark::FINALIZER != 0) != finalized.contains(o) {
                    return Err(format!("finalizer flag and list differ: {}", describe(*o)));
                }
            }
        }
        if bytes != h.bytes {
            return Err(format!("{} bytes counted, objects have {bytes}", h.bytes));
        }
        self.waiting.extend(h.gray.iter().chain(&h.gray_again));
        let weak = h.weak_values.iter().chain(&h.ephemerons).chain(&h.all_weak);
        self.waiting.extend(weak.map(|t| *t as *mut Header));
        Ok(())
    }

    /// Header and block agree about the mark; owners are known to be such.
    unsafe fn check_mark(&self, b: *mut Block, o: *mut Header) -> Verdict {
        // SAFETY: the object is in a cell of the block.
        unsafe {
            if block_of(o) != b {
                return Err(format!("not in its block: {}", describe(o)));
            }
            let i = Block::index_of(b, o);
            let bit = |words: &[u64]| words[i / 64] >> (i % 64) & 1 != 0;
            let in_block = (*b).epoch == self.heap.epoch && bit(&(*b).mark);
            if in_block != ((*o).marked & self.heap.epoch != 0) {
                return Err(format!("header and block differ: {}", describe(o)));
            }
            let owns = match (*o).kind {
                tag::TABLE => table_parts::owned_bytes(o as *mut Table) > 0,
                tag::STR | tag::USERDATA | tag::THREAD | tag::PROTO => true,
                tag::LSTR => (*o).flags != 0,
                _ => false,
            };
            if owns && !bit(&(*b).owner) {
                return Err(format!("the sweep does not know of: {}", describe(o)));
            }
        }
        Ok(())
    }

    unsafe fn check_strings(&self) -> Verdict {
        let table = &self.heap.strings;
        let mut seen = HashSet::new();
        for (b, head) in table.buckets.iter().enumerate() {
            let mut o: *mut Str = *head;
            while !o.is_null() {
                // SAFETY: Chains hold objects that exist; that they are short strings is tested
                // before their bytes are read.
                unsafe {
                    let s = Gc::from_ptr(o);
                    if s.hdr.kind != tag::STR || s.hdr.extra as usize != s.len() {
                        return Err(format!(
                            "no short string in bucket {b}: {}",
                            describe(o as *mut Header)
                        ));
                    }
                    if s.hdr.hash != hash_bytes(s.bytes(), table.seed)
                        || table.bucket_of(s.hdr.hash, s.bytes()) != b
                    {
                        return Err(format!("{s:?} is in bucket {b}"));
                    }
                    if !seen.insert(s.bytes()) {
                        return Err(format!("{s:?} is interned twice"));
                    }
                    o = (*o).next;
                }
            }
        }
        if seen.len() != table.used {
            return Err(format!("{} strings, {} counted", seen.len(), table.used));
        }
        Ok(())
    }

    unsafe fn find_changing(&mut self) {
        let mut changing = HashSet::new();
        for o in self.objects.iter().filter(|o| !self.is_dead(**o)) {
            // SAFETY: the object is in the lists, and its kind says what it is; a living thread's
            // open upvalues exist.
            unsafe {
                if (**o).kind != tag::THREAD || (**o).marked & mark::BLACK != 0 {
                    continue;
                }
                let mut uv = (*(*o as *mut Thread)).open;
                while !uv.is_null() {
                    changing.insert(uv as *mut Header);
                    uv = (*uv).next_open;
                }
            }
        }
        self.changing = changing;
    }

    fn is_dead(&self, o: *mut Header) -> bool {
        // SAFETY: Only objects found in the heap's lists are asked about.
        unsafe { self.heap.is_dead((*o).marked) }
    }

    /// Whether an object is the big table that is being visited.
    fn is_partly_visited(&self, o: *mut Header) -> bool {
        self.heap.partial_table.as_ref().is_some_and(|p| p.table as *mut Header == o)
    }

    /// Whether `parent` may refer to `child` of kind `kind`.
    unsafe fn edge(&self, parent: *mut Header, child: *mut Header, kind: u8) -> Verdict {
        if !self.objects.contains(&child) {
            return Err(format!("refers to {child:p}, which does not exist"));
        }
        // SAFETY: `parent` is in the lists, and so is `child`, as was just tested.
        unsafe {
            if (*child).kind != kind {
                return Err(format!("refers to {} as kind {kind:#x}", describe(child)));
            }
            if self.is_dead(child) {
                return Err(format!("refers to garbage: {}", describe(child)));
            }
            let h = self.heap;
            let marked = |o: *mut Header| (*o).marked & h.epoch != 0;
            let black = marked(parent) && (*parent).marked & mark::BLACK != 0;
            if (h.state.keeps_invariant() || h.pacer.generational)
                && black
                && !marked(child)
                && !self.is_partly_visited(parent)
                && !self.changing.contains(&parent)
            {
                return Err(format!("black, refers to unmarked: {}", describe(child)));
            }
        }
        Ok(())
    }

    unsafe fn check_object(&self, o: *mut Header) -> Verdict {
        // SAFETY: `o` is in the lists, and its kind says what it is; what it refers to is only read
        // through `edge`, which tests that it exists.
        unsafe {
            let marked = (*o).marked;
            if self.is_dead(o) {
                return Ok(());
            }
            let h = self.heap;
            let gray = marked & h.epoch != 0 && marked & mark::BLACK == 0;
            if gray && (h.state == State::Propagate || h.pacer.generational) {
                let open = (*o).kind == tag::UPVAL && Upval::is_open(o as *mut Upval);
                if !open && !self.heap.lost && !self.waiting.contains(&o) {
                    return Err("gray, but in no gray list".into());
                }
            }
            match (*o).kind {
                tag::TABLE => self.check_table(o as *mut Table)?,
                tag::THREAD => self.check_thread(o as *mut Thread)?,
                tag::STR..=tag::PROTO => {}
                kind => return Err(format!("unknown kind {kind:#x}")),
            }
            let mut edges = Edges { checker: self, parent: o, seen: 0, verdict: Ok(()) };
            edges::references(o, &mut edges);
            edges.verdict
        }
    }

    /// The shape of a table's parts.
    unsafe fn check_table(&self, t: *mut Table) -> Verdict {
        // SAFETY: The table is in the lists; slots and nodes are read within their counts, keys
        // only when their objects exist.
        unsafe {
            if (*t).border > (*t).asize {
                return Err(format!("border {} of {}", (*t).border, (*t).asize));
            }
            let count = (*t).node_count();
            if (*t).free_end() as usize > count {
                return Err("the free pointer is outside".into());
            }
            for i in 0..count {
                let n = (*t).nodes.add(i);
                let next = i as isize + (*n).next as isize;
                if next < 0 || next >= count as isize {
                    return Err(format!("node {i} has its next outside"));
                }
                if (*n).key_tag == tag::NIL {
                    if (*n).val_tag != tag::NIL || i >= (*t).free_end() as usize {
                        return Err(format!("node {i} is not free and has no key"));
                    }
                    continue;
                }
                let key = (*n).key_value();
                if key.is_heap() && !self.objects.contains(&(key.payload as usize as *mut Header)) {
                    return Err(format!("node {i} has a freed key"));
                }
                if (*n).val_tag == tag::NIL {
                    continue;
                }
                if key.tag == tag::DEAD {
                    return Err(format!("node {i} has a value and a dead key"));
                }
                if key.as_int().is_some_and(|k| k >= 1 && k <= (*t).asize as i64) {
                    return Err(format!("key {key:?} belongs to the array part"));
                }
                if find(t, key) != n {
                    return Err(format!("key {key:?} is lost"));
                }
            }
            Ok(())
        }
    }

    /// The bounds of a thread's stack, and the order of its open upvalues.
    unsafe fn check_thread(&self, t: *mut Thread) -> Verdict {
        // SAFETY: The thread is in the lists; upvalues are read when they are known to exist.
        unsafe {
            if (*t).stack.is_null() {
                return Ok(());
            }
            let (top, end) = ((*t).top, (*t).stack.add((*t).size));
            if !top.is_null() && (top < (*t).stack || top > end) {
                return Err("top is outside of the stack".into());
            }
            let (mut uv, mut above) = ((*t).open, end);
            while !uv.is_null() {
                self.edge(t as *mut Header, uv as *mut Header, tag::UPVAL)?;
                if !Upval::is_open(uv) || (*uv).v >= above || (*uv).v < (*t).stack {
                    return Err("open upvalues out of order".into());
                }
                above = (*uv).v;
                uv = (*uv).next_open;
            }
            Ok(())
        }
    }
}

/// Checks the references of one object.
struct Edges<'a> {
    checker: &'a Checker<'a>,
    parent: *mut Header,
    /// References seen so far, for messages.
    seen: usize,
    /// The first fault found.
    verdict: Verdict,
}

impl Edges<'_> {
    fn note(&mut self, found: Verdict) {
        self.seen += 1;
        if self.verdict.is_ok() {
            self.verdict = found.map_err(|e| format!("reference {}: {e}", self.seen));
        }
    }
}

impl Visitor for Edges<'_> {
    unsafe fn object(&mut self, o: *mut Header, kind: u8) {
        // SAFETY: `edge` itself tests that the object exists before it reads it.
        let found = unsafe { self.checker.edge(self.parent, o, kind) };
        self.note(found);
    }

    unsafe fn value(&mut self, v: Value) {
        let found = match v.as_object() {
            // SAFETY: as above.
            Some(o) => unsafe { self.checker.edge(self.parent, o.as_ptr(), v.tag) },
            None if v.tag < tag::FRAME => Ok(()),
            None if v.tag == tag::FRAME => Err("a frame's link as a value".into()),
            None => Err(format!("value with tag {:#x}", v.tag)),
        };
        self.note(found);
    }

    unsafe fn stack_slot(&mut self, v: Value) {
        // Links belong on stacks, and nowhere else.
        if v.tag != tag::FRAME {
            // SAFETY: as above.
            unsafe { self.value(v) }
        }
    }

    unsafe fn node(&mut self, n: *mut Node) {
        // SAFETY: the node is a table's.
        unsafe {
            if (*n).val_tag != tag::NIL {
                self.value((*n).key_value());
                self.value((*n).value());
            }
        }
    }
}
