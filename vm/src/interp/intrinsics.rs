//! Natives in place: what calls of small library functions do without a frame.
//!
//! An [`Intrinsic`] in a [`Native`]'s declaration names a handler here that carries out the plain cases of
//! the function on the call's own window: right argument types, no metamethod, no error, no work
//! that is charged, nothing that calls back. Anything else, and every call while a hook is set, goes
//! through the native itself, which defines what the function does.
//!
//! [`Native`]: crate::object::native::Native

use super::call_native::op_call_native_any;
use super::dispatch::{Handler, go, handlers, slow_handlers, tail};
use super::nodes::{find_field, table_of};
use super::operand::*;
use crate::function::NativeObj;
use crate::heap::Gc;
use crate::meta::Event;
use crate::object::native::Intrinsic;
use crate::object::string::Str;
use crate::value::{Type, Value, tag};
use crate::vm::Vm;

/// The handlers, by [`Intrinsic`].
pub(super) static HANDLERS: [Handler; Intrinsic::COUNT] = [
    op_call_native_any,
    intrinsic_abs,
    intrinsic_assert,
    intrinsic_byte,
    intrinsic_ceil,
    intrinsic_char,
    intrinsic_floor,
    intrinsic_getmetatable,
    intrinsic_insert,
    intrinsic_ipairs,
    intrinsic_len,
    intrinsic_max,
    intrinsic_min,
    intrinsic_pairs,
    intrinsic_rawequal,
    intrinsic_rawget,
    intrinsic_remove,
    intrinsic_select,
    intrinsic_setmetatable,
    intrinsic_sqrt,
    intrinsic_sub,
    intrinsic_tonumber,
    intrinsic_tostring,
    intrinsic_type,
];

slow_handlers! {
    intrinsic_collect => Vm::collect_after_native;
}

/// The arguments of the call at `ip`, and how many there are.
#[inline(always)]
unsafe fn arguments(vm: *mut Vm, ip: super::dispatch::Ip, f: *mut Value) -> (*mut Value, usize) {
    // SAFETY: The callers: `f` is the window of a CALL or TAILCALL, whose open arguments end at the
    // top.
    unsafe {
        let b = (*ip).b as usize;
        let args = f.add(2);
        (args, if b == 0 { (*vm).top.offset_from(args) as usize } else { b - 1 })
    }
}

/// The result is in the function's place: goes on when that is all that is wanted.
macro_rules! one {
    ($vm:expr, $ip:expr, $base:expr, $k:expr, $fuel:expr, $tb:expr) => {{
        if (*$ip).c == 2 {
            go!($vm, $ip.add(1), $base, $k, $fuel, $tb)
        }
        tail!(intrinsic_result, $vm, $ip, $base, $k, $fuel, $tb)
    }};
}

handlers! {
    /// One result, for calls that want none, all, or more.
    #[inline(never)]
    fn intrinsic_result(vm, ip, base, k, fuel, tb) {
        let mut f = ra(ip, base);
        let wanted = (*ip).c as usize;
        if wanted == 0 {
            (*vm).top = f.add(1);
        }
        for _ in 2..wanted {
            rolled();
            f = f.add(1);
            set_tag(f, tag::NIL);
        }
        go!(vm, ip.add(1), base, k, fuel, tb)
    }
    /// The same after an allocation.
    #[inline(never)]
    fn intrinsic_made(vm, ip, base, k, fuel, tb) {
        if (*vm).heap.debt > 0 {
            tail!(intrinsic_collect, vm, ip, base, k, fuel, tb)
        }
        one!(vm, ip, base, k, fuel, tb)
    }
    fn intrinsic_floor(vm, ip, base, k, fuel, tb) {
        let f = ra(ip, base);
        let (x, n) = arguments(vm, ip, f);
        if n == 1 {
            if is_float(x) {
                let x = float_of(x);
                if x.abs() < EXACT {
                    let i: i64 = x.to_int_unchecked();
                    set_int(f, i - (i as f64 > x) as i64);
                    one!(vm, ip, base, k, fuel, tb)
                }
            } else if is_int(x) {
                copy(f, x);
                one!(vm, ip, base, k, fuel, tb)
            }
        }
        tail!(op_call_native_any, vm, ip, base, k, fuel, tb)
    }
    fn intrinsic_ceil(vm, ip, base, k, fuel, tb) {
        let f = ra(ip, base);
        let (x, n) = arguments(vm, ip, f);
        if n == 1 {
            if is_float(x) {
                let x = float_of(x);
                if x.abs() < EXACT {
                    let i: i64 = x.to_int_unchecked();
                    set_int(f, i + ((i as f64) < x) as i64);
                    one!(vm, ip, base, k, fuel, tb)
                }
            } else if is_int(x) {
                copy(f, x);
                one!(vm, ip, base, k, fuel, tb)
            }
        }
        tail!(op_call_native_any, vm, ip, base, k, fuel, tb)
    }
    fn intrinsic_abs(vm, ip, base, k, fuel, tb) {
        let f = ra(ip, base);
        let (x, n) = arguments(vm, ip, f);
        if n == 1 {
            if is_float(x) {
                set_float(f, float_of(x).abs());
                one!(vm, ip, base, k, fuel, tb)
            } else if is_int(x) {
                set_int(f, int_of(x).wrapping_abs());
                one!(vm, ip, base, k, fuel, tb)
            }
        }
        tail!(op_call_native_any, vm, ip, base, k, fuel, tb)
    }
    fn intrinsic_sqrt(vm, ip, base, k, fuel, tb) {
        let f = ra(ip, base);
        let (x, n) = arguments(vm, ip, f);
        if n == 1
            && let Some(x) = num_of(x)
            && x >= 0.0
        {
            set_float(f, x.sqrt());
            one!(vm, ip, base, k, fuel, tb)
        }
        tail!(op_call_native_any, vm, ip, base, k, fuel, tb)
    }
    fn intrinsic_max(vm, ip, base, k, fuel, tb) {
        let f = ra(ip, base);
        let (x, n) = arguments(vm, ip, f);
        let y = x.wrapping_add(1);
        if n == 2 {
            if is_int(x) && is_int(y) {
                set_int(f, int_of(x).max(int_of(y)));
                one!(vm, ip, base, k, fuel, tb)
            }
            if is_float(x) && is_float(y) {
                set_float(f, if float_of(x) < float_of(y) { float_of(y) } else { float_of(x) });
                one!(vm, ip, base, k, fuel, tb)
            }
        }
        tail!(op_call_native_any, vm, ip, base, k, fuel, tb)
    }
    fn intrinsic_min(vm, ip, base, k, fuel, tb) {
        let f = ra(ip, base);
        let (x, n) = arguments(vm, ip, f);
        let y = x.wrapping_add(1);
        if n == 2 {
            if is_int(x) && is_int(y) {
                set_int(f, int_of(x).min(int_of(y)));
                one!(vm, ip, base, k, fuel, tb)
            }
            if is_float(x) && is_float(y) {
                set_float(f, if float_of(y) < float_of(x) { float_of(y) } else { float_of(x) });
                one!(vm, ip, base, k, fuel, tb)
            }
        }
        tail!(op_call_native_any, vm, ip, base, k, fuel, tb)
    }
    /// The names are the function's upvalues.
    fn intrinsic_type(vm, ip, base, k, fuel, tb) {
        let f = ra(ip, base);
        let (v, n) = arguments(vm, ip, f);
        let native = (*f).payload as usize as *const NativeObj;
        if n >= 1 && (*native).hdr.extra as usize == Type::COUNT {
            copy(f, (*native).upvals.as_ptr().add((*v).type_of() as usize));
            one!(vm, ip, base, k, fuel, tb)
        }
        tail!(op_call_native_any, vm, ip, base, k, fuel, tb)
    }
    /// How many, or one of them.
    fn intrinsic_select(vm, ip, base, k, fuel, tb) {
        let f = ra(ip, base);
        let (v, n) = arguments(vm, ip, f);
        if n >= 1 {
            if is_int(v) && int_of(v) > 0 && (*ip).c == 2 {
                let i = int_of(v) as usize;
                if i < n { copy(f, v.add(i)) } else { set_tag(f, tag::NIL) }
                go!(vm, ip.add(1), base, k, fuel, tb)
            }
            if (*v).tag == tag::STR {
                let s = (*v).payload as usize as *const Str;
                if (*s).len == 1 && *Str::data(s.cast_mut()) == b'#' {
                    set_int(f, n as i64 - 1);
                    one!(vm, ip, base, k, fuel, tb)
                }
            }
        }
        tail!(op_call_native_any, vm, ip, base, k, fuel, tb)
    }
    fn intrinsic_assert(vm, ip, base, k, fuel, tb) {
        let f = ra(ip, base);
        let (v, n) = arguments(vm, ip, f);
        if n >= 1 && !(*v).is_falsy() && ((*ip).c == 2 || (*ip).c == 1) {
            copy(f, v);
            go!(vm, ip.add(1), base, k, fuel, tb)
        }
        tail!(op_call_native_any, vm, ip, base, k, fuel, tb)
    }
    fn intrinsic_len(vm, ip, base, k, fuel, tb) {
        let f = ra(ip, base);
        let (v, n) = arguments(vm, ip, f);
        if n >= 1 && (*v).is_string() {
            set_int(f, (*((*v).payload as usize as *const Str)).len as i64);
            one!(vm, ip, base, k, fuel, tb)
        }
        tail!(op_call_native_any, vm, ip, base, k, fuel, tb)
    }
    /// One byte inside the string.
    fn intrinsic_byte(vm, ip, base, k, fuel, tb) {
        let f = ra(ip, base);
        let (v, n) = arguments(vm, ip, f);
        if (n == 2 || n == 1) && (*v).is_string() {
            let s = (*v).payload as usize as *mut Str;
            let mut at = 0;
            if n == 2 {
                let i = v.add(1);
                at = if is_int(i) { int_of(i).wrapping_sub(1) } else { -1 };
            }
            if (at as u64) < (*s).len as u64 {
                set_int(f, *Str::data(s).add(at as usize) as i64);
                one!(vm, ip, base, k, fuel, tb)
            }
        }
        tail!(op_call_native_any, vm, ip, base, k, fuel, tb)
    }
    fn intrinsic_sub(vm, ip, base, k, fuel, tb) {
        let f = ra(ip, base);
        let (v, n) = arguments(vm, ip, f);
        if (n == 2 || n == 3) && (*v).is_string() && part_of(vm, f, v, n) {
            tail!(intrinsic_made, vm, ip, base, k, fuel, tb)
        }
        tail!(op_call_native_any, vm, ip, base, k, fuel, tb)
    }
    fn intrinsic_char(vm, ip, base, k, fuel, tb) {
        let f = ra(ip, base);
        let (v, n) = arguments(vm, ip, f);
        if n == 1 && is_int(v) && int_of(v) as u64 <= 255 && character(vm, f, int_of(v) as u8) {
            tail!(intrinsic_made, vm, ip, base, k, fuel, tb)
        }
        tail!(op_call_native_any, vm, ip, base, k, fuel, tb)
    }
    fn intrinsic_tostring(vm, ip, base, k, fuel, tb) {
        let f = ra(ip, base);
        let (v, n) = arguments(vm, ip, f);
        if n >= 1 && (*v).is_string() {
            copy(f, v);
            one!(vm, ip, base, k, fuel, tb)
        }
        tail!(op_call_native_any, vm, ip, base, k, fuel, tb)
    }
    fn intrinsic_tonumber(vm, ip, base, k, fuel, tb) {
        let f = ra(ip, base);
        let (v, n) = arguments(vm, ip, f);
        if n == 1 && (*v).is_number() {
            copy(f, v);
            one!(vm, ip, base, k, fuel, tb)
        }
        tail!(op_call_native_any, vm, ip, base, k, fuel, tb)
    }
    fn intrinsic_rawequal(vm, ip, base, k, fuel, tb) {
        let f = ra(ip, base);
        let (v, n) = arguments(vm, ip, f);
        if n >= 2 {
            let equal = (*v).raw_eq(*v.add(1));
            set_tag(f, if equal { tag::TRUE } else { tag::FALSE });
            one!(vm, ip, base, k, fuel, tb)
        }
        tail!(op_call_native_any, vm, ip, base, k, fuel, tb)
    }
    fn intrinsic_rawget(vm, ip, base, k, fuel, tb) {
        let f = ra(ip, base);
        let (v, n) = arguments(vm, ip, f);
        if n >= 2 && (*v).tag == tag::TABLE {
            let value = Gc::from_ptr(table_of(v)).get(*v.add(1));
            copy(f, &value);
            one!(vm, ip, base, k, fuel, tb)
        }
        tail!(op_call_native_any, vm, ip, base, k, fuel, tb)
    }
    fn intrinsic_getmetatable(vm, ip, base, k, fuel, tb) {
        let f = ra(ip, base);
        let (v, n) = arguments(vm, ip, f);
        if n >= 1 && (*v).tag == tag::TABLE {
            let meta = (*table_of(v)).meta;
            if meta.is_null() {
                set_tag(f, tag::NIL);
                one!(vm, ip, base, k, fuel, tb)
            }
            let name: Value = (*vm).event_names[Event::Metatable as usize].into();
            if find_field(meta, &name).is_null() {
                (*f).payload = meta as u64;
                (*f).tag = tag::TABLE;
                one!(vm, ip, base, k, fuel, tb)
            }
        }
        tail!(op_call_native_any, vm, ip, base, k, fuel, tb)
    }
    /// The first metatable of a table.
    fn intrinsic_setmetatable(vm, ip, base, k, fuel, tb) {
        let f = ra(ip, base);
        let (v, n) = arguments(vm, ip, f);
        if n >= 2
            && (*v).tag == tag::TABLE
            && (*table_of(v)).meta.is_null()
            && (*v.add(1)).tag == tag::TABLE
        {
            let meta = Gc::from_ptr(table_of(v.add(1)));
            Gc::from_ptr(table_of(v)).set_metatable(&mut (*vm).heap, Some(meta));
            copy(f, v);
            tail!(intrinsic_made, vm, ip, base, k, fuel, tb)
        }
        tail!(op_call_native_any, vm, ip, base, k, fuel, tb)
    }
    /// Iterator, table and 0: what a generic loop asks for.
    fn intrinsic_ipairs(vm, ip, base, k, fuel, tb) {
        let f = ra(ip, base);
        let (v, n) = arguments(vm, ip, f);
        let native = (*f).payload as usize as *const NativeObj;
        if n >= 1 && (*ip).c == 4 && (*native).hdr.extra != 0 {
            copy(f, (*native).upvals.as_ptr());
            copy(f.add(1), v);
            set_int(f.add(2), 0);
            go!(vm, ip.add(1), base, k, fuel, tb)
        }
        tail!(op_call_native_any, vm, ip, base, k, fuel, tb)
    }
    fn intrinsic_pairs(vm, ip, base, k, fuel, tb) {
        let f = ra(ip, base);
        let (v, n) = arguments(vm, ip, f);
        let native = (*f).payload as usize as *const NativeObj;
        if n >= 1 && (*ip).c >= 4 && (*v).tag == tag::TABLE && (*native).hdr.extra != 0 {
            let meta = (*table_of(v)).meta;
            let name: Value = (*vm).event_names[Event::Pairs as usize].into();
            if meta.is_null() || find_field(meta, &name).is_null() {
                copy(f, (*native).upvals.as_ptr());
                copy(f.add(1), v);
                set_tag(f.add(2), tag::NIL);
                for i in 4..(*ip).c as usize {
                    rolled();
                    set_tag(f.add(i - 1), tag::NIL);
                }
                go!(vm, ip.add(1), base, k, fuel, tb)
            }
        }
        tail!(op_call_native_any, vm, ip, base, k, fuel, tb)
    }
    /// At the end of a plain table, for no result.
    fn intrinsic_insert(vm, ip, base, k, fuel, tb) {
        let f = ra(ip, base);
        let (v, n) = arguments(vm, ip, f);
        if n == 2 && (*ip).c == 1 && (*v).tag == tag::TABLE && append(vm, v) {
            tail!(intrinsic_inserted, vm, ip, base, k, fuel, tb)
        }
        tail!(op_call_native_any, vm, ip, base, k, fuel, tb)
    }
    #[inline(never)]
    fn intrinsic_inserted(vm, ip, base, k, fuel, tb) {
        if (*vm).heap.debt > 0 {
            tail!(intrinsic_collect, vm, ip, base, k, fuel, tb)
        }
        go!(vm, ip.add(1), base, k, fuel, tb)
    }
    /// The last element of a plain table.
    fn intrinsic_remove(vm, ip, base, k, fuel, tb) {
        let f = ra(ip, base);
        let (v, n) = arguments(vm, ip, f);
        if n == 1 && (*v).tag == tag::TABLE && take_last(vm, f, v) {
            one!(vm, ip, base, k, fuel, tb)
        }
        tail!(op_call_native_any, vm, ip, base, k, fuel, tb)
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
        if end - start >= 15 {
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
