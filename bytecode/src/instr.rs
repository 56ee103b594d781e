//! One instruction: 64 bits, an opcode, a small operand `n` and three 16-bit operands, the last
//! two of which can be read together as one 32-bit operand `bx`.
//!
//! ```text
//!   0        8        16              32              48              64
//!   +--------+--------+---------------+---------------+---------------+
//!   |   op   |   n    |       a       |       b       |       c       |
//!   +--------+--------+---------------+---------------+---------------+
//!   |   op   |   n    |       a       |              bx               |
//! ```
//!
//! Images and tools hold instructions with plain indices. The VM links a copy of its own in which
//! register and constant operands are byte offsets.

use crate::ops::Op;

/// A 64-bit instruction. What each field means is said by the opcode's row in [`crate::ops`].
#[repr(C, align(8))]
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Instr {
    /// Opcode number; always a valid [`Op`] in a verified module.
    pub op: u8,
    /// The small operand.
    pub n: u8,
    /// The first 16-bit operand.
    pub a: u16,
    /// The second 16-bit operand, or the low half of `bx`.
    pub b: u16,
    /// The third 16-bit operand, or the high half of `bx`.
    pub c: u16,
}

impl Instr {
    /// `op` with three 16-bit operands and `n = 0`.
    pub const fn abc(op: Op, a: u16, b: u16, c: u16) -> Instr {
        Instr { op: op as u8, n: 0, a, b, c }
    }

    /// `op` with a 16-bit and a 32-bit operand and `n = 0`.
    pub const fn abx(op: Op, a: u16, bx: u32) -> Instr {
        Instr { op: op as u8, n: 0, a, b: bx as u16, c: (bx >> 16) as u16 }
    }

    /// As [`Instr::abx`], the 32-bit operand signed.
    pub const fn asbx(op: Op, a: u16, sbx: i32) -> Instr {
        Instr::abx(op, a, sbx as u32)
    }

    /// The same instruction with another `n`.
    pub const fn with_n(self, n: u8) -> Instr {
        Instr { n, ..self }
    }

    /// The opcode, or `None` for a number that names none.
    pub fn opcode(self) -> Option<Op> {
        Op::from_u8(self.op)
    }

    /// `b` and `c` as one unsigned operand.
    pub const fn bx(self) -> u32 {
        self.b as u32 | (self.c as u32) << 16
    }

    /// `b` and `c` as one signed operand.
    pub const fn sbx(self) -> i32 {
        self.bx() as i32
    }

    /// Replaces the 32-bit operand.
    pub fn set_sbx(&mut self, sbx: i32) {
        self.b = sbx as u32 as u16;
        self.c = ((sbx as u32) >> 16) as u16;
    }

    /// `b` as a signed number.
    pub const fn sb(self) -> i16 {
        self.b as i16
    }

    /// `c` as a signed number.
    pub const fn sc(self) -> i16 {
        self.c as i16
    }

    /// The eight bytes of the instruction, little-endian, as images hold them.
    pub const fn to_bytes(self) -> [u8; 8] {
        let (a, b, c) = (self.a.to_le_bytes(), self.b.to_le_bytes(), self.c.to_le_bytes());
        [self.op, self.n, a[0], a[1], b[0], b[1], c[0], c[1]]
    }

    /// The eight bytes as one number: the opcode lowest, then `n`, `a`, `b`, `c`.
    #[inline(always)]
    pub const fn word(self) -> u64 {
        u64::from_le_bytes(self.to_bytes())
    }

    /// The inverse of [`Instr::word`].
    #[inline(always)]
    pub const fn from_word(word: u64) -> Instr {
        Instr::from_bytes(word.to_le_bytes())
    }

    /// The inverse of [`Instr::to_bytes`]. Any bytes are accepted; the verifier checks them.
    pub const fn from_bytes(x: [u8; 8]) -> Instr {
        Instr {
            op: x[0],
            n: x[1],
            a: u16::from_le_bytes([x[2], x[3]]),
            b: u16::from_le_bytes([x[4], x[5]]),
            c: u16::from_le_bytes([x[6], x[7]]),
        }
    }
}
