//! How large a function's frame must be at least.

use crate::effects::window_size;
use crate::instr::Instr;
use crate::operand;
use crate::ops::{Op, Role};
use crate::proto::Proto;

/// Registers that the instructions, the parameters and the names of variables need, by the
/// verifier's rules; two at least.
pub(super) fn size(proto: &Proto) -> u16 {
    let code = proto.code.iter().map(|&instr| end(instr));
    let locals = proto.debug.locals.iter().map(|local| local.register as u32 + 1);
    let most = code.chain(locals).chain([proto.num_params as u32, 2]).max().unwrap_or(2);
    most.min(u16::MAX as u32) as u16
}

/// One past the highest register the instruction touches. Of values up to the top, this is the
/// first.
fn end(instr: Instr) -> u32 {
    let Some(info) = instr.opcode().map(Op::info) else { return 0 };
    let registers = info.operands.iter().filter_map(|&operand| match operand.role {
        Role::Dst | Role::Src => Some(operand::value(instr, operand) as u32 + 1),
        Role::Win => Some(instr.a as u32 + window_size(info, instr) as u32),
        Role::Const | Role::ConstNum | Role::ConstStr | Role::ConstWide => None,
        Role::Upvalue | Role::Proto | Role::Uint | Role::Int | Role::IntWide => None,
        Role::Count | Role::Flag | Role::Jump | Role::JumpWide => None,
    });
    registers.max().unwrap_or(0)
}
