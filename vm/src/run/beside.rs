//! Runs beside a paused one, which goes on afterwards as if nothing had been.

use crate::error::Raise;
use crate::object::native::Native;
use crate::value::Value;
use crate::vm::Vm;

/// A run that waits for others ([`Vm::set_aside`]).
#[must_use]
pub struct Aside {
    pending: Option<&'static Native>,
    in_finalizer: bool,
}

/// Threads that stay alive meanwhile: the main one, the one that runs, the one that is new.
const PINS: usize = 3;

impl Vm {
    /// Sets what is paused aside: until [`Vm::take_up`] the machine has another main thread, on which
    /// [`Vm::run`] gives up nothing. Sets aside nest.
    ///
    /// # Errors
    /// [`Raise::Memory`] if there is not enough for another stack.
    pub fn set_aside(&mut self) -> Result<Aside, Raise> {
        let beside = self.new_coroutine(Value::NIL)?;
        let aside =
            Aside { pending: self.pending.take(), in_finalizer: self.heap.is_in_finalizer() };
        for thread in [self.main_thread, self.thread, beside] {
            self.pin(thread.into());
        }
        self.switch_to(beside);
        self.main_thread = beside;
        Ok(aside)
    }

    /// Takes up what was set aside last. A run that is paused now is given up.
    pub fn take_up(&mut self, aside: Aside) {
        let [main, paused] = [PINS, PINS - 1].map(|n| self.heap.pinned_at(n).as_thread());
        if let (Some(main), Some(paused)) = (main, paused) {
            self.main_thread = main;
            self.switch_to(paused);
        }
        self.unpin(PINS);
        self.pending = aside.pending;
        if aside.in_finalizer {
            self.heap.enter_finalizer();
        } else {
            self.heap.leave_finalizer();
        }
    }
}
