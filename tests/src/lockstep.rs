//! Two machines that do the same: one interprets, the other compiles. They stop at the same places, and
//! must be the same there, to the last byte of their snapshots.

use crate::marker::{Log, Marker};
use crate::random::Random;
use crate::snapshot::Program;
use luka_bytecode::Module;
use luka_vm::{Config, Jit, Outcome};
use std::mem::take;
use std::sync::PoisonError;

/// How a program is compared.
#[derive(Clone, Copy)]
pub struct Lockstep {
    /// When the second machine compiles.
    pub jit: Jit,
    /// Of so many guards one fails that would hold; 0: none.
    pub fail: u32,
    /// Pauses come after so many units of fuel, at least and at most.
    pub least: usize,
    pub most: usize,
    /// After so many pauses, both run to their end.
    pub pauses: usize,
    /// That is, unless this is false.
    pub finishes: bool,
    /// Snapshots are compared at every n-th pause.
    pub every: usize,
    /// Of the budgets.
    pub seed: u64,
    /// Collect at every n-th safepoint; 0 = off.
    pub gc_stress: u32,
    /// Debuggers are attached, which have marked one of so many instructions; 0: there are none. They are
    /// asked at the same places.
    pub marks: u64,
}

/// What was compared.
#[derive(Default, Debug)]
pub struct Compared {
    pub pauses: usize,
    pub snapshots: usize,
    /// Units of native code.
    pub units: u64,
    /// How often the debuggers were asked.
    pub asked: usize,
}

impl Lockstep {
    /// Runs a program.
    ///
    /// # Errors
    /// The machines differ, or the program does not compile.
    pub fn run(self, text: &str, name: &str) -> Result<Compared, String> {
        let start = |config| Program::start(text, name, config);
        self.compare(start, name).unwrap_or_else(|| Err(format!("{name} does not compile")))
    }

    /// Runs a module. `None`: it does not verify, or has no place in memory.
    ///
    /// # Errors
    /// The machines differ.
    pub fn run_module(self, module: &Module, name: &str) -> Option<Result<Compared, String>> {
        self.compare(|config| Program::of_module(module.clone(), config), name)
    }

    fn compare(
        self,
        start: impl Fn(Config) -> Option<Program>,
        name: &str,
    ) -> Option<Result<Compared, String>> {
        let config = |jit| Config {
            jit,
            gc_stress: self.gc_stress,
            memory_limit: Some(64 << 20),
            ..Config::default()
        };
        let (plain, native) = (start(config(Jit::Off))?, start(config(self.jit))?);
        Some(self.both(plain, native, name))
    }

    /// Attaches debuggers to both machines, if there are to be some. Where they are asked is in their logs.
    fn attach(self, plain: &mut Program, native: &mut Program, seed: u64) -> [Log; 2] {
        let logs = [Log::default(), Log::default()];
        if self.marks != 0 {
            for (program, log) in [plain, native].into_iter().zip(&logs) {
                let marker = Marker::new(self.marks, 50, self.seed ^ seed << 32, log.clone());
                program.vm.attach(Box::new(marker));
            }
        }
        logs
    }

    fn both(self, mut plain: Program, mut native: Program, name: &str) -> Result<Compared, String> {
        native.vm.fail_guards(self.fail);
        let mut logs = self.attach(&mut plain, &mut native, 0);
        let mut random = Random::new(self.seed);
        let mut compared = Compared::default();
        while plain.is_running() && compared.pauses < self.pauses {
            let budget = (self.least + random.below(self.most - self.least + 1)) as u64;
            plain.go_on(budget);
            native.go_on(budget);
            compared.pauses += 1;
            let here = || format!("{name}, seed {}, pause {}", self.seed, compared.pauses);
            same(&mut plain, &mut native).map_err(|what| format!("{}: {what}", here()))?;
            compared.asked += same_log(&logs).map_err(|what| format!("{}: {what}", here()))?;
            let at_error = plain.vm.stopped_error().is_some();
            if compared.pauses.is_multiple_of(self.every) && plain.is_running() && !at_error {
                let (a, b) = (plain.save(), native.save());
                compared.snapshots += 1;
                if a.state_hash() != b.state_hash() {
                    return Err(format!("{}: the states differ", here()));
                }
            }
            if self.marks != 0 && compared.pauses.is_multiple_of(NEW_MARKS) && !at_error {
                compared.units += native.vm.jit_stats().units;
                logs = self.attach(&mut plain, &mut native, compared.pauses as u64);
            }
        }
        compared.units += native.vm.jit_stats().units;
        native.vm.check_heap().map_err(|what| format!("{name}: the heap is broken: {what}"))?;
        // (What runs for ever is compared no further.)
        if compared.pauses == self.pauses && !self.finishes {
            return Ok(compared);
        }
        let (plain, native) = (plain.finish(), native.finish());
        if plain != native {
            return Err(format!("{name}, seed {}: ends differ: {plain:?} {native:?}", self.seed));
        }
        Ok(compared)
    }
}

/// After so many pauses other instructions are marked.
const NEW_MARKS: usize = 15;

/// The places at which the debuggers of both machines were asked are the same: how many.
fn same_log(logs: &[Log; 2]) -> Result<usize, String> {
    let taken = |log: &Log| take(&mut *log.lock().unwrap_or_else(PoisonError::into_inner));
    let (asked, too) = (taken(&logs[0]), taken(&logs[1]));
    match (0..asked.len().max(too.len())).find(|&i| asked.get(i) != too.get(i)) {
        None => Ok(asked.len()),
        Some(i) => {
            let (a, b) = (asked.get(i), too.get(i));
            Err(format!("the debugger was asked at {a:?} interpreted, {b:?} compiled"))
        }
    }
}

/// What is compared at every pause.
fn same(plain: &mut Program, native: &mut Program) -> Result<(), String> {
    let differ = |what: &str, a: &dyn std::fmt::Debug, b: &dyn std::fmt::Debug| {
        Err(format!("{what}: {a:?} interpreted, {b:?} compiled"))
    };
    let name = |outcome: &Outcome| match outcome {
        Outcome::Failed(_) => "Failed".to_string(),
        Outcome::Finished(values) => format!("{} values", values.len()),
        other => format!("{other:?}"),
    };
    let (a, b) = (name(&plain.outcome), name(&native.outcome));
    if a != b {
        return differ("outcome", &a, &b);
    }
    let (a, b) = (plain.vm.fuel_used(), native.vm.fuel_used());
    if a != b {
        return differ("fuel", &a, &b);
    }
    let (a, b) = (plain.vm.heap.bytes(), native.vm.heap.bytes());
    if a != b {
        return differ("bytes of the heap", &a, &b);
    }
    if *plain.printed.borrow() != *native.printed.borrow() {
        return Err("what was printed differs".to_string());
    }
    Ok(())
}
