//! A program that is run under the debugger: its machine, the tape of its host's answers, and how far
//! it is.

use crate::tape::{Mark, Tape};
use crate::watcher::{Rules, Watcher};
use luka::{Budget, Checkpoint, Error, Flag, Outcome, Value, Vm, toolchain};
use luka_vm::Vm as Machine;
use luka_vm::vm::debugger::Stop;

/// A moment of a run. Each instruction has its own, named by the fuel used before it; an error on its
/// way has one, before that of the instruction that follows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
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
    state: Checkpoint,
    /// The numbers of the heap's blocks.
    blocks: (Vec<u32>, u32),
    tape: Mark,
    phase: Phase,
    /// How many interrupts have happened.
    interrupts: usize,
}

impl Point {
    /// Bytes of memory.
    pub fn size(&self) -> usize {
        self.state.size() + self.tape.size() + self.blocks.0.len() * size_of::<u32>()
    }
}

/// Called when an error has ended the program, before its machine is closed.
pub type Failed = Box<dyn FnMut(&mut Vm, &Error)>;

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
    /// What the host of a run holds while it lasts: the collector's work depends on it.
    held: Vec<Value>,
    /// Raised to stop it at the next occasion.
    pub flag: Flag,
}

impl Program {
    /// A program whose machine has been prepared to run: its function was started, and its host is the
    /// recorder of the tape.
    pub fn new(mut vm: Vm, tape: Tape) -> Program {
        let watcher = Watcher::new();
        toolchain::machine(&mut vm).attach(Box::new(watcher.clone()));
        Program {
            vm,
            tape,
            watcher,
            phase: Phase::Running,
            at_error: false,
            interrupts: Vec::new(),
            interrupted: 0,
            failed: None,
            held: Vec::new(),
            flag: Flag::new(),
        }
    }

    /// Keeps values alive for as long as the program is there.
    pub fn hold(&mut self, values: Vec<Value>) {
        self.held = values;
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
            let budget = budget.interrupt(&self.flag);
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
            state,
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
        let rolled = self.vm.rollback(&to.state);
        rolled.map_err(|error| String::from_utf8_lossy(error.message()).into_owned())?;
        self.machine().number_blocks(&to.blocks);
        self.tape.go_to(&to.tape);
        self.phase = to.phase.clone();
        self.interrupted = to.interrupts;
        self.at_error = false;
        Ok(())
    }
}
