//! Where control goes: jumps, the end of the code, instructions that work in pairs.

use super::dataflow::Targets;
use super::{Function, VerifyError};
use crate::operand;
use crate::ops::{Flow, Op};
use crate::semantics::Class;

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

/// VARARGPREP is the first instruction of vararg functions, runs once, and occurs nowhere else.
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

/// Whether instructions of a class have a rule about their position or their neighbours.
pub(super) const fn has_place(class: Class) -> bool {
    matches!(class, Class::VarargPrep | Class::Vararg) || class.is_part_of_loop()
}

/// The parts of a loop belong together: the same A, and jumps that meet. So no loop consists of
/// instructions that hooks do not see (TFORLOOP, and TFORCALL behind its TFORPREP).
pub(super) fn check_pair(function: &Function<'_>, pc: usize) -> Result<(), VerifyError> {
    let Some(&instr) = function.proto.code.get(pc) else { return Ok(()) };
    let Some(op) = instr.opcode() else { return Ok(()) };
    let class = op.info().class;
    if !class.is_part_of_loop() {
        return Ok(());
    }
    // The instruction at `at`, if it is a `wanted` with the same A.
    let partner = |at: Option<usize>, wanted: Class| {
        at.filter(|&at| {
            function.op(at).is_some_and(|op| op.info().class == wanted)
                && function.proto.code.get(at).is_some_and(|other| other.a == instr.a)
        })
    };
    let target = |at: usize| {
        let instr = *function.proto.code.get(at)?;
        usize::try_from(operand::jump_target(instr.opcode()?, instr, at)?).ok()
    };
    // The other end of a numeric loop precedes the target, and jumps to the instruction after this.
    let other_end = |wanted| {
        let end = partner(target(pc).and_then(|at| at.checked_sub(1)), wanted);
        end.filter(|&end| target(end) == Some(pc + 1))
    };
    let (partner, message) = if class == Class::NumericPrep {
        let message = "does not jump behind the FORLOOP that jumps back behind it";
        (other_end(Class::NumericLoop), message)
    } else if class == Class::NumericLoop {
        let message = "does not jump back behind the FORPREP that jumps behind it";
        (other_end(Class::NumericPrep), message)
    } else if class == Class::GenericPrep {
        let call = partner(target(pc), Class::GenericCall);
        let message = "does not jump to a TFORCALL whose TFORLOOP jumps back behind it";
        (call.filter(|&call| target(call + 1) == Some(pc + 1)), message)
    } else if class == Class::GenericCall {
        let test = partner(Some(pc + 1), Class::GenericLoop);
        (test, "is not followed by a TFORLOOP with the same A")
    } else {
        let call = partner(pc.checked_sub(1), Class::GenericCall);
        let prep = partner(target(pc).and_then(|at| at.checked_sub(1)), Class::GenericPrep);
        let message =
            "does not follow a TFORCALL and jump back behind the TFORPREP that jumps there";
        (call.filter(|&call| prep.and_then(target) == Some(call)), message)
    };
    match partner {
        Some(_) => Ok(()),
        None => Err(function.fail_at(pc, message)),
    }
}
