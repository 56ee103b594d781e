//! Linking: the VM's own copy of a function's code, in which register operands and 16-bit
//! constant operands are byte offsets (×16), so that an operand is one load and one addition.

use luka_bytecode::ops::{Field, Role};
use luka_bytecode::{Instr, Op};

const SCALE: u16 = 16;

fn is_scaled(role: Role) -> bool {
    matches!(
        role,
        Role::Dst | Role::Src | Role::Win | Role::Const | Role::ConstNum | Role::ConstStr
    )
}

/// `results` maps the C of TFORCALL: linked, it counts as CALL's does (wanted results + 1), so that
/// a return needs not tell the two apart.
fn map(code: &mut [Instr], scale: impl Fn(u16) -> u16, results: impl Fn(u16) -> u16) {
    for i in code {
        let Some(op) = i.opcode() else { continue };
        for operand in op.info().operands {
            if is_scaled(operand.role) {
                match operand.field {
                    Field::a => i.a = scale(i.a),
                    Field::b => i.b = scale(i.b),
                    Field::c => i.c = scale(i.c),
                    Field::n | Field::bx => {}
                }
            }
        }
        if is_cached(op) {
            i.n = 0;
        }
        if op == Op::TForCall {
            i.c = results(i.c);
        }
    }
}

/// Instructions whose `n` holds an inline cache in the VM's copy (it is 0 in images).
pub fn is_cached(op: Op) -> bool {
    matches!(
        op,
        Op::GetTabUp
            | Op::GetField
            | Op::SetTabUp
            | Op::SetTabUpK
            | Op::SetField
            | Op::SetFieldK
            | Op::SelfK
    )
}

/// Plain indices → byte offsets.
pub fn link(code: &mut [Instr]) {
    map(code, |x| x.wrapping_mul(SCALE), |c| c.wrapping_add(1));
}

/// Byte offsets → plain indices; caches are cleared.
pub fn unlink(code: &mut [Instr]) {
    map(code, |x| x / SCALE, |c| c.wrapping_sub(1));
}
