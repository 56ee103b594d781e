//! A program that is run under the debugger: its machine, the tape of its host's answers, and how far
//! it is.

use crate::host::Recorder;
use crate::store::{Kept, Piece, Store};
use crate::tape::{Mark, Tape};
use crate::watcher::{Rules, Watcher};
use luka::host::Null;
use luka::{Budget, Checkpoint, Error, Flag, Outcome, Value, Vm, toolchain};
use luka_vm::Vm as Machine;
use luka_vm::vm::debugger::Stop;
use std::sync::Arc;

/// A moment of a run. Each instruction has its own, named by the fuel used before it; an error on its
/// way has one, before that of the instruction that follows.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Time {
    /// Fuel used since the machine was made.
    pub fuel: u64,
    /// Whether an error has been raised there and not been handed to anybody yet.
    pub at_error: bool,
}

impl Time {
    /// Before the first instruction that is executed when so much fuel is used.
    pub fn at(fuel: u64) -> Time {
        Time { fuel, at_error: false }
    }
}

impl PartialOrd for Time {
    fn partial_cmp(&self, other: &Time) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Time {
    fn cmp(&self, other: &Time) -> std::cmp::Ordering {
        (self.fuel, !self.at_error).cmp(&(other.fuel, !other.at_error))
    }
}

/// How a program has ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct End {
    /// Its exit code.
    pub code: i32,
    /// The error nobody caught.
    pub error: Option<String>,
}

/// How far a program is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Phase {
    /// It runs.
    Running,
    /// Its machine is being closed: finalizers run.
    Closing(End),
    /// It has ended.
    Ended(End),
}

/// Why it has stopped running.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Halt {
    /// So much fuel is used as was asked for.
    Limit,
    /// The rules stop it before an instruction.
    Mark,
    /// The rules stop it at an error.
    Error,
    /// The flag was raised.
    Interrupted,
    /// It has ended.
    Ended,
    /// Its host is to go on: the program is done, or asks it, or has used what it was granted.
    Left,
}

/// A state to which a program can go back.
pub struct Point {
    /// The fuel that was granted when it was reached, and what was used.
    pub limit: u64,
    pub fuel: u64,
    /// The hash of the state.
    pub hash: u64,
    /// The state was changed here by the debugger: who comes by takes it over.
    pub is_edit: bool,
    state: State,
    /// The numbers of the heap's blocks.
    blocks: (Vec<u32>, u32),
    tape: Mark,
    phase: Phase,
    /// How many interrupts have happened.
    interrupts: usize,
}

impl Point {
    /// How far the tape was.
    pub fn tape(&self) -> &Mark {
        &self.tape
    }

    /// The numbers of the heap's blocks.
    pub fn blocks(&self) -> &(Vec<u32>, u32) {
        &self.blocks
    }

    /// Bytes of memory.
    pub fn size(&self) -> usize {
        let state = match &self.state {
            State::Whole(state) => state.size(),
            State::Kept(kept) => kept.added + size_of_val(kept.pieces()),
        };
        state + self.size_around()
    }

    /// Those of what is around the state.
    pub fn size_around(&self) -> usize {
        self.tape.size() + self.blocks.0.len() * size_of::<u32>()
    }

    /// Puts the state into a store.
    pub fn keep(self, store: &mut Store) -> Point {
        let state = match self.state {
            State::Whole(state) => State::Kept(store.keep(state)),
            kept => kept,
        };
        Point { state, ..self }
    }
}

/// A state as a recording has it: its pieces by number.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Filed {
    pub limit: u64,
    pub fuel: u64,
    pub hash: u64,
    pub pieces: Vec<u32>,
    pub blocks: (Vec<u32>, u32),
    pub tape: Mark,
    pub phase: Phase,
    pub interrupts: usize,
}

impl Point {
    /// As a recording has it; `number` gives each piece its number.
    pub fn filed(&self, mut number: impl FnMut(&Arc<Piece>) -> u32) -> Option<Filed> {
        let State::Kept(kept) = &self.state else { return None };
        kept.can_be_filed().then(|| Filed {
            limit: self.limit,
            fuel: self.fuel,
            hash: self.hash,
            pieces: kept.pieces().iter().map(&mut number).collect(),
            blocks: self.blocks.clone(),
            tape: self.tape.clone(),
            phase: self.phase.clone(),
            interrupts: self.interrupts,
        })
    }

    /// Of a recording, with its pieces, for a machine; `None`: the state is too large to be of one.
    pub fn of_filed(filed: Filed, pieces: Vec<Arc<Piece>>, vm: &Vm) -> Option<Point> {
        Some(Point {
            limit: filed.limit,
            fuel: filed.fuel,
            hash: filed.hash,
            is_edit: false,
            state: State::Kept(Store::of_pieces(pieces, toolchain::around(vm))?),
            blocks: filed.blocks,
            tape: filed.tape,
            phase: filed.phase,
            interrupts: filed.interrupts,
        })
    }
}

/// The state of a machine.
enum State {
    Whole(Checkpoint),
    Kept(Kept),
}

/// A program that is run for a host.
#[derive(Clone, Copy)]
struct Hosted {
    /// The machine's host is that of the tape.
    records: bool,
}

/// Called when an error has ended the program, before its machine is closed.
pub type Failed = Box<dyn FnMut(&mut Vm, &Error) + Send>;

/// A program with its machine.
pub struct Program {
    vm: Vm,
    tape: Tape,
    watcher: Watcher,
    phase: Phase,
    /// Whether an error is on its way.
    at_error: bool,
    /// The fuel at which Ctrl-C has raised an error, and how many of these are in the past.
    interrupts: Vec<u64>,
    interrupted: usize,
    failed: Option<Failed>,
    /// It is run for a host, which goes on itself when a run ends.
    hosted: Option<Hosted>,
    /// How the last run has ended for the host.
    left: Option<Outcome>,
    /// What the host of a run holds while it lasts: the collector's work depends on it.
    held: Vec<Value>,
    /// Raised to stop it at the next occasion.
    pub flag: Flag,
    /// Its host is asked about errors that nobody catches, before they end it.
    pub stops_at_errors: bool,
}

impl Program {
    /// A program whose machine has been prepared to run: its function was started, and its host is the
    /// recorder of the tape.
    pub fn new(mut vm: Vm, tape: Tape) -> Program {
        let watcher = Watcher::new();
        toolchain::machine(&mut vm).attach(Box::new(watcher.clone()));
        Program::watched(vm, tape, watcher)
    }

    /// The same, to be recorded only: it never stops for rules, and may have native code.
    pub fn unwatched(vm: Vm, tape: Tape) -> Program {
        Program::watched(vm, tape, Watcher::new())
    }

    fn watched(vm: Vm, tape: Tape, watcher: Watcher) -> Program {
        Program {
            vm,
            tape,
            watcher,
            phase: Phase::Running,
            at_error: false,
            interrupts: Vec::new(),
            interrupted: 0,
            failed: None,
            hosted: None,
            left: None,
            held: Vec::new(),
            flag: Flag::new(),
            stops_at_errors: false,
        }
    }

    /// The program of a host, in the middle of whatever it does. What its host answers is recorded if
    /// `records`.
    pub fn hosted(mut vm: Vm, records: bool) -> Program {
        let machine = toolchain::machine(&mut vm);
        let tape = match records {
            true => Tape::new(machine.exchange_host(Box::new(Null))),
            false => Tape::new(Box::new(Null)),
        };
        if records {
            machine.exchange_host(Box::new(Recorder::new(tape.clone())));
        }
        let mut program = Program::new(vm, tape);
        program.hosted = Some(Hosted { records });
        program
    }

    /// The machine, without a debugger and with its own host. (One that has stopped at an error hands it
    /// on first, and is to be [detached](luka_vm::Vm::detach) afterwards.)
    pub fn leave(mut self) -> Vm {
        self.watch(Rules::none());
        if let Some(hosted) = self.hosted {
            let machine = toolchain::machine(&mut self.vm);
            if hosted.records {
                machine.exchange_host(self.tape.take_host());
            }
            machine.detach();
            toolchain::set_replay(&mut self.vm, false);
        }
        self.vm
    }

    /// Whether it is run for a host.
    pub fn is_hosted(&self) -> bool {
        self.hosted.is_some()
    }

    /// How the last run has ended for the host.
    pub fn left(&mut self) -> Option<Outcome> {
        self.left.take()
    }

    /// Whether what it has run for its host is over, however it has left.
    pub(crate) fn is_over(&self) -> bool {
        let goes_on = matches!(
            self.left,
            Some(Outcome::OutOfFuel | Outcome::Interrupted | Outcome::Call(_) | Outcome::Failing)
        );
        self.left.is_some() && !goes_on
    }

    /// Control is the host's, with this.
    pub(crate) fn leave_with(&mut self, outcome: Outcome) -> Halt {
        self.left = Some(outcome);
        Halt::Left
    }

    /// Writes out what the host has buffered.
    pub fn flush(&mut self) {
        match self.hosted {
            // What cannot be written is for the program to find out.
            Some(Hosted { records: false, .. }) => {
                let _ = self.machine().host().flush_all();
            }
            _ => self.tape.flush(),
        }
    }

    /// Keeps values alive for as long as the program is there.
    pub fn hold(&mut self, values: Vec<Value>) {
        self.held = values;
    }

    /// The numbers of what is kept alive.
    pub fn held(&self) -> Vec<u32> {
        self.held.iter().filter_map(Value::root).filter_map(|n| n.try_into().ok()).collect()
    }

    /// Has this called when an error ends the program.
    pub fn on_failure(&mut self, failed: Failed) {
        self.failed = Some(failed);
    }

    /// The fuel at which Ctrl-C has raised an error.
    pub fn interrupts(&self) -> &[u64] {
        &self.interrupts
    }

    /// Interrupts that are to happen: those of a recording.
    pub fn set_interrupts(&mut self, interrupts: Vec<u64>) {
        self.interrupts = interrupts;
    }

    /// Raises the error of Ctrl-C where the program has stopped.
    pub fn interrupt(&mut self) {
        let now = self.machine().fuel_used();
        self.forget_interrupts();
        self.interrupts.push(now);
        self.happen();
    }

    /// Forgets the interrupts that are to happen.
    pub fn forget_interrupts(&mut self) {
        self.interrupts.truncate(self.interrupted);
    }

    fn happen(&mut self) {
        self.interrupted += 1;
        // (It is paused.)
        let _ = self.vm.fail(Error::msg("interrupted!"));
    }

    /// The machine below.
    pub fn machine(&mut self) -> &mut Machine {
        toolchain::machine(&mut self.vm)
    }

    /// The machine.
    pub fn vm(&mut self) -> &mut Vm {
        &mut self.vm
    }

    pub fn tape(&self) -> &Tape {
        &self.tape
    }

    pub fn phase(&self) -> &Phase {
        &self.phase
    }

    /// The moment it is at.
    pub fn time(&mut self) -> Time {
        let at_error = self.at_error;
        Time { fuel: self.machine().fuel_used(), at_error }
    }

    /// Looks at it by these rules from now on.
    pub fn watch(&mut self, rules: Rules) {
        let everywhere = rules.everywhere;
        self.watcher.set(rules);
        self.machine().update_marks(everywhere);
    }

    /// Runs until the rules stop it, it ends, or so much fuel is used in all.
    pub fn run(&mut self, limit: Option<u64>) -> Halt {
        self.tape.record(true);
        let halt = self.run_on(limit);
        self.tape.record(false);
        halt
    }

    fn run_on(&mut self, limit: Option<u64>) -> Halt {
        loop {
            if let Phase::Ended(_) = self.phase {
                return Halt::Ended;
            }
            let machine = toolchain::machine(&mut self.vm);
            // What was used beyond an earlier limit is not owed.
            machine.set_fuel(None);
            let used = machine.fuel_used();
            let interrupt = self.interrupts.get(self.interrupted).copied();
            if interrupt.is_some_and(|at| at <= used) {
                self.happen();
            }
            let until = match (limit, interrupt.filter(|&at| at > used)) {
                (Some(limit), Some(at)) => Some(limit.min(at)),
                (limit, at) => limit.or(at),
            };
            let budget = match until {
                Some(until) if until <= used => return Halt::Limit,
                Some(until) => Budget::fuel(until - used),
                None => Budget::unlimited(),
            };
            let mut budget = budget.interrupt(&self.flag);
            if self.stops_at_errors {
                budget = budget.stop_at_errors();
            }
            let outcome = match self.phase {
                Phase::Closing(_) => self.vm.close(budget),
                _ => self.vm.run(budget),
            };
            self.at_error = false;
            let end = match outcome {
                Outcome::OutOfFuel if until == limit => return Halt::Limit,
                Outcome::OutOfFuel => continue,
                Outcome::Interrupted => return Halt::Interrupted,
                Outcome::Stopped => {
                    let stop = toolchain::machine(&mut self.vm).stop_reason();
                    self.at_error = stop == Some(Stop::Error);
                    return if self.at_error { Halt::Error } else { Halt::Mark };
                }
                outcome if self.hosted.is_some() => return self.leave_with(outcome),
                Outcome::Failing => continue,
                Outcome::Call(_) => {
                    // Programs of the command line have no functions that the host answers.
                    let _ = self.vm.fail(Error::msg("nobody answers calls of the host here"));
                    continue;
                }
                Outcome::Done(_) | Outcome::Yielded(_) => End { code: 0, error: None },
                Outcome::Exit { code, close: true } => End { code, error: None },
                Outcome::Exit { code, close: false } => {
                    self.phase = Phase::Ended(End { code, error: None });
                    return Halt::Ended;
                }
                Outcome::Failed(error) => {
                    if let Some(failed) = &mut self.failed {
                        self.tape.record(false);
                        failed(&mut self.vm, &error);
                        self.tape.record(true);
                    }
                    let message = String::from_utf8_lossy(error.message()).into_owned();
                    End { code: 1, error: Some(message) }
                }
            };
            self.phase = match std::mem::replace(&mut self.phase, Phase::Running) {
                Phase::Running => Phase::Closing(end),
                Phase::Closing(before) | Phase::Ended(before) => {
                    let code = if end.code != 0 { end.code } else { before.code };
                    Phase::Ended(End { code, ..before })
                }
            };
        }
    }

    /// Goes on to the next instruction of a function of the language that is executed from this fuel
    /// on: programs also stop inside of functions of the library.
    pub fn settle(&mut self, fuel: u64) -> Halt {
        let from = fuel;
        self.watch(Rules::everywhere(move |vm| vm.fuel_used() >= from && vm.is_at_instruction()));
        let halt = self.run(None);
        self.watch(Rules::none());
        halt
    }

    /// The present state.
    ///
    /// # Errors
    /// It cannot be saved: the reasons.
    pub fn point(&mut self, limit: u64) -> Result<Point, String> {
        let state = self.vm.checkpoint().map_err(|why| why.reasons().join("; "))?;
        Ok(Point {
            limit,
            blocks: self.machine().block_numbers(),
            fuel: self.machine().fuel_used(),
            hash: state.state_hash(),
            is_edit: false,
            state: State::Whole(state),
            tape: self.tape.mark(),
            phase: self.phase.clone(),
            interrupts: self.interrupted,
        })
    }

    /// Goes to an earlier state.
    ///
    /// # Errors
    /// There is not enough memory.
    pub fn go_back(&mut self, to: &Point) -> Result<(), String> {
        match &to.state {
            State::Whole(state) => {
                let rolled = self.vm.rollback(state);
                rolled.map_err(|error| String::from_utf8_lossy(error.message()).into_owned())?;
            }
            State::Kept(kept) => kept.go_back(&mut self.vm)?,
        }
        self.machine().number_blocks(&to.blocks);
        self.tape.go_to(&to.tape);
        self.phase = to.phase.clone();
        self.interrupted = to.interrupts;
        self.at_error = false;
        Ok(())
    }
}
