//! Storing: into existing slots, and inserting new keys.

use super::{Gc, Header, Heap, Node, Table};
use crate::object::lookup::{find, find_int, find_str, main_position, normalize};
use crate::object::string::Str;
use crate::value::{Value, tag};

/// Why a value cannot be stored.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SetError {
    /// The key is nil.
    NilKey,
    /// The key is a NaN.
    NanKey,
    /// The table would have too many nodes.
    Overflow,
    /// There is no memory for the larger table, or the memory limit forbids it.
    Memory,
    /// A big table would have to be rebuilt, which costs fuel: only from instructions' fast paths.
    Unpaid,
}

impl SetError {
    /// PUC's message.
    pub fn message(self) -> &'static str {
        match self {
            SetError::NilKey => "table index is nil",
            SetError::NanKey => "table index is NaN",
            SetError::Overflow => "table overflow",
            SetError::Memory | SetError::Unpaid => "not enough memory",
        }
    }
}

/// Nodes of a table whose rebuilding costs fuel.
pub(crate) const BIG: usize = 1024;

/// Stores in a node that exists; its key stays, also when the value is nil.
///
/// # Safety
/// `n` is a node of the live table `t`.
#[inline(always)]
unsafe fn store(heap: &mut Heap, t: *mut Table, n: *mut Node, v: Value) {
    // SAFETY: The caller: `n` is a node of the live table `t`.
    unsafe {
        (*n).set_value(v);
        (*t).hdr.flags = 0;
        heap.barrier_back(t, v);
    }
}

impl Gc<Table> {
    /// `rawset`: nil removes.
    #[inline]
    pub fn set(self, heap: &mut Heap, key: Value, v: Value) -> Result<(), SetError> {
        match key.tag {
            tag::INT => self.set_int(heap, key.payload as i64, v),
            // SAFETY: the tag says that it is a live string.
            tag::STR => self.set_str(heap, unsafe { Gc::from_payload(key.payload) }, v),
            _ => self.set_slow(heap, key, v),
        }
    }

    #[inline(never)]
    fn set_slow(self, heap: &mut Heap, key: Value, v: Value) -> Result<(), SetError> {
        let key = normalize(key);
        if let Some(i) = key.as_int() {
            return self.set_int(heap, i, v);
        }
        if key.is_nil() {
            return Err(SetError::NilKey);
        }
        if key.as_float().is_some_and(f64::is_nan) {
            return Err(SetError::NanKey);
        }
        let t = self.as_ptr();
        // SAFETY: table, key and value are live.
        unsafe {
            let n = find(t, key);
            if !n.is_null() {
                store(heap, t, n, v);
                return Ok(());
            }
            self.insert(heap, key, v)
        }
    }

    /// Stores under an integer key.
    #[inline]
    pub fn set_int(self, heap: &mut Heap, i: i64, v: Value) -> Result<(), SetError> {
        let t = self.as_ptr();
        // SAFETY: table and value are live.
        unsafe {
            let at = (i as u64).wrapping_sub(1);
            if at < (*t).asize as u64 {
                (*t).array_set(at as usize, v);
                heap.barrier_back(t, v);
                return Ok(());
            }
            let n = find_int(t, i);
            if !n.is_null() {
                store(heap, t, n, v);
                return Ok(());
            }
            self.insert(heap, Value::int(i), v)
        }
    }

    /// Stores under a string key.
    #[inline]
    pub fn set_str(self, heap: &mut Heap, s: Gc<Str>, v: Value) -> Result<(), SetError> {
        if !s.is_short() {
            return self.set_slow(heap, s.into(), v);
        }
        let t = self.as_ptr();
        // SAFETY: table, key and value are live.
        unsafe {
            let n = find_str(t, s.as_ptr());
            if !n.is_null() {
                store(heap, t, n, v);
                return Ok(());
            }
            self.insert(heap, s.into(), v)
        }
    }

    /// Inserts a normalised key that is not in the table (and is neither nil nor NaN).
    ///
    /// When its main position is taken by a node that belongs elsewhere, that node moves to a free
    /// place; otherwise the new key goes to the free place (Brent's variation). Without a free
    /// place the table is rebuilt.
    #[inline]
    pub(crate) fn insert(self, heap: &mut Heap, key: Value, v: Value) -> Result<(), SetError> {
        self.insert_paid(heap, key, v, true)
    }

    /// The same; without `paid` a big table is not rebuilt.
    #[inline(never)]
    fn insert_paid(
        self,
        heap: &mut Heap,
        key: Value,
        v: Value,
        paid: bool,
    ) -> Result<(), SetError> {
        if v.is_nil() {
            return Ok(());
        }
        let t = self.as_ptr();
        // SAFETY: table, key and value are live; nodes are addressed within the table's array.
        unsafe {
            if key.tag & tag::HEAP != 0 && key.tag > tag::LSTR {
                // Objects hash by serial number; one that has none is in no table.
                heap.object_serial(key.payload as usize as *mut Header);
            }
            let mut place = main_position(t, key);
            if (*place).val_tag != tag::NIL || !(*t).has_nodes() {
                let Some(free) = free_place(t) else {
                    if !paid && (*t).node_count() >= BIG {
                        return Err(SetError::Unpaid);
                    }
                    self.rehash(heap, key)?;
                    return self.set(heap, key, v);
                };
                let main = main_position(t, (*place).key_value());
                if main != place {
                    // The colliding node is not in its main position: it moves.
                    let mut before = main;
                    while before.offset((*before).next as isize) != place {
                        before = before.offset((*before).next as isize);
                    }
                    (*before).next = free.offset_from(before) as i32;
                    *free = *place;
                    // A visit in chunks may be past the place it moves to.
                    heap.barrier_back(t, (*free).key_value());
                    heap.barrier_back(t, (*free).value());
                    if (*place).next != 0 {
                        (*free).next += place.offset_from(free) as i32;
                        (*place).next = 0;
                    }
                    (*place).val_tag = tag::NIL;
                } else {
                    // It is: the new key goes to the free place, next in the chain.
                    if (*place).next != 0 {
                        let after = place.offset((*place).next as isize);
                        (*free).next = after.offset_from(free) as i32;
                    }
                    (*place).next = free.offset_from(place) as i32;
                    place = free;
                }
            }
            (*place).key = key.payload;
            (*place).key_tag = key.tag;
            (*place).set_value(v);
            (*t).hdr.flags = 0;
            heap.barrier_back(t, key);
            heap.barrier_back(t, v);
        }
        Ok(())
    }
}

/// Stores where no metamethod can be concerned: under a key that is there, or in a table without
/// metatable. False when the general path must decide (or report).
///
/// # Safety
/// Heap, table, key and value are live.
#[inline(never)]
pub(crate) unsafe fn put(
    heap: *mut Heap,
    t: *mut Table,
    key: *const Value,
    v: *const Value,
) -> bool {
    // SAFETY: the caller vouches for heap, table, key and value.
    unsafe {
        let (heap, key, v) = (&mut *heap, *key, *v);
        match key.tag {
            tag::INT => put_int(heap, t, key.payload as i64, &v),
            tag::STR => {
                let n = find_str(t, key.payload as usize as *const Str);
                if !n.is_null() && ((*n).val_tag != tag::NIL || (*t).meta.is_null()) {
                    store(heap, t, n, v);
                    return true;
                }
                (*t).meta.is_null() && Gc::from_ptr(t).insert_paid(heap, key, v, false).is_ok()
            }
            _ => (*t).meta.is_null() && Gc::from_ptr(t).set_slow(heap, key, v).is_ok(),
        }
    }
}

/// As [`put`], for an integer key.
///
/// # Safety
/// As for [`put`].
#[inline(never)]
pub(crate) unsafe fn put_int(heap: *mut Heap, t: *mut Table, i: i64, v: *const Value) -> bool {
    // SAFETY: the caller vouches for heap, table and value.
    unsafe {
        let (heap, v) = (&mut *heap, *v);
        let plain = (*t).meta.is_null();
        let at = (i as u64).wrapping_sub(1);
        if at < (*t).asize as u64 {
            if !plain && *(*t).tags().add(at as usize) == tag::NIL {
                return false;
            }
            (*t).array_set(at as usize, v);
            heap.barrier_back(t, v);
            return true;
        }
        let n = find_int(t, i);
        if !n.is_null() && ((*n).val_tag != tag::NIL || plain) {
            store(heap, t, n, v);
            return true;
        }
        plain && Gc::from_ptr(t).insert_paid(heap, Value::int(i), v, false).is_ok()
    }
}

/// A node that never had a key, searched downwards.
///
/// # Safety
/// The table is live.
#[inline(always)]
unsafe fn free_place(t: *mut Table) -> Option<*mut Node> {
    // SAFETY: The table is live (the caller); `last_free` is at most the number of nodes.
    unsafe {
        while (*t).last_free > 0 {
            (*t).last_free -= 1;
            let n = (*t).nodes.add((*t).last_free as usize);
            if (*n).key_tag == tag::NIL {
                return Some(n);
            }
        }
        None
    }
}
