//! Traversal: `next`, and the index form of it for loops.

use super::{Gc, Table};
use crate::object::lookup::find_maybe_dead;
use crate::value::{Value, tag};

/// The key given to `next` is not in the table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct InvalidKey;

impl InvalidKey {
    /// PUC's message.
    pub const MESSAGE: &'static str = "invalid key to 'next'";
}

impl Gc<Table> {
    /// The entry after the one with this key (nil: the first one). Assigning to existing fields
    /// during a traversal, nil included, keeps their keys where they are.
    pub fn next(self, key: Value) -> Result<Option<(Value, Value)>, InvalidKey> {
        let from = self.index_after(key)?;
        Ok(self.next_index(from).map(|(_, k, v)| (k, v)))
    }

    /// The position behind a key, for [`Gc::next_index`].
    pub fn index_after(self, key: Value) -> Result<usize, InvalidKey> {
        if key.is_nil() {
            return Ok(0);
        }
        let t = self.as_ptr();
        // SAFETY: table and key are live.
        unsafe {
            let asize = (*t).asize as usize;
            if key.tag == tag::INT {
                let at = key.payload.wrapping_sub(1);
                if at < asize as u64 {
                    return Ok(at as usize + 1);
                }
            }
            let n = find_maybe_dead(t, key);
            if n.is_null() {
                return Err(InvalidKey);
            }
            Ok(asize + n.offset_from((*t).nodes) as usize + 1)
        }
    }

    /// As [`Gc::next_index`], if that skips at most so many empty positions.
    pub(crate) fn next_index_within(
        self,
        i: usize,
        most: usize,
    ) -> Option<Option<(usize, Value, Value)>> {
        let found = self.next_index(i);
        let behind = found.map_or_else(|| self.positions() + 1, |(at, ..)| at);
        (behind <= i + most + 1).then_some(found)
    }

    /// The number of positions of a traversal.
    pub fn positions(self) -> usize {
        let t = self.as_ptr();
        // SAFETY: the table is live.
        unsafe { (*t).asize as usize + (*t).node_count() }
    }

    /// The first entry at position `i` or above, and the position behind it. A traversal starts at
    /// 0; positions stay valid until a key is inserted.
    #[inline]
    pub fn next_index(self, mut i: usize) -> Option<(usize, Value, Value)> {
        let t = self.as_ptr();
        // SAFETY: the table is live; positions are checked against the sizes.
        unsafe {
            let asize = (*t).asize as usize;
            while i < asize {
                if *(*t).tags().add(i) != tag::NIL {
                    return Some((i + 1, Value::int(i as i64 + 1), (*t).array_get(i)));
                }
                i += 1;
            }
            let count = (*t).node_count();
            let mut n = i - asize;
            while n < count {
                let node = (*t).nodes.add(n);
                if (*node).val_tag != tag::NIL {
                    return Some((asize + n + 1, (*node).key_value(), (*node).value()));
                }
                n += 1;
            }
            None
        }
    }
}

/// All entries of a table, in the order of `next`. The table must not get new keys meanwhile.
pub struct Entries {
    table: Gc<Table>,
    at: usize,
}

impl Iterator for Entries {
    type Item = (Value, Value);

    fn next(&mut self) -> Option<(Value, Value)> {
        let (at, k, v) = self.table.next_index(self.at)?;
        self.at = at;
        Some((k, v))
    }
}

impl Gc<Table> {
    /// All entries with a value, in the order of `next`.
    pub fn entries(self) -> Entries {
        Entries { table: self, at: 0 }
    }

    /// The value for a string key by its bytes; looks at every key (for messages).
    pub fn get_str_bytes(self, name: &[u8]) -> Value {
        self.entries()
            .find(|(k, _)| k.as_str().is_some_and(|s| s.bytes() == name))
            .map_or(Value::NIL, |(_, v)| v)
    }
}
