//! The end of a machine: pending variables closed, every finalizer called (`lua_close`).

use crate::meta::Event;
use crate::value::Value;
use crate::vm::Vm;
use crate::vm::closing::{Closing, Method};
use crate::vm::exit::Outcome;

impl Vm {
    /// Closes pending variables of the main thread and calls every finalizer that is left, as at
    /// the end of a program. Errors become warnings.
    ///
    /// The methods run on the machine's fuel: after an outcome that is a pause
    /// ([`Outcome::is_pause`]) call it again, to go on where it stopped, or drop the machine and so
    /// what is left undone. Ends with [`Outcome::Finished`], or with [`Outcome::Exit`] if a
    /// method called `os.exit`: with `close`, the program asks for the rest to be closed by
    /// another call.
    pub fn close(&mut self) -> Outcome {
        let mut closing = match self.closing.take() {
            Some(closing) => closing,
            None => self.begin_closing(),
        };
        let outcome = self.continue_closing(&mut closing);
        if outcome.is_pause() {
            self.closing = Some(closing);
        } else {
            self.unpin(closing.pending + usize::from(closing.paused.is_some()));
            if let Some(hooks) = closing.hooks {
                self.allow_hooks(hooks);
            }
        }
        outcome
    }

    /// Pins what waits for its `__close`, the last declared on top.
    fn begin_closing(&mut self) -> Closing {
        if self.thread != self.main_thread {
            self.switch_to(self.main_thread);
        }
        let mut values = Vec::new();
        // SAFETY: pending slots are on the main stack.
        unsafe {
            let stack = self.thread.stack;
            while let Some(slot) = self.take_tbc(stack) {
                values.push(*slot);
            }
            self.close_upvalues(stack);
        }
        for &v in values.iter().rev() {
            self.pin(v);
        }
        Closing { pending: values.len(), ..Closing::default() }
    }

    fn continue_closing(&mut self, closing: &mut Closing) -> Outcome {
        loop {
            let (method, outcome) = if let Some(method) = closing.paused.take() {
                (method, self.resume_run())
            } else if closing.pending > 0 {
                closing.pending -= 1;
                let value = self.heap.last_pin();
                let f = self.metamethod(value, Event::Close);
                (Method::Close, self.run(f, &[value, Value::NIL]))
            } else {
                if closing.hooks.is_none() {
                    closing.hooks = Some(self.forbid_hooks());
                    self.heap.enter_closing();
                }
                self.heap.separate_all();
                let Some(object) = self.heap.take_finalizer() else {
                    return Outcome::Finished(Vec::new());
                };
                self.pin(object);
                let f = self.metamethod(object, Event::Gc);
                if f.is_nil() || self.warned_of(f) {
                    self.unpin(1);
                    continue;
                }
                (Method::Finalizer, self.run(f, &[object]))
            };
            if outcome.is_pause() {
                closing.paused = Some(method);
                return outcome;
            }
            match (outcome, method) {
                (exit @ Outcome::Exit { .. }, _) => {
                    self.unpin(1);
                    return exit;
                }
                (Outcome::Failed(e), Method::Finalizer) => self.warn_finalizer(e),
                _ => {}
            }
            self.unpin(1);
        }
    }
}
