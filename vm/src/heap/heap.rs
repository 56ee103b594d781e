//! The heap's own data, and accounting.

use super::cells::{Block, Cells};
use super::host_roots::HostRoots;
use super::lost;
use super::pages::LAST_CHUNK;
use super::reserve;
use super::string_table::StringTable;
use super::{Gc, Header, alloc::Blocks, mark};
use super::{gc::State, marker::PartialTable, objects, pacer::Pacer, stats::Stats, sweep::Sweep};
use crate::config::Config;
use crate::error::Raise;
use crate::meta::Event;
use crate::object::function::{ProtoObj, Upval};
use crate::object::string::Str;
use crate::object::table::Table;
use crate::object::thread::Thread;
use crate::value::Value;
use std::collections::{HashMap, VecDeque};

/// Length of the prefetch queue: how many references are found between the prefetch of an object's
/// header and the test of its colour.
pub(crate) const PREFETCH_QUEUE: usize = 8;

/// From so many bytes on it is worth asking the system whether it has them.
const MUCH: usize = 128 << 10;

/// The part of the heap that must be free after a refusal, for programs to go on.
const ENOUGH: usize = 16;

/// All objects of a VM.
#[repr(C)]
pub struct Heap {
    /// Bytes in use, nominal sizes (equal on every target). Garbage counts until it is swept.
    pub(crate) bytes: usize,
    /// Bytes allocated since the last step minus what the step may wait for; a safepoint with
    /// `debt > 0` runs a step. What the sweep frees does not count here.
    pub(crate) debt: isize,
    /// The bit that marked objects carry: one of three, a new one for each cycle that looks at
    /// the whole heap. (Three, so that a cycle can be given up: objects then carry the bit of the
    /// epoch before it or its own, and the next one takes the third.)
    pub(crate) epoch: u8,
    /// The colour of new objects.
    pub(crate) current_white: u8,
    /// Bits any of which says that an object is no garbage: all, except while sweeping.
    pub(crate) alive: u8,
    pub(crate) state: State,
    /// Most bytes the program may use.
    pub(crate) limit: usize,
    pub(crate) cells: Cells,
    /// Objects too large for cells, the oldest first, and how many of them are old.
    pub(crate) large: Vec<*mut Header>,
    pub(crate) large_old: usize,
    pub(crate) blocks: Blocks,
    pub(crate) strings: StringTable,
    /// Objects with finalizers, most recently registered last, and how many of them have been
    /// there since before the last collection.
    pub(crate) with_finalizer: Vec<*mut Header>,
    pub(crate) finalizers_old: usize,
    /// Unreachable objects whose finalizers are to be called, in this order.
    pub(crate) to_finalize: VecDeque<*mut Header>,
    /// Objects that are always live: well-known strings.
    pub(crate) fixed: Vec<*mut Header>,
    /// Coroutines that ended with an error, the last ones; that keeps none of them alive.
    pub(crate) failed: Vec<Gc<Thread>>,

    /// Objects marked and not yet visited.
    pub(crate) gray: Vec<*mut Header>,
    /// The prefetch queue: objects to be marked, their headers being fetched into the cache.
    pub(crate) prefetched: [*mut Header; PREFETCH_QUEUE],
    pub(crate) prefetch_len: usize,
    /// A large table that is being visited in chunks.
    pub(crate) partial_table: Option<PartialTable>,
    /// Objects to visit (again) in the atomic phase. Between collections in generational mode:
    /// old objects that may refer to young ones.
    pub(crate) gray_again: Vec<*mut Header>,
    /// Slots of the tables that barriers have put there.
    pub(crate) gray_again_slots: usize,
    /// There was no memory to list an object that was to be visited: see [`super::lost`].
    pub(crate) lost: bool,
    /// The same for an open upvalue, in this cycle.
    pub(crate) lost_upvals: bool,
    /// How often `gray_again` was visited before the atomic phase of this cycle.
    pub(crate) rescans: u8,
    /// Threads visited in this atomic phase.
    pub(crate) threads: Vec<*mut Header>,
    /// Weak tables to clear: with weak values; with weak keys that may still propagate; others.
    pub(crate) weak_values: Vec<*mut Table>,
    pub(crate) ephemerons: Vec<*mut Table>,
    pub(crate) all_weak: Vec<*mut Table>,
    /// Open upvalues reached in this cycle.
    pub(crate) open_upvals: Vec<*mut Upval>,
    /// How far the sweep has come.
    pub(crate) sweep: Sweep,
    pub(crate) pacer: Pacer,
    /// Units of fuel to be charged for work beyond what allocation pays for; taken when a collection
    /// returns to the machine.
    pub(crate) unpaid: usize,
    pub(crate) stats: Stats,
    /// Every how many safepoints to collect everything (testing); 0 = never.
    pub(crate) stress: u32,
    pub(crate) stress_left: u32,

    /// Values that are roots while the host or a native holds on to them.
    pub(crate) pinned: Vec<Value>,
    /// Values that are roots while the host has a handle to them.
    pub(crate) host_roots: HostRoots,
    /// Main functions of chunks that are counted ([`crate::vm::coverage`]): they stay, with the
    /// functions in them.
    pub(crate) covered: Vec<Gc<ProtoObj>>,
    /// Handles of host-owned userdata that were freed and are not yet released by the host.
    pub(crate) released: Vec<u64>,
    pub(crate) mode_name: Gc<Str>,
    pub(crate) gc_name: Gc<Str>,
    /// Last serial number given out.
    pub(crate) last_serial: u32,
    /// Serial numbers of strings (`%p`), by address.
    pub(crate) string_serials: HashMap<usize, u32>,
    /// Functions that were freed, by the compiler's numbers ([`ProtoObj::native`](crate::ProtoObj)),
    /// until it takes note.
    pub(crate) freed_natives: Vec<u32>,
    /// Bound of the instructions in succession without a look at fuel, over all functions made.
    pub(crate) longest_stretch: u32,
}

impl Heap {
    /// An empty heap, with the limit, hash seed and stress mode of the settings.
    pub fn new(config: &Config) -> Heap {
        reserve::keep(LAST_CHUNK);
        let mut heap = Heap::empty(config);
        heap.account(heap.strings.buckets.len() * super::size::POINTER);
        heap.mode_name = heap.intern_fixed(Event::Mode.name().as_bytes());
        heap.gc_name = heap.intern_fixed(Event::Gc.name().as_bytes());
        heap.start_pause();
        heap
    }

    /// A heap without any object, not even the names it needs: whoever asks for one gives it those
    /// before it is used. It may be dropped.
    pub(crate) fn empty(config: &Config) -> Heap {
        let dangling = std::ptr::NonNull::<Str>::dangling().as_ptr();
        // SAFETY: not null, and replaced before anything can read it (the callers).
        let no_name = unsafe { Gc::from_ptr(dangling) };
        Heap {
            bytes: 0,
            debt: 0,
            epoch: 1,
            current_white: mark::WHITE0,
            alive: mark::COLOURS,
            state: State::Pause,
            limit: config.memory_limit.map_or(usize::MAX, |n| n.try_into().unwrap_or(usize::MAX)),
            cells: Cells::new(),
            large: Vec::new(),
            large_old: 0,
            blocks: Blocks::new(),
            strings: StringTable::new(config.hash_seed),
            with_finalizer: Vec::new(),
            finalizers_old: 0,
            to_finalize: VecDeque::new(),
            fixed: Vec::new(),
            failed: Vec::new(),
            gray: Vec::with_capacity(lost::LEAST),
            prefetched: [std::ptr::null_mut(); PREFETCH_QUEUE],
            prefetch_len: 0,
            partial_table: None,
            gray_again: Vec::new(),
            gray_again_slots: 0,
            lost: false,
            lost_upvals: false,
            rescans: 0,
            threads: Vec::new(),
            weak_values: Vec::new(),
            ephemerons: Vec::new(),
            all_weak: Vec::new(),
            open_upvals: Vec::new(),
            sweep: Sweep::default(),
            pacer: Pacer::default(),
            unpaid: 0,
            stats: Stats::default(),
            stress: config.gc_stress,
            stress_left: config.gc_stress,
            pinned: Vec::new(),
            host_roots: HostRoots::default(),
            covered: Vec::new(),
            released: Vec::new(),
            freed_natives: Vec::new(),
            mode_name: no_name,
            gc_name: no_name,
            last_serial: 0,
            string_serials: HashMap::new(),
            longest_stretch: 0,
        }
    }

    /// Bytes in use, by nominal sizes.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Counts bytes that were allocated.
    #[inline(always)]
    pub(crate) fn account(&mut self, bytes: usize) {
        self.bytes += bytes;
        self.debt += bytes as isize;
    }

    /// Counts bytes that were given back.
    #[inline(always)]
    pub(crate) fn release(&mut self, bytes: usize) {
        debug_assert!(bytes <= self.bytes);
        self.bytes -= bytes;
        self.debt -= bytes as isize;
        self.stats.freed += bytes as u64;
    }

    /// Counts bytes that the sweep has freed.
    #[inline(always)]
    pub(crate) fn swept(&mut self, bytes: usize) {
        debug_assert!(bytes <= self.bytes);
        self.bytes -= bytes;
        self.stats.freed += bytes as u64;
        self.pacer.estimate = self.pacer.estimate.saturating_sub(bytes);
    }

    /// Whether `bytes` more fit below the memory limit, and the system has them. Natives ask before they
    /// fill big buffers. Small requests are always granted: the next safepoint, which can collect first,
    /// decides.
    #[inline]
    pub fn reserve(&mut self, bytes: usize) -> Result<(), Raise> {
        self.below_limit(bytes)?;
        if self.can_have(bytes) { Ok(()) } else { Err(Raise::Memory) }
    }

    /// Whether the system has so many bytes, or they are few: for those there is the reserve.
    #[inline]
    pub fn can_have(&self, bytes: usize) -> bool {
        bytes < MUCH || reserve::is_available(bytes)
    }

    /// Whether `bytes` more fit below the memory limit.
    #[inline]
    pub(super) fn below_limit(&mut self, bytes: usize) -> Result<(), Raise> {
        const ALWAYS_GRANTED: usize = 1024;
        match self.bytes.checked_add(bytes) {
            Some(n) if n <= self.limit && bytes <= isize::MAX as usize - 64 => Ok(()),
            Some(_) if bytes <= ALWAYS_GRANTED => {
                self.debt = self.debt.max(1);
                Ok(())
            }
            _ => Err(Raise::Memory),
        }
    }

    /// Whether the system has memory for a message with a text of so many bytes. Natives ask before they
    /// put a program's string in one, or in a name for the host.
    ///
    /// # Errors
    /// [`Raise::Memory`].
    #[inline]
    pub fn room_for_message(&self, bytes: usize) -> Result<(), Raise> {
        /// Copies of it while the message is made.
        const COPIES: usize = 4;
        if self.can_have(bytes.saturating_mul(COPIES)) { Ok(()) } else { Err(Raise::Memory) }
    }

    /// Makes sure that a native's buffer takes `n` more bytes without being moved; it may get more than
    /// that.
    ///
    /// # Errors
    /// [`Raise::Memory`] if they do not fit below the memory limit, or the system does not have them.
    #[inline]
    pub fn grow(&mut self, buffer: &mut Vec<u8>, n: usize) -> Result<(), Raise> {
        if n <= buffer.capacity() - buffer.len() { Ok(()) } else { self.grow_slow(buffer, n) }
    }

    #[cold]
    #[inline(never)]
    fn grow_slow(&mut self, buffer: &mut Vec<u8>, n: usize) -> Result<(), Raise> {
        let least = buffer.len().checked_add(n).ok_or(Raise::Memory)?;
        let usual = least.saturating_mul(2).max(64);
        for size in [usual, least.saturating_add(least / 16), least] {
            if self.below_limit(size).is_ok()
                && buffer.try_reserve_exact(size - buffer.len()).is_ok()
            {
                return Ok(());
            }
        }
        Err(Raise::Memory)
    }

    /// Bytes left below the memory limit.
    pub fn left(&self) -> usize {
        self.limit.saturating_sub(self.bytes)
    }

    /// Bytes left for work that needs `most` in the worst case: below the memory limit, and of what the
    /// system would give.
    pub fn left_for(&self, most: usize) -> usize {
        let left = self.left();
        let (mut bytes, wanted) = (left.min(most), left.min(most));
        while bytes >= MUCH && !reserve::is_available(bytes) {
            bytes -= bytes / 4;
        }
        if bytes == wanted { left } else { bytes }
    }

    /// Whether the memory limit is passed (small objects are made without asking), or the system has
    /// refused memory since the last collection of everything.
    #[inline(always)]
    pub fn over_limit(&self) -> bool {
        self.bytes > self.limit || self.blocks.pages.refused
    }

    /// Before a safepoint decides: whether allocations elsewhere have needed the reserve.
    pub(crate) fn look_at_reserve(&mut self) {
        if reserve::was_used() {
            self.blocks.pages.refused = true;
        }
    }

    /// After a sweep of everything: what is not used goes back to the system, which may then have the
    /// reserve again, and enough to go on for a while: every refusal costs a collection.
    pub(crate) fn give_back(&mut self) {
        self.blocks.trim();
        let pages = &mut self.blocks.pages;
        if pages.refused {
            let enough = (self.bytes / ENOUGH).saturating_sub(pages.unused());
            if reserve::keep(enough.max(LAST_CHUNK)) {
                pages.refused = false;
                pages.emergency_chunks = 0;
            }
        }
    }

    /// Gives all that is not used back to the system, whether it has refused memory or not.
    pub(crate) fn give_back_all(&mut self) {
        let refused = std::mem::replace(&mut self.blocks.pages.refused, true);
        self.blocks.trim();
        self.blocks.pages.refused = refused;
    }

    /// Whether an object with these mark bits is garbage that is not swept yet.
    #[inline(always)]
    pub(crate) fn is_dead(&self, marked: u8) -> bool {
        marked & self.alive == 0
    }

    /// Keeps a value alive until [`Heap::unpin`]; pins nest like a stack.
    pub fn pin(&mut self, v: Value) {
        self.pinned.push(v);
    }

    /// The last pin; nil if there is none.
    pub fn last_pin(&self) -> Value {
        self.pinned_at(1)
    }

    /// The `n`-th last pin, from 1; nil if there is none.
    pub(crate) fn pinned_at(&self, n: usize) -> Value {
        let at = self.pinned.len().checked_sub(n);
        at.and_then(|at| self.pinned.get(at)).copied().unwrap_or(Value::NIL)
    }

    /// Undoes the last `n` pins.
    pub fn unpin(&mut self, n: usize) {
        let len = self.pinned.len().saturating_sub(n);
        self.pinned.truncate(len);
    }

    /// A stack of `slots` nils for a thread. [`Heap::free_stack`] frees it.
    pub(crate) fn alloc_stack(&mut self, slots: usize) -> Result<*mut Value, Raise> {
        if slots > isize::MAX as usize / 64 {
            return Err(Raise::Memory);
        }
        self.below_limit(slots * super::size::VALUE)?;
        // All zero is nil (tag 0).
        let p = self.blocks.try_alloc_zeroed(objects::stack_bytes(slots)).ok_or(Raise::Memory)?;
        self.account(slots * super::size::VALUE);
        Ok(p as *mut Value)
    }

    /// Gives a stack back.
    ///
    /// # Safety
    /// `stack` came from [`Heap::alloc_stack`] with the same `slots` and is not used any more; or
    /// it is null.
    pub(crate) unsafe fn free_stack(&mut self, stack: *mut Value, slots: usize) {
        if !stack.is_null() {
            self.release(slots * super::size::VALUE);
            // SAFETY: the caller vouches for it.
            unsafe { self.blocks.free(stack as *mut u8, objects::stack_bytes(slots)) }
        }
    }
}

impl Drop for Heap {
    fn drop(&mut self) {
        self.strings.buckets.fill(std::ptr::null_mut());
        // SAFETY: the heap goes, and with it everything that could use its objects.
        unsafe {
            for i in 0..self.cells.classes.len() {
                self.cells.classes[i].retire();
                let blocks: Vec<_> = self.cells.classes[i].blocks().collect();
                for b in blocks {
                    Block::each(b, |o| objects::drop_owned(self, o));
                }
            }
            for o in self.large_objects() {
                objects::free_large(self, o);
            }
        }
    }
}
