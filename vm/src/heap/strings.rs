//! Making strings.

use super::{Gc, Header, heap::Heap, objects::MAX_SMALL, size};
use crate::error::Raise;
use crate::object::string::{STR_HEADER, Str};
use crate::value::format::{signed_decimal, write_number};
use crate::value::{Value, tag};
use luka_bytecode::MAX_SHORT_STRING;

impl Heap {
    /// The string a number converts to.
    pub fn number_to_str(&mut self, v: Value) -> Gc<Str> {
        if let Some(i) = v.as_int() {
            let mut buf = [0; 20];
            return self.intern_or_long(signed_decimal(i, &mut buf));
        }
        let mut text = Vec::with_capacity(32);
        write_number(v, &mut text);
        self.intern_or_long(&text)
    }

    /// A string for names and messages. Never fails: it is not held against the memory limit, and is
    /// "not enough memory" if the system refuses it.
    pub fn intern_or_long(&mut self, bytes: &[u8]) -> Gc<Str> {
        if bytes.len() <= MAX_SHORT_STRING {
            return self.intern(bytes);
        }
        let Ok((s, data)) = self.new_long_unasked(bytes.len()) else {
            // What is to be said at least.
            self.use_reserve();
            return self.intern(b"not enough memory");
        };
        // SAFETY: a new string with room for the bytes.
        unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), data, bytes.len()) };
        s
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
        self.below_limit(bytes)?;
        self.new_long_unasked(len)
    }

    /// The same whatever the memory limit is.
    fn new_long_unasked(&mut self, len: usize) -> Result<(Gc<Str>, *mut u8), Raise> {
        let bytes = len.checked_add(STR_HEADER).ok_or(Raise::Memory)?;
        if bytes <= MAX_SMALL {
            let s = self.alloc_str(tag::LSTR, len);
            // SAFETY: a new string.
            return Ok(unsafe { (Gc::from_ptr(s), Str::data(s)) });
        }
        let p = self.try_large_object(bytes, tag::LSTR, 0).ok_or(Raise::Memory)? as *mut Str;
        // SAFETY: a new object of this size.
        unsafe {
            self.init_str(p, len);
            Ok((Gc::from_ptr(p), Str::data(p)))
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
        self.fixed.push(s.as_ptr() as *mut Header);
        s
    }

    /// A new string object without contents, in no bucket.
    pub(crate) fn alloc_str(&mut self, kind: u8, len: usize) -> *mut Str {
        let p: *mut Str = self.object(size::STR + len, kind, 0);
        // SAFETY: a new object of this size.
        unsafe { self.init_str(p, len) };
        p
    }

    /// # Safety
    /// `p` is a new object for a string of `len` bytes.
    unsafe fn init_str(&mut self, p: *mut Str, len: usize) {
        // SAFETY: The caller: the object has room for header and length.
        unsafe {
            (*p).hdr.hash = self.strings.seed;
            (&raw mut (*p).next).write(std::ptr::null_mut());
            (&raw mut (*p).len).write(len);
        }
    }
}
