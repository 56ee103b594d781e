//! Finding a key in a table.
//!
//! Numbers and objects have places that suit ranges, progressions and queues ([`place_of_number`]).
//! Keys can be found of which all have one place, by chance (the multiples of 255) or on purpose; a
//! table where too many meet is rebuilt with scattered places, once and for good.

use super::hash::hash_word;
use super::string::Str;
use super::table::{Node, Table};
use super::{Gc, Header};
use crate::value::number::float_to_int;
use crate::value::{Value, tag};

/// What mixes the digits that are left of large numbers, and how far their product is shifted.
pub(crate) const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;
pub(crate) const REST: u8 = 36;

/// Index of the main position of a number in a hash part of `mask + 1` nodes.
///
/// With `n` bits of mask: the sum of the number's lowest two digits of `n` bits, which is close to
/// the remainder by `2^n - 1`. So numbers of a range lie side by side, other progressions spread
/// without meeting, and a queue's new keys find the places of those it has lost. What is left of
/// large numbers is mixed and added.
///
/// Native code does the same (`search_int` in the code generators).
#[inline(always)]
fn place_of_number(w: u64, t: &Table) -> usize {
    let mask = t.node_mask;
    if t.is_scattered() {
        return (scattered(w) & mask) as usize;
    }
    let n = 63 - ((mask as u64) << 1 | 1).leading_zeros();
    let high = w >> n;
    let rest = (high >> n).wrapping_mul(GOLDEN) >> REST;
    (w.wrapping_add(high).wrapping_add(rest) & mask as u64) as usize
}

/// A hash of a number in which every bit of it counts (the last steps of SplitMix64).
#[cold]
fn scattered(w: u64) -> u32 {
    let w = (w ^ w >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let w = (w ^ w >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    (w ^ w >> 31) as u32
}

/// The main position of a key: of an object, its serial number's, which it has when it is in a
/// table.
///
/// # Safety
/// The table is live, and so is a heap key.
#[inline]
pub(crate) unsafe fn main_position(t: *const Table, key: Value) -> *mut Node {
    // SAFETY: the caller says that table and key are live; the key's tag says what it is, and
    // masked hashes are within the nodes.
    unsafe {
        let mask = (*t).node_mask;
        let hash = match key.tag {
            tag::STR => (*(key.payload as usize as *mut Header)).hash,
            tag::LSTR => Gc::<Str>::from_payload(key.payload).hash_long(),
            tag::FLOAT if (*t).is_scattered() => scattered(key.payload),
            tag::FLOAT => hash_word(key.payload),
            tag::FALSE => 1,
            tag::TRUE => 2,
            tag::INT => return (*t).nodes.add(place_of_number(key.payload, &*t)),
            t if t & tag::HEAP == 0 => hash_word(key.payload),
            _ => {
                let serial = (*(key.payload as usize as *mut Header)).hash;
                return (*t).nodes.add(place_of_number(serial as u64, &*t));
            }
        };
        (*t).nodes.add((hash & mask) as usize)
    }
}

/// What replaces a collected key in a node: enough to find it again when a traversal still
/// holds the key, and no address.
///
/// # Safety
/// `key` is a live object.
pub(crate) unsafe fn dead_key(key: Value) -> u64 {
    // SAFETY: The key is a live object (the caller), and its tag says whether it has a length.
    unsafe {
        let h = key.payload as usize as *mut Header;
        let len = if key.is_string() { (*(h as *mut Str)).len } else { 0 };
        (*h).hash as u64 | (key.tag as u64) << 32 | (len as u64) << 40
    }
}

/// The main position that a key had which is dead now ([`dead_key`]); `None` if nothing has such a
/// dead key.
pub(crate) fn main_position_of_dead(t: &Table, dead: u64) -> Option<usize> {
    let (hash, kind) = (dead as u32, (dead >> 32) as u8);
    match kind {
        tag::STR | tag::LSTR => Some((hash & t.node_mask) as usize),
        tag::TABLE..=tag::THREAD => Some(place_of_number(hash as u64, t)),
        _ => None,
    }
}

/// Whether a node holds `key`, which is normalised and neither an integer nor a short string.
#[inline(always)]
unsafe fn node_has(n: *const Node, key: Value) -> bool {
    // SAFETY: The callers: `n` is a node of a live table and both keys are live; equal tags, so
    // both are long strings where their bytes are read.
    unsafe {
        if (*n).key_tag != key.tag {
            return false;
        }
        match key.tag {
            tag::LSTR => {
                (*n).key == key.payload || {
                    let (a, b) =
                        (Gc::<Str>::from_payload((*n).key), Gc::<Str>::from_payload(key.payload));
                    a.bytes() == b.bytes()
                }
            }
            // No NaN is ever a key, and zero is an integer: equal floats have equal bits.
            tag::FLOAT => (*n).key == key.payload,
            tag::FALSE | tag::TRUE => true,
            _ => (*n).key == key.payload,
        }
    }
}

/// The next node of a chain, or null.
///
/// # Safety
/// `n` is a node of a table.
#[inline(always)]
unsafe fn chain_next(n: *mut Node) -> *mut Node {
    // SAFETY: The caller: `n` is a node of a table, and chains stay within its nodes.
    unsafe {
        match (*n).next {
            0 => std::ptr::null_mut(),
            d => n.offset(d as isize),
        }
    }
}

/// The node with a short string as key, or null.
///
/// # Safety
/// Table and string are live.
#[inline(always)]
pub(crate) unsafe fn find_str(t: *const Table, s: *const Str) -> *mut Node {
    // SAFETY: Table and string are live (the caller); a masked hash is a node's index, and chains
    // stay within the nodes.
    unsafe {
        let mut n = (*t).nodes.add(((*s).hdr.hash & (*t).node_mask) as usize);
        loop {
            if (*n).key == s as u64 && (*n).key_tag == tag::STR {
                return n;
            }
            match (*n).next {
                0 => return std::ptr::null_mut(),
                d => n = n.offset(d as isize),
            }
        }
    }
}

/// The node with an integer key, or null. Does not look into the array part.
///
/// # Safety
/// The table is live.
#[inline]
pub(crate) unsafe fn find_int(t: *const Table, i: i64) -> *mut Node {
    // SAFETY: The table is live (the caller); a masked hash is a node's index, and chains stay
    // within the nodes.
    unsafe {
        let mut n = (*t).nodes.add(place_of_number(i as u64, &*t));
        loop {
            if (*n).key == i as u64 && (*n).key_tag == tag::INT {
                return n;
            }
            match (*n).next {
                0 => return std::ptr::null_mut(),
                d => n = n.offset(d as isize),
            }
        }
    }
}

/// The node with any normalised key, or null. Integers in the array part are not found.
///
/// # Safety
/// Table and key are live.
pub(crate) unsafe fn find(t: *const Table, key: Value) -> *mut Node {
    // SAFETY: Table and key are live (the caller) and the tag says what the key is; a masked hash
    // is a node's index.
    unsafe {
        match key.tag {
            tag::STR => find_str(t, key.payload as usize as *const Str),
            tag::INT => find_int(t, key.payload as i64),
            tag::NIL => std::ptr::null_mut(),
            _ => {
                let mut n = main_position(t, key);
                loop {
                    if node_has(n, key) {
                        return n;
                    }
                    n = chain_next(n);
                    if n.is_null() {
                        return n;
                    }
                }
            }
        }
    }
}

/// As [`find`], but a heap key is also found where the collector has cleared it.
///
/// # Safety
/// Table and key are live.
pub(crate) unsafe fn find_maybe_dead(t: *const Table, key: Value) -> *mut Node {
    // SAFETY: Table and key are live (the caller); a masked hash is a node's index.
    unsafe {
        let found = find(t, key);
        if !found.is_null() || !key.is_heap() {
            return found;
        }
        let dead = dead_key(key);
        let mut n = main_position(t, key);
        while !n.is_null() {
            if (*n).key_tag == tag::DEAD && (*n).key == dead {
                return n;
            }
            n = chain_next(n);
        }
        n
    }
}

/// A float key with an integer value is that integer.
#[inline(always)]
pub(crate) fn normalize(key: Value) -> Value {
    if key.tag == tag::FLOAT
        && let Some(i) = float_to_int(f64::from_bits(key.payload))
    {
        return Value::int(i);
    }
    key
}

/// The value for an integer key: one compare when it is in the array part.
///
/// # Safety
/// The table is live.
#[inline(always)]
pub(crate) unsafe fn raw_get_int(t: *const Table, i: i64) -> Value {
    // SAFETY: The table is live (the caller), and `at` was compared with the array's size.
    unsafe {
        let at = (i as u64).wrapping_sub(1);
        if at < (*t).asize as u64 {
            return (*t).array_get(at as usize);
        }
        raw_get_int_hash(t, i)
    }
}

#[inline(never)]
unsafe fn raw_get_int_hash(t: *const Table, i: i64) -> Value {
    // SAFETY: The caller's table is live.
    unsafe {
        let n = find_int(t, i);
        if n.is_null() { Value::NIL } else { (*n).value() }
    }
}

/// The value for a short string.
///
/// # Safety
/// Table and string are live.
#[inline(always)]
pub(crate) unsafe fn raw_get_str(t: *const Table, s: *const Str) -> Value {
    // SAFETY: Table and string are live (the caller).
    unsafe {
        let n = find_str(t, s);
        if n.is_null() { Value::NIL } else { (*n).value() }
    }
}

impl Gc<Table> {
    /// `rawget`: the value for any key, nil if there is none.
    #[inline]
    pub fn get(self, key: Value) -> Value {
        let t = self.as_ptr();
        // SAFETY: table and key are live.
        unsafe {
            match key.tag {
                tag::STR => raw_get_str(t, key.payload as usize as *const Str),
                tag::INT => raw_get_int(t, key.payload as i64),
                _ => self.get_slow(normalize(key)),
            }
        }
    }

    #[inline(never)]
    fn get_slow(self, key: Value) -> Value {
        if let Some(i) = key.as_int() {
            return self.get_int(i);
        }
        // SAFETY: table and key are live.
        unsafe {
            let n = find(self.as_ptr(), key);
            if n.is_null() { Value::NIL } else { (*n).value() }
        }
    }

    /// The value for an integer key.
    #[inline]
    pub fn get_int(self, i: i64) -> Value {
        // SAFETY: the table is live.
        unsafe { raw_get_int(self.as_ptr(), i) }
    }

    /// The value for a string key.
    #[inline]
    pub fn get_str(self, s: Gc<Str>) -> Value {
        if !s.is_short() {
            return self.get_slow(s.into());
        }
        // SAFETY: table and string are live.
        unsafe { raw_get_str(self.as_ptr(), s.as_ptr()) }
    }

    /// Index of the node that holds a short string, for inline caches: valid while the node at
    /// this index, within `node_mask`, still has this key.
    #[inline]
    pub fn node_index_of(self, s: Gc<Str>) -> Option<u32> {
        // SAFETY: table and string are live; the node lies in the table's own array.
        unsafe {
            let n = find_str(self.as_ptr(), s.as_ptr());
            if n.is_null() { None } else { Some(n.offset_from((*self.as_ptr()).nodes) as u32) }
        }
    }
}
