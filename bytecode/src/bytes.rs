//! Byte strings of prototypes: constants, names of variables. Most are short and many: those of up
//! to [`Bytes::INLINE`] bytes live in place, longer ones on the heap.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;

/// A string of any bytes, which does not change. Reads as a slice.
#[derive(Clone)]
pub struct Bytes(Repr);

#[derive(Clone)]
enum Repr {
    Short { len: u8, text: [u8; Bytes::INLINE] },
    Long(Box<[u8]>),
}

const _: () = assert!(size_of::<Bytes>() == 24);

impl Bytes {
    /// The longest string that needs no memory of its own.
    pub const INLINE: usize = 22;

    /// The first `len` bytes of `text`.
    #[inline(always)]
    pub(crate) fn prefix(text: [u8; Bytes::INLINE], len: u8) -> Bytes {
        Bytes(Repr::Short { len: len.min(Bytes::INLINE as u8), text })
    }

    /// The bytes.
    #[inline]
    pub fn as_slice(&self) -> &[u8] {
        match &self.0 {
            Repr::Short { len, text } => &text[..(*len as usize).min(Bytes::INLINE)],
            Repr::Long(text) => text,
        }
    }
}

impl Deref for Bytes {
    type Target = [u8];

    #[inline]
    fn deref(&self) -> &[u8] {
        self.as_slice()
    }
}

impl From<&[u8]> for Bytes {
    #[inline]
    fn from(bytes: &[u8]) -> Bytes {
        if bytes.len() <= Bytes::INLINE {
            let mut text = [0; Bytes::INLINE];
            text[..bytes.len()].copy_from_slice(bytes);
            Bytes(Repr::Short { len: bytes.len() as u8, text })
        } else {
            Bytes(Repr::Long(bytes.into()))
        }
    }
}

impl<const N: usize> From<[u8; N]> for Bytes {
    fn from(bytes: [u8; N]) -> Bytes {
        bytes.as_slice().into()
    }
}

impl From<Vec<u8>> for Bytes {
    fn from(bytes: Vec<u8>) -> Bytes {
        match bytes.len() {
            0..=Bytes::INLINE => bytes.as_slice().into(),
            _ => Bytes(Repr::Long(bytes.into())),
        }
    }
}

impl PartialEq for Bytes {
    #[inline]
    fn eq(&self, other: &Bytes) -> bool {
        self.as_slice() == other.as_slice()
    }
}

impl Eq for Bytes {}

impl Hash for Bytes {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_slice().hash(state);
    }
}

impl fmt::Debug for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.escape_ascii())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_length() {
        for len in 0..50usize {
            let text: Vec<u8> = (0..len as u8).collect();
            let bytes = Bytes::from(text.as_slice());
            assert_eq!(&*bytes, text.as_slice());
            assert_eq!(bytes, Bytes::from(text.clone()));
            assert_eq!(matches!(bytes.0, Repr::Short { .. }), len <= Bytes::INLINE);
        }
        assert_eq!(format!("{:?}", Bytes::from(*b"a\n")), "\"a\\n\"");
    }
}
