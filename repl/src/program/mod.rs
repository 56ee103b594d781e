//! Programs that stop at limits, and go on in another process.
//!
//! A program is a [`Plan`], steps that are done one after the other in a [`Session`], and ends with
//! the closing of its machine. It can be saved while a step or the closing is under way: what is left
//! of the plan goes with the machine.

mod plan;

pub use plan::{Plan, Step, Why};

use luka::host::HostResult;
use luka::{Budget, Error, ErrorKind, Outcome, Unsavable, Value, Values};
use std::time::Instant;

use crate::cli::Exit;
use crate::image::replace;
use crate::limits::Limits;
use crate::report::complain;
use crate::session::{Done, Session, Stop, path_of};

/// The program of a session: what is left of its plan, what it may use.
pub struct Program {
    pub plan: Plan,
    /// Whether a person goes on where the plan ends.
    pub is_interactive: bool,
    limits: Limits,
    budget: Budget,
    deadline: Option<Instant>,
    /// What became of the file for an error.
    crash: Option<String>,
    /// What the call under way held when the program was saved: the collector's work depends on it.
    pub held: Vec<Value>,
}

impl Program {
    /// A program whose machine has used so much fuel. Its time begins now.
    pub fn new(plan: Plan, limits: Limits, used: u64) -> Program {
        let mut budget = Budget::unlimited();
        if let Some(fuel) = limits.fuel {
            budget = budget.until(used.saturating_add(fuel));
        }
        let deadline = limits.time.and_then(|time| Instant::now().checked_add(time));
        if let Some(time) = limits.time.filter(|_| deadline.is_some()) {
            budget = budget.time(time);
        }
        if limits.save_on_error.is_some() {
            budget = budget.stop_at_errors();
        }
        Program {
            plan,
            is_interactive: false,
            limits,
            budget,
            deadline,
            crash: None,
            held: Vec::new(),
        }
    }

    /// What a run of its machine may use.
    pub fn budget(&self) -> Budget {
        self.budget.clone()
    }

    /// Whether its time is over.
    pub fn is_out_of_time(&self) -> bool {
        self.deadline.is_some_and(|deadline| Instant::now() >= deadline)
    }

    /// Whether it reaches only what it is given.
    pub fn is_in_sandbox(&self) -> bool {
        self.plan.sandbox.is_some()
    }
}

impl Session {
    /// Does what is left of the plan.
    pub fn run_plan(&mut self) -> Done<()> {
        while let Some(step) = self.program.plan.steps.front().cloned() {
            let result = match &step {
                Step::Init => self.run_init(),
                Step::Execute(text) => self.run_text(text, b"=(command line)"),
                Step::Require(what) => self.require(what),
                Step::Warnings => {
                    self.vm.set_warnings(true);
                    Ok(())
                }
                Step::Script(path) => self.run_script(path.as_deref()),
                Step::Input => self.run_file(None, Values::default()),
            };
            self.finish_step(&step, result)?;
        }
        Ok(())
    }

    /// Goes on with a program that was saved.
    pub fn resume_plan(&mut self) -> Done<()> {
        if let Some(step) = self.program.plan.steps.front().cloned() {
            let outcome = self.go_on()?;
            self.program.held.clear();
            let mut result = self.ended(outcome);
            if let (Step::Require(what), Ok(values)) = (&step, &mut result) {
                self.set_required(what, std::mem::take(values));
            }
            self.finish_step(&step, result.map(drop))?;
        }
        self.run_plan()
    }

    fn finish_step(&mut self, step: &Step, result: Done<()>) -> Done<()> {
        if let Err(Stop::Failed) = result
            && *step == Step::Input
        {
            // It is reported and no more.
        } else {
            result?;
        }
        self.program.plan.steps.pop_front();
        Ok(())
    }

    /// What has become of a run whose error is to be reported.
    pub fn ended(&mut self, outcome: Result<Values, Error>) -> Done<Values> {
        outcome.map_err(|error| {
            self.report_error(&error);
            if let Some(note) = self.program.crash.take() {
                self.report(note.as_bytes());
            }
            match error.kind() {
                ErrorKind::Memory if self.program.plan.is_limited => {
                    Stop::Exit { code: Exit::OUT_OF_MEMORY.0, close: true }
                }
                _ => Stop::Failed,
            }
        })
    }

    /// A limit ends the program: it is saved if it is to be.
    pub fn stopped(&mut self, why: Why) -> Stop {
        let lost = if why == Why::Fuel { Exit::OUT_OF_FUEL } else { Exit::OUT_OF_TIME };
        let (note, exit) = match self.program.limits.save_on_stop.clone() {
            None => (String::new(), lost),
            Some(path) => match self.save(&path, why) {
                Ok(()) => {
                    let shown = String::from_utf8_lossy(&path);
                    (format!("; `luka resume {shown}` goes on"), Exit::SAVED)
                }
                Err(message) => (format!("; {message}"), lost),
            },
        };
        self.report(format!("{}{note}", why.text()).as_bytes());
        Stop::Exit { code: exit.0, close: false }
    }

    /// A signal asks for the program, which goes on.
    pub fn save_for_signal(&mut self) {
        let path = self.program.limits.save_on_stop.clone();
        let path = path.unwrap_or_else(|| format!("luka-{}.snap", std::process::id()).into());
        let note = match self.save(&path, Why::Signal) {
            Ok(()) => format!("saved as {}", String::from_utf8_lossy(&path)),
            Err(message) => message,
        };
        self.report(note.as_bytes());
    }

    /// An error is about to end the program.
    pub fn save_for_error(&mut self) {
        let Some(path) = self.program.limits.save_on_error.clone() else { return };
        let shown = String::from_utf8_lossy(&path).into_owned();
        self.program.crash = Some(match self.save(&path, Why::Error) {
            Ok(()) => format!("saved as it was: `luka inspect {shown}` shows it"),
            Err(message) => message,
        });
    }

    /// Writes the program to a file, which is the old one until it is the new one.
    fn save(&mut self, path: &[u8], why: Why) -> Result<(), String> {
        let shown = String::from_utf8_lossy(path).into_owned();
        let refused = |why: String| format!("it cannot be saved as {shown}: {why}");
        if self.program.is_interactive {
            return Err(refused("a person goes on with it".to_string()));
        }
        let plan = self.program.plan.to_bytes(why);
        let snapshot = self.vm.snapshot_with(&plan);
        let snapshot = snapshot.map_err(|why: Unsavable| refused(why.reasons().join("; ")))?;
        let bytes = match self.program.limits.compress {
            true => snapshot.compressed(),
            false => snapshot.into_bytes(),
        };
        replace(path_of(path), &bytes).map_err(|error| refused(luka::host::describe(error).message))
    }

    /// Ends the program: closes the machine if asked to, writes buffered output. Returns the exit
    /// code, which closing may have changed.
    ///
    /// # Errors
    /// Some of what the program wrote to standard output did not get there.
    pub fn end(mut self, mut code: i32, close: bool) -> HostResult<i32> {
        if close {
            code = self.close(code);
        }
        if self.program.limits.show_fuel {
            let text = format!("fuel used: {}\n", self.vm.fuel_used());
            let _ = self.vm.host().flush_all();
            complain(&mut self.vm, text.as_bytes());
        }
        self.finish(code)
    }

    /// Closes the machine. The exit code.
    pub fn close(&mut self, mut code: i32) -> i32 {
        loop {
            self.program.plan.end = Some(code);
            self.program.plan.steps.clear();
            match self.vm.close(self.budget()) {
                Outcome::Exit { code: last, close } => {
                    code = last;
                    if !close {
                        return code;
                    }
                }
                Outcome::OutOfFuel if self.sample() => {}
                Outcome::OutOfFuel => return self.stopped_code(Why::Fuel),
                Outcome::Interrupted => {
                    self.sample();
                    if self.asked_to_save() {
                        self.save_for_signal();
                    }
                    // Ctrl-C ends the closing too: what is left undone goes with the process.
                    if self.asked_to_stop() {
                        return code;
                    }
                    if self.program.is_out_of_time() {
                        return self.stopped_code(Why::Time);
                    }
                }
                _ => return code,
            }
        }
    }

    fn stopped_code(&mut self, why: Why) -> i32 {
        match self.stopped(why) {
            Stop::Exit { code, .. } => code,
            Stop::Failed => Exit::FAILURE.0,
        }
    }
}
