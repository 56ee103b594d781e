//! The string table: every short string once, chained by bucket.
//!
//! The table does not keep strings alive: one that is swept leaves its chain.

use super::{Gc, Header, heap::Heap, objects::set_owner, size};
use crate::object::bytes;
use crate::object::{hash::hash_bytes, string::Str};
use crate::value::tag;
use luka_bytecode::MAX_SHORT_STRING;

/// Buckets a table starts with and never shrinks below; a power of two.
pub(crate) const MIN_BUCKETS: usize = 128;
/// Buckets never grow beyond this.
pub(crate) const MAX_BUCKETS: usize = 1 << 30;

/// The string table.
pub(crate) struct StringTable {
    /// Heads of the chains; a power of two of them.
    pub(crate) buckets: Vec<*mut Str>,
    /// Strings in the table.
    pub(crate) used: usize,
    pub(crate) seed: u32,
    /// The strings of one byte, as far as they were needed.
    pub(crate) of_byte: [Option<Gc<Str>>; 256],
}

impl StringTable {
    pub(crate) fn new(seed: u32) -> StringTable {
        StringTable {
            buckets: vec![std::ptr::null_mut(); MIN_BUCKETS],
            used: 0,
            seed,
            of_byte: [None; 256],
        }
    }

    #[inline(always)]
    pub(crate) fn bucket_of(&self, hash: u32) -> usize {
        hash as usize & (self.buckets.len() - 1)
    }

    /// Changes the number of buckets. When there is no memory for it the table stays as it is.
    pub(crate) fn resize(&mut self, n: usize) {
        let mut new: Vec<*mut Str> = Vec::new();
        if new.try_reserve_exact(n).is_err() {
            return;
        }
        new.resize(n, std::ptr::null_mut());
        for head in std::mem::replace(&mut self.buckets, new) {
            let mut o = head;
            while !o.is_null() {
                // SAFETY: chains hold strings that exist; `hash` of a short string is set at creation.
                unsafe {
                    let next = (*o).next;
                    let b = self.bucket_of((*o).hdr.hash);
                    (*o).next = self.buckets[b];
                    self.buckets[b] = o;
                    o = next;
                }
            }
        }
    }
}

impl Heap {
    /// The interned string with these bytes, at most 40.
    pub(crate) fn intern(&mut self, bytes: &[u8]) -> Gc<Str> {
        debug_assert!(bytes.len() <= MAX_SHORT_STRING);
        let hash = hash_bytes(bytes, self.strings.seed);
        let mut o = self.strings.buckets[self.strings.bucket_of(hash)];
        while !o.is_null() {
            // SAFETY: chains hold short strings that are not freed.
            unsafe {
                if (*o).hdr.hash == hash && (*o).hdr.extra as usize == bytes.len() {
                    let found = Gc::from_ptr(o);
                    if bytes::equal(Str::data(o), bytes.as_ptr(), bytes.len()) {
                        if self.is_dead((*o).hdr.marked) {
                            // Not swept yet: bring it back with the living.
                            self.mark_object(o as *mut Header);
                        }
                        return found;
                    }
                }
                o = (*o).next;
            }
        }
        self.insert_short(bytes, hash)
    }

    #[inline(never)]
    fn insert_short(&mut self, bytes: &[u8], hash: u32) -> Gc<Str> {
        if self.strings.used >= self.strings.buckets.len()
            && self.strings.buckets.len() < MAX_BUCKETS
        {
            let n = self.strings.buckets.len();
            self.strings.resize(2 * n);
            self.account((self.strings.buckets.len() - n) * size::POINTER);
        }
        let s = self.alloc_str(tag::STR, bytes.len());
        let b = self.strings.bucket_of(hash);
        // SAFETY: `s` is a new string object with room for the bytes.
        unsafe {
            bytes::copy(bytes.as_ptr(), Str::data(s), bytes.len());
            (*s).hdr.extra = bytes.len() as u8;
            (*s).hdr.hash = hash;
            (*s).next = self.strings.buckets[b];
            self.strings.buckets[b] = s;
            set_owner(s as *mut Header);
            self.strings.used += 1;
            Gc::from_ptr(s)
        }
    }

    /// Puts a short string that was made elsewhere, its bytes and length written, in its chain;
    /// false if there is one with the same bytes.
    ///
    /// # Safety
    /// The string is in no chain.
    pub(crate) unsafe fn insert_made(&mut self, s: *mut Str) -> bool {
        // SAFETY: the string is there (the caller), and so are those in chains.
        unsafe {
            let bytes = Gc::from_ptr(s).bytes();
            let hash = hash_bytes(bytes, self.strings.seed);
            let b = self.strings.bucket_of(hash);
            let mut o = self.strings.buckets[b];
            while !o.is_null() {
                if (*o).hdr.hash == hash && Gc::from_ptr(o).bytes() == bytes {
                    return false;
                }
                o = (*o).next;
            }
            (*s).hdr.hash = hash;
            (*s).next = self.strings.buckets[b];
            self.strings.buckets[b] = s;
            self.strings.used += 1;
            true
        }
    }

    /// The interned string with these bytes, if there is one.
    pub(crate) fn find_interned(&self, bytes: &[u8]) -> Option<Gc<Str>> {
        let hash = hash_bytes(bytes, self.strings.seed);
        let mut o = self.strings.buckets[self.strings.bucket_of(hash)];
        while !o.is_null() {
            // SAFETY: chains hold short strings that are not freed.
            unsafe {
                let found = Gc::from_ptr(o);
                if found.bytes() == bytes {
                    return Some(found);
                }
                o = (*o).next;
            }
        }
        None
    }

    /// Removes a short string that is being freed from its chain.
    ///
    /// # Safety
    /// The string is not freed yet.
    pub(crate) unsafe fn unlink_string(&mut self, s: *mut Str) {
        // SAFETY: the string is there (the caller), and so are those of its chain.
        unsafe {
            if (*s).hdr.flags != 0 {
                self.string_serials.remove(&(s as usize));
            }
            let b = self.strings.bucket_of((*s).hdr.hash);
            let mut link: *mut *mut Str = &raw mut self.strings.buckets[b];
            while !(*link).is_null() {
                if *link == s {
                    *link = (*s).next;
                    self.strings.used -= 1;
                    return;
                }
                link = &raw mut (**link).next;
            }
        }
    }

    /// Halves the string table when less than a quarter of it is used.
    pub(crate) fn shrink_string_table(&mut self) {
        let n = self.strings.buckets.len();
        if n > MIN_BUCKETS && self.strings.used < n / 4 {
            self.strings.resize(n / 2);
            self.release((n - self.strings.buckets.len()) * size::POINTER);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::config::Config;
    use crate::heap::heap::Heap;

    #[test]
    fn equal_short_strings_are_one_object() {
        let mut h = Heap::new(&Config::default());
        let a = h.intern(b"name");
        let b = h.intern(b"name");
        let c = h.intern(b"nam");
        assert!(a == b);
        assert!(a != c);
        assert_eq!(c.bytes(), b"nam");
        assert!(h.intern(b"") == h.intern(b""));
    }

    #[test]
    fn the_table_grows_and_keeps_every_string() {
        let mut h = Heap::new(&Config::default());
        let all: Vec<_> =
            (0..1000u32).map(|i| (i, h.intern(format!("key{i}").as_bytes()))).collect();
        for (i, s) in all {
            assert!(h.intern(format!("key{i}").as_bytes()) == s);
        }
        assert!(h.strings.buckets.len() >= 1000);
    }

    #[test]
    fn long_strings_are_separate_objects_with_equal_hashes() {
        let mut h = Heap::new(&Config::default());
        let text = [b'z'; 41];
        let a = h.intern_or_long(&text);
        let b = h.intern_or_long(&text);
        assert!(a != b && !a.is_short());
        assert_eq!(a.hash_long(), b.hash_long());
        assert_eq!(a.hash_long(), a.hash_long());
        assert!(crate::value::Value::from(a).raw_eq(b.into()));
    }
}
