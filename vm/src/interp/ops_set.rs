//! Storing in tables. The handlers serve plain hits; then come stores that grow the table but
//! concern no metamethod; anything else goes to [`super::index`].

use super::dispatch::{go, handlers, slow_handlers, tail};
use super::nodes::*;
use super::operand::*;
use super::ops_move::closure;
use crate::heap::{Gc, mark};
use crate::meta::Event;
use crate::table::Table;
use crate::table::set::{put, put_int};
use crate::value::{Value, tag};
use crate::vm::Vm;

slow_handlers! {
    op_set_slow => Vm::set_slow;
}

/// Stores into an existing, non-nil slot: no metamethod, no growth, no flags. First where the
/// key was last time, then by hash. Tables the collector has marked go a longer way.
macro_rules! set_field {
    ($name:ident, $black:ident, $miss:ident, $new:ident, $put:ident,
     |$ip:ident, $base:ident, $k:ident| $table:expr, $val:expr) => {
        handlers! {
            fn $name(vm, ip, base, k, fuel, tb) {
                let ($ip, $base, $k) = (ip, base, k);
                let v: *const Value = $table;
                if (*v).tag == tag::TABLE {
                    let t = table_of(v);
                    if (*t).hdr.marked & mark::BLACK != 0 {
                        tail!($black, vm, ip, base, k, fuel, tb)
                    }
                    let n = hinted(ip, t);
                    if (*n).key == (*kb(ip, k)).payload
                        && (*n).key_tag == tag::STR
                        && (*n).val_tag != tag::NIL
                    {
                        let val: *const Value = $val;
                        (*n).val = (*val).payload;
                        (*n).val_tag = (*val).tag;
                        go!(vm, ip.add(1), base, k, fuel, tb)
                    }
                    tail!($miss, vm, ip, base, k, fuel, tb)
                }
                tail!(op_set_slow, vm, ip, base, k, fuel, tb)
            }
            /// The register holds a table.
            #[inline(never)]
            fn $black(vm, ip, base, k, fuel, tb) {
                let ($ip, $base, $k) = (ip, base, k);
                let v: *const Value = $table;
                let n = hinted(ip, table_of(v));
                let val: *const Value = $val;
                if !(*val).is_heap()
                    && (*n).key == (*kb(ip, k)).payload
                    && (*n).key_tag == tag::STR
                    && (*n).val_tag != tag::NIL
                {
                    (*n).val = (*val).payload;
                    (*n).val_tag = (*val).tag;
                    go!(vm, ip.add(1), base, k, fuel, tb)
                }
                tail!($miss, vm, ip, base, k, fuel, tb)
            }
            /// The register holds a table.
            #[inline(never)]
            fn $miss(vm, ip, base, k, fuel, tb) {
                let ($ip, $base, $k) = (ip, base, k);
                let v: *const Value = $table;
                let t = table_of(v);
                let n = find_str(t, kb(ip, k));
                if (*t).hdr.marked & mark::BLACK == 0 {
                    if n.is_null() {
                        tail!($new, vm, ip, base, k, fuel, tb)
                    }
                    if (*n).val_tag != tag::NIL || takes_new_fields(t) {
                        (*t).hdr.flags = 0;
                        remember(ip, t, n);
                        let val: *const Value = $val;
                        (*n).val = (*val).payload;
                        (*n).val_tag = (*val).tag;
                        go!(vm, ip.add(1), base, k, fuel, tb)
                    }
                }
                tail!($put, vm, ip, base, k, fuel, tb)
            }
            /// A new field in an unmarked table: in its main position, if that is free.
            #[inline(never)]
            fn $new(vm, ip, base, k, fuel, tb) {
                let ($ip, $base, $k) = (ip, base, k);
                let v: *const Value = $table;
                let t = table_of(v);
                if takes_new_fields(t) && (*t).has_nodes() {
                    let key = kb(ip, k);
                    let n = main_node(t, key);
                    let val: *const Value = $val;
                    if (*n).val_tag == tag::NIL && (*val).tag != tag::NIL {
                        (*t).hdr.flags = 0;
                        (*n).key = (*key).payload;
                        (*n).key_tag = tag::STR;
                        (*n).val = (*val).payload;
                        (*n).val_tag = (*val).tag;
                        remember(ip, t, n);
                        go!(vm, ip.add(1), base, k, fuel, tb)
                    }
                }
                tail!($put, vm, ip, base, k, fuel, tb)
            }
            /// The register holds a table.
            #[inline(never)]
            fn $put(vm, ip, base, k, fuel, tb) {
                let ($ip, $base, $k) = (ip, base, k);
                let v: *const Value = $table;
                let t = table_of(v);
                let val: *const Value = $val;
                if put(&raw mut (*vm).heap, t, kb(ip, k), val) {
                    go!(vm, ip.add(1), base, k, fuel, tb)
                }
                if takes_new_fields(t) && insert(vm, t, kb(ip, k), val) {
                    go!(vm, ip.add(1), base, k, fuel, tb)
                }
                tail!(op_set_slow, vm, ip, base, k, fuel, tb)
            }
        }
    };
}

/// Whether no `__newindex` sees new fields: there is no metatable, or it is known to have none.
#[inline(always)]
unsafe fn takes_new_fields(t: *const Table) -> bool {
    // SAFETY: the callers: the table is live, and so is its metatable.
    unsafe { (*t).meta.is_null() || (*(*t).meta).hdr.flags & 1 << Event::NewIndex as u8 != 0 }
}

/// A field in a table with a metatable that has no `__newindex`.
#[inline(never)]
unsafe fn insert(vm: *mut Vm, t: *mut Table, key: *const Value, v: *const Value) -> bool {
    // SAFETY: the callers: table, key and value are live.
    unsafe { Gc::from_ptr(t).set(&mut (*vm).heap, *key, *v).is_ok() }
}

set_field!(
    op_settabup,
    op_settabup_black,
    op_settabup_miss,
    op_settabup_new,
    op_settabup_put,
    |ip, base, k| {
        let up = *(*closure(base)).upvals.as_ptr().add((*ip).a as usize);
        (*up).v
    },
    rc(ip, base)
);
set_field!(
    op_settabupk,
    op_settabupk_black,
    op_settabupk_miss,
    op_settabupk_new,
    op_settabupk_put,
    |ip, base, k| {
        let up = *(*closure(base)).upvals.as_ptr().add((*ip).a as usize);
        (*up).v
    },
    kc(ip, k)
);
set_field!(
    op_setfield,
    op_setfield_black,
    op_setfield_miss,
    op_setfield_new,
    op_setfield_put,
    |ip, base, k| ra(ip, base),
    rc(ip, base)
);
set_field!(
    op_setfieldk,
    op_setfieldk_black,
    op_setfieldk_miss,
    op_setfieldk_new,
    op_setfieldk_put,
    |ip, base, k| ra(ip, base),
    kc(ip, k)
);

/// Stores into an existing array slot; then wherever no metamethod is concerned.
macro_rules! set_index {
    ($name:ident, $black:ident, $miss:ident, |$ip:ident, $base:ident, $k:ident| $is_int:expr,
     $key:expr, $val:expr, |$heap:ident, $t:ident, $v:ident| $put:expr) => {
        handlers! {
            fn $name(vm, ip, base, k, fuel, tb) {
                let ($ip, $base, $k) = (ip, base, k);
                let v = ra(ip, base);
                if (*v).tag == tag::TABLE && $is_int {
                    let t = table_of(v);
                    if (*t).hdr.marked & mark::BLACK != 0 {
                        tail!($black, vm, ip, base, k, fuel, tb)
                    }
                    let i = settled(($key as u64).wrapping_sub(1));
                    let n = (*t).asize as u64;
                    if i < n {
                        let arr = (*t).arr;
                        let tags = (arr.add(n as usize) as *mut u8).add(i as usize);
                        if (*t).meta.is_null() || *tags != tag::NIL {
                            let val: *const Value = $val;
                            *tags = (*val).tag;
                            *arr.add(i as usize) = (*val).payload;
                            go!(vm, ip.add(1), base, k, fuel, tb)
                        }
                    }
                }
                tail!($miss, vm, ip, base, k, fuel, tb)
            }
            /// The registers hold a marked table and an integer.
            #[inline(never)]
            fn $black(vm, ip, base, k, fuel, tb) {
                let ($ip, $base, $k) = (ip, base, k);
                let t = table_of(ra(ip, base));
                let val: *const Value = $val;
                if !(*val).is_heap()
                    && let Some((p, g)) = array_slot(t, $key)
                    && ((*t).meta.is_null() || *g != tag::NIL)
                {
                    *g = (*val).tag;
                    *p = (*val).payload;
                    go!(vm, ip.add(1), base, k, fuel, tb)
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
    op_settable_black,
    op_settable_miss,
    |ip, base, k| is_int(rb(ip, base)),
    int_of(rb(ip, base)),
    rc(ip, base),
    |heap, t, v| put(heap, t, rb(ip, base), v)
);
set_index!(
    op_settablek,
    op_settablek_black,
    op_settablek_miss,
    |ip, base, k| is_int(rb(ip, base)),
    int_of(rb(ip, base)),
    kc(ip, k),
    |heap, t, v| put(heap, t, rb(ip, base), v)
);
set_index!(
    op_seti,
    op_seti_black,
    op_seti_miss,
    |ip, base, k| true,
    (*ip).b as i64,
    rc(ip, base),
    |heap, t, v| put_int(heap, t, (*ip).b as i64, v)
);
set_index!(
    op_setik,
    op_setik_black,
    op_setik_miss,
    |ip, base, k| true,
    (*ip).b as i64,
    kc(ip, k),
    |heap, t, v| put_int(heap, t, (*ip).b as i64, v)
);
