//! Linking: the VM's own copy of a function's code, in which register operands and 16-bit
//! constant operands are byte offsets (×16), so that an operand is one load and one addition.

use crate::heap::new_table::table_class;
use luka_bytecode::ops::{Field, OPS, Role};
use luka_bytecode::{Instr, MAX_REGISTERS, Op};

const SCALE: u64 = 16;

const fn is_scaled(role: Role) -> bool {
    matches!(
        role,
        Role::Dst | Role::Src | Role::Win | Role::Const | Role::ConstNum | Role::ConstStr
    )
}

/// The bits of an instruction word that linking multiplies, and those it clears, by opcode.
struct Row {
    scaled: u64,
    cleared: u64,
}

static ROWS: [Row; Op::COUNT] = {
    let mut rows = [const { Row { scaled: 0, cleared: 0 } }; Op::COUNT];
    let mut op = 0;
    while op < Op::COUNT {
        let mut i = 0;
        while i < OPS[op].operands.len() {
            let operand = OPS[op].operands[i];
            if is_scaled(operand.role) {
                rows[op].scaled |= match operand.field {
                    Field::a => 0xffff << 16,
                    Field::b => 0xffff << 32,
                    Field::c => 0xffff << 48,
                    Field::n | Field::bx => 0,
                };
            }
            i += 1;
        }
        if is_cached(OPS[op].op) {
            rows[op].cleared = 0xff << 8;
        }
        op += 1;
    }
    rows
};

/// `results` maps the C of TFORCALL: linked, it counts as CALL's does (wanted results + 1), so that
/// a return needs not tell the two apart.
/// `class` makes `n` of NEWTABLE from its two counts: linked, it is the cell's (see [`table_class`]).
fn map(
    code: &mut [Instr],
    scale: impl Fn(u64) -> u64,
    results: impl Fn(u16) -> u16,
    class: impl Fn(u16, u16) -> u8,
) {
    for i in code {
        let Some(row) = ROWS.get(i.op as usize) else { continue };
        let word = u64::from_le_bytes(i.to_bytes());
        let word = word & !row.scaled & !row.cleared | scale(word & row.scaled);
        *i = Instr::from_bytes(word.to_le_bytes());
        if i.op == Op::TForCall as u8 {
            i.c = results(i.c);
        } else if i.op == Op::NewTable as u8 {
            i.n = class(i.c, i.b);
        }
    }
}

/// Instructions whose `n` holds an inline cache in the VM's copy (it is 0 in images).
const fn is_cached(op: Op) -> bool {
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

/// The bits of the 16-bit lanes that stay in their lane when a word is multiplied by [`SCALE`].
const LOW: u64 = 0x0fff_0fff_0fff_0000;

/// A constructor that ends in a call most often gets one value from it: NEWTABLE finds a cell with
/// room for that, though the size of the array part is only known when SETLIST comes. `code` is
/// linked already.
fn make_room(code: &mut [Instr]) {
    // Where each register's latest NEWTABLE stands.
    let mut made = [usize::MAX; MAX_REGISTERS as usize];
    for at in 0..code.len() {
        let i = code[at];
        let register = (i.a / SCALE as u16) as usize;
        if i.op == Op::NewTable as u8 {
            if let Some(slot) = made.get_mut(register) {
                *slot = at;
            }
        } else if i.op == Op::SetList as u8
            && i.n == 0
            && let Some(&call) = at.checked_sub(1).and_then(|before| code.get(before))
            && call.op == Op::Call as u8
            && call.a > i.a
            && let Some(table) = made.get(register).and_then(|&table| code.get_mut(table))
            && table.c == 0
            && table.b == 0
        {
            table.n = table_class((call.a - i.a) / SCALE as u16, 0);
        }
    }
}

/// Plain indices → byte offsets.
pub fn link(code: &mut [Instr]) {
    map(code, |lanes| (lanes & LOW) * SCALE, |c| c.wrapping_add(1), table_class);
    make_room(code);
}

/// Byte offsets → plain indices; caches are cleared.
pub fn unlink(code: &mut [Instr]) {
    map(code, |lanes| (lanes / SCALE) & LOW, |c| c.wrapping_sub(1), |_, _| 0);
}
