//! Running programs: what is started, how far it goes, why it stopped.

use crate::budget::Budget;
use crate::call::{CallId, HostCall};
use crate::convert::{FromValues, IntoValues, ValueStack, Values};
use crate::cx::{Shareable, handle_bytes};
use crate::error::{Error, ErrorData, ErrorKind, Level, Result, message_of};
use crate::function::Function;
use crate::handle::Handle;
use crate::native;
use crate::state::State;
use crate::thread::{Status, Thread};
use crate::value::Value;
use crate::vm::Vm;
use luka_report::run_time::Modules;
use luka_report::{Outside, report_error};
use luka_vm::Outcome as RawOutcome;
use luka_vm::{Value as Raw, Vm as Machine};
use std::time::Instant;

/// How a run ended.
#[derive(Debug)]
#[must_use]
pub enum Outcome {
    /// The function has returned these values.
    Done(Values),
    /// The coroutine that was resumed has yielded these values.
    Yielded(Values),
    /// The program calls the host and waits: [`Vm::answer`], then [`Vm::run`].
    Call(HostCall),
    /// The budget is used up: [`Vm::run`] goes on exactly there.
    OutOfFuel,
    /// A flag was raised or the time is over: [`Vm::run`] goes on exactly there.
    Interrupted,
    /// The program has ended itself (`os.exit`).
    Exit {
        /// The exit code it wants.
        code: i32,
        /// Whether it wants the machine closed: [`Vm::close`] calls what is pending.
        close: bool,
    },
    /// An error that nobody catches was raised, and [`Budget::stop_at_errors`] asks to stop there:
    /// [`Vm::run`] goes on to [`Outcome::Failed`].
    Failing,
    /// A debugger of Luka's own has stopped the program: [`Vm::run`] goes on exactly there.
    Stopped,
    /// An error that nobody caught.
    Failed(Error),
}

impl Outcome {
    /// The values of a run that is done.
    ///
    /// # Errors
    /// The program's error; [`ErrorKind::Unfinished`] for all other outcomes.
    pub fn done(self) -> Result<Values> {
        match self {
            Outcome::Done(values) => Ok(values),
            Outcome::Failed(error) => Err(error),
            Outcome::Yielded(_) => Err(Error::unfinished("the coroutine has yielded")),
            Outcome::Call(call) => {
                let message = format!("the program waits for an answer of '{}'", call.name);
                Err(Error::unfinished(message))
            }
            Outcome::OutOfFuel => Err(Error::unfinished("the budget is used up")),
            Outcome::Interrupted => Err(Error::unfinished("interrupted")),
            Outcome::Stopped => Err(Error::unfinished("stopped by a debugger")),
            Outcome::Failing => Err(Error::unfinished("an error is about to end the program")),
            Outcome::Exit { code, .. } => Err(Error::unfinished(format!("exit with code {code}"))),
        }
    }
}

/// What a machine is about to do, or in the middle of.
#[derive(Default)]
pub(crate) enum Phase {
    /// Nothing.
    #[default]
    Idle,
    /// To call a native of this crate with these values, the function or coroutine first.
    Start { native: &'static luka_vm::Native, values: Vec<Handle>, thread: Option<Thread> },
    /// To go on.
    Paused { thread: Option<Thread> },
    /// To raise an error and go on.
    Raise { error: Handle, thread: Option<Thread> },
    /// Waits for an answer of the function with this name.
    Waiting { id: CallId, name: &'static str, thread: Option<Thread> },
    /// To call finalizers and `__close` methods.
    Closing,
    /// Closed: nothing runs any more.
    Closed,
}

/// Units of fuel between two looks at the clock.
const SLICE: u64 = 100_000;

impl Vm {
    /// Prepares a call of a function on the main thread; [`Vm::run`] carries it out. What was paused
    /// or prepared before is given up.
    ///
    /// # Errors
    /// An argument cannot be converted, a handle is of another machine, or the machine is closed.
    pub fn start<A: IntoValues>(&mut self, function: &Function, args: A) -> Result<()> {
        let function = function.handle().clone();
        self.prepare(&native::MAIN, function, None, args)
    }

    /// Prepares a call of any value, as [`Vm::start`] does: if it cannot be called, that is an error
    /// of the run.
    ///
    /// # Errors
    /// As [`Vm::start`].
    pub fn start_value<A: IntoValues>(&mut self, callee: &Value, args: A) -> Result<()> {
        let callee = self.root(callee.raw(self)?);
        self.prepare(&native::MAIN, callee, None, args)
    }

    /// Prepares to go on with a coroutine, or to begin it: `args` are what its `yield` returns, or
    /// its function's arguments. [`Vm::run`] then ends with [`Outcome::Yielded`] or
    /// [`Outcome::Done`].
    ///
    /// # Errors
    /// As [`Vm::start`]; the coroutine is dead or runs.
    pub fn resume<A: IntoValues>(&mut self, thread: &Thread, args: A) -> Result<()> {
        if thread.status(self)? != Status::Suspended {
            return Err(Error::busy("the coroutine is not suspended"));
        }
        let handle = thread.handle().clone();
        self.prepare(&native::RESUME, handle, Some(thread.clone()), args)
    }

    fn prepare<A: IntoValues>(
        &mut self,
        native: &'static luka_vm::Native,
        first: Handle,
        thread: Option<Thread>,
        args: A,
    ) -> Result<()> {
        if matches!(self.phase, Phase::Closing | Phase::Closed) {
            return Err(Error::busy("the machine is closed"));
        }
        first.raw(self)?;
        let mut cx = self.again();
        let mut out = ValueStack::new();
        args.into_values(&mut cx, &mut out)?;
        self.reserve_handles(out.raw().len())?;
        let mut values = vec![first];
        values.extend(out.raw().iter().map(|&raw| self.root(raw)));
        self.phase = Phase::Start { native, values, thread };
        Ok(())
    }

    /// Answers the call the program waits for: with values, which the call returns, or with an
    /// error, which it raises. [`Vm::run`] goes on.
    ///
    /// # Errors
    /// The program does not wait for this call, or a value cannot be converted.
    pub fn answer<R: IntoValues>(&mut self, call: CallId, answer: Result<R>) -> Result<()> {
        let Phase::Waiting { id, thread, .. } = &self.phase else {
            return Err(Error::busy("the program does not wait for an answer"));
        };
        if *id != call {
            return Err(Error::busy("the program waits for the answer of another call"));
        }
        let thread = thread.clone();
        match answer {
            Ok(values) => {
                let mut cx = self.again();
                let mut out = ValueStack::new();
                values.into_values(&mut cx, &mut out)?;
                self.with(|machine| {
                    machine.ensure_stack(out.raw().len(), "too many results").map_err(|_| {
                        Error::runtime("stack overflow (too many values in an answer)")
                    })?;
                    machine.set_top(0);
                    for &raw in out.raw() {
                        machine.push(raw);
                    }
                    Ok::<(), Error>(())
                })?;
                self.phase = Phase::Paused { thread };
            }
            Err(error) => self.raise(error, thread)?,
        }
        Ok(())
    }

    /// Goes on with what is paused by raising an error in it, at the place where it stopped.
    ///
    /// # Errors
    /// Nothing is paused.
    pub fn fail(&mut self, error: Error) -> Result<()> {
        let (Phase::Paused { thread } | Phase::Waiting { thread, .. }) = &self.phase else {
            return Err(Error::busy("nothing is paused"));
        };
        let thread = thread.clone();
        self.raise(error, thread)
    }

    fn raise(&mut self, error: Error, thread: Option<Thread>) -> Result<()> {
        let raw = match error.value() {
            Some(value) => value.raw(self)?,
            None => self.with(|machine| {
                let mut text = machine.where_(1);
                text.extend_from_slice(error.message());
                machine.heap.intern_or_long(&text).into()
            }),
        };
        self.phase = Phase::Raise { error: self.root(raw), thread };
        Ok(())
    }

    /// Prepares the end of the machine: pending to-be-closed variables are closed and all finalizers
    /// called by [`Vm::run`], which then ends with [`Outcome::Done`]. A machine that is dropped
    /// instead calls none.
    pub fn close(&mut self, budget: Budget) -> Outcome {
        if !matches!(self.phase, Phase::Closed) {
            self.phase = Phase::Closing;
        }
        self.run(budget)
    }

    /// Runs what was prepared or is paused, until it ends or the budget does.
    pub fn run(&mut self, budget: Budget) -> Outcome {
        let total = match (budget.fuel, budget.until) {
            (fuel, Some(until)) => {
                let left = until.saturating_sub(self.fuel_used());
                Some(fuel.map_or(left, |fuel| fuel.min(left)))
            }
            (fuel, None) => fuel,
        };
        // Without a flag nothing interrupts this run, not even the flag of an earlier one.
        let flag = budget.flag.clone().unwrap_or_else(|| self.no_flag.clone());
        self.machine().set_interrupt_flag(flag.0);
        self.with_state(|state| state.stops_at_errors = budget.stops_at_errors);
        let handler = budget.stops_at_errors.then_some(&native::MESSAGE);
        self.machine().handle_memory_errors(handler);
        self.machine().leave_at_pauses(budget.deadline.is_some());
        let Some(deadline) = budget.deadline else { return self.run_slice(total) };
        let mut left = total;
        loop {
            if Instant::now() >= deadline {
                return if self.is_idle() { self.run_slice(Some(0)) } else { Outcome::Interrupted };
            }
            let slice = left.map_or(SLICE, |left| left.min(SLICE));
            let before = self.fuel_used();
            match self.run_slice(Some(slice)) {
                Outcome::OutOfFuel => {}
                outcome => return outcome,
            }
            let used = self.fuel_used().saturating_sub(before);
            if let Some(left) = &mut left {
                *left = left.saturating_sub(used);
                if *left == 0 {
                    return Outcome::OutOfFuel;
                }
            }
        }
    }

    fn is_idle(&self) -> bool {
        matches!(self.phase, Phase::Idle | Phase::Closed)
    }

    fn run_slice(&mut self, fuel: Option<u64>) -> Outcome {
        let phase = std::mem::take(&mut self.phase);
        let (outcome, thread) = match phase {
            Phase::Idle => {
                return Outcome::Failed(Error::busy("nothing was started"));
            }
            Phase::Closed => {
                self.phase = Phase::Closed;
                return Outcome::Failed(Error::busy("the machine is closed"));
            }
            Phase::Waiting { id, name, thread } => {
                self.phase = Phase::Waiting { id, name, thread };
                return Outcome::Failed(Error::busy("the program waits for an answer"));
            }
            Phase::Start { native, values, thread } => {
                // What is known of an error stays while variables are closed on its way, however often
                // that is paused.
                self.with_state(|state| state.failure = None);
                let raw: Result<Vec<Raw>> = values.iter().map(|value| value.raw(self)).collect();
                let raw = match raw {
                    Ok(raw) => raw,
                    Err(error) => return Outcome::Failed(error),
                };
                let outcome = self.metered(fuel, |machine| {
                    let main = machine.heap.new_native(native, &[]).into();
                    machine.run(main, &raw)
                });
                // From here on the machine itself keeps the values alive.
                drop(values);
                (outcome, thread)
            }
            Phase::Paused { thread } => (self.metered(fuel, Machine::resume_run), thread),
            Phase::Raise { error, thread } => {
                let raw = match error.raw(self) {
                    Ok(raw) => raw,
                    Err(error) => return Outcome::Failed(error),
                };
                (self.metered(fuel, |machine| machine.fail_run(raw)), thread)
            }
            Phase::Closing => {
                let outcome = self.metered(fuel, Machine::close);
                self.release_objects();
                return self.closing_outcome(outcome);
            }
        };
        let outcome = self.outcome(outcome, thread);
        self.release_objects();
        outcome
    }

    /// Lets the machine run on so much fuel, and counts what it uses of it.
    fn metered(
        &mut self,
        fuel: Option<u64>,
        run: impl FnOnce(&mut Machine) -> RawOutcome,
    ) -> RawOutcome {
        let machine = self.machine();
        let paid = machine.fuel_paid();
        machine.set_fuel(fuel);
        let outcome = run(machine);
        let goes_on = matches!(
            outcome,
            RawOutcome::OutOfFuel
                | RawOutcome::Interrupted
                | RawOutcome::Stopped
                | RawOutcome::Asked
        );
        if !goes_on {
            machine.settle_fuel();
        }
        let used = machine.fuel_paid() - paid;
        // (A saved machine may claim any number.)
        self.fuel_used = self.fuel_used.saturating_add(used);
        outcome
    }

    fn closing_outcome(&mut self, outcome: RawOutcome) -> Outcome {
        match outcome {
            RawOutcome::OutOfFuel | RawOutcome::Interrupted => {
                let interrupted = matches!(outcome, RawOutcome::Interrupted);
                self.phase = Phase::Closing;
                if interrupted { Outcome::Interrupted } else { Outcome::OutOfFuel }
            }
            RawOutcome::Stopped => {
                self.phase = Phase::Closing;
                Outcome::Stopped
            }
            RawOutcome::Asked => {
                self.phase = Phase::Closing;
                Outcome::Failed(Error::busy("a finalizer waits for an answer of the host"))
            }
            RawOutcome::Exit { code, close } => {
                self.phase = if close { Phase::Closing } else { Phase::Closed };
                Outcome::Exit { code, close }
            }
            RawOutcome::Finished(_) | RawOutcome::Failed(_) => {
                self.phase = Phase::Closed;
                Outcome::Done(Values::default())
            }
        }
    }

    fn outcome(&mut self, outcome: RawOutcome, thread: Option<Thread>) -> Outcome {
        match outcome {
            RawOutcome::Finished(values) => {
                let ok = values.first().is_some_and(|ok| !ok.is_falsy());
                let rest = values.get(1..).unwrap_or_default();
                if !ok {
                    return Outcome::Failed(
                        self.failure(rest.first().copied().unwrap_or(Raw::NIL)),
                    );
                }
                let values = match self.results(rest) {
                    Ok(values) => values,
                    Err(error) => return Outcome::Failed(error),
                };
                match thread.map(|thread| thread.status(self)) {
                    Some(Ok(Status::Suspended)) => Outcome::Yielded(values),
                    _ => Outcome::Done(values),
                }
            }
            RawOutcome::Failed(error) => Outcome::Failed(self.failure(error)),
            RawOutcome::OutOfFuel => {
                self.phase = Phase::Paused { thread };
                Outcome::OutOfFuel
            }
            RawOutcome::Interrupted => {
                self.phase = Phase::Paused { thread };
                Outcome::Interrupted
            }
            RawOutcome::Stopped => {
                self.phase = Phase::Paused { thread };
                Outcome::Stopped
            }
            RawOutcome::Asked => {
                let asked = self.with_state(|state| state.asked.take());
                let Some((number, name)) = asked else {
                    // It is the message handler that stops.
                    self.phase = Phase::Paused { thread };
                    return Outcome::Failing;
                };
                let id = CallId { machine: self.with_state(|state| state.machine), number };
                let args = self.with(|machine| machine.slots().to_vec());
                match self.results(&args) {
                    Ok(args) => {
                        self.phase = Phase::Waiting { id, name, thread };
                        Outcome::Call(HostCall { id, name, args })
                    }
                    Err(error) => Outcome::Failed(error),
                }
            }
            RawOutcome::Exit { code, close } => Outcome::Exit { code, close },
        }
    }

    /// The call whose answer the program waits for, as [`Outcome::Call`] has given it: for who finds
    /// a machine that was restored.
    pub fn waiting_call(&self) -> Option<HostCall> {
        match self.phase {
            Phase::Waiting { id, name, .. } => {
                let args = self.with(|machine| machine.slots().to_vec());
                Some(HostCall { id, name, args: Values::of(self, &args) })
            }
            _ => None,
        }
    }

    /// Handles of values that a program gives to the host.
    ///
    /// # Errors
    /// There is no memory for them.
    fn results(&mut self, raw: &[Raw]) -> Result<Values> {
        self.with(|machine| {
            let bytes = handle_bytes(machine, raw.len());
            if machine.heap.reserve(bytes).is_err() {
                // There may be garbage.
                raw.iter().for_each(|&value| machine.pin(value));
                machine.gc_full();
                machine.unpin(raw.len());
            }
        });
        self.reserve_handles(raw.len())?;
        Ok(Values::of(self, raw))
    }

    /// The error nobody caught, with what was noted of its place.
    fn failure(&mut self, raw: Raw) -> Error {
        // Errors of errors, and those that a limit raised, pass no message handler.
        let noted = self.with_state(|state| state.failure.take());
        let noted = noted.filter(|data| is_of(data, raw));
        let mut data = noted.unwrap_or_else(|| plain(raw));
        data.value = Some(Shareable::new(Value::from_raw(self, raw)));
        Error::from_data(data)
    }

    /// Drops the objects of userdata that were collected.
    pub(crate) fn release_objects(&mut self) {
        let handles = self.with(Machine::take_released);
        for handle in handles {
            // Dropped out here: a destructor is code of the host's.
            let object = self.with_state(|state| state.objects.remove(handle));
            drop(object);
        }
    }
}

fn plain(raw: Raw) -> ErrorData {
    let message = message_of(raw);
    let memory = message == b"not enough memory";
    let kind = if memory { ErrorKind::Memory } else { ErrorKind::Runtime };
    let (details, traceback) = (Vec::new(), Vec::new());
    let levels = Vec::new();
    ErrorData { kind, message, value: None, levels, details, traceback, number: None }
}

/// Whether an error value has a message only through `__tostring`.
fn is_object(error: Raw) -> bool {
    error.as_str().is_none() && !error.is_number()
}

/// Notes levels and report of an error that has reached the message handler, whose own level is
/// left out. `told` is what the value's `__tostring` has returned. Returns the text that takes the
/// place of the value, if that is asked for.
pub(crate) fn note_failure(
    machine: &mut Machine,
    error: Raw,
    told: Option<Vec<u8>>,
) -> Option<Vec<u8>> {
    let mut data = plain(error);
    let reports = State::of(machine).reports;
    let modules = reports.modules.as_ref().map(|modules| modules as Modules<'_>);
    let outside = Outside { files: &reports.files, modules };
    let report = report_error(machine, error, b"", 1, outside);
    let levels = report.levels.iter().map(|frame| {
        let source = String::from_utf8_lossy(&frame.source);
        let function = String::from_utf8_lossy(&frame.function).into_owned();
        Level { function, place: frame.line.map(|line| (source.into_owned(), line)) }
    });
    data.levels = levels.collect();
    match told {
        Some(message) => data.message = message,
        None => {
            // Behind the line of the message, which is empty.
            data.details = report.render(reports.style).split_off(1);
            data.traceback = machine.traceback(machine.current_thread(), None, 1);
        }
    }
    let text = reports.traced_values.then(|| traced(&data));
    State::of(machine).failure = Some(data);
    text
}

/// The message, as C has it, with the traceback.
fn traced(data: &ErrorData) -> Vec<u8> {
    let message = data.message.split(|&c| c == 0).next().unwrap_or_default();
    let rest: &[&[u8]] = if data.traceback.is_empty() { &[] } else { &[b"\n", &data.traceback] };
    [&[message], rest].concat().concat()
}

/// Whether what was noted in the message handler is about this value.
fn is_of(data: &ErrorData, value: Raw) -> bool {
    is_object(value) || data.message == message_of(value) || traced(data) == message_of(value)
}

impl Vm {
    /// Compiles a text, calls it with `args` and runs it to its end, without a limit.
    ///
    /// # Errors
    /// The text is no program (the report shows where), its error, or one of the conversions.
    pub fn eval<A: IntoValues, R: FromValues>(&mut self, text: &str, args: A) -> Result<R> {
        let function = self.compile(text)?;
        function.call(self, args)
    }
}
