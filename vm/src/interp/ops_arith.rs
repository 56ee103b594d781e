//! Arithmetic and bitwise operators. Integers in the first handler, floats and mixed operands in
//! a second, strings, division by zero and metamethods in [`super::arith`].

use super::dispatch::{handlers, next, slow_handlers, tail};
use super::operand::*;
use crate::object::string::Str;
use crate::table::Table;
use crate::value::{number, tag};
use crate::vm::Vm;

slow_handlers! {
    op_arith_slow => Vm::arith_slow;
    op_concat => Vm::concat_instr;
    op_len_slow => Vm::len_slow;
}

/// A float handler: two floats first, then any mix of numbers.
macro_rules! float_half {
    ($name:ident, $c:ident, |$p:ident, $q:ident| $float:expr) => {
        handlers! {
            #[inline(never)]
            fn $name(m) {
                let (b, c) = (m.b(), m.$c());
                if is_float(b) {
                    let $p = float_of(b);
                    if is_float(c) {
                        let $q = float_of(c);
                        set_float(m.a(), $float);
                        next!(m)
                    }
                    if is_int(c) {
                        let $q = int_of(c) as f64;
                        set_float(m.a(), $float);
                        next!(m)
                    }
                } else if is_int(b) {
                    let $p = int_of(b) as f64;
                    if let Some($q) = num_of(c) {
                        set_float(m.a(), $float);
                        next!(m)
                    }
                }
                tail!(m, op_arith_slow)
            }
        }
    };
}

/// Powers: squares and roots of floats are made in place.
macro_rules! power {
    ($name:ident, $any_name:ident, $c:ident) => {
        handlers! {
            fn $name(m) {
                let (b, c) = (m.b(), m.$c());
                if is_float(b) {
                    let x = float_of(b);
                    let two = if is_int(c) { int_of(c) == 2 } else { is_float(c) && float_of(c) == 2.0 };
                    if two {
                        set_float(m.a(), x * x);
                        next!(m)
                    }
                }
                tail!(m, $any_name)
            }
        }
        float_half!($any_name, $c, |p, q| number::float_pow(p, q));
    };
}

/// Operators on two integers and on two floats.
macro_rules! arith {
    ($name:ident, $mixed_name:ident, $c:ident,
     |$x:ident, $y:ident| $int:expr, |$p:ident, $q:ident| $float:expr) => {
        handlers! {
            fn $name(m) {
                let (b, c) = (m.b(), m.$c());
                if is_int(b) {
                    if is_int(c) {
                        let ($x, $y) = (int_of(b), int_of(c));
                        set_int(m.a(), $int);
                        next!(m)
                    }
                } else if is_float(b) && is_float(c) {
                    let ($p, $q) = (float_of(b), float_of(c));
                    set_float(m.a(), $float);
                    next!(m)
                }
                tail!(m, $mixed_name)
            }
        }
        float_half!($mixed_name, $c, |$p, $q| $float);
    };
}

/// As `arith`, where a zero divisor is an error.
macro_rules! divide {
    ($name:ident, $float_name:ident, $c:ident, $int:path, $float:path) => {
        handlers! {
            fn $name(m) {
                let (b, c) = (m.b(), m.$c());
                if is_int(b) && is_int(c) {
                    let y = int_of(c);
                    if y == 0 {
                        tail!(m, op_arith_slow)
                    }
                    set_int(m.a(), $int(int_of(b), y));
                    next!(m)
                }
                tail!(m, $float_name)
            }
        }
        float_half!($float_name, $c, |p, q| $float(p, q));
    };
}

/// Operators on integers only; floats with integer values are converted in the slow path.
macro_rules! bitwise {
    ($name:ident, $c:ident, |$x:ident, $y:ident| $int:expr) => {
        handlers! {
            fn $name(m) {
                let (b, c) = (m.b(), m.$c());
                if is_int(b) && is_int(c) {
                    let ($x, $y) = (int_of(b), int_of(c));
                    set_int(m.a(), $int);
                    next!(m)
                }
                tail!(m, op_arith_slow)
            }
        }
    };
}

arith!(op_add, op_add_mixed, c, |x, y| x.wrapping_add(y), |p, q| p + q);
arith!(op_sub, op_sub_mixed, c, |x, y| x.wrapping_sub(y), |p, q| p - q);
arith!(op_mul, op_mul_mixed, c, |x, y| x.wrapping_mul(y), |p, q| p * q);
arith!(op_addk, op_addk_mixed, kc, |x, y| x.wrapping_add(y), |p, q| p + q);
arith!(op_subk, op_subk_mixed, kc, |x, y| x.wrapping_sub(y), |p, q| p - q);
arith!(op_mulk, op_mulk_mixed, kc, |x, y| x.wrapping_mul(y), |p, q| p * q);
divide!(op_mod, op_mod_float, c, number::int_mod, number::float_mod);
divide!(op_modk, op_modk_float, kc, number::int_mod, number::float_mod);
divide!(op_idiv, op_idiv_float, c, number::int_idiv, number::float_idiv);
divide!(op_idivk, op_idivk_float, kc, number::int_idiv, number::float_idiv);
float_half!(op_div, c, |p, q| p / q);
float_half!(op_divk, kc, |p, q| p / q);
power!(op_pow, op_pow_any, c);
power!(op_powk, op_powk_any, kc);
bitwise!(op_band, c, |x, y| x & y);
bitwise!(op_bor, c, |x, y| x | y);
bitwise!(op_bxor, c, |x, y| x ^ y);
bitwise!(op_shl, c, |x, y| number::shift_left(x, y));
bitwise!(op_shr, c, |x, y| number::shift_right(x, y));
bitwise!(op_bandk, kc, |x, y| x & y);
bitwise!(op_bork, kc, |x, y| x | y);
bitwise!(op_bxork, kc, |x, y| x ^ y);
bitwise!(op_shlk, kc, |x, y| number::shift_left(x, y));
bitwise!(op_shrk, kc, |x, y| number::shift_right(x, y));

handlers! {
    fn op_addi(m) {
        let b = m.b();
        if is_int(b) {
            set_int(m.a(), int_of(b).wrapping_add(m.sc() as i64));
            next!(m)
        }
        tail!(m, op_addi_float)
    }
    #[inline(never)]
    fn op_addi_float(m) {
        let b = m.b();
        if is_float(b) {
            set_float(m.a(), float_of(b) + m.sc() as f64);
            next!(m)
        }
        tail!(m, op_arith_slow)
    }
    fn op_unm(m) {
        let b = m.b();
        if is_int(b) {
            set_int(m.a(), int_of(b).wrapping_neg());
            next!(m)
        }
        if is_float(b) {
            set_float(m.a(), -float_of(b));
            next!(m)
        }
        tail!(m, op_arith_slow)
    }
    fn op_bnot(m) {
        let b = m.b();
        if is_int(b) {
            set_int(m.a(), !int_of(b));
            next!(m)
        }
        tail!(m, op_arith_slow)
    }
    /// A table's border where it was last time, or one further.
    fn op_len(m) {
        let b = m.b();
        if (*b).tag == tag::TABLE {
            let t = (*b).payload as usize as *mut Table;
            let (limit, asize) = ((*t).border as usize, (*t).asize as usize);
            if (*t).meta.is_null() && limit > 0 && limit < asize {
                let last = ((*t).arr.add(asize) as *mut u8).add(limit - 1);
                if *last != tag::NIL {
                    if *last.add(1) == tag::NIL {
                        set_int(m.a(), limit as i64);
                        next!(m)
                    }
                    if limit + 1 < asize && *last.add(2) == tag::NIL {
                        // The usual case after `t[#t + 1] = v`.
                        (*t).border = limit as u32 + 1;
                        set_int(m.a(), limit as i64 + 1);
                        next!(m)
                    }
                }
            }
            tail!(m, op_len_table)
        }
        if (*b).is_string() {
            let n = (*((*b).payload as usize as *const Str)).len;
            set_int(m.a(), n as i64);
            next!(m)
        }
        tail!(m, op_len_slow)
    }
    #[inline(never)]
    fn op_len_table(m) {
        let t = (*m.b()).payload as usize as *mut Table;
        if (*t).meta.is_null() {
            let n = crate::heap::Gc::from_ptr(t).len();
            set_int(m.a(), n);
            next!(m)
        }
        tail!(m, op_len_slow)
    }
}
