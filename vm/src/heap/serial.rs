//! Serial numbers: shown to programs instead of addresses.

use super::{Header, heap::Heap};
use crate::error::Raise;
use crate::value::{Value, tag};

impl Heap {
    /// The number `%p` and `tostring` show for a table, function, userdata, thread or string,
    /// given out at the first question. 0 for other values. (After 2^32 objects were asked about,
    /// numbers repeat.)
    pub fn serial_of(&mut self, v: Value) -> u64 {
        if v.tag == tag::LIGHT {
            return v.payload;
        }
        let Some(o) = v.as_object() else { return 0 };
        let o = o.as_ptr();
        if !v.is_string() {
            // SAFETY: the object is live.
            return unsafe { self.object_serial(o) } as u64;
        }
        if let Some(n) = self.string_serials.get(&(o as usize)) {
            return *n as u64;
        }
        let n = self.next_serial();
        self.string_serials.insert(o as usize, n);
        // SAFETY: the string is live; the flag makes the sweep forget its number with it.
        unsafe {
            (*o).flags = 1;
            super::objects::set_owner(o);
        }
        n as u64
    }

    /// Serial number of an object that is not a string.
    ///
    /// # Safety
    /// The object is live.
    #[inline(always)]
    pub(crate) unsafe fn object_serial(&mut self, o: *mut Header) -> u32 {
        // SAFETY: The object is live (the caller).
        unsafe {
            if (*o).hash == 0 {
                (*o).hash = self.next_serial();
            }
            (*o).hash
        }
    }

    /// Makes sure that [`Heap::serial_of`] has memory to remember the number of a string.
    ///
    /// # Errors
    /// [`Raise::Memory`] if the system has none.
    pub fn reserve_serial(&mut self) -> Result<(), Raise> {
        self.string_serials.try_reserve(1).map_err(|_| Raise::Memory)
    }

    fn next_serial(&mut self) -> u32 {
        self.last_serial = self.last_serial.wrapping_add(1).max(1);
        self.last_serial
    }
}
