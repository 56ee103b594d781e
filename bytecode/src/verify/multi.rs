//! "All values up to the top": who leaves them, who takes them.
//!
//! The top of a frame has a meaning only between an instruction that leaves a variable number of
//! values (CALL or VARARG with C = 0, TAILCALL of a function that is not a Lua function) and the
//! very next instruction, which takes them (B = 0, SETLIST with N = 0). So the two are neighbours,
//! no jump lands between them, and the taker's window begins at or below the leaver's.

use super::dataflow::Targets;
use super::{Function, VerifyError};
use crate::instr::Instr;
use crate::ops::Op;

/// `targets`: which instructions control reaches from elsewhere than the one before.
pub(super) fn check(function: &Function<'_>, targets: &Targets) -> Result<(), VerifyError> {
    for pc in 0..function.proto.code.len() {
        check_at(function, pc, targets.contains(pc))?;
    }
    Ok(())
}

/// The rules of one instruction, where control may `land` from elsewhere than the one before.
#[inline]
pub(super) fn check_at(function: &Function<'_>, pc: usize, lands: bool) -> Result<(), VerifyError> {
    let code = &function.proto.code;
    let Some(&instr) = code.get(pc) else { return Ok(()) };
    let left = pc.checked_sub(1).and_then(|before| left_from(code[before]));
    match (left, taken_from(instr)) {
        (_, None) => {}
        (None, Some(_)) => {
            return Err(function.fail_at(pc, "takes values up to the top, none were left"));
        }
        (Some(left), Some(taken)) if taken > left => {
            let message = format!("takes values from R{taken}, they begin at R{left}");
            return Err(function.fail_at(pc, message));
        }
        (Some(_), Some(_)) if lands => {
            let message = "a jump lands between it and the values it takes";
            return Err(function.fail_at(pc, message));
        }
        (Some(_), Some(_)) => {}
    }
    // There is a next instruction: control does not fall off the end.
    let Some(&next) = code.get(pc + 1) else { return Ok(()) };
    if left_from(instr).is_some() && taken_from(next).is_none() {
        return Err(function.fail_at(pc + 1, "does not take the values just left"));
    }
    if instr.opcode() == Some(Op::TailCall)
        && (next.opcode() != Some(Op::Return) || next.a != instr.a)
    {
        let message = "TAILCALL wants a RETURN from the same register";
        return Err(function.fail_at(pc + 1, message));
    }
    Ok(())
}

/// The first of the values this instruction leaves up to the top.
fn left_from(instr: Instr) -> Option<u32> {
    match instr.opcode()? {
        Op::Call | Op::Vararg if instr.c == 0 => Some(instr.a as u32),
        Op::TailCall => Some(instr.a as u32),
        _ => None,
    }
}

/// The first of the registers up to the top that this instruction takes.
pub(super) fn taken_from(instr: Instr) -> Option<u32> {
    match instr.opcode()? {
        Op::Call | Op::TailCall if instr.b == 0 => Some(instr.a as u32 + 2),
        Op::Return if instr.b == 0 => Some(instr.a as u32),
        Op::SetList if instr.n == 0 => Some(instr.a as u32 + 1),
        _ => None,
    }
}
