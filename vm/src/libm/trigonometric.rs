//! Sine, cosine and tangent.

use super::fused::{Products, choose};
use super::tables::SIN;
use super::{exp2i, settled, wide};

/// pi/128: 28 bits, 28 more, and the rest.
const STEP: (f64, f64, f64) =
    (0.024543692590668797, 1.5501462201535088e-11, -1.9026643403084322e-20);
/// 128/pi
const STEPS: f64 = 40.74366543152521;
const ROUND: f64 = 6755399441055744.0;
/// Beyond that the reduction is not exact enough.
const LARGE: f64 = 800_000.0;

/// The sine of an angle in radians.
pub fn sin(x: f64) -> f64 {
    sine(x, 0.0).unwrap_or_else(|| beside_zeros(x, pxfm::f_sin, wide::sin))
}

/// The cosine of an angle in radians.
pub fn cos(x: f64) -> f64 {
    sine(x, 64.0).unwrap_or_else(|| beside_zeros(x, pxfm::f_cos, wide::cos))
}

/// The tangent of an angle in radians.
pub fn tan(x: f64) -> f64 {
    beside_zeros(x, pxfm::f_tan, wide::tan)
}

/// A function of pxfm, and near its zeros and poles, where that is not exact enough, ours.
#[inline(always)]
fn beside_zeros(x: f64, pxfm: fn(f64) -> f64, wide: fn(f64) -> f64) -> f64 {
    const NEAR: f64 = exp2i(-10);
    let y = pxfm(x);
    if x.abs() < 1.0 || (NEAR..1.0 / NEAR).contains(&y.abs()) || !x.is_finite() {
        return y;
    }
    wide(x)
}

/// The sine of `x` and `turn` 128ths of pi, if it is decided here.
#[inline(never)]
fn sine(x: f64, turn: f64) -> Option<f64> {
    if x.is_nan() || x.abs() >= LARGE {
        return None;
    }
    choose!(sine_with(x, turn))
}

#[inline(always)]
fn sine_with<P: Products>(x: f64, turn: f64) -> Option<f64> {
    // x = steps pi/128 + r + dr
    let rounded = P::fma(x, STEPS, ROUND);
    let n = (rounded.to_bits() as usize).wrapping_add(turn as usize);
    let steps = rounded - ROUND;
    let near = P::fma(steps, -STEP.0, x);
    let nearer = steps * STEP.1;
    let r1 = near - nearer;
    let back = r1 - near;
    let rest1 = (near - (r1 - back)) - (nearer + back);
    let dr1 = P::fma(steps, -STEP.2, rest1);
    let r = r1 + dr1;
    let dr = (r1 - r) + dr1;
    // sin(a + r) = sin a cos r + cos a sin r
    let (sh, sl) = SIN[n & 255];
    let (ch, cl) = SIN[n.wrapping_add(64) & 255];
    let (main, main_rest) = P::product(ch, r);
    let sum = sh + main;
    let rest = (sh - sum) + main;
    let r2 = r * r;
    let r4 = r2 * r2;
    let cos_series =
        P::fma(r4, P::fma(r2, 1.0 / 40320.0, -1.0 / 720.0) * r2, P::fma(r2, 1.0 / 24.0, -0.5) * r2);
    let sin_series = P::fma(
        r4,
        P::fma(r2, 1.0 / 362880.0, -1.0 / 5040.0) * r2,
        P::fma(r2, 1.0 / 120.0, -1.0 / 6.0) * r2,
    ) * r;
    let parts = rest + (sl + P::fma(cl, r, P::fma(ch, dr, main_rest)));
    let small = P::fma(sh + sl, cos_series, P::fma(ch + cl, sin_series, parts));
    let hi = sum + small;
    let error = hi.abs() * exp2i(-62) + exp2i(-82);
    settled(hi, (sum - hi) + small, error)
}

#[cfg(test)]
mod tests {
    use super::super::tests::Random;
    use super::*;

    #[test]
    fn sines_are_those_of_the_slow_library() {
        let mut r = Random(9);
        let (mut decided, n) = (0, if cfg!(miri) { 50 } else { 30_000 });
        for i in 0..n {
            let x = match i % 4 {
                0 => (r.unit() - 0.5) * 10.0,
                1 => (r.unit() - 0.5) * 1.6e6,
                2 => (r.bits() % 20_000) as f64 * 0.01,
                _ => ((r.bits() % 1000) as f64 - 500.0) * (std::f64::consts::PI / 2.0),
            };
            if let Some(y) = sine(x, 0.0) {
                decided += 1;
                assert_eq!(y, pxfm::f_sin(x), "sin {x:?}");
            }
            if let Some(y) = sine(x, 64.0) {
                decided += 1;
                assert_eq!(y, pxfm::f_cos(x), "cos {x:?}");
            }
            if x.abs() < LARGE
                && let Some(y) = sine_with::<super::super::fused::Split>(x, 0.0)
            {
                assert_eq!(y, pxfm::f_sin(x), "sin {x:?}, without fused multiplication");
            }
        }
        assert!(decided > n * 3 / 2);
    }

    #[test]
    fn corners() {
        assert_eq!(sin(0.0).to_bits(), 0);
        assert_eq!(sin(-0.0).to_bits(), 1 << 63);
        assert_eq!(sin(1e-300), 1e-300);
        assert_eq!(cos(0.0), 1.0);
        assert!(sin(f64::INFINITY).is_nan() && cos(f64::NAN).is_nan());
        assert_eq!(sin(1e22), pxfm::f_sin(1e22));
        assert_eq!(cos(65359.26436160885), -7.586261850805901e-14);
        assert_eq!(tan(7059.158692616265), -8.72460985837269e-15);
    }
}
