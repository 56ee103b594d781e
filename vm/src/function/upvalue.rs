//! Upvalues of closures and natives, as `debug` and the interpreter's slow paths use them.

use super::{LuaFn, NativeObj, Upval};
use crate::heap::{Gc, Header, heap::Heap};
use crate::object::native::Native;
use crate::value::Value;

impl Gc<Upval> {
    /// The value, wherever it lives now.
    #[inline(always)]
    pub fn get(self) -> Value {
        // SAFETY: `v` points to a stack slot or to the upvalue's own field.
        unsafe { *self.v }
    }

    /// Sets the value, wherever it lives now.
    #[inline(always)]
    pub fn set(self, heap: &mut Heap, v: Value) {
        // SAFETY: as in `get`.
        unsafe {
            *self.v = v;
            heap.barrier(self.as_ptr() as *mut Header, v);
        }
    }
}

impl Gc<LuaFn> {
    /// Number of upvalues.
    #[inline(always)]
    pub fn num_upvalues(self) -> usize {
        self.hdr.extra as usize
    }

    fn slot(self, i: usize) -> Option<*mut *mut Upval> {
        // SAFETY: the closure has so many upvalues.
        (i < self.num_upvalues()).then(|| unsafe { LuaFn::upval_slot(self.as_ptr(), i) })
    }

    /// The `i`-th upvalue object (from 0); `None` beyond the last or when it is not set yet.
    pub fn upval(self, i: usize) -> Option<Gc<Upval>> {
        // SAFETY: the slot exists and holds null or a live upvalue.
        self.slot(i).and_then(|s| unsafe { Gc::from_nullable(*s) })
    }

    /// Lets the `i`-th upvalue be `uv`.
    pub fn set_upval(self, heap: &mut Heap, i: usize, uv: Gc<Upval>) {
        if let Some(s) = self.slot(i) {
            // SAFETY: the slot exists.
            unsafe {
                *s = uv.as_ptr();
                heap.barrier(self.as_ptr() as *mut Header, uv.into());
            }
        }
    }

    /// Value of the `i`-th upvalue (from 0).
    pub fn upvalue(self, i: usize) -> Option<Value> {
        self.upval(i).map(Gc::<Upval>::get)
    }

    /// Sets the `i`-th upvalue's value; false when there is none.
    pub fn set_upvalue(self, heap: &mut Heap, i: usize, v: Value) -> bool {
        match self.upval(i) {
            Some(uv) => {
                uv.set(heap, v);
                true
            }
            None => false,
        }
    }

    /// A number that is equal for upvalues that are shared (`debug.upvalueid`).
    pub fn upvalue_id(self, heap: &mut Heap, i: usize) -> Option<u64> {
        // SAFETY: the upvalue is live.
        self.upval(i).map(|uv| unsafe { heap.object_serial(uv.as_ptr() as *mut Header) } as u64)
    }

    /// Makes the `i`-th upvalue refer to the `j`-th of `other` (`debug.upvaluejoin`).
    pub fn join(self, heap: &mut Heap, i: usize, other: Gc<LuaFn>, j: usize) -> bool {
        match other.upval(j) {
            Some(uv) if i < self.num_upvalues() => {
                self.set_upval(heap, i, uv);
                true
            }
            _ => false,
        }
    }
}

impl Gc<NativeObj> {
    /// The native it makes callable.
    pub fn native(self) -> &'static Native {
        self.def
    }

    /// Number of upvalues.
    pub fn num_upvalues(self) -> usize {
        self.hdr.extra as usize
    }

    /// The `i`-th upvalue (from 0).
    #[inline]
    pub fn upvalue(self, i: usize) -> Option<Value> {
        // SAFETY: the slot exists.
        (i < self.num_upvalues()).then(|| unsafe { *NativeObj::upval_slot(self.as_ptr(), i) })
    }

    /// Sets the `i`-th upvalue; false when there is none.
    pub fn set_upvalue(self, heap: &mut Heap, i: usize, v: Value) -> bool {
        if i >= self.num_upvalues() {
            return false;
        }
        // SAFETY: the slot exists.
        unsafe {
            *NativeObj::upval_slot(self.as_ptr(), i) = v;
            heap.barrier(self.as_ptr() as *mut Header, v);
        }
        true
    }
}
