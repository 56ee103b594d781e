//! Strings in an image: each short one is written where it is first used, and by its number
//! afterwards.
//!
//! Long strings are written at each use, so that what a reader must copy is never more than a constant
//! factor of what it reads.

use std::collections::HashMap;

use super::error::ImageError;
use super::reader::Reader;
use super::writer::Writer;
use crate::MAX_SHORT_STRING;
use crate::bytes::Bytes;

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

/// A string of an image, with the bytes behind it: copying a certain number of bytes is quicker than
/// copying just those that are meant.
#[derive(Clone, Copy)]
pub(super) struct Text<'a> {
    from: &'a [u8],
    len: usize,
}

impl<'a> Text<'a> {
    #[inline]
    pub fn as_slice(self) -> &'a [u8] {
        self.from.get(..self.len).unwrap_or(self.from)
    }

    pub fn len(self) -> usize {
        self.len
    }

    /// The string if it is as short as nearly all are, and not one of the last in the image.
    #[inline(always)]
    pub fn short(self) -> Option<Bytes> {
        let chunk = self.from.first_chunk()?;
        (self.len <= Bytes::INLINE).then(|| Bytes::prefix(*chunk, self.len as u8))
    }

    /// Appends the length of a short string and the string itself.
    #[inline(always)]
    pub fn append_to(self, list: &mut Vec<u8>) {
        const FEW: usize = 16;
        match self.from.first_chunk::<FEW>() {
            Some(chunk) if self.len <= FEW => {
                let mut item = [0; 1 + FEW];
                item[0] = self.len as u8;
                item[1..].copy_from_slice(chunk);
                let len = list.len() + 1 + self.len;
                list.extend_from_slice(&item);
                list.truncate(len);
            }
            _ => {
                list.push(self.len as u8);
                list.extend_from_slice(self.as_slice());
            }
        }
    }
}

/// The short strings read so far.
pub(super) struct Seen<'a> {
    payload: &'a [u8],
    /// Where each begins in the payload, times [`Seen::UNIT`], plus its length.
    strings: Vec<u64>,
    /// Bytes that the module's lists may still take.
    memory: usize,
}

impl<'a> Seen<'a> {
    /// More than any short string's length.
    const UNIT: u64 = 64;

    /// None so far, for a module that may take `memory` bytes.
    pub fn new(payload: &'a [u8], memory: usize) -> Seen<'a> {
        // Seldom too few, and less memory than the payload.
        Seen { payload, strings: Vec::with_capacity(payload.len() / 16), memory }
    }

    /// Takes the memory of a list of `count` items.
    pub fn take<T>(&mut self, count: usize) -> Result<(), ImageError> {
        let left = self.memory.checked_sub(count * size_of::<T>());
        self.memory = left.ok_or(ImageError::TooLarge)?;
        Ok(())
    }

    /// Reads a string written behind 0.
    #[inline(always)]
    pub fn read(&mut self, input: &mut Reader<'a>) -> Result<Text<'a>, ImageError> {
        let code = input.uint()?;
        self.read_coded(input, code)
    }

    /// The rest of a string of which the code, less `new`, is read already.
    #[inline(always)]
    pub fn read_coded(
        &mut self,
        input: &mut Reader<'a>,
        code: u64,
    ) -> Result<Text<'a>, ImageError> {
        let Some(number) = code.checked_sub(1) else {
            return self.read_new(input);
        };
        let number = usize::try_from(number).map_err(|_| ImageError::Corrupted)?;
        let &string = self.strings.get(number).ok_or(ImageError::Corrupted)?;
        let at = (string / Seen::UNIT) as usize;
        let from = self.payload.get(at..).ok_or(ImageError::Corrupted)?;
        Ok(Text { from, len: (string % Seen::UNIT) as usize })
    }

    #[inline(always)]
    fn read_new(&mut self, input: &mut Reader<'a>) -> Result<Text<'a>, ImageError> {
        let text = read_text(input)?;
        if text.len <= MAX_SHORT_STRING {
            let at = (self.payload.len() - text.from.len()) as u64;
            self.strings.push(at * Seen::UNIT + text.len as u64);
        }
        Ok(text)
    }
}

const _: () = assert!((MAX_SHORT_STRING as u64) < Seen::UNIT);

/// A length, and the string itself.
#[inline(always)]
pub(super) fn read_text<'a>(input: &mut Reader<'a>) -> Result<Text<'a>, ImageError> {
    let len = input.count(1)?;
    let from = input.rest();
    input.skip(len)?;
    Ok(Text { from, len })
}
