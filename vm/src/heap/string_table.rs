//! The string table: every short string once, chained by bucket.
//!
//! The table does not keep strings alive: one that is swept leaves its chain.
//!
//! A program that knows the seed can make strings that meet in one bucket. When a chain gets longer than
//! chance makes it, strings are distributed anew by a hash that also depends on where the table was in
//! memory; no program can see the order of strings in the table.

use super::{Gc, Header, heap::Heap, objects::set_owner, size};
use crate::object::bytes;
use crate::object::{hash::hash_bytes, string::Str};
use crate::value::tag;
use luka_bytecode::MAX_SHORT_STRING;
use std::hash::{DefaultHasher, Hasher};

/// Buckets a table starts with and never shrinks below; a power of two.
pub(crate) const MIN_BUCKETS: usize = 128;
/// Buckets never grow beyond this.
pub(crate) const MAX_BUCKETS: usize = 1 << 30;

/// A chain that gets longer was made to: at most one string a bucket, a chain of 40 is less likely
/// than one in 2^150.
const LONG_CHAIN: usize = 40;

/// The string table.
pub(crate) struct StringTable {
    /// Heads of the chains; a power of two of them.
    pub(crate) buckets: Vec<*mut Str>,
    /// Strings in the table.
    pub(crate) used: usize,
    pub(crate) seed: u32,
    /// The hash that chooses buckets in place of the string's own, once a chain was long.
    scattered: Option<DefaultHasher>,
    /// The strings of one byte, as far as they were needed.
    pub(crate) of_byte: [Option<Gc<Str>>; 256],
}

impl StringTable {
    pub(crate) fn new(seed: u32) -> StringTable {
        StringTable {
            buckets: vec![std::ptr::null_mut(); MIN_BUCKETS],
            used: 0,
            seed,
            scattered: None,
            of_byte: [None; 256],
        }
    }

    /// The bucket of a string with this hash and these bytes.
    #[inline(always)]
    pub(crate) fn bucket_of(&self, hash: u32, bytes: &[u8]) -> usize {
        let hash = match &self.scattered {
            None => hash as usize,
            Some(hasher) => scattered(hasher, bytes),
        };
        hash & (self.buckets.len() - 1)
    }

    /// Whether so many strings are in a chain that one more makes it too long.
    fn is_long(&self, bucket: usize) -> bool {
        let mut o = self.buckets[bucket];
        for _ in 0..LONG_CHAIN {
            if o.is_null() {
                return false;
            }
            // SAFETY: chains hold strings that exist.
            o = unsafe { (*o).next };
        }
        true
    }

    /// Puts a string in its chain.
    ///
    /// # Safety
    /// The string is there, its hash and bytes written, and in no chain.
    unsafe fn link(&mut self, s: *mut Str) {
        // SAFETY: the caller.
        let (hash, bytes) = unsafe { ((*s).hdr.hash, Gc::from_ptr(s).bytes()) };
        let mut b = self.bucket_of(hash, bytes);
        if self.scattered.is_none() && self.is_long(b) {
            let mut hasher = DefaultHasher::new();
            hasher.write_u32(self.seed);
            hasher.write_usize(self.buckets.as_ptr().addr());
            self.scattered = Some(hasher);
            if !self.resize(self.buckets.len()) {
                // Strings are where they were, and are to be found there.
                self.scattered = None;
            }
            b = self.bucket_of(hash, bytes);
        }
        // SAFETY: the caller.
        unsafe { (*s).next = self.buckets[b] };
        self.buckets[b] = s;
        self.used += 1;
    }

    /// Distributes the strings over so many buckets. False if there is no memory for them: the table
    /// stays as it is.
    pub(crate) fn resize(&mut self, n: usize) -> bool {
        let mut new: Vec<*mut Str> = Vec::new();
        if new.try_reserve_exact(n).is_err() {
            return false;
        }
        new.resize(n, std::ptr::null_mut());
        for head in std::mem::replace(&mut self.buckets, new) {
            let mut o = head;
            while !o.is_null() {
                // SAFETY: chains hold strings that exist; `hash` of a short string is set at creation.
                unsafe {
                    let next = (*o).next;
                    let b = self.bucket_of((*o).hdr.hash, Gc::from_ptr(o).bytes());
                    (*o).next = self.buckets[b];
                    self.buckets[b] = o;
                    o = next;
                }
            }
        }
        true
    }
}

#[cold]
#[inline(never)]
fn scattered(hasher: &DefaultHasher, bytes: &[u8]) -> usize {
    let mut hasher = hasher.clone();
    hasher.write(bytes);
    hasher.finish() as usize
}

impl Heap {
    /// The interned string with these bytes, at most 40.
    pub(crate) fn intern(&mut self, bytes: &[u8]) -> Gc<Str> {
        debug_assert!(bytes.len() <= MAX_SHORT_STRING);
        let hash = hash_bytes(bytes, self.strings.seed);
        let mut o = self.strings.buckets[self.strings.bucket_of(hash, bytes)];
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
        // SAFETY: `s` is a new string object with room for the bytes.
        unsafe {
            bytes::copy(bytes.as_ptr(), Str::data(s), bytes.len());
            (*s).hdr.extra = bytes.len() as u8;
            (*s).hdr.hash = hash;
            set_owner(s as *mut Header);
            self.strings.link(s);
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
            let mut o = self.strings.buckets[self.strings.bucket_of(hash, bytes)];
            while !o.is_null() {
                if (*o).hdr.hash == hash && Gc::from_ptr(o).bytes() == bytes {
                    return false;
                }
                o = (*o).next;
            }
            (*s).hdr.hash = hash;
            self.strings.link(s);
            true
        }
    }

    /// The interned string with these bytes, if there is one.
    pub(crate) fn find_interned(&self, bytes: &[u8]) -> Option<Gc<Str>> {
        let hash = hash_bytes(bytes, self.strings.seed);
        let mut o = self.strings.buckets[self.strings.bucket_of(hash, bytes)];
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
            let b = self.strings.bucket_of((*s).hdr.hash, Gc::from_ptr(s).bytes());
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

    /// Sixteen bytes whose second half undoes the first: all have one hash.
    #[test]
    fn strings_made_to_collide_are_distributed_anew() {
        let mut h = Heap::new(&Config::default());
        const K: u128 = 0x9E37_79B9_7F4A_7C15;
        let begun = u64::from(h.strings.seed) << 32 | 16;
        let colliding = |first: u64| {
            let m = u128::from(begun ^ first) * K;
            let mixed = m as u64 ^ (m >> 64) as u64;
            [first.to_le_bytes(), mixed.to_le_bytes()].concat()
        };
        let all: Vec<_> = (0..2000).map(|i| h.intern(&colliding(i))).collect();
        assert!(all.iter().all(|s| s.hdr.hash == all[0].hdr.hash));
        for (i, s) in all.iter().enumerate() {
            assert!(h.intern(&colliding(i as u64)) == *s);
        }
        let longest = (0..h.strings.buckets.len()).filter(|&b| h.strings.is_long(b)).count();
        assert_eq!(longest, 0);
        // They leave their chains where they are.
        for s in all {
            // SAFETY: it is in the table, and not freed.
            unsafe { h.unlink_string(s.as_ptr()) };
            assert!(h.find_interned(s.bytes()).is_none());
        }
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
