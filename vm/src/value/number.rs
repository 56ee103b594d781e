//! Number semantics of the language: conversions between integers, floats and strings, and the
//! arithmetic whose rules differ from Rust's (manual §3.4.1–3.4.3).

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
    libm::floor(a / b)
}

/// Float modulo: `a - floor(a/b)*b` computed exactly as `fmod` with a sign correction.
#[inline]
pub fn float_mod(a: f64, b: f64) -> f64 {
    let r = a % b; // Rust's `%` on floats is C's fmod
    if r != 0.0 && (r < 0.0) != (b < 0.0) { r + b } else { r }
}

/// `a ^ b`. One pure-Rust libm on every target; the square is exact either way.
#[inline]
pub fn float_pow(a: f64, b: f64) -> f64 {
    if b == 2.0 { a * a } else { libm::pow(a, b) }
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
