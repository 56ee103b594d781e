//! Arguments for elementary functions: random ones of all sizes, and those where rounding is hard.

use luka_tests::random::Random;
use std::f64::consts::FRAC_PI_2;

/// Arguments of a function of one number, in its domain.
pub fn one(function: &str, r: &mut Random) -> f64 {
    let x = match function {
        "exp" | "sinh" | "cosh" | "tanh" => match r.below(6) {
            0 => sized(r, -60, 9),
            1 => few_digits(r, -60, 3),
            2 => unit(r) * 20.0,
            // Beside overflow and, for negative ones, among subnormal results.
            3 => 708.0 + unit(r) * 3.0,
            4 => 708.0 + unit(r) * 38.0,
            _ => r.below(750) as f64,
        },
        "log" | "log2" | "log10" | "sqrt" => match r.below(6) {
            0 => any(r),
            1 => subnormal(r),
            2 => unit(r) * 10.0,
            3 => 1.0 + sign(r) * sized(r, -52, -1),
            4 => few_digits(r, -1060, 1000),
            // Powers of both bases.
            _ if r.once_in(2) => 2f64.powi(r.below(2098) as i32 - 1074),
            _ => format!("1e{}", r.below(632) as i32 - 323).parse().unwrap(),
        },
        "sin" | "cos" | "tan" => match r.below(8) {
            0 => any(r),
            1 => sized(r, -60, 3),
            2 => sized(r, 3, 25),
            3 => r.below(20_000) as f64 * 0.01,
            // Beside zeros and poles, whose distance says how exact a reduction is.
            4 => neighbour(r, |r| r.below(1000) as f64 * FRAC_PI_2),
            5 => neighbour(r, |r| r.below(1 << 30) as f64 * FRAC_PI_2),
            6 => neighbour(r, |r| sized(r, 0, 60).floor() * FRAC_PI_2),
            _ => r.below(1 << 20) as f64,
        },
        "asin" | "acos" => match r.below(5) {
            0 => unit(r),
            1 => sized(r, -60, -1),
            2 => 1.0 - sized(r, -52, -1),
            3 => r.below(65) as f64 / 64.0,
            _ => any(r).min(1.0),
        },
        _ => unreachable!("no function {function}"),
    };
    let positive = matches!(function, "log" | "log2" | "log10" | "sqrt");
    if positive { x.abs().max(5e-324) } else { sign(r) * x }
}

/// Arguments of `atan` and `fmod`.
pub fn two(r: &mut Random) -> (f64, f64) {
    let (x, y) = match r.below(5) {
        0 => (any(r), any(r)),
        1 => (sized(r, -60, 60), 1.0),
        2 => {
            let x = any(r);
            (x, (x * unit(r) * 8.0).min(f64::MAX))
        }
        3 => (unit(r) * 10.0, unit(r) * 10.0),
        _ => (r.below(100) as f64 + 1.0, r.below(100) as f64 + 1.0),
    };
    (sign(r) * x, sign(r) * y.max(5e-324))
}

/// A base and an exponent, for a power that is neither far too large nor far too small.
pub fn power(r: &mut Random) -> (f64, f64) {
    loop {
        let (x, y) = match r.below(10) {
            0 => (unit(r) * 10.0, sign(r) * unit(r) * 20.0),
            1 => with_log(r, |r| -708.0 - unit(r) * 38.0),
            2 => with_log(r, |r| 708.0 + unit(r) * 2.0),
            3 => with_log(r, |r| sign(r) * unit(r) * 708.0),
            4 => with_log(r, |r| sign(r) * sized(r, -60, 0)),
            5 => (1.0 + sign(r) * sized(r, -52, -1), sign(r) * sized(r, 0, 60)),
            6 => (r.below(1000) as f64 + 1.0, r.below(101) as f64 / 2.0 - 25.0),
            7 => (2f64.powi(r.below(64) as i32 - 32), r.below(2400) as f64 / 16.0 - 75.0),
            // Exact powers with up to 60 digits, many of them half-way between two doubles, and among
            // the subnormal numbers.
            8 => tied(r, 0),
            _ => tied(r, -1100),
        };
        let log = y * x.log2();
        if x > 0.0 && x.is_finite() && y != 0.0 && (-1090.0..1030.0).contains(&log) {
            return (x, y);
        }
    }
}

/// A base with `y ln x` about what is asked for.
fn with_log(r: &mut Random, log: impl FnOnce(&mut Random) -> f64) -> (f64, f64) {
    let x = any(r).max(5e-324);
    (x, log(r) / x.ln())
}

/// The 2^k-th power of an odd number, to the power of n/2^k; times a power of two near `exponent`.
fn tied(r: &mut Random, exponent: i32) -> (f64, f64) {
    let k = r.below(5) as u32;
    let n = r.below(34) as i32 + 1;
    let most = 2f64.powf(60.0 / (n as f64).max(2f64.powi(k as i32))) as usize;
    let odd = (r.below(most / 2 + 1) * 2 + 1) as f64;
    let twos = match exponent {
        0 => r.below(7) as i32 - 3,
        _ => ((exponent + r.below(100) as i32) / n).max(-1070 >> k),
    };
    let root = odd * 2f64.powi(twos);
    (root.powi(1 << k), n as f64 / 2f64.powi(k as i32))
}

/// A number from 0 to 1.
fn unit(r: &mut Random) -> f64 {
    (r.next() >> 11) as f64 * 2f64.powi(-53)
}

/// Any finite number that is not negative: all exponents are as likely.
fn any(r: &mut Random) -> f64 {
    loop {
        let x = f64::from_bits(r.next() >> 1);
        if x.is_finite() {
            return x;
        }
    }
}

/// A number from 2^`least` to 2^(`most` + 1): all exponents are as likely.
fn sized(r: &mut Random, least: i32, most: i32) -> f64 {
    (1.0 + unit(r)) * 2f64.powi(least + r.below((most - least + 1) as usize) as i32)
}

/// A number of 12 digits at most.
fn few_digits(r: &mut Random, least: i32, most: i32) -> f64 {
    r.below(4096) as f64 * 2f64.powi(least - 6 + r.below((most - least + 1) as usize) as i32)
}

/// A number or one of its neighbours.
fn neighbour(r: &mut Random, x: impl FnOnce(&mut Random) -> f64) -> f64 {
    let x = x(r);
    match r.below(3) {
        0 => x.next_up(),
        1 => x.next_down(),
        _ => x,
    }
}

/// 1 or -1.
fn sign(r: &mut Random) -> f64 {
    if r.once_in(2) { 1.0 } else { -1.0 }
}

/// A subnormal number.
fn subnormal(r: &mut Random) -> f64 {
    let digits = r.below(52);
    f64::from_bits(r.next() >> (12 + digits))
}
