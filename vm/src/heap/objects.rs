//! Making and freeing objects of every kind (strings are made in [`super::strings`]).

use super::alloc::out_of_memory;
use super::cells::{Block, Cells, MAX_CELL, block_of, class_of};
use super::heap::Heap;
use super::{Gc, Header, mark, reserve, size, table_parts};
use crate::object::function::{LuaFn, NativeObj, ProtoObj, Upval};
use crate::object::native::Native;
use crate::object::string::Str;
use crate::object::table::Table;
use crate::object::thread::Thread;
use crate::object::userdata::Userdata;
use crate::value::{Value, tag};
use std::cell::Cell;
use std::ptr::null_mut;

/// Largest object that lives in a cell. (Miri sees more when every object has memory of its own.)
pub(crate) const MAX_SMALL: usize = if cfg!(miri) { 0 } else { MAX_CELL };

impl Heap {
    /// Memory for an object of a nominal size, its header written. The caller writes the rest
    /// before anybody else sees it.
    #[inline(always)]
    pub(crate) fn object<T>(&mut self, bytes: usize, kind: u8, extra: u8) -> *mut T {
        if bytes > MAX_SMALL {
            return self.large_object(bytes, kind, extra) as *mut T;
        }
        let class = class_of(bytes);
        let c = &mut self.cells.classes[class];
        let cell = c.cell;
        let mut p = c.next;
        if p == c.end {
            p = self.refill(class);
        } else {
            c.next = p.wrapping_add(cell);
        }
        self.account(cell);
        let marked = self.current_white;
        let p = p as *mut Header;
        // SAFETY: a free cell of at least this size.
        unsafe { p.write(Header { kind, marked, flags: 0, extra, hash: 0 }) };
        p as *mut T
    }

    /// A cell from the next hole.
    #[cold]
    #[inline(never)]
    fn refill(&mut self, class: usize) -> *mut u8 {
        self.open_hole(class);
        let c = &mut self.cells.classes[class];
        let p = c.next;
        c.next = p.wrapping_add(c.cell);
        p
    }

    /// Goes on to the next hole: of the current block, one that is swept, one that waits to be
    /// swept, or a new one, whichever there is first. The process ends when the system has no
    /// memory left.
    pub(crate) fn open_hole(&mut self, class: usize) {
        while !self.cells.classes[class].next_hole() {
            let c = &mut self.cells.classes[class];
            c.retire();
            let b = if let Some(b) = c.available.pop() {
                b
            } else if let Some(b) = c.unswept.pop() {
                // SAFETY: the block waits to be swept.
                unsafe { self.sweep_block(b) };
                b
            } else {
                let was_refused = self.blocks.pages.refused;
                let fresh = Cells::fresh(class, self.epoch, &mut self.blocks.pages);
                if self.bytes > self.limit || self.blocks.pages.refused && !was_refused {
                    // The next safepoint decides; objects are made without asking until then.
                    self.debt = self.debt.max(1);
                }
                match fresh {
                    Some(b) => b,
                    None => out_of_memory(self.cells.classes[class].cell),
                }
            };
            self.cells.classes[class].enter(b);
        }
    }

    #[cold]
    #[inline(never)]
    fn large_object(&mut self, bytes: usize, kind: u8, extra: u8) -> *mut Header {
        if let Some(o) = self.try_large_object(bytes, kind, extra) {
            return o;
        }
        self.use_reserve();
        match self.try_large_object(bytes, kind, extra) {
            Some(o) => o,
            None => out_of_memory(bytes),
        }
    }

    /// The system has refused what must not fail: it gets the reserve, and the next safepoint decides.
    #[cold]
    pub(crate) fn use_reserve(&mut self) {
        reserve::release();
        self.blocks.pages.refused = true;
        self.debt = self.debt.max(1);
    }

    /// An object outside of cells; `None` when the system has no memory for it.
    pub(crate) fn try_large_object(
        &mut self,
        bytes: usize,
        kind: u8,
        extra: u8,
    ) -> Option<*mut Header> {
        self.large.try_reserve(1).ok()?;
        let p = self.blocks.try_alloc(bytes)? as *mut Header;
        let marked = self.current_white | mark::LARGE;
        // SAFETY: new memory of the object's size.
        unsafe { p.write(Header { kind, marked, flags: 0, extra, hash: 0 }) };
        self.large.push(p);
        self.account(bytes);
        Some(p)
    }

    /// A closure; its upvalue pointers are null until set.
    #[inline]
    pub fn new_lua_fn(&mut self, proto: Gc<ProtoObj>, nup: usize) -> Gc<LuaFn> {
        debug_assert!(nup <= 255);
        let f: *mut LuaFn = self.object(size::LUA_FN + nup * size::POINTER, tag::LUA_FN, nup as u8);
        // SAFETY: a new object of this size; the prototype is live.
        unsafe {
            (*f).code = (*proto.as_ptr()).code;
            (*f).k = (*proto.as_ptr()).k;
            (*f).proto = proto.as_ptr();
            for i in 0..nup {
                LuaFn::upval_slot(f, i).write(null_mut());
            }
            Gc::from_ptr(f)
        }
    }

    /// A native function value with upvalues (at most 255).
    pub fn new_native(&mut self, def: &'static Native, upvals: &[Value]) -> Gc<NativeObj> {
        let n = upvals.len().min(255);
        let f: *mut NativeObj = self.object(size::NATIVE + n * size::VALUE, tag::NATIVE, n as u8);
        // SAFETY: a new object of this size.
        unsafe {
            (&raw mut (*f).def).write(def);
            for (i, v) in upvals.iter().take(n).enumerate() {
                NativeObj::upval_slot(f, i).write(*v);
            }
            Gc::from_ptr(f)
        }
    }

    /// An open upvalue for a stack slot. The caller links it into its thread's list.
    ///
    /// # Safety
    /// `slot` is a slot of the stack of a live thread.
    #[inline]
    pub unsafe fn new_upval_open(&mut self, slot: *mut Value) -> Gc<Upval> {
        let p: *mut Upval = self.object(size::UPVAL, tag::UPVAL, 0);
        // SAFETY: a new object.
        unsafe {
            (*p).v = slot;
            (*p).closed = Value::NIL;
            (*p).next_open = null_mut();
            Gc::from_ptr(p)
        }
    }

    /// A closed upvalue.
    #[inline]
    pub fn new_upval_closed(&mut self, v: Value) -> Gc<Upval> {
        let p: *mut Upval = self.object(size::UPVAL, tag::UPVAL, 0);
        // SAFETY: a new object; `v` points into the object itself, which never moves.
        unsafe {
            (*p).v = &raw mut (*p).closed;
            (*p).closed = v;
            (*p).next_open = null_mut();
            Gc::from_ptr(p)
        }
    }

    /// A userdata without metatable whose handle stands for an object of the host
    /// ([`crate::Vm::take_released`]).
    pub fn new_host_userdata(&mut self, type_name: &'static str, handle: u64) -> Gc<Userdata> {
        let u = self.new_userdata(type_name, handle);
        // SAFETY: the object is new; nobody else refers to it.
        unsafe { (*u.as_ptr()).host_owned = true };
        u
    }

    /// A userdata without metatable.
    pub fn new_userdata(&mut self, type_name: &'static str, data: u64) -> Gc<Userdata> {
        let p: *mut Userdata = self.object(size::USERDATA, tag::USERDATA, 0);
        // SAFETY: a new object with its header.
        unsafe {
            let hdr = (p as *mut Header).read();
            p.write(Userdata {
                hdr,
                meta: null_mut(),
                type_name,
                host_owned: false,
                data: Cell::new(data),
                buffer: Cell::new(Vec::new()),
                user_values: Vec::new(),
            });
            set_owner(p as *mut Header);
            Gc::from_ptr(p)
        }
    }

    /// A coroutine without a stack. Whoever gives it one takes it from [`Heap::alloc_stack`] and
    /// keeps `size` at the number of slots allocated; the collector frees it.
    pub fn new_thread(&mut self) -> Gc<Thread> {
        let p: *mut Thread = self.object(size::THREAD, tag::THREAD, 0);
        // SAFETY: a new object with its header.
        unsafe {
            p.write(Thread::new((p as *mut Header).read()));
            set_owner(p as *mut Header);
            Gc::from_ptr(p)
        }
    }

    /// All objects outside of cells, also in the middle of their sweep.
    pub(crate) fn large_objects(&self) -> Vec<*mut Header> {
        let gap = self.sweep.large_kept..self.sweep.large_next;
        let all = self.large.iter().enumerate();
        all.filter(|(i, _)| !gap.contains(i)).map(|(_, o)| *o).collect()
    }
}

/// The sweep must look at this object, because it owns something outside or is listed outside.
///
/// # Safety
/// The object is live.
#[inline]
pub(crate) unsafe fn set_owner(o: *mut Header) {
    // SAFETY: the object is live (the caller); without the flag it is in a cell.
    unsafe {
        if (*o).marked & mark::LARGE == 0 {
            Block::set_owner(o);
        }
    }
}

/// Nominal size of an object outside of cells. (There are no tables with parts inside then.)
pub(crate) unsafe fn object_size(o: *mut Header) -> usize {
    // SAFETY: the callers' object is live; `kind` says what type it has.
    unsafe {
        let extra = (*o).extra as usize;
        match (*o).kind {
            tag::STR | tag::LSTR => size::STR + (*(o as *mut Str)).len,
            tag::TABLE => size::TABLE,
            tag::LUA_FN => size::LUA_FN + extra * size::POINTER,
            tag::NATIVE => size::NATIVE + extra * size::VALUE,
            tag::UPVAL => size::UPVAL,
            tag::USERDATA => size::USERDATA,
            tag::THREAD => size::THREAD,
            tag::PROTO => size::PROTO,
            kind => {
                debug_assert!(false, "object of unknown kind {kind}");
                0
            }
        }
    }
}

/// What an object counts for with all it owns.
///
/// # Safety
/// `o` is a live object.
pub(crate) unsafe fn nominal_size(o: *mut Header) -> usize {
    // SAFETY: `kind` says what type the object has; without the flag it is in a cell.
    unsafe {
        let own = if (*o).marked & mark::LARGE == 0 {
            (*block_of(o)).cell as usize
        } else {
            object_size(o)
        };
        own + owned_size(o)
    }
}

/// Nominal size of what an object owns.
unsafe fn owned_size(o: *mut Header) -> usize {
    // SAFETY: the callers' object is live; `kind` says what type it has.
    unsafe {
        match (*o).kind {
            tag::TABLE => table_parts::owned_bytes(o as *mut Table),
            tag::USERDATA => {
                let u = o as *mut Userdata;
                (*u).user_values.len() * size::VALUE + (*(*u).buffer.as_ptr()).len()
            }
            tag::THREAD => {
                let t = o as *mut Thread;
                let faults = if (*t).faults.is_some() { size::FAULTS } else { 0 };
                (*t).size * size::VALUE + faults
            }
            tag::PROTO => {
                let data = &(*(o as *mut ProtoObj)).data;
                data.nominal
            }
            _ => 0,
        }
    }
}

/// Frees what an object owns; the object itself is dead.
///
/// # Safety
/// `o` is an object that nothing will use again.
pub(crate) unsafe fn drop_owned(heap: &mut Heap, o: *mut Header) {
    // SAFETY: `kind` says what type the object has.
    unsafe {
        match (*o).kind {
            tag::STR => heap.unlink_string(o as *mut Str),
            tag::LSTR if (*o).flags != 0 => {
                heap.string_serials.remove(&(o as usize));
            }
            tag::TABLE => {
                heap.swept(owned_size(o));
                table_parts::free_parts(&mut heap.blocks, o as *mut Table);
            }
            tag::USERDATA => {
                heap.swept(owned_size(o));
                let u = o as *mut Userdata;
                if (*u).host_owned {
                    heap.released.push((*u).data.get());
                }
                std::ptr::drop_in_place(u);
            }
            tag::THREAD => {
                heap.swept(owned_size(o));
                let t = o as *mut Thread;
                if !(*t).stack.is_null() {
                    heap.blocks.free((*t).stack as *mut u8, stack_bytes((*t).size));
                }
                std::ptr::drop_in_place(t);
            }
            tag::PROTO => {
                heap.swept(owned_size(o));
                if (*(o as *mut ProtoObj)).native != 0 {
                    heap.freed_natives.push((*(o as *mut ProtoObj)).native);
                }
                let data = &(*(o as *mut ProtoObj)).data;
                let chunk = &data.chunk;
                chunk.functions.set(chunk.functions.get() - 1);
                if chunk.functions.get() == 0 {
                    heap.swept(chunk.nominal());
                }
                let (block, bytes) = (*(o as *mut ProtoObj)).data.take_apart();
                heap.blocks.free(block, bytes);
            }
            _ => {}
        }
    }
}

/// Frees an object outside of cells, which is in no list any more.
///
/// # Safety
/// As for [`drop_owned`].
pub(crate) unsafe fn free_large(heap: &mut Heap, o: *mut Header) {
    // SAFETY: the memory was allocated with this size.
    unsafe {
        let bytes = object_size(o);
        drop_owned(heap, o);
        heap.swept(bytes);
        heap.blocks.free(o as *mut u8, bytes);
    }
}

/// Bytes of a thread's stack.
pub(crate) fn stack_bytes(slots: usize) -> usize {
    (slots * size_of::<Value>()).max(1)
}
