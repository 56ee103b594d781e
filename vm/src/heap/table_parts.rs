//! Where the parts of tables are: in the table's own cell or in blocks of their own, and how those
//! are counted and freed.

use super::alloc::Blocks;
use super::cells;
use super::{Header, size};
use crate::object::table::{Node, Table};

impl Table {
    /// Whether the cell of a table without array part has room for one of `n` slots.
    ///
    /// # Safety
    /// The table is live.
    #[inline(always)]
    pub(crate) unsafe fn has_room(t: *mut Table, n: usize) -> bool {
        // SAFETY: the table is live (the caller) and tables are in cells, but under Miri.
        unsafe {
            !cfg!(miri)
                && !(*t).has_nodes()
                && size::TABLE + n * size::ARRAY_SLOT <= cells::cell_of(t as *mut Header)
        }
    }

    /// Whether a part lies in the table's own cell.
    ///
    /// # Safety
    /// The table is live; `part` is one of its parts.
    #[inline(always)]
    pub(crate) unsafe fn is_inside(t: *const Table, part: *const u8) -> bool {
        // Cells do not pass the end of a block, and blocks hold nothing but cells.
        !cfg!(miri) && (t as usize ^ part as usize) < cells::BLOCK
    }
}

/// Bytes of an array part.
#[inline(always)]
pub(crate) fn array_bytes(slots: usize) -> usize {
    slots * 9
}

/// Frees nodes of a table that are not in its cell.
#[inline(always)]
pub(crate) unsafe fn free_nodes(
    blocks: &mut Blocks,
    t: *mut Table,
    nodes: *mut Node,
    count: usize,
) {
    // SAFETY: outside of the table's cell, `count` nodes were allocated together.
    unsafe {
        if count > 0 && !Table::is_inside(t, nodes as *const u8) {
            blocks.free(nodes as *mut u8, count * size_of::<Node>());
        }
    }
}

/// Frees an array part that is not in the table's cell.
#[inline(always)]
pub(crate) unsafe fn free_array(blocks: &mut Blocks, t: *mut Table, arr: *mut u8, slots: usize) {
    // SAFETY: outside of the table's cell, the block was allocated with this size.
    unsafe {
        if slots > 0 && !Table::is_inside(t, arr) {
            blocks.free(arr, array_bytes(slots));
        }
    }
}

/// Nominal bytes of the parts outside of the table's cell.
///
/// # Safety
/// The table is live, or dead and not swept.
#[inline]
pub(crate) unsafe fn owned_bytes(t: *mut Table) -> usize {
    // SAFETY: the caller's table can be read.
    unsafe {
        let mut bytes = 0;
        if (*t).asize > 0 && !Table::is_inside(t, (*t).arr as *const u8) {
            bytes += (*t).asize as usize * size::ARRAY_SLOT;
        }
        if (*t).has_nodes() && !Table::is_inside(t, (*t).nodes as *const u8) {
            bytes += (*t).node_count() * size::NODE;
        }
        bytes
    }
}

/// Frees both parts of a table that is being freed.
///
/// # Safety
/// The table is not used any more.
#[inline(always)]
pub(crate) unsafe fn free_parts(blocks: &mut Blocks, t: *mut Table) {
    // SAFETY: Nothing uses the table any more (the caller); its parts were allocated with these
    // sizes.
    unsafe {
        free_array(blocks, t, (*t).arr as *mut u8, (*t).asize as usize);
        free_nodes(blocks, t, (*t).nodes, (*t).node_count());
    }
}
