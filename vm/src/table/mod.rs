//! Tables: an array part (payloads and tags in one block) and a hash part of chained nodes.
//!
//! The algorithm is PUC Lua's (`ltable.c`: chained scatter with Brent's variation, sizes from the
//! count of integer keys at rehash); the layout is our own so that the interpreter can read it
//! at fixed offsets.

use crate::heap::Header;

/// A table.
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
    /// All nodes at this index and above are taken (search for a free node goes down from here).
    pub(crate) last_free: u32,
    /// Hint for `#t`: a border was here last time.
    pub(crate) border: u32,
}

/// A node of the hash part, 24 bytes.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Node {
    pub(crate) val: u64,
    pub(crate) val_tag: u8,
    /// Tag of the key; `NIL` in a free node, `DEAD` when the collector cleared it.
    pub(crate) key_tag: u8,
    pub(crate) pad: u16,
    /// Distance in nodes to the next in the chain; 0 at its end.
    pub(crate) next: i32,
    pub(crate) key: u64,
}
