//! The machine's own fields, and userdata.

use super::{Damage, Row};
use crate::heap::Header;
use crate::object::native::contract::BUFFER;
use crate::object::userdata::Userdata;
use crate::value::{Value, tag};
use crate::vm::closing::Closing;

pub(super) const ALL: &[Row] = &[
    ("the stack in use is the running thread's", |d| {
        let (at, end) = (&raw mut d.vm.stack_end, d.vm.stack_end.wrapping_sub(1));
        d.poke(at, end)
    }),
    ("hooks run if the running thread has one that may", |d| {
        let (at, not) = (&raw mut d.vm.hooked, !d.vm.hooked);
        d.poke(at, not)
    }),
    ("what waits to be closed is pinned", |d| {
        let old = d.vm.closing.take();
        let pending = d.vm.heap.pinned.len() + 1;
        let new = Closing { pending, paused: None, hooks: None };
        d.change(|vm| vm.closing = Some(new), move |vm| vm.closing = old);
        Some(())
    }),
    ("names of events are theirs", |d| {
        let (at, other) = (&raw mut d.vm.event_names[0], d.vm.event_names[1]);
        d.poke(at, other)
    }),
    ("names and messages are kept for ever", |d| {
        let (at, s) = (&raw mut d.vm.memory_message, find_string(d)?);
        d.poke(at, s)
    }),
    ("numbers of host roots are free once", |d| {
        let number = d.vm.add_host_root(Value::TRUE);
        d.vm.remove_host_root(number);
        d.vm.remove_host_root(number);
        d.undo.push(Box::new(move |vm| {
            vm.add_host_root(Value::TRUE);
            vm.add_host_root(Value::TRUE);
            vm.remove_host_root(number);
        }));
        Some(())
    }),
    ("free host roots are nil", |d| {
        let number = d.vm.add_host_root(Value::TRUE);
        d.vm.remove_host_root(number);
        let at = d.vm.heap.host_roots.values().as_ptr().wrapping_add(number as usize);
        d.poke(at.cast_mut(), Value::TRUE)
    }),
    ("a random generator's state has 32 bytes", |d| {
        let u = find_userdata(d, |u| u.type_name == "random")?;
        // SAFETY: the userdata exists.
        unsafe {
            let buffer = (*u).buffer.as_ptr();
            let last = (*buffer).pop()?;
            d.undo.push(Box::new(move |_| (*buffer).push(last)));
        }
        Some(())
    }),
    ("only buffers hold bytes", |d| {
        let u = find_userdata(d, |u| u.type_name == BUFFER && has_bytes(u))?;
        // SAFETY: the userdata exists.
        d.poke(unsafe { &raw mut (*u).type_name }, "other")
    }),
    ("what the host owns is no native's state", |d| {
        let u = find_userdata(d, |u| u.type_name == BUFFER)?;
        // SAFETY: the userdata exists.
        d.poke(unsafe { &raw mut (*u).host_owned }, true)
    }),
];

fn has_bytes(u: &Userdata) -> bool {
    // SAFETY: nothing else touches the buffer.
    unsafe { !(*u.buffer.as_ptr()).is_empty() }
}

fn find_userdata(d: &Damage, wanted: impl Fn(&Userdata) -> bool) -> Option<*mut Userdata> {
    let found = super::heap::find(d, |o| {
        // SAFETY: the object exists, and its kind says what it is.
        unsafe { (*o).kind == tag::USERDATA && wanted(&*(o as *const Userdata)) }
    })?;
    Some(found as *mut Userdata)
}

/// A short string that is not kept for ever.
fn find_string(d: &Damage) -> Option<crate::heap::Gc<crate::Str>> {
    let found: *mut Header = super::heap::find(d, |o| {
        // SAFETY: the object exists.
        unsafe { (*o).kind == tag::STR && !d.vm.heap.fixed.contains(&o) }
    })?;
    // SAFETY: its kind says that it is a string.
    Some(unsafe { crate::heap::Gc::from_ptr(found as *mut crate::Str) })
}
