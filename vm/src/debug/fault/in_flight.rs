//! Faults that travel: from where an error is raised to where it is caught.
//!
//! An error is a value on its way up ([`Raise`](crate::Raise)); its fault travels beside it, in
//! [`Vm::raised`]. While a message handler or a `__close` method runs for the error, the fault is
//! held by that call's stack slot in the coroutine, so that errors raised meanwhile have faults of
//! their own. A caught error has no fault any more. That of an error nobody caught stays with the
//! coroutine that failed, as long as its stack does; who raises the coroutine's error again, by
//! `error`, `assert` or as a wrapped coroutine does, goes on with it.
//!
//! The values in a fault that travels are found by the collector, those of a failed coroutine
//! with the coroutine. Which coroutines have failed lately is remembered without keeping them
//! alive.

use super::{FailedCoroutine, Fault, FaultKind, Raised};
use crate::heap::Gc;
use crate::object::fault::{Held, Location};
use crate::object::native::Native;
use crate::object::thread::{Status, Thread};
use crate::stack::FrameView;
use crate::value::Value;
use crate::vm::Vm;

/// Levels kept of the stack of a coroutine that is about to be closed.
const LEVELS: usize = 22;

impl Vm {
    /// The error that the running message handler handles; after a run that ended with
    /// [`Outcome::Failed`](crate::Outcome::Failed), its error.
    pub fn raised_error(&self) -> Option<&Raised> {
        let faults = self.faults_of(self.thread)?;
        faults.held.last().map(|held| &held.raised).or(faults.failure.as_ref())
    }

    /// The error a coroutine has ended with, while its stack is there.
    pub fn failure_of(&self, co: Gc<Thread>) -> Option<&Raised> {
        self.faults_of(co)?.failure.as_ref()
    }

    /// The function a fault happened in, if its stack is still there.
    pub fn fault_frame(&self, fault: &Fault) -> Option<FrameView> {
        let site = fault.site?;
        self.frames(fault.thread).find(|frame| frame.base == site.base)
    }

    /// Where in the source a fault happened, if its stack is still there.
    pub fn fault_location(&self, fault: &Fault) -> Option<Location> {
        let site = fault.site?;
        let code = self.fault_frame(fault)?.func.as_lua_fn()?;
        Some(crate::debug::position::location(&code.proto().data, site.pc))
    }

    /// From now on keeps the levels of coroutines that `coroutine.wrap` closes after an error
    /// ([`FailedCoroutine::Closed`]). That costs as much as a traceback each.
    pub fn keep_levels(&mut self) {
        self.keeps_levels = true;
    }

    /// From now on errors for want of memory pass a message handler if it is this one, with the stack
    /// as it was; it must not need memory. Others are not called for them.
    pub fn handle_memory_errors(&mut self, handler: Option<&'static Native>) {
        self.memory_handler = handler;
    }

    // ------------------------------------------------------------------ on the way up

    /// Makes sure that the fault at hand is that of an error on its way; its stack is as it was.
    pub(crate) fn accompany(&mut self, error: Value) {
        if !self.raised.as_ref().is_some_and(|raised| raised.error.raw_eq(error)) {
            self.raised = Some(Raised::new(error, self.plain_fault(FaultKind::Raised)));
        }
    }

    /// The fault at hand waits for the function in a slot of the running stack (slots are given in
    /// bytes from its start).
    pub(crate) fn hold_fault(&mut self, slot: usize) {
        let Some(raised) = self.raised.take() else { return };
        self.update_faults(self.thread, |faults| {
            faults.get_or_insert_default().held.push(Held { slot, raised });
        });
    }

    /// The function in a slot of the running stack has returned: the fault it was called for goes
    /// on, with this error.
    pub(crate) fn release_fault(&mut self, slot: usize, error: Value) {
        let held = self.update_faults(self.thread, |faults| {
            faults.as_mut()?.held.pop_if(|held| held.slot == slot)
        });
        if let Some(mut held) = held {
            held.raised.error = error;
            self.raised = Some(held.raised);
        }
    }

    /// An error has been caught at a level of the running stack: no fault is left of it, nor of
    /// those that waited above.
    pub(crate) fn drop_faults(&mut self, slot: usize) {
        self.raised = None;
        if self.faults_of(self.thread).is_some() {
            self.update_faults(self.thread, |faults| {
                if let Some(faults) = faults {
                    while faults.held.pop_if(|held| held.slot >= slot).is_some() {}
                }
            });
        }
    }

    /// The running coroutine ends with the error at hand.
    pub(crate) fn leave_fault(&mut self, error: Value) {
        let thread = self.thread;
        if thread.closing && self.raised.is_none() {
            let failure = self.failure_of(thread);
            if failure.is_some_and(|failure| failure.error.raw_eq(error)) {
                // A `__close` method has ended well: the error is the one it was called for.
                return;
            }
        }
        self.accompany(error);
        let Some(mut raised) = self.raised.take() else { return };
        if thread.closing {
            self.take_down(thread, &mut raised);
        }
        self.update_faults(thread, |faults| {
            let faults = faults.get_or_insert_default();
            faults.held.clear();
            faults.failure = Some(raised);
        });
        if thread != self.main_thread && !thread.closing {
            self.heap.note_failed(thread);
        }
    }

    /// Nobody goes on with the error a coroutine has ended with.
    pub(crate) fn drop_failure(&mut self, co: Gc<Thread>) {
        self.update_faults(co, |faults| *faults = None);
    }

    /// A new run: nothing is left of the errors of the last one.
    pub(crate) fn forget_faults(&mut self) {
        self.raised = None;
        self.update_faults(self.main_thread, |faults| *faults = None);
    }

    // ------------------------------------------------------------------ out of coroutines

    /// The coroutine that failed with this value last.
    pub(crate) fn failed_with(&self, error: Value) -> Option<Gc<Thread>> {
        if error.is_nil() || self.heap.failed_threads().is_empty() {
            return None;
        }
        let failed = self.heap.failed_threads().iter().rev();
        let mut failed = failed.filter(|co| co.status == Status::Failed);
        failed.find(|co| co.error.raw_eq(error)).copied()
    }

    /// An error that is that of a failed coroutine, raised again.
    pub(crate) fn comes_from(&mut self, co: Gc<Thread>, error: Value) {
        let Some(mut failure) = self.failure_of(co).cloned() else { return };
        failure.coroutines.push(FailedCoroutine::Stack(co));
        self.raised = Some(Raised { error, ..failure });
    }

    /// An error that is that of a closed coroutine, raised again.
    pub(crate) fn comes_from_closed(&mut self, co: Gc<Thread>, error: Value) {
        let failure = self.update_faults(co, Option::take).and_then(|faults| faults.failure);
        if let Some(failure) = failure {
            self.raised = Some(Raised { error, ..failure });
        }
    }

    /// Takes down what a failed coroutine's stack tells, before it is closed.
    pub(crate) fn before_closing(&mut self, co: Gc<Thread>) {
        let Some(mut faults) = self.update_faults(co, Option::take) else { return };
        if let Some(failure) = &mut faults.failure {
            self.take_down(co, failure);
        }
        self.update_faults(co, |kept| *kept = Some(faults));
    }

    fn take_down(&self, co: Gc<Thread>, failure: &mut Raised) {
        if failure.location.is_none() {
            failure.location = self.fault_location(&failure.fault);
        }
        let wanted = self.keeps_levels;
        let levels = if wanted { self.trace(co, 0, LEVELS).collect() } else { Vec::new() };
        failure.coroutines.push(FailedCoroutine::Closed(levels));
    }
}
