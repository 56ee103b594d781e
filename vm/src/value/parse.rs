//! Numbers from text (manual §3.1 and §3.4.3): what string coercion and `tonumber` accept.
//!
//! The accepted language is that of PUC's `luaO_str2num`: surrounding white space, a sign, decimal
//! or hexadecimal integers and floats; never `inf` or `nan`. Decimal integers that overflow become
//! floats, hexadecimal ones wrap around. Floats are correctly rounded.

use crate::value::Value;

/// The number that the whole of `s` spells, an integer if it looks like one.
pub fn str_to_number(s: &[u8]) -> Option<Value> {
    let s = trim(s);
    // Most strings that are not numbers fail here, on their first byte.
    match s.first()? {
        b'0'..=b'9' | b'+' | b'-' | b'.' => {}
        _ => return None,
    }
    match parse_int(s) {
        Some(i) => Some(Value::int(i)),
        None => parse_float(s).map(Value::float),
    }
}

/// The integer that the whole of `s` spells; `None` if it is not an integer numeral or a decimal
/// one out of range.
pub fn str_to_int(s: &[u8]) -> Option<i64> {
    parse_int(trim(s))
}

/// The float that the whole of `s` spells, be it written as an integer or as a float.
pub fn str_to_float(s: &[u8]) -> Option<f64> {
    parse_float(trim(s))
}

/// `tonumber(s, base)`: an integer in base 2 to 36, wrapping around.
pub fn str_to_int_base(s: &[u8], base: u32) -> Option<i64> {
    let (neg, digits) = sign(trim(s));
    if digits.is_empty() {
        return None;
    }
    let mut n = 0u64;
    for &c in digits {
        let d = (c as char).to_digit(36)?;
        if d >= base {
            return None;
        }
        n = n.wrapping_mul(base as u64).wrapping_add(d as u64);
    }
    Some(if neg { n.wrapping_neg() } else { n } as i64)
}

/// C's `isspace`.
pub fn is_space(c: u8) -> bool {
    matches!(c, b' ' | b'\t'..=b'\r')
}

fn trim(mut s: &[u8]) -> &[u8] {
    while let [c, rest @ ..] = s
        && is_space(*c)
    {
        s = rest;
    }
    while let [rest @ .., c] = s
        && is_space(*c)
    {
        s = rest;
    }
    s
}

/// Splits off a sign; true for minus.
fn sign(s: &[u8]) -> (bool, &[u8]) {
    match s {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, s),
    }
}

fn hex_prefix(s: &[u8]) -> Option<&[u8]> {
    match s {
        [b'0', b'x' | b'X', rest @ ..] => Some(rest),
        _ => None,
    }
}

fn parse_int(s: &[u8]) -> Option<i64> {
    let (neg, s) = sign(s);
    let mut n = 0u64;
    if let Some(digits) = hex_prefix(s) {
        if digits.is_empty() {
            return None;
        }
        for &c in digits {
            n = n << 4 | (c as char).to_digit(16)? as u64;
        }
    } else {
        if s.is_empty() {
            return None;
        }
        let limit = i64::MAX as u64 + neg as u64;
        for &c in s {
            let d = c.wrapping_sub(b'0');
            if d > 9 {
                return None;
            }
            n = n.checked_mul(10)?.checked_add(d as u64)?;
            if n > limit {
                return None;
            }
        }
    }
    Some(if neg { n.wrapping_neg() } else { n } as i64)
}

fn parse_float(s: &[u8]) -> Option<f64> {
    let (neg, body) = sign(s);
    let magnitude = match hex_prefix(body) {
        Some(digits) => parse_hex_float(digits)?,
        None => parse_decimal_float(body)?,
    };
    Some(if neg { -magnitude } else { magnitude })
}

fn parse_decimal_float(s: &[u8]) -> Option<f64> {
    let mut digits = 0usize;
    let mut i = 0;
    let run = |i: &mut usize| {
        let start = *i;
        while s.get(*i).is_some_and(u8::is_ascii_digit) {
            *i += 1;
        }
        *i - start
    };
    digits += run(&mut i);
    if s.get(i) == Some(&b'.') {
        i += 1;
        digits += run(&mut i);
    }
    if digits == 0 {
        return None;
    }
    if let Some(b'e' | b'E') = s.get(i) {
        i += 1;
        if let Some(b'+' | b'-') = s.get(i) {
            i += 1;
        }
        if run(&mut i) == 0 {
            return None;
        }
    }
    if i != s.len() {
        return None;
    }
    // What is left is a subset of what Rust's correctly rounding parser takes.
    std::str::from_utf8(s).ok()?.parse().ok()
}

/// `s` is what follows `0x`.
fn parse_hex_float(s: &[u8]) -> Option<f64> {
    let mut mantissa = 0u64; // the leading 61 to 64 significant bits
    let mut sticky = false; // a bit below them is set
    let mut exponent = 0i64; // of the mantissa's lowest bit
    let mut any = false;
    let mut dot = false;
    let mut i = 0;
    while let Some(&c) = s.get(i) {
        if c == b'.' && !dot {
            dot = true;
        } else if let Some(d) = (c as char).to_digit(16) {
            any = true;
            if mantissa >> 60 == 0 {
                mantissa = mantissa << 4 | d as u64;
            } else {
                sticky |= d != 0;
                exponent = exponent.saturating_add(4);
            }
            if dot {
                exponent = exponent.saturating_sub(4);
            }
        } else {
            break;
        }
        i += 1;
    }
    if !any {
        return None;
    }
    if let Some(b'p' | b'P') = s.get(i) {
        let (neg, digits) = sign(&s[i + 1..]);
        if digits.is_empty() {
            return None;
        }
        let mut e = 0i64;
        for &c in digits {
            if !c.is_ascii_digit() {
                return None;
            }
            e = e.saturating_mul(10).saturating_add((c - b'0') as i64);
        }
        exponent = exponent.saturating_add(if neg { -e } else { e });
    } else if i != s.len() {
        return None;
    }
    Some(scale(mantissa, sticky, exponent))
}

/// `mantissa * 2^exponent`, rounded half to even; `sticky` says that the exact value is a little
/// larger.
fn scale(mantissa: u64, sticky: bool, exponent: i64) -> f64 {
    if mantissa == 0 {
        return 0.0;
    }
    // Normalise: the highest bit of `m` has weight 2^(63 + e).
    let shift = mantissa.leading_zeros();
    let m = mantissa << shift;
    let e = exponent.saturating_sub(shift as i64);
    let top = e.saturating_add(63); // exponent of the leading bit
    if top > 1023 {
        return f64::INFINITY;
    }
    // Bits to drop: 11 for normal numbers, more for subnormal ones.
    let drop = if top >= -1022 { 11 } else { (11 + (-1022 - top)).min(65) as u32 };
    let (kept, half, rest) = match drop {
        ..=63 => (m >> drop, m >> (drop - 1) & 1, m & ((1 << (drop - 1)) - 1)),
        64 => (0, m >> 63, m & (u64::MAX >> 1)),
        _ => (0, 0, m),
    };
    let up = half == 1 && (rest != 0 || sticky || kept & 1 == 1);
    let kept = kept + up as u64;
    // A carry out of the mantissa moves into the exponent field, as it should.
    let biased = if top >= -1022 { (top + 1022) as u64 } else { 0 };
    f64::from_bits((biased << 52) + kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn num(s: &str) -> String {
        match str_to_number(s.as_bytes()) {
            None => "-".into(),
            Some(v) => format!("{v:?}"),
        }
    }

    #[test]
    fn integers() {
        assert_eq!(num(" 10 "), "10");
        assert_eq!(num("-0x10"), "-16");
        assert_eq!(num("0xffffffffffffffffff"), "-1");
        assert_eq!(num("9223372036854775807"), "9223372036854775807");
        assert_eq!(num("-9223372036854775808"), "-9223372036854775808");
        assert_eq!(num("9223372036854775808"), "9.223372036854776e18");
        for bad in ["", " ", "-", "0x", "1 2", "- 1", "--1", "1\0", "0x1g", "1_0"] {
            assert_eq!(num(bad), "-", "{bad:?}");
        }
    }

    #[test]
    fn floats() {
        assert_eq!(num("1e1"), "10.0");
        assert_eq!(num(".5"), "0.5");
        assert_eq!(num("5."), "5.0");
        assert_eq!(num("-.5e-3\n"), "-0.0005");
        assert_eq!(num("1e99999999999999999999"), "inf");
        for bad in [".", "e1", "1e", "1e+", "inf", "nan", "-inf", "1.5.", "1e5.0", ".e1"] {
            assert_eq!(num(bad), "-", "{bad:?}");
        }
    }

    #[test]
    fn hexadecimal_floats() {
        assert_eq!(num("0x.8"), "0.5");
        assert_eq!(num("0xA.8p1"), "21.0");
        assert_eq!(num("0x1p-1074"), "5e-324");
        assert_eq!(num("0x1p-1075"), "0.0");
        assert_eq!(num("0x1.8p-1075"), "5e-324");
        assert_eq!(num("0x1.fffffffffffff7p1023"), "1.7976931348623157e308");
        assert_eq!(num("0x1.fffffffffffff8p1023"), "inf");
        assert_eq!(num("0x.1p4"), "1.0");
        assert_eq!(num("0x1p99999999999999999999"), "inf");
        assert_eq!(num("0x0p99999999999999999999"), "0.0");
        assert_eq!(num("0x1.00000000000008p0"), "1.0");
        assert_eq!(num("0x1.000000000000080000000000000001p0"), "1.0000000000000002");
        for bad in ["0x.", "0x.p1", "0xp1", "0x1p", "0x1p+", "0x1..", "0x1p1.0"] {
            assert_eq!(num(bad), "-", "{bad:?}");
        }
    }

    #[test]
    fn other_bases() {
        assert_eq!(str_to_int_base(b" -7fffffff ", 16), Some(-0x7fffffff));
        assert_eq!(str_to_int_base(b"zZ", 36), Some(35 * 37));
        assert_eq!(str_to_int_base(b"12", 2), None);
        assert_eq!(str_to_int_base(b"- 1", 10), None);
        assert_eq!(str_to_int_base(b"", 10), None);
    }
}
