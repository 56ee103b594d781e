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

/// What linking does to the instructions of an opcode.
#[derive(Clone, Copy)]
struct Row {
    /// The bits that are multiplied.
    scaled: u64,
    /// The bits that stay as they are; the rest is cleared.
    kept: u64,
    /// There is more to do.
    special: bool,
}

/// One for each value of a byte; numbers that are no opcode stay as they are.
static ROWS: [Row; 256] = {
    let mut rows = [Row { scaled: 0, kept: !0, special: false }; 256];
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
        rows[op].kept = !rows[op].scaled;
        if is_cached(OPS[op].op) {
            rows[op].kept &= !(0xff << 8);
        }
        rows[op].special = matches!(OPS[op].op, Op::TForCall | Op::NewTable | Op::SetList);
        op += 1;
    }
    rows
};

/// An instruction as one number, the opcode in the lowest bits.
#[inline(always)]
fn word(i: Instr) -> u64 {
    if cfg!(target_endian = "little") {
        // SAFETY: eight bytes without padding, in the order of the fields.
        unsafe { std::mem::transmute::<Instr, u64>(i) }
    } else {
        u64::from_le_bytes(i.to_bytes())
    }
}

/// The inverse of [`word`].
#[inline(always)]
fn instr(word: u64) -> Instr {
    if cfg!(target_endian = "little") {
        // SAFETY: as above; any bytes are an instruction.
        unsafe { std::mem::transmute::<u64, Instr>(word) }
    } else {
        Instr::from_bytes(word.to_le_bytes())
    }
}

/// Multiplies and clears; says whether there is more to do.
#[inline(always)]
fn scale(i: Instr, scale: impl Fn(u64) -> u64) -> (u64, bool) {
    let word = word(i);
    let row = &ROWS[word as u8 as usize];
    (word & row.kept | scale(word & row.scaled), row.special)
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

/// Plain indices → byte offsets, written to memory of its own.
///
/// # Safety
/// At `linked` there is room for as many instructions, which nobody else uses.
pub unsafe fn link(plain: &[Instr], linked: *mut Instr) {
    let mut open_lists = false;
    for (at, &from) in plain.iter().enumerate() {
        let (mut word, special) = scale(from, |lanes| (lanes & LOW) * SCALE);
        if special {
            let i = link_special(instr(word));
            open_lists |= i.op == Op::SetList as u8 && i.n == 0;
            word = self::word(i);
        }
        // SAFETY: the caller vouches for the room.
        unsafe { linked.add(at).write(instr(word)) };
    }
    if open_lists {
        // SAFETY: all has just been written.
        make_room(unsafe { std::slice::from_raw_parts_mut(linked, plain.len()) });
    }
}

fn link_special(mut i: Instr) -> Instr {
    if i.op == Op::TForCall as u8 {
        // It counts as CALL's does (wanted results + 1), so that a return needs not tell the two
        // apart.
        i.c = i.c.wrapping_add(1);
    } else if i.op == Op::NewTable as u8 {
        // The cell's class instead of the two counts.
        i.n = table_class(i.c, i.b);
    }
    i
}

/// Byte offsets → plain indices; caches are cleared.
pub fn unlink(code: &mut [Instr]) {
    for i in code {
        let (plain, special) = scale(*i, |lanes| (lanes / SCALE) & LOW);
        *i = instr(plain);
        if special {
            if i.op == Op::TForCall as u8 {
                i.c = i.c.wrapping_sub(1);
            } else if i.op == Op::NewTable as u8 {
                i.n = 0;
            }
        }
    }
}
