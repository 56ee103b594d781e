//! Table access. The handlers serve plain hits; a missed cache looks the key up by hash; anything
//! with metatables, growth or barriers goes to [`super::index`].

use super::dispatch::{go, handlers, slow_handlers, tail};
use super::operand::*;
use super::ops_move::closure;
use crate::heap::mark;
use crate::table::set::{put, put_int};
use crate::table::{Node, Table};
use crate::value::{Value, tag};
use crate::vm::Vm;

slow_handlers! {
    op_get_slow => Vm::get_slow;
    op_set_slow => Vm::set_slow;
    op_newtable => Vm::newtable_instr;
    op_setlist => Vm::setlist_instr;
}

#[inline(always)]
unsafe fn table_of(v: *const Value) -> *mut Table {
    // SAFETY: The callers have tested the tag; the payload is copied, not read.
    unsafe { (*v).payload as usize as *mut Table }
}

/// The node of the hash part that holds a short string, or null.
#[inline(always)]
pub unsafe fn find_str(t: *mut Table, key: *const Value) -> *mut Node {
    // SAFETY: The callers: the table is live and the key a short string, whose hash is always made.
    // Chains stay within the nodes.
    unsafe {
        let hash = (*((*key).payload as usize as *const crate::heap::Header)).hash;
        let mut n = (*t).nodes.add((hash & (*t).node_mask) as usize);
        loop {
            if (*n).key == (*key).payload && (*n).key_tag == tag::STR {
                return n;
            }
            let next = (*n).next as isize;
            if next == 0 {
                return std::ptr::null_mut();
            }
            n = n.offset(next);
        }
    }
}

/// The array slot of an integer key: payload and tag addresses, if inside the array part.
#[inline(always)]
unsafe fn array_slot(t: *mut Table, key: i64) -> Option<(*mut u64, *mut u8)> {
    // SAFETY: The callers' table is live; both addresses lie in the array part as `i < n`.
    unsafe {
        let i = (key as u64).wrapping_sub(1);
        let n = (*t).asize as u64;
        if i < n {
            let arr = (*t).arr;
            Some((arr.add(i as usize), (arr.add(n as usize) as *mut u8).add(i as usize)))
        } else {
            None
        }
    }
}

/// The cached node if it holds the key and a value.
macro_rules! cached_node {
    ($ip:expr, $t:expr, $key:expr) => {{
        let n = (*$t).nodes.add(((*$ip).n as u32 & (*$t).node_mask) as usize);
        if (*n).key == (*$key).payload && (*n).key_tag == tag::STR && (*n).val_tag != tag::NIL {
            n
        } else {
            std::ptr::null_mut()
        }
    }};
}

macro_rules! load_node {
    ($dst:expr, $n:expr) => {{
        let d = $dst;
        let p = (*$n).val;
        let t = (*$n).val_tag;
        (*d).payload = p;
        (*d).tag = t;
    }};
}

/// Remembers where the key was found.
#[inline(always)]
unsafe fn remember(ip: *const luka_bytecode::Instr, t: *mut Table, n: *mut Node) {
    // SAFETY: The callers: `n` is a node of `t`; `ip` is in linked code, whose `n` is a cache that
    // only the machine's one thread writes.
    unsafe {
        let index = n.offset_from((*t).nodes);
        if index < 256 {
            (*(ip as *mut luka_bytecode::Instr)).n = index as u8;
        }
    }
}

handlers! {
    fn op_gettabup(vm, ip, base, k, fuel, tb) {
        let up = *(*closure(base)).upvals.as_ptr().add((*ip).b as usize);
        let v = (*up).v;
        if (*v).tag == tag::TABLE {
            let t = table_of(v);
            let key = kc(ip, k);
            let n = cached_node!(ip, t, key);
            if !n.is_null() {
                load_node!(ra(ip, base), n);
                go!(vm, ip.add(1), base, k, fuel, tb)
            }
        }
        tail!(op_gettabup_miss, vm, ip, base, k, fuel, tb)
    }
    #[cold]
    #[inline(never)]
    fn op_gettabup_miss(vm, ip, base, k, fuel, tb) {
        let up = *(*closure(base)).upvals.as_ptr().add((*ip).b as usize);
        let v = (*up).v;
        if (*v).tag == tag::TABLE {
            let t = table_of(v);
            let n = find_str(t, kc(ip, k));
            if !n.is_null() && (*n).val_tag != tag::NIL {
                remember(ip, t, n);
                load_node!(ra(ip, base), n);
                go!(vm, ip.add(1), base, k, fuel, tb)
            }
        }
        tail!(op_get_slow, vm, ip, base, k, fuel, tb)
    }
    fn op_getfield(vm, ip, base, k, fuel, tb) {
        let v = rb(ip, base);
        if (*v).tag == tag::TABLE {
            let t = table_of(v);
            let key = kc(ip, k);
            let n = cached_node!(ip, t, key);
            if !n.is_null() {
                load_node!(ra(ip, base), n);
                go!(vm, ip.add(1), base, k, fuel, tb)
            }
        }
        tail!(op_getfield_miss, vm, ip, base, k, fuel, tb)
    }
    #[inline(never)]
    fn op_getfield_miss(vm, ip, base, k, fuel, tb) {
        let v = rb(ip, base);
        if (*v).tag == tag::TABLE {
            let mut t = table_of(v);
            let key = kc(ip, k);
            let n = find_str(t, key);
            if !n.is_null() && (*n).val_tag != tag::NIL {
                remember(ip, t, n);
                load_node!(ra(ip, base), n);
                go!(vm, ip.add(1), base, k, fuel, tb)
            }
            if (*t).meta.is_null() {
                set_tag(ra(ip, base), tag::NIL);
                go!(vm, ip.add(1), base, k, fuel, tb)
            }
            // plain chains of __index tables
            let n = super::index::inherited(vm, t, key);
            if !n.is_null() {
                load_node!(ra(ip, base), n);
                go!(vm, ip.add(1), base, k, fuel, tb)
            }
        }
        tail!(op_get_slow, vm, ip, base, k, fuel, tb)
    }
    fn op_self(vm, ip, base, k, fuel, tb) {
        let v = rb(ip, base);
        if (*v).tag == tag::TABLE {
            let t = table_of(v);
            let key = kc(ip, k);
            let n = cached_node!(ip, t, key);
            if !n.is_null() {
                let a = ra(ip, base);
                copy(a.add(2), v);
                load_node!(a, n);
                go!(vm, ip.add(1), base, k, fuel, tb)
            }
        }
        tail!(op_self_miss, vm, ip, base, k, fuel, tb)
    }
    #[inline(never)]
    fn op_self_miss(vm, ip, base, k, fuel, tb) {
        let v = rb(ip, base);
        if (*v).tag == tag::TABLE {
            let t = table_of(v);
            let key = kc(ip, k);
            let own = find_str(t, key);
            if own.is_null() || (*own).val_tag == tag::NIL {
                let n = super::index::inherited_cached(vm, ip, t, key);
                if !n.is_null() {
                    let a = ra(ip, base);
                    copy(a.add(2), v);
                    load_node!(a, n);
                    go!(vm, ip.add(1), base, k, fuel, tb)
                }
            }
        }
        tail!(op_self_string, vm, ip, base, k, fuel, tb)
    }
    /// A method of a string: its metatable's `__index` table.
    #[inline(never)]
    fn op_self_string(vm, ip, base, k, fuel, tb) {
        let v = rb(ip, base);
        if (*v).is_string() {
            let n = super::index::string_method(vm, ip, kc(ip, k));
            if !n.is_null() {
                let a = ra(ip, base);
                copy(a.add(2), v);
                load_node!(a, n);
                go!(vm, ip.add(1), base, k, fuel, tb)
            }
        }
        tail!(op_self_slow, vm, ip, base, k, fuel, tb)
    }
    #[cold]
    #[inline(never)]
    fn op_self_slow(vm, ip, base, k, fuel, tb) {
        let v = rb(ip, base);
        if (*v).tag == tag::TABLE {
            let t = table_of(v);
            let key = kc(ip, k);
            let n = find_str(t, key);
            if !n.is_null() && (*n).val_tag != tag::NIL {
                remember(ip, t, n);
                let a = ra(ip, base);
                copy(a.add(2), v);
                load_node!(a, n);
                go!(vm, ip.add(1), base, k, fuel, tb)
            }
        }
        tail!(op_get_slow, vm, ip, base, k, fuel, tb)
    }
    fn op_gettable(vm, ip, base, k, fuel, tb) {
        let v = rb(ip, base);
        let key = rc(ip, base);
        if (*v).tag == tag::TABLE
            && is_int(key)
            && let Some((p, g)) = array_slot(table_of(v), int_of(key))
        {
            let t = *g;
            if t != tag::NIL {
                let a = ra(ip, base);
                (*a).payload = *p;
                (*a).tag = t;
                go!(vm, ip.add(1), base, k, fuel, tb)
            }
        }
        tail!(op_gettable_miss, vm, ip, base, k, fuel, tb)
    }
    #[inline(never)]
    fn op_gettable_miss(vm, ip, base, k, fuel, tb) {
        let v = rb(ip, base);
        let key = rc(ip, base);
        if (*v).tag == tag::TABLE {
            let t = table_of(v);
            if (*key).tag == tag::STR {
                let n = find_str(t, key);
                if !n.is_null() && (*n).val_tag != tag::NIL {
                    load_node!(ra(ip, base), n);
                    go!(vm, ip.add(1), base, k, fuel, tb)
                }
                if (*t).meta.is_null() {
                    set_tag(ra(ip, base), tag::NIL);
                    go!(vm, ip.add(1), base, k, fuel, tb)
                }
            } else {
                let v = crate::heap::Gc::from_ptr(t).get(*key);
                if !v.is_nil() || (*t).meta.is_null() {
                    copy(ra(ip, base), &v);
                    go!(vm, ip.add(1), base, k, fuel, tb)
                }
            }
        }
        tail!(op_get_slow, vm, ip, base, k, fuel, tb)
    }
    fn op_geti(vm, ip, base, k, fuel, tb) {
        let v = rb(ip, base);
        if (*v).tag == tag::TABLE
            && let Some((p, g)) = array_slot(table_of(v), (*ip).c as i64)
        {
            let t = *g;
            if t != tag::NIL {
                let a = ra(ip, base);
                (*a).payload = *p;
                (*a).tag = t;
                go!(vm, ip.add(1), base, k, fuel, tb)
            }
        }
        tail!(op_geti_miss, vm, ip, base, k, fuel, tb)
    }
    #[inline(never)]
    fn op_geti_miss(vm, ip, base, k, fuel, tb) {
        let v = rb(ip, base);
        if (*v).tag == tag::TABLE {
            let t = table_of(v);
            let v = crate::heap::Gc::from_ptr(t).get_int((*ip).c as i64);
            if !v.is_nil() || (*t).meta.is_null() {
                copy(ra(ip, base), &v);
                go!(vm, ip.add(1), base, k, fuel, tb)
            }
        }
        tail!(op_get_slow, vm, ip, base, k, fuel, tb)
    }
}

/// Stores into an existing, non-nil slot: no metamethod, no growth, no flags. First where the
/// key was last time, then by hash.
macro_rules! set_field {
    ($name:ident, $miss:ident, |$ip:ident, $base:ident, $k:ident| $table:expr, $val:expr) => {
        handlers! {
            fn $name(vm, ip, base, k, fuel, tb) {
                let ($ip, $base, $k) = (ip, base, k);
                let v: *const Value = $table;
                if (*v).tag == tag::TABLE {
                    let t = table_of(v);
                    let key = kb(ip, k);
                    let n = cached_node!(ip, t, key);
                    let val: *const Value = $val;
                    if !n.is_null()
                        && ((*t).hdr.marked & mark::BLACK == 0 || !(*val).is_heap())
                    {
                        let p = (*val).payload;
                        let g = (*val).tag;
                        (*n).val = p;
                        (*n).val_tag = g;
                        go!(vm, ip.add(1), base, k, fuel, tb)
                    }
                }
                tail!($miss, vm, ip, base, k, fuel, tb)
            }
            #[inline(never)]
            fn $miss(vm, ip, base, k, fuel, tb) {
                let ($ip, $base, $k) = (ip, base, k);
                let v: *const Value = $table;
                if (*v).tag == tag::TABLE {
                    let t = table_of(v);
                    let n = find_str(t, kb(ip, k));
                    let val: *const Value = $val;
                    if !n.is_null()
                        && (*n).val_tag != tag::NIL
                        && ((*t).hdr.marked & mark::BLACK == 0 || !(*val).is_heap())
                    {
                        remember(ip, t, n);
                        let p = (*val).payload;
                        let g = (*val).tag;
                        (*n).val = p;
                        (*n).val_tag = g;
                        go!(vm, ip.add(1), base, k, fuel, tb)
                    }
                    if put(&raw mut (*vm).heap, t, kb(ip, k), val) {
                        go!(vm, ip.add(1), base, k, fuel, tb)
                    }
                }
                tail!(op_set_slow, vm, ip, base, k, fuel, tb)
            }
        }
    };
}
set_field!(
    op_settabup,
    op_settabup_miss,
    |ip, base, k| {
        let up = *(*closure(base)).upvals.as_ptr().add((*ip).a as usize);
        (*up).v
    },
    rc(ip, base)
);
set_field!(
    op_settabupk,
    op_settabupk_miss,
    |ip, base, k| {
        let up = *(*closure(base)).upvals.as_ptr().add((*ip).a as usize);
        (*up).v
    },
    kc(ip, k)
);
set_field!(op_setfield, op_setfield_miss, |ip, base, k| ra(ip, base), rc(ip, base));
set_field!(op_setfieldk, op_setfieldk_miss, |ip, base, k| ra(ip, base), kc(ip, k));

/// Stores into an existing array slot; then wherever no metamethod is concerned.
macro_rules! set_index {
    ($name:ident, $miss:ident, |$ip:ident, $base:ident, $k:ident| $key:expr, $val:expr,
     |$heap:ident, $t:ident, $v:ident| $put:expr) => {
        handlers! {
            fn $name(vm, ip, base, k, fuel, tb) {
                let ($ip, $base, $k) = (ip, base, k);
                let v = ra(ip, base);
                if (*v).tag == tag::TABLE {
                    let t = table_of(v);
                    let key: Option<i64> = $key;
                    let val: *const Value = $val;
                    if let Some(key) = key
                        && let Some((p, g)) = array_slot(t, key)
                        && (*g != tag::NIL || (*t).meta.is_null())
                        && ((*t).hdr.marked & mark::BLACK == 0 || !(*val).is_heap())
                    {
                        let x = (*val).payload;
                        let y = (*val).tag;
                        *p = x;
                        *g = y;
                        go!(vm, ip.add(1), base, k, fuel, tb)
                    }
                }
                tail!($miss, vm, ip, base, k, fuel, tb)
            }
            #[inline(never)]
            fn $miss(vm, ip, base, k, fuel, tb) {
                let ($ip, $base, $k) = (ip, base, k);
                let v = ra(ip, base);
                if (*v).tag == tag::TABLE {
                    let ($heap, $t) = (&raw mut (*vm).heap, table_of(v));
                    let $v: *const Value = $val;
                    if $put {
                        go!(vm, ip.add(1), base, k, fuel, tb)
                    }
                }
                tail!(op_set_slow, vm, ip, base, k, fuel, tb)
            }
        }
    };
}
set_index!(
    op_settable,
    op_settable_miss,
    |ip, base, k| {
        let b = rb(ip, base);
        is_int(b).then(|| int_of(b))
    },
    rc(ip, base),
    |heap, t, v| put(heap, t, rb(ip, base), v)
);
set_index!(
    op_settablek,
    op_settablek_miss,
    |ip, base, k| {
        let b = rb(ip, base);
        is_int(b).then(|| int_of(b))
    },
    kc(ip, k),
    |heap, t, v| put(heap, t, rb(ip, base), v)
);
set_index!(
    op_seti,
    op_seti_miss,
    |ip, base, k| Some((*ip).b as i64),
    rc(ip, base),
    |heap, t, v| put_int(heap, t, (*ip).b as i64, v)
);
set_index!(op_setik, op_setik_miss, |ip, base, k| Some((*ip).b as i64), kc(ip, k), |heap, t, v| {
    put_int(heap, t, (*ip).b as i64, v)
});
