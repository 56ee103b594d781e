//! Reading an instruction's operands by role: what the printer, the verifier and other tools share.

use crate::instr::Instr;
use crate::ops::{Field, OPS, Op, Operand, Role};

/// The bits of a field.
#[inline(always)]
pub const fn raw(instr: Instr, field: Field) -> u32 {
    match field {
        Field::n => instr.n as u32,
        Field::a => instr.a as u32,
        Field::b => instr.b as u32,
        Field::c => instr.c as u32,
        Field::bx => instr.bx(),
    }
}

/// The value of an operand, signed where its role is.
#[inline]
pub fn value(instr: Instr, operand: Operand) -> i64 {
    let raw = raw(instr, operand.field);
    match operand.role {
        Role::Int | Role::Jump => raw as u16 as i16 as i64,
        Role::IntWide | Role::JumpWide => raw as i32 as i64,
        Role::Dst | Role::Src | Role::Win | Role::Upvalue | Role::Proto => raw as i64,
        Role::Const | Role::ConstNum | Role::ConstStr | Role::ConstWide => raw as i64,
        Role::Uint | Role::Count | Role::Flag => raw as i64,
    }
}

/// Writes a field; bits beyond its width are lost.
#[inline]
pub fn set(instr: &mut Instr, field: Field, raw: u32) {
    match field {
        Field::n => instr.n = raw as u8,
        Field::a => instr.a = raw as u16,
        Field::b => instr.b = raw as u16,
        Field::c => instr.c = raw as u16,
        Field::bx => instr.set_sbx(raw as i32),
    }
}

/// The role of each opcode's jump operand: a short jump is in `c`, a wide one in `bx`.
static JUMPS: [Option<Role>; Op::COUNT] = {
    let mut jumps = [None; Op::COUNT];
    let mut op = 0;
    while op < Op::COUNT {
        let mut i = 0;
        while i < OPS[op].operands.len() {
            let operand = OPS[op].operands[i];
            match (operand.role, operand.field) {
                (Role::Jump, Field::c) | (Role::JumpWide, Field::bx) => {
                    jumps[op] = Some(operand.role);
                }
                (Role::Jump | Role::JumpWide, _) => panic!("a jump is in C or Bx"),
                _ => {}
            }
            i += 1;
        }
        op += 1;
    }
    jumps
};

/// Where the instruction at `pc` jumps to, if its opcode has a jump operand: an instruction index,
/// in range only if the module is verified.
#[inline]
pub fn jump_target(op: Op, instr: Instr, pc: usize) -> Option<i64> {
    let is_short = JUMPS[op as usize]? == Role::Jump;
    let distance = if is_short { instr.sc() as i64 } else { instr.sbx() as i64 };
    Some(pc as i64 + 1 + distance)
}
