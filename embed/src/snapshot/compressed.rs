//! Compressed snapshots (docs/snapshot-format.md): the header as it is but for the magic, the sections
//! of the machine in pieces that are compressed each by itself (LZ4), the host's section as it is.
//!
//! The header says how much the pieces will be. That is compared with what so many bytes can be
//! decompressed to and with the memory limit before memory is taken for it; the pieces must then fill
//! it exactly.

use luka_vm::snapshot::format::{HEADER, MAGIC, SECTIONS, Section, check_section, section_lengths};
use luka_vm::snapshot::{SnapshotError, SnapshotErrorKind as Kind};
use lz4_flex::block::{compress_into, decompress_into, get_maximum_output_size};
use std::borrow::Cow;

/// What a compressed snapshot begins with.
const COMPRESSED: [u8; MAGIC.len()] = *b"\x1bLukaSnLZ";

/// Bytes of a piece, before it is compressed; the last one has what is left.
const PIECE: usize = 1 << 20;

/// No byte of LZ4 stands for more than so many.
const MOST_OF_A_BYTE: u64 = 255;

/// A snapshot compressed, whose last section, the host's, has so many bytes.
pub(super) fn compress(snapshot: &[u8], host: usize) -> Vec<u8> {
    let (header, sections) = snapshot.split_at(HEADER);
    let (machine, host) = sections.split_at(sections.len() - host);
    let mut out = Vec::with_capacity(HEADER + machine.len() / 2 + host.len());
    out.extend(COMPRESSED);
    out.extend(&header[MAGIC.len()..]);
    let mut packed = vec![0; get_maximum_output_size(PIECE.min(machine.len()))];
    for piece in machine.chunks(PIECE) {
        let len = compress_into(piece, &mut packed).expect("room for what cannot be compressed");
        out.extend((len as u32).to_le_bytes());
        out.extend(&packed[..len]);
    }
    out.extend(host);
    out
}

/// A compressed snapshot taken apart.
struct Parts<'a> {
    /// The header of the snapshot, as it is without compression.
    header: Vec<u8>,
    /// Bytes of the machine's sections, if the header is right.
    machine: u64,
    pieces: &'a [u8],
    host: &'a [u8],
}

/// The parts of a snapshot, if it is compressed.
fn parts(bytes: &[u8]) -> Result<Option<Parts<'_>>, SnapshotError> {
    if !bytes.starts_with(&COMPRESSED) {
        return Ok(None);
    }
    let (header, rest) = bytes.split_at_checked(HEADER).ok_or_else(damaged)?;
    let header = [&MAGIC, &header[MAGIC.len()..]].concat();
    let lengths: [u64; SECTIONS] = section_lengths(&header)?;
    let machine = lengths[..SECTIONS - 1].iter().fold(0u64, |sum, &n| sum.saturating_add(n));
    let host = usize::try_from(lengths[SECTIONS - 1]).unwrap_or(usize::MAX);
    let (pieces, host) = rest.split_at(rest.len().checked_sub(host).ok_or_else(damaged)?);
    Ok(Some(Parts { header, machine, pieces, host }))
}

/// The host's section of a snapshot, if it is compressed, as its checksum says.
pub(super) fn host_section(bytes: &[u8]) -> Result<Option<&[u8]>, SnapshotError> {
    let Some(parts) = parts(bytes)? else { return Ok(None) };
    check_section(&parts.header, Section::Host, parts.host)?;
    Ok(Some(parts.host))
}

/// The bytes of a snapshot: decompressed if they are compressed, else as they are.
///
/// # Errors
/// It would take more memory than a machine below the limit needs, or is damaged.
pub(super) fn decompressed(
    bytes: &[u8],
    limit: Option<u64>,
) -> Result<Cow<'_, [u8]>, SnapshotError> {
    let Some(Parts { header: mut out, machine, pieces: mut rest, host }) = parts(bytes)? else {
        return Ok(bytes.into());
    };
    if machine > (rest.len() as u64).saturating_mul(MOST_OF_A_BYTE) {
        return Err(damaged());
    }
    if limit.is_some_and(|limit| machine > most_bytes(limit)) {
        return Err(SnapshotError::new(
            Kind::Memory,
            format!("the snapshot has {machine} bytes, more than the memory limit allows"),
        ));
    }
    let no_memory = |_| SnapshotError::new(Kind::Memory, "there is not enough memory for it");
    let whole = usize::try_from(machine).unwrap_or(usize::MAX).saturating_add(HEADER);
    out.try_reserve_exact(whole.saturating_add(host.len()) - HEADER).map_err(no_memory)?;
    while out.len() < whole {
        let at = out.len();
        out.resize(whole.min(at + PIECE), 0);
        let (len, after) = rest.split_first_chunk::<4>().ok_or_else(damaged)?;
        let len = u32::from_le_bytes(*len) as usize;
        let (packed, after) = after.split_at_checked(len).ok_or_else(damaged)?;
        let fills = decompress_into(packed, &mut out[at..]).is_ok_and(|n| n == out.len() - at);
        if !fills {
            return Err(damaged());
        }
        rest = after;
    }
    if !rest.is_empty() {
        return Err(damaged());
    }
    out.extend(host);
    Ok(out.into())
}

/// The most bytes that the sections of a machine below a limit come to: what its objects are counted
/// as, which may pass the limit by half, and twice that for texts of which the code has its own.
fn most_bytes(limit: u64) -> u64 {
    limit.saturating_mul(4).saturating_add(1 << 20)
}

#[cold]
fn damaged() -> SnapshotError {
    SnapshotError::new(Kind::Damaged, "the compressed snapshot is damaged")
}

#[cfg(test)]
mod tests {
    use super::{Cow, compress, decompressed};
    use crate::{Registry, SnapshotErrorKind as Kind, Vm};
    use luka_vm::snapshot::format::{HEADER, seal_again};

    /// A snapshot whose first section has so many zeros at its end, and whose header is right.
    fn padded(zeros: usize) -> (Vec<u8>, usize) {
        let mut vm = Vm::builder(&Registry::default()).build().expect("a machine");
        let snapshot = vm.snapshot().expect("a small machine");
        let host = snapshot.0.host_section().len();
        let mut bytes = snapshot.into_bytes();
        let field = 19..27;
        let len = u64::from_le_bytes(bytes[field.clone()].try_into().expect("8 bytes"));
        let end = HEADER + len as usize;
        bytes.splice(end..end, vec![0; zeros]);
        bytes[field].copy_from_slice(&(len + zeros as u64).to_le_bytes());
        assert!(seal_again(&mut bytes));
        (bytes, host)
    }

    #[test]
    fn what_is_claimed_is_refused_before_memory_is_taken() {
        fn kind(bytes: &[u8], limit: Option<u64>) -> Result<Cow<'_, [u8]>, Kind> {
            decompressed(bytes, limit).map_err(|error| error.kind())
        }
        let (bytes, host) = padded(64 << 20);
        let bomb = compress(&bytes, host);
        assert!(bomb.len() < 300_000, "{} bytes", bomb.len());
        assert_eq!(kind(&bomb, Some(8 << 20)), Err(Kind::Memory));
        assert!(kind(&bomb, Some(16 << 20)).is_ok_and(|all| *all == bytes));
        // So few bytes cannot be so many, whatever the limit.
        let few = [&bomb[..HEADER + 1024], &bomb[bomb.len() - host..]].concat();
        assert_eq!(kind(&few, None), Err(Kind::Damaged));
    }

    #[test]
    fn pieces_fill_what_the_header_says() {
        for zeros in [0, 1, super::PIECE - 1, super::PIECE, 2 * super::PIECE] {
            let (bytes, host) = padded(zeros);
            let packed = compress(&bytes, host);
            assert!(decompressed(&packed, None).is_ok_and(|all| *all == bytes), "{zeros} zeros");
            let mut more = packed.clone();
            more.insert(packed.len() - host, 0);
            assert!(decompressed(&more, None).is_err(), "a byte more after {zeros} zeros");
        }
    }
}
