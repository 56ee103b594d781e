//! The mark in the program's own bytes that says whether a Lua program stands behind it.
//!
//! `luka build --exe` copies the program, writes into the copy's mark where the bundle begins, how long it
//! is and the checksum of the whole file, and appends the bundle. So a file that has lost its end still knows
//! that there was one. The checksum finds damage; it is no protection against whoever wants to deceive.

use luka_vm::snapshot::checksum::checksum;
use std::sync::atomic::{AtomicU8, Ordering};

/// Bytes of the text that marks the mark.
const TEXT: usize = 32;
/// Bytes of the mark: the text, then three numbers, the lowest byte first: where the bundle begins, how long
/// it is, and the checksum of the file in which this number is 0.
const SIZE: usize = TEXT + 24;

/// The mark of this program. (Atomic, so that nobody takes for granted what is in it.)
#[used]
static MARK: [AtomicU8; SIZE] = {
    let text = concat!("Luka program mark, ", env!("CARGO_PKG_VERSION")).as_bytes();
    let mut mark = [const { AtomicU8::new(0) }; SIZE];
    let mut i = 0;
    while i < text.len() {
        assert!(text.len() < TEXT, "the version fits");
        mark[i] = AtomicU8::new(text[i]);
        i += 1;
    }
    mark
};

/// What a mark says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Mark {
    offset: u64,
    length: u64,
    checksum: u64,
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
        let [offset, length, checksum] =
            [0, 8, 16].map(|at| number(&bytes[TEXT + at..TEXT + at + 8]));
        (length > 0).then_some(Mark { offset, length, checksum })
    }

    /// The bundle in the bytes of the running program's file.
    ///
    /// # Errors
    /// What is wrong with the file.
    pub fn bundle(self, mut file: Vec<u8>) -> Result<Vec<u8>, &'static str> {
        let end = self.offset.checked_add(self.length);
        if end.is_none_or(|end| (file.len() as u64) < end) {
            return Err("the end of the file is missing");
        }
        if end.is_some_and(|end| (file.len() as u64) > end) {
            return Err("there is something behind the end of the file");
        }
        let at = place(&file, &bytes()[..TEXT]).ok_or("the file has been changed")?;
        file[at + TEXT + 16..at + SIZE].fill(0);
        if checksum(&file) != self.checksum {
            return Err("the file has been changed");
        }
        Ok(file.split_off(self.offset as usize))
    }
}

/// The file of a program with a bundle behind it.
///
/// # Errors
/// The file is no program `luka` of this version, or has a bundle already.
pub fn with_bundle(mut program: Vec<u8>, bundle: &[u8]) -> Result<Vec<u8>, &'static str> {
    let text = &bytes()[..TEXT];
    let at = place(&program, text).ok_or("it is no program `luka` of this version")?;
    if program[at + TEXT..at + SIZE].iter().any(|&byte| byte != 0) {
        return Err("there is a program in it already");
    }
    let numbers = [program.len() as u64, bundle.len() as u64].map(u64::to_le_bytes).concat();
    program[at + TEXT..at + TEXT + 16].copy_from_slice(&numbers);
    program.extend_from_slice(bundle);
    let sum = checksum(&program);
    program[at + TEXT + 16..at + SIZE].copy_from_slice(&sum.to_le_bytes());
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
        [b"machine code".as_slice(), &bytes()[..TEXT], &[0; 24], b"more"].concat()
    }

    fn mark_of(file: &[u8]) -> Mark {
        let at = place(file, &bytes()[..TEXT]).unwrap() + TEXT;
        let [offset, length, checksum] = [0, 8, 16].map(|i| number(&file[at + i..at + i + 8]));
        Mark { offset, length, checksum }
    }

    #[test]
    fn every_change_is_found() {
        let file = with_bundle(program(), b"bundle").unwrap();
        let mark = mark_of(&file);
        assert_eq!(mark.bundle(file.clone()).unwrap(), b"bundle");
        for at in 0..file.len() {
            let mut changed = file.clone();
            changed[at] ^= 1;
            // (The running program has the numbers in its memory.)
            let is_checksum = (60..68).contains(&at);
            assert_eq!(mark.bundle(changed).is_err(), !is_checksum, "{at}");
            assert_eq!(mark.bundle(file[..at].to_vec()), Err("the end of the file is missing"));
        }
        let longer = [file.as_slice(), b"x"].concat();
        assert_eq!(mark.bundle(longer), Err("there is something behind the end of the file"));
        assert!(with_bundle(file, b"again").is_err());
        assert!(with_bundle(b"another program".to_vec(), b"bundle").is_err());
    }

    #[test]
    fn this_program_has_nothing_behind_it() {
        assert_eq!(Mark::of_this_program(), None);
    }
}
