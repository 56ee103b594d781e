//! Reading an instruction's operands by role: what the printer, the verifier and other tools share.

use crate::instr::Instr;
use crate::ops::{Field, Op, Operand, Role};

/// The value of an operand, signed where its role is.
#[inline]
pub fn value(instr: Instr, operand: Operand) -> i64 {
    let raw = match operand.field {
        Field::n => instr.n as u32,
        Field::a => instr.a as u32,
        Field::b => instr.b as u32,
        Field::c => instr.c as u32,
        Field::bx => instr.bx(),
    };
    match operand.role {
        Role::Int | Role::Jump => raw as u16 as i16 as i64,
        Role::IntWide | Role::JumpWide => raw as i32 as i64,
        _ => raw as i64,
    }
}

/// Where the instruction at `pc` jumps to, if its opcode has a jump operand: an instruction index,
/// in range only if the module is verified.
#[inline]
pub fn jump_target(op: Op, instr: Instr, pc: usize) -> Option<i64> {
    op.info()
        .operands
        .iter()
        .find(|operand| matches!(operand.role, Role::Jump | Role::JumpWide))
        .map(|&operand| pc as i64 + 1 + value(instr, operand))
}
