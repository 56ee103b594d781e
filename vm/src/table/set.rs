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
    /// The table would have too many nodes, or too many keys have the same place.
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

/// A chain of more nodes than chance makes: the table's keys are scattered.
pub(crate) const LONG_CHAIN: usize = 24;
/// The longest chain that a new key may join. Keys that still meet are made to do so, and would make
/// lookups cost what no fuel pays for.
const LONGEST_CHAIN: usize = 64;

/// Where a new key goes.
struct Place {
    node: *mut Node,
    /// How many keys it follows in a chain of its main position, at most [`LONGEST_CHAIN`].
    behind: usize,
}

/// Why there is no place for a new key.
enum NoPlace {
    /// There is no free node.
    Full,
    /// The chain has [`LONGEST_CHAIN`] nodes.
    Crowded,
}

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
    /// Without a free place the table is rebuilt.
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
            let place = match place_for(heap, t, key, LONGEST_CHAIN) {
                Ok(place) => place,
                Err(NoPlace::Crowded) => return Err(SetError::Overflow),
                Err(NoPlace::Full) => {
                    if !paid && (*t).node_count() >= BIG {
                        return Err(SetError::Unpaid);
                    }
                    self.rehash(heap, key)?;
                    return self.set(heap, key, v);
                }
            };
            fill(heap, t, place.node, key, v);
            if place.behind > LONG_CHAIN && !(*t).is_scattered() {
                // (Without memory for it, the next key tries again.)
                let _ = self.scatter(heap);
            }
        }
        Ok(())
    }

    /// Stores an entry while the table is rebuilt, which has room for it. Whether its chain is long.
    ///
    /// # Safety
    /// The table is live and has a free node; the key is in its main form, and not in the table.
    pub(super) unsafe fn insert_moved(self, heap: &mut Heap, key: Value, v: Value) -> bool {
        // SAFETY: the caller.
        unsafe {
            let t = self.as_ptr();
            match place_for(heap, t, key, usize::MAX) {
                Ok(place) => {
                    fill(heap, t, place.node, key, v);
                    place.behind > LONG_CHAIN
                }
                Err(_) => unreachable!("a rebuilt table has room for what was in it"),
            }
        }
    }
}

/// The node for a key that is not in the table, in the chain of its main position.
///
/// When its main position is taken by a node that belongs elsewhere, that node moves to a free place;
/// otherwise the new key goes to the free place (Brent's variation).
///
/// # Safety
/// The table and the key are live; the key has its serial number if it needs one.
#[inline(always)]
unsafe fn place_for(
    heap: &mut Heap,
    t: *mut Table,
    key: Value,
    longest: usize,
) -> Result<Place, NoPlace> {
    // SAFETY: the caller; nodes are addressed within the table's array.
    unsafe {
        let place = main_position(t, key);
        if !(*t).has_nodes() {
            return Err(NoPlace::Full);
        }
        if (*place).val_tag == tag::NIL {
            return Ok(Place { node: place, behind: 0 });
        }
        let main = main_position(t, (*place).key_value());
        if main != place {
            // The colliding node is not in its main position: it moves.
            let free = free_place(t).ok_or(NoPlace::Full)?;
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
            return Ok(Place { node: place, behind: 0 });
        }
        // It is: the new key goes to the free place, next in the chain.
        let behind = chain_length(place);
        if behind >= longest {
            return Err(NoPlace::Crowded);
        }
        let free = free_place(t).ok_or(NoPlace::Full)?;
        if (*place).next != 0 {
            let after = place.offset((*place).next as isize);
            (*free).next = after.offset_from(free) as i32;
        }
        (*place).next = free.offset_from(place) as i32;
        Ok(Place { node: free, behind })
    }
}

/// How many nodes a chain has, at most [`LONGEST_CHAIN`].
///
/// # Safety
/// `n` is a node of a live table.
#[inline(always)]
unsafe fn chain_length(mut n: *const Node) -> usize {
    // SAFETY: the caller; chains stay within the nodes.
    unsafe {
        let mut count = 1;
        while (*n).next != 0 && count < LONGEST_CHAIN {
            n = n.offset((*n).next as isize);
            count += 1;
        }
        count
    }
}

/// Writes an entry to its node.
///
/// # Safety
/// `place` is a node of the live table `t`; key and value are live.
#[inline(always)]
unsafe fn fill(heap: &mut Heap, t: *mut Table, place: *mut Node, key: Value, v: Value) {
    // SAFETY: the caller.
    unsafe {
        (*place).key = key.payload;
        (*place).key_tag = key.tag;
        (*place).set_value(v);
        (*t).hdr.flags = 0;
        heap.barrier_back(t, key);
        heap.barrier_back(t, v);
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
        while (*t).free_end() > 0 {
            (*t).last_free -= 1;
            let n = (*t).nodes.add((*t).free_end() as usize);
            if (*n).key_tag == tag::NIL {
                return Some(n);
            }
        }
        None
    }
}
