//! Storing in tables. The handlers serve plain hits; then come stores that grow the table but
//! concern no metamethod; anything else goes to [`super::index`].

use super::dispatch::{handlers, next, proceed, slow_handlers, tail};
use super::metacall;
use super::nodes::*;
use super::operand::*;
use crate::heap::{Gc, mark};
use crate::meta::Event;
use crate::table::Table;
use crate::table::set::BIG;
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
     |$m:ident| $table:expr, $val:expr) => {
        handlers! {
            fn $name($m) {
                let v: *const Value = $table;
                if (*v).tag == tag::TABLE {
                    let t = table_of(v);
                    if (*t).hdr.marked & mark::BLACK != 0 {
                        tail!($m, $black)
                    }
                    let n = hinted($m.ip, t);
                    if (*n).key == (*$m.kb()).payload
                        && (*n).key_tag == tag::STR
                        && (*n).val_tag != tag::NIL
                    {
                        let val: *const Value = $val;
                        (*n).val = (*val).payload;
                        (*n).val_tag = (*val).tag;
                        next!($m)
                    }
                    tail!($m, $miss)
                }
                tail!($m, op_set_slow)
            }
            /// The register holds a table.
            #[inline(never)]
            fn $black($m) {
                let v: *const Value = $table;
                let n = hinted($m.ip, table_of(v));
                let val: *const Value = $val;
                if !(*val).is_heap()
                    && (*n).key == (*$m.kb()).payload
                    && (*n).key_tag == tag::STR
                    && (*n).val_tag != tag::NIL
                {
                    (*n).val = (*val).payload;
                    (*n).val_tag = (*val).tag;
                    next!($m)
                }
                tail!($m, $miss)
            }
            /// The register holds a table.
            #[inline(never)]
            fn $miss($m) {
                let v: *const Value = $table;
                let t = table_of(v);
                let n = find_str(t, $m.kb());
                if (*t).hdr.marked & mark::BLACK == 0 {
                    if n.is_null() {
                        tail!($m, $new)
                    }
                    if (*n).val_tag != tag::NIL || takes_new_fields(t) {
                        (*t).hdr.flags = 0;
                        remember($m.ip, t, n);
                        let val: *const Value = $val;
                        (*n).val = (*val).payload;
                        (*n).val_tag = (*val).tag;
                        next!($m)
                    }
                }
                tail!($m, $put)
            }
            /// A new field in an unmarked table: in its main position, if that is free.
            #[inline(never)]
            fn $new($m) {
                let v: *const Value = $table;
                let t = table_of(v);
                if !takes_new_fields(t) {
                    $m.charged().save();
                    proceed!(
                        $m.vm,
                        metacall::set_field(&mut *$m.vm, (*t).meta, v, $m.kb(), $val)
                    )
                }
                if (*t).has_nodes() {
                    let key = $m.kb();
                    let n = main_node(t, key);
                    let val: *const Value = $val;
                    if (*n).val_tag == tag::NIL && (*val).tag != tag::NIL {
                        (*t).hdr.flags = 0;
                        (*n).key = (*key).payload;
                        (*n).key_tag = tag::STR;
                        (*n).val = (*val).payload;
                        (*n).val_tag = (*val).tag;
                        remember($m.ip, t, n);
                        next!($m)
                    }
                }
                tail!($m, $put)
            }
            /// The register holds a table.
            #[inline(never)]
            fn $put($m) {
                let v: *const Value = $table;
                let t = table_of(v);
                let val: *const Value = $val;
                if put(&raw mut (*$m.vm).heap, t, $m.kb(), val) {
                    next!($m)
                }
                if takes_new_fields(t) && insert($m.vm, t, $m.kb(), val) {
                    next!($m)
                }
                tail!($m, op_set_slow)
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

/// A field in a table with a metatable that has no `__newindex`, unless that may cost fuel.
#[inline(never)]
unsafe fn insert(vm: *mut Vm, t: *mut Table, key: *const Value, v: *const Value) -> bool {
    // SAFETY: the callers: table, key and value are live.
    unsafe { (*t).node_count() < BIG && Gc::from_ptr(t).set(&mut (*vm).heap, *key, *v).is_ok() }
}

set_field!(
    op_settabup,
    op_settabup_black,
    op_settabup_miss,
    op_settabup_new,
    op_settabup_put,
    |m| {
        let up = m.upvalue(m.ua());
        (*up).v
    },
    m.c()
);
set_field!(
    op_settabupk,
    op_settabupk_black,
    op_settabupk_miss,
    op_settabupk_new,
    op_settabupk_put,
    |m| {
        let up = m.upvalue(m.ua());
        (*up).v
    },
    m.kc()
);
set_field!(
    op_setfield,
    op_setfield_black,
    op_setfield_miss,
    op_setfield_new,
    op_setfield_put,
    |m| m.a(),
    m.c()
);
set_field!(
    op_setfieldk,
    op_setfieldk_black,
    op_setfieldk_miss,
    op_setfieldk_new,
    op_setfieldk_put,
    |m| m.a(),
    m.kc()
);

/// Stores into an existing array slot; then wherever no metamethod is concerned.
macro_rules! set_index {
    ($name:ident, $black:ident, $miss:ident, |$m:ident| $is_int:expr,
     $key:expr, $val:expr, |$heap:ident, $t:ident, $v:ident| $put:expr) => {
        handlers! {
            fn $name($m) {
                let v = $m.a();
                if (*v).tag == tag::TABLE && $is_int {
                    let t = table_of(v);
                    if (*t).hdr.marked & mark::BLACK != 0 {
                        tail!($m, $black)
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
                            next!($m)
                        }
                    }
                }
                tail!($m, $miss)
            }
            /// The registers hold a marked table and an integer.
            #[inline(never)]
            fn $black($m) {
                let t = table_of($m.a());
                let val: *const Value = $val;
                if !(*val).is_heap()
                    && let Some((p, g)) = array_slot(t, $key)
                    && ((*t).meta.is_null() || *g != tag::NIL)
                {
                    *g = (*val).tag;
                    *p = (*val).payload;
                    next!($m)
                }
                tail!($m, $miss)
            }
            #[inline(never)]
            fn $miss($m) {
                let v = $m.a();
                if (*v).tag == tag::TABLE {
                    let ($heap, $t) = (&raw mut (*$m.vm).heap, table_of(v));
                    let $v: *const Value = $val;
                    if $put {
                        next!($m)
                    }
                }
                tail!($m, op_set_slow)
            }
        }
    };
}
set_index!(
    op_settable,
    op_settable_black,
    op_settable_miss,
    |m| is_int(m.b()),
    int_of(m.b()),
    m.c(),
    |heap, t, v| put(heap, t, m.b(), v)
);
set_index!(
    op_settablek,
    op_settablek_black,
    op_settablek_miss,
    |m| is_int(m.b()),
    int_of(m.b()),
    m.kc(),
    |heap, t, v| put(heap, t, m.b(), v)
);
set_index!(op_seti, op_seti_black, op_seti_miss, |m| true, m.ub() as i64, m.c(), |heap, t, v| {
    put_int(heap, t, m.ub() as i64, v)
});
set_index!(
    op_setik,
    op_setik_black,
    op_setik_miss,
    |m| true,
    m.ub() as i64,
    m.kc(),
    |heap, t, v| put_int(heap, t, m.ub() as i64, v)
);
