//! What the operands of one function may name, compared with all operands of an instruction at
//! once, as [`super::rows`] describes them.

use super::operands::is_short_string;
use super::rows::{Class, Index, Kind, Row};
use crate::MAX_CONST_OPERAND;
use crate::proto::{Constant, Proto};

/// How many there are of what operands name.
pub(super) struct Limits {
    /// In each 16-bit field, added to a number below 0x8000, sets the highest bit if there is no
    /// such register.
    registers: u64,
    /// By [`Kind`].
    counts: [u64; Kind::COUNT],
}

impl Limits {
    pub fn of(proto: &Proto) -> Limits {
        // `structure` has checked that there are no more than MAX_REGISTERS.
        let distance = 0x8000u16.saturating_sub(proto.max_stack) as u64;
        let constants = proto.constants.len() as u64;
        let mut counts = [u64::MAX; Kind::COUNT];
        counts[Kind::TooMany as usize] = 0;
        counts[Kind::Const as usize] = constants.min(MAX_CONST_OPERAND as u64 + 1);
        counts[Kind::ConstWide as usize] = constants;
        counts[Kind::Upvalue as usize] = proto.upvalues.len() as u64;
        counts[Kind::Proto as usize] = proto.protos.len() as u64;
        counts[Kind::Flag as usize] = 3;
        Limits { registers: distance << 16 | distance << 32 | distance << 48, counts }
    }

    /// Not zero if a register does not exist or a bit is set that must not be.
    #[inline(always)]
    pub fn violations(&self, row: &Row, word: u64) -> u64 {
        const TOPS: u64 = 0x8000_8000_8000_0000;
        let named = word & row.registers;
        (named | named.wrapping_add(self.registers)) & TOPS | word & row.unused
    }

    /// Whether an operand is less than the instruction needs.
    #[inline(always)]
    pub fn lacks(row: &Row, word: u64) -> bool {
        let (index, least) = &row.least;
        *least != 0 && value(index, word) < *least as u64
    }

    /// Whether what the instruction names by index surely exists and is of the right kind.
    #[inline(always)]
    pub fn fits(&self, row: &Row, word: u64, constants: &[Constant]) -> bool {
        let count = |index: &Index| self.counts[index.kind as usize % Kind::COUNT];
        let [first, second] = &row.indices;
        if value(first, word) >= count(first) || value(second, word) >= count(second) {
            return false;
        }
        let constant = constants.get(value(first, word) as usize);
        match row.class {
            Class::Any => true,
            Class::Number => matches!(constant, Some(Constant::Int(_) | Constant::Float(_))),
            Class::ShortString => constant.is_some_and(is_short_string),
        }
    }
}

/// The operand that the shifts cut out of the word.
#[inline(always)]
fn value(index: &Index, word: u64) -> u64 {
    word << (index.up % 64) >> (index.down % 64)
}
