//! Strings: immutable byte strings; those of at most 40 bytes are interned.

use super::{Gc, Header, hash, size};
use crate::value::tag;

/// A string object. Its bytes follow the struct in memory.
#[repr(C)]
pub struct Str {
    /// `kind` is `STR` (interned) or `LSTR`. Short strings: `hash` is the hash. Long strings:
    /// `hash` is the seed until [`Gc::hash_long`] is asked, then the hash; `extra` says which.
    /// `flags` bit 0: the string has a serial number.
    pub(crate) hdr: Header,
    /// Short strings: the next one of the same bucket of the string table.
    pub(crate) next: *mut Str,
    pub(crate) len: usize,
    bytes: [u8; 0],
}

/// Size of the part before the bytes.
pub(crate) const STR_HEADER: usize = size::STR;

impl Str {
    /// Length in bytes.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.len
    }
    /// Whether it has no bytes.
    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }
    /// Whether it is interned (at most 40 bytes).
    #[inline(always)]
    pub fn is_short(&self) -> bool {
        self.hdr.kind == tag::STR
    }
}

impl Gc<Str> {
    /// The bytes; valid until a safepoint at which the string is not reachable.
    #[inline(always)]
    pub fn bytes(self) -> &'static [u8] {
        // SAFETY: `len` bytes follow the header (invariant of allocation); strings never change.
        unsafe { std::slice::from_raw_parts(Str::data(self.as_ptr()), self.len) }
    }

    /// The hash of a long string, computed when first asked for.
    pub(crate) fn hash_long(self) -> u32 {
        let s = self.as_ptr();
        // SAFETY: the string is live; nothing holds a reference to its header meanwhile.
        unsafe {
            if (*s).hdr.extra == 0 {
                (*s).hdr.hash = hash::hash_bytes(self.bytes(), (*s).hdr.hash);
                (*s).hdr.extra = 1;
            }
            (*s).hdr.hash
        }
    }
}

impl Str {
    /// Where the bytes of a string object are. (By pointer arithmetic from the object's own
    /// pointer, which may reach beyond the struct.)
    ///
    /// # Safety
    /// `s` is a string object.
    #[inline(always)]
    pub(crate) unsafe fn data(s: *mut Str) -> *mut u8 {
        s.wrapping_byte_add(STR_HEADER) as *mut u8
    }
}

impl std::fmt::Debug for Gc<Str> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", String::from_utf8_lossy(self.bytes()))
    }
}
