//! States that are kept. They are cut into pieces where their bytes say so (content-defined chunking with
//! a gear hash: Xia and others, "FastCDC", 2016), so that what two states have in common is in the same
//! pieces wherever it lies; each piece is kept once, compressed.

use luka::toolchain::{self, Around};
use luka::{Checkpoint, Vm};
use lz4_flex::block::{compress, decompress};
use std::cell::Cell;
use std::collections::HashMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::Hasher;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Weak};

/// Bytes of a piece: at least, on average beyond that, at most.
const LEAST: usize = 512;
const MEAN: usize = 2048;
const MOST: usize = 16 << 10;

/// What a piece takes besides its bytes.
const OVERHEAD: usize = 80;

/// Bytes of a state in a recording, at most: a file may name a piece any number of times.
const MOST_OF_STATE: usize = 1 << 30;

/// A random number for each byte.
const GEAR: [u64; 256] = {
    let mut table = [0; 256];
    let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
    let mut i = 0;
    while i < 256 {
        // (xorshift)
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        table[i] = seed;
        i += 1;
    }
    table
};

/// A piece of states.
#[derive(Debug)]
pub struct Piece {
    /// Its bytes, compressed, and how many they are.
    packed: Box<[u8]>,
    length: usize,
    bytes: Arc<AtomicUsize>,
}

impl Piece {
    fn new(packed: Vec<u8>, length: usize, bytes: &Arc<AtomicUsize>) -> Piece {
        bytes.fetch_add(packed.len() + OVERHEAD, Ordering::Relaxed);
        Piece { packed: packed.into(), length, bytes: bytes.clone() }
    }

    fn unpacked(&self) -> Option<Vec<u8>> {
        decompress(&self.packed, self.length).ok().filter(|bytes| bytes.len() == self.length)
    }
}

impl Drop for Piece {
    fn drop(&mut self) {
        self.bytes.fetch_sub(self.packed.len() + OVERHEAD, Ordering::Relaxed);
    }
}

/// All pieces.
#[derive(Default)]
pub struct Store {
    /// By a hash of their bytes.
    known: HashMap<u64, Weak<Piece>>,
    /// Bytes of memory they take.
    bytes: Arc<AtomicUsize>,
    /// When the pieces that are gone are forgotten.
    next_sweep: usize,
}

/// A state of a machine.
pub struct Kept {
    pieces: Vec<Arc<Piece>>,
    around: Around,
    /// Bytes that it has added to the store.
    pub added: usize,
    /// It comes from elsewhere, and was not proved to be one.
    is_strange: Cell<bool>,
}

impl Store {
    /// Bytes of memory that all states take.
    pub fn bytes(&self) -> usize {
        self.bytes.load(Ordering::Relaxed)
    }

    /// Keeps a state.
    pub fn keep(&mut self, state: Checkpoint) -> Kept {
        let before = self.bytes();
        let (bytes, around) = toolchain::taken_apart(state);
        let mut rest = &bytes[..];
        let mut pieces = Vec::with_capacity(bytes.len() / MEAN + 1);
        while !rest.is_empty() {
            let (piece, after) = rest.split_at(cut(rest));
            pieces.push(self.piece(piece));
            rest = after;
        }
        if self.known.len() > self.next_sweep {
            self.known.retain(|_, piece| piece.strong_count() > 0);
            self.next_sweep = self.known.len() * 2 + 1000;
        }
        Kept { pieces, around, added: self.bytes() - before, is_strange: Cell::new(false) }
    }

    fn piece(&mut self, bytes: &[u8]) -> Arc<Piece> {
        let mut hasher = DefaultHasher::new();
        hasher.write(bytes);
        let hash = hasher.finish();
        let known = self.known.get(&hash).and_then(Weak::upgrade);
        if let Some(known) = known
            && known.length == bytes.len()
            && known.unpacked().is_some_and(|unpacked| unpacked == bytes)
        {
            return known;
        }
        let piece = Arc::new(Piece::new(compress(bytes), bytes.len(), &self.bytes));
        self.known.insert(hash, Arc::downgrade(&piece));
        piece
    }

    /// A state of pieces of a recording, of a machine that has this around its states; `None`: it would be
    /// larger than any in a recording.
    pub fn of_pieces(pieces: Vec<Arc<Piece>>, around: Around) -> Option<Kept> {
        let kept = Kept { pieces, around, added: 0, is_strange: Cell::new(true) };
        kept.can_be_filed().then_some(kept)
    }

    /// A piece of a recording.
    pub fn read_piece(&self, packed: Vec<u8>, length: usize) -> Option<Arc<Piece>> {
        (length <= MOST).then(|| Arc::new(Piece::new(packed, length, &self.bytes)))
    }
}

impl Kept {
    /// Has a machine go back to the state.
    ///
    /// # Errors
    /// It is none, or there is not enough memory.
    pub fn go_back(&self, vm: &mut Vm) -> Result<(), String> {
        let damaged = || "the recording is damaged".to_string();
        let mut bytes = Vec::new();
        if bytes.try_reserve_exact(self.length()).is_err() {
            return Err("not enough memory".to_string());
        }
        for piece in &self.pieces {
            bytes.extend(piece.unpacked().ok_or_else(damaged)?);
        }
        if self.is_strange.get() {
            toolchain::prove(vm, &bytes).map_err(|why| format!("{}: {why}", damaged()))?;
            self.is_strange.set(false);
        }
        let state = toolchain::put_together(bytes, &self.around);
        let gone = vm.rollback(&state);
        gone.map_err(|error| String::from_utf8_lossy(error.message()).into_owned())
    }

    fn length(&self) -> usize {
        self.pieces.iter().map(|piece| piece.length).sum()
    }

    /// Whether a recording may have it: it is not too large.
    pub fn can_be_filed(&self) -> bool {
        self.length() <= MOST_OF_STATE
    }

    /// Its pieces.
    pub fn pieces(&self) -> &[Arc<Piece>] {
        &self.pieces
    }
}

impl Piece {
    /// Its bytes as a recording has them, and how many they stand for.
    pub fn packed(&self) -> (&[u8], usize) {
        (&self.packed, self.length)
    }
}

/// Where the first piece of some bytes ends.
fn cut(bytes: &[u8]) -> usize {
    let end = bytes.len().min(MOST);
    let mut hash = 0u64;
    for (i, &byte) in bytes.iter().enumerate().take(end).skip(LEAST.min(end)) {
        hash = (hash << 1).wrapping_add(GEAR[byte as usize]);
        // (The upper bits depend on the most bytes.)
        if hash >> (64 - MEAN.trailing_zeros()) == 0 {
            return i + 1;
        }
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;
    use luka::Registry;

    fn machine() -> Vm {
        let mut vm = Vm::builder(&Registry::default()).build().unwrap();
        let text = "t = {} for i = 1, 20000 do t[i] = { i, 'text ' .. i } end";
        vm.eval::<_, ()>(text, ()).unwrap();
        vm
    }

    #[test]
    fn what_states_have_in_common_is_kept_once() {
        let mut vm = machine();
        let mut store = Store::default();
        let mut states = Vec::new();
        let mut first = 0;
        for round in 0..20 {
            vm.eval::<_, ()>("t[...][2] = 'changed'", round * 100 + 1).unwrap();
            let hash = vm.state_hash().unwrap();
            let checkpoint = vm.checkpoint().unwrap();
            let size = checkpoint.size();
            states.push((store.keep(checkpoint), hash));
            if round == 0 {
                first = store.bytes();
                assert!(first < size, "{first} {size}");
            }
        }
        assert!(store.bytes() < 2 * first, "{} {first}", store.bytes());
        for (state, hash) in states.iter().rev() {
            state.go_back(&mut vm).unwrap();
            assert_eq!(vm.state_hash().unwrap(), *hash);
        }
        drop(states);
        assert_eq!(store.bytes(), 0);
    }

    /// A file of 40 MB could name one piece of 16 KB ten million times.
    #[test]
    fn states_of_recordings_have_a_largest_size() {
        let mut vm = machine();
        let store = Store::default();
        let piece = store.read_piece(compress(&[0; MOST]), MOST).unwrap();
        let around = |vm: &Vm| toolchain::around(vm);
        let most = MOST_OF_STATE / MOST;
        assert!(Store::of_pieces(vec![piece.clone(); most + 1], around(&vm)).is_none());
        let few = Store::of_pieces(vec![piece; 3], around(&vm)).unwrap();
        let why = few.go_back(&mut vm).unwrap_err();
        assert!(why.starts_with("the recording is damaged"), "{why}");
    }

    #[test]
    fn pieces_are_cut_where_their_bytes_say_so() {
        let bytes: Vec<u8> =
            (0..200_000u32).map(|i| (i.wrapping_mul(2654435761) >> 13) as u8).collect();
        let pieces = |mut rest: &[u8]| {
            let mut found = Vec::new();
            while !rest.is_empty() {
                let (piece, after) = rest.split_at(cut(rest));
                assert!(piece.len() <= MOST);
                found.push(piece.to_vec());
                rest = after;
            }
            found
        };
        let (all, shifted) = (pieces(&bytes), pieces(&bytes[777..]));
        let common = shifted.iter().filter(|piece| all.contains(piece)).count();
        assert!(all.len() > 20 && common + 10 > all.len(), "{common} of {}", all.len());
    }
}
