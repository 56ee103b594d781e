//! Every opcode and every operand, by role.

use super::{Function, VerifyError};
use crate::effects::{self, Effect};
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
            let is_number = matches!(constant, Constant::Int(_) | Constant::Float(_));
            let wanted = if operand.role == Role::ConstNum && !is_number {
                Some("number")
            } else if operand.role == Role::ConstStr && !is_short_string(constant) {
                Some("short string")
            } else {
                None
            };
            if let Some(wanted) = wanted {
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
            let limit = op.info().flag.map_or(0, |flag| flag.words().len());
            if value > limit as i64 {
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
    if let Some((field, least)) = missing(op, instr) {
        let (name, value) = (field.letter(), operand::raw(instr, field));
        return Err(function.fail_at(pc, format!("{name} is {value}, it must be at least {least}")));
    }
    let (end, registers) = (window_end(op, instr), function.proto.max_stack as usize);
    if end > registers {
        let last = end.saturating_sub(1);
        let message = format!("window ends at R{last}, the frame has {registers} registers");
        return Err(function.fail_at(pc, message));
    }
    Ok(())
}

/// An operand that is less than the instruction needs, and what it needs.
#[inline(always)]
fn missing(op: Op, instr: Instr) -> Option<(Field, u16)> {
    op.info().effects.iter().find_map(|&effect| {
        let Effect::AtLeast(field, least) = effect else { return None };
        (operand::raw(instr, field) < least as u32).then_some((field, least))
    })
}

/// One past the highest register that a window instruction may touch. Of values up to the top only
/// the first counts: `multi` relates the rest to the instruction that left them.
#[inline(always)]
fn window_end(op: Op, instr: Instr) -> usize {
    instr.a as usize + effects::window_size(op.info(), instr)
}
