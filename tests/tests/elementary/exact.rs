//! The double nearest to the value of an elementary function, from 192 binary digits of it.

use dashu_base::{BitTest, Sign, UnsignedAbs};
use dashu_float::round::mode::HalfEven;
use dashu_float::{ConstCache, Context, FBig, Repr};
use dashu_int::{IBig, UBig};

const DIGITS: usize = 192;
/// A value that is nearer to the middle of two doubles than its last 8 digits say is that middle: only
/// powers are, and none is so near without being equal.
const DIGITS_OF_TIES: usize = DIGITS - 8;

pub struct Exact {
    context: Context<HalfEven>,
    constants: ConstCache,
}

impl Exact {
    pub fn new() -> Exact {
        Exact { context: Context::new(DIGITS), constants: ConstCache::new() }
    }

    /// The value of a function of `math`, rounded to the nearest double; the arguments are finite, and
    /// in the function's domain.
    pub fn value(&mut self, function: &str, x: f64, y: f64) -> f64 {
        let (cx, constants) = (&self.context, Some(&mut self.constants));
        let (a, b) = (number(x), number(y));
        let value = match function {
            "exp" => cx.exp(&a, constants),
            "log" => cx.ln(&a, constants),
            "log2" => cx.log2(&a, constants),
            "log10" => cx.log10(&a, constants),
            "sin" => cx.sin(&a, constants),
            "cos" => cx.cos(&a, constants),
            "tan" => cx.tan(&a, constants),
            "asin" => cx.asin(&a, constants),
            "acos" => cx.acos(&a, constants),
            "atan" => cx.atan2(&a, &b, constants),
            "sinh" => cx.sinh(&a, constants),
            "cosh" => cx.cosh(&a, constants),
            "tanh" => cx.tanh(&a, constants),
            "sqrt" => cx.sqrt(&a),
            "pow" => cx.powf(&a, &b, constants),
            "fmod" => return remainder(&a, &b),
            _ => unreachable!("no function {function}"),
        };
        let value: FBig<HalfEven, 2> =
            value.unwrap_or_else(|e| panic!("{function}({x:?}, {y:?}): {e:?}")).value();
        nearest(value.repr())
    }
}

/// The remainder of a division whose quotient is rounded towards zero.
fn remainder(a: &Repr<2>, b: &Repr<2>) -> f64 {
    let unit = a.exponent().min(b.exponent());
    let in_units = |x: &Repr<2>| x.significand().clone() << (x.exponent() - unit).unsigned_abs();
    nearest(&Repr::new(in_units(a) % in_units(b), unit))
}

/// A finite double.
fn number(x: f64) -> Repr<2> {
    let (digits, exponent) = (x.to_bits() & ((1 << 52) - 1), (x.to_bits() >> 52 & 0x7ff) as isize);
    let (digits, exponent) =
        if exponent == 0 { (digits, -1074) } else { (digits | 1 << 52, exponent - 1075) };
    let digits = IBig::from(digits);
    Repr::new(if x < 0.0 { -digits } else { digits }, exponent)
}

/// Rounds to the nearest double, to the even one of two.
fn nearest(value: &Repr<2>) -> f64 {
    let negative = value.significand().sign() == Sign::Negative;
    let digits: UBig = value.significand().clone().unsigned_abs();
    let length = digits.bit_len() as isize;
    let above = length + value.exponent(); // the value is less than 2^above
    let unit = (above - 53).max(-1074);
    let extra = unit - value.exponent();
    let magnitude = if length == 0 || extra > length {
        0.0
    } else if above > 1024 {
        f64::INFINITY
    } else if extra <= 0 {
        double(digits << extra.unsigned_abs(), unit)
    } else {
        let extra = extra.unsigned_abs();
        let integer: UBig = &digits >> extra;
        let fraction = &digits - (&integer << extra);
        let half = UBig::ONE << (extra - 1);
        let above_half = fraction >= half;
        let distance = if above_half { fraction - &half } else { &half - fraction };
        let tie =
            distance.is_zero() || distance.bit_len() + DIGITS_OF_TIES <= length.unsigned_abs();
        let up = if tie { integer.bit(0) } else { above_half };
        double(integer + UBig::from(up as u8), unit)
    };
    if negative { -magnitude } else { magnitude }
}

/// `n * 2^unit`, where `n` is 2^53 at most, and less than 2^52 only if `unit` is the least one.
fn double(n: UBig, unit: isize) -> f64 {
    let n = u64::try_from(n).expect("53 digits");
    // A carry goes into the exponent.
    f64::from_bits((((unit + 1074) as u64) << 52) + n)
}

#[test]
fn doubles_round_as_decimal_numerals_do() {
    let mut exact = Exact::new();
    assert_eq!(exact.value("sqrt", 2.0, 0.0), 2f64.sqrt());
    assert_eq!(exact.value("exp", 1.0, 0.0), std::f64::consts::E);
    assert_eq!(exact.value("log", 2.0, 0.0), std::f64::consts::LN_2);
    assert_eq!(exact.value("acos", -1.0, 0.0), std::f64::consts::PI);
    for exponent in -330..309 {
        let written = format!("1e{exponent}").parse::<f64>().unwrap();
        assert_eq!(exact.value("pow", 10.0, exponent as f64), written);
    }
    for x in [1.0, 0.1, 5e-324, 2.2e-308, f64::MAX, -1.5, 0.0] {
        assert_eq!(nearest(&number(x)), x);
    }
    assert_eq!(exact.value("pow", 2.0, -1075.0), 0.0);
    assert_eq!(exact.value("pow", 2.0, 1024.0), f64::INFINITY);
    assert_eq!(exact.value("fmod", -1e300, 0.7), -1e300 % 0.7);
}
