//! Jumps, tests and comparisons. Each comparison serves two integers, then floats; the rest is in
//! [`super::compare`]. Taken and untaken jumps dispatch from two places.

use super::compare;
use super::dispatch::{handlers, jump, next, proceed, slow_handlers, tail};
use super::metacall;
use super::nodes::table_of;
use super::operand::*;
use crate::meta::Event;
use crate::value::{Value, tag};
use crate::vm::Vm;

slow_handlers! {
    op_compare_slow => Vm::compare_slow;
    op_equal_long => Vm::equal_long_constant;
}

handlers! {
    fn op_jmp(m) {
        jump!(m, m.sbx())
    }
    fn op_jt(m) {
        if !(*m.a()).is_falsy() {
            jump!(m, m.sbx())
        }
        next!(m)
    }
    fn op_jf(m) {
        if (*m.a()).is_falsy() {
            jump!(m, m.sbx())
        }
        next!(m)
    }
    fn op_jtset(m) {
        let b = m.b();
        if !(*b).is_falsy() {
            copy(m.a(), b);
            jump!(m, m.sc())
        }
        next!(m)
    }
    fn op_jfset(m) {
        let b = m.b();
        if (*b).is_falsy() {
            copy(m.a(), b);
            jump!(m, m.sc())
        }
        next!(m)
    }
}

/// Comparisons of two tables, which are not the same for `__eq`: their metamethods.
macro_rules! compare_tables {
    ($name:ident, $helper:ident, $event:ident) => {
        handlers! {
            #[inline(never)]
            fn $name(m) {
                let (a, b) = (m.a(), m.b());
                m.charged().save();
                proceed!(m.vm, $helper(&mut *m.vm, a, b))
            }
        }
        #[inline(never)]
        unsafe fn $helper(vm: &mut Vm, a: *const Value, b: *const Value) -> u32 {
            // SAFETY: the handler, its only caller.
            unsafe { metacall::compare_tables(vm, Event::$event, a, b) }
        }
    };
}
compare_tables!(op_equal_tables, equal_tables, Eq);
compare_tables!(op_less_tables, less_tables, Lt);
compare_tables!(op_less_equal_tables, less_equal_tables, Le);

/// Equality: integers and short strings first; floats, long strings and objects that may have
/// `__eq` last.
macro_rules! equality {
    ($name:ident, $other:ident, $when:literal) => {
        handlers! {
            fn $name(m) {
                let (a, b) = (m.a(), m.b());
                let t = (*a).tag;
                if t == (*b).tag && (t == tag::INT || t == tag::STR) {
                    if ((*a).payload == (*b).payload) == $when {
                        jump!(m, m.sc())
                    }
                    next!(m)
                }
                tail!(m, $other)
            }
            #[inline(never)]
            fn $other(m) {
                let (a, b) = (m.a(), m.b());
                let (ta, t2) = ((*a).tag, (*b).tag);
                let equal;
                if ta == t2 {
                    if ta <= tag::TRUE {
                        equal = true;
                    } else if ta == tag::FLOAT {
                        equal = float_of(a) == float_of(b);
                    } else if (*a).payload == (*b).payload {
                        equal = true;
                    } else if ta == tag::TABLE {
                        if !metacall::compares_raw(table_of(a))
                            || !metacall::compares_raw(table_of(b))
                        {
                            tail!(m, op_equal_tables)
                        }
                        equal = false;
                    } else if ta == tag::USERDATA || ta == tag::LSTR {
                        tail!(m, op_compare_slow)
                    } else {
                        equal = false;
                    }
                } else if (ta == tag::INT && t2 == tag::FLOAT)
                    || (ta == tag::FLOAT && t2 == tag::INT)
                {
                    let (Some(x), Some(y)) = (exact(a), exact(b)) else {
                        tail!(m, op_compare_slow)
                    };
                    equal = x == y;
                } else {
                    equal = false;
                }
                if equal == $when {
                    jump!(m, m.sc())
                }
                next!(m)
            }
        }
    };
}
equality!(op_jeq, op_jeq_other, true);
equality!(op_jne, op_jne_other, false);

/// Raw equality with a constant: short strings, nil and booleans first.
macro_rules! equality_const {
    ($name:ident, $simple:ident, $other:ident, $when:literal) => {
        handlers! {
            fn $name(m) {
                let (a, b) = (m.a(), m.kb());
                if (*b).tag == tag::STR {
                    if ((*a).payload == (*b).payload && (*a).tag == tag::STR) == $when {
                        jump!(m, m.sc())
                    }
                    next!(m)
                }
                tail!(m, $simple)
            }
            #[inline(never)]
            fn $simple(m) {
                let (a, b) = (m.a(), m.kb());
                if (*b).tag <= tag::TRUE {
                    if ((*a).tag == (*b).tag) == $when {
                        jump!(m, m.sc())
                    }
                    next!(m)
                }
                tail!(m, $other)
            }
            #[inline(never)]
            fn $other(m) {
                let (a, b) = (m.a(), m.kb());
                if (*a).tag == tag::LSTR && (*b).tag == tag::LSTR {
                    tail!(m, op_equal_long)
                }
                if compare::equal_const(a, b) == $when {
                    jump!(m, m.sc())
                }
                next!(m)
            }
        }
    };
}
equality_const!(op_jeqk, op_jeqk_simple, op_jeqk_other, true);
equality_const!(op_jnek, op_jnek_simple, op_jnek_other, false);

macro_rules! equality_imm {
    ($name:ident, $when:literal) => {
        handlers! {
            fn $name(m) {
                let a = m.a();
                let i = m.sb();
                let equal = if is_int(a) {
                    int_of(a) == i as i64
                } else {
                    is_float(a) && float_of(a) == i as f64
                };
                if equal == $when {
                    jump!(m, m.sc())
                }
                next!(m)
            }
        }
    };
}
equality_imm!(op_jeqi, true);
equality_imm!(op_jnei, false);

/// A number as the float it equals; `None` for other values and for integers that may equal none.
#[inline(always)]
unsafe fn exact(v: *const Value) -> Option<f64> {
    // SAFETY: the callers: `v` is an operand.
    unsafe {
        if is_float(v) {
            return Some(float_of(v));
        }
        let i = int_of(v);
        (is_int(v) && (i.wrapping_add(1 << 53) as u64) <= 1 << 54).then_some(i as f64)
    }
}

macro_rules! order {
    (
        $name:ident, $float_name:ident, $string_name:ident, $tables:ident, $when:literal,
        |$x:ident, $y:ident| $cmp:expr
    ) => {
        handlers! {
            fn $name(m) {
                let (a, b) = (m.a(), m.b());
                if is_int(a) && is_int(b) {
                    let ($x, $y) = (int_of(a), int_of(b));
                    if $cmp == $when {
                        jump!(m, m.sc())
                    }
                    next!(m)
                }
                tail!(m, $float_name)
            }
            #[inline(never)]
            fn $float_name(m) {
                let (a, b) = (m.a(), m.b());
                if is_float(a) && is_float(b) {
                    let ($x, $y) = (float_of(a), float_of(b));
                    if $cmp == $when {
                        jump!(m, m.sc())
                    }
                    next!(m)
                }
                if let (Some($x), Some($y)) = (exact(a), exact(b)) {
                    if $cmp == $when {
                        jump!(m, m.sc())
                    }
                    next!(m)
                }
                // (Comparing two long ones is charged.)
                if ((*a).tag == tag::STR && (*b).is_string())
                    || ((*b).tag == tag::STR && (*a).is_string())
                {
                    tail!(m, $string_name)
                }
                if (*a).tag == tag::TABLE && (*b).tag == tag::TABLE {
                    tail!(m, $tables)
                }
                tail!(m, op_compare_slow)
            }
            #[inline(never)]
            fn $string_name(m) {
                let ($x, $y) = (compare::order_strings(m.a(), m.b()), 0);
                if $cmp == $when {
                    jump!(m, m.sc())
                }
                next!(m)
            }
        }
    };
}
order!(op_jlt, op_jlt_float, op_jlt_string, op_less_tables, true, |x, y| (x < y));
order!(op_jnlt, op_jnlt_float, op_jnlt_string, op_less_tables, false, |x, y| (x < y));
order!(op_jle, op_jle_float, op_jle_string, op_less_equal_tables, true, |x, y| (x <= y));
order!(op_jnle, op_jnle_float, op_jnle_string, op_less_equal_tables, false, |x, y| (x <= y));

macro_rules! order_imm {
    ($name:ident, $float_name:ident, $when:literal, |$x:ident, $y:ident| $cmp:expr) => {
        handlers! {
            fn $name(m) {
                let a = m.a();
                if is_int(a) {
                    let ($x, $y) = (int_of(a), m.sb() as i64);
                    if $cmp == $when {
                        jump!(m, m.sc())
                    }
                    next!(m)
                }
                tail!(m, $float_name)
            }
            #[inline(never)]
            fn $float_name(m) {
                let a = m.a();
                if is_float(a) {
                    let ($x, $y) = (float_of(a), m.sb() as f64);
                    if $cmp == $when {
                        jump!(m, m.sc())
                    }
                    next!(m)
                }
                tail!(m, op_compare_slow)
            }
        }
    };
}
order_imm!(op_jlti, op_jlti_float, true, |x, y| (x < y));
order_imm!(op_jnlti, op_jnlti_float, false, |x, y| (x < y));
order_imm!(op_jlei, op_jlei_float, true, |x, y| (x <= y));
order_imm!(op_jnlei, op_jnlei_float, false, |x, y| (x <= y));
order_imm!(op_jgti, op_jgti_float, true, |x, y| (x > y));
order_imm!(op_jngti, op_jngti_float, false, |x, y| (x > y));
order_imm!(op_jgei, op_jgei_float, true, |x, y| (x >= y));
order_imm!(op_jngei, op_jngei_float, false, |x, y| (x >= y));
