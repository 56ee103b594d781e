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
#[derive(Clone, Copy)]
struct Open {
    captured: Set<{ REGISTERS / 64 }>,
    to_close: Set<{ REGISTERS / 64 }>,
}

impl Open {
    const NOTHING: Open = Open { captured: Set::EMPTY, to_close: Set::EMPTY };

    /// The lowest register at `from` or above that may be open.
    fn first_from(&self, from: usize) -> Option<usize> {
        let both = [self.captured.first_from(from), self.to_close.first_from(from)];
        both.into_iter().flatten().min()
    }
}

/// `turns` are the places that mark variables, among others.
pub(super) fn check(
    function: &Function<'_>,
    turns: &[u32],
    targets: &Targets,
) -> Result<(), VerifyError> {
    let marks = |&pc: &u32| matches!(function.op(pc as usize), Some(Op::Tbc | Op::TForPrep));
    if !captures(function) && !turns.iter().any(marks) {
        return Ok(());
    }
    dataflow::run(function, targets, &mut Closing { function })
}

struct Closing<'a> {
    function: &'a Function<'a>,
}

impl Analysis for Closing<'_> {
    type State = Open;

    fn entry(&self) -> Open {
        Open::NOTHING
    }

    fn join(into: &mut Open, other: &Open) -> bool {
        into.captured.unite(&other.captured) | into.to_close.unite(&other.to_close)
    }

    fn step(
        &mut self,
        pc: usize,
        op: Op,
        instr: Instr,
        open: &mut Open,
    ) -> Result<(), VerifyError> {
        step(self.function, pc, op, instr, open)
    }
}

/// Whether a child captures a register of the function.
fn captures(function: &Function<'_>) -> bool {
    let children = function.proto.protos.iter();
    children
        .filter_map(|&child| function.module.protos.get(child as usize))
        .any(|inner| inner.upvalues.iter().any(|upvalue| upvalue.in_stack))
}

fn step(
    function: &Function<'_>,
    pc: usize,
    op: Op,
    instr: Instr,
    open: &mut Open,
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
