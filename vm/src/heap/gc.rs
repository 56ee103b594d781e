//! The collector's cycle: states, steps and full collections.
//!
//! A cycle goes `Pause → Propagate → Atomic → sweep → Pause`, as in PUC Lua (`lgc.c`): marking and
//! sweeping in steps while the program runs, in between a phase in which it does not. A *young*
//! collection, which generational mode makes between two such cycles, is the atomic phase alone
//! with the marks of the last collection left as they are ("sticky" marks: Demers et al.,
//! *Combining generational and conservative garbage collection*), then the sweep of what was made
//! since. Whoever survives one collection is old.
//!
//! Departures from PUC: gray lists are vectors; what survives is not painted (see
//! [`super::mark`]); finalizers are not called here: a collection leaves their objects in
//! `to_finalize`, and the interpreter calls them as frames between two instructions.

use super::heap::Heap;
use super::mark;
use super::roots::Roots;
use crate::value::tag;

/// What the collector is doing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[repr(u8)]
pub(crate) enum State {
    /// Between cycles.
    Pause,
    /// Marking while the program runs.
    Propagate,
    /// In the atomic phase (never seen by the program).
    Atomic,
    SweepCells,
    SweepLarge,
    SweepEnd,
}

impl State {
    /// Whether no black object may refer to an unmarked one, in either mode.
    #[inline(always)]
    pub(crate) fn keeps_invariant(self) -> bool {
        matches!(self, State::Propagate | State::Atomic)
    }
}

/// Bytes that count as one unit of work.
pub(super) const WORK_BYTES: isize = 16;
/// Most work of a step at the default setting, beyond what is owed: well below a millisecond.
const STEP_WORK: isize = 12_000;
/// If more tables than these wait for the atomic phase, they are visited again before it.
const MIN_RESCAN: usize = 200;
/// How often that is done in a cycle.
const MAX_RESCANS: u8 = 3;
/// Most work of one step beyond its size: what a large allocation owes is paid in several.
const MAX_WORK: isize = 4 * STEP_WORK;
/// Debt after a step that must not run.
const STOPPED_DEBT: isize = -2000;

impl Heap {
    /// Changes the mode; returns whether it was generational. Entering it begins with a
    /// collection: what survives is old.
    pub(crate) fn set_generational(&mut self, roots: &Roots, on: bool) -> bool {
        let was = std::mem::replace(&mut self.pacer.generational, on);
        if on && !was {
            self.full(roots);
        } else if was && !on {
            self.finish_sweep();
            if self.state == State::Pause {
                self.start_pause();
            }
        }
        was
    }

    // ------------------------------------------------------------------ steps

    /// What a safepoint with `debt > 0` does.
    pub(crate) fn step(&mut self, roots: &Roots) {
        if self.pacer.stopped != 0 {
            self.debt = STOPPED_DEBT;
        } else if self.stress > 0 {
            self.stress_left -= 1;
            if self.stress_left == 0 {
                self.stress_left = self.stress;
                self.stress_step(roots);
            }
        } else {
            self.basic_step(roots);
        }
        if self.stress > 0 {
            self.debt = 1;
        }
    }

    /// Young collections and full ones by turns.
    fn stress_step(&mut self, roots: &Roots) {
        if self.pacer.generational
            && self.state == State::Pause
            && !self.pacer.cycles.is_multiple_of(4)
        {
            self.young(roots);
            self.finish_sweep();
        } else {
            self.full(roots);
        }
    }

    fn basic_step(&mut self, roots: &Roots) {
        if !self.pacer.generational {
            self.incremental_step(roots);
            return;
        }
        if self.pacer.young_sweep && self.has_large_debt() {
            self.finish_sweep();
        }
        match self.state {
            State::Pause if self.is_major_due() => self.incremental_step(roots),
            State::Pause => {
                self.young(roots);
                self.start_nursery();
            }
            State::SweepCells | State::SweepLarge | State::SweepEnd if self.pacer.young_sweep => {
                for _ in 0..self.pacer.slice {
                    if self.state != State::Pause {
                        self.sweep_or_end();
                    }
                }
                if self.state == State::Pause { self.wait_for_nursery() } else { self.next_slice() }
            }
            State::Propagate | State::Atomic => self.incremental_step(roots),
            State::SweepCells | State::SweepLarge | State::SweepEnd => self.incremental_step(roots),
        }
    }

    /// A collection of what was made since the last one, up to its sweep.
    fn young(&mut self, roots: &Roots) {
        debug_assert!(self.state == State::Pause);
        self.pacer.young_sweep = true;
        self.pacer.young_work = self.atomic(roots, true);
        self.enter_sweep(true);
    }

    /// Pays the debt in units of work, until there is credit for one step size or the cycle ends.
    fn incremental_step(&mut self, roots: &Roots) {
        let mul = (self.pacer.step_mul as isize * 4) | 1;
        let owed = (self.debt / WORK_BYTES).saturating_mul(mul);
        let mut debt = if self.pacer.step_size <= 13 { owed.min(MAX_WORK) } else { owed };
        let later = owed - debt;
        let step = match self.pacer.step_size {
            // At the default setting, steps are taken smaller and oftener.
            n if n <= 13 => (((1isize << n) / WORK_BYTES).saturating_mul(mul)).min(STEP_WORK),
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
        unsafe { self.flush_prefetched() };
        if self.state == State::Pause {
            self.end_major();
        } else {
            self.debt = (debt.saturating_add(later) / mul).saturating_mul(WORK_BYTES);
        }
    }

    /// `collectgarbage("step", kbytes)`. In generational mode a step is a young collection and
    /// never ends a cycle, as in PUC Lua.
    pub(crate) fn step_kb(&mut self, roots: &Roots, kbytes: i32) -> bool {
        if !self.can_collect() {
            return false;
        }
        let stopped = std::mem::take(&mut self.pacer.stopped);
        let cycles = self.pacer.cycles;
        let mut debt = 1;
        if kbytes == 0 {
            self.debt = 0;
            self.kb_step(roots);
        } else {
            debt = (kbytes as isize * 1024).saturating_add(self.debt);
            self.debt = debt;
            if debt > 0 {
                self.kb_step(roots);
            }
        }
        self.pacer.stopped = stopped;
        !self.pacer.generational
            && debt > 0
            && (self.state == State::Pause || self.pacer.cycles != cycles)
    }

    fn kb_step(&mut self, roots: &Roots) {
        if !self.pacer.generational {
            // The program asks for all of it at once.
            self.incremental_step(roots);
            while self.debt > 0 && self.state != State::Pause {
                self.incremental_step(roots);
            }
        } else if self.state == State::Propagate {
            // A collection of everything is under way.
            while self.state != State::Pause {
                self.single_step(roots);
            }
            self.end_major();
        } else {
            self.finish_sweep();
            self.young(roots);
            self.finish_sweep();
            self.start_pause();
        }
    }

    /// A whole cycle, from the beginning.
    pub(crate) fn full(&mut self, roots: &Roots) {
        self.finish_sweep();
        // Marking under way is given up: the new cycle has an epoch of its own.
        self.begin_cycle(roots);
        while self.state != State::Pause {
            self.single_step(roots);
        }
        self.end_major();
    }

    /// A piece of a whole cycle, of about so much work, that begins when a sweep under way has ended;
    /// `begun` says whether it has. True when the cycle has come to its end.
    pub(crate) fn full_piece(&mut self, roots: &Roots, begun: &mut bool, work: usize) -> bool {
        let mut done = 0;
        while done < work {
            if *begun && self.state == State::Pause {
                self.end_major();
                return true;
            }
            if !*begun && self.state <= State::Atomic {
                *begun = true;
                self.begin_cycle(roots);
            }
            done += self.single_step(roots);
        }
        // SAFETY: waiting objects are live.
        unsafe { self.flush_prefetched() };
        false
    }

    /// Brings a sweep under way to its end.
    fn finish_sweep(&mut self) {
        while self.state > State::Atomic {
            self.sweep_or_end();
        }
    }

    /// A new epoch: nothing is marked.
    fn begin_cycle(&mut self, roots: &Roots) {
        self.clear_gray_lists();
        self.epoch = match self.epoch {
            4 => 1,
            e => e << 1,
        };
        self.pacer.young_sweep = false;
        self.state = State::Propagate;
        roots.mark(self);
    }

    /// One unit of whatever comes next; returns how much work it was.
    pub(super) fn single_step(&mut self, roots: &Roots) -> usize {
        match self.state {
            State::Pause => {
                self.begin_cycle(roots);
                1
            }
            // SAFETY: gray, begun and waiting objects are live.
            State::Propagate => unsafe {
                if let Some(work) = self.visit_chunk() {
                    return work;
                }
                match self.gray.pop() {
                    Some(o) => self.visit(o),
                    None if self.prefetch_len > 0 => {
                        self.flush_prefetched();
                        1
                    }
                    None if self.rescan_gray_again() => 1,
                    None => {
                        let work = self.atomic(roots, false);
                        self.enter_sweep(false);
                        work
                    }
                }
            },
            State::Atomic => {
                debug_assert!(false, "a step inside the atomic phase");
                0
            }
            State::SweepCells | State::SweepLarge | State::SweepEnd => self.sweep_or_end(),
        }
    }

    fn sweep_or_end(&mut self) -> usize {
        if self.state != State::SweepEnd {
            return self.sweep_step();
        }
        self.shrink_string_table();
        self.alive = mark::COLOURS;
        self.state = State::Pause;
        self.pacer.cycles += 1;
        self.pacer.young_cycles += u64::from(self.pacer.young_sweep);
        if !self.pacer.young_sweep {
            self.give_back();
        }
        self.pacer.young_sweep = false;
        1
    }

    /// What must happen without the program in between: the rest of the marking, weak tables,
    /// the choice of what to finalize.
    fn atomic(&mut self, roots: &Roots, young: bool) -> usize {
        let mut again = std::mem::take(&mut self.gray_again);
        self.state = State::Atomic;
        let new_finalizers = if young { self.finalizers_old } else { 0 };
        // SAFETY: everything marked or listed is live.
        unsafe {
            roots.mark(self);
            let mut work = self.propagate_all();
            work += self.remark_upvalues();
            work += self.propagate_all();
            debug_assert!(self.gray.is_empty());
            if again.len() > self.gray.capacity() {
                self.gray = again;
            } else {
                // (The list keeps its memory: there may be no more.)
                self.gray.append(&mut again);
            }
            work += self.propagate_all();
            self.converge_ephemerons();
            // All that is strongly reachable is marked. Values go before finalizers run…
            let (weak, all) = (self.weak_values.len(), self.all_weak.len());
            self.clear_values(0, 0);
            self.separate_unreachable(new_finalizers, false);
            for i in 0..self.to_finalize.len() {
                self.mark_object(self.to_finalize[i]);
            }
            work += self.propagate_all();
            self.converge_ephemerons();
            // … keys after: what finalizers may still see is marked now.
            self.clear_keys();
            self.clear_values(weak, all);
            self.clear_failed();
            self.close_upvalues_of_dead_threads();
            self.lost_upvals = false;
            debug_assert!(self.gray.is_empty());
            self.finalizers_old = self.with_finalizer.len();
            self.gray_again.clear();
            self.gray_again_slots = 0;
            self.blacken_weak_tables();
            // Everything that survives is old; only the running thread is looked at again in any
            // case, since stores to stacks have no barrier.
            std::mem::swap(&mut self.gray_again, &mut self.threads);
            self.threads.clear();
            self.pacer.estimate = self.bytes;
            work
        }
    }

    /// Tables that the program has changed since they were visited are visited again while it
    /// runs, so that the atomic phase finds few; false when that was done or is not worth it.
    fn rescan_gray_again(&mut self) -> bool {
        if self.rescans >= MAX_RESCANS || self.gray_again.len() <= MIN_RESCAN {
            return false;
        }
        self.rescans += 1;
        self.gray_again_slots = 0;
        let mut again = std::mem::take(&mut self.gray_again);
        again.retain(|&o| {
            // SAFETY: listed objects exist.
            let waits = unsafe { (*o).kind == tag::THREAD };
            if !waits {
                self.push_gray(o);
            }
            waits
        });
        // (Nothing has been listed there meanwhile.)
        self.gray_again = again;
        true
    }

    fn clear_gray_lists(&mut self) {
        self.rescans = 0;
        self.lost = false;
        self.lost_upvals = false;
        self.prefetch_len = 0;
        self.partial_table = None;
        self.gray.clear();
        self.gray_again.clear();
        self.gray_again_slots = 0;
        self.threads.clear();
        self.weak_values.clear();
        self.ephemerons.clear();
        self.all_weak.clear();
        self.open_upvals.clear();
    }
}
