//! Userdata: buffer, metatable and user values, as natives change them.

use crate::heap::{Gc, Header, heap::Heap, size};
use crate::table::Table;
use crate::value::Value;

pub use crate::object::userdata::Userdata;

impl Gc<Userdata> {
    /// Lets `f` read or change the buffer, whose bytes count as memory.
    #[inline]
    pub fn with_buffer<R>(self, heap: &mut Heap, f: impl FnOnce(&mut Vec<u8>) -> R) -> R {
        let mut buffer = self.buffer.take();
        let before = buffer.len();
        let result = f(&mut buffer);
        let after = buffer.len();
        self.buffer.set(buffer);
        if after > before {
            heap.account(after - before);
        } else {
            heap.release(before - after);
        }
        result
    }

    /// Takes the buffer's bytes, leaving it empty.
    pub fn take_buffer(self, heap: &mut Heap) -> Vec<u8> {
        self.with_buffer(heap, std::mem::take)
    }

    /// The metatable.
    pub fn metatable(self) -> Option<Gc<Table>> {
        // SAFETY: `meta` is null or a live table, which the collector keeps with the userdata.
        unsafe { Gc::from_nullable((*self.as_ptr()).meta) }
    }

    /// Sets or removes the metatable; a `__gc` in it registers the object for finalization.
    pub fn set_metatable(self, heap: &mut Heap, meta: Option<Gc<Table>>) {
        let u = self.as_ptr();
        // SAFETY: both objects are live.
        unsafe {
            (*u).meta = meta.map_or(std::ptr::null_mut(), Gc::as_ptr);
            if let Some(m) = meta {
                heap.barrier(u as *mut Header, m.into());
                heap.check_finalizer(u as *mut Header, m);
            }
        }
    }

    /// The `n`-th user value (from 1); `None` when there is no such slot.
    pub fn user_value(self, n: usize) -> Option<Value> {
        self.user_values.get(n.wrapping_sub(1)).copied()
    }

    /// Makes room for `n` user values, all nil at first. Meant for new objects.
    pub fn init_user_values(self, heap: &mut Heap, n: usize) {
        // SAFETY: the object is live; no other reference to the values is held.
        let values = unsafe { &mut (*self.as_ptr()).user_values };
        let old = values.len();
        values.resize(n, Value::NIL);
        heap.release(old * size::VALUE);
        heap.account(n * size::VALUE);
    }

    /// Sets the `n`-th user value; false when there is no such slot.
    pub fn set_user_value(self, heap: &mut Heap, n: usize, v: Value) -> bool {
        let u = self.as_ptr();
        // SAFETY: no reference to the values is held across; the barrier follows the store.
        unsafe {
            let values = &mut (*u).user_values;
            match values.get_mut(n.wrapping_sub(1)) {
                Some(slot) => *slot = v,
                None => return false,
            }
            heap.barrier(u as *mut Header, v);
        }
        true
    }
}
