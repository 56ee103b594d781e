//! Two machines that do the same: one interprets, the other compiles. They stop at the same places, and
//! must be the same there, to the last byte of their snapshots.

use crate::random::Random;
use crate::snapshot::Program;
use luka_bytecode::Module;
use luka_vm::{Config, Jit, Outcome};

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
}

/// What was compared.
#[derive(Default, Debug)]
pub struct Compared {
    pub pauses: usize,
    pub snapshots: usize,
    /// Units of native code.
    pub units: u64,
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

    fn both(self, mut plain: Program, mut native: Program, name: &str) -> Result<Compared, String> {
        native.vm.fail_guards(self.fail);
        let mut random = Random::new(self.seed);
        let mut compared = Compared::default();
        while plain.is_running() && compared.pauses < self.pauses {
            let budget = (self.least + random.below(self.most - self.least + 1)) as u64;
            plain.go_on(budget);
            native.go_on(budget);
            compared.pauses += 1;
            let here = || format!("{name}, seed {}, pause {}", self.seed, compared.pauses);
            same(&mut plain, &mut native).map_err(|what| format!("{}: {what}", here()))?;
            if compared.pauses.is_multiple_of(self.every) && plain.is_running() {
                let (a, b) = (plain.save(), native.save());
                compared.snapshots += 1;
                if a.state_hash() != b.state_hash() {
                    return Err(format!("{}: the states differ", here()));
                }
            }
        }
        compared.units = native.vm.jit_stats().units;
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
