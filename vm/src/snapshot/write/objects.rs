//! What objects hold, in the order of cells. Strings and prototypes have sections of their own.

use super::Writer;
use crate::heap::Header;
use crate::object::function::{LuaFn, NativeObj, Upval};
use crate::object::table::Table;
use crate::object::userdata::Userdata;
use crate::snapshot::format::flag;
use crate::value::tag;

impl Writer {
    pub(super) unsafe fn objects(&mut self) {
        // SAFETY: all objects exist, and their kinds say what they are.
        unsafe {
            self.each_object(|writer, o| match (*o).kind {
                tag::TABLE => writer.table(o as *mut Table),
                tag::LUA_FN if !writer.is_dead(o) => writer.lua_fn(o as *mut LuaFn),
                tag::NATIVE if !writer.is_dead(o) => writer.native(o as *mut NativeObj),
                tag::UPVAL if !writer.is_dead(o) => writer.upvalue(o as *mut Upval),
                tag::USERDATA => writer.userdata(o as *mut Userdata),
                tag::THREAD => writer.thread(o as *mut crate::object::thread::Thread),
                _ => {}
            });
        }
    }

    /// Flags, and the serial number if there is one.
    #[cfg_attr(not(luka_small), inline(always))]
    pub(super) unsafe fn flags(&mut self, o: *mut Header, flags: u8) {
        // SAFETY: the object exists.
        let serial = unsafe { (*o).hash };
        if serial == 0 {
            self.out.u8(flags);
        } else {
            self.out.u8(flags | flag::SERIAL);
            self.out.u32(serial);
        }
    }

    unsafe fn table(&mut self, t: *mut Table) {
        // SAFETY: the table exists; slots and nodes are read within their counts.
        unsafe {
            let (slots, count) = ((*t).asize as usize, (*t).node_count());
            let mut flags = 0;
            if slots > 0 {
                flags |= flag::ARRAY;
                if Table::is_inside(t, (*t).arr as *const u8) {
                    flags |= flag::ARRAY_INSIDE;
                }
            }
            if count > 0 {
                flags |= flag::NODES;
                if Table::is_inside(t, (*t).nodes as *const u8) {
                    flags |= flag::NODES_INSIDE;
                }
            }
            let dead = self.is_dead(t as *mut Header);
            if dead {
                self.out.u8(flags);
            } else {
                if !(*t).meta.is_null() {
                    flags |= flag::META;
                }
                self.flags(t as *mut Header, flags);
                if !(*t).meta.is_null() {
                    self.reference((*t).meta);
                }
            }
            if slots > 0 {
                self.out.u32((*t).asize);
            }
            if count > 0 {
                self.out.u8(count.trailing_zeros() as u8);
            }
            if !dead {
                self.array(t, slots);
                self.nodes(t, count);
            }
        }
    }

    unsafe fn array(&mut self, t: *mut Table, slots: usize) {
        if slots == 0 {
            return;
        }
        // SAFETY: the table has so many slots.
        unsafe {
            self.out.u32((*t).border);
            self.out.raw(std::slice::from_raw_parts((*t).tags(), slots));
            for i in 0..slots {
                self.payload(*(*t).tags().add(i), *(*t).arr.add(i));
            }
        }
    }

    unsafe fn nodes(&mut self, t: *mut Table, count: usize) {
        if count == 0 {
            return;
        }
        // SAFETY: the table has so many nodes.
        unsafe {
            self.out.u32((*t).last_free);
            for i in 0..count {
                let n = &*(*t).nodes.add(i);
                self.out.u8(n.key_tag);
                if n.key_tag != tag::NIL {
                    self.out.u8(n.val_tag);
                    self.out.u32(n.next as u32);
                    self.payload(n.key_tag, n.key);
                    self.payload(n.val_tag, n.val);
                }
            }
        }
    }

    unsafe fn lua_fn(&mut self, f: *mut LuaFn) {
        // SAFETY: the closure exists and has so many upvalues.
        unsafe {
            self.flags(f as *mut Header, 0);
            self.reference((*f).proto);
            for i in 0..(*f).hdr.extra as usize {
                self.reference(*LuaFn::upval_slot(f, i));
            }
        }
    }

    unsafe fn native(&mut self, f: *mut NativeObj) {
        // SAFETY: the function exists and has so many upvalues.
        unsafe {
            self.flags(f as *mut Header, 0);
            self.out.name((*f).def.name);
            for i in 0..(*f).hdr.extra as usize {
                self.value(*NativeObj::upval_slot(f, i));
            }
        }
    }

    /// The slot of an open one stands in its thread's list.
    unsafe fn upvalue(&mut self, u: *mut Upval) {
        // SAFETY: the upvalue exists.
        unsafe {
            if Upval::is_open(u) {
                self.flags(u as *mut Header, flag::OPEN);
                self.out.u8((*u).hdr.flags);
            } else {
                self.flags(u as *mut Header, 0);
                self.value((*u).closed);
            }
        }
    }

    unsafe fn userdata(&mut self, u: *mut Userdata) {
        // SAFETY: the userdata exists; its buffer is put back.
        unsafe {
            let dead = self.is_dead(u as *mut Header);
            let mut flags = if (*u).host_owned { flag::HOST_OWNED } else { 0 };
            let meta = (*u).meta;
            if dead {
                self.out.u8(flags);
            } else {
                if !meta.is_null() {
                    flags |= flag::META;
                }
                self.flags(u as *mut Header, flags);
                if !meta.is_null() {
                    self.reference(meta);
                }
                self.out.name((*u).type_name);
            }
            self.out.u64((*u).data.get());
            let buffer = (*u).buffer.take();
            let values = &(*u).user_values;
            self.out.count(buffer.len());
            self.out.count(values.len());
            if !dead {
                self.out.raw(&buffer);
                for v in values {
                    self.value(*v);
                }
            }
            (*u).buffer.set(buffer);
        }
    }
}
