//! Fuel: how much a program has executed, and where it is to stop.
//!
//! `Vm::fuel` is what is left of a *slice*, in bytes of instructions. Where that is negative at a
//! checkpoint (a taken jump, a call, a return, the end of a slow path) the machine looks up
//! ([`Vm::look_up`]) and plans the next slice. The total of fuel used follows from it, and everything
//! that fuel decides depends on that total alone: when the host's fuel is used up, when the collector has its turn. So a program does the same however the host slices
//! its fuel.
//!
//! Between two checkpoints lies straight code, at most `Heap::longest_stretch` instructions of it.
//! Slices end that far before the end of what is granted; the last instructions go through [`op_exact`],
//! which compares before each of them. So do slices before a count hook's next event.

use super::call::Next;
use super::dispatch::{CONTINUE, Handler, Table, handlers, leave, proceed, tail};
use super::ops_loop::op_tforcall_alone;
use crate::error::Raise;
use crate::object::native::Native;
use crate::vm::meter::PERIOD;
use crate::vm::{Vm, exit};
use luka_bytecode::Op;
use std::sync::atomic::Ordering;

impl Vm {
    /// Plans the next slice; whether the collector has its turn now.
    fn begin_slice(&mut self) -> bool {
        let total = self.total();
        let collects = total > self.meter.next_collection;
        if collects {
            self.meter.next_collection = total - total % PERIOD + PERIOD;
        }
        self.plan();
        collects && self.heap.debt > 0
    }

    /// At a checkpoint beyond the slice, before the instruction at `vm.ip`.
    fn poll(&mut self) -> Result<Next, Raise> {
        let collects = self.begin_slice();
        #[cfg(luka_jit)]
        if let Some(events) = self.tier.events {
            (events.poll)(self);
        }
        if collects {
            let next = self.safepoint()?;
            if !matches!(next, Next::Lua) {
                return Ok(next);
            }
        }
        self.settle_top();
        Ok(self.asked_to_stop().map_or(Next::Lua, Next::Exit))
    }

    /// The status to leave the machine with, if the host wants it to stop or pause here.
    fn asked_to_stop(&mut self) -> Option<u32> {
        if self.interrupt.swap(false, Ordering::Relaxed) {
            return Some(exit::INTERRUPTED);
        }
        self.is_out_of_fuel().then_some(exit::OUT_OF_FUEL)
    }

    /// Looks up at a checkpoint beyond the slice.
    #[cold]
    #[inline(never)]
    pub(crate) fn look_up(&mut self) -> u32 {
        loop {
            let next = self.poll();
            let status = self.continue_with(next);
            // (A finalizer may have used up the new slice.)
            if status != CONTINUE || self.fuel >= 0 {
                return status;
            }
        }
    }

    /// Before the instruction at `vm.ip`, not at a checkpoint: the status if the machine is to stop.
    #[inline(always)]
    pub(super) fn stop_before(&mut self) -> Option<u32> {
        if self.fuel > 0 || !self.is_out_of_fuel() {
            return None;
        }
        self.settle_top();
        Some(exit::OUT_OF_FUEL)
    }

    /// A native lets the host look and goes on with `then` ([`crate::Action::Pause`]), in a new slice:
    /// some natives pause when theirs is used up.
    pub(crate) fn pause(&mut self, then: &'static Native) -> Result<Next, Raise> {
        if self.begin_slice() {
            self.gc_safepoint()?;
        }
        let leaves = self.meter.leaves_at_pauses.then_some(exit::OUT_OF_FUEL);
        match self.asked_to_stop().or(leaves) {
            Some(status) => {
                self.pending = Some(then);
                Ok(Next::Exit(status))
            }
            None => Ok(Next::Native(self.run_continuation(then))),
        }
    }
}

handlers! {
    /// Every instruction while the end of what is granted or a count event is near.
    #[inline(never)]
    fn op_exact(m) {
        if m.has_less_than(2) {
            tail!(m, op_exact_end)
        }
        let handler: Handler = Table::interpreted((*m.vm).plain, m.ip);
        tail!(m, handler)
    }
    /// The slice ends here or after this instruction, or it may be on another line.
    #[cold]
    #[inline(never)]
    fn op_exact_end(m) {
        m.save();
        if let Some(status) = (*m.vm).stop_before() {
            leave!(status)
        }
        if let Some(status) = (*m.vm).event_before() {
            proceed!(m.vm, status)
        }
        tail!(m, op_at)
    }
    /// The instruction, and no other: a stop may lie behind it.
    #[inline(never)]
    fn op_at(m) {
        if m.op() == Op::TForCall as u8 {
            tail!(m, op_tforcall_alone)
        }
        let handler: Handler = Table::interpreted((*m.vm).plain, m.ip);
        tail!(m, handler)
    }
}
