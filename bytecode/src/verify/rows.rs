//! What [`super::single_pass`] needs to know of each opcode, computed at compile time from the opcode
//! table and the tables of the passes.

use super::operands::bits;
use super::{defined, flow, open};
use crate::effects::Effect;
use crate::ops::{Field, Flow, OPS, Op, OpInfo, Role};

#[derive(Clone, Copy)]
#[repr(align(64))]
pub(super) struct Row {
    /// The bits of the instruction word that name single registers.
    pub registers: u64,
    /// The bits that are neither the opcode nor an operand; the higher bits of flags. All, for a
    /// number that is no opcode.
    pub unused: u64,
    /// As [`defined::Row`] has it.
    pub reads: [u64; 3],
    pub writes: u64,
    /// It has indices.
    pub indexes: bool,
    /// As [`defined::Row`] has it.
    pub window: bool,
    /// Something may be open after it that was not before.
    pub opens: bool,
    /// It has a rule about what is open.
    pub closes: bool,
    /// It may not continue with the next instruction, or has a rule about its neighbours.
    pub turns: bool,
    /// It is a part of a loop.
    pub loops: bool,
    /// What the constant that is the first index must be.
    pub class: Class,
    pub indices: [Index; 2],
    /// An operand that must be at least this.
    pub least: (Index, u8),
}

/// An operand that must be below some count, and the shifts that cut it out of the word.
#[derive(Clone, Copy)]
pub(super) struct Index {
    pub kind: Kind,
    pub up: u8,
    pub down: u8,
}

/// What it counts.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Nothing,
    /// One of more than fit here.
    TooMany,
    Const,
    ConstWide,
    Upvalue,
    Proto,
    /// The values of a flag that has three.
    Flag,
}

impl Kind {
    /// More than there are kinds: a power of two.
    pub const COUNT: usize = 8;
}

/// What a constant must be.
#[derive(Clone, Copy)]
pub(super) enum Class {
    Any,
    Number,
    ShortString,
}

/// By opcode and by numbers that are none.
pub(super) static ROWS: [Row; 256] = {
    let nothing = Index { kind: Kind::Nothing, up: 0, down: 0 };
    let no_opcode = Row {
        registers: 0,
        unused: !0,
        reads: [0; 3],
        writes: 0,
        indexes: false,
        window: false,
        opens: false,
        closes: false,
        turns: false,
        loops: false,
        class: Class::Any,
        indices: [nothing; 2],
        least: (nothing, 0),
    };
    let mut rows = [no_opcode; 256];
    let mut op = 0;
    while op < Op::COUNT {
        rows[op] = row(no_opcode, &OPS[op]);
        op += 1;
    }
    rows
};

const fn row(mut row: Row, info: &OpInfo) -> Row {
    let defined = defined::ROWS_BY_OPCODE[info.op as usize];
    let [a, b, c] = defined.reads;
    row.reads = [a as u64, b as u64, c as u64];
    row.writes = defined.writes as u64;
    row.window = defined.window;
    row.opens = open::opens(info);
    row.closes = open::concerns(info);
    row.least = least(info);
    row.loops = info.class.is_part_of_loop();
    row.turns = !matches!(info.flow, Flow::Next | Flow::Call) || flow::has_place(info.class);
    with_operands(row, info)
}

const fn with_operands(mut row: Row, info: &OpInfo) -> Row {
    row.unused = !0xff;
    let mut count = 0;
    let mut i = 0;
    while i < info.operands.len() {
        let (field, role) = (info.operands[i].field, info.operands[i].role);
        i += 1;
        let field_bits = bits(field);
        row.unused &= !field_bits;
        let kind = match role {
            Role::Dst | Role::Src => {
                row.registers |= field_bits;
                continue;
            }
            Role::Win | Role::Uint | Role::Int | Role::IntWide | Role::Count => continue,
            Role::Jump | Role::JumpWide => continue,
            Role::Flag => match info.flag {
                None => panic!("the flag has no meaning"),
                Some(flag) if flag.words().len() == 1 => {
                    row.unused |= field_bits & (field_bits << 1);
                    continue;
                }
                Some(flag) if flag.words().len() == 2 => Kind::Flag,
                Some(_) => panic!("no flag has more than three values"),
            },
            Role::Const | Role::ConstNum | Role::ConstStr => Kind::Const,
            Role::ConstWide => Kind::ConstWide,
            Role::Upvalue => Kind::Upvalue,
            Role::Proto => Kind::Proto,
        };
        if count == row.indices.len() {
            // SETTABUPK, rare: none of it fits.
            row.indices[0] = index(Kind::TooMany, field_bits);
            break;
        }
        row.indices[count] = index(kind, field_bits);
        if matches!(role, Role::ConstNum | Role::ConstStr) {
            assert!(matches!(row.class, Class::Any), "one constant must be of a kind");
            let is_number = matches!(role, Role::ConstNum);
            row.class = if is_number { Class::Number } else { Class::ShortString };
            // It goes first.
            (row.indices[0], row.indices[count]) = (row.indices[count], row.indices[0]);
        }
        count += 1;
    }
    row.indexes = count > 0;
    row
}

/// The operand that must be at least so much; the last operand and 0 if there is none.
const fn least(info: &OpInfo) -> (Index, u8) {
    let mut i = 0;
    while i < info.effects.len() {
        if let Effect::AtLeast(field, least) = info.effects[i] {
            return (index(Kind::Nothing, bits(field)), least as u8);
        }
        i += 1;
    }
    (index(Kind::Nothing, bits(Field::c)), 0)
}

const fn index(kind: Kind, bits: u64) -> Index {
    let up = bits.leading_zeros() as u8;
    Index { kind, up, down: up + bits.trailing_zeros() as u8 }
}
