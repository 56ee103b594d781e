//! When to collect and how much: parameters and thresholds, all in nominal bytes.

use super::gc::WORK_BYTES;
use super::heap::Heap;

/// Reasons not to collect, as bits.
pub(super) mod stop {
    /// `collectgarbage("stop")`.
    pub const PROGRAM: u8 = 1;
    /// A finalizer runs.
    pub const FINALIZER: u8 = 2;
    /// The VM is closing.
    pub const CLOSING: u8 = 4;
}

/// Bytes allocated between two young collections: a part of the heap (the minor multiplier) within
/// these bounds. The upper one bounds what a young collection may find alive, and with it the
/// pause.
const MIN_NURSERY: usize = 128 << 10;
const MAX_NURSERY: usize = 512 << 10;
/// The sweep after a young collection takes this many steps.
const SLICES: usize = 6;
/// Steps between two young collections.
const STEPS: usize = 8;

/// A cycle that begins before memory has grown by an eighth costs fuel.
const LEAST_GROWTH: usize = 8;
/// Bytes of new objects that cost about a unit to make.
const BYTES_PER_UNIT: usize = 16;

/// What a program may allocate to handle that memory is refused, as long as it has not often done so.
const EMERGENCY_CREDIT: usize = 32 << 10;
const EMERGENCY_CHUNKS: usize = 8;

/// When and how much to collect. Multipliers are kept as PUC keeps them, a quarter of the
/// percentage in a byte, because programs can read them back.
pub(crate) struct Pacer {
    pub(crate) pause: u8,
    pub(crate) step_mul: u8,
    /// log2 of the bytes between two steps.
    pub(crate) step_size: u8,
    pub(crate) minor_mul: u8,
    pub(crate) major_mul: u8,
    pub(crate) generational: bool,
    pub(crate) stopped: u8,
    /// Bytes that were in use after the last mark, what was freed since taken off.
    pub(crate) estimate: usize,
    /// Cycles completed, and how many of them were young collections.
    pub(crate) cycles: u64,
    pub(crate) young_cycles: u64,
    /// Generational mode: bytes in use after the last collection of everything.
    pub(crate) base: usize,
    /// What may be allocated until the next young collection.
    pub(crate) nursery: usize,
    /// Slots the last young collection has looked at.
    pub(crate) young_work: usize,
    /// The sweep under way is a young collection's; how many blocks of it a step takes.
    pub(crate) young_sweep: bool,
    pub(crate) slice: usize,
}

impl Default for Pacer {
    fn default() -> Pacer {
        Pacer {
            pause: 200 / 4,
            step_mul: 100 / 4,
            step_size: 13,
            minor_mul: 20,
            major_mul: 100 / 4,
            generational: true,
            stopped: 0,
            estimate: 0,
            cycles: 0,
            young_cycles: 0,
            base: 0,
            nursery: 0,
            young_work: 0,
            young_sweep: false,
            slice: 0,
        }
    }
}

/// PUC's integer parameters: a quarter is stored in a byte.
fn exchange(param: &mut u8, new: i32) -> i32 {
    let old = *param as i32 * 4;
    *param = (new / 4) as u8;
    old
}

impl Heap {
    /// Whether automatic collections are on (`collectgarbage("isrunning")`).
    pub fn is_running(&self) -> bool {
        self.pacer.stopped == 0
    }

    /// Whether `collectgarbage` may do anything: not inside a finalizer nor while closing.
    pub fn can_collect(&self) -> bool {
        self.pacer.stopped & (stop::FINALIZER | stop::CLOSING) == 0
    }

    /// `collectgarbage("stop")`.
    pub fn stop(&mut self) {
        self.pacer.stopped = stop::PROGRAM;
    }

    /// `collectgarbage("restart")`.
    pub fn restart(&mut self) {
        self.debt = 0;
        self.pacer.stopped = 0;
    }

    /// Takes everything that exists for live, as after a collection: the next cycle starts when
    /// that has doubled. For hosts, after loading libraries.
    pub fn set_baseline(&mut self) {
        self.pacer.estimate = self.bytes;
        self.end_major();
    }

    /// A finalizer begins: no collection until it ends.
    pub fn enter_finalizer(&mut self) {
        self.pacer.stopped |= stop::FINALIZER;
    }

    /// A finalizer has ended.
    pub fn leave_finalizer(&mut self) {
        self.pacer.stopped &= !stop::FINALIZER;
    }

    /// How many collections have come to an end.
    pub fn collections(&self) -> u64 {
        self.pacer.cycles
    }

    /// Whether a finalizer runs or has paused.
    pub(crate) fn is_in_finalizer(&self) -> bool {
        self.pacer.stopped & stop::FINALIZER != 0
    }

    /// The VM is closing: no object is registered for finalization any more.
    pub fn enter_closing(&mut self) {
        self.pacer.stopped |= stop::CLOSING;
    }

    pub(crate) fn is_closing(&self) -> bool {
        self.pacer.stopped & stop::CLOSING != 0
    }

    /// Sets the pause in percent; returns the old one.
    pub fn set_pause(&mut self, percent: i32) -> i32 {
        exchange(&mut self.pacer.pause, percent)
    }

    /// Sets the step multiplier in percent; returns the old one.
    pub fn set_step_mul(&mut self, percent: i32) -> i32 {
        exchange(&mut self.pacer.step_mul, percent)
    }

    /// Parameters of `collectgarbage("incremental", …)`; 0 leaves one as it is.
    pub fn set_incremental_params(&mut self, pause: i32, step_mul: i32, step_size: i32) {
        if pause != 0 {
            self.set_pause(pause);
        }
        if step_mul != 0 {
            self.set_step_mul(step_mul);
        }
        if step_size != 0 {
            self.pacer.step_size = step_size as u8;
        }
    }

    /// Parameters of `collectgarbage("generational", …)`; 0 leaves one as it is.
    pub fn set_generational_params(&mut self, minor_mul: i32, major_mul: i32) {
        if minor_mul != 0 {
            self.pacer.minor_mul = minor_mul as u8;
        }
        if major_mul != 0 {
            exchange(&mut self.pacer.major_mul, major_mul);
        }
    }

    // ------------------------------------------------------------------ thresholds

    /// A collection of everything has ended: what is there is what grows from now on.
    pub(super) fn end_major(&mut self) {
        self.pacer.base = self.bytes;
        self.start_pause();
    }

    /// Sets the debt so that the next collection starts in time: in generational mode when a
    /// nursery is full, else when memory has grown by the pause.
    pub(crate) fn start_pause(&mut self) {
        if self.pacer.generational {
            self.pacer.nursery = self.nursery();
            self.debt = -(self.pacer.nursery as isize);
            return;
        }
        let estimate = self.pacer.estimate.max(self.bytes / 2).max(100);
        let mut threshold = (estimate / 100).saturating_mul(self.pacer.pause as usize * 4);
        if self.limit != usize::MAX {
            // Below a memory limit, at the latest halfway to it.
            let half = self.bytes + self.limit.saturating_sub(self.bytes) / 2;
            threshold = threshold.min(half);
        }
        let debt = self.bytes as isize - threshold.min(isize::MAX as usize) as isize;
        self.debt = debt.min(0);
        self.pay_for(self.bytes / LEAST_GROWTH, -self.debt as usize);
    }

    /// The collection that has ended is paid for by `fair` bytes of new objects, but the next begins
    /// after `granted`: the rest costs fuel.
    fn pay_for(&mut self, fair: usize, granted: usize) {
        self.unpaid += fair.saturating_sub(granted) / BYTES_PER_UNIT;
    }

    /// Whatever the parameters say, there is a step when the memory limit is reached, or soon if the
    /// system refuses memory.
    pub(crate) fn cap_credit(&mut self) {
        let mut left = self.limit.saturating_sub(self.bytes);
        let pages = &self.blocks.pages;
        if pages.refused {
            let few = pages.emergency_chunks < EMERGENCY_CHUNKS;
            left = left.min(if few { EMERGENCY_CREDIT } else { 0 });
        }
        let below_limit = left.min(isize::MAX as usize);
        self.debt = self.debt.max(-(below_limit as isize));
    }

    fn nursery(&self) -> usize {
        let part = (self.pacer.estimate / 100).saturating_mul(self.pacer.minor_mul as usize);
        let room = self.limit.saturating_sub(self.bytes) / 2;
        // Work that does not come from what was allocated (a deep stack, a long list) is paid for
        // by allocating more before it is done again.
        let paid = self.pacer.young_work.saturating_mul(WORK_BYTES as usize / 2);
        part.clamp(MIN_NURSERY, MAX_NURSERY).max(paid).min(room)
    }

    /// A young collection has marked: its sweep continues in steps while the next nursery fills.
    pub(super) fn start_nursery(&mut self) {
        self.pacer.slice = self.unswept_blocks() / SLICES + 1;
        self.pacer.nursery = self.nursery();
        let work = self.pacer.young_work.saturating_mul(WORK_BYTES as usize / 2);
        self.pay_for(work.max(MIN_NURSERY / 2), self.pacer.nursery);
        self.next_slice();
    }

    /// The next step of the sweep is due when this part of the nursery is full.
    pub(super) fn next_slice(&mut self) {
        let part = (self.pacer.nursery / STEPS).max(1);
        self.debt = -(part as isize);
        self.pacer.nursery -= part.min(self.pacer.nursery);
    }

    /// The sweep after a young collection has ended: the rest of the nursery is next.
    pub(super) fn wait_for_nursery(&mut self) {
        self.debt = -(self.pacer.nursery as isize);
    }

    /// Whether so much has been allocated since the last step (one large object) that the sweep
    /// under way should be finished at once.
    pub(super) fn has_large_debt(&self) -> bool {
        self.debt > MAX_NURSERY as isize
    }

    /// Whether old objects have become so many that everything should be looked at.
    pub(super) fn is_major_due(&self) -> bool {
        let base = self.pacer.base.max(2 * MIN_NURSERY);
        let growth = (base / 100).saturating_mul(self.pacer.major_mul as usize * 4);
        self.bytes > base.saturating_add(growth)
    }
}
