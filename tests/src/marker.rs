//! A debugger for tests: it marks some instructions, writes down where it is asked, and stops now and then.

use luka_vm::debug::runs::code_of;
use luka_vm::function::ProtoData;
use luka_vm::vm::debugger::{Caught, Debugger};
use luka_vm::{Value, Vm};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, PoisonError};

/// Where a debugger was asked: the fuel that was used, the first line of the function and the number of its
/// instruction; at an error, the instruction it is raised at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Asked {
    pub fuel: u64,
    pub line: u32,
    pub pc: usize,
    pub at_error: bool,
}

/// All of these, to be looked at from outside.
pub type Log = Arc<Mutex<Vec<Asked>>>;

/// The debugger.
pub struct Marker {
    /// Of so many instructions one is marked, by chance.
    one_of: u64,
    /// Of so many times it is asked, it stops once, by chance.
    stops: u64,
    seed: u64,
    log: Log,
}

impl Marker {
    pub fn new(one_of: u64, stops: u64, seed: u64, log: Log) -> Marker {
        Marker { one_of, stops, seed, log }
    }

    fn chance(&self, of: impl Hash, one_of: u64) -> bool {
        let mut hasher = DefaultHasher::new();
        (self.seed, of).hash(&mut hasher);
        hasher.finish().is_multiple_of(one_of)
    }

    fn asked(&self, vm: &Vm, at_error: bool) -> bool {
        let here = vm.frames(vm.current_thread()).next();
        let here =
            here.and_then(|view| code_of(&view).map(|(proto, pc)| (proto.data().line_defined, pc)));
        let (line, pc) = here.unwrap_or((0, 0));
        let fuel = vm.fuel_used();
        let mut log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        log.push(Asked { fuel, line, pc, at_error });
        self.chance((fuel, at_error), self.stops)
    }
}

impl Debugger for Marker {
    fn marks(&mut self, function: &ProtoData) -> Vec<usize> {
        let line = function.line_defined;
        (0..function.code.len()).filter(|pc| self.chance((line, *pc), self.one_of)).collect()
    }

    fn reached(&mut self, vm: &Vm) -> bool {
        self.asked(vm, false)
    }

    fn raised(&mut self, vm: &Vm, _: Value, _: Caught) -> bool {
        self.asked(vm, true)
    }
}
