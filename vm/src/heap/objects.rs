//! Making and freeing objects of every kind (strings are made in [`crate::string`]).

use super::heap::{Heap, blank_thread};
use super::{Gc, Header, size};
use crate::error::Raise;
use crate::function::{LuaFn, NativeObj, ProtoData, ProtoObj, Upval};
use crate::native::Native;
use crate::string::{STR_HEADER, Str};
use crate::table::{self, Table};
use crate::thread::Thread;
use crate::userdata::Userdata;
use crate::value::{Value, tag};
use std::cell::Cell;
use std::ptr::null_mut;

impl Heap {
    /// A header for a new object, linked in front of all.
    #[inline(always)]
    fn header(&self, kind: u8, extra: u8) -> Header {
        Header { next: self.all, kind, marked: self.current_white, flags: 0, extra, hash: 0 }
    }

    /// Puts a new object in front of the list its header already names as next.
    #[inline(always)]
    fn link<T>(&mut self, p: *mut T, nominal: usize) -> Gc<T> {
        self.all = p as *mut Header;
        self.account(nominal);
        // SAFETY: the caller has just initialised the object.
        unsafe { Gc::from_ptr(p) }
    }

    /// An empty table.
    #[inline]
    pub fn table(&mut self) -> Gc<Table> {
        let p = self.blocks.alloc(size_of::<Table>()) as *mut Table;
        // SAFETY: a new block of the object's size.
        unsafe { p.write(Table::empty(self.header(tag::TABLE, 0))) };
        self.link(p, size::TABLE)
    }

    /// A table with room for `narr` array slots and `nhash` other keys.
    #[inline]
    pub fn new_table(&mut self, narr: usize, nhash: usize) -> Result<Gc<Table>, Raise> {
        let t = self.table();
        if narr | nhash != 0 && t.add_parts(self, narr, nhash).is_err() {
            return Err(Raise::Memory);
        }
        Ok(t)
    }

    /// A closure; its upvalue pointers are null until set.
    #[inline]
    pub fn new_lua_fn(&mut self, proto: Gc<ProtoObj>, nup: usize) -> Gc<LuaFn> {
        debug_assert!(nup <= 255);
        let p = self.blocks.alloc(size_of::<LuaFn>() + nup * size_of::<*mut Upval>());
        let f = p as *mut LuaFn;
        // SAFETY: a new block of the object's size; the prototype is live.
        unsafe {
            f.write(LuaFn {
                hdr: self.header(tag::LUA_FN, nup as u8),
                code: (*proto.as_ptr()).code,
                k: (*proto.as_ptr()).k,
                proto: proto.as_ptr(),
                upvals: [],
            });
            for i in 0..nup {
                LuaFn::upval_slot(f, i).write(null_mut());
            }
        }
        self.link(f, size::LUA_FN + nup * size::POINTER)
    }

    /// A native function value with upvalues (at most 255).
    pub fn new_native(&mut self, def: &'static Native, upvals: &[Value]) -> Gc<NativeObj> {
        let n = upvals.len().min(255);
        let p = self.blocks.alloc(size_of::<NativeObj>() + n * size_of::<Value>());
        let f = p as *mut NativeObj;
        // SAFETY: a new block of the object's size.
        unsafe {
            f.write(NativeObj { hdr: self.header(tag::NATIVE, n as u8), def, upvals: [] });
            for (i, v) in upvals.iter().take(n).enumerate() {
                NativeObj::upval_slot(f, i).write(*v);
            }
        }
        self.link(f, size::NATIVE + n * size::VALUE)
    }

    /// An open upvalue for a stack slot. The caller links it into its thread's list.
    #[inline]
    pub fn new_upval_open(&mut self, slot: *mut Value) -> Gc<Upval> {
        let p = self.blocks.alloc(size_of::<Upval>()) as *mut Upval;
        // SAFETY: a new block of the object's size.
        unsafe {
            p.write(Upval {
                hdr: self.header(tag::UPVAL, 0),
                v: slot,
                closed: Value::NIL,
                next_open: null_mut(),
            });
        }
        self.link(p, size::UPVAL)
    }

    /// A closed upvalue.
    #[inline]
    pub fn new_upval_closed(&mut self, v: Value) -> Gc<Upval> {
        let p = self.blocks.alloc(size_of::<Upval>()) as *mut Upval;
        // SAFETY: a new block of the object's size; `v` points into the object itself, which
        // never moves.
        unsafe {
            p.write(Upval {
                hdr: self.header(tag::UPVAL, 0),
                v: &raw mut (*p).closed,
                closed: v,
                next_open: null_mut(),
            });
        }
        self.link(p, size::UPVAL)
    }

    /// A userdata without metatable.
    pub fn new_userdata(&mut self, type_name: &'static str, data: u64) -> Gc<Userdata> {
        let p = self.blocks.alloc(size_of::<Userdata>()) as *mut Userdata;
        // SAFETY: a new block of the object's size.
        unsafe {
            p.write(Userdata {
                hdr: self.header(tag::USERDATA, 0),
                meta: null_mut(),
                type_name,
                data: Cell::new(data),
                buffer: Cell::new(Vec::new()),
                user_values: Vec::new(),
            });
        }
        self.link(p, size::USERDATA)
    }

    /// A coroutine without a stack. Whoever gives it one takes it from [`Heap::alloc_stack`] and
    /// keeps `size` at the number of slots allocated; the collector frees it.
    pub fn new_thread(&mut self) -> Gc<Thread> {
        let p = self.blocks.alloc(size_of::<Thread>()) as *mut Thread;
        // SAFETY: a new block of the object's size.
        unsafe { p.write(blank_thread(self.header(tag::THREAD, 0))) };
        self.link(p, size::THREAD)
    }

    /// A prototype. `data.code` is linked already; the object's `code` and `k` point into `data`.
    pub fn new_proto(
        &mut self,
        data: ProtoData,
        frame_bytes: u32,
        num_params: u8,
        is_vararg: bool,
    ) -> Gc<ProtoObj> {
        let nominal = proto_size(&data);
        let mut data = Box::new(data);
        let p = self.blocks.alloc(size_of::<ProtoObj>()) as *mut ProtoObj;
        // SAFETY: a new block of the object's size.
        unsafe {
            p.write(ProtoObj {
                hdr: self.header(tag::PROTO, 0),
                code: data.code.as_mut_ptr(),
                k: data.constants.as_ptr(),
                frame_bytes,
                exact_b: if is_vararg { u16::MAX } else { num_params as u16 + 1 },
                num_params,
                is_vararg,
                is_native: data.chunk.native,
                data,
            });
        }
        self.link(p, nominal)
    }
}

/// Nominal size of a prototype with everything it owns.
fn proto_size(d: &ProtoData) -> usize {
    let names: usize = d.debug.locals.iter().map(|l| l.name.len()).sum::<usize>()
        + d.debug.upvalue_names.iter().map(|n| n.len()).sum::<usize>();
    size::PROTO
        + d.code.len() * size::INSTR
        + d.constants.len() * size::VALUE
        + d.protos.len() * size::POINTER
        + d.upvalues.len() * 3
        + d.debug.lines.len() * 4
        + d.debug.spans.len() * 8
        + d.debug.locals.len() * 32
        + d.debug.upvalue_names.len() * 16
        + names
}

/// What an object counts for with all it owns, buffers of userdata aside.
///
/// # Safety
/// `o` is a live object.
pub(crate) unsafe fn nominal_size(o: *mut Header) -> usize {
    // SAFETY: `kind` says what type the object has.
    unsafe {
        let extra = (*o).extra as usize;
        match (*o).kind {
            tag::STR | tag::LSTR => size::STR + (*(o as *mut Str)).len,
            tag::TABLE => table_size(o as *mut Table),
            tag::LUA_FN => size::LUA_FN + extra * size::POINTER,
            tag::NATIVE => size::NATIVE + extra * size::VALUE,
            tag::UPVAL => size::UPVAL,
            tag::USERDATA => {
                let u = o as *mut Userdata;
                let values = &(*u).user_values;
                size::USERDATA + values.len() * size::VALUE
            }
            tag::THREAD => size::THREAD + (*(o as *mut Thread)).size * size::VALUE,
            tag::PROTO => proto_size(&(*(o as *mut ProtoObj)).data),
            kind => {
                debug_assert!(false, "object of unknown kind {kind}");
                0
            }
        }
    }
}

#[inline(always)]
unsafe fn table_size(t: *mut Table) -> usize {
    // SAFETY: the caller's table is live.
    unsafe { size::TABLE + (*t).asize as usize * size::ARRAY_SLOT + (*t).node_count() * size::NODE }
}

/// Frees one object, which is in no list any more.
///
/// # Safety
/// `o` is a live object that nothing will use again.
#[inline]
pub(crate) unsafe fn free_object(heap: &mut Heap, o: *mut Header) {
    // SAFETY: `kind` says what type the object has, and thereby how its block was made.
    unsafe {
        match (*o).kind {
            tag::TABLE => {
                let t = o as *mut Table;
                heap.release(table_size(t));
                table::resize::free_parts(heap, t);
                heap.blocks.free(o as *mut u8, size_of::<Table>());
            }
            tag::STR => {
                let len = (*(o as *mut Str)).len;
                if (*o).flags != 0 {
                    heap.string_serials.remove(&(o as usize));
                }
                heap.strings.used -= 1;
                heap.release(size::STR + len);
                heap.blocks.free(o as *mut u8, STR_HEADER + len);
            }
            tag::UPVAL => {
                heap.release(size::UPVAL);
                heap.blocks.free(o as *mut u8, size_of::<Upval>());
            }
            _ => free_other(heap, o),
        }
    }
}

/// The kinds that come more rarely.
unsafe fn free_other(heap: &mut Heap, o: *mut Header) {
    // SAFETY: as in `free_object`.
    unsafe {
        heap.release(nominal_size(o));
        let extra = (*o).extra as usize;
        let bytes = match (*o).kind {
            tag::LSTR => {
                if (*o).flags != 0 {
                    heap.string_serials.remove(&(o as usize));
                }
                STR_HEADER + (*(o as *mut Str)).len
            }
            tag::LUA_FN => size_of::<LuaFn>() + extra * size_of::<*mut Upval>(),
            tag::NATIVE => size_of::<NativeObj>() + extra * size_of::<Value>(),
            tag::USERDATA => {
                std::ptr::drop_in_place(o as *mut Userdata);
                size_of::<Userdata>()
            }
            tag::THREAD => {
                let t = o as *mut Thread;
                if !(*t).stack.is_null() {
                    heap.blocks.free((*t).stack as *mut u8, stack_bytes((*t).size));
                }
                std::ptr::drop_in_place(t);
                size_of::<Thread>()
            }
            tag::PROTO => {
                std::ptr::drop_in_place(o as *mut ProtoObj);
                size_of::<ProtoObj>()
            }
            _ => return,
        };
        heap.blocks.free(o as *mut u8, bytes);
    }
}

/// Bytes of a thread's stack.
pub(crate) fn stack_bytes(slots: usize) -> usize {
    (slots * size_of::<Value>()).max(1)
}
