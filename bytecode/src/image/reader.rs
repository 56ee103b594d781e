//! Reads the items of an image one after the other; the inverse of [`super::writer`].
//!
//! Nothing here panics or allocates. [`Reader::count`] is what keeps the decoder's memory within a
//! constant factor of its input: it refuses any number of items the rest of the input cannot hold.

use super::error::ImageError;

/// The unread rest of an image.
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
    #[inline]
    pub fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// Passes over bytes.
    pub fn skip(&mut self, len: usize) -> Result<(), ImageError> {
        self.raw(len).map(|_| ())
    }

    pub fn raw(&mut self, len: usize) -> Result<&'a [u8], ImageError> {
        let (head, rest) = self.rest.split_at_checked(len).ok_or(ImageError::Truncated)?;
        self.rest = rest;
        Ok(head)
    }

    #[inline]
    pub fn byte(&mut self) -> Result<u8, ImageError> {
        let (&byte, rest) = self.rest.split_first().ok_or(ImageError::Truncated)?;
        self.rest = rest;
        Ok(byte)
    }

    pub fn u64(&mut self) -> Result<u64, ImageError> {
        let (head, rest) = self.rest.split_first_chunk::<8>().ok_or(ImageError::Truncated)?;
        self.rest = rest;
        Ok(u64::from_le_bytes(*head))
    }

    /// See [`super::writer::Writer::uint`].
    #[inline]
    pub fn uint(&mut self) -> Result<u64, ImageError> {
        match self.rest {
            [byte, rest @ ..] if *byte < 0x80 => {
                self.rest = rest;
                Ok(*byte as u64)
            }
            _ => self.long_uint(),
        }
    }

    #[inline(never)]
    fn long_uint(&mut self) -> Result<u64, ImageError> {
        let mut value = 0u64;
        let mut shift = 0;
        loop {
            let byte = self.byte()?;
            let bits = (byte & 0x7f) as u64;
            if shift == 63 && bits > 1 {
                return Err(ImageError::Corrupted);
            }
            value |= bits << shift;
            if byte < 0x80 {
                return Ok(value);
            }
            shift += 7;
            if shift > 63 {
                return Err(ImageError::Corrupted);
            }
        }
    }

    /// See [`super::writer::Writer::sint`].
    #[inline]
    pub fn sint(&mut self) -> Result<i64, ImageError> {
        let value = self.uint()?;
        Ok((value >> 1) as i64 ^ -((value & 1) as i64))
    }

    #[inline]
    pub fn u32(&mut self) -> Result<u32, ImageError> {
        u32::try_from(self.uint()?).map_err(|_| ImageError::Corrupted)
    }

    /// The number of items that follow, each of at least `min_size` bytes.
    pub fn count(&mut self, min_size: usize) -> Result<usize, ImageError> {
        let count = self.uint()?;
        if count > (self.rest.len() / min_size) as u64 {
            return Err(ImageError::Truncated);
        }
        Ok(count as usize)
    }

    /// Length, then bytes.
    #[inline]
    pub fn string(&mut self) -> Result<&'a [u8], ImageError> {
        let len = self.count(1)?;
        self.raw(len)
    }
}
