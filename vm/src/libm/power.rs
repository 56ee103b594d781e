//! Powers.

use super::fused::{Products, choose};
use super::tables::{EXP, LOG};
use super::{exp2i, settled, short, wide};

/// ln 2: a multiple of 2^-42, and the rest.
const LN2: (f64, f64) = (0.6931471805598903, 5.497923018708371e-14);
/// (ln 2)/128: 36 bits, and the rest.
const STEP: (f64, f64) = (0.005415212348111709, 1.2864023111638346e-14);
/// 128/ln 2
const STEPS: f64 = 184.6649652337873;
/// Added and taken away again, it rounds to an integer, which is in the low bits meanwhile.
const ROUND: f64 = 6755399441055744.0;

/// Relative error of [`log_parts`].
const LOG_ERROR: f64 = exp2i(-66);
/// Relative error of [`exp_parts`].
const EXP_ERROR: f64 = exp2i(-60);

/// The natural logarithm of a positive normal number, as a sum of a number and one that is small beside
/// it, or beside 2^-6.
#[inline(always)]
fn log_parts<P: Products>(x: f64) -> (f64, f64) {
    // x = 2^k z with z from 0.703125 to twice that; the intervals of the table are cut by the
    // first seven bits.
    const LEAST: u64 = 0x3fe6_8000_0000_0000;
    let from_least = x.to_bits().wrapping_sub(LEAST);
    let k = ((from_least as i64) >> 52) as f64;
    let z = f64::from_bits(x.to_bits().wrapping_sub(from_least & 0xfff << 52));
    let (reciprocal, log_hi, log_lo) = LOG[(from_least >> 45) as usize & 127];
    // z/c = 1 + r, exactly.
    let r = P::times_less_one(z, reciprocal);
    // k ln 2 + ln c, exactly but for small rests; + r; - r²/2; + what is smaller.
    let t1 = k * LN2.0 + log_hi;
    let t2 = t1 + r;
    let back = t2 - t1;
    let rest2 = (t1 - (t2 - back)) + (r - back);
    let (square, square_rest) = P::product(r, r);
    let t3 = t2 - 0.5 * square;
    let rest3 = (t2 - t3) - 0.5 * square;
    let r2 = r * r;
    let low = P::fma(r, -0.25, 1.0 / 3.0);
    let middle = P::fma(r, -1.0 / 6.0, 0.2);
    let high = P::fma(r2, P::fma(r, -0.1, 1.0 / 9.0), P::fma(r, -0.125, 1.0 / 7.0));
    let series = P::fma(r2 * r2, high, P::fma(r2, middle, low));
    let rests = P::fma(k, LN2.1, log_lo) + (rest2 + rest3);
    (t3, P::fma(r2 * r, series, P::fma(square_rest, -0.5, rests)))
}

/// e to the power of `x + dx` with `|x| < 700` and a small `dx`: two summands without the exponent, and
/// that.
#[inline(always)]
fn exp_parts<P: Products>(x: f64, dx: f64) -> (f64, f64, i64) {
    let rounded = P::fma(x, STEPS, ROUND);
    let n = rounded.to_bits() as i64;
    let steps = rounded - ROUND;
    // (The first product is exact.)
    let r = P::fma(steps, -STEP.0, x) + P::fma(steps, -STEP.1, dx);
    let (value, rest) = EXP[n as usize & 127];
    let r2 = r * r;
    let high = P::fma(r2, 1.0 / 720.0, P::fma(r, 1.0 / 120.0, 1.0 / 24.0));
    let series = P::fma(r2 * r2, high, P::fma(r2, P::fma(r, 1.0 / 6.0, 0.5), rest));
    let grown = value * (r + series);
    let hi = value + grown;
    (hi, (value - hi) + grown, (n << 45) >> 52)
}

#[inline(always)]
fn is_positive_normal(x: f64) -> bool {
    x.to_bits().wrapping_sub(1 << 52) < 0x7fe << 52
}

/// `x` to the power of `y` for numbers that are not negative nor NaN.
#[inline(always)]
pub fn pow(x: f64, y: f64) -> f64 {
    quick(x, y).unwrap_or_else(|| slow(x, y))
}

/// `None` where it is not decided here.
#[inline(never)]
fn quick(x: f64, y: f64) -> Option<f64> {
    if y == -1.0 {
        return Some(1.0 / x);
    }
    if y == -0.5 {
        return inverse_root(x);
    }
    if y.abs() <= 4.0 && y.trunc() == y {
        return few_factors(x, y as i32);
    }
    if x == 2.0 && y.abs() < 1000.0 && y.trunc() == y {
        return Some(exp2i(y as i64));
    }
    if !is_positive_normal(x) {
        return None;
    }
    choose!(general(x, y))
}

/// The general case, for `x` positive and normal.
#[inline(always)]
fn general<P: Products>(x: f64, y: f64) -> Option<f64> {
    let (hi, lo) = log_parts::<P>(x);
    let (main, rest) = P::product(hi, y);
    let small = P::fma(y, lo, rest);
    if main.abs() < LARGE && small.abs() < SMALL {
        raised::<P>(main, small)
    } else {
        far_out::<P>(main, small)
    }
}

/// Powers of e beyond that are not normal numbers, or nearly so.
const LARGE: f64 = 700.0;
/// What is left out of the first summand of an exponent, at most.
const SMALL: f64 = exp2i(-9);

/// e to the power of `main + small`.
#[inline(always)]
fn raised<P: Products>(main: f64, small: f64) -> Option<f64> {
    let (hi, lo, n) = exp_parts::<P>(main, small);
    let error = EXP_ERROR + main.abs() * LOG_ERROR + small.abs() * exp2i(-52);
    settled(hi, lo, error * hi).map(|p| p * exp2i(n))
}

/// The same for large exponents.
#[cold]
#[inline(never)]
fn far_out<P: Products>(main: f64, small: f64) -> Option<f64> {
    let sum = main + small;
    let rest = (main - sum) + small;
    match sum {
        747.0.. => Some(f64::INFINITY),
        // Below half of the smallest number.
        ..=-747.0 => Some(0.0),
        _ if sum.abs() < LARGE && rest.abs() < SMALL => raised::<P>(sum, rest),
        _ => None,
    }
}

#[cold]
fn slow(x: f64, y: f64) -> f64 {
    if x == 0.0 || x.is_infinite() || y.is_infinite() {
        return pxfm::f_pow(x, y);
    }
    if let Some(p) = short_power(x, y) {
        return p;
    }
    // (pxfm 0.1.30 fails at -0.5.)
    if y != -0.5 {
        let r = pxfm::f_pow(x, y);
        if r > f64::MIN_POSITIVE {
            return r;
        }
    }
    wide::pow(x, y)
}

/// A power whose odd part is an integer of 64 bits at most. Powers that are half-way between two normal
/// numbers are such: they have 54 bits, so `x` is the 2^k-th power of an odd number, times a power of
/// two, and `y` is n/2^k. The odd number is 3 at least, so k is at most 5 (3^32 has 51 bits) and n
/// at most 34 (3^34 has 54).
fn short_power(x: f64, y: f64) -> Option<f64> {
    if !(y > 1.0 && y <= 34.0 && (y * 32.0).fract() == 0.0) {
        return None;
    }
    let (m, e) = wide::parts(x);
    let (mut odd, mut e, mut n) = (m >> m.trailing_zeros(), e + m.trailing_zeros() as i32, y);
    while n.fract() != 0.0 {
        let root = odd.isqrt();
        if e % 2 != 0 || root * root != odd {
            return None;
        }
        (odd, e, n) = (root, e / 2, n * 2.0);
    }
    let power = odd.checked_pow(n as u32)? as f64;
    // (Its exponent in two parts, as it may be below that of the smallest normal number.)
    let scale = e as i64 * n as i64;
    if !(-1100..=900).contains(&scale) {
        return None;
    }
    let power = power * exp2i(scale / 2) * exp2i(scale - scale / 2);
    (power > f64::MIN_POSITIVE).then_some(power)
}

/// `x` to the power of -1/2.
fn inverse_root(x: f64) -> Option<f64> {
    if !(exp2i(-500)..exp2i(500)).contains(&x) {
        return None;
    }
    let root = 1.0 / x.sqrt();
    let (product, rest) = times(times((root, 0.0), (root, 0.0)), (x, 0.0));
    settled(root, 0.5 * root * ((1.0 - product) - rest), root * exp2i(-96))
}

/// `x` to the power of -4 to 4, by multiplying.
fn few_factors(x: f64, n: i32) -> Option<f64> {
    if !(exp2i(-200)..exp2i(200)).contains(&x) {
        return None;
    }
    let (hi, lo) = match n.abs() {
        2 => times((x, 0.0), (x, 0.0)),
        3 => times(times((x, 0.0), (x, 0.0)), (x, 0.0)),
        4 => {
            let square = times((x, 0.0), (x, 0.0));
            times(square, square)
        }
        _ => return None,
    };
    if n > 0 {
        return settled(hi, lo, hi * exp2i(-96));
    }
    let inverse = 1.0 / hi;
    let (product, rest) = times((inverse, 0.0), (hi, lo));
    settled(inverse, inverse * ((1.0 - product) - rest), inverse * exp2i(-96))
}

/// The product of two sums of a number and a small one.
#[inline(always)]
fn times(a: (f64, f64), b: (f64, f64)) -> (f64, f64) {
    let (ah, bh) = (short(a.0), short(b.0));
    let (al, bl) = (a.0 - ah, b.0 - bh);
    let hi = a.0 * b.0;
    let lo = ((ah * bh - hi) + ah * bl + al * bh) + al * bl;
    (hi, lo + (a.0 * b.1 + a.1 * b.0))
}

#[cfg(test)]
mod tests {
    use super::super::tests::Random;
    use super::*;

    #[test]
    fn powers_are_those_of_the_slow_library() {
        let mut r = Random(7);
        let (mut decided, n) = (0, if cfg!(miri) { 50 } else { 30_000 });
        for i in 0..n {
            let x = match i % 4 {
                0 => r.unit() * 10.0,
                1 => 1.0 + (r.unit() - 0.5) * 0.02,
                2 => (r.bits() % 1000) as f64,
                _ => f64::from_bits(r.bits() >> 1),
            };
            let y = match i % 3 {
                0 => r.unit() * 20.0 - 10.0,
                1 => (r.bits() % 41) as f64 - 20.0,
                _ => (r.bits() % 200) as f64 / 2.0 - 50.0,
            };
            // (pxfm 0.1.30 fails there.)
            if y == -0.5 || !x.is_finite() {
                continue;
            }
            if let Some(p) = quick(x, y) {
                decided += 1;
                assert_eq!(p, pxfm::f_pow(x, y), "{x:?} ^ {y:?}");
            }
            if is_positive_normal(x)
                && let Some(p) = general::<super::super::fused::Split>(x, y)
            {
                assert_eq!(p, pxfm::f_pow(x, y), "{x:?} ^ {y:?}, without fused multiplication");
            }
        }
        assert!(decided > n / 2);
    }

    #[test]
    fn exact_and_tied_powers() {
        assert_eq!(quick(2.0, -999.0), Some(2f64.powi(-999)));
        assert_eq!(quick(3.0, 4.0), Some(81.0));
        assert_eq!(quick(5.0, 3.0), Some(125.0));
        assert_eq!(quick(0.25, 1.5), Some(0.125));
        assert_eq!(quick(94906267.0, 2.0), None, "half-way between two doubles");
        assert_eq!(quick(10.0, 400.0), Some(f64::INFINITY));
        assert_eq!(quick(0.5, 1e300), Some(0.0));
        assert_eq!(quick(1.5, f64::MAX), Some(f64::INFINITY));
        assert_eq!(quick(0.5, 1074.5), None);
        assert_eq!(quick(0.0, 5.0), None);
        assert_eq!(quick(5e-324, 5.0), None);
        assert_eq!(pow(2.0, -1074.0), 5e-324);
        assert_eq!(pow(2.0, -1075.0), 0.0, "half-way between two doubles");
        assert_eq!(pow(0.5, 1074.9), 5e-324);
        assert_eq!(pow(17.0, 13.0), 9904578032905936.0, "half-way between two doubles");
        assert_eq!(pow(208065.0, 3.0), 208065u64.pow(3) as f64, "half-way between two doubles");
        assert_eq!(pow(1156.0, 6.5), 17f64.powi(2) * 17f64.powi(11) * 8192.0);
        assert_eq!(pow(5e-324, 0.25), pow(2.0, -268.5));
        assert_eq!(pow(1.0, 5e-324), 1.0);
        assert_eq!(pow(0.0, -3.5), f64::INFINITY);
        assert_eq!(pow(0.0, 3.5), 0.0);
        assert_eq!(pow(0.5, f64::INFINITY), 0.0);
        assert_eq!(pow(f64::INFINITY, -0.5), 0.0);
    }
}
