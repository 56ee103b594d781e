//! Reading tables. The handlers serve plain hits; a missed cache looks the key up by hash, in the
//! table and in the `__index` tables behind it; anything else goes to [`super::index`].

use super::dispatch::{handlers, next, proceed, slow_handlers, tail};
use super::metacall::{self, metamethod};
use super::nodes::*;
use super::operand::*;
use crate::meta::Event;
use crate::value::{Type, tag};
use crate::vm::Vm;

slow_handlers! {
    op_get_slow => Vm::get_slow;
}

/// Loads the field and goes on, if the instruction's cache points to it.
macro_rules! get_hinted {
    ($m:expr, $t:expr, $key:expr, |$n:ident, $tag:ident| $then:block) => {{
        let key: *const crate::value::Value = $key;
        let name = (*key).payload;
        let $n = hinted($m.ip, $t);
        if (*$n).key == name && (*$n).key_tag == tag::STR {
            let $tag = (*$n).val_tag;
            if $tag != tag::NIL $then
        }
    }};
}

handlers! {
    fn op_gettabup(m) {
        let up = m.upvalue(m.ub());
        let v = (*up).v;
        if (*v).tag == tag::TABLE {
            get_hinted!(m, table_of(v), m.kc(), |n, value_tag| {
                let a = m.a();
                (*a).payload = (*n).val;
                (*a).tag = value_tag;
                next!(m)
            });
        }
        tail!(m, op_gettabup_miss)
    }
    #[cold]
    #[inline(never)]
    fn op_gettabup_miss(m) {
        let up = m.upvalue(m.ub());
        let v = (*up).v;
        if (*v).tag == tag::TABLE {
            let t = table_of(v);
            let n = find_field(t, m.kc());
            if !n.is_null() {
                remember(m.ip, t, n);
                load(m.a(), n);
                next!(m)
            }
        }
        tail!(m, op_get_slow)
    }
    fn op_getfield(m) {
        let v = m.b();
        if (*v).tag == tag::TABLE {
            get_hinted!(m, table_of(v), m.kc(), |n, value_tag| {
                let a = m.a();
                (*a).payload = (*n).val;
                (*a).tag = value_tag;
                next!(m)
            });
            tail!(m, op_getfield_miss)
        }
        tail!(m, op_get_slow)
    }
    /// The register holds a table.
    #[inline(never)]
    fn op_getfield_miss(m) {
        let t = table_of(m.b());
        let n = find_field(t, m.kc());
        if !n.is_null() {
            remember(m.ip, t, n);
            load(m.a(), n);
            next!(m)
        }
        if (*t).meta.is_null() {
            set_tag(m.a(), tag::NIL);
            next!(m)
        }
        tail!(m, op_getfield_class)
    }
    /// The register holds a table with a metatable and without the field.
    #[inline(never)]
    fn op_getfield_class(m) {
        let t = table_of(m.b());
        let class = index_hinted(m.vm, (*t).meta);
        if !class.is_null() {
            let n = find_field(class, m.kc());
            if !n.is_null() {
                load(m.a(), n);
                next!(m)
            }
        } else if metamethod(m.vm, (*t).meta, Event::Index).tag() == tag::LUA_FN {
            tail!(m, op_getfield_computed)
        }
        tail!(m, op_getfield_inherited)
    }
    #[inline(never)]
    fn op_getfield_inherited(m) {
        let n = super::index::inherited(m.vm, table_of(m.b()), m.kc());
        if !n.is_null() {
            load(m.a(), n);
            next!(m)
        }
        tail!(m, op_get_slow)
    }
    /// The register holds a table without the field, whose `__index` is a Lua function.
    #[inline(never)]
    fn op_getfield_computed(m) {
        let object = m.b();
        let meta = (*table_of(object)).meta;
        m.charged().save();
        proceed!(m.vm, metacall::get_field(&mut *m.vm, meta, object, m.kc()))
    }
    fn op_self(m) {
        let v = m.b();
        if (*v).tag == tag::TABLE {
            get_hinted!(m, table_of(v), m.kc(), |n, value_tag| {
                let a = m.a();
                (*a.add(2)).payload = (*v).payload;
                (*a.add(2)).tag = tag::TABLE;
                (*a).payload = (*n).val;
                (*a).tag = value_tag;
                next!(m)
            });
            tail!(m, op_self_class)
        }
        tail!(m, op_self_string)
    }
    /// The method of an object: not in the object itself, but where it was last time in the
    /// `__index` table. The register holds a table.
    #[inline(never)]
    fn op_self_class(m) {
        let t = table_of(m.b());
        if find_field(t, m.kc()).is_null() && !(*t).meta.is_null() {
            let class = index_hinted(m.vm, (*t).meta);
            if !class.is_null() {
                get_hinted!(m, class, m.kc(), |n, value_tag| {
                    let a = m.a();
                    (*a.add(2)).payload = t as u64;
                    (*a.add(2)).tag = tag::TABLE;
                    (*a).payload = (*n).val;
                    (*a).tag = value_tag;
                    next!(m)
                });
            }
        }
        tail!(m, op_self_parent)
    }
    /// The same, anywhere in the tables behind an object whose own field it is not.
    #[inline(never)]
    fn op_self_parent(m) {
        let v = m.b();
        let mut t = table_of(v);
        if find_field(t, m.kc()).is_null() {
            // (Long chains are charged for, whether there are hints or not.)
            for _ in 0..FAST_LINKS {
                if (*t).meta.is_null() {
                    break;
                }
                let class = index_hinted(m.vm, (*t).meta);
                if class.is_null() || class == t {
                    break;
                }
                t = class;
                let n = find_field(t, m.kc());
                if !n.is_null() {
                    remember(m.ip, t, n);
                    let a = m.a();
                    copy(a.add(2), v);
                    load(a, n);
                    next!(m)
                }
            }
        }
        tail!(m, op_self_miss)
    }
    /// The same without hints. The register holds a table.
    #[inline(never)]
    fn op_self_miss(m) {
        let v = m.b();
        let t = table_of(v);
        let key = m.kc();
        let mut n = find_field(t, key);
        if !n.is_null() {
            remember(m.ip, t, n);
        } else if !(*t).meta.is_null() {
            n = super::index::inherited_cached(m.vm, m.ip, t, key);
        }
        if !n.is_null() {
            let a = m.a();
            copy(a.add(2), v);
            load(a, n);
            next!(m)
        }
        tail!(m, op_get_slow)
    }
    /// A method of a string: its metatable's `__index` table.
    #[inline(never)]
    fn op_self_string(m) {
        let v = m.b();
        if (*v).is_string()
            && let Some(meta) = (*m.vm).type_meta[Type::String as usize]
        {
            let class = index_hinted(m.vm, meta.as_ptr());
            if !class.is_null() {
                get_hinted!(m, class, m.kc(), |n, value_tag| {
                    let a = m.a();
                    copy(a.add(2), v);
                    (*a).payload = (*n).val;
                    (*a).tag = value_tag;
                    next!(m)
                });
            }
        }
        tail!(m, op_self_string_miss)
    }
    #[cold]
    #[inline(never)]
    fn op_self_string_miss(m) {
        let v = m.b();
        if (*v).is_string() {
            let n = super::index::string_method(m.vm, m.ip, m.kc());
            if !n.is_null() {
                let a = m.a();
                copy(a.add(2), v);
                load(a, n);
                next!(m)
            }
        }
        tail!(m, op_get_slow)
    }
    fn op_gettable(m) {
        let v = m.b();
        let key = m.c();
        if (*v).tag == tag::TABLE {
            if !is_int(key) {
                tail!(m, op_gettable_hash)
            }
            if let Some((p, g)) = array_slot(table_of(v), int_of(key)) {
                let t = *g;
                if t != tag::NIL {
                    let a = m.a();
                    (*a).payload = *p;
                    (*a).tag = t;
                    next!(m)
                }
            }
            tail!(m, op_gettable_miss)
        }
        tail!(m, op_get_slow)
    }
    /// The register holds a table; mostly, the key is a short string.
    #[inline(never)]
    fn op_gettable_hash(m) {
        let key = m.c();
        if (*key).tag == tag::STR {
            let t = table_of(m.b());
            let n = find_field(t, key);
            if !n.is_null() {
                load(m.a(), n);
                next!(m)
            }
            if (*t).meta.is_null() {
                set_tag(m.a(), tag::NIL);
                next!(m)
            }
            tail!(m, op_gettable_inherited)
        }
        tail!(m, op_gettable_miss)
    }
    /// The registers hold a table with a metatable and a short string that is not a key there.
    #[inline(never)]
    fn op_gettable_inherited(m) {
        let n = super::index::inherited(m.vm, table_of(m.b()), m.c());
        if !n.is_null() {
            load(m.a(), n);
            next!(m)
        }
        tail!(m, op_get_slow)
    }
    /// The register holds a table.
    #[inline(never)]
    fn op_gettable_miss(m) {
        if (*m.c()).tag == tag::LSTR {
            // Hashing and comparing it is charged.
            tail!(m, op_get_slow)
        }
        let t = table_of(m.b());
        let v = crate::heap::Gc::from_ptr(t).get(*m.c());
        if !v.is_nil() || (*t).meta.is_null() {
            copy(m.a(), &v);
            next!(m)
        }
        tail!(m, op_get_slow)
    }
    fn op_geti(m) {
        let v = m.b();
        if (*v).tag == tag::TABLE
            && let Some((p, g)) = array_slot(table_of(v), m.uc() as i64)
        {
            let t = *g;
            if t != tag::NIL {
                let a = m.a();
                (*a).payload = *p;
                (*a).tag = t;
                next!(m)
            }
        }
        tail!(m, op_geti_miss)
    }
    #[inline(never)]
    fn op_geti_miss(m) {
        let v = m.b();
        if (*v).tag == tag::TABLE {
            let t = table_of(v);
            let v = crate::heap::Gc::from_ptr(t).get_int(m.uc() as i64);
            if !v.is_nil() || (*t).meta.is_null() {
                copy(m.a(), &v);
                next!(m)
            }
        }
        tail!(m, op_get_slow)
    }
}
