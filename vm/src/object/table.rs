//! Tables: an array part (payloads and tags in one block) and a hash part of chained nodes.
//!
//! The layout is our own so that the interpreter can read it at fixed offsets; [`super::lookup`]
//! finds keys, [`crate::table`] stores and sizes the parts.

use super::string::Str;
use super::{Gc, Header, size};
use crate::meta::Event;
use crate::value::{Value, tag};

/// A table. One made with sizes known has its first parts behind it in the same cell, nodes before
/// array; parts made later are blocks of their own.
#[repr(C)]
pub struct Table {
    pub(crate) hdr: Header,
    /// Array part: `asize` payloads of 8 bytes, then `asize` tags of 1 byte, in one block.
    /// Dangling when `asize` is 0. Slot `i` (0-based) holds key `i + 1`.
    pub(crate) arr: *mut u64,
    pub(crate) asize: u32,
    /// Number of nodes - 1; the number is a power of two.
    pub(crate) node_mask: u32,
    /// Hash part; points to a shared static empty node when there is none (then `node_mask` is
    /// 0 and `last_free` is 0).
    pub(crate) nodes: *mut Node,
    /// Metatable or null.
    pub(crate) meta: *mut Table,
    /// [`Table::free_end`] and the mark [`SCATTERED`].
    pub(crate) last_free: u32,
    /// Hint for `#t`, at most `asize`: a border was here last time. PUC's `alimit`.
    pub(crate) border: u32,
}

/// A mark in [`Table::last_free`]: keys that are not strings have their places by a hash that scatters
/// them ([`crate::object::lookup`]), because the plain places of too many were one.
pub(crate) const SCATTERED: u32 = 1 << 31;

/// A node of the hash part, 24 bytes.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Node {
    pub(crate) val: u64,
    pub(crate) val_tag: u8,
    /// Tag of the key; `NIL` in a free node, `DEAD` when the collector cleared it: then `key` is
    /// [`dead_key`](crate::object::lookup::dead_key) of what it was.
    pub(crate) key_tag: u8,
    pub(crate) pad: u16,
    /// Distance in nodes to the next in the chain; 0 at its end.
    pub(crate) next: i32,
    pub(crate) key: u64,
}

/// The hash part of tables that have none. Never written.
static EMPTY_NODE: Node = Node::FREE;

impl Node {
    /// A node without key and value.
    pub(crate) const FREE: Node =
        Node { val: 0, val_tag: tag::NIL, key_tag: tag::NIL, pad: 0, next: 0, key: 0 };

    #[inline(always)]
    pub(crate) fn value(&self) -> Value {
        Value { payload: self.val, tag: self.val_tag }
    }
    /// The key as a value; not for dead keys.
    #[inline(always)]
    pub(crate) fn key_value(&self) -> Value {
        Value { payload: self.key, tag: self.key_tag }
    }
    #[inline(always)]
    pub(crate) fn set_value(&mut self, v: Value) {
        self.val = v.payload;
        self.val_tag = v.tag;
    }
}

impl Table {
    /// All nodes at this index and above are taken: the search for a free node goes down from here.
    #[inline(always)]
    pub(crate) fn free_end(&self) -> u32 {
        self.last_free & !SCATTERED
    }

    /// Whether keys are [`SCATTERED`].
    #[inline(always)]
    pub(crate) fn is_scattered(&self) -> bool {
        self.last_free & SCATTERED != 0
    }

    /// Makes a table without parts of a new object.
    ///
    /// # Safety
    /// `t` is a new object with its header.
    #[inline(always)]
    pub(crate) unsafe fn init(t: *mut Table) {
        // SAFETY: the caller's object has a table's size.
        unsafe {
            // An empty table has no metamethod at all.
            (*t).hdr.flags = 0xff;
            (*t).arr = std::ptr::NonNull::dangling().as_ptr();
            (*t).asize = 0;
            (*t).node_mask = 0;
            (*t).nodes = Table::no_nodes();
            (*t).meta = std::ptr::null_mut();
            (*t).last_free = 0;
            (*t).border = 0;
        }
    }

    /// As [`Table::init`], with room for `narr` array slots and `count` nodes in the object.
    ///
    /// # Safety
    /// As there; `count` is 0 or a power of two, and the object is so large.
    #[inline(always)]
    pub(crate) unsafe fn init_with_parts(t: *mut Table, narr: usize, count: usize) {
        // SAFETY: the caller's object has room for both parts behind the table.
        unsafe {
            Table::init(t);
            let nodes = t.byte_add(size::TABLE) as *mut u8;
            let arr = nodes.add(count * size::NODE);
            // All zero are empty slots and free nodes.
            nodes.write_bytes(0, count * size::NODE + narr * size::ARRAY_SLOT);
            if count > 0 {
                (*t).nodes = nodes as *mut Node;
                (*t).node_mask = count as u32 - 1;
                (*t).last_free = count as u32;
            }
            if narr > 0 {
                (*t).arr = arr as *mut u64;
                (*t).asize = narr as u32;
                (*t).border = narr as u32;
            }
        }
    }

    /// Makes an array part of `n` slots in the table's cell; what they hold is yet to be written.
    ///
    /// # Safety
    /// There is room, and no array part.
    #[inline(always)]
    pub(crate) unsafe fn use_room(t: *mut Table, n: usize) {
        // SAFETY: the part fits the cell (the caller).
        unsafe {
            (*t).arr = t.byte_add(size::TABLE) as *mut u64;
            (*t).asize = n as u32;
            (*t).border = n as u32;
        }
    }

    /// Whether the marker visits it in chunks, because a visit takes long.
    #[inline(always)]
    pub(crate) fn is_big(&self) -> bool {
        self.asize >= 4096 || self.node_mask >= 2047
    }

    /// What tells whether the parts are still the same.
    pub(crate) fn parts(&self) -> (*mut u64, u32, *mut Node, u32) {
        (self.arr, self.asize, self.nodes, self.node_mask)
    }

    /// What `nodes` is in tables without hash part.
    #[inline(always)]
    pub(crate) fn no_nodes() -> *mut Node {
        (&raw const EMPTY_NODE).cast_mut()
    }

    #[inline(always)]
    pub(crate) fn has_nodes(&self) -> bool {
        !std::ptr::eq(self.nodes, &raw const EMPTY_NODE)
    }

    /// Number of nodes allocated.
    #[inline(always)]
    pub(crate) fn node_count(&self) -> usize {
        if self.has_nodes() { self.node_mask as usize + 1 } else { 0 }
    }

    /// First tag of the array part.
    #[inline(always)]
    pub(crate) fn tags(&self) -> *mut u8 {
        self.arr.wrapping_add(self.asize as usize) as *mut u8
    }

    /// Array slot `i` (0-based).
    ///
    /// # Safety
    /// `i < asize`.
    #[inline(always)]
    pub(crate) unsafe fn array_get(&self, i: usize) -> Value {
        // SAFETY: The caller: the slot lies in the array part.
        unsafe { Value { payload: *self.arr.add(i), tag: *self.tags().add(i) } }
    }

    /// Stores in array slot `i`; no barrier.
    ///
    /// # Safety
    /// `i < asize`.
    #[inline(always)]
    pub(crate) unsafe fn array_set(&self, i: usize, v: Value) {
        // SAFETY: The caller: the slot lies in the array part.
        unsafe {
            *self.arr.add(i) = v.payload;
            *self.tags().add(i) = v.tag;
        }
    }
}

impl Gc<Table> {
    /// The metatable.
    pub fn metatable(self) -> Option<Gc<Table>> {
        // SAFETY: `meta` is null or a live table, which the collector keeps with this one.
        unsafe { Gc::from_nullable((*self.as_ptr()).meta) }
    }

    /// The metamethod for an event in this table, which is a metatable; nil if there is none.
    /// `name` is the event's interned name. Absence of the first eight is remembered.
    #[inline]
    pub fn metamethod(self, event: Event, name: Gc<Str>) -> Value {
        let e = event as u8;
        if e < 8 {
            if self.hdr.flags & (1 << e) != 0 {
                return Value::NIL;
            }
            let v = self.get_str(name);
            if v.is_nil() {
                // SAFETY: the table is live and nothing borrows its header.
                unsafe { (*self.as_ptr()).hdr.flags |= 1 << e };
            }
            return v;
        }
        self.get_str(name)
    }
}
