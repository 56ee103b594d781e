//! The head of an image: PUC Lua's own dump header, then what makes it Luka's.

use super::error::ImageError;
use super::isa_hash::ISA_HASH;
use super::reader::Reader;
use super::writer::Writer;

/// What `luac5.4` writes on a 64-bit little-endian machine: signature, version, format, conversion
/// data, sizes of instruction, integer and float, 0x5678 as integer, 370.5 as float.
pub const PUC_HEADER: [u8; 31] = *b"\x1bLua\x54\x00\x19\x93\r\n\x1a\n\x04\x08\x08\
    \x78\x56\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x28\x77\x40";

/// Follows PUC's header. To PUC these bytes mean 76 upvalues and a source name of more than 2^50
/// bytes, so no chunk of PUC's has them, and PUC in turn refuses ours.
pub const MAGIC: [u8; 8] = *b"Luka\r\n\x1a\n";

/// The version of the layout that follows the magic.
pub const VERSION: u8 = 2;

/// Parts of PUC's header and what PUC says when they differ.
const PARTS: [(usize, ImageError); 9] = [
    (4, ImageError::NotBinary),
    (1, ImageError::Version),
    (1, ImageError::Format),
    (6, ImageError::Conversion),
    (1, ImageError::InstructionSize),
    (1, ImageError::IntegerSize),
    (1, ImageError::NumberSize),
    (8, ImageError::IntegerFormat),
    (8, ImageError::FloatFormat),
];

/// Writes everything before the payload.
pub(super) fn write(out: &mut Writer, payload: usize) {
    out.raw(&PUC_HEADER);
    out.raw(&MAGIC);
    out.byte(VERSION);
    out.raw(&ISA_HASH.to_le_bytes());
    out.raw(&(payload as u64).to_le_bytes());
}

/// Checks everything before the payload and returns the payload. Bytes after it are not looked at.
pub(super) fn read(bytes: &[u8]) -> Result<&[u8], ImageError> {
    let mut input = Reader::new(bytes);
    let mut at = 0;
    for (len, error) in PARTS {
        expect(&mut input, &PUC_HEADER[at..at + len], error)?;
        at += len;
    }
    expect(&mut input, &MAGIC, ImageError::Puc)?;
    expect(&mut input, &[VERSION], ImageError::ImageVersion)?;
    expect(&mut input, &ISA_HASH.to_le_bytes(), ImageError::InstructionSet)?;
    let length = input.u64()?;
    let length = usize::try_from(length).map_err(|_| ImageError::Truncated)?;
    input.raw(length)
}

fn expect(input: &mut Reader<'_>, wanted: &[u8], error: ImageError) -> Result<(), ImageError> {
    if input.raw(wanted.len())? == wanted { Ok(()) } else { Err(error) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn header_is_what_luac_writes() {
        let mut at = 0;
        for (len, _) in PARTS {
            at += len;
        }
        assert_eq!(at, PUC_HEADER.len());
        assert_eq!(PUC_HEADER[15..23], 0x5678_i64.to_le_bytes());
        assert_eq!(PUC_HEADER[23..31], 370.5_f64.to_le_bytes());
    }
}
