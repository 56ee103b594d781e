//! "All values up to the top": who leaves them, who takes them.
//!
//! The top of a frame has a meaning only between an instruction that leaves a variable number of
//! values (CALL or VARARG with C = 0, TAILCALL of a function that is not a Lua function) and the
//! very next instruction, which takes them (B = 0, SETLIST with N = 0). So the two are neighbours,
//! no jump lands between them, and the taker's window begins at or below the leaver's.

use super::{Function, VerifyError};
use crate::instr::Instr;
use crate::ops::Op;

pub(super) fn check(function: &Function<'_>, targets: &[bool]) -> Result<(), VerifyError> {
    let code = &function.proto.code;
    let mut left: Option<u32> = None;
    for (pc, &instr) in code.iter().enumerate() {
        let Some(op) = instr.opcode() else { continue };
        let taken = taken_from(op, instr);
        match (left, taken) {
            (None, None) => {}
            (Some(_), None) => {
                return Err(function.fail_at(pc, "does not take the values just left"));
            }
            (None, Some(_)) => {
                return Err(function.fail_at(pc, "takes values up to the top, none were left"));
            }
            (Some(left), Some(taken)) => {
                if taken > left {
                    let message = format!("takes values from R{taken}, they begin at R{left}");
                    return Err(function.fail_at(pc, message));
                }
                if targets.get(pc) == Some(&true) {
                    let message = "a jump lands between it and the values it takes";
                    return Err(function.fail_at(pc, message));
                }
            }
        }
        if pc > 0 && code[pc - 1].opcode() == Some(Op::TailCall) {
            let same = op == Op::Return && instr.a == code[pc - 1].a;
            if !same {
                return Err(function.fail_at(pc, "TAILCALL wants a RETURN from the same register"));
            }
        }
        left = left_from(op, instr);
    }
    // A leaver is never last: control would fall off the end.
    Ok(())
}

/// The first of the values this instruction leaves up to the top.
fn left_from(op: Op, instr: Instr) -> Option<u32> {
    match op {
        Op::Call | Op::Vararg if instr.c == 0 => Some(instr.a as u32),
        Op::TailCall => Some(instr.a as u32),
        _ => None,
    }
}

/// The first of the registers up to the top that this instruction takes.
fn taken_from(op: Op, instr: Instr) -> Option<u32> {
    match op {
        Op::Call | Op::TailCall if instr.b == 0 => Some(instr.a as u32 + 2),
        Op::Return if instr.b == 0 => Some(instr.a as u32),
        Op::SetList if instr.n == 0 => Some(instr.a as u32 + 1),
        _ => None,
    }
}
