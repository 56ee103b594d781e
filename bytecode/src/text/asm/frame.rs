//! How large a function's frame must be at least.

use crate::CALL_HEADER;
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

/// One past the highest register the instruction touches.
fn end(instr: Instr) -> u32 {
    let Some(op) = instr.opcode() else { return 0 };
    let (a, b, c, n) = (instr.a as u32, instr.b as u32, instr.c as u32, instr.n as u32);
    // Values up to the top reach as far as they reach.
    let call = |count: u32| CALL_HEADER.max(if count == 0 { 0 } else { count - 1 + CALL_HEADER });
    let window = match op {
        Op::LoadNil => b + 1,
        Op::SetList => n + 1,
        Op::SelfK => 1 + CALL_HEADER,
        Op::Concat => b,
        Op::Call => call(b).max(c.saturating_sub(1)),
        Op::TailCall => call(b),
        Op::Return => b.saturating_sub(1),
        Op::Vararg => c.saturating_sub(1).max(1),
        Op::ForPrep | Op::ForLoop | Op::TForPrep => 4,
        Op::TForCall => 8.max(c + 4),
        Op::TForLoop => 5,
        _ => 1,
    };
    let registers = op.info().operands.iter().filter_map(|&operand| match operand.role {
        Role::Dst | Role::Src => Some(operand::value(instr, operand) as u32 + 1),
        Role::Win => Some(a + window),
        _ => None,
    });
    registers.max().unwrap_or(0)
}
