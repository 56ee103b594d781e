//! "All values up to the top": who leaves them, who takes them.
//!
//! The top of a frame has a meaning only between an instruction that leaves a variable number of
//! values (CALL or VARARG with C = 0, TAILCALL of a function that is not a Lua function) and the
//! very next instruction, which takes them (B = 0, SETLIST with N = 0). So the two are neighbours,
//! no jump lands between them, and the taker's window begins at or below the leaver's.

use super::dataflow::Targets;
use super::operands::bits;
use super::{Function, VerifyError};
use crate::effects::{Count, Effect};
use crate::instr::Instr;
use crate::ops::{OPS, Op, OpInfo};

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
    let left = pc.checked_sub(1).and_then(|before| leaves_from(code[before]));
    match (left, takes_from(instr)) {
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
    if leaves_from(instr).is_some() && takes_from(next).is_none() {
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

/// The first of the values up to the top that the instruction takes.
#[inline]
pub(super) fn takes_from(instr: Instr) -> Option<u32> {
    let row = &ROWS[instr.op as usize];
    takes(instr.op, instr.word()).then_some(instr.a as u32 + row.taken as u32)
}

/// The first of the values up to the top that the instruction leaves.
fn leaves_from(instr: Instr) -> Option<u32> {
    let row = &ROWS[instr.op as usize];
    leaves(instr.op, instr.word()).then_some(instr.a as u32 + row.left as u32)
}

/// Whether an instruction of this opcode takes values up to the top.
#[inline(always)]
pub(super) fn takes(op: u8, word: u64) -> bool {
    let row = &ROWS[op as usize];
    row.takes != NEVER && word & row.takes == 0
}

/// Whether an instruction of this opcode leaves values up to the top.
#[inline(always)]
pub(super) fn leaves(op: u8, word: u64) -> bool {
    let row = &ROWS[op as usize];
    row.leaves != NEVER && word & row.leaves == 0
}

/// What an opcode does with values up to the top.
#[derive(Clone, Copy)]
struct Row {
    /// The bits of the instruction that are all 0 if it takes, and if it leaves, such values.
    takes: u64,
    leaves: u64,
    /// Where these values begin, from `R[A]` on.
    taken: u8,
    left: u8,
}

/// In place of bits that are all 0: this never happens.
const NEVER: u64 = !0;

/// By opcode and by numbers that are none.
static ROWS: [Row; 256] = {
    let mut rows = [Row { takes: NEVER, leaves: NEVER, taken: 0, left: 0 }; 256];
    let mut op = 0;
    while op < Op::COUNT {
        rows[op] = row(rows[op], &OPS[op]);
        op += 1;
    }
    rows
};

const fn row(mut row: Row, info: &OpInfo) -> Row {
    let mut i = 0;
    while i < info.effects.len() {
        if let Effect::Reads(from, count) = info.effects[i]
            && zero_for_top(count) != NEVER
        {
            (row.takes, row.taken) = (zero_for_top(count), from as u8);
        }
        if let Effect::Writes(from, count) = info.effects[i]
            && zero_for_top(count) != NEVER
        {
            (row.leaves, row.left) = (zero_for_top(count), from as u8);
        }
        i += 1;
    }
    row
}

const fn zero_for_top(count: Count) -> u64 {
    match count {
        Count::OrTop(field, _) => bits(field),
        Count::Top => 0,
        Count::Exactly(_) | Count::Plus(..) => NEVER,
    }
}
