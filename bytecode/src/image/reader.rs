//! Reads the items of an image one after the other; the inverse of [`super::writer`].
//!
//! Nothing here panics or allocates. [`Reader::count`] is what keeps the decoder's memory within a
//! constant factor of its input: it refuses any number of items the rest of the input cannot hold.

use super::error::ImageError;

/// The unread rest of an image.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub fn new(bytes: &'a [u8]) -> Reader<'a> {
        Reader { rest: bytes }
    }

    pub fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// What is not read yet.
    #[inline(always)]
    pub fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// Passes over bytes.
    pub fn skip(&mut self, len: usize) -> Result<(), ImageError> {
        self.raw(len).map(|_| ())
    }

    #[inline(always)]
    pub fn raw(&mut self, len: usize) -> Result<&'a [u8], ImageError> {
        let (head, rest) = self.rest.split_at_checked(len).ok_or(ImageError::Truncated)?;
        self.rest = rest;
        Ok(head)
    }

    #[inline(always)]
    pub fn byte(&mut self) -> Result<u8, ImageError> {
        let (&byte, rest) = self.rest.split_first().ok_or(ImageError::Truncated)?;
        self.rest = rest;
        Ok(byte)
    }

    #[inline(always)]
    pub fn u64(&mut self) -> Result<u64, ImageError> {
        let (head, rest) = self.rest.split_first_chunk::<8>().ok_or(ImageError::Truncated)?;
        self.rest = rest;
        Ok(u64::from_le_bytes(*head))
    }

    /// See [`super::writer::Writer::uint`].
    #[inline(always)]
    pub fn uint(&mut self) -> Result<u64, ImageError> {
        let (value, rest) = match self.rest {
            [byte, rest @ ..] if *byte < 0x80 => (*byte as u64, rest),
            [low, high, rest @ ..] if *high < 0x80 => {
                ((*low & 0x7f) as u64 | (*high as u64) << 7, rest)
            }
            // Not a method: so a reader nobody points to can live in registers.
            rest => long_uint(rest)?,
        };
        self.rest = rest;
        Ok(value)
    }

    /// See [`super::writer::Writer::sint`].
    #[inline(always)]
    pub fn sint(&mut self) -> Result<i64, ImageError> {
        self.uint().map(signed)
    }

    #[inline(always)]
    pub fn u32(&mut self) -> Result<u32, ImageError> {
        u32::try_from(self.uint()?).map_err(|_| ImageError::Corrupted)
    }

    /// The number of items that follow, each of at least `min_size` bytes.
    #[inline(always)]
    pub fn count(&mut self, min_size: usize) -> Result<usize, ImageError> {
        let count = self.uint()?;
        if count > (self.rest.len() / min_size) as u64 {
            return Err(ImageError::Truncated);
        }
        Ok(count as usize)
    }
}

/// The signed number that is written as this one.
#[inline(always)]
pub(super) fn signed(value: u64) -> i64 {
    (value >> 1) as i64 ^ -((value & 1) as i64)
}

/// A number of more than a byte, and what follows it.
#[inline(never)]
fn long_uint(bytes: &[u8]) -> Result<(u64, &[u8]), ImageError> {
    let mut value = 0;
    for (place, &byte) in bytes.iter().take(10).enumerate() {
        let bits = (byte & 0x7f) as u64;
        if place == 9 && bits > 1 {
            return Err(ImageError::Corrupted);
        }
        value |= bits << (7 * place);
        if byte < 0x80 {
            return Ok((value, &bytes[place + 1..]));
        }
    }
    Err(if bytes.len() < 10 { ImageError::Truncated } else { ImageError::Corrupted })
}
