//! Linking: the VM's own copy of a function's code, in which register operands and 16-bit
//! constant operands are byte offsets (×16), so that an operand is one load and one addition.

use crate::object::proto::unmarked;
use crate::table::create::table_class;
use luka_bytecode::ops::{Field, OPS, Role};
use luka_bytecode::{Instr, MAX_REGISTERS, Op};

/// Register and constant slots take 16 bytes.
const SHIFT: u32 = 4;

const fn is_scaled(role: Role) -> bool {
    matches!(
        role,
        Role::Dst | Role::Src | Role::Win | Role::Const | Role::ConstNum | Role::ConstStr
    )
}

/// What linking does to an instruction, by its opcode. Numbers that are no opcode stay as they are.
struct Rows {
    /// The bits of its plain form that move up: those that stay in their 16-bit lane then.
    /// [`SPECIAL`] says that there is more to do.
    moved: [u64; 256],
    /// The bits that stay as they are; the rest is cleared.
    kept: [u64; 256],
}

/// A bit that leaves the word when it moves up, and that nothing moves down to.
const SPECIAL: u64 = 1 << 63;

static ROWS: Rows = {
    let mut rows = Rows { moved: [0; 256], kept: [!0; 256] };
    let mut op = 0;
    while op < Op::COUNT {
        let mut i = 0;
        while i < OPS[op].operands.len() {
            let operand = OPS[op].operands[i];
            if is_scaled(operand.role) {
                let lane = match operand.field {
                    Field::a => 16,
                    Field::b => 32,
                    Field::c => 48,
                    Field::n | Field::bx => panic!("only lanes of 16 bits move"),
                };
                rows.moved[op] |= (0xffff >> SHIFT) << lane;
                rows.kept[op] &= !(0xffff << lane);
            }
            i += 1;
        }
        if OPS[op].accesses_field() {
            // N holds an inline cache here; it is 0 in images.
            rows.kept[op] &= !(0xff << 8);
        }
        if matches!(OPS[op].op, Op::TForCall | Op::NewTable | Op::SetList) {
            rows.moved[op] |= SPECIAL;
        }
        op += 1;
    }
    rows
};

/// [`Instr::word`], loaded whole and not field by field.
#[inline(always)]
fn word(i: Instr) -> u64 {
    if cfg!(target_endian = "little") {
        // SAFETY: eight bytes without padding, in the order of the fields.
        unsafe { std::mem::transmute::<Instr, u64>(i) }
    } else {
        i.word()
    }
}

/// A constructor that ends in a call most often gets one value from it: NEWTABLE finds a cell with
/// room for that, though the size of the array part is only known when SETLIST comes. `code` is
/// linked already.
#[inline(never)]
fn make_room(code: &mut [Instr]) {
    // Where each register's latest NEWTABLE stands.
    let mut made = [usize::MAX; MAX_REGISTERS as usize];
    for at in 0..code.len() {
        let i = code[at];
        let register = (i.a >> SHIFT) as usize;
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
            table.n = table_class((call.a - i.a) >> SHIFT, 0);
        }
    }
}

/// Plain indices → byte offsets, written to memory of its own.
///
/// # Safety
/// At `linked` there is room for as many instructions, which nobody else uses.
#[inline(never)]
pub unsafe fn link(plain: &[Instr], linked: *mut Instr) {
    let mut open_lists = false;
    for (at, &from) in plain.iter().enumerate() {
        let from = word(from);
        let (moved, kept) = (ROWS.moved[from as u8 as usize], ROWS.kept[from as u8 as usize]);
        let mut to = from & kept | (from & moved) << SHIFT;
        if moved & SPECIAL != 0 {
            let i = link_special(Instr::from_word(to));
            open_lists |= i.op == Op::SetList as u8 && i.n == 0;
            to = word(i);
        }
        // SAFETY: the caller vouches for the room.
        unsafe { linked.add(at).write(Instr::from_word(to)) };
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

/// Byte offsets → plain indices; caches and marks of native code are cleared.
pub fn unlink(code: &mut [Instr]) {
    for i in code {
        i.op = unmarked(*i).op;
        let from = word(*i);
        let (moved, kept) = (ROWS.moved[i.op as usize], ROWS.kept[i.op as usize]);
        *i = Instr::from_word(from & kept | from >> SHIFT & moved);
        if moved & SPECIAL != 0 {
            if i.op == Op::TForCall as u8 {
                i.c = i.c.wrapping_sub(1);
            } else if i.op == Op::NewTable as u8 {
                i.n = 0;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn linked(plain: &[Instr]) -> Vec<Instr> {
        let mut code = Vec::with_capacity(plain.len());
        // SAFETY: there is room, and all of it is written.
        unsafe {
            link(plain, code.as_mut_ptr());
            code.set_len(plain.len());
        }
        code
    }

    /// Every opcode, its operands at the edges of what is linked.
    #[test]
    fn there_and_back() {
        for info in OPS {
            for value in [0u16, 1, 0x7f, 0xff, 0x800, 0xfff] {
                let mut plain = Instr::abc(info.op, value, value, value);
                let mut wide = false;
                for operand in info.operands {
                    wide |= operand.field == Field::bx;
                    if operand.field == Field::n && !info.accesses_field() {
                        plain.n = value as u8;
                    }
                }
                if info.op == Op::NewTable {
                    plain.n = 0;
                }
                if wide {
                    (plain.b, plain.c) = (0xfedc, 0xba98);
                }
                let mut code = linked(&[plain]);
                for operand in info.operands.iter().filter(|o| is_scaled(o.role)) {
                    let slot = match operand.field {
                        Field::a => code[0].a,
                        Field::b => code[0].b,
                        Field::c | Field::n | Field::bx => code[0].c,
                    };
                    assert_eq!(slot, value * 16, "{:?}", info.op);
                }
                unlink(&mut code);
                assert_eq!(code, [plain], "{:?}", info.op);
            }
        }
    }

    #[test]
    fn caches_are_not_taken_over() {
        let plain = Instr::abc(Op::GetField, 1, 2, 3);
        assert_eq!(linked(&[plain.with_n(7)])[0].n, 0);
        let mut code = linked(&[plain]);
        code[0].n = 9;
        unlink(&mut code);
        assert_eq!(code, [plain]);
    }

    #[test]
    fn a_constructor_that_ends_in_a_call_gets_room_for_one_value() {
        let open = [
            Instr::abc(Op::NewTable, 3, 0, 0),
            Instr::abc(Op::Move, 4, 0, 0),
            Instr::abc(Op::Call, 5, 1, 0),
            Instr::abc(Op::SetList, 3, 0, 0),
        ];
        assert_eq!(linked(&open)[0].n, table_class(2, 0));
        let mut other = open;
        other[2] = Instr::abc(Op::Vararg, 5, 0, 0);
        assert_eq!(linked(&other)[0].n, table_class(0, 0));
    }
}
