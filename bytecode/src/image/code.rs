//! Instructions in an image: an opcode byte and a byte for each operand, in the order of the
//! opcode's row, if all of them fit; else all eight bytes, marked by the opcode's high bit.
//!
//! Three instructions of four are calls, field accesses, moves and constants with small operands,
//! so code takes 3.7 bytes an instruction instead of 8. How an opcode is packed follows from its
//! row; reading takes no branch for it, only shifts and masks from a table.

use super::error::ImageError;
use super::reader::Reader;
use super::writer::Writer;
use crate::instr::Instr;
use crate::ops::{Field, OPS, Op, Role};

/// Set in the first byte of an instruction that is written whole.
const WHOLE: u8 = 0x80;

const _: () = assert!(Op::COUNT <= WHOLE as usize, "the high bit of an opcode is free");

/// Where the packed form has the bits of one field.
#[derive(Clone, Copy)]
struct Part {
    /// Its place in the eight bytes that begin with the opcode.
    shift: u8,
    /// `0xff`, or 0 for a field that is no operand or a flag, which is zero in the packed form.
    mask: u8,
    /// `0x80` for a signed operand.
    sign: u8,
}

/// How the instructions of one opcode are packed.
#[derive(Clone, Copy)]
struct Shape {
    /// Bytes with the opcode; 0 for a number that is no opcode.
    len: u8,
    n: Part,
    a: Part,
    /// Field b, or bx.
    b: Part,
    c: Part,
    /// The bits that field b has in the instruction: 16, with `bx` 32.
    b_bits: u32,
}

/// One for each value of a byte without the high bit.
static SHAPES: [Shape; WHOLE as usize] = {
    const NONE: Part = Part { shift: 0, mask: 0, sign: 0 };
    let empty = Shape { len: 0, n: NONE, a: NONE, b: NONE, c: NONE, b_bits: 0xffff };
    let mut shapes = [empty; WHOLE as usize];
    let mut op = 0;
    while op < Op::COUNT {
        let mut shape = Shape { len: 1, ..empty };
        let mut i = 0;
        while i < OPS[op].operands.len() {
            let operand = OPS[op].operands[i];
            i += 1;
            if matches!(operand.role, Role::Flag) {
                // Nearly always zero: it has no byte, and is zero.
                continue;
            }
            let signed =
                matches!(operand.role, Role::Int | Role::IntWide | Role::Jump | Role::JumpWide);
            let sign = if signed { 0x80 } else { 0 };
            let part = Part { shift: 8 * shape.len, mask: 0xff, sign };
            shape.len += 1;
            match operand.field {
                Field::n => shape.n = part,
                Field::a => shape.a = part,
                Field::b => shape.b = part,
                Field::c => shape.c = part,
                Field::bx => {
                    shape.b = part;
                    shape.b_bits = u32::MAX;
                }
            }
        }
        shapes[op] = shape;
        op += 1;
    }
    shapes
};

impl Part {
    /// The field's value from the packed form.
    #[inline(always)]
    fn read(self, packed: u64) -> u32 {
        let byte = (packed >> self.shift) as u8 & self.mask;
        ((byte ^ self.sign) as u32).wrapping_sub(self.sign as u32)
    }
}

/// The instruction that the packed form in the lowest bytes says.
#[inline(always)]
fn unpack(shape: &Shape, packed: u64) -> u64 {
    let n = shape.n.read(packed) as u8 as u64;
    let a = shape.a.read(packed) as u16 as u64;
    let b = (shape.b.read(packed) & shape.b_bits) as u64;
    let c = shape.c.read(packed) as u16 as u64;
    packed & 0xff | n << 8 | a << 16 | b << 32 | c << 48
}

/// Writes an instruction whose opcode exists.
pub(super) fn write(out: &mut Writer, instr: Instr) {
    let whole = instr.to_bytes();
    let shape = &SHAPES[(instr.op & !WHOLE) as usize];
    let mut packed = instr.op as u64;
    for (part, value) in
        [(shape.n, instr.n as u16), (shape.a, instr.a), (shape.b, instr.b), (shape.c, instr.c)]
    {
        packed |= ((value as u8 & part.mask) as u64) << part.shift;
    }
    if unpack(shape, packed) == u64::from_le_bytes(whole) {
        out.raw(&packed.to_le_bytes()[..shape.len as usize]);
    } else {
        out.byte(instr.op | WHOLE);
        out.raw(&whole[1..]);
    }
}

/// Reads `count` instructions. Every opcode exists in the result; nothing else is sure.
pub(super) fn read(input: &mut Reader<'_>, count: usize) -> Result<Vec<Instr>, ImageError> {
    let mut code = Vec::with_capacity(count);
    let rest = input.rest();
    let mut at = 0;
    for _ in 0..count {
        let (packed, left) = match rest[at..].first_chunk::<8>() {
            Some(bytes) => (u64::from_le_bytes(*bytes), 8),
            None => {
                let mut bytes = [0; 8];
                let tail = &rest[at..];
                bytes[..tail.len()].copy_from_slice(tail);
                (u64::from_le_bytes(bytes), tail.len())
            }
        };
        let shape = &SHAPES[(packed as u8 & !WHOLE) as usize];
        let (word, len) = if packed as u8 & WHOLE == 0 {
            (unpack(shape, packed), shape.len as usize)
        } else {
            (packed & !(WHOLE as u64), 8)
        };
        if len > left || shape.len == 0 {
            return Err(if len > left { ImageError::Truncated } else { ImageError::Corrupted });
        }
        code.push(Instr::from_bytes(word.to_le_bytes()));
        at += len;
    }
    input.skip(at)?;
    Ok(code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operand;

    fn there_and_back(instr: Instr) -> usize {
        let mut out = Writer::default();
        write(&mut out, instr);
        let bytes = out.finish();
        for cut in 0..bytes.len() {
            assert!(read(&mut Reader::new(&bytes[..cut]), 1).is_err());
        }
        let mut padded = bytes.clone();
        padded.resize(bytes.len() + 9, 0xff);
        assert_eq!(read(&mut Reader::new(&bytes), 1).unwrap(), [instr]);
        assert_eq!(read(&mut Reader::new(&padded), 1).unwrap(), [instr]);
        bytes.len()
    }

    /// Every operand of every opcode at the edges of what a byte holds, and beyond.
    #[test]
    fn every_opcode_there_and_back() {
        for info in OPS {
            for value in [0u32, 1, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0xffff, !0, !0x7f, !0x80] {
                let mut instr = Instr::abc(info.op, 0, 0, 0);
                for operand in info.operands {
                    match operand.field {
                        Field::n => instr.n = value as u8,
                        Field::a => instr.a = value as u16,
                        Field::b => instr.b = value as u16,
                        Field::c => instr.c = value as u16,
                        Field::bx => instr.set_sbx(value as i32),
                    }
                    let len = there_and_back(instr);
                    assert!(len == 8 || len <= 1 + info.operands.len(), "{instr:?}");
                }
                let small = info.operands.iter().all(|&operand| {
                    let value = operand::value(instr, operand);
                    match operand.role {
                        Role::Flag => value == 0,
                        Role::Int | Role::IntWide | Role::Jump | Role::JumpWide => {
                            (-128..128).contains(&value)
                        }
                        _ => (0..256).contains(&value),
                    }
                });
                assert_eq!(there_and_back(instr) < 8, small, "{instr:?}");
            }
        }
    }

    #[test]
    fn fields_that_are_no_operand_are_kept() {
        let instr = Instr { c: 3, ..Instr::abc(Op::Move, 1, 2, 0) };
        assert_eq!(there_and_back(instr), 8);
    }

    #[test]
    fn a_number_that_is_no_opcode_is_refused() {
        for byte in [Op::COUNT as u8, 0x7f, Op::COUNT as u8 | WHOLE, 0xff] {
            let bytes = [byte; 16];
            assert_eq!(read(&mut Reader::new(&bytes), 1), Err(ImageError::Corrupted));
        }
    }
}
