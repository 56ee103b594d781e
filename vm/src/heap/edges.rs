//! What objects refer to: one traversal, used by the marker and by the checker.

use super::Header;
use crate::object::function::{LuaFn, NativeObj, ProtoObj, Upval};
use crate::object::table::{Node, Table};
use crate::object::thread::Thread;
use crate::object::userdata::Userdata;
use crate::value::{Value, tag};

/// What is done with the references of an object.
///
/// Its functions are called with references of a live object, so what they are given exists.
pub(crate) trait Visitor {
    /// A reference to an object of this kind.
    ///
    /// # Safety
    /// `o` is referred to by a live object.
    unsafe fn object(&mut self, o: *mut Header, kind: u8);

    /// A value, which may be a reference.
    ///
    /// # Safety
    /// `v` is held by a live object.
    unsafe fn value(&mut self, v: Value);

    /// A slot of a stack: a value or a frame's link.
    ///
    /// # Safety
    /// As for [`Visitor::value`].
    #[inline(always)]
    unsafe fn stack_slot(&mut self, v: Value) {
        // SAFETY: the same contract.
        unsafe { self.value(v) }
    }

    /// A node of a table's hash part, which may be free or have a key only.
    ///
    /// # Safety
    /// `n` is a node of a live table.
    unsafe fn node(&mut self, n: *mut Node);
}

/// Visits everything that an object refers to; returns how many slots that is.
///
/// # Safety
/// The object is live.
#[inline(always)]
pub(crate) unsafe fn references(o: *mut Header, visitor: &mut impl Visitor) -> usize {
    // SAFETY: the object is live (the caller) and its kind says what it is.
    unsafe {
        match (*o).kind {
            tag::TABLE => {
                let t = o as *mut Table;
                optional((*t).meta, tag::TABLE, visitor);
                let (slots, nodes) = ((*t).asize as usize, (*t).node_count());
                array_slots(t, 0, slots, visitor);
                table_nodes(t, 0, nodes, visitor);
                1 + slots + 2 * nodes
            }
            tag::LUA_FN => {
                let (f, n) = (o as *mut LuaFn, (*o).extra as usize);
                optional((*f).proto, tag::PROTO, visitor);
                for i in 0..n {
                    optional(*LuaFn::upval_slot(f, i), tag::UPVAL, visitor);
                }
                n
            }
            tag::NATIVE => {
                let n = (*o).extra as usize;
                for i in 0..n {
                    visitor.value(*NativeObj::upval_slot(o as *mut NativeObj, i));
                }
                n
            }
            tag::UPVAL => {
                visitor.value(*(*(o as *mut Upval)).v);
                1
            }
            tag::USERDATA => {
                let u = o as *mut Userdata;
                optional((*u).meta, tag::TABLE, visitor);
                let n = (*u).user_values.len();
                for i in 0..n {
                    let v = (&(*u).user_values)[i];
                    visitor.value(v);
                }
                n
            }
            tag::THREAD => thread(o as *mut Thread, visitor),
            tag::PROTO => {
                // A prototype's data never changes, so a reference to it may be held.
                let d = &*(*(o as *mut ProtoObj)).data;
                for v in d.constants.iter() {
                    visitor.value(*v);
                }
                for p in d.protos.iter() {
                    visitor.object(p.as_ptr() as *mut Header, tag::PROTO);
                }
                d.constants.len() + d.protos.len()
            }
            // Strings.
            _ => 0,
        }
    }
}

#[inline(always)]
unsafe fn optional<T>(o: *mut T, kind: u8, visitor: &mut impl Visitor) {
    if !o.is_null() {
        // SAFETY: the callers': a live object's reference that is not null.
        unsafe { visitor.object(o as *mut Header, kind) }
    }
}

/// Visits array slots of a table.
///
/// # Safety
/// The table is live and has these slots.
#[inline(always)]
pub(crate) unsafe fn array_slots(
    t: *mut Table,
    from: usize,
    to: usize,
    visitor: &mut impl Visitor,
) {
    // SAFETY: the slots are there (the caller).
    unsafe {
        for i in from..to {
            visitor.value((*t).array_get(i));
        }
    }
}

/// Visits nodes of a table.
///
/// # Safety
/// The table is live and has these nodes.
#[inline(always)]
pub(crate) unsafe fn table_nodes(
    t: *mut Table,
    from: usize,
    to: usize,
    visitor: &mut impl Visitor,
) {
    // SAFETY: the nodes are there (the caller).
    unsafe {
        for i in from..to {
            visitor.node((*t).nodes.add(i));
        }
    }
}

/// A thread's stack up to its top, its open upvalues and fields.
#[inline(always)]
unsafe fn thread(t: *mut Thread, visitor: &mut impl Visitor) -> usize {
    // SAFETY: the callers' thread is live: its stack has the slots, its open upvalues exist.
    unsafe {
        visitor.value((*t).error);
        visitor.value((*t).hook.func);
        for v in (*t).faults.iter().flat_map(|faults| faults.values()) {
            visitor.value(v);
        }
        optional((*t).resumer, tag::THREAD, visitor);
        let live = (*t).live_slots();
        for i in 0..live {
            visitor.stack_slot(*(*t).stack.add(i));
        }
        let mut uv = (*t).open;
        while !uv.is_null() {
            visitor.object(uv as *mut Header, tag::UPVAL);
            uv = (*uv).next_open;
        }
        live
    }
}
