//! What objects hold.

use super::Reader;
use crate::heap::cells::cell_of;
use crate::heap::objects::set_owner;
use crate::heap::{Header, size};
use crate::object::function::{LuaFn, NativeObj, ProtoObj, Upval};
use crate::object::table::{Node, Table};
use crate::object::thread::Thread;
use crate::object::userdata::Userdata;
use crate::snapshot::bytes::{Input, Result};
use crate::snapshot::error::SnapshotErrorKind as Kind;
use crate::snapshot::format::flag;
use crate::value::{Value, tag};

/// Most nodes of a hash part, as a power of two.
const MAX_NODES_LOG: u8 = 30;

impl Reader<'_> {
    /// # Safety
    /// Strings and code have been read.
    pub(super) unsafe fn objects(&mut self, mut input: Input) -> Result<()> {
        // SAFETY: all objects exist, and their kinds say what they are.
        unsafe {
            self.each_object(|reader, o| {
                let input = &mut input;
                let dead = reader.is_dead(o);
                match (*o).kind {
                    tag::TABLE => reader.table(input, o as *mut Table, dead),
                    tag::LUA_FN if !dead => reader.lua_fn(input, o as *mut LuaFn),
                    tag::NATIVE if !dead => reader.native_fn(input, o as *mut NativeObj),
                    tag::UPVAL if !dead => reader.upvalue(input, o as *mut Upval),
                    tag::USERDATA => reader.userdata(input, o as *mut Userdata, dead),
                    tag::THREAD => reader.thread(input, o as *mut Thread, dead),
                    _ => Ok(()),
                }
            })?;
            self.place_threads(&input)?;
        }
        input.finish()
    }

    /// Flags out of `allowed`, and the serial number if there is one.
    #[cfg_attr(not(luka_small), inline(always))]
    pub(super) unsafe fn flags(
        &self,
        input: &mut Input,
        o: *mut Header,
        allowed: u8,
    ) -> Result<u8> {
        let flags = input.u8()?;
        if flags & !(allowed | flag::SERIAL) != 0 {
            return Err(input.invalid(format!("{flags:#x} are no flags of this object")));
        }
        if flags & flag::SERIAL != 0 {
            let serial = input.u32()?;
            if serial == 0 || serial > self.heap.last_serial {
                return Err(input.invalid(format!("{serial} is no serial number")));
            }
            // SAFETY: the object exists.
            unsafe { (*o).hash = serial };
        }
        Ok(flags)
    }

    unsafe fn table(&mut self, input: &mut Input, t: *mut Table, dead: bool) -> Result<()> {
        // SAFETY: the table is empty; its parts are as large as its counts say.
        unsafe {
            use flag::{ARRAY, ARRAY_INSIDE, META, NODES, NODES_INSIDE};
            let allowed = ARRAY | ARRAY_INSIDE | NODES | NODES_INSIDE | if dead { 0 } else { META };
            let flags = self.flags(input, t as *mut Header, allowed)?;
            if flags & META != 0 {
                (*t).meta = self.object(input, tag::TABLE)? as *mut Table;
            }
            let has = |bit: u8| flags & bit != 0;
            if has(ARRAY_INSIDE) && !has(ARRAY) || has(NODES_INSIDE) && !has(NODES) {
                return Err(input.invalid("a part that is not there lies in the cell"));
            }
            let slots = if has(ARRAY) { input.u32()? as usize } else { 0 };
            let log = if has(NODES) { input.u8()? } else { 0 };
            if has(ARRAY) && slots == 0 || log > MAX_NODES_LOG {
                return Err(input.invalid(format!("a part of {slots} slots or 2^{log} nodes")));
            }
            let count = if has(NODES) { 1 << log } else { 0 };
            if !dead && slots.saturating_add(count) > input.left() {
                return Err(input.fail(Kind::Damaged, "the section ends too early"));
            }
            // In the cell lie nodes first.
            let mut taken = size::TABLE;
            if count > 0 {
                let bytes = count.saturating_mul(size::NODE);
                let p = self.part(input, t, bytes, has(NODES_INSIDE).then_some(&mut taken))?;
                (*t).nodes = p as *mut Node;
                (*t).node_mask = count as u32 - 1;
            }
            if slots > 0 {
                let bytes = slots.saturating_mul(size::ARRAY_SLOT);
                let p = self.part(input, t, bytes, has(ARRAY_INSIDE).then_some(&mut taken))?;
                (*t).arr = p as *mut u64;
                (*t).asize = slots as u32;
            }
            if has(ARRAY) && !has(ARRAY_INSIDE) || has(NODES) && !has(NODES_INSIDE) {
                set_owner(t as *mut Header);
            }
            if dead {
                return Ok(());
            }
            self.array(input, t, slots)?;
            self.nodes(input, t, count)
        }
    }

    /// Memory for a part of a table, all zero: in its cell, so many bytes of which are `taken`, or a
    /// block of its own.
    unsafe fn part(
        &mut self,
        input: &Input,
        t: *mut Table,
        bytes: usize,
        taken: Option<&mut usize>,
    ) -> Result<*mut u8> {
        if let Some(taken) = taken {
            // SAFETY: the table is in a cell, since tables are small; the bytes are in it, too.
            unsafe {
                if bytes > cell_of(t as *mut Header) - *taken {
                    return Err(input.invalid("a part of a table that does not fit its cell"));
                }
                let p = t.byte_add(*taken) as *mut u8;
                *taken += bytes;
                p.write_bytes(0, bytes);
                return Ok(p);
            }
        }
        self.charge(input, bytes)?;
        self.heap.blocks.try_alloc_zeroed(bytes).ok_or_else(|| self.no_memory(input))
    }

    unsafe fn array(&self, input: &mut Input, t: *mut Table, slots: usize) -> Result<()> {
        if slots == 0 {
            return Ok(());
        }
        // SAFETY: the table has so many slots.
        unsafe {
            (*t).border = input.u32()?;
            if (*t).border as usize > slots {
                return Err(input.invalid(format!("a border at {} of {slots}", (*t).border)));
            }
            let tags = input.raw(slots)?;
            for (i, &tag) in tags.iter().enumerate() {
                *(*t).arr.add(i) = self.payload(input, tag)?;
                *(*t).tags().add(i) = tag;
            }
            Ok(())
        }
    }

    unsafe fn nodes(&self, input: &mut Input, t: *mut Table, count: usize) -> Result<()> {
        if count == 0 {
            return Ok(());
        }
        // SAFETY: the table has so many nodes.
        unsafe {
            (*t).last_free = input.u32()?;
            if (*t).free_end() as usize > count {
                return Err(input.invalid("the free pointer of a table is outside of its nodes"));
            }
            for i in 0..count {
                let key_tag = input.u8()?;
                if key_tag == tag::NIL {
                    continue;
                }
                let n = &mut *(*t).nodes.add(i);
                let val_tag = input.u8()?;
                let next = input.u32()? as i32;
                let target = i as i64 + i64::from(next);
                if !(0..count as i64).contains(&target) {
                    return Err(input.invalid("a node of a table goes on outside of its nodes"));
                }
                n.next = next;
                n.key = match key_tag {
                    tag::DEAD => input.u64()?,
                    _ => self.payload(input, key_tag)?,
                };
                n.key_tag = key_tag;
                n.val = self.payload(input, val_tag)?;
                n.val_tag = val_tag;
            }
            Ok(())
        }
    }

    unsafe fn lua_fn(&mut self, input: &mut Input, f: *mut LuaFn) -> Result<()> {
        // SAFETY: the closure has as many upvalues as its head says.
        unsafe {
            self.flags(input, f as *mut Header, 0)?;
            let proto = self.object(input, tag::PROTO)? as *mut ProtoObj;
            let n = (*f).hdr.extra as usize;
            if (&(*proto)).data.upvalues.len() != n {
                return Err(input.invalid(format!("a function with {n} upvalues has others")));
            }
            (*f).proto = proto;
            (*f).code = (*proto).code;
            (*f).k = (*proto).k;
            for i in 0..n {
                *LuaFn::upval_slot(f, i) = self.object(input, tag::UPVAL)? as *mut Upval;
            }
            Ok(())
        }
    }

    unsafe fn native_fn(&mut self, input: &mut Input, f: *mut NativeObj) -> Result<()> {
        // SAFETY: the function has as many upvalues as its head says.
        unsafe {
            self.flags(input, f as *mut Header, 0)?;
            let native = self.native(input)?;
            if native.contract.is_some() {
                let message = format!("the continuation '{}' as a function", native.name);
                return Err(input.invalid(message));
            }
            (*f).def = native;
            for i in 0..(*f).hdr.extra as usize {
                *NativeObj::upval_slot(f, i) = self.value(input)?;
            }
            Ok(())
        }
    }

    unsafe fn upvalue(&mut self, input: &mut Input, u: *mut Upval) -> Result<()> {
        // SAFETY: the upvalue exists.
        unsafe {
            if self.flags(input, u as *mut Header, flag::OPEN)? & flag::OPEN != 0 {
                (*u).hdr.flags = input.u8()?;
                (*u).v = std::ptr::null_mut();
                self.open_upvalues += 1;
            } else {
                (*u).closed = self.value(input)?;
            }
            Ok(())
        }
    }

    unsafe fn userdata(&mut self, input: &mut Input, u: *mut Userdata, dead: bool) -> Result<()> {
        // SAFETY: the userdata exists, and holds nothing yet.
        unsafe {
            let allowed = flag::HOST_OWNED | if dead { 0 } else { flag::META };
            let flags = self.flags(input, u as *mut Header, allowed)?;
            if flags & flag::META != 0 {
                (*u).meta = self.object(input, tag::TABLE)? as *mut Table;
            }
            if !dead {
                let name = input.name()?;
                let known = self.types.iter().find(|known| **known == name);
                (*u).type_name = known.ok_or_else(|| {
                    let message = format!("there is no type of userdata '{name}' here");
                    input.fail(Kind::Missing, message)
                })?;
            }
            (*u).data.set(input.u64()?);
            let (bytes, values) = (input.u32()? as usize, input.u32()? as usize);
            let counted = values.checked_mul(size::VALUE).and_then(|n| n.checked_add(bytes));
            self.charge(input, counted.unwrap_or(usize::MAX))?;
            let mut buffer = Vec::new();
            let user_values = &mut (*u).user_values;
            if dead {
                let got = buffer.try_reserve_exact(bytes).is_ok();
                if !got || user_values.try_reserve_exact(values).is_err() {
                    return Err(self.no_memory(input));
                }
                buffer.resize(bytes, 0);
                user_values.resize(values, Value::NIL);
            } else {
                buffer.extend_from_slice(input.raw(bytes)?);
                for _ in 0..values {
                    user_values.push(self.value(input)?);
                }
            }
            (*u).buffer.set(buffer);
            // Last: what is released when this fails half-way belongs to nobody.
            (*u).host_owned = flags & flag::HOST_OWNED != 0;
            Ok(())
        }
    }
}
