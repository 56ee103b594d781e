//! Every opcode and every operand, by role.

use super::{Function, VerifyError};
use crate::instr::Instr;
use crate::operand;
use crate::ops::{Field, Op, Operand, Role};
use crate::proto::Constant;
use crate::{MAX_CONST_OPERAND, MAX_SHORT_STRING};

pub(super) fn check(function: &Function<'_>) -> Result<(), VerifyError> {
    for (pc, &instr) in function.proto.code.iter().enumerate() {
        check_at(function, pc, instr)?;
    }
    Ok(())
}

/// The rules of one instruction.
pub(super) fn check_at(
    function: &Function<'_>,
    pc: usize,
    instr: Instr,
) -> Result<(), VerifyError> {
    let Some(op) = instr.opcode() else {
        return Err(function.fail_at(pc, format!("there is no opcode {}", instr.op)));
    };
    let mut unused = !0xff;
    for &operand in op.info().operands {
        unused &= !bits(operand.field);
        check_operand(function, pc, op, instr, operand)?;
    }
    if instr.word() & unused != 0 {
        return Err(function.fail_at(pc, "a field that is no operand is not zero"));
    }
    Ok(())
}

fn check_operand(
    function: &Function<'_>,
    pc: usize,
    op: Op,
    instr: Instr,
    operand: Operand,
) -> Result<(), VerifyError> {
    let proto = function.proto;
    let value = operand::value(instr, operand);
    match operand.role {
        Role::Dst | Role::Src => {
            if value >= proto.max_stack as i64 {
                return Err(outside(function, pc, "R", value, proto.max_stack as usize));
            }
        }
        Role::Const | Role::ConstNum | Role::ConstStr => {
            let Some(constant) = proto.constants.get(value as usize) else {
                return Err(outside(function, pc, "K", value, proto.constants.len()));
            };
            if value > MAX_CONST_OPERAND as i64 {
                let message = format!("K{value} needs a LOADK: beyond K{MAX_CONST_OPERAND}");
                return Err(function.fail_at(pc, message));
            }
            let right_kind = match operand.role {
                Role::ConstNum => matches!(constant, Constant::Int(_) | Constant::Float(_)),
                Role::ConstStr => is_short_string(constant),
                _ => true,
            };
            if !right_kind {
                let wanted = if operand.role == Role::ConstNum { "number" } else { "short string" };
                return Err(function.fail_at(pc, format!("K{value} is not a {wanted}")));
            }
        }
        Role::ConstWide => {
            if value >= proto.constants.len() as i64 {
                return Err(outside(function, pc, "K", value, proto.constants.len()));
            }
        }
        Role::Upvalue => {
            if value >= proto.upvalues.len() as i64 {
                return Err(outside(function, pc, "U", value, proto.upvalues.len()));
            }
        }
        Role::Proto => {
            if value >= proto.protos.len() as i64 {
                return Err(outside(function, pc, "P", value, proto.protos.len()));
            }
        }
        Role::Flag => {
            let limit = if op == Op::AddI { 2 } else { 1 };
            if value > limit {
                return Err(function.fail_at(pc, format!("flag {value} is above {limit}")));
            }
        }
        Role::Win => check_window(function, pc, op, instr)?,
        // Any value has a meaning; jumps are `flow`'s.
        Role::Uint | Role::Int | Role::IntWide | Role::Count | Role::Jump | Role::JumpWide => {}
    }
    Ok(())
}

#[inline]
pub(super) fn is_short_string(constant: &Constant) -> bool {
    matches!(constant, Constant::Str(s) if s.len() <= MAX_SHORT_STRING)
}

/// The bits of the instruction word that a field occupies.
pub(super) const fn bits(field: Field) -> u64 {
    match field {
        Field::n => 0xff << 8,
        Field::a => 0xffff << 16,
        Field::b => 0xffff << 32,
        Field::c => 0xffff << 48,
        Field::bx => 0xffff_ffff << 32,
    }
}

#[cold]
fn outside(f: &Function<'_>, pc: usize, prefix: &str, value: i64, count: usize) -> VerifyError {
    let what = match prefix {
        "R" => "registers",
        "K" => "constants",
        "U" => "upvalues",
        _ => "inner functions",
    };
    f.fail_at(pc, format!("{prefix}{value} does not exist, there are {count} {what}"))
}

/// Checks that the registers a window instruction may touch are the frame's, and its counts.
fn check_window(
    function: &Function<'_>,
    pc: usize,
    op: Op,
    instr: Instr,
) -> Result<(), VerifyError> {
    match window_end(op, instr) {
        Some(end) if end <= function.proto.max_stack as u32 => Ok(()),
        Some(end) => Err(function.fail_at(
            pc,
            format!(
                "window ends at R{}, the frame has {} registers",
                end.saturating_sub(1),
                function.proto.max_stack
            ),
        )),
        None if op == Op::Concat => Err(function.fail_at(pc, "needs at least two operands")),
        None => Err(function.fail_at(pc, "needs at least one variable")),
    }
}

/// One past the highest register that a window instruction may touch; `None` if its counts are
/// wrong. A window "to top" is bounded here by its first register only: `multi` relates it to its
/// producer.
#[inline(always)]
pub(super) fn window_end(op: Op, instr: Instr) -> Option<u32> {
    let (a, b, c, n) = (instr.a as u32, instr.b as u32, instr.c as u32, instr.n as u32);
    Some(match op {
        Op::LoadNil => a + b + 1,
        Op::SetList => a + n + 1,
        Op::SelfK => a + 3,
        Op::Concat if b >= 2 => a + b,
        Op::Concat => return None,
        // The function, the link, arguments from A+2 to A+B; results from A to A+C-2.
        Op::Call => a + 2.max(b + 1).max(c.saturating_sub(1)),
        Op::TailCall => a + 2.max(b + 1),
        Op::Return => a + b.saturating_sub(1),
        Op::Vararg if c == 0 => a + 1,
        Op::Vararg => a + c - 1,
        Op::ForPrep | Op::ForLoop | Op::TForPrep => a + 4,
        Op::TForCall if c >= 1 => a + 8.max(c + 4),
        Op::TForCall => return None,
        Op::TForLoop => a + 5,
        // No other row has a window: one register would be the least it touches.
        _ => a + 1,
    })
}
