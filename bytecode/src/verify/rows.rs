//! What [`super::single_pass`] wants to know of each opcode, gathered from the rows of the table and of
//! the passes when this is compiled.

use super::operands::bits;
use super::{defined, open};
use crate::ops::{Flow, OPS, Op, OpInfo, Role};

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
    pub cuts: u8,
    /// It has indices.
    pub indexes: bool,
    /// It has a window or another rule about what is set.
    pub special: bool,
    /// Something may be open after it that was not before.
    pub opens: bool,
    /// It has a rule about what is open.
    pub closes: bool,
    /// It may leave or take values up to the top.
    pub many: bool,
    /// Control does more than go on to the next instruction, or it has a rule about where it stands.
    pub turns: bool,
    /// What the constant that is the first index must be.
    pub class: Class,
    pub indices: [Index; 2],
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
    /// One of more than there is room for here.
    TooMany,
    Const,
    ConstWide,
    Upvalue,
    Proto,
    /// The flag of ADDI, the only one with three values.
    ThreeWays,
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
        cuts: 0,
        indexes: false,
        special: false,
        opens: false,
        closes: false,
        many: false,
        turns: false,
        class: Class::Any,
        indices: [nothing; 2],
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
    row.cuts = defined.cuts;
    row.special = defined.special;
    row.opens = open::opens(info.op);
    row.closes = open::concerns(info.op);
    row.many = matches!(info.op, Op::Call | Op::Vararg | Op::Return | Op::SetList | Op::TailCall);
    row.turns = !matches!(info.flow, Flow::Next | Flow::Call)
        || matches!(info.op, Op::VarargPrep | Op::Vararg | Op::TForCall);
    row = with_operands(row, info);
    row
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
            Role::Flag if !matches!(info.op, Op::AddI) => {
                row.unused |= field_bits & (field_bits << 1);
                continue;
            }
            Role::Flag => Kind::ThreeWays,
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
            row.class = match role {
                Role::ConstNum => Class::Number,
                _ => Class::ShortString,
            };
            // It goes first.
            (row.indices[0], row.indices[count]) = (row.indices[count], row.indices[0]);
        }
        count += 1;
    }
    row.indexes = count > 0;
    row
}

const fn index(kind: Kind, bits: u64) -> Index {
    let up = bits.leading_zeros() as u8;
    Index { kind, up, down: up + bits.trailing_zeros() as u8 }
}
