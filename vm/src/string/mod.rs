//! Strings: immutable byte strings; those of at most 40 bytes are interned.

use crate::heap::{Gc, Header};

/// A string object. Its bytes follow the struct in memory.
#[repr(C)]
pub struct Str {
    /// `kind` is `STR` (interned) or `LSTR`; `hash` is the hash (long strings: 0 until asked
    /// for, then [`Str::hash_long`]'s value).
    pub(crate) hdr: Header,
    pub(crate) len: usize,
    bytes: [u8; 0],
}

impl Str {
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.len
    }
    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }
    #[inline(always)]
    pub fn is_short(&self) -> bool {
        self.hdr.kind == crate::value::tag::STR
    }
}

impl Gc<Str> {
    /// The bytes; valid until a safepoint at which the string is not reachable.
    #[inline(always)]
    pub fn bytes(self) -> &'static [u8] {
        // SAFETY: `len` bytes follow the header (invariant of allocation); strings never change.
        unsafe { std::slice::from_raw_parts((*self.as_ptr()).bytes.as_ptr(), self.len) }
    }
}
