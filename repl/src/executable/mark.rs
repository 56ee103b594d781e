//! The mark in the program's own bytes that says whether a Lua program stands behind it.
//!
//! `luka build --exe` copies the program, writes into the copy's mark where the bundle begins, how long it
//! is, where the mark is and the checksum of the whole file, and appends the bundle. So a file that has lost its end still
//! knows that there was one. The checksum finds damage; it is no protection against whoever wants to deceive. The file is
//! read piece by piece, each small enough to be in the processor's cache when it is summed.

use std::io::{self, Read};
use std::sync::atomic::{AtomicU8, Ordering};

use super::sum::{STRIPE, Sum};

/// Bytes of the text that marks the mark.
const TEXT: usize = 32;
/// Bytes of the mark: the text, then four numbers, the lowest byte first: where the bundle begins, how long
/// it is, where the mark is, and the checksum of the file in which this last number is 0.
const SIZE: usize = TEXT + 32;
/// Where the checksum is in the mark.
const SUM: usize = TEXT + 24;
/// Bytes that are read at once.
const PIECE: usize = 4096 * STRIPE;

/// The mark of this program. (Atomic, so that nobody takes for granted what is in it.)
#[used]
static MARK: [AtomicU8; SIZE] = {
    let text = concat!("Luka program mark, ", env!("CARGO_PKG_VERSION")).as_bytes();
    let mut mark = [const { AtomicU8::new(0) }; SIZE];
    let mut i = 0;
    while i < text.len() {
        assert!(text.len() < TEXT - 2, "the version fits");
        mark[i] = AtomicU8::new(text[i]);
        i += 1;
    }
    // Images of this program run in it.
    mark[TEXT - 2] = AtomicU8::new(luka_bytecode::image::VERSION);
    mark[TEXT - 1] = AtomicU8::new(luka_bytecode::ops::Op::COUNT as u8);
    mark
};

/// What a mark says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Mark {
    offset: u64,
    length: u64,
    place: u64,
    checksum: u64,
}

/// Why there is no bundle.
#[derive(Debug)]
pub enum Refused {
    /// The file cannot be read.
    Unreadable(io::Error),
    /// The file is not the one that was made.
    Damaged(&'static str),
}

fn bytes() -> [u8; SIZE] {
    let mark = std::hint::black_box(&MARK);
    std::array::from_fn(|i| mark[i].load(Ordering::Relaxed))
}

fn number(bytes: &[u8]) -> u64 {
    bytes.first_chunk::<8>().map_or(0, |bytes| u64::from_le_bytes(*bytes))
}

impl Mark {
    /// The mark of the running program; `None` if no Lua program stands behind it.
    pub fn of_this_program() -> Option<Mark> {
        let bytes = bytes();
        Mark::new(&bytes)
    }

    fn new(bytes: &[u8; SIZE]) -> Option<Mark> {
        let [offset, length, place, checksum] =
            [0, 8, 16, 24].map(|at| number(&bytes[TEXT + at..TEXT + at + 8]));
        (length > 0).then_some(Mark { offset, length, place, checksum })
    }

    /// The bundle in the running program's file.
    ///
    /// # Errors
    /// The file cannot be read or is another one.
    pub fn bundle(self, mut file: impl Read, size: u64) -> Result<Vec<u8>, Refused> {
        let end = self.offset.checked_add(self.length);
        if end.is_none_or(|end| size < end) {
            return Err(Refused::Damaged("the end of the file is missing"));
        }
        if end.is_some_and(|end| size > end) {
            return Err(Refused::Damaged("there is something behind the end of the file"));
        }
        let mut bundle = Vec::with_capacity(usize::try_from(self.length).unwrap_or(0));
        let mut piece = vec![0; PIECE];
        let mut sum = Sum::new();
        let mut at = 0;
        loop {
            let length = fill(&mut file, &mut piece).map_err(Refused::Unreadable)?;
            let piece = &mut piece[..length];
            if let Some(behind) = (at + length as u64).checked_sub(self.offset).filter(|n| *n > 0) {
                let own = length.min(usize::try_from(behind).unwrap_or(usize::MAX));
                bundle.extend_from_slice(&piece[length - own..]);
            }
            // The checksum itself counts as 0.
            for number in
                self.place.saturating_add(SUM as u64)..self.place.saturating_add(SIZE as u64)
            {
                let here = number.checked_sub(at).and_then(|n| usize::try_from(n).ok());
                if let Some(byte) = here.and_then(|here| piece.get_mut(here)) {
                    *byte = 0;
                }
            }
            sum.add(piece);
            at += length as u64;
            if length < PIECE {
                break;
            }
        }
        if at != size || sum.value() != self.checksum {
            return Err(Refused::Damaged("the file has been changed"));
        }
        Ok(bundle)
    }
}

/// Reads until a piece is full or the file ends.
fn fill(file: &mut impl Read, piece: &mut [u8]) -> io::Result<usize> {
    let mut length = 0;
    while length < piece.len() {
        match file.read(&mut piece[length..]) {
            Ok(0) => break,
            Ok(more) => length += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(length)
}

/// The file of a program with a bundle behind it.
///
/// # Errors
/// The file is no program `luka` or `luka-runtime` of this version, or has a bundle already.
pub fn with_bundle(mut program: Vec<u8>, bundle: &[u8]) -> Result<Vec<u8>, &'static str> {
    let text = &bytes()[..TEXT];
    let at = place(&program, text).ok_or("it is no `luka` or `luka-runtime` of this version")?;
    if program[at + TEXT..at + SIZE].iter().any(|&byte| byte != 0) {
        return Err("there is a program in it already");
    }
    let numbers = [program.len() as u64, bundle.len() as u64, at as u64].map(u64::to_le_bytes);
    program[at + TEXT..at + SUM].copy_from_slice(&numbers.concat());
    program.extend_from_slice(bundle);
    let mut sum = Sum::new();
    sum.add(&program);
    program[at + SUM..at + SIZE].copy_from_slice(&sum.value().to_le_bytes());
    Ok(program)
}

/// Where the mark is, if it is in one place only.
fn place(file: &[u8], text: &[u8]) -> Option<usize> {
    let mut found = memchr::memmem::find_iter(file, text);
    let first = found.next().filter(|at| at + SIZE <= file.len())?;
    found.next().is_none().then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn program() -> Vec<u8> {
        [b"machine code".as_slice(), &bytes()[..TEXT], &[0; 32], &[7; 2 * PIECE]].concat()
    }

    fn mark_of(file: &[u8]) -> Mark {
        let at = place(file, &bytes()[..TEXT]).unwrap();
        Mark::new(file[at..at + SIZE].try_into().unwrap()).unwrap()
    }

    fn bundle(mark: Mark, file: &[u8]) -> Result<Vec<u8>, &'static str> {
        mark.bundle(file, file.len() as u64).map_err(|why| match why {
            Refused::Damaged(why) => why,
            Refused::Unreadable(error) => panic!("{error}"),
        })
    }

    #[test]
    fn every_change_is_found() {
        let file = with_bundle(program(), &[b"bundle".as_slice(), &[1; PIECE]].concat()).unwrap();
        let mark = mark_of(&file);
        assert_eq!(bundle(mark, &file).unwrap()[..6], *b"bundle");
        let places = (0..200).chain(PIECE - 4..PIECE + 4).chain(file.len() - 9..file.len());
        for at in places {
            let mut changed = file.clone();
            changed[at] ^= 1;
            // (The running program has the numbers in its memory.)
            let is_checksum = (12 + SUM..12 + SIZE).contains(&at);
            let changed = bundle(mark, &changed).err();
            assert_eq!(changed, (!is_checksum).then_some("the file has been changed"), "{at}");
            assert_eq!(bundle(mark, &file[..at]), Err("the end of the file is missing"));
        }
        let longer = [file.as_slice(), b"x"].concat();
        assert_eq!(bundle(mark, &longer), Err("there is something behind the end of the file"));
        // A file that becomes shorter while it is read.
        let why = mark.bundle(&file[..PIECE], file.len() as u64);
        assert!(matches!(why, Err(Refused::Damaged("the file has been changed"))));
        assert!(with_bundle(file, b"again").is_err());
        assert!(with_bundle(b"another program".to_vec(), b"bundle").is_err());
    }

    #[test]
    fn this_program_has_nothing_behind_it() {
        assert_eq!(Mark::of_this_program(), None);
    }
}
