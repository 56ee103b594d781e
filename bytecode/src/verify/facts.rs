//! What is known at places of verified code: for frames that come from outside.
//!
//! The verifier proves that no instruction reads a register that is not set, and that nothing is left
//! open. That holds for frames that begin at the first instruction. A frame that is read from outside
//! begins in the middle, so whoever reads it compares it with what the verifier knew there.

use super::dataflow::{self, Analysis, Targets};
use super::defined::Defined;
use super::open::{self, Open};
use super::registers::Set;
use super::{Function, VerifyError, flow};
use crate::instr::Instr;
use crate::ops::Op;
use crate::proto::Module;

/// A set of registers of a frame.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RegisterSet(Set<WORDS>);

/// Enough for the largest frames.
const WORDS: usize = 8;

impl RegisterSet {
    /// Whether a register is in the set.
    pub fn contains(&self, register: usize) -> bool {
        self.0.contains(register)
    }

    /// The registers of the set, in ascending order.
    pub fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        let mut next = self.0.first_from(0);
        std::iter::from_fn(move || {
            let register = next?;
            next = self.0.first_from(register + 1);
            Some(register)
        })
    }
}

/// What is known before an instruction, on whatever path control has come there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Facts {
    /// Registers that hold values: an instruction may read them.
    pub set: RegisterSet,
    /// Registers that closures may have captured and that are not closed: nothing else may be.
    pub captured: RegisterSet,
    /// Registers that may be to be closed: nothing else may be.
    pub to_close: RegisterSet,
}

/// What is known before instructions of a function of verified code: one answer for each of `pcs`,
/// which ascend. `None`: control never comes there. Of the function's constants and debug information
/// nothing is needed, of its children only their upvalues.
///
/// # Errors
/// The rule of control flow, definition or closing that the code breaks, if it is not verified.
pub fn facts_at(
    module: &Module,
    function: usize,
    pcs: &[u32],
) -> Result<Vec<Option<Facts>>, VerifyError> {
    let Some(proto) = module.protos.get(function) else { return Ok(vec![None; pcs.len()]) };
    let function = Function { module, index: function, proto };
    let mut targets = Targets::default();
    flow::check(&function, &mut targets)?;
    let defined = Defined { function: &function };
    let mut recorder = Recorder { defined, pcs, known: vec![None; pcs.len()] };
    dataflow::run(&function, &targets, &mut recorder)?;
    Ok(recorder.known)
}

/// Both analyses at once; takes down what they know where it is asked for. A stretch is walked again
/// when its state has changed, so what is taken down last is the fixed point.
struct Recorder<'a> {
    defined: Defined<'a, WORDS>,
    pcs: &'a [u32],
    known: Vec<Option<Facts>>,
}

impl Analysis for Recorder<'_> {
    type State = (Set<WORDS>, Open<WORDS>);

    fn entry(&self) -> Self::State {
        (self.defined.entry(), Open::NOTHING)
    }

    fn join(into: &mut Self::State, other: &Self::State) -> bool {
        into.0.intersect(&other.0) | into.1.join(&other.1)
    }

    fn step(
        &mut self,
        pc: usize,
        op: Op,
        instr: Instr,
        (set, open): &mut Self::State,
    ) -> Result<(), VerifyError> {
        if let Ok(at) = self.pcs.binary_search(&(pc as u32)) {
            let (captured, to_close) = open.sets();
            self.known[at] = Some(Facts {
                set: RegisterSet(*set),
                captured: RegisterSet(captured),
                to_close: RegisterSet(to_close),
            });
        }
        self.defined.step(pc, op, instr, set)?;
        open::step(self.defined.function, pc, op, instr, open)
    }

    fn jumped(&self, op: Op, instr: Instr, (set, _): &mut Self::State) {
        self.defined.jumped(op, instr, set);
    }

    fn passed(&self, op: Op, instr: Instr, (set, _): &mut Self::State) {
        self.defined.passed(op, instr, set);
    }
}
