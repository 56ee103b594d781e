//! Which registers an instruction reads and writes: what traces show of it.

use crate::instr::Instr;
use crate::ops::{Field, Op, Role};

/// Numbers of registers.
pub type Registers = Vec<usize>;

fn field(instr: Instr, field: Field) -> usize {
    match field {
        Field::n => instr.n as usize,
        Field::a => instr.a as usize,
        Field::b => instr.b as usize,
        Field::c => instr.c as usize,
        Field::bx => instr.bx() as usize,
    }
}

/// The operands with this role, as registers.
fn operands(instr: Instr, op: Op, role: Role) -> Registers {
    let operands = op.info().operands.iter().filter(|o| o.role == role);
    operands.map(|o| field(instr, o.field)).collect()
}

/// The registers whose values the instruction uses, in the order of its operands. `top` is where
/// values in unknown number end, if there are such.
pub fn reads(instr: Instr, top: usize) -> Registers {
    let Some(op) = instr.opcode() else { return Vec::new() };
    let (a, b) = (instr.a as usize, instr.b as usize);
    match op {
        Op::Close | Op::LoadNil | Op::Vararg => Vec::new(),
        Op::SetList if instr.n == 0 => (a..top.max(a + 1)).collect(),
        Op::SetList => (a..a + 1 + instr.n as usize).collect(),
        Op::Concat => (a..a + b).collect(),
        Op::Call | Op::TailCall if b == 0 => (a..a + 1).chain(a + 2..top.max(a + 2)).collect(),
        Op::Call | Op::TailCall => (a..a + 1).chain(a + 2..a + 1 + b).collect(),
        Op::Return if b == 0 => (a..top.max(a)).collect(),
        Op::Return => (a..a + b - 1).collect(),
        Op::ForPrep | Op::ForLoop | Op::TForCall => (a..a + 3).collect(),
        Op::TForPrep => (a + 3..a + 4).collect(),
        Op::TForLoop => (a + 4..a + 5).collect(),
        _ => operands(instr, op, Role::Src),
    }
}

/// The registers the instruction writes, all of them or, if it jumps, perhaps none. `top` is where
/// values in unknown number end after it, if it leaves such.
pub fn writes(instr: Instr, top: usize) -> Registers {
    let Some(op) = instr.opcode() else { return Vec::new() };
    let (a, c) = (instr.a as usize, instr.c as usize);
    match op {
        Op::LoadNil => (a..a + 1 + instr.b as usize).collect(),
        Op::SelfK => (a..a + 1).chain(a + 2..a + 3).collect(),
        Op::Concat => (a..a + 1).collect(),
        Op::Call | Op::Vararg if c == 0 => (a..top.max(a)).collect(),
        Op::Call | Op::Vararg => (a..a + c - 1).collect(),
        Op::TailCall => (a..top.max(a)).collect(),
        Op::ForPrep => (a..a + 4).collect(),
        Op::ForLoop => (a..a + 2).chain(a + 3..a + 4).collect(),
        Op::TForCall => (a + 4..a + 4 + c).collect(),
        Op::TForLoop => (a + 2..a + 3).collect(),
        _ => operands(instr, op, Role::Dst),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::OPS;

    #[test]
    fn every_window_is_known() {
        for info in OPS {
            if !info.operands.iter().any(|o| o.role == Role::Win) {
                continue;
            }
            let instr = Instr { op: info.op as u8, n: 2, a: 1, b: 2, c: 2 };
            let known = !reads(instr, 0).is_empty() || !writes(instr, 0).is_empty();
            assert!(known, "{}", info.mnemonic);
        }
    }

    #[test]
    fn calls_do_not_read_the_link() {
        let call = Instr::abc(Op::Call, 5, 3, 2);
        assert_eq!(reads(call, 0), [5, 7, 8]);
        assert_eq!(writes(call, 0), [5]);
    }
}
