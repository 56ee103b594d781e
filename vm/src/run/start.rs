//! Running from the host's side: start, stop, go on.

use crate::error::Raise;
use crate::interp::dispatch::CONTINUE;
use crate::object::thread::Status;
use crate::stack::{FrameKind, HEADER, Link};
use crate::value::Value;
use crate::vm::Vm;
use crate::vm::exit::{ASKED, EXIT, FAILED, FINISHED, INTERRUPTED, OUT_OF_FUEL, Outcome};

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
        let status = self.continue_with(next);
        self.go_on(status)
    }

    /// Goes on with a paused run.
    pub fn resume_run(&mut self) -> Outcome {
        let next = self.unpause();
        let status = self.continue_with(Ok(next));
        self.go_on(status)
    }

    /// Goes on with a paused run by raising an error in it.
    pub fn fail_run(&mut self, error: Value) -> Outcome {
        self.pending = None;
        let next = self.throw(Raise::Error(error));
        let status = self.continue_with(Ok(next));
        self.go_on(status)
    }

    /// Grants more fuel units.
    pub fn add_fuel(&mut self, units: u64) {
        if let Some(left) = &mut self.budget {
            *left = left.saturating_add(units.min(i64::MAX as u64) as i64);
        }
    }

    /// Sets what programs may use from now on; `None`: without limit. Between runs.
    pub fn set_fuel(&mut self, units: Option<u64>) {
        self.budget = units.map(|n| n.min(i64::MAX as u64) as i64);
        self.fuel = 0;
    }

    /// Fuel units that are left of what was granted. Between runs, exact to the instruction.
    pub fn fuel_left(&self) -> Option<u64> {
        let slice = self.fuel as i64 / size_of::<luka_bytecode::Instr>() as i64;
        self.budget.map(|left| left.saturating_add(slice).max(0) as u64)
    }

    fn start_run(&mut self, f: Value, args: &[Value]) -> Result<(), Raise> {
        self.pending = None;
        self.forget_faults();
        if self.thread != self.main_thread {
            self.switch_to(self.main_thread);
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
        if self.fuel <= 0 {
            self.refill();
        }
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

    fn go_on(&mut self, mut status: u32) -> Outcome {
        while status == CONTINUE {
            status = self.run_machine();
        }
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
            EXIT => Outcome::Exit { code: self.exit.code, close: self.exit.close },
            _ => {
                let message = self.small_str("the machine met a frame it does not know");
                Outcome::Failed(message)
            }
        }
    }
}
