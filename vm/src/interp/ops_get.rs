//! Reading tables. The handlers serve plain hits; a missed cache looks the key up by hash, in the
//! table and in the `__index` tables behind it; anything else goes to [`super::index`].

use super::dispatch::{go, handlers, slow_handlers, tail};
use super::nodes::*;
use super::operand::*;
use super::ops_move::closure;
use crate::value::{Type, tag};
use crate::vm::Vm;

slow_handlers! {
    op_get_slow => Vm::get_slow;
}

/// Loads the field and goes on, if the instruction's cache points to it.
macro_rules! get_hinted {
    ($ip:expr, $t:expr, $key:expr, |$n:ident, $tag:ident| $then:block) => {{
        let key: *const crate::value::Value = $key;
        let name = (*key).payload;
        let $n = hinted($ip, $t);
        if (*$n).key == name && (*$n).key_tag == tag::STR {
            let $tag = (*$n).val_tag;
            if $tag != tag::NIL $then
        }
    }};
}

handlers! {
    fn op_gettabup(vm, ip, base, k, fuel, tb) {
        let up = *(*closure(base)).upvals.as_ptr().add((*ip).b as usize);
        let v = (*up).v;
        if (*v).tag == tag::TABLE {
            get_hinted!(ip, table_of(v), kc(ip, k), |n, value_tag| {
                let a = ra(ip, base);
                (*a).payload = (*n).val;
                (*a).tag = value_tag;
                go!(vm, ip.add(1), base, k, fuel, tb)
            });
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
            let n = find_field(t, kc(ip, k));
            if !n.is_null() {
                remember(ip, t, n);
                load(ra(ip, base), n);
                go!(vm, ip.add(1), base, k, fuel, tb)
            }
        }
        tail!(op_get_slow, vm, ip, base, k, fuel, tb)
    }
    fn op_getfield(vm, ip, base, k, fuel, tb) {
        let v = rb(ip, base);
        if (*v).tag == tag::TABLE {
            get_hinted!(ip, table_of(v), kc(ip, k), |n, value_tag| {
                let a = ra(ip, base);
                (*a).payload = (*n).val;
                (*a).tag = value_tag;
                go!(vm, ip.add(1), base, k, fuel, tb)
            });
            tail!(op_getfield_miss, vm, ip, base, k, fuel, tb)
        }
        tail!(op_get_slow, vm, ip, base, k, fuel, tb)
    }
    /// The register holds a table.
    #[inline(never)]
    fn op_getfield_miss(vm, ip, base, k, fuel, tb) {
        let t = table_of(rb(ip, base));
        let n = find_field(t, kc(ip, k));
        if !n.is_null() {
            remember(ip, t, n);
            load(ra(ip, base), n);
            go!(vm, ip.add(1), base, k, fuel, tb)
        }
        if (*t).meta.is_null() {
            set_tag(ra(ip, base), tag::NIL);
            go!(vm, ip.add(1), base, k, fuel, tb)
        }
        tail!(op_getfield_class, vm, ip, base, k, fuel, tb)
    }
    /// The register holds a table with a metatable and without the field.
    #[inline(never)]
    fn op_getfield_class(vm, ip, base, k, fuel, tb) {
        let t = table_of(rb(ip, base));
        let class = index_hinted(vm, (*t).meta);
        if !class.is_null() {
            let n = find_field(class, kc(ip, k));
            if !n.is_null() {
                load(ra(ip, base), n);
                go!(vm, ip.add(1), base, k, fuel, tb)
            }
        }
        tail!(op_getfield_inherited, vm, ip, base, k, fuel, tb)
    }
    #[inline(never)]
    fn op_getfield_inherited(vm, ip, base, k, fuel, tb) {
        let n = super::index::inherited(vm, table_of(rb(ip, base)), kc(ip, k));
        if !n.is_null() {
            load(ra(ip, base), n);
            go!(vm, ip.add(1), base, k, fuel, tb)
        }
        tail!(op_get_slow, vm, ip, base, k, fuel, tb)
    }
    fn op_self(vm, ip, base, k, fuel, tb) {
        let v = rb(ip, base);
        if (*v).tag == tag::TABLE {
            get_hinted!(ip, table_of(v), kc(ip, k), |n, value_tag| {
                let a = ra(ip, base);
                (*a.add(2)).payload = (*v).payload;
                (*a.add(2)).tag = tag::TABLE;
                (*a).payload = (*n).val;
                (*a).tag = value_tag;
                go!(vm, ip.add(1), base, k, fuel, tb)
            });
            tail!(op_self_class, vm, ip, base, k, fuel, tb)
        }
        tail!(op_self_string, vm, ip, base, k, fuel, tb)
    }
    /// The method of an object: not in the object itself, but where it was last time in the
    /// `__index` table. The register holds a table.
    #[inline(never)]
    fn op_self_class(vm, ip, base, k, fuel, tb) {
        let t = table_of(rb(ip, base));
        if find_field(t, kc(ip, k)).is_null() && !(*t).meta.is_null() {
            let class = index_hinted(vm, (*t).meta);
            if !class.is_null() {
                get_hinted!(ip, class, kc(ip, k), |n, value_tag| {
                    let a = ra(ip, base);
                    (*a.add(2)).payload = t as u64;
                    (*a.add(2)).tag = tag::TABLE;
                    (*a).payload = (*n).val;
                    (*a).tag = value_tag;
                    go!(vm, ip.add(1), base, k, fuel, tb)
                });
            }
        }
        tail!(op_self_parent, vm, ip, base, k, fuel, tb)
    }
    /// The same, anywhere in the tables behind an object whose own field it is not.
    #[inline(never)]
    fn op_self_parent(vm, ip, base, k, fuel, tb) {
        let v = rb(ip, base);
        let mut t = table_of(v);
        if find_field(t, kc(ip, k)).is_null() {
            while !(*t).meta.is_null() {
                let class = index_hinted(vm, (*t).meta);
                if class.is_null() || class == t {
                    break;
                }
                t = class;
                let n = find_field(t, kc(ip, k));
                if !n.is_null() {
                    remember(ip, t, n);
                    let a = ra(ip, base);
                    copy(a.add(2), v);
                    load(a, n);
                    go!(vm, ip.add(1), base, k, fuel, tb)
                }
            }
        }
        tail!(op_self_miss, vm, ip, base, k, fuel, tb)
    }
    /// The same without hints. The register holds a table.
    #[inline(never)]
    fn op_self_miss(vm, ip, base, k, fuel, tb) {
        let v = rb(ip, base);
        let t = table_of(v);
        let key = kc(ip, k);
        let mut n = find_field(t, key);
        if !n.is_null() {
            remember(ip, t, n);
        } else if !(*t).meta.is_null() {
            n = super::index::inherited_cached(vm, ip, t, key);
        }
        if !n.is_null() {
            let a = ra(ip, base);
            copy(a.add(2), v);
            load(a, n);
            go!(vm, ip.add(1), base, k, fuel, tb)
        }
        tail!(op_get_slow, vm, ip, base, k, fuel, tb)
    }
    /// A method of a string: its metatable's `__index` table.
    #[inline(never)]
    fn op_self_string(vm, ip, base, k, fuel, tb) {
        let v = rb(ip, base);
        if (*v).is_string()
            && let Some(meta) = (*vm).type_meta[Type::String as usize]
        {
            let class = index_hinted(vm, meta.as_ptr());
            if !class.is_null() {
                get_hinted!(ip, class, kc(ip, k), |n, value_tag| {
                    let a = ra(ip, base);
                    copy(a.add(2), v);
                    (*a).payload = (*n).val;
                    (*a).tag = value_tag;
                    go!(vm, ip.add(1), base, k, fuel, tb)
                });
            }
        }
        tail!(op_self_string_miss, vm, ip, base, k, fuel, tb)
    }
    #[cold]
    #[inline(never)]
    fn op_self_string_miss(vm, ip, base, k, fuel, tb) {
        let v = rb(ip, base);
        if (*v).is_string() {
            let n = super::index::string_method(vm, ip, kc(ip, k));
            if !n.is_null() {
                let a = ra(ip, base);
                copy(a.add(2), v);
                load(a, n);
                go!(vm, ip.add(1), base, k, fuel, tb)
            }
        }
        tail!(op_get_slow, vm, ip, base, k, fuel, tb)
    }
    fn op_gettable(vm, ip, base, k, fuel, tb) {
        let v = rb(ip, base);
        let key = rc(ip, base);
        if (*v).tag == tag::TABLE {
            if !is_int(key) {
                tail!(op_gettable_hash, vm, ip, base, k, fuel, tb)
            }
            if let Some((p, g)) = array_slot(table_of(v), int_of(key)) {
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
        tail!(op_get_slow, vm, ip, base, k, fuel, tb)
    }
    /// The register holds a table; mostly, the key is a short string.
    #[inline(never)]
    fn op_gettable_hash(vm, ip, base, k, fuel, tb) {
        let key = rc(ip, base);
        if (*key).tag == tag::STR {
            let t = table_of(rb(ip, base));
            let n = find_field(t, key);
            if !n.is_null() {
                load(ra(ip, base), n);
                go!(vm, ip.add(1), base, k, fuel, tb)
            }
            if (*t).meta.is_null() {
                set_tag(ra(ip, base), tag::NIL);
                go!(vm, ip.add(1), base, k, fuel, tb)
            }
            tail!(op_gettable_inherited, vm, ip, base, k, fuel, tb)
        }
        tail!(op_gettable_miss, vm, ip, base, k, fuel, tb)
    }
    /// The registers hold a table with a metatable and a short string that is not a key there.
    #[inline(never)]
    fn op_gettable_inherited(vm, ip, base, k, fuel, tb) {
        let n = super::index::inherited(vm, table_of(rb(ip, base)), rc(ip, base));
        if !n.is_null() {
            load(ra(ip, base), n);
            go!(vm, ip.add(1), base, k, fuel, tb)
        }
        tail!(op_get_slow, vm, ip, base, k, fuel, tb)
    }
    /// The register holds a table.
    #[inline(never)]
    fn op_gettable_miss(vm, ip, base, k, fuel, tb) {
        let t = table_of(rb(ip, base));
        let v = crate::heap::Gc::from_ptr(t).get(*rc(ip, base));
        if !v.is_nil() || (*t).meta.is_null() {
            copy(ra(ip, base), &v);
            go!(vm, ip.add(1), base, k, fuel, tb)
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
