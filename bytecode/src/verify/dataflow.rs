//! Following what is known along every path of a function, to a fixed point.
//!
//! A function is divided at its jump targets. The state at each of them is kept, joined over all
//! paths to it; a block is walked again only when its state has changed. The lowest pending block
//! comes first, so all forward paths have been joined before a block is walked: compiled code is
//! walked once, loops usually once more. Whatever the code, a stretch is walked at most once for each bit
//! of a state, and what is kept is one state for each target.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::{Function, VerifyError};
use crate::instr::Instr;
use crate::operand;
use crate::ops::{Flow, OPS, Op};

/// Which instructions control reaches from elsewhere than the one before, numbered from 1.
#[derive(Default)]
pub(super) struct Targets {
    numbers: Vec<u32>,
    count: u32,
}

impl Targets {
    /// No targets among `len` instructions.
    pub fn clear(&mut self, len: usize) {
        self.numbers.clear();
        self.numbers.resize(len, 0);
        self.count = 0;
    }

    /// Marks an instruction; false if there is none.
    pub fn mark(&mut self, pc: usize) -> bool {
        let Some(number) = self.numbers.get_mut(pc) else { return false };
        if *number == 0 {
            self.count += 1;
            *number = self.count;
        }
        true
    }

    /// Whether control reaches the instruction from elsewhere.
    pub fn contains(&self, pc: usize) -> bool {
        self.numbers.get(pc).is_some_and(|&number| number != 0)
    }

    fn index(&self, pc: usize) -> Option<usize> {
        (*self.numbers.get(pc)? as usize).checked_sub(1)
    }
}

/// What a pass knows of a place and how instructions change it.
pub(super) trait Analysis {
    /// Grows or shrinks with each join, in finitely many steps.
    type State: Clone;

    /// What is known when the function starts.
    fn entry(&self) -> Self::State;

    /// Merges the state on another path to the same place; returns whether that changed anything.
    fn join(into: &mut Self::State, other: &Self::State) -> bool;

    /// Checks an instruction and applies what it does, whether it jumps or not.
    fn step(
        &mut self,
        pc: usize,
        op: Op,
        instr: Instr,
        state: &mut Self::State,
    ) -> Result<(), VerifyError>;

    /// Takes in what it does only when it jumps.
    fn jumped(&self, _op: Op, _instr: Instr, _state: &mut Self::State) {}

    /// Takes in what it does only when a branch does not.
    fn passed(&self, _op: Op, _instr: Instr, _state: &mut Self::State) {}
}

/// Whether an opcode only ever goes on to the next instruction, by number.
static GOES_ON: [bool; Op::COUNT] = {
    let mut table = [false; Op::COUNT];
    let mut op = 0;
    while op < Op::COUNT {
        table[op] = matches!(OPS[op].flow, Flow::Next | Flow::Call);
        op += 1;
    }
    table
};

/// What is known at a target.
struct Known<S> {
    state: S,
    /// It has changed since the stretch was walked.
    waits: bool,
}

/// The stretches to walk, lowest first. Entries that wait no more are passed over.
struct Work<'a, S> {
    targets: &'a Targets,
    known: Vec<Option<Known<S>>>,
    queue: BinaryHeap<Reverse<u32>>,
}

impl<S: Clone> Work<'_, S> {
    /// Control may come to the target `pc` with this state.
    fn arrive(&mut self, pc: usize, state: S, join: impl Fn(&mut S, &S) -> bool) {
        let Some(slot) = self.targets.index(pc).and_then(|at| self.known.get_mut(at)) else {
            return;
        };
        match slot {
            Some(known) => {
                if !join(&mut known.state, &state) || known.waits {
                    return;
                }
                known.waits = true;
            }
            None => *slot = Some(Known { state, waits: true }),
        }
        self.queue.push(Reverse(pc as u32));
    }

    /// Takes the state of a target that waits.
    fn take(&mut self, pc: usize) -> Option<S> {
        let known = self.known.get_mut(self.targets.index(pc)?)?.as_mut()?;
        std::mem::take(&mut known.waits).then(|| known.state.clone())
    }

    /// The lowest stretch that waits.
    fn next(&mut self) -> Option<(usize, S)> {
        loop {
            let Reverse(pc) = self.queue.pop()?;
            if let Some(state) = self.take(pc as usize) {
                return Some((pc as usize, state));
            }
        }
    }
}

/// Runs a pass over all code that control can reach. The flow of control has been checked.
pub(super) fn run<A: Analysis>(
    function: &Function<'_>,
    targets: &Targets,
    analysis: &mut A,
) -> Result<(), VerifyError> {
    let code = &function.proto.code;
    let known = (0..targets.count).map(|_| None).collect();
    let mut work = Work { targets, known, queue: BinaryHeap::with_capacity(16) };
    let (mut pc, mut state) = (0, analysis.entry());
    if targets.contains(0) {
        work.arrive(0, state.clone(), A::join);
        work.take(0);
    }
    loop {
        let Some(&instr) = code.get(pc) else { return Ok(()) };
        let Some(op) = instr.opcode() else { return Ok(()) };
        analysis.step(pc, op, instr, &mut state)?;
        if GOES_ON[op as usize] && !targets.contains(pc + 1) {
            pc += 1;
            continue;
        }
        if let Some(target) = operand::jump_target(op, instr, pc)
            && let Ok(target) = usize::try_from(target)
        {
            let mut there = state.clone();
            analysis.jumped(op, instr, &mut there);
            work.arrive(target, there, A::join);
        }
        let next = match op.info().flow {
            Flow::Goto | Flow::Return => None,
            Flow::SkipOne => Some(pc + 2),
            Flow::Skip => {
                work.arrive(pc + 2, state.clone(), A::join);
                Some(pc + 1)
            }
            Flow::Next | Flow::Branch | Flow::Call => Some(pc + 1),
        };
        match next {
            Some(next) if !targets.contains(next) => {
                analysis.passed(op, instr, &mut state);
                pc = next;
            }
            next => {
                if let Some(next) = next {
                    analysis.passed(op, instr, &mut state);
                    work.arrive(next, state, A::join);
                }
                match work.next() {
                    Some(lowest) => (pc, state) = lowest,
                    None => return Ok(()),
                }
            }
        }
    }
}
