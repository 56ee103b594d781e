//! Byte strings that have much in common, kept in little memory: each is cut into pieces at places
//! that its own bytes choose, so that what follows an insertion is cut as before, and equal pieces are
//! kept once.

use std::collections::HashSet;
use std::rc::Rc;

/// Sizes of pieces, in bytes; the usual one is about 2 KB.
const LEAST: usize = 512;
pub const MOST: usize = 16 * 1024;
/// A piece ends where these bits of the hash are zero.
const MASK: u64 = 0x7ff << 48;

/// A byte string in pieces.
pub type Pieces = Vec<Rc<[u8]>>;

/// The pieces of some byte strings.
#[derive(Default)]
pub struct Store {
    pieces: HashSet<Rc<[u8]>>,
    bytes: usize,
}

impl Store {
    /// Bytes of all pieces.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// The pieces of a byte string.
    pub fn add(&mut self, bytes: &[u8]) -> Pieces {
        let mut pieces = Vec::new();
        let mut rest = bytes;
        while !rest.is_empty() {
            let (piece, after) = rest.split_at(end_of_piece(rest));
            pieces.push(self.piece(piece));
            rest = after;
        }
        pieces
    }

    /// A piece as it is kept.
    pub fn piece(&mut self, bytes: &[u8]) -> Rc<[u8]> {
        if let Some(known) = self.pieces.get(bytes) {
            return known.clone();
        }
        let piece: Rc<[u8]> = bytes.into();
        self.bytes += piece.len();
        self.pieces.insert(piece.clone());
        piece
    }

    /// Forgets the pieces of a byte string that no other one has.
    pub fn remove(&mut self, pieces: Pieces) {
        for piece in pieces {
            // The store's own and this one; a string may have a piece several times.
            if Rc::strong_count(&piece) == 2 {
                self.bytes -= piece.len();
                self.pieces.remove(&piece);
            }
        }
    }
}

/// Where the first piece of some bytes ends.
fn end_of_piece(bytes: &[u8]) -> usize {
    let mut hash = 0u64;
    for (i, &byte) in bytes.iter().enumerate().take(MOST) {
        hash = (hash << 1).wrapping_add(GEAR[byte as usize]);
        if i + 1 >= LEAST && hash & MASK == 0 {
            return i + 1;
        }
    }
    bytes.len().min(MOST)
}

/// A random number for each byte.
static GEAR: [u64; 256] = gear();

const fn gear() -> [u64; 256] {
    let mut table = [0; 256];
    let mut state = 0u64;
    let mut i = 0;
    while i < 256 {
        // SplitMix64
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        table[i] = z ^ (z >> 31);
        i += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noise(n: usize) -> Vec<u8> {
        let mut state = 1u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        };
        (0..n).map(|_| next()).collect()
    }

    #[test]
    fn what_is_common_is_kept_once() {
        let mut store = Store::default();
        let first = noise(200_000);
        let a = store.add(&first);
        assert_eq!(a.concat(), first);
        assert_eq!(store.bytes(), first.len());
        let mut second = first.clone();
        second.splice(50_000..50_000, *b"inserted");
        let b = store.add(&second);
        assert_eq!(b.concat(), second);
        assert!(store.bytes() < first.len() + 2 * MOST, "{}", store.bytes());
        assert_eq!(store.add(&second), b);
        store.remove(b.clone());
        assert!(store.bytes() > first.len(), "another string still has the pieces");
        drop(b);
        let again = store.add(&second);
        store.remove(again);
        assert_eq!(store.bytes(), first.len());
        store.remove(a);
        assert_eq!(store.bytes(), 0);
    }

    #[test]
    fn pieces_that_repeat_are_removed_once() {
        let mut store = Store::default();
        let zeros = store.add(&[0; 100_000]);
        assert_eq!(zeros.concat().len(), 100_000);
        store.remove(zeros);
        assert_eq!(store.bytes(), 0);
    }
}
