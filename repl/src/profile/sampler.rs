//! Samples of a running program: where it is whenever it has used so much fuel, or whenever some time has
//! passed; or, with every instruction shown, where each byte is allocated.

use luka::{Budget, Flag, Vm, toolchain};
use luka_compiler::Std;
use luka_vm::interp::at::{At, FrameId};
use luka_vm::interp::observe::{Observer, Outcome};
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::stack::Stacks;
use super::tree::{Symbol, Tree};

/// What is measured, and between which samples.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum By {
    /// Units of fuel; a sample whenever so many are used.
    Fuel(u64),
    /// Nanoseconds; a sample after so much time.
    Time(Duration),
    /// Bytes that are allocated, each where it is.
    Allocations,
}

/// What samples add up to, as the sampler and the machine's observer share it.
struct Record {
    tree: Tree,
    stacks: Stacks,
    /// How much was used at the last sample.
    last: u64,
}

/// What takes samples of a program. (Programs made by `luka build --exe` have no sampler in them, which takes this
/// trait: what is never made is not linked.)
pub trait Samples {
    /// A budget that ends where the next sample is due.
    fn budget(&self, budget: Budget) -> Budget;

    /// The program is paused: notes where.
    fn take(&mut self, vm: &mut Vm);

    /// The program has ended: what was used since the last sample has no place any more.
    fn finish(self: Box<Self>, vm: &mut Vm) -> Tree;
}

/// Takes samples of one program.
pub struct Sampler {
    by: By,
    record: Rc<RefCell<Record>>,
    /// The fuel at which the next sample is due.
    due: u64,
    begun: Instant,
    /// Raises the interrupt flag as long as this lives.
    _clock: Option<Clock>,
}

impl Sampler {
    /// Samples the program that the machine is about to run. `flag` is the one that interrupts it.
    pub fn new(by: By, vm: &mut Vm, std: Std, flag: Flag) -> Sampler {
        let mut sampler = Sampler {
            by,
            record: Rc::new(RefCell::new(Record {
                tree: Tree::new(),
                stacks: Stacks::new(std),
                last: 0,
            })),
            due: 0,
            begun: Instant::now(),
            _clock: None,
        };
        sampler.record.borrow_mut().last = sampler.used(vm);
        match by {
            By::Fuel(every) => sampler.due = vm.fuel_used().saturating_add(every),
            By::Time(every) => sampler._clock = Some(Clock::start(every, flag)),
            By::Allocations => {
                let record = sampler.record.clone();
                let observer = Allocations { record, last: None };
                toolchain::machine(vm).observe(Box::new(observer));
            }
        }
        sampler
    }

    /// What the program has used since the sampler or the machine was made.
    fn used(&self, vm: &mut Vm) -> u64 {
        match self.by {
            By::Fuel(_) => vm.fuel_used(),
            By::Time(_) => self.begun.elapsed().as_nanos() as u64,
            By::Allocations => toolchain::machine(vm).heap.allocated(),
        }
    }
}

impl Samples for Sampler {
    fn budget(&self, budget: Budget) -> Budget {
        match self.by {
            By::Fuel(_) => budget.until(self.due),
            By::Time(_) | By::Allocations => budget,
        }
    }

    fn take(&mut self, vm: &mut Vm) {
        let used = self.used(vm);
        match self.by {
            By::Fuel(every) => {
                let behind = used.saturating_sub(self.due) / every;
                self.due = self.due.saturating_add((behind + 1).saturating_mul(every));
            }
            By::Time(_) => {}
            // The observer has noted everything.
            By::Allocations => return,
        }
        self.record.borrow_mut().note(toolchain::machine(vm), None, used);
    }

    fn finish(self: Box<Self>, vm: &mut Vm) -> Tree {
        let used = self.used(vm);
        let mut record = self.record.borrow_mut();
        let rest = used.saturating_sub(record.last);
        let mut tree = std::mem::replace(&mut record.tree, Tree::new());
        if rest > 0 {
            let symbol = tree.symbol(Symbol::without_place("(after the last sample)"));
            tree.add(&[symbol], None, rest);
            tree.samples -= 1;
        }
        tree
    }
}

impl Record {
    /// What was used since the last sample was used where the machine is.
    fn note(&mut self, machine: &luka_vm::Vm, pc: Option<usize>, used: u64) {
        let (stack, line) = self.stacks.read(machine, &mut self.tree, pc);
        self.tree.add(stack, line, used.saturating_sub(self.last));
        self.last = used;
    }
}

/// Sees every instruction, and what the one before it has allocated.
struct Allocations {
    record: Rc<RefCell<Record>>,
    /// The instruction before.
    last: Option<(FrameId, usize)>,
}

impl Observer for Allocations {
    fn instruction(&mut self, at: &mut At<'_>) -> Option<Outcome> {
        let machine = at.vm();
        let used = machine.heap.allocated();
        let mut record = self.record.borrow_mut();
        let frame = at.frame();
        if used > record.last {
            // Behind a call of a library's function the caller is the one that runs.
            let before = self.last.filter(|(last, _)| *last == frame).map(|(_, pc)| pc);
            record.note(machine, before, used);
        }
        self.last = Some((frame, at.pc()));
        None
    }
}

/// A thread that interrupts the program now and then.
struct Clock {
    ends: Arc<AtomicBool>,
}

impl Clock {
    fn start(every: Duration, flag: Flag) -> Clock {
        let ends = Arc::new(AtomicBool::new(false));
        let clock = Clock { ends: ends.clone() };
        // (Without a thread there are no samples; the report says how many there were.)
        let _ = std::thread::Builder::new().name("profile".into()).spawn(move || {
            while !ends.load(Ordering::Relaxed) {
                std::thread::sleep(every);
                flag.raise();
            }
        });
        clock
    }
}

impl Drop for Clock {
    fn drop(&mut self) {
        self.ends.store(true, Ordering::Relaxed);
    }
}
