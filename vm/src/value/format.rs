//! How numbers print: `tostring`, `print`, concatenation and coercion to strings all come here.
//!
//! Integers as C's `%d`, floats as `%.14g` with `.0` added when that looks like an integer
//! (`tostringbuff` of PUC's `lobject.c`). NaN shows its sign bit, as C's printf does: the hardware's
//! `0/0` is `-nan` on x86-64.

use super::Value;
use super::printf;

/// Appends a number as `tostring` shows it; nothing for other values.
pub fn write_number(v: Value, out: &mut Vec<u8>) {
    if let Some(i) = v.as_int() {
        write_int(i, out);
    } else if let Some(f) = v.as_float() {
        write_float(f, out);
    }
}

/// `%d`.
pub fn write_int(i: i64, out: &mut Vec<u8>) {
    if i < 0 {
        out.push(b'-');
    }
    write_unsigned(i.unsigned_abs(), out);
}

fn write_unsigned(n: u64, out: &mut Vec<u8>) {
    let mut buf = [0u8; 20];
    out.extend_from_slice(decimal(n, &mut buf));
}

/// The decimal digits of `n`, at the end of `buf`.
pub(crate) fn decimal(mut n: u64, buf: &mut [u8; 20]) -> &[u8] {
    let mut at = buf.len();
    while n >= 100 {
        let pair = (n % 100) as u8;
        n /= 100;
        at -= 2;
        buf[at] = b'0' + pair / 10;
        buf[at + 1] = b'0' + pair % 10;
    }
    if n >= 10 {
        at -= 1;
        buf[at] = b'0' + (n % 10) as u8;
        n /= 10;
    }
    at -= 1;
    buf[at] = b'0' + n as u8;
    &buf[at..]
}

/// The decimal digits of `i` and its sign, at the end of `buf`.
#[inline]
pub(crate) fn signed_decimal(i: i64, buf: &mut [u8; 20]) -> &[u8] {
    let from = buf.len() - decimal(i.unsigned_abs(), buf).len();
    if i >= 0 {
        return &buf[from..];
    }
    // (The largest magnitude has 19 digits.)
    buf[from - 1] = b'-';
    &buf[from - 1..]
}

/// `%.14g`, with `.0` added when the result would read as an integer.
pub fn write_float(f: f64, out: &mut Vec<u8>) {
    if f.is_nan() {
        out.extend_from_slice(if f.is_sign_negative() { b"-nan" } else { b"nan" });
        return;
    }
    if f.is_sign_negative() {
        out.push(b'-');
    }
    let f = f.abs();
    // Fourteen digits hold these exactly.
    if f < 1e14 && f.trunc() == f {
        write_unsigned(f as u64, out);
        out.extend_from_slice(b".0");
    } else if f.is_infinite() {
        out.extend_from_slice(b"inf");
    } else {
        let start = out.len();
        match fourteen_digits(f) {
            Some((digits, exponent)) => {
                let mut buf = [0; 20];
                let mut digits = decimal(digits, &mut buf);
                while let [rest @ .., b'0'] = digits {
                    digits = rest;
                }
                printf::arrange(out, digits, exponent, 14, false);
            }
            None => printf::general(out, f, 14, false),
        }
        if out[start..].iter().all(u8::is_ascii_digit) {
            out.extend_from_slice(b".0");
        }
    }
}

/// The fourteen significant digits of `f` as an integer, correctly rounded (half to even), and the
/// decimal exponent of the first. Only for numbers of everyday size, where 128 bits hold all of it
/// exactly: `f` is `m / 2^s` and the digits are `m * 10^k / 2^s` for the right `k`.
fn fourteen_digits(f: f64) -> Option<(u64, i32)> {
    if !(1e-5..1e14).contains(&f) {
        return None;
    }
    const LIMIT: u64 = 100_000_000_000_000;
    let bits = f.to_bits();
    let log2 = (bits >> 52) as i32 - 1023; // -17 to 46
    let m = (bits & ((1 << 52) - 1) | 1 << 52) as u128;
    let s = (52 - log2) as u32; // 6 to 69
    // Not above the decimal exponent, at most one below it.
    let mut exponent = (log2 * 1233) >> 12; // -6 to 13
    let mut scaled = m * 10u64.pow((13 - exponent) as u32) as u128;
    if (scaled >> s) as u64 >= LIMIT {
        exponent += 1;
        scaled = m * 10u64.pow((13 - exponent) as u32) as u128;
    }
    let mut digits = (scaled >> s) as u64;
    let half = 1u128 << (s - 1);
    let rest = scaled & ((half << 1) - 1);
    if rest > half || rest == half && digits & 1 == 1 {
        digits += 1;
        if digits == LIMIT {
            return Some((LIMIT / 10, exponent + 1));
        }
    }
    Some((digits, exponent))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(v: Value) -> String {
        let mut out = Vec::new();
        write_number(v, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn integers() {
        for i in [0, 1, -1, 9, 10, 99, 100, 101, 12345, i64::MAX, i64::MIN] {
            assert_eq!(show(Value::int(i)), i.to_string());
        }
    }

    #[test]
    fn floats() {
        let cases: &[(f64, &str)] = &[
            (0.0, "0.0"),
            (-0.0, "-0.0"),
            (1e14, "1e+14"),
            (99999999999999.0, "99999999999999.0"),
            (-3.0, "-3.0"),
            (0.1 + 0.2, "0.3"),
            (1.0 / 3.0, "0.33333333333333"),
            (123456.789, "123456.789"),
            (1e100, "1e+100"),
            (1e-5, "1e-05"),
            (99999999999999.9, "1e+14"),
            (999999999999.99, "999999999999.99"),
            (9999999999999.99, "10000000000000.0"),
            (5e-324, "4.9406564584125e-324"),
            (f64::INFINITY, "inf"),
            (f64::NEG_INFINITY, "-inf"),
            (f64::from_bits(0x7ff8 << 48), "nan"),
            (f64::from_bits(0xfff8 << 48), "-nan"),
        ];
        for &(f, text) in cases {
            assert_eq!(show(Value::float(f)), text);
        }
    }
}
