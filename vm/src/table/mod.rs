//! Tables: an array part (payloads and tags in one block) and a hash part of chained nodes.
//!
//! The algorithm is PUC Lua's (`ltable.c`: chained scatter with Brent's variation, sizes from the
//! count of integer keys at rehash); the layout is our own so that the interpreter can read it
//! at fixed offsets. [`crate::object::lookup`] finds, [`set`] stores and inserts, [`resize`] sizes the parts,
//! [`len`] finds borders, [`next`] traverses, [`order`] sorts.

pub(crate) mod create;
pub mod len;
pub mod next;
pub mod order;
pub(crate) mod resize;
pub mod set;
#[cfg(test)]
mod tests;

pub(crate) use crate::object::table::SCATTERED;
pub use crate::object::table::{Node, Table};
pub use set::SetError;

use crate::heap::{Gc, Header, Heap};

impl Gc<Table> {
    /// Sets or removes the metatable; a `__gc` in it registers the table for finalization.
    pub fn set_metatable(self, heap: &mut Heap, meta: Option<Gc<Table>>) {
        let t = self.as_ptr();
        // SAFETY: both tables are live.
        unsafe {
            (*t).meta = meta.map_or(std::ptr::null_mut(), Gc::as_ptr);
            if let Some(m) = meta {
                heap.barrier(t as *mut Header, m.into());
                heap.check_finalizer(t as *mut Header, m);
            }
        }
    }
}
