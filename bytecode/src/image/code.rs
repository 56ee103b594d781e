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

/// How the instructions of one opcode are packed. Nearly all rows name their operands in the order
/// a, b (or bx), c: their bytes are moved to the fields all at once.
#[derive(Clone, Copy)]
struct Shape {
    /// Bytes with the opcode; 0 for a number that is no opcode.
    len: u8,
    /// The place of the byte of field a, or where it would be before that of field bx.
    from: u8,
    /// The row has n or another order: its operands are moved one by one.
    odd: bool,
    /// `0xff` in each field that has a byte.
    keep: u64,
    /// `0x80` in each field that is signed …
    sign: u64,
    /// … and what that bit is multiplied with for those before it.
    extend: u64,
}

const NO_SHAPE: Shape = Shape { len: 0, from: 8, odd: false, keep: 0, sign: 0, extend: 0 };

/// One for each value of a byte without the high bit.
static SHAPES: [Shape; WHOLE as usize] = {
    let mut shapes = [NO_SHAPE; WHOLE as usize];
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
    let mut shape = Shape { len: 1, extend: 0xff << 1, ..NO_SHAPE };
    let mut i = 0;
    while i < operands.len() {
        let operand = operands[i];
        i += 1;
        if !has_byte(operand) {
            continue;
        }
        let at = shape.len - 1;
        shape.len += 1;
        let (shift, place) = match operand.field {
            Field::a => (16, 0),
            Field::b => (32, 1),
            Field::c => (48, 2),
            Field::bx => {
                if at == 0 {
                    shape.from = 0;
                }
                shape.extend = 0xff_ffff << 1;
                (32, if at == 0 { 0 } else { 1 })
            }
            Field::n => (8, u8::MAX),
        };
        shape.odd |= at != place;
        shape.keep |= 0xff << shift;
        if is_signed(operand) {
            shape.sign |= 0x80 << shift;
        }
    }
    shape
}

/// The instruction that the packed form in the lowest bytes says.
#[inline(always)]
fn unpack(shape: &Shape, packed: u64) -> u64 {
    if shape.odd {
        return unpack_each(packed);
    }
    let bytes = packed >> shape.from;
    let fields = (bytes & 0xff) << 16 | (bytes >> 8 & 0xff) << 32 | (bytes >> 16 & 0xff) << 48;
    let fields = fields & shape.keep;
    // A sign bit times the bits before it: no carry leaves the field.
    packed & 0xff | fields.wrapping_add((fields & shape.sign).wrapping_mul(shape.extend))
}

#[inline(never)]
fn unpack_each(packed: u64) -> u64 {
    let [op, bytes @ ..] = packed.to_le_bytes();
    let mut instr = Instr { op, n: 0, a: 0, b: 0, c: 0 };
    let operands = OPS.get(op as usize).map_or(&[][..], |info| info.operands);
    for (&operand, byte) in operands.iter().filter(|o| has_byte(**o)).zip(bytes) {
        let value = if is_signed(operand) { byte as i8 as u32 } else { byte as u32 };
        match operand.field {
            Field::n => instr.n = value as u8,
            Field::a => instr.a = value as u16,
            Field::b => instr.b = value as u16,
            Field::c => instr.c = value as u16,
            Field::bx => instr.set_sbx(value as i32),
        }
    }
    u64::from_le_bytes(instr.to_bytes())
}

/// Writes an instruction whose opcode exists.
pub(super) fn write(out: &mut Writer, instr: Instr) {
    let whole = u64::from_le_bytes(instr.to_bytes());
    let shape = &SHAPES[(instr.op & !WHOLE) as usize];
    let mut packed = [instr.op, 0, 0, 0, 0, 0, 0, 0];
    let operands = OPS.get(instr.op as usize).map_or(&[][..], |info| info.operands);
    for (&operand, byte) in operands.iter().filter(|o| has_byte(**o)).zip(&mut packed[1..]) {
        *byte = operand::value(instr, operand) as u8;
    }
    if unpack(shape, u64::from_le_bytes(packed)) == whole {
        out.raw(&packed[..shape.len as usize]);
    } else {
        out.byte(instr.op | WHOLE);
        out.raw(&whole.to_le_bytes()[1..]);
    }
}

/// Reads `count` instructions. Every opcode exists in the result; nothing else is sure.
pub(super) fn read(input: &mut Reader<'_>, count: usize) -> Result<Vec<Instr>, ImageError> {
    // Each takes a byte.
    if count > input.rest().len() {
        return Err(ImageError::Truncated);
    }
    let mut code = vec![Instr::from_bytes([0; 8]); count];
    let mut rest = input.rest();
    let mut end;
    for instr in &mut code {
        let bytes = match rest.first_chunk::<8>() {
            Some(bytes) => bytes,
            None => {
                end = [0; 8];
                end[..rest.len()].copy_from_slice(rest);
                &end
            }
        };
        let packed = u64::from_le_bytes(*bytes);
        let shape = &SHAPES[(packed as u8 & !WHOLE) as usize];
        let (word, len) = if packed & WHOLE as u64 == 0 {
            (unpack(shape, packed), shape.len as usize)
        } else {
            (packed & !(WHOLE as u64), 8)
        };
        rest = rest.get(len..).ok_or(ImageError::Truncated)?;
        if shape.len == 0 {
            return Err(ImageError::Corrupted);
        }
        *instr = Instr::from_bytes(word.to_le_bytes());
    }
    let len = input.rest().len() - rest.len();
    input.skip(len)?;
    Ok(code)
}

#[cfg(test)]
mod tests {
    use super::*;

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
