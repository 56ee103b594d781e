//! Instructions in an image: an opcode byte and a byte for each operand, in the order of the
//! opcode's row, if all of them fit; else all eight bytes, marked by the opcode's high bit.
//!
//! Three instructions of four are calls, field accesses, moves and constants with small operands,
//! so code takes 3.7 bytes an instruction instead of 8. How an opcode is packed follows from its
//! row; reading takes shifts and masks from a table.

use super::error::ImageError;
use super::reader::Reader;
use super::writer::Writer;
use crate::instr::Instr;
use crate::operand;
use crate::ops::{Field, OPS, Op, Operand, Role};

/// Set in the first byte of an instruction that is written whole.
const WHOLE: u8 = 0x80;

const _: () = assert!(Op::COUNT <= WHOLE as usize, "the high bit of an opcode is free");

/// How the instructions of one opcode are packed: their bytes are moved to the fields all at once.
#[derive(Clone, Copy)]
#[repr(align(64))]
struct Shape {
    /// Bytes with the opcode if two or three moves do, as for nearly all; else 0.
    len: u8,
    /// The same for those that take all moves; 0 for what is no opcode.
    odd_len: u8,
    /// What of the operands is where it should be when they are moved by one, two, three bytes.
    keep: [u64; 3],
    /// The same of those moved back by one, and moved by four.
    keep_odd: [u64; 2],
    /// `0x80` in each field that is signed …
    sign: u64,
    /// … and what that bit is multiplied with for those before it.
    extend: u64,
}

const NO_SHAPE: Shape =
    Shape { len: 0, odd_len: 0, keep: [0; 3], keep_odd: [0; 2], sign: 0, extend: 0xff << 1 };

const _: () = assert!(size_of::<Shape>() == 64);

/// One for each first byte.
static SHAPES: [Shape; 256] = {
    let mut shapes = [NO_SHAPE; 256];
    let mut op = 0;
    while op < Op::COUNT {
        shapes[op] = shape(OPS[op].operands);
        op += 1;
    }
    shapes
};

/// Whether an operand has a byte. Flags are nearly always zero: they have none, and are zero.
const fn has_byte(operand: Operand) -> bool {
    !matches!(operand.role, Role::Flag)
}

const fn is_signed(operand: Operand) -> bool {
    matches!(operand.role, Role::Int | Role::IntWide | Role::Jump | Role::JumpWide)
}

const fn shape(operands: &[Operand]) -> Shape {
    let mut shape = NO_SHAPE;
    let mut len = 1;
    let mut i = 0;
    while i < operands.len() {
        let operand = operands[i];
        i += 1;
        if !has_byte(operand) {
            continue;
        }
        let to = match operand.field {
            Field::n => 8,
            Field::a => 16,
            Field::b => 32,
            Field::c => 48,
            Field::bx => {
                shape.extend = 0xff_ffff << 1;
                32
            }
        };
        match to / 8 + 1 - len {
            0 => shape.keep_odd[0] |= 0xff << to,
            5 => shape.keep_odd[1] |= 0xff << to,
            by => shape.keep[by - 2] |= 0xff << to,
        }
        if is_signed(operand) {
            shape.sign |= 0x80 << to;
        }
        len += 1;
    }
    if shape.keep_odd[0] | shape.keep_odd[1] == 0 {
        shape.len = len as u8;
    } else {
        shape.odd_len = len as u8;
    }
    shape
}

/// The instruction that the packed form in the lowest bytes says, if its shape is not odd.
#[inline(always)]
fn unpack(shape: &Shape, packed: u64) -> u64 {
    let [one, two, three] = shape.keep;
    extended(shape, packed, packed << 8 & one | packed << 16 & two | packed << 24 & three)
}

/// The same of odd ones.
#[inline(always)]
fn unpack_odd(shape: &Shape, packed: u64) -> u64 {
    let ([one, two, three], [back, four]) = (shape.keep, shape.keep_odd);
    let fields = packed << 8 & one | packed << 16 & two | packed << 24 & three;
    extended(shape, packed, fields | packed >> 8 & back | packed << 32 & four)
}

/// An instruction from the opcode and its fields, in which the signed ones have no sign yet.
#[inline(always)]
fn extended(shape: &Shape, packed: u64, fields: u64) -> u64 {
    // A sign bit times the bits before it: no carry leaves the field.
    packed & 0xff | fields.wrapping_add((fields & shape.sign).wrapping_mul(shape.extend))
}

/// The same, operand by operand.
fn unpack_each(packed: u64) -> u64 {
    let [op, bytes @ ..] = packed.to_le_bytes();
    let mut instr = Instr { op, n: 0, a: 0, b: 0, c: 0 };
    let operands = OPS.get(op as usize).map_or(&[][..], |info| info.operands);
    for (&operand, byte) in operands.iter().filter(|o| has_byte(**o)).zip(bytes) {
        let value = if is_signed(operand) { byte as i8 as u32 } else { byte as u32 };
        operand::set(&mut instr, operand.field, value);
    }
    instr.word()
}

/// Writes an instruction whose opcode exists.
pub(super) fn write(out: &mut Writer, instr: Instr) {
    let whole = instr.word();
    let mut packed = [instr.op, 0, 0, 0, 0, 0, 0, 0];
    let mut len = 1;
    let operands = OPS.get(instr.op as usize).map_or(&[][..], |info| info.operands);
    for &operand in operands.iter().filter(|o| has_byte(**o)) {
        packed[len] = operand::value(instr, operand) as u8;
        len += 1;
    }
    if unpack_each(u64::from_le_bytes(packed)) == whole {
        out.raw(&packed[..len]);
    } else {
        out.byte(instr.op | WHOLE);
        out.raw(&whole.to_le_bytes()[1..]);
    }
}

/// Reads `count` instructions into a new list. Every opcode exists in the result; nothing else
/// is sure.
#[inline(never)]
pub(super) fn read(
    input: &mut Reader<'_>,
    count: usize,
    code: &mut Vec<Instr>,
) -> Result<(), ImageError> {
    let mut rest = input.rest();
    // Each takes a byte.
    if count > rest.len() {
        return Err(ImageError::Truncated);
    }
    let mut fault = None;
    *code = Vec::with_capacity(count);
    code.extend((0..count).map(|_| {
        let word;
        if let Some((packed, shape)) = rest.first_chunk::<8>().map(|bytes| {
            let packed = u64::from_le_bytes(*bytes);
            (packed, &SHAPES[(packed & 0xff) as usize])
        }) && shape.len & 7 != 0
        {
            word = unpack(shape, packed);
            // It is at most 4, and known to be in bounds.
            rest = &rest[(shape.len & 7) as usize..];
        } else if let Some(bytes) = rest.first_chunk::<8>()
            && let op = bytes[0] ^ WHOLE
            && (op as usize) < Op::COUNT
        {
            word = u64::from_le_bytes(*bytes) ^ WHOLE as u64;
            rest = &rest[8..];
        } else if let Some(bytes) = rest.first_chunk::<8>()
            && let shape = &SHAPES[bytes[0] as usize]
            && shape.odd_len != 0
        {
            word = unpack_odd(shape, u64::from_le_bytes(*bytes));
            rest = &rest[(shape.odd_len & 7) as usize..];
        } else {
            match read_one(rest) {
                Ok((slow, len)) => {
                    word = slow;
                    rest = rest.get(len..).unwrap_or_default();
                }
                Err(error) => {
                    word = 0;
                    fault = fault.or(Some(error));
                }
            }
        }
        Instr::from_bytes(word.to_le_bytes())
    }));
    input.skip(input.rest().len() - rest.len())?;
    fault.map_or(Ok(()), Err)
}

/// An instruction of any form and its length.
#[inline(never)]
fn read_one(bytes: &[u8]) -> Result<(u64, usize), ImageError> {
    let (packed, there) = match bytes.first_chunk() {
        Some(bytes) => (u64::from_le_bytes(*bytes), 8),
        None => {
            let mut packed = [0; 8];
            packed[..bytes.len()].copy_from_slice(bytes);
            (u64::from_le_bytes(packed), bytes.len())
        }
    };
    let op = packed as u8 & !WHOLE;
    let info = OPS.get(op as usize).ok_or(ImageError::Corrupted)?;
    let (word, len) = if packed as u8 == op {
        let operands = info.operands.iter().filter(|o| has_byte(**o));
        (unpack_each(packed), 1 + operands.count())
    } else {
        (packed & !(WHOLE as u64), 8)
    };
    if len > there { Err(ImageError::Truncated) } else { Ok((word, len)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_one_of(bytes: &[u8]) -> Result<Vec<Instr>, ImageError> {
        let mut code = Vec::new();
        read(&mut Reader::new(bytes), 1, &mut code).map(|()| code)
    }

    fn there_and_back(instr: Instr) -> usize {
        let mut out = Writer::default();
        write(&mut out, instr);
        let bytes = out.finish();
        for cut in 0..bytes.len() {
            assert!(read_one_of(&bytes[..cut]).is_err());
        }
        let mut padded = bytes.clone();
        padded.resize(bytes.len() + 9, 0xff);
        assert_eq!(read_one_of(&bytes).unwrap(), [instr]);
        assert_eq!(read_one_of(&padded).unwrap(), [instr]);
        bytes.len()
    }

    /// Every operand of every opcode at the edges of what a byte holds, and beyond.
    #[test]
    fn every_opcode_there_and_back() {
        for info in OPS {
            for value in [0u32, 1, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0xffff, !0, !0x7f, !0x80] {
                let mut instr = Instr::abc(info.op, 0, 0, 0);
                for operand in info.operands {
                    operand::set(&mut instr, operand.field, value);
                    let len = there_and_back(instr);
                    assert!(len == 8 || len <= 1 + info.operands.len(), "{instr:?}");
                }
                let small = info.operands.iter().all(|&operand| {
                    let value = operand::value(instr, operand);
                    if !has_byte(operand) {
                        value == 0
                    } else if is_signed(operand) {
                        (-128..128).contains(&value)
                    } else {
                        (0..256).contains(&value)
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
            assert_eq!(read_one_of(&bytes), Err(ImageError::Corrupted));
        }
    }

    #[test]
    fn all_ways_to_unpack_agree() {
        let mut odd = 0;
        for info in OPS {
            let shape = &SHAPES[info.op as usize];
            odd += (shape.odd_len != 0) as usize;
            for bytes in [0, 0x7f7f_7f7f_7f7f_7f00, 0x8081_8283_8485_8600, 0xffff_ffff_ffff_ff00] {
                let packed = bytes | info.op as u64;
                let word = match shape.len {
                    0 => unpack_odd(shape, packed),
                    _ => unpack(shape, packed),
                };
                assert_eq!(word, unpack_each(packed), "{}", info.mnemonic);
            }
        }
        assert!(odd * 8 < OPS.len(), "{odd} odd ones of {}", OPS.len());
    }
}
