//! Number semantics of the language: conversions between integers, floats and strings, and the
//! arithmetic whose rules differ from Rust's (manual §3.4.1–3.4.3).

use crate::libm;

/// The integer equal to `f`, if there is one.
#[inline]
pub fn float_to_int(f: f64) -> Option<i64> {
    // -2^63 <= f < 2^63: both bounds are exact floats.
    if (-9223372036854775808.0..9223372036854775808.0).contains(&f) {
        let i = f as i64;
        if i as f64 == f {
            return Some(i);
        }
    }
    None
}

/// Exact comparison of an integer and a float.
#[inline]
pub fn int_eq_float(i: i64, f: f64) -> bool {
    float_to_int(f) == Some(i)
}

/// `i < f`, exact.
pub fn int_lt_float(i: i64, f: f64) -> bool {
    if f.is_nan() {
        return false;
    }
    if f >= 9223372036854775808.0 {
        return true;
    }
    if f <= -9223372036854775808.0 {
        return false;
    }
    // i < f  <=>  i < ceil(f)
    i < f.ceil() as i64 || (f.ceil() >= 9223372036854775808.0)
}

/// `i <= f`, exact.
pub fn int_le_float(i: i64, f: f64) -> bool {
    if f.is_nan() {
        return false;
    }
    if f >= 9223372036854775808.0 {
        return true;
    }
    if f < -9223372036854775808.0 {
        return false;
    }
    i <= f.floor() as i64
}

/// `f < i`, exact.
pub fn float_lt_int(f: f64, i: i64) -> bool {
    !f.is_nan() && !int_le_float(i, f)
}

/// `f <= i`, exact.
pub fn float_le_int(f: f64, i: i64) -> bool {
    !f.is_nan() && !int_lt_float(i, f)
}

/// Floor division; the divisor is not zero. `i64::MIN // -1` wraps.
#[inline]
pub fn int_idiv(a: i64, b: i64) -> i64 {
    let q = a.wrapping_div(b);
    if a.wrapping_rem(b) != 0 && (a ^ b) < 0 { q - 1 } else { q }
}

/// Modulo with the sign of the divisor; the divisor is not zero.
#[inline]
pub fn int_mod(a: i64, b: i64) -> i64 {
    let r = a.wrapping_rem(b);
    if r != 0 && (r ^ b) < 0 { r + b } else { r }
}

/// Float floor division.
#[inline]
pub fn float_idiv(a: f64, b: f64) -> f64 {
    (a / b).floor()
}

/// Float modulo: `a - floor(a/b)*b` computed exactly as `fmod` with a sign correction.
#[inline]
pub fn float_mod(a: f64, b: f64) -> f64 {
    let r = float_rem(a, b);
    if r != 0.0 && (r < 0.0) != (b < 0.0) { r + b } else { r }
}

/// C's `fmod`, which is Rust's `%` on floats; integral values are divided as integers, which gives
/// the same.
#[inline]
fn float_rem(a: f64, b: f64) -> f64 {
    const EXACT: f64 = 9007199254740992.0;
    if a.abs() < EXACT && b.abs() < EXACT {
        let (i, j) = (a as i64, b as i64);
        if j != 0 && i as f64 == a && j as f64 == b {
            return ((i % j) as f64).copysign(a);
        }
    }
    a % b
}

/// `a ^ b`, correctly rounded on every target: `10 ^ -2 == 0.01`.
#[inline]
pub fn float_pow(a: f64, b: f64) -> f64 {
    if b == 2.0 {
        return a * a;
    }
    if b == 0.5 && a > 0.0 {
        return a.sqrt(); // also correctly rounded
    }
    general_pow(a, b)
}

#[inline(never)]
fn general_pow(a: f64, b: f64) -> f64 {
    if a == 1.0 || b == 0.0 {
        return 1.0; // even if the other is NaN
    }
    if a.is_nan() || b.is_nan() {
        return a + b;
    }
    let r = libm::pow(a.abs(), b);
    if a.is_sign_positive() {
        return r;
    }
    // A negative base: the sign is the parity of an integral exponent.
    if b.is_infinite() || b % 2.0 == 0.0 {
        r
    } else if b % 1.0 == 0.0 {
        -r
    } else if a == 0.0 || a.is_infinite() {
        r
    } else {
        invalid()
    }
}

/// The NaN of invalid operations, with the sign x86-64 gives it.
fn invalid() -> f64 {
    f64::from_bits(0xfff8 << 48)
}

/// Shift left by `n`; negative `n` shifts right; 64 and more give 0.
#[inline]
pub fn shift_left(x: i64, n: i64) -> i64 {
    if n <= -64 || n >= 64 {
        0
    } else if n >= 0 {
        ((x as u64) << n) as i64
    } else {
        ((x as u64) >> -n) as i64
    }
}

/// Logical shift right by `n`; negative `n` shifts left.
#[inline]
pub fn shift_right(x: i64, n: i64) -> i64 {
    if n <= -64 || n >= 64 {
        0
    } else if n >= 0 {
        ((x as u64) >> n) as i64
    } else {
        ((x as u64) << -n) as i64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers() {
        for n in -22..=22 {
            assert_eq!(float_pow(10.0, n as f64), format!("1e{n}").parse().unwrap());
        }
        assert_eq!(float_pow(1e308, -0.5), 1e-154);
        assert_eq!(float_pow(-2f64.powi(530), -2.0), 2f64.powi(-530) * 2f64.powi(-530));
        assert_eq!(float_pow(1.0, f64::NAN), 1.0);
        assert_eq!(float_pow(f64::NAN, 0.0), 1.0);
        assert_eq!(float_pow(-8.0, 3.0), -512.0);
        assert_eq!(float_pow(-0.0, -1.0), f64::NEG_INFINITY);
        assert_eq!(float_pow(f64::NEG_INFINITY, 0.5), f64::INFINITY);
        assert_eq!(float_pow(-1.0, f64::INFINITY), 1.0);
        assert!(float_pow(-8.0, 1.0 / 3.0).is_nan());
    }
}
