//! Making strings.

use super::{STR_HEADER, Str};
use crate::error::Raise;
use crate::heap::{Gc, Header, heap::Heap, mark, size};
use crate::value::tag;
use luka_bytecode::MAX_SHORT_STRING;

impl Heap {
    /// A string for names and messages. Never fails: it is not held against the memory limit.
    pub fn intern_or_long(&mut self, bytes: &[u8]) -> Gc<Str> {
        if bytes.len() <= MAX_SHORT_STRING {
            return self.intern(bytes);
        }
        let s = self.alloc_str(tag::LSTR, bytes.len());
        // SAFETY: a new string with room for the bytes.
        unsafe {
            std::ptr::copy_nonoverlapping(bytes.as_ptr(), Str::data(s), bytes.len());
            self.link_long(s)
        }
    }

    /// A string. [`Raise::Memory`] when it would pass the memory limit or the system has no
    /// memory for it.
    #[inline]
    pub fn new_str(&mut self, bytes: &[u8]) -> Result<Gc<Str>, Raise> {
        if let [c] = bytes {
            return Ok(self.byte_str(*c));
        }
        if bytes.len() <= MAX_SHORT_STRING {
            return Ok(self.intern(bytes));
        }
        let (s, data) = self.new_long_uninit(bytes.len())?;
        // SAFETY: `data` has room for the bytes.
        unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), data, bytes.len()) };
        Ok(s)
    }

    /// The concatenation of some byte strings, without a copy in between.
    pub fn concat(&mut self, parts: &[&[u8]]) -> Result<Gc<Str>, Raise> {
        let mut len = 0usize;
        for p in parts {
            len = len.checked_add(p.len()).ok_or(Raise::Memory)?;
        }
        if len <= MAX_SHORT_STRING {
            let mut buf = [0u8; MAX_SHORT_STRING];
            let mut at = 0;
            for p in parts {
                buf[at..at + p.len()].copy_from_slice(p);
                at += p.len();
            }
            return Ok(self.intern(&buf[..len]));
        }
        let (s, mut data) = self.new_long_uninit(len)?;
        for p in parts {
            // SAFETY: the lengths add up to the string's.
            unsafe {
                std::ptr::copy_nonoverlapping(p.as_ptr(), data, p.len());
                data = data.add(p.len());
            }
        }
        Ok(s)
    }

    /// A string of `len` bytes that `fill` writes (they are zero before).
    pub fn new_str_with(
        &mut self,
        len: usize,
        fill: impl FnOnce(&mut [u8]),
    ) -> Result<Gc<Str>, Raise> {
        if len <= MAX_SHORT_STRING {
            let mut buf = [0u8; MAX_SHORT_STRING];
            fill(&mut buf[..len]);
            return Ok(self.intern(&buf[..len]));
        }
        let (s, data) = self.new_long_uninit(len)?;
        // SAFETY: `len` bytes at `data` belong to the new string, which nobody else sees yet.
        unsafe {
            data.write_bytes(0, len);
            fill(std::slice::from_raw_parts_mut(data, len));
        }
        Ok(s)
    }

    /// A long string (`len > 40`) whose bytes the caller writes through the pointer before the
    /// string is seen by anyone.
    pub(crate) fn new_long_uninit(&mut self, len: usize) -> Result<(Gc<Str>, *mut u8), Raise> {
        debug_assert!(len > MAX_SHORT_STRING);
        let bytes = len.checked_add(STR_HEADER).ok_or(Raise::Memory)?;
        self.reserve(bytes)?;
        let p = self.blocks.try_alloc(bytes).ok_or(Raise::Memory)? as *mut Str;
        // SAFETY: a new block of the object's size.
        unsafe {
            self.init_str(p, tag::LSTR, len);
            Ok((self.link_long(p), Str::data(p)))
        }
    }

    /// The string of one byte. Each is kept for ever once it was asked for, as programs that look
    /// at text do so byte by byte.
    #[inline(always)]
    pub fn byte_str(&mut self, c: u8) -> Gc<Str> {
        match self.strings.of_byte[c as usize] {
            Some(s) => s,
            None => self.new_byte_str(c),
        }
    }

    #[cold]
    #[inline(never)]
    fn new_byte_str(&mut self, c: u8) -> Gc<Str> {
        let s = self.intern_fixed(&[c]);
        self.strings.of_byte[c as usize] = Some(s);
        s
    }

    /// A string the collector never frees. At most 40 bytes.
    pub(crate) fn intern_fixed(&mut self, bytes: &[u8]) -> Gc<Str> {
        let s = self.intern(bytes);
        // SAFETY: the string is live. Without a white bit it counts as marked for ever.
        unsafe {
            let marked = &raw mut (*s.as_ptr()).hdr.marked;
            *marked = *marked & !(mark::WHITES | mark::BLACK) | mark::FIXED;
        }
        s
    }

    /// A new string object that is in no list yet.
    pub(crate) fn alloc_str(&mut self, kind: u8, len: usize) -> *mut Str {
        let p = self.blocks.alloc(STR_HEADER + len) as *mut Str;
        // SAFETY: a new block of the object's size.
        unsafe { self.init_str(p, kind, len) };
        p
    }

    /// # Safety
    /// `p` is a block for a string of `len` bytes.
    unsafe fn init_str(&mut self, p: *mut Str, kind: u8, len: usize) {
        self.account(size::STR + len);
        // SAFETY: The caller: the block has room for header and length.
        unsafe {
            (&raw mut (*p).hdr).write(Header {
                next: std::ptr::null_mut(),
                kind,
                marked: self.current_white,
                flags: 0,
                extra: 0,
                hash: self.strings.seed,
            });
            (&raw mut (*p).len).write(len);
        }
    }

    /// # Safety
    /// `s` is a new long string.
    unsafe fn link_long(&mut self, s: *mut Str) -> Gc<Str> {
        // SAFETY: The caller: a new string, in no list yet.
        unsafe {
            (*s).hdr.next = self.all;
            self.all = s as *mut Header;
            Gc::from_ptr(s)
        }
    }
}
