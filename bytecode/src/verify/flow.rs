//! Where control goes: jumps, the end of the code, instructions that work in pairs.

use super::dataflow::Targets;
use super::{Function, VerifyError};
use crate::operand;
use crate::ops::{Flow, Op};

/// Checks control flow. Leaves in `targets`, for each instruction, whether control reaches it from
/// elsewhere than the instruction before it.
pub(super) fn check(function: &Function<'_>, targets: &mut Targets) -> Result<(), VerifyError> {
    let code = &function.proto.code;
    targets.clear(code.len());
    if code.is_empty() {
        return Err(function.fail("the function has no code"));
    }
    for (pc, &instr) in code.iter().enumerate() {
        let Some(op) = instr.opcode() else { continue };
        if let Some(target) = operand::jump_target(op, instr, pc)
            && !usize::try_from(target).is_ok_and(|target| targets.mark(target))
        {
            let message = format!("jumps to {target}, the code has {} instructions", code.len());
            return Err(function.fail_at(pc, message));
        }
        let furthest = match op.info().flow {
            Flow::Next | Flow::Branch | Flow::Call => pc + 1,
            Flow::Skip | Flow::SkipOne => pc + 2,
            Flow::Goto | Flow::Return => pc,
        };
        if furthest >= code.len() {
            return Err(function.fail_at(pc, "control falls off the end of the code"));
        }
        if furthest == pc + 2 {
            targets.mark(pc + 2);
        }
    }
    check_vararg(function, targets)?;
    for pc in 0..code.len() {
        check_pair(function, pc)?;
    }
    Ok(())
}

/// VARARGPREP is the first instruction of vararg functions, runs once, and stands nowhere else.
fn check_vararg(function: &Function<'_>, targets: &Targets) -> Result<(), VerifyError> {
    let vararg = function.proto.is_vararg;
    if vararg != (function.op(0) == Some(Op::VarargPrep)) {
        let message = "vararg functions and only they begin with VARARGPREP";
        return Err(function.fail_at(0, message));
    }
    if vararg && targets.contains(0) {
        return Err(function.fail_at(0, "a jump leads back to it"));
    }
    for pc in 0..function.proto.code.len() {
        match function.op(pc) {
            Some(Op::VarargPrep) if pc > 0 => {
                return Err(function.fail_at(pc, "is not the first instruction"));
            }
            Some(Op::Vararg) if !vararg => {
                return Err(function.fail_at(pc, "the function is not vararg"));
            }
            _ => {}
        }
    }
    Ok(())
}

/// The parts of a loop belong together: the same A, and jumps that meet.
pub(super) fn check_pair(function: &Function<'_>, pc: usize) -> Result<(), VerifyError> {
    let Some(&instr) = function.proto.code.get(pc) else { return Ok(()) };
    let Some(op) = instr.opcode() else { return Ok(()) };
    if !matches!(op, Op::ForPrep | Op::ForLoop | Op::TForPrep | Op::TForCall | Op::TForLoop) {
        return Ok(());
    }
    // The instruction at `at`, if it is a `wanted` with the same A.
    let partner = |at: Option<usize>, wanted: Op| {
        at.filter(|&at| {
            function.op(at) == Some(wanted)
                && function.proto.code.get(at).is_some_and(|other| other.a == instr.a)
        })
    };
    let target = |at: usize| {
        let instr = *function.proto.code.get(at)?;
        usize::try_from(operand::jump_target(instr.opcode()?, instr, at)?).ok()
    };
    let before_target = || target(pc).and_then(|at| at.checked_sub(1));
    let fits =
        match op {
            Op::ForPrep => partner(before_target(), Op::ForLoop)
                .is_some_and(|other| target(other) == Some(pc + 1)),
            Op::ForLoop => partner(before_target(), Op::ForPrep)
                .is_some_and(|other| target(other) == Some(pc + 1)),
            Op::TForPrep => partner(target(pc), Op::TForCall).is_some(),
            Op::TForCall => partner(Some(pc + 1), Op::TForLoop).is_some(),
            Op::TForLoop => partner(pc.checked_sub(1), Op::TForCall).is_some(),
            _ => true,
        };
    if fits {
        return Ok(());
    }
    let message = match op {
        Op::ForPrep => "does not jump behind the FORLOOP that jumps back behind it",
        Op::ForLoop => "does not jump back behind the FORPREP that jumps behind it",
        Op::TForPrep => "does not jump to a TFORCALL with the same A",
        Op::TForCall => "is not followed by a TFORLOOP with the same A",
        _ => "does not follow a TFORCALL with the same A",
    };
    Err(function.fail_at(pc, message))
}
