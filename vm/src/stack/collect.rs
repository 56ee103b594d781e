//! Collections of a machine's garbage: at safepoints, or when a program asks.

use crate::error::Raise;
use crate::heap::check::check_heap;
use crate::heap::{Heap, roots::Roots};
use crate::value::Value;
use crate::vm::Vm;

/// Bytes of the heap that are marked and swept for one unit of fuel.
const COLLECTED_PER_UNIT: usize = 128;

impl Vm {
    /// Walks every invariant of the heap, at a safepoint; for tests. What is wrong, if anything is.
    pub fn check_heap(&self) -> Result<(), String> {
        self.save_registers();
        check_heap(&self.heap)
    }

    /// Saves the running thread's registers where the collector looks.
    pub(crate) fn save_registers(&self) {
        let th = self.thread.as_ptr();
        // SAFETY: the running thread is live; no reference to it is held.
        unsafe {
            (*th).ip = self.ip;
            (*th).base = self.base;
            (*th).top = self.top;
        }
    }

    /// Runs `f` with the roots, the running thread's registers saved where the collector looks.
    fn with_roots<R>(&mut self, f: impl FnOnce(&mut Heap, &Roots) -> R) -> R {
        self.save_registers();
        let roots = Roots {
            threads: &[self.main_thread, self.thread],
            tables: &[self.registry, self.globals],
            type_meta: &self.type_meta,
            raised: self.raised.as_ref(),
        };
        f(&mut self.heap, &roots)
    }

    /// What the interpreter calls at a safepoint when `heap.debt > 0`: some work of the
    /// collector, a whole collection in stress mode or when the memory limit is passed (also in
    /// finalizers, as in PUC Lua). [`Raise::Memory`] when what is reachable passes the limit. The
    /// stack may move.
    #[inline(never)]
    pub fn gc_safepoint(&mut self) -> Result<(), Raise> {
        self.heap.look_at_reserve();
        if self.heap.over_limit() {
            self.charge_collection();
            self.gc_full();
            if self.heap.over_limit() {
                return Err(Raise::Memory);
            }
        } else {
            self.gc_step();
        }
        Ok(())
    }

    /// Some work of the collector, in proportion to what was allocated (`luaC_step`). The stack
    /// may move.
    pub fn gc_step(&mut self) {
        self.collect(false, |heap, roots| heap.step(roots));
    }

    /// A complete collection. Finalizers it finds are left to be called
    /// ([`Heap::take_finalizer`]). The stack may move.
    pub fn gc_full(&mut self) {
        self.collect(true, |heap, roots| heap.full(roots));
        if !self.heap.to_finalize.is_empty() {
            // The next safepoint is to call them.
            self.heap.debt = self.heap.debt.max(1);
        }
    }

    /// A piece of a complete collection, which takes a few milliseconds; `begun` is false for the first.
    /// True when the collection is complete. The stack may move.
    pub fn gc_full_piece(&mut self, begun: &mut bool) -> bool {
        /// Objects and slots that are looked at.
        const WORK: usize = 200_000;
        let complete = self.collect(true, |heap, roots| heap.full_piece(roots, begun, WORK));
        if complete && !self.heap.to_finalize.is_empty() {
            self.heap.debt = self.heap.debt.max(1);
        }
        complete
    }

    /// Makes sure that `bytes` more fit below the memory limit, by a collection of everything if
    /// need be (PUC's emergency collection). The stack does not move; finalizers are called later.
    /// Nothing may be held that a collection would not find: for instructions, and for natives
    /// that hold on to their arguments only.
    pub fn make_room(&mut self, bytes: usize) -> Result<(), Raise> {
        match self.heap.reserve(bytes) {
            Err(_) => {
                self.charge_collection();
                self.with_roots(|heap, roots| heap.full(roots));
                self.heap.give_back_all();
                self.heap.cap_credit();
                self.pay_collector();
                self.heap.reserve(bytes)
            }
            done => done,
        }
    }

    /// Charges for a collection of everything.
    pub fn charge_collection(&mut self) {
        self.charge((self.heap.bytes / COLLECTED_PER_UNIT) as u64);
    }

    /// Charges for what the collector has done beyond what allocation pays for.
    fn pay_collector(&mut self) {
        let unpaid = std::mem::take(&mut self.heap.unpaid);
        if unpaid > 0 {
            self.charge(unpaid as u64);
        }
    }

    /// `collectgarbage("step", kbytes)`: works as if so much had been allocated (0: one basic
    /// step), even when stopped. True when that finished a cycle. The stack may move.
    pub fn gc_step_kb(&mut self, kbytes: i32) -> bool {
        self.collect(true, |heap, roots| heap.step_kb(roots, kbytes))
    }

    /// Runs the collector; after a cycle gives back what a deep recursion needed of the stack, as
    /// PUC does.
    fn collect<R>(&mut self, requested: bool, f: impl FnOnce(&mut Heap, &Roots) -> R) -> R {
        let cycles = self.heap.pacer.cycles;
        let result = if self.heap.stats.timed {
            let begin = self.host.clock();
            self.heap.stats.peak = self.heap.stats.peak.max(self.heap.bytes());
            let result = self.with_roots(f);
            let took = ((self.host.clock() - begin) * 1e9) as u64;
            let stats = &mut self.heap.stats;
            if requested {
                stats.requested.add(took)
            } else {
                stats.pauses.add(took)
            }
            result
        } else {
            self.with_roots(f)
        };
        self.heap.cap_credit();
        self.pay_collector();
        if self.heap.pacer.cycles != cycles {
            self.shrink_stack();
        }
        result
    }

    /// Changes between incremental (false) and generational mode; returns the old one.
    /// The stack may move.
    pub fn gc_set_generational(&mut self, on: bool) -> bool {
        self.collect(true, |heap, roots| heap.set_generational(roots, on))
    }

    /// A value stays alive until [`Vm::unpin`].
    pub fn pin(&mut self, v: Value) {
        self.heap.pin(v);
    }

    /// Keeps a value alive and gives it a number, by which the host gets it back
    /// ([`Vm::host_root`]) until it lets go of it ([`Vm::remove_host_root`]).
    pub fn add_host_root(&mut self, v: Value) -> u32 {
        self.heap.host_roots.add(v)
    }

    /// The value with this number; nil if there is none.
    pub fn host_root(&self, number: u32) -> Value {
        self.heap.host_roots.get(number)
    }

    /// All values the host keeps alive, by their numbers; nil for numbers that are free.
    pub fn host_roots(&self) -> &[Value] {
        self.heap.host_roots.values()
    }

    /// Lets go of the value with this number.
    pub fn remove_host_root(&mut self, number: u32) {
        self.heap.host_roots.remove(number);
    }

    /// How many values the host holds on to.
    pub fn host_root_count(&self) -> usize {
        self.heap.host_roots.len()
    }

    /// Handles ([`Userdata::data`](crate::Userdata::data)) of host-owned userdata that the collector
    /// has freed since the last call.
    pub fn take_released(&mut self) -> Vec<u64> {
        std::mem::take(&mut self.heap.released)
    }

    /// Undoes the last `n` [`Vm::pin`]s.
    pub fn unpin(&mut self, n: usize) {
        self.heap.unpin(n);
    }
}
