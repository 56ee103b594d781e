//! The part of a program's file that is loaded to run it.

/// Bytes of the head of a 64-bit ELF file.
const HEAD: usize = 64;
/// In the head: where the program headers and the section headers are, and how many of how many bytes.
const PROGRAM_HEADERS: usize = 32;
const SECTION_HEADERS: usize = 40;
const PROGRAM_HEADER_SIZE: usize = 54;
const SECTION_HEADER_COUNTS: std::ops::Range<usize> = 58..64;

/// The file without what stands behind the last loaded byte: symbols and debug information. What is no
/// 64-bit ELF file of this byte order stays as it is.
pub fn loaded(mut file: Vec<u8>) -> Vec<u8> {
    let Some(end) = end(&file) else { return file };
    file.truncate(end);
    file[SECTION_HEADERS..SECTION_HEADERS + 8].fill(0);
    file[SECTION_HEADER_COUNTS].fill(0);
    file
}

/// Where the last loaded byte is followed by others.
fn end(file: &[u8]) -> Option<usize> {
    // 64 bits, the lowest byte first.
    if file.len() < HEAD || !file.starts_with(b"\x7fELF\x02\x01") {
        return None;
    }
    let short = |at: usize| file.get(at..at + 2).map(|b| u16::from_le_bytes([b[0], b[1]]) as usize);
    let long = |at: usize| {
        let bytes = file.get(at..)?.first_chunk::<8>()?;
        usize::try_from(u64::from_le_bytes(*bytes)).ok()
    };
    let (size, count) = (short(PROGRAM_HEADER_SIZE)?, short(PROGRAM_HEADER_SIZE + 2)?);
    let first = long(PROGRAM_HEADERS)?;
    let mut end = first.checked_add(size.checked_mul(count)?)?;
    for number in 0..count {
        let header = first + number * size;
        let (offset, length) = (long(header + 8)?, long(header + 32)?);
        end = end.max(offset.checked_add(length)?);
    }
    (end <= file.len()).then_some(end)
}

#[cfg(test)]
mod tests {
    use super::loaded;

    #[test]
    fn other_files_stay_as_they_are() {
        for bytes in [&b""[..], b"\x7fELF\x02\x01", b"#!/bin/sh\n", &[0; 100]] {
            assert_eq!(loaded(bytes.to_vec()), bytes);
        }
    }

    #[test]
    fn a_program_is_as_long_as_its_segments() {
        let mut file = vec![0u8; 200];
        file[..6].copy_from_slice(b"\x7fELF\x02\x01");
        (file[32], file[40], file[54], file[56], file[60]) = (64, 150, 56, 1, 3);
        // One segment: 20 bytes from 120 on.
        (file[64 + 8], file[64 + 32]) = (120, 20);
        let short = loaded(file.clone());
        assert_eq!((short.len(), short[40], short[60]), (140, 0, 0));
        file[64 + 32] = 81;
        assert_eq!(loaded(file.clone()), file);
    }
}
