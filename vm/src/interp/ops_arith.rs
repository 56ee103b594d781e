//! Arithmetic and bitwise operators. Integers in the first handler, floats and mixed operands in
//! a second, strings, division by zero and metamethods in [`super::arith`].

use super::dispatch::{go, handlers, slow_handlers, tail};
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
    ($name:ident, $rd:ident, |$p:ident, $q:ident| $float:expr) => {
        handlers! {
            #[inline(never)]
            fn $name(vm, ip, base, k, fuel, tb) {
                let (b, c) = (rb(ip, base), $rd!(ip, base, k));
                if is_float(b) {
                    let $p = float_of(b);
                    if is_float(c) {
                        let $q = float_of(c);
                        set_float(ra(ip, base), $float);
                        go!(vm, ip.add(1), base, k, fuel, tb)
                    }
                    if is_int(c) {
                        let $q = int_of(c) as f64;
                        set_float(ra(ip, base), $float);
                        go!(vm, ip.add(1), base, k, fuel, tb)
                    }
                } else if is_int(b) {
                    let $p = int_of(b) as f64;
                    if let Some($q) = num_of(c) {
                        set_float(ra(ip, base), $float);
                        go!(vm, ip.add(1), base, k, fuel, tb)
                    }
                }
                tail!(op_arith_slow, vm, ip, base, k, fuel, tb)
            }
        }
    };
}

/// Powers: squares and roots of floats are made in place.
macro_rules! power {
    ($name:ident, $any_name:ident, $rd:ident) => {
        handlers! {
            fn $name(vm, ip, base, k, fuel, tb) {
                let (b, c) = (rb(ip, base), $rd!(ip, base, k));
                if is_float(b) {
                    let x = float_of(b);
                    let two = if is_int(c) { int_of(c) == 2 } else { is_float(c) && float_of(c) == 2.0 };
                    if two {
                        set_float(ra(ip, base), x * x);
                        go!(vm, ip.add(1), base, k, fuel, tb)
                    }
                }
                tail!($any_name, vm, ip, base, k, fuel, tb)
            }
        }
        float_half!($any_name, $rd, |p, q| number::float_pow(p, q));
    };
}

macro_rules! reg_c {
    ($ip:expr, $base:expr, $k:expr) => {
        rc($ip, $base)
    };
}
macro_rules! const_c {
    ($ip:expr, $base:expr, $k:expr) => {
        kc($ip, $k)
    };
}

/// Operators on two integers and on two floats.
macro_rules! arith {
    ($name:ident, $mixed_name:ident, $rd:ident,
     |$x:ident, $y:ident| $int:expr, |$p:ident, $q:ident| $float:expr) => {
        handlers! {
            fn $name(vm, ip, base, k, fuel, tb) {
                let (b, c) = (rb(ip, base), $rd!(ip, base, k));
                if is_int(b) {
                    if is_int(c) {
                        let ($x, $y) = (int_of(b), int_of(c));
                        set_int(ra(ip, base), $int);
                        go!(vm, ip.add(1), base, k, fuel, tb)
                    }
                } else if is_float(b) && is_float(c) {
                    let ($p, $q) = (float_of(b), float_of(c));
                    set_float(ra(ip, base), $float);
                    go!(vm, ip.add(1), base, k, fuel, tb)
                }
                tail!($mixed_name, vm, ip, base, k, fuel, tb)
            }
        }
        float_half!($mixed_name, $rd, |$p, $q| $float);
    };
}

/// As `arith`, where a zero divisor is an error.
macro_rules! divide {
    ($name:ident, $float_name:ident, $rd:ident, $int:path, $float:path) => {
        handlers! {
            fn $name(vm, ip, base, k, fuel, tb) {
                let (b, c) = (rb(ip, base), $rd!(ip, base, k));
                if is_int(b) && is_int(c) {
                    let y = int_of(c);
                    if y == 0 {
                        tail!(op_arith_slow, vm, ip, base, k, fuel, tb)
                    }
                    set_int(ra(ip, base), $int(int_of(b), y));
                    go!(vm, ip.add(1), base, k, fuel, tb)
                }
                tail!($float_name, vm, ip, base, k, fuel, tb)
            }
        }
        float_half!($float_name, $rd, |p, q| $float(p, q));
    };
}

/// Operators on integers only; floats with integer values are converted in the slow path.
macro_rules! bitwise {
    ($name:ident, $rd:ident, |$x:ident, $y:ident| $int:expr) => {
        handlers! {
            fn $name(vm, ip, base, k, fuel, tb) {
                let (b, c) = (rb(ip, base), $rd!(ip, base, k));
                if is_int(b) && is_int(c) {
                    let ($x, $y) = (int_of(b), int_of(c));
                    set_int(ra(ip, base), $int);
                    go!(vm, ip.add(1), base, k, fuel, tb)
                }
                tail!(op_arith_slow, vm, ip, base, k, fuel, tb)
            }
        }
    };
}

arith!(op_add, op_add_mixed, reg_c, |x, y| x.wrapping_add(y), |p, q| p + q);
arith!(op_sub, op_sub_mixed, reg_c, |x, y| x.wrapping_sub(y), |p, q| p - q);
arith!(op_mul, op_mul_mixed, reg_c, |x, y| x.wrapping_mul(y), |p, q| p * q);
arith!(op_addk, op_addk_mixed, const_c, |x, y| x.wrapping_add(y), |p, q| p + q);
arith!(op_subk, op_subk_mixed, const_c, |x, y| x.wrapping_sub(y), |p, q| p - q);
arith!(op_mulk, op_mulk_mixed, const_c, |x, y| x.wrapping_mul(y), |p, q| p * q);
divide!(op_mod, op_mod_float, reg_c, number::int_mod, number::float_mod);
divide!(op_modk, op_modk_float, const_c, number::int_mod, number::float_mod);
divide!(op_idiv, op_idiv_float, reg_c, number::int_idiv, number::float_idiv);
divide!(op_idivk, op_idivk_float, const_c, number::int_idiv, number::float_idiv);
float_half!(op_div, reg_c, |p, q| p / q);
float_half!(op_divk, const_c, |p, q| p / q);
power!(op_pow, op_pow_any, reg_c);
power!(op_powk, op_powk_any, const_c);
bitwise!(op_band, reg_c, |x, y| x & y);
bitwise!(op_bor, reg_c, |x, y| x | y);
bitwise!(op_bxor, reg_c, |x, y| x ^ y);
bitwise!(op_shl, reg_c, |x, y| number::shift_left(x, y));
bitwise!(op_shr, reg_c, |x, y| number::shift_right(x, y));
bitwise!(op_bandk, const_c, |x, y| x & y);
bitwise!(op_bork, const_c, |x, y| x | y);
bitwise!(op_bxork, const_c, |x, y| x ^ y);
bitwise!(op_shlk, const_c, |x, y| number::shift_left(x, y));
bitwise!(op_shrk, const_c, |x, y| number::shift_right(x, y));

handlers! {
    fn op_addi(vm, ip, base, k, fuel, tb) {
        let b = rb(ip, base);
        if is_int(b) {
            set_int(ra(ip, base), int_of(b).wrapping_add(sc(ip) as i64));
            go!(vm, ip.add(1), base, k, fuel, tb)
        }
        tail!(op_addi_float, vm, ip, base, k, fuel, tb)
    }
    #[inline(never)]
    fn op_addi_float(vm, ip, base, k, fuel, tb) {
        let b = rb(ip, base);
        if is_float(b) {
            set_float(ra(ip, base), float_of(b) + sc(ip) as f64);
            go!(vm, ip.add(1), base, k, fuel, tb)
        }
        tail!(op_arith_slow, vm, ip, base, k, fuel, tb)
    }
    fn op_unm(vm, ip, base, k, fuel, tb) {
        let b = rb(ip, base);
        if is_int(b) {
            set_int(ra(ip, base), int_of(b).wrapping_neg());
            go!(vm, ip.add(1), base, k, fuel, tb)
        }
        if is_float(b) {
            set_float(ra(ip, base), -float_of(b));
            go!(vm, ip.add(1), base, k, fuel, tb)
        }
        tail!(op_arith_slow, vm, ip, base, k, fuel, tb)
    }
    fn op_bnot(vm, ip, base, k, fuel, tb) {
        let b = rb(ip, base);
        if is_int(b) {
            set_int(ra(ip, base), !int_of(b));
            go!(vm, ip.add(1), base, k, fuel, tb)
        }
        tail!(op_arith_slow, vm, ip, base, k, fuel, tb)
    }
    /// A table's border where it was last time, or one further.
    fn op_len(vm, ip, base, k, fuel, tb) {
        let b = rb(ip, base);
        if (*b).tag == tag::TABLE {
            let t = (*b).payload as usize as *mut Table;
            let (limit, asize) = ((*t).border as usize, (*t).asize as usize);
            if (*t).meta.is_null() && limit > 0 && limit < asize {
                let last = ((*t).arr.add(asize) as *mut u8).add(limit - 1);
                if *last != tag::NIL {
                    if *last.add(1) == tag::NIL {
                        set_int(ra(ip, base), limit as i64);
                        go!(vm, ip.add(1), base, k, fuel, tb)
                    }
                    if limit + 1 < asize && *last.add(2) == tag::NIL {
                        // The usual case after `t[#t + 1] = v`.
                        (*t).border = limit as u32 + 1;
                        set_int(ra(ip, base), limit as i64 + 1);
                        go!(vm, ip.add(1), base, k, fuel, tb)
                    }
                }
            }
            tail!(op_len_table, vm, ip, base, k, fuel, tb)
        }
        if (*b).is_string() {
            let n = (*((*b).payload as usize as *const Str)).len;
            set_int(ra(ip, base), n as i64);
            go!(vm, ip.add(1), base, k, fuel, tb)
        }
        tail!(op_len_slow, vm, ip, base, k, fuel, tb)
    }
    #[inline(never)]
    fn op_len_table(vm, ip, base, k, fuel, tb) {
        let t = (*rb(ip, base)).payload as usize as *mut Table;
        if (*t).meta.is_null() {
            let n = crate::heap::Gc::from_ptr(t).len();
            set_int(ra(ip, base), n);
            go!(vm, ip.add(1), base, k, fuel, tb)
        }
        tail!(op_len_slow, vm, ip, base, k, fuel, tb)
    }
}
