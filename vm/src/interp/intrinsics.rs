//! Intrinsics: what calls of small library functions do without a frame.
//!
//! An [`Intrinsic`] in a [`Native`]'s declaration carries out the plain cases of the function on the
//! call's own window: right argument types, no metamethod, no error, no work that is charged,
//! nothing that calls back. Anything else, and every call while a hook is set, goes through the native
//! itself, which defines what the function does.
//!
//! [`Native`]: crate::object::native::Native

use super::call_native::op_call_native_any;
use super::dispatch::{Handler, handlers, next, slow_handlers, tail};
use super::machine::Machine;
use super::nodes::{find_field, table_of};
use super::operand::*;
use crate::function::NativeObj;
use crate::heap::Gc;
use crate::meta::Event;
use crate::object::native::Intrinsic;
use crate::object::string::Str;
use crate::value::{Type, Value, tag};
use crate::vm::Vm;

macro_rules! handler_table {
    ($($(#[doc = $doc:literal])* $name:ident $handler:ident)*) => {
        /// The handlers, by [`Intrinsic`].
        pub(crate) static HANDLERS: [Handler; Intrinsic::COUNT] = [$($handler),*];
    };
}
crate::object::native::for_each_intrinsic!(handler_table);

slow_handlers! {
    intrinsic_collect => Vm::collect_after_native;
}

/// The arguments of the CALL or TAILCALL at `m.ip`, and how many there are.
#[inline(always)]
unsafe fn arguments(m: Machine) -> (*mut Value, usize) {
    // SAFETY: the callers: open arguments end at the top.
    unsafe {
        let b = m.ub() as usize;
        let args = m.a().add(2);
        (args, if b == 0 { (*m.vm).top.offset_from(args) as usize } else { b - 1 })
    }
}

/// The result is in the function's place: goes on when that is all that is wanted.
macro_rules! one {
    ($m:expr) => {{
        if $m.uc() == 2 {
            next!($m)
        }
        tail!($m, intrinsic_result)
    }};
}

handlers! {
    /// One result, for calls that want none, all, or more.
    #[inline(never)]
    fn intrinsic_result(m) {
        let mut f = m.a();
        let wanted = m.uc() as usize;
        if wanted == 0 {
            (*m.vm).top = f.add(1);
        }
        for _ in 2..wanted {
            rolled();
            f = f.add(1);
            set_tag(f, tag::NIL);
        }
        next!(m)
    }
    /// The same after an allocation.
    #[inline(never)]
    fn intrinsic_made(m) {
        if (*m.vm).heap.debt > 0 {
            tail!(m, intrinsic_collect)
        }
        one!(m)
    }
    #[inline(never)]
    fn intrinsic_inserted(m) {
        if (*m.vm).heap.debt > 0 {
            tail!(m, intrinsic_collect)
        }
        next!(m)
    }
}

/// Defines intrinsics: `handler(m, f, args, n) { … }`, where `m` is the [`Machine`], `f` the
/// function's slot (and the first result's) and `args` the first of `n` arguments. What the body does
/// not carry out goes to the native.
macro_rules! intrinsics {
    ($($handler:ident($m:ident, $f:ident, $args:ident, $n:ident) $body:block)*) => {
        handlers! { $(
            fn $handler($m) {
                let $f = $m.a();
                let ($args, $n) = arguments($m);
                $body
                tail!($m, op_call_native_any)
            }
        )* }
    };
}

intrinsics! {
    intrinsic_floor(m, f, x, n) {
        if n == 1 {
            if is_float(x) {
                let x = float_of(x);
                if x.abs() < EXACT {
                    let i: i64 = x.to_int_unchecked();
                    set_int(f, i - (i as f64 > x) as i64);
                    one!(m)
                }
            } else if is_int(x) {
                copy(f, x);
                one!(m)
            }
        }
    }
    intrinsic_ceil(m, f, x, n) {
        if n == 1 {
            if is_float(x) {
                let x = float_of(x);
                if x.abs() < EXACT {
                    let i: i64 = x.to_int_unchecked();
                    set_int(f, i + ((i as f64) < x) as i64);
                    one!(m)
                }
            } else if is_int(x) {
                copy(f, x);
                one!(m)
            }
        }
    }
    intrinsic_abs(m, f, x, n) {
        if n == 1 {
            if is_float(x) {
                set_float(f, float_of(x).abs());
                one!(m)
            } else if is_int(x) {
                set_int(f, int_of(x).wrapping_abs());
                one!(m)
            }
        }
    }
    intrinsic_sqrt(m, f, x, n) {
        if n == 1
            && let Some(x) = num_of(x)
            && x >= 0.0
        {
            set_float(f, x.sqrt());
            one!(m)
        }
    }
    intrinsic_max(m, f, x, n) {
        let y = x.wrapping_add(1);
        if n == 2 {
            if is_int(x) && is_int(y) {
                set_int(f, int_of(x).max(int_of(y)));
                one!(m)
            }
            if is_float(x) && is_float(y) {
                set_float(f, if float_of(x) < float_of(y) { float_of(y) } else { float_of(x) });
                one!(m)
            }
        }
    }
    intrinsic_min(m, f, x, n) {
        let y = x.wrapping_add(1);
        if n == 2 {
            if is_int(x) && is_int(y) {
                set_int(f, int_of(x).min(int_of(y)));
                one!(m)
            }
            if is_float(x) && is_float(y) {
                set_float(f, if float_of(y) < float_of(x) { float_of(y) } else { float_of(x) });
                one!(m)
            }
        }
    }
    intrinsic_type(m, f, v, n) {
        let native = (*f).payload as usize as *const NativeObj;
        if n >= 1 && (*native).hdr.extra as usize == Type::COUNT {
            copy(f, (*native).upvals.as_ptr().add((*v).type_of() as usize));
            one!(m)
        }
    }
    intrinsic_select(m, f, v, n) {
        if n >= 1 {
            if is_int(v) && int_of(v) > 0 && m.uc() == 2 {
                let i = int_of(v) as usize;
                if i < n { copy(f, v.add(i)) } else { set_tag(f, tag::NIL) }
                next!(m)
            }
            if (*v).tag == tag::STR {
                let s = (*v).payload as usize as *const Str;
                if (*s).len == 1 && *Str::data(s.cast_mut()) == b'#' {
                    set_int(f, n as i64 - 1);
                    one!(m)
                }
            }
        }
    }
    intrinsic_assert(m, f, v, n) {
        if n >= 1 && !(*v).is_falsy() && (m.uc() == 2 || m.uc() == 1) {
            copy(f, v);
            next!(m)
        }
    }
    intrinsic_len(m, f, v, n) {
        if n >= 1 && (*v).is_string() {
            set_int(f, (*((*v).payload as usize as *const Str)).len as i64);
            one!(m)
        }
    }
    intrinsic_byte(m, f, v, n) {
        if (n == 2 || n == 1) && (*v).is_string() {
            let s = (*v).payload as usize as *mut Str;
            let mut at = 0;
            if n == 2 {
                let i = v.add(1);
                at = if is_int(i) { int_of(i).wrapping_sub(1) } else { -1 };
            }
            if (at as u64) < (*s).len as u64 {
                set_int(f, *Str::data(s).add(at as usize) as i64);
                one!(m)
            }
        }
    }
    intrinsic_sub(m, f, v, n) {
        if (n == 2 || n == 3) && (*v).is_string() && part_of(m.vm, f, v, n) {
            tail!(m, intrinsic_made)
        }
    }
    intrinsic_char(m, f, v, n) {
        if n == 1 && is_int(v) && int_of(v) as u64 <= 255 && character(m.vm, f, int_of(v) as u8) {
            tail!(m, intrinsic_made)
        }
    }
    intrinsic_tostring(m, f, v, n) {
        if n >= 1 && (*v).is_string() {
            copy(f, v);
            one!(m)
        }
    }
    intrinsic_tonumber(m, f, v, n) {
        if n == 1 && (*v).is_number() {
            copy(f, v);
            one!(m)
        }
    }
    intrinsic_rawequal(m, f, v, n) {
        if n >= 2 && (*v).tag != tag::LSTR {
            let equal = (*v).raw_eq(*v.add(1));
            set_tag(f, if equal { tag::TRUE } else { tag::FALSE });
            one!(m)
        }
    }
    intrinsic_rawget(m, f, v, n) {
        if n >= 2 && (*v).tag == tag::TABLE && (*v.add(1)).tag != tag::LSTR {
            let value = Gc::from_ptr(table_of(v)).get(*v.add(1));
            copy(f, &value);
            one!(m)
        }
    }
    intrinsic_getmetatable(m, f, v, n) {
        if n >= 1 && (*v).tag == tag::TABLE {
            let meta = (*table_of(v)).meta;
            if meta.is_null() {
                set_tag(f, tag::NIL);
                one!(m)
            }
            let name: Value = (*m.vm).event_names[Event::Metatable as usize].into();
            if find_field(meta, &name).is_null() {
                (*f).payload = meta as u64;
                (*f).tag = tag::TABLE;
                one!(m)
            }
        }
    }
    intrinsic_setmetatable(m, f, v, n) {
        if n >= 2
            && (*v).tag == tag::TABLE
            && (*table_of(v)).meta.is_null()
            && (*v.add(1)).tag == tag::TABLE
        {
            let meta = Gc::from_ptr(table_of(v.add(1)));
            Gc::from_ptr(table_of(v)).set_metatable(&mut (*m.vm).heap, Some(meta));
            copy(f, v);
            tail!(m, intrinsic_made)
        }
    }
    intrinsic_ipairs(m, f, v, n) {
        let native = (*f).payload as usize as *const NativeObj;
        if n >= 1 && m.uc() == 4 && (*native).hdr.extra != 0 {
            copy(f, (*native).upvals.as_ptr());
            copy(f.add(1), v);
            set_int(f.add(2), 0);
            next!(m)
        }
    }
    intrinsic_pairs(m, f, v, n) {
        let native = (*f).payload as usize as *const NativeObj;
        if n >= 1 && m.uc() >= 4 && (*v).tag == tag::TABLE && (*native).hdr.extra != 0 {
            let meta = (*table_of(v)).meta;
            let name: Value = (*m.vm).event_names[Event::Pairs as usize].into();
            if meta.is_null() || find_field(meta, &name).is_null() {
                copy(f, (*native).upvals.as_ptr());
                copy(f.add(1), v);
                set_tag(f.add(2), tag::NIL);
                for i in 4..m.uc() as usize {
                    rolled();
                    set_tag(f.add(i - 1), tag::NIL);
                }
                next!(m)
            }
        }
    }
    intrinsic_insert(m, _f, v, n) {
        if n == 2 && m.uc() == 1 && (*v).tag == tag::TABLE && append(m.vm, v) {
            tail!(m, intrinsic_inserted)
        }
    }
    intrinsic_remove(m, f, v, n) {
        if n == 1 && (*v).tag == tag::TABLE && take_last(m.vm, f, v) {
            one!(m)
        }
    }
}

/// Below this, a float's integral part is exact as an integer and back.
const EXACT: f64 = 4503599627370496.0;

/// The part of the string at `v` from one integer position to another, in `f`. False: not plain,
/// nothing has happened.
#[inline(never)]
unsafe fn part_of(vm: *mut Vm, f: *mut Value, v: *mut Value, n: usize) -> bool {
    // SAFETY: the callers: `v` is a string and `n` arguments stand there.
    unsafe {
        let s: Gc<Str> = Gc::from_payload((*v).payload);
        let len = s.len() as i64;
        let (i, j) = (v.add(1), v.add(2));
        if !is_int(i) || (n == 3 && !is_int(j)) {
            return false;
        }
        let from_end = |p: i64| if p < 0 { p.saturating_add(len + 1) } else { p };
        let start = from_end(int_of(i)).max(1);
        let end = if n == 3 { from_end(int_of(j)).min(len) } else { len };
        if start == 1 && end == len {
            copy(f, v);
            return true;
        }
        // (Longer copies are charged.)
        if start <= end && end - start >= 15 {
            return false;
        }
        let part = if start <= end { &s.bytes()[start as usize - 1..end as usize] } else { b"" };
        match (*vm).heap.new_str(part) {
            Ok(part) => {
                *f = part.into();
                true
            }
            Err(_) => false,
        }
    }
}

/// The string of one byte, in `f`.
#[inline(never)]
unsafe fn character(vm: *mut Vm, f: *mut Value, byte: u8) -> bool {
    // SAFETY: the callers: the machine is live and `f` a slot of its stack.
    unsafe {
        match (*vm).heap.new_str(&[byte]) {
            Ok(s) => {
                *f = s.into();
                true
            }
            Err(_) => false,
        }
    }
}

/// Stores the value behind the table at `v` after its last element; false if the table has a
/// metatable or does not grow.
#[inline(never)]
unsafe fn append(vm: *mut Vm, v: *mut Value) -> bool {
    // SAFETY: the callers: a table and a value stand at `v`.
    unsafe {
        let t = table_of(v);
        if !(*t).meta.is_null() {
            return false;
        }
        let n = Gc::from_ptr(t).len();
        crate::table::set::put_int(&raw mut (*vm).heap, t, n.wrapping_add(1), v.add(1))
    }
}

/// Moves the last element of the table at `v` to `f`; false if the table has a metatable or is
/// empty.
#[inline(never)]
unsafe fn take_last(vm: *mut Vm, f: *mut Value, v: *mut Value) -> bool {
    // SAFETY: the callers: a table stands at `v`.
    unsafe {
        let t = table_of(v);
        if !(*t).meta.is_null() {
            return false;
        }
        let n = Gc::from_ptr(t).len();
        if n <= 0 {
            return false;
        }
        let last = Gc::from_ptr(t).get_int(n);
        if !crate::table::set::put_int(&raw mut (*vm).heap, t, n, &Value::NIL) {
            return false;
        }
        *f = last;
        true
    }
}
