//! Making tables: with the parts a constructor asks for in the same cell where they fit.

use super::{Gc, Header, Heap, Node, Table};
use crate::error::Raise;
use crate::heap::cells::{Class, class_of};
use crate::heap::{objects::MAX_SMALL, size};
use crate::value::tag;
use std::ptr::null_mut;

/// Most bytes of parts that [`Heap::quick_table`] makes.
const MAX_QUICK: usize = 128;

/// Which class of cells takes a table with these parts, plus one; 0 when they are too large for
/// [`Heap::quick_table`].
pub(crate) fn table_class(narr: u16, nhash: u16) -> u8 {
    let (narr, nhash) = (narr as usize, nhash as usize);
    let count = if nhash == 0 { 0 } else { nhash.next_power_of_two() };
    let parts = narr * size::ARRAY_SLOT + count * size::NODE;
    if parts > MAX_QUICK || size::TABLE + parts > MAX_SMALL {
        return 0;
    }
    class_of(size::TABLE + parts) as u8 + 1
}

impl Heap {
    /// An empty table.
    #[inline]
    pub fn table(&mut self) -> Gc<Table> {
        let t: *mut Table = self.object(size::TABLE, tag::TABLE, 0);
        // SAFETY: a new object with its header.
        unsafe {
            Table::init(t);
            Gc::from_ptr(t)
        }
    }

    /// A table with room for `narr` array slots and `nhash` other keys: in the object itself when
    /// they fit a cell.
    #[inline]
    pub fn new_table(&mut self, narr: usize, nhash: usize) -> Result<Gc<Table>, Raise> {
        if narr | nhash == 0 {
            return Ok(self.table());
        }
        if narr <= MAX_SMALL / size::ARRAY_SLOT && nhash <= MAX_SMALL / size::NODE {
            let count = if nhash == 0 { 0 } else { nhash.next_power_of_two() };
            let bytes = size::TABLE + count * size::NODE + narr * size::ARRAY_SLOT;
            if bytes <= MAX_SMALL {
                let t: *mut Table = self.object(bytes, tag::TABLE, 0);
                // SAFETY: a new object with its header, of this size.
                unsafe {
                    Table::init_with_parts(t, narr, count);
                    return Ok(Gc::from_ptr(t));
                }
            }
        }
        let t = self.table();
        t.add_parts(self, narr, nhash).map_err(|_| Raise::Memory)?;
        Ok(t)
    }

    /// As [`Heap::new_table`] where `class` is [`table_class`] of the sizes; null when the class
    /// has no hole in use. Short enough for the instruction's handler: it calls nothing.
    ///
    /// # Safety
    /// `heap` is live, the class right for the sizes and not 0.
    #[inline(always)]
    pub(crate) unsafe fn quick_table(
        heap: *mut Heap,
        class: u8,
        narr: u16,
        nhash: u16,
    ) -> *mut Table {
        // SAFETY: the class is one (the caller), and a free cell of it has room for table and
        // parts, counted in words.
        unsafe {
            let c = (&raw mut (*heap).cells.classes as *mut Class).add(class as usize - 1);
            let p = (*c).next;
            if p == (*c).end {
                return null_mut();
            }
            let cell = (*c).cell;
            (*c).next = p.wrapping_add(cell);
            (*heap).bytes += cell;
            (*heap).debt += cell as isize;
            let t = p as *mut Table;
            let marked = (*heap).current_white;
            (t as *mut Header).write(Header {
                kind: tag::TABLE,
                marked,
                flags: 0,
                extra: 0,
                hash: 0,
            });
            Table::init(t);
            if narr | nhash != 0 {
                let parts = p.add(size::TABLE) as *mut u64;
                let words = (cell - size::TABLE) / 8;
                let mut i = 0;
                while i < words {
                    // (Volatile, or it becomes a call.)
                    parts.add(i).write_volatile(0);
                    i += 1;
                }
                let mut array = parts as *mut u8;
                if nhash != 0 {
                    // The next power of two, less one.
                    let mask = ((1u64 << 32 >> (nhash as u32 - 1).leading_zeros()) - 1) as u32;
                    (*t).nodes = parts as *mut Node;
                    (*t).node_mask = mask;
                    (*t).last_free = mask + 1;
                    array = array.add((mask as usize + 1) * size::NODE);
                }
                if narr != 0 {
                    (*t).arr = array as *mut u64;
                    (*t).asize = narr as u32;
                    (*t).border = narr as u32;
                }
            }
            t
        }
    }

    /// As [`Heap::quick_table`], and goes on to another hole where one is needed.
    ///
    /// # Safety
    /// As there.
    pub(crate) unsafe fn table_of_class(&mut self, class: u8, narr: u16, nhash: u16) -> Gc<Table> {
        let c = &self.cells.classes[class as usize - 1];
        if c.next == c.end {
            self.open_hole(class as usize - 1);
        }
        // SAFETY: as the caller says; there is a hole now.
        unsafe { Gc::from_ptr(Heap::quick_table(self, class, narr, nhash)) }
    }
}
