//! Variables that must be closed: none is left open when its frame goes, and no call's window
//! lies over one.
//!
//! An open upvalue and a pending to-be-closed variable are known to the machine by their place on
//! the stack. If a frame went without closing them, they would name slots of frames to come:
//! links and running functions among them. So this pass follows, along every path, which
//! registers may be captured or to be closed:
//!
//! * CLOSURE opens what the child captures of this frame, TBC and TFORPREP what they mark;
//! * CLOSE, and RETURN with N = 1, close; TAILCALL with N = 1 closes captured registers only;
//! * other returns find nothing open; what CALL, TFORCALL, NEWTABLE, CONCAT and CLOSURE may
//!   overwrite, and a to-be-closed variable, lie above everything open.

use super::dataflow::{self, Analysis, Targets};
use super::registers::Set;
use super::{Function, VerifyError};
use crate::instr::Instr;
use crate::ops::Op;

/// Registers that can be captured or to be closed.
const REGISTERS: usize = 256;

/// What may be open before an instruction.
#[derive(Clone, Copy, PartialEq)]
pub(super) struct Open<const WORDS: usize> {
    captured: Set<WORDS>,
    to_close: Set<WORDS>,
}

impl<const WORDS: usize> Open<WORDS> {
    pub const NOTHING: Open<WORDS> = Open { captured: Set::EMPTY, to_close: Set::EMPTY };

    /// Adds what may be open on another way to the same place; whether that changed anything.
    #[inline]
    pub fn join(&mut self, other: &Open<WORDS>) -> bool {
        self.captured.unite(&other.captured) | self.to_close.unite(&other.to_close)
    }

    /// The lowest register at `from` or above that may be open.
    fn first_from(&self, from: usize) -> Option<usize> {
        let both = [self.captured.first_from(from), self.to_close.first_from(from)];
        both.into_iter().flatten().min()
    }
}

pub(super) fn check(function: &Function<'_>, targets: &Targets) -> Result<(), VerifyError> {
    let mut code = function.proto.code.iter().filter_map(|instr| instr.opcode());
    if !code.any(opens) {
        return Ok(());
    }
    dataflow::run(function, targets, &mut Closing { function })
}

/// Whether after the instruction something may be open that was not before.
pub(super) const fn opens(op: Op) -> bool {
    matches!(op, Op::Closure | Op::Tbc | Op::TForPrep)
}

/// Whether the instruction has a rule here.
pub(super) const fn concerns(op: Op) -> bool {
    match op {
        Op::Call | Op::TForCall | Op::NewTable | Op::Concat => true,
        Op::Close | Op::TailCall | Op::Return0 | Op::Return1 | Op::Return => true,
        _ => opens(op),
    }
}

struct Closing<'a> {
    function: &'a Function<'a>,
}

impl Analysis for Closing<'_> {
    type State = Open<{ REGISTERS / 64 }>;

    fn entry(&self) -> Self::State {
        Open::NOTHING
    }

    fn join(into: &mut Self::State, other: &Self::State) -> bool {
        into.join(other)
    }

    fn step(
        &mut self,
        pc: usize,
        op: Op,
        instr: Instr,
        open: &mut Self::State,
    ) -> Result<(), VerifyError> {
        if concerns(op) { step(self.function, pc, op, instr, open) } else { Ok(()) }
    }
}

/// Checks an instruction that has a rule here, and takes in what it opens and closes.
pub(super) fn step<const WORDS: usize>(
    function: &Function<'_>,
    pc: usize,
    op: Op,
    instr: Instr,
    open: &mut Open<WORDS>,
) -> Result<(), VerifyError> {
    let a = instr.a as usize;
    let fail = |message: String| Err(function.fail_at(pc, message));
    // What the instruction may overwrite, besides its results.
    let clears = match op {
        Op::Call => Some(a),
        Op::TForCall => Some(a + 4),
        Op::NewTable | Op::Closure | Op::Concat => Some(a + 1),
        _ => None,
    };
    if let Some(from) = clears
        && let Some(register) = open.first_from(from)
    {
        return fail(format!(
            "overwrites R{from} and above, but R{register} may not be closed yet"
        ));
    }
    match op {
        Op::Closure => {
            let child = function.proto.protos.get(instr.bx() as usize);
            let Some(inner) = child.and_then(|&at| function.module.protos.get(at as usize)) else {
                return Ok(());
            };
            for upvalue in inner.upvalues.iter().filter(|upvalue| upvalue.in_stack) {
                open.captured.insert(upvalue.index as usize);
            }
        }
        Op::Tbc | Op::TForPrep => {
            let register = if op == Op::Tbc { a } else { a + 3 };
            if register >= REGISTERS {
                return fail(format!(
                    "R{register} cannot be to be closed, at most R{}",
                    REGISTERS - 1
                ));
            }
            if let Some(other) = open.to_close.first_from(register) {
                return fail(format!(
                    "marks R{register}, but R{other} is to be closed already and not below it"
                ));
            }
            open.to_close.insert(register);
        }
        Op::Close => {
            open.captured.cut(a);
            open.to_close.cut(a);
        }
        Op::TailCall => {
            if let Some(register) = open.to_close.first_from(0) {
                return fail(format!("leaves R{register} to be closed, which no tail call can do"));
            }
            if instr.n == 0
                && let Some(register) = open.captured.first_from(0)
            {
                return fail(format!("leaves R{register} open, which a closure may have captured"));
            }
            open.captured = Set::EMPTY;
        }
        Op::Return0 | Op::Return1 | Op::Return => {
            let closes = op == Op::Return && instr.n == 1;
            if let Some(register) = open.first_from(0).filter(|_| !closes) {
                return fail(format!("leaves R{register} open, with N = 1 RETURN would close it"));
            }
        }
        _ => {}
    }
    Ok(())
}
