//! Running from the host's side: start, stop, go on.

use crate::error::Raise;
use crate::interp::call::Next;
use crate::interp::dispatch::CONTINUE;
use crate::object::thread::Status;
use crate::stack::{FrameKind, HEADER, Link};
use crate::value::Value;
use crate::vm::Vm;
use crate::vm::exit::{ASKED, EXIT, FAILED, FINISHED, INTERRUPTED, OUT_OF_FUEL, Outcome, STOPPED};

impl Vm {
    /// Calls a function on the main thread, from outside of any program. A run that was left
    /// paused is given up.
    pub fn run(&mut self, f: Value, args: &[Value]) -> Outcome {
        if let Err(e) = self.start_run(f, args) {
            return self.failed_to_start(e);
        }
        // SAFETY: `start_run` has put function and link at the bottom of the stack.
        let next = unsafe {
            let f = self.base.sub(HEADER);
            self.begin_call_with(f, args.len(), Link::new(FrameKind::Base, 0, 0, -1))
        };
        self.go_on(next)
    }

    /// Goes on with a paused run. Without one, nothing happens, and nothing is what it returns.
    pub fn resume_run(&mut self) -> Outcome {
        self.plan();
        if self.is_out_of_fuel() {
            return Outcome::OutOfFuel;
        }
        if let Some(next) = self.raise_again() {
            return self.go_on(Ok(next));
        }
        match self.pending.take() {
            Some(native) => {
                let result = self.run_continuation(native);
                self.go_on(Ok(Next::Native(result)))
            }
            None if self.ip.is_null() => Outcome::Finished(Vec::new()),
            None => self.enter(),
        }
    }

    /// Goes on with a paused run for exactly so many units of fuel, whatever is granted, and stops
    /// with [`Outcome::OutOfFuel`]. What is used counts as usual. Instructions cost one unit each, so a
    /// run can be stopped before any of them; a native's work is one step.
    pub fn step(&mut self, units: u64) -> Outcome {
        let granted = self.meter.granted;
        self.meter.granted = None;
        self.set_fuel(Some(units));
        let outcome = self.resume_run();
        self.meter.granted = granted;
        self.plan();
        outcome
    }

    /// Goes on with a paused run by raising an error in it.
    pub fn fail_run(&mut self, error: Value) -> Outcome {
        self.pending = None;
        self.forget_stop();
        let next = self.throw(Raise::Error(error));
        self.plan();
        self.go_on(Ok(next))
    }

    fn start_run(&mut self, f: Value, args: &[Value]) -> Result<(), Raise> {
        self.pending = None;
        self.forget_stop();
        self.forget_faults();
        if self.thread != self.main_thread {
            self.switch_to(self.main_thread);
        }
        if !self.heap.is_closing() {
            // The run that is given up may have paused in a finalizer or hook.
            self.heap.leave_finalizer();
            self.allow_hooks(0);
        }
        // SAFETY: the bottom of the main stack is free: nothing else runs.
        unsafe {
            let stack = self.thread.stack;
            self.base = stack.add(HEADER);
            self.top = self.base;
            self.ip = std::ptr::null();
            self.close_upvalues(stack);
            let t = self.thread_mut();
            t.tbc.clear();
            t.c_depth = 1;
            t.status = Status::Running;
            *stack = f;
            Link::new(FrameKind::Base, 0, 0, -1).write(self.base);
            let at = self.reserve(self.base, args.len() + 20)?;
            for (i, &v) in args.iter().enumerate() {
                *at.add(i) = v;
            }
            self.top = at.add(args.len());
        }
        self.plan();
        Ok(())
    }

    fn failed_to_start(&mut self, e: Raise) -> Outcome {
        match e {
            Raise::Error(v) => Outcome::Failed(v),
            Raise::Memory => Outcome::Failed(self.memory_message.into()),
            Raise::InHandler => Outcome::Failed(self.in_handler_message.into()),
            Raise::Exit { code, close } => Outcome::Exit { code, close },
        }
    }

    /// Follows natives and errors, then runs the machine.
    fn go_on(&mut self, next: Result<Next, Raise>) -> Outcome {
        let mut status = self.continue_with(next);
        if status == CONTINUE && self.fuel < 0 {
            status = self.look_up();
        }
        if status == CONTINUE { self.enter() } else { self.outcome(status) }
    }

    fn enter(&mut self) -> Outcome {
        let status = self.run_machine();
        self.outcome(status)
    }

    fn outcome(&mut self, status: u32) -> Outcome {
        match status {
            FINISHED => {
                // SAFETY: the results lie on the main stack.
                let values =
                    unsafe { (0..self.exit.count).map(|i| *self.exit.first.add(i)).collect() };
                Outcome::Finished(values)
            }
            FAILED => Outcome::Failed(self.exit.error),
            OUT_OF_FUEL => Outcome::OutOfFuel,
            INTERRUPTED => Outcome::Interrupted,
            ASKED => Outcome::Asked,
            STOPPED => Outcome::Stopped,
            EXIT => Outcome::Exit { code: self.exit.code, close: self.exit.close },
            _ => {
                let message = self.small_str("the machine met a frame it does not know");
                Outcome::Failed(message)
            }
        }
    }
}
