//! Strings in an image: each short one is written where it is first used, and by its number
//! afterwards.
//!
//! Long strings stand at each use, so that what a reader must copy is never more than a constant
//! factor of what it reads.

use std::collections::HashMap;

use super::error::ImageError;
use super::reader::Reader;
use super::writer::Writer;
use crate::MAX_SHORT_STRING;

/// The short strings written so far.
#[derive(Default)]
pub(super) struct Written<'a>(HashMap<&'a [u8], u64>);

impl<'a> Written<'a> {
    /// Writes a string: `new` and the string itself, or `new` plus one plus its number.
    pub fn write(&mut self, out: &mut Writer, new: u64, string: &'a [u8]) {
        if string.len() <= MAX_SHORT_STRING {
            let next = self.0.len() as u64;
            let number = *self.0.entry(string).or_insert(next);
            if number != next {
                return out.uint(new + 1 + number);
            }
        }
        out.uint(new);
        out.string(string);
    }
}

/// The short strings read so far.
#[derive(Default)]
pub(super) struct Seen<'a>(Vec<&'a [u8]>);

impl<'a> Seen<'a> {
    /// Reads a string written behind 0.
    #[inline]
    pub fn read(&mut self, input: &mut Reader<'a>) -> Result<&'a [u8], ImageError> {
        let code = input.uint()?;
        self.read_coded(input, code)
    }

    /// The rest of a string of which the code, less `new`, is read already.
    #[inline]
    pub fn read_coded(
        &mut self,
        input: &mut Reader<'a>,
        code: u64,
    ) -> Result<&'a [u8], ImageError> {
        match code.checked_sub(1) {
            Some(number) => self.get(number).ok_or(ImageError::Corrupted),
            None => self.read_new(input),
        }
    }

    #[inline]
    fn get(&self, number: u64) -> Option<&'a [u8]> {
        self.0.get(usize::try_from(number).ok()?).copied()
    }

    #[inline]
    fn read_new(&mut self, input: &mut Reader<'a>) -> Result<&'a [u8], ImageError> {
        let string = input.string()?;
        if string.len() <= MAX_SHORT_STRING {
            self.0.push(string);
        }
        Ok(string)
    }
}
