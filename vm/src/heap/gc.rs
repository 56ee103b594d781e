//! The collector's cycle: states, pacing, steps and full collections.
//!
//! The structure is PUC Lua 5.4's incremental collector (`lgc.c`): `Pause → Propagate → Atomic →
//! sweeps → Pause`. It departs in three things. Gray lists are vectors, not links in the objects.
//! Short strings are swept by bucket. Finalizers are not called here: a sweep leaves their
//! objects in `to_finalize`, and the interpreter calls them as frames between two instructions.

use super::heap::Heap;
use super::mark;
use super::roots::Roots;

/// Where the collector stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[repr(u8)]
pub(crate) enum State {
    /// Between cycles: everything is white.
    Pause,
    /// Marking while the program runs.
    Propagate,
    /// In the atomic phase (never seen by the program).
    Atomic,
    SweepStrings,
    SweepAll,
    SweepFinalizers,
    SweepPending,
    SweepEnd,
}

impl State {
    /// Whether no black object may refer to a white one.
    #[inline(always)]
    pub(crate) fn keeps_invariant(self) -> bool {
        self <= State::Atomic
    }
}

/// Reasons not to collect, as bits.
mod stop {
    /// `collectgarbage("stop")`.
    pub const PROGRAM: u8 = 1;
    /// A finalizer runs.
    pub const FINALIZER: u8 = 2;
    /// The VM is closing.
    pub const CLOSING: u8 = 4;
}

/// When and how much to collect. Multipliers are kept as PUC keeps them, a quarter of the
/// percentage in a byte, because programs can read them back.
pub(crate) struct Pace {
    pause: u8,
    step_mul: u8,
    /// log2 of the bytes between two steps.
    step_size: u8,
    minor_mul: u8,
    major_mul: u8,
    pub(crate) generational: bool,
    stopped: u8,
    /// Bytes that were in use after the last mark, what was freed since taken off.
    pub(crate) estimate: usize,
    /// Cycles completed.
    pub(crate) cycles: u64,
}

impl Default for Pace {
    fn default() -> Pace {
        Pace {
            pause: 200 / 4,
            step_mul: 100 / 4,
            step_size: 13,
            minor_mul: 20,
            major_mul: 100 / 4,
            generational: false,
            stopped: 0,
            estimate: 0,
            cycles: 0,
        }
    }
}

/// Bytes that count as one unit of work.
const WORK_BYTES: isize = 16;
/// Objects (or buckets) per unit of sweeping.
const SWEEP_BATCH: usize = 100;
/// Debt after a step that must not run.
const STOPPED_DEBT: isize = -2000;

/// PUC's integer parameters: a quarter is stored in a byte.
fn exchange(param: &mut u8, new: i32) -> i32 {
    let old = *param as i32 * 4;
    *param = (new / 4) as u8;
    old
}

impl Heap {
    // ------------------------------------------------------------------ control

    /// Whether automatic collections are on (`collectgarbage("isrunning")`).
    pub fn is_running(&self) -> bool {
        self.pace.stopped == 0
    }

    /// Whether `collectgarbage` may do anything: not inside a finalizer nor while closing.
    pub fn can_collect(&self) -> bool {
        self.pace.stopped & (stop::FINALIZER | stop::CLOSING) == 0
    }

    /// `collectgarbage("stop")`.
    pub fn stop(&mut self) {
        self.pace.stopped = stop::PROGRAM;
    }

    /// `collectgarbage("restart")`.
    pub fn restart(&mut self) {
        self.debt = 0;
        self.pace.stopped = 0;
    }

    /// Takes everything that exists for live, as after a collection: the next cycle starts when
    /// that has doubled. For hosts, after loading libraries.
    pub fn take_stock(&mut self) {
        self.pace.estimate = self.bytes;
        self.start_pause();
    }

    /// A finalizer begins: no collection until it ends.
    pub fn enter_finalizer(&mut self) {
        self.pace.stopped |= stop::FINALIZER;
    }

    /// A finalizer has ended.
    pub fn leave_finalizer(&mut self) {
        self.pace.stopped &= !stop::FINALIZER;
    }

    /// The VM is closing: no object is registered for finalization any more.
    pub fn enter_closing(&mut self) {
        self.pace.stopped |= stop::CLOSING;
    }

    pub(crate) fn is_closing(&self) -> bool {
        self.pace.stopped & stop::CLOSING != 0
    }

    /// Sets the pause in percent; returns the old one.
    pub fn set_pause(&mut self, percent: i32) -> i32 {
        exchange(&mut self.pace.pause, percent)
    }

    /// Sets the step multiplier in percent; returns the old one.
    pub fn set_step_mul(&mut self, percent: i32) -> i32 {
        exchange(&mut self.pace.step_mul, percent)
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
            self.pace.step_size = step_size as u8;
        }
    }

    /// Parameters of `collectgarbage("generational", …)`; 0 leaves one as it is. They are kept
    /// for programs that read them back; see [`Heap::set_generational`].
    pub fn set_generational_params(&mut self, minor_mul: i32, major_mul: i32) {
        if minor_mul != 0 {
            self.pace.minor_mul = minor_mul as u8;
        }
        if major_mul != 0 {
            exchange(&mut self.pace.major_mul, major_mul);
        }
    }

    /// Changes the mode; returns whether it was generational. There are no generations yet: in
    /// generational mode every step is a full collection, at twice the memory of the last one.
    pub fn set_generational(&mut self, on: bool) -> bool {
        std::mem::replace(&mut self.pace.generational, on)
    }

    // ------------------------------------------------------------------ steps

    /// What a safepoint with `debt > 0` does.
    pub(crate) fn step(&mut self, roots: &Roots) {
        if self.pace.stopped != 0 {
            self.debt = STOPPED_DEBT;
        } else if self.stress > 0 {
            self.stress_left -= 1;
            if self.stress_left == 0 {
                self.stress_left = self.stress;
                self.full(roots);
            }
        } else if self.pace.generational {
            self.full(roots);
        } else {
            self.incremental_step(roots);
        }
        if self.stress > 0 {
            self.debt = 1;
        }
    }

    /// Pays the debt in units of work, until there is credit for one step size or the cycle ends.
    fn incremental_step(&mut self, roots: &Roots) {
        let mul = (self.pace.step_mul as isize * 4) | 1;
        let mut debt = (self.debt / WORK_BYTES).saturating_mul(mul);
        let step = match self.pace.step_size {
            n if n < 62 => ((1isize << n) / WORK_BYTES).saturating_mul(mul),
            _ => isize::MAX,
        };
        loop {
            let work = self.single_step(roots);
            debt = debt.saturating_sub(work as isize);
            if debt <= step.saturating_neg() || self.state == State::Pause {
                break;
            }
        }
        // SAFETY: waiting objects are live. The program finds no black object with a white child.
        unsafe { self.mark_waiting() };
        if self.state == State::Pause {
            self.start_pause();
        } else {
            self.debt = (debt / mul).saturating_mul(WORK_BYTES);
        }
    }

    /// `collectgarbage("step", kbytes)`.
    pub(crate) fn step_kb(&mut self, roots: &Roots, kbytes: i32) -> bool {
        if !self.can_collect() {
            return false;
        }
        let stopped = std::mem::take(&mut self.pace.stopped);
        let cycles = self.pace.cycles;
        let mut debt = 1;
        if kbytes == 0 {
            self.debt = 0;
            self.basic_step(roots);
        } else {
            debt = (kbytes as isize * 1024).saturating_add(self.debt);
            self.debt = debt;
            if debt > 0 {
                self.basic_step(roots);
            }
        }
        self.pace.stopped = stopped;
        debt > 0 && (self.state == State::Pause || self.pace.cycles != cycles)
    }

    fn basic_step(&mut self, roots: &Roots) {
        if self.pace.generational {
            self.full(roots);
        } else {
            self.incremental_step(roots);
        }
    }

    /// A whole cycle, from the beginning.
    pub(crate) fn full(&mut self, roots: &Roots) {
        if self.state != State::Pause {
            if self.state.keeps_invariant() {
                // Give up the marking under way: a sweep without a change of white frees nothing
                // and turns everything white again.
                self.clear_gray_lists();
                self.enter_sweep();
            }
            while self.state != State::Pause {
                self.single_step(roots);
            }
        }
        self.single_step(roots); // Pause → Propagate
        while self.state != State::Pause {
            self.single_step(roots);
        }
        self.start_pause();
    }

    /// One unit of whatever comes next; returns how much work it was.
    pub(super) fn single_step(&mut self, roots: &Roots) -> usize {
        match self.state {
            State::Pause => {
                self.clear_gray_lists();
                roots.mark(self);
                self.state = State::Propagate;
                1
            }
            State::Propagate => match self.gray.pop() {
                // SAFETY: gray objects are live.
                Some(o) => unsafe { self.visit(o) },
                None if self.soon_len > 0 => {
                    // SAFETY: waiting objects are live.
                    unsafe { self.mark_waiting() };
                    1
                }
                None => {
                    let work = self.atomic(roots);
                    self.enter_sweep();
                    self.pace.estimate = self.bytes;
                    work
                }
            },
            State::Atomic => {
                debug_assert!(false, "a step inside the atomic phase");
                0
            }
            State::SweepStrings | State::SweepAll | State::SweepFinalizers => {
                let before = self.bytes;
                let work = self.sweep_step(SWEEP_BATCH);
                self.pace.estimate = self.pace.estimate.saturating_sub(before - self.bytes);
                work
            }
            State::SweepPending => {
                for i in 0..self.to_finalize.len() {
                    let o = self.to_finalize[i];
                    // SAFETY: objects in this list are live.
                    unsafe { self.whiten(o) };
                }
                self.state = State::SweepEnd;
                self.to_finalize.len()
            }
            State::SweepEnd => {
                self.shrink_string_table();
                self.open_upvals.clear();
                self.state = State::Pause;
                self.pace.cycles += 1;
                0
            }
        }
    }

    /// What must happen without the program in between: the rest of the marking, weak tables,
    /// the choice of what to finalize, the change of white.
    fn atomic(&mut self, roots: &Roots) -> usize {
        let again = std::mem::take(&mut self.gray_again);
        self.state = State::Atomic;
        // SAFETY: everything marked or listed is live.
        unsafe {
            roots.mark(self);
            let mut work = self.propagate_all();
            work += self.remark_upvalues();
            work += self.propagate_all();
            debug_assert!(self.gray.is_empty());
            self.gray = again;
            work += self.propagate_all();
            self.converge_ephemerons();
            // All that is strongly reachable is marked. Values go before finalizers run…
            let (weak, all) = (self.weak_values.len(), self.all_weak.len());
            self.clear_values(0, 0);
            self.separate_unreachable(false);
            for i in 0..self.to_finalize.len() {
                self.mark_object(self.to_finalize[i]);
            }
            work += self.propagate_all();
            self.converge_ephemerons();
            // … keys after: what finalizers may still see is marked now.
            self.clear_keys();
            self.clear_values(weak, all);
            self.close_upvalues_of_dead_threads();
            self.current_white ^= mark::WHITES;
            debug_assert!(self.gray.is_empty());
            self.gray_again.clear();
            self.weak_values.clear();
            self.ephemerons.clear();
            self.all_weak.clear();
            work
        }
    }

    fn clear_gray_lists(&mut self) {
        self.soon_len = 0;
        self.gray.clear();
        self.gray_again.clear();
        self.weak_values.clear();
        self.ephemerons.clear();
        self.all_weak.clear();
        self.open_upvals.clear();
    }

    /// Sets the debt so that the next cycle starts when memory has grown by the pause; below a
    /// memory limit, at the latest halfway to it.
    pub(crate) fn start_pause(&mut self) {
        let pause = if self.pace.generational { 200 } else { self.pace.pause as usize * 4 };
        let estimate = self.pace.estimate.max(self.bytes / 2).max(100);
        let mut threshold = (estimate / 100).saturating_mul(pause);
        if self.limit != usize::MAX {
            let half = self.bytes + self.limit.saturating_sub(self.bytes) / 2;
            threshold = threshold.min(half);
        }
        let debt = self.bytes as isize - threshold.min(isize::MAX as usize) as isize;
        self.debt = debt.min(0);
    }
}
