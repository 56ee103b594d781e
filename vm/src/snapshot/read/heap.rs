//! The heap's numbers and lists.

use super::Reader;
use super::thread::nth;
use crate::heap::cells::CLASSES;
use crate::heap::gc::State;
use crate::heap::marker::PartialTable;
use crate::heap::objects::set_owner;
use crate::heap::sweep::Sweep;
use crate::heap::{Gc, Header, mark};
use crate::object::function::Upval;
use crate::object::string::Str;
use crate::object::table::Table;
use crate::snapshot::bytes::{Input, Result};
use crate::snapshot::format::NONE;
use crate::value::tag;
use std::collections::HashSet;

/// Sizes and counts are below this, so that sums of some do not overflow.
pub(super) const MOST: usize = if usize::BITS > 32 { 1 << 48 } else { usize::MAX };
/// Steps of a sweep: more than a heap has blocks.
const MOST_SLICE: usize = 1 << 24;

const STATES: [State; 6] = [
    State::Pause,
    State::Propagate,
    State::Atomic,
    State::SweepCells,
    State::SweepLarge,
    State::SweepEnd,
];

impl Reader<'_> {
    /// # Safety
    /// Objects have been read.
    pub(super) unsafe fn heap(&mut self, mut input: Input) -> Result<()> {
        let input = &mut input;
        let bytes = input.size(MOST)?;
        if bytes != self.heap.bytes {
            let message = format!("{bytes} bytes are counted, objects have {}", self.heap.bytes);
            return Err(input.invalid(message));
        }
        let debt = input.u64()? as i64;
        self.heap.debt = debt.clamp(isize::MIN as i64, isize::MAX as i64) as isize;
        self.state(input)?;
        self.pacer(input)?;
        self.sweep(input)?;
        // SAFETY: the lists' objects exist.
        unsafe {
            self.strings_of_heap(input)?;
            self.lists(input)?;
        }
        self.roots(input)?;
        if input.left() > 0 {
            return Err(input.invalid("bytes follow the end"));
        }
        Ok(())
    }

    fn state(&mut self, input: &mut Input) -> Result<()> {
        let (epoch, white, state) = (input.u8()?, input.u8()?, input.u8()?);
        let state = nth(input, &STATES, state, "state of the collector")?;
        let one_epoch = matches!(epoch, 1 | 2 | 4);
        let one_white = white == mark::WHITE0 || white == mark::WHITES & !mark::WHITE0;
        let sweeps = state > State::Atomic;
        let alive = if sweeps { epoch | white } else { mark::COLOURS };
        if !one_epoch || !one_white || state == State::Atomic || self.heap.alive != alive {
            return Err(input.invalid("the colours of the collector do not fit its state"));
        }
        let h = &mut self.heap;
        (h.epoch, h.current_white, h.state) = (epoch, white, state);
        h.rescans = input.u8()?;
        h.gray_again_slots = input.size(MOST)?;
        h.large_old = input.size(h.large.len() + 1)?;
        h.finalizers_old = input.size(MOST)?;
        h.stats.freed = input.u64()?;
        if h.stats.freed >= 1 << 60 {
            return Err(input.invalid("more bytes freed than can be"));
        }
        h.stress = input.u32()?;
        h.stress_left = input.u32()?;
        if h.stress > 0 && h.stress_left == 0 {
            return Err(input.invalid("no safepoint is left until the next collection"));
        }
        Ok(())
    }

    fn pacer(&mut self, input: &mut Input) -> Result<()> {
        let p = &mut self.heap.pacer;
        p.pause = input.u8()?;
        p.step_mul = input.u8()?;
        p.step_size = input.u8()?;
        p.minor_mul = input.u8()?;
        p.major_mul = input.u8()?;
        p.stopped = input.u8()?;
        if p.stopped > 7 {
            return Err(input.invalid("unknown reasons not to collect"));
        }
        p.generational = input.bool()?;
        p.young_sweep = input.bool()?;
        p.estimate = input.size(MOST)?;
        p.base = input.size(MOST)?;
        p.nursery = input.size(MOST)?;
        p.young_work = input.size(MOST)?;
        p.slice = input.size(MOST_SLICE)?;
        p.cycles = input.size(MOST)? as u64;
        p.young_cycles = input.size(MOST)? as u64;
        Ok(())
    }

    fn sweep(&mut self, input: &mut Input) -> Result<()> {
        let h = &mut self.heap;
        let class = input.size(CLASSES + 1)?;
        let kept = input.size(h.large.len() + 1)?;
        let end = input.size(h.large.len() + 1)?;
        if kept > end {
            return Err(input.invalid("the sweep of large objects is beyond its end"));
        }
        h.sweep = Sweep { class, large_next: kept, large_kept: kept, large_end: end };
        // A block that is swept when nothing was marked would lose its objects.
        let from = if h.state == State::SweepCells { class } else { CLASSES };
        if h.cells.classes[..from].iter().any(|c| !c.unswept.is_empty()) {
            return Err(input.invalid("a block waits to be swept that the sweep has passed"));
        }
        Ok(())
    }

    unsafe fn strings_of_heap(&mut self, input: &mut Input) -> Result<()> {
        let mut fixed = HashSet::new();
        for _ in 0..input.count(4)? {
            let o = self.object(input, tag::STR)?;
            self.heap.fixed.push(o);
            fixed.insert(o);
        }
        for c in 0..=255u8 {
            let s = self.optional(input, tag::STR)? as *mut Str;
            // SAFETY: a string of the heap, or null.
            let s = unsafe { Gc::from_nullable(s) };
            if s.is_some_and(|s| s.bytes() != [c] || !fixed.contains(&(s.as_ptr() as *mut _))) {
                return Err(input.invalid(format!("another string for the byte {c}")));
            }
            self.heap.strings.of_byte[c as usize] = s;
        }
        // SAFETY: replaced by strings that are always there.
        unsafe {
            use crate::meta::Event;
            self.heap.mode_name = self.fixed_string(input, Event::Mode.name().as_bytes())?;
            self.heap.gc_name = self.fixed_string(input, Event::Gc.name().as_bytes())?;
        }
        let mut last = None;
        for _ in 0..input.count(8)? {
            let (number, serial) = (input.u32()?, input.u32()?);
            let string = self.any(number).filter(|&o| {
                // SAFETY: the object exists.
                unsafe { matches!((*o).kind, tag::STR | tag::LSTR) }
            });
            let Some(o) = string.filter(|_| last < Some(number)) else {
                return Err(input.invalid("a serial number of no string, or out of order"));
            };
            if serial == 0 || serial > self.heap.last_serial {
                return Err(input.invalid(format!("{serial} is no serial number")));
            }
            last = Some(number);
            self.heap.string_serials.insert(o as usize, serial);
            // SAFETY: the object exists.
            unsafe {
                (*o).flags = 1;
                set_owner(o);
            }
        }
        Ok(())
    }

    /// The string with these bytes, which must be one that is always there.
    pub(super) unsafe fn fixed_string(&self, input: &Input, bytes: &[u8]) -> Result<Gc<Str>> {
        let found = self.heap.find_interned(bytes);
        let fixed = |s: &Gc<Str>| self.heap.fixed.contains(&(s.as_ptr() as *mut Header));
        found.filter(fixed).ok_or_else(|| {
            let text = String::from_utf8_lossy(bytes);
            input.invalid(format!("the string '{text}' is not kept"))
        })
    }

    /// Objects of one kind, or of any.
    fn list(&self, input: &mut Input, kind: Option<u8>) -> Result<Vec<*mut Header>> {
        let mut list = Vec::new();
        for _ in 0..input.count(4)? {
            let number = input.u32()?;
            // SAFETY: the object exists.
            let own = self.any(number).map_or(tag::STR, |o| unsafe { (*o).kind });
            list.push(self.numbered(input, number, kind.unwrap_or(own))?);
        }
        Ok(list)
    }

    unsafe fn lists(&mut self, input: &mut Input) -> Result<()> {
        let with_finalizer = self.list(input, None)?;
        let to_finalize = self.list(input, None)?;
        for &o in with_finalizer.iter().chain(&to_finalize) {
            // SAFETY: listed objects exist.
            if !matches!(unsafe { (*o).kind }, tag::TABLE | tag::USERDATA) {
                return Err(input.invalid("an object that cannot have a finalizer"));
            }
        }
        if self.heap.finalizers_old > with_finalizer.len() {
            return Err(input.invalid("more objects with finalizers are old than there are"));
        }
        self.heap.with_finalizer = with_finalizer;
        self.heap.to_finalize = to_finalize.into();
        for _ in 0..input.count(4)? {
            let co = self.thread_of(input)?;
            self.heap.failed.push(co);
        }
        self.heap.gray = self.list(input, None)?;
        self.heap.gray_again = self.list(input, None)?;
        let open = self.list(input, Some(tag::UPVAL))?;
        self.heap.open_upvals = open.into_iter().map(|o| o as *mut Upval).collect();
        let number = input.u32()?;
        if number != NONE {
            let table = self.numbered(input, number, tag::TABLE)? as *mut Table;
            let at = input.size(MOST)?;
            let same = input.bool()?;
            // SAFETY: a table of the heap.
            let (parts, items) =
                unsafe { ((*table).parts(), (*table).asize as usize + (*table).node_count()) };
            if same && at > items {
                return Err(input.invalid("a table is visited beyond its end"));
            }
            let changed = (std::ptr::null_mut(), 0, std::ptr::null_mut(), 0);
            let parts = if same { parts } else { changed };
            self.heap.partial_table = Some(PartialTable { table, at, parts });
        }
        Ok(())
    }

    fn roots(&mut self, input: &mut Input) -> Result<()> {
        self.heap.pinned = self.values(input)?;
        self.heap.host_roots.slots = self.values(input)?;
        let mut free = HashSet::new();
        for _ in 0..input.count(4)? {
            let slot = input.u32()?;
            let held = self.heap.host_roots.slots.get(slot as usize);
            if held.is_none_or(|v| !v.is_nil()) || !free.insert(slot) {
                return Err(input.invalid(format!("root {slot} is not free")));
            }
            self.heap.host_roots.free.push(slot);
        }
        for _ in 0..input.count(8)? {
            let handle = input.u64()?;
            self.heap.released.push(handle);
        }
        Ok(())
    }
}
