//! Powers, sines, cosines and tangents with 200 correct bits and more: slow, and right where the
//! faster functions are not, at ties, below the smallest normal number and near zeros and poles.

use super::fixed::{Fixed, ONE, ZERO};

/// ln 2
const LN2: Fixed = Fixed([
    0xe7b8_7620_6deb_ac98,
    0x8a0d_175b_8baa_fa2b,
    0x40f3_4326_7298_b62d,
    0xc9e3_b398_03f2_f6af,
    0xb172_17f7_d1cf_79ab,
    0,
]);
/// pi/2
const QUARTER: Fixed = Fixed([
    0xa294_10f3_1c68_09bb,
    0x0417_7d4c_7627_3644,
    0x5204_9c11_14cf_98e8,
    0x898c_c517_01b8_39a2,
    0x921f_b544_42d1_8469,
    1,
]);
/// 2/pi: the digits behind the point, the highest first. The reduction of the largest number needs
/// all of them.
#[rustfmt::skip]
const QUARTERS: [u64; 22] = [
    0xa2f9_836e_4e44_1529, 0xfc27_57d1_f534_ddc0, 0xdb62_9599_3c43_9041,
    0xfe51_63ab_debb_c561, 0xb724_6e3a_424d_d2e0, 0x0649_2eea_09d1_921c,
    0xfe1d_eb1c_b129_a73e, 0xe882_35f5_2ebb_4484, 0xe99c_7026_b45f_7e41,
    0x3991_d639_8353_39f4, 0x9c84_5f8b_bdf9_283b, 0x1ff8_97ff_de05_980f,
    0xef2f_118b_5a0a_6d1f, 0x6d36_7ecf_27cb_09b7, 0x4f46_3f66_9e5f_ea2d,
    0x7527_bac7_ebe5_f17b, 0x3d07_39f7_8a52_92ea, 0x6bfb_5fb1_1f8d_5d08,
    0x5603_3046_fc7b_6bab, 0xf0cf_bc20_9af4_361d, 0xa9e3_9161_5ee6_1b08,
    0x6599_855f_14a0_6840,
];

/// A positive number as an integer of 53 bits and an exponent.
pub(super) fn parts(x: f64) -> (u64, i32) {
    let (m, e) = (x.to_bits() & ((1 << 52) - 1), (x.to_bits() >> 52) as i32 & 0x7ff);
    let (m, e) = if e == 0 { (m, -1074) } else { (m | 1 << 52, e - 1075) };
    let up = m.leading_zeros() as i32 - 11;
    (m << up, e - up)
}

/// `x` to the power of `y` for finite numbers, `x` positive.
pub(super) fn pow(x: f64, y: f64) -> f64 {
    match y * pxfm::f_log(x) {
        747.0.. => return f64::INFINITY,
        ..=-747.0 => return 0.0,
        _ => {}
    }
    let (m, e) = parts(y.abs());
    let t = log(x).times(m).shift(e);
    let steps = (t.nearest(0) * std::f64::consts::LOG2_E) as u64;
    if (x < 1.0) != (y < 0.0) {
        // e^-t = 2^-n e^(n ln 2 - t)
        let n = steps + 1 + LN2.times(steps + 1).less(t) as u64;
        exp(LN2.times(n).sub(t)).nearest(-(n as i32))
    } else {
        let n = steps - t.less(LN2.times(steps)) as u64;
        exp(t.sub(LN2.times(n))).nearest(n as i32)
    }
}

/// The absolute value of the natural logarithm of a positive number.
fn log(x: f64) -> Fixed {
    // x = 2^k z with z from 1 to 2; ln z = 2 artanh (z - 1)/(z + 1)
    let (m, e) = parts(x);
    let (one, k) = (1u64 << 52, e + 52);
    let s = Fixed([0, 0, 0, 0, 0, m - one]).over(m + one);
    let square = s.mul(s);
    let (mut sum, mut power) = (ZERO, s);
    for n in (1..).step_by(2) {
        if power == ZERO {
            break;
        }
        sum = sum.add(power.over(n));
        power = power.mul(square);
    }
    let (log_z, steps) = (sum.shift(1), LN2.times(k.unsigned_abs() as u64));
    if k < 0 { steps.sub(log_z) } else { steps.add(log_z) }
}

/// e to the power of a number below 1.
fn exp(r: Fixed) -> Fixed {
    let (mut sum, mut term) = (ONE, ONE);
    for n in 1.. {
        term = term.mul(r).over(n);
        if term == ZERO {
            break;
        }
        sum = sum.add(term);
    }
    sum
}

/// The sine of a finite number.
pub(super) fn sin(x: f64) -> f64 {
    let angle = Angle::of(x);
    let s = if angle.quarter & 1 == 0 { angle.sin() } else { angle.cos() };
    let negative = (angle.negative && angle.quarter & 1 == 0) != (angle.quarter & 2 != 0);
    signed(s.nearest(0), negative != (x < 0.0))
}

/// The cosine of a finite number.
pub(super) fn cos(x: f64) -> f64 {
    let angle = Angle::of(x);
    let s = if angle.quarter & 1 == 0 { angle.cos() } else { angle.sin() };
    let negative = (angle.negative && angle.quarter & 1 == 1) != (matches!(angle.quarter, 1 | 2));
    signed(s.nearest(0), negative)
}

/// The tangent of a finite number.
pub(super) fn tan(x: f64) -> f64 {
    let angle = Angle::of(x);
    let (s, c) = (angle.sin(), angle.cos());
    let odd = angle.quarter & 1 == 1;
    // Halved, both are below 1.
    let (s, c) = (s.shift(-1), c.shift(-1));
    let t = if odd { c.div(s) } else { s.div(c) };
    signed(t.nearest(0), angle.negative ^ odd ^ (x < 0.0))
}

fn signed(x: f64, negative: bool) -> f64 {
    if negative { -x } else { x }
}

/// The absolute value of an angle: multiples of pi/2, and a rest of pi/4 at most, to be added or
/// taken away.
struct Angle {
    quarter: u64,
    rest: Fixed,
    negative: bool,
}

impl Angle {
    fn of(x: f64) -> Angle {
        let (m, e) = parts(x.abs());
        // Whole limbs of 2/pi that make multiples of four are left out.
        let skipped = (e - 2).max(0) / 64;
        let mut digits = [0u64; 9];
        let mut carry = 0;
        for i in 0..7 {
            let t = QUARTERS[skipped as usize + 6 - i] as u128 * m as u128 + carry;
            digits[i] = t as u64;
            carry = t >> 64;
        }
        digits[7] = carry as u64;
        // digits * 2^(e - 64 skipped), which is 2^66 at most: the integral part modulo four.
        let e = e - 64 * skipped;
        let shifted: [u64; 9] = std::array::from_fn(|i| {
            let from = i as isize - e.div_euclid(64) as isize;
            let at = |i: isize| usize::try_from(i).ok().and_then(|i| digits.get(i)).copied();
            let (high, low) = (at(from).unwrap_or(0), at(from - 1).unwrap_or(0));
            (((high as u128) << 64 | low as u128) << e.rem_euclid(64) >> 64) as u64
        });
        let fraction = Fixed([shifted[2], shifted[3], shifted[4], shifted[5], shifted[6], 0]);
        let quarter = shifted[7] & 3;
        let negative = ONE.shift(-1).less(fraction);
        let (fraction, quarter) =
            if negative { (ONE.sub(fraction), (quarter + 1) & 3) } else { (fraction, quarter) };
        Angle { quarter, rest: fraction.mul(QUARTER), negative }
    }

    /// The sine of the rest.
    fn sin(&self) -> Fixed {
        alternating(self.rest, self.rest.mul(self.rest), 2)
    }

    /// The cosine of the rest.
    fn cos(&self) -> Fixed {
        alternating(ONE, self.rest.mul(self.rest), 1)
    }
}

/// `first` - `first` square/(n(n+1)) + `first` square²/(n(n+1)(n+2)(n+3)) - …
fn alternating(first: Fixed, square: Fixed, n: u64) -> Fixed {
    let (mut plus, mut minus, mut term) = (first, ZERO, first);
    for n in (n..).step_by(4) {
        term = term.mul(square).over(n * (n + 1));
        minus = minus.add(term);
        term = term.mul(square).over((n + 2) * (n + 3));
        plus = plus.add(term);
        if term == ZERO {
            break;
        }
    }
    plus.sub(minus)
}
