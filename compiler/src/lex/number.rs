//! Numerals of source text (Lua 5.4 manual §3.1): integers, hexadecimal integers that wrap
//! around, floats, hexadecimal floats. All floats are rounded to nearest, ties to even.

/// The value of a numeral.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Numeral {
    /// An integer.
    Int(i64),
    /// A float.
    Float(f64),
}

/// The value of `text`, which starts with a digit or a dot; `None` if it is not a number.
///
/// A decimal integer that does not fit 64 bits is a float; a hexadecimal one wraps around.
pub fn parse_numeral(text: &[u8]) -> Option<Numeral> {
    if let [b'0', b'x' | b'X', digits @ ..] = text {
        return hexadecimal(digits);
    }
    if let Some(value) = decimal_integer(text) {
        return Some(Numeral::Int(value));
    }
    // What Rust reads beyond Lua's grammar ("inf", "nan") starts with a letter.
    let starts_well = text.first().is_some_and(|b| b.is_ascii_digit() || *b == b'.');
    let text = std::str::from_utf8(text).ok().filter(|_| starts_well)?;
    text.parse().ok().map(Numeral::Float)
}

/// The value of a numeral with what the extensions allow: `_` between two digits, and binary
/// integers (`0b…`), which wrap around as hexadecimal ones do. Only called for what
/// [`parse_numeral`] refuses.
pub(super) fn parse_extended(text: &[u8]) -> Option<Numeral> {
    let (prefix, digits, base) = match text {
        [b'0', b'b' | b'B', digits @ ..] => (&text[..0], digits, 2),
        [b'0', b'x' | b'X', digits @ ..] => (&text[..2], digits, 16),
        _ => (&text[..0], text, 10),
    };
    // The digits of an exponent are decimal, in a hexadecimal numeral too.
    let exponent = digits.iter().position(|&b| base == 16 && matches!(b, b'p' | b'P'));
    let is_digit = |at: usize| {
        let base = if exponent.is_some_and(|from| at > from) { 10 } else { base };
        digits.get(at).is_some_and(|&b| (b as char).is_digit(base))
    };
    let mut plain = prefix.to_vec();
    for (at, &byte) in digits.iter().enumerate() {
        if byte != b'_' {
            plain.push(byte);
        } else if at == 0 || !is_digit(at - 1) || !is_digit(at + 1) {
            return None;
        }
    }
    if base != 2 {
        return parse_numeral(&plain);
    }
    let mut value = (!plain.is_empty()).then_some(0u64)?;
    for byte in plain {
        value = value << 1 | u64::from((byte as char).to_digit(2)?);
    }
    Some(Numeral::Int(value as i64))
}

fn decimal_integer(text: &[u8]) -> Option<i64> {
    if text.is_empty() {
        return None;
    }
    let mut value: i64 = 0;
    for &byte in text {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        value = value.checked_mul(10)?.checked_add(digit as i64)?;
    }
    Some(value)
}

fn hex_digit(byte: u8) -> Option<u64> {
    (byte as char).to_digit(16).map(u64::from)
}

/// A hexadecimal numeral without its `0x`.
fn hexadecimal(text: &[u8]) -> Option<Numeral> {
    if !text.is_empty() && text.iter().all(u8::is_ascii_hexdigit) {
        let wrapped = text
            .iter()
            .filter_map(|&b| hex_digit(b))
            .fold(0u64, |value, digit| value.wrapping_shl(4) | digit);
        return Some(Numeral::Int(wrapped as i64));
    }
    hex_float(text).map(Numeral::Float)
}

/// A hexadecimal float without its `0x`: digits with at most one dot and at least one digit, then
/// an optional binary exponent.
fn hex_float(text: &[u8]) -> Option<f64> {
    // The value is mantissa × 2^exponent, `sticky` when nonzero digits were dropped below it.
    let mut mantissa: u64 = 0;
    let mut exponent: i64 = 0;
    let mut sticky = false;
    let (mut any_digit, mut dot) = (false, false);
    let mut pos = 0;
    while let Some(&byte) = text.get(pos) {
        if byte == b'.' && !dot {
            dot = true;
        } else if let Some(digit) = hex_digit(byte) {
            any_digit = true;
            if mantissa >> 60 == 0 {
                mantissa = mantissa << 4 | digit;
                exponent -= if dot { 4 } else { 0 };
            } else {
                sticky |= digit != 0;
                exponent += if dot { 0 } else { 4 };
            }
        } else {
            break;
        }
        pos += 1;
    }
    if !any_digit {
        return None;
    }
    match &text[pos..] {
        [] => {}
        [b'p' | b'P', rest @ ..] => exponent = exponent.saturating_add(binary_exponent(rest)?),
        _ => return None,
    }
    Some(scale(mantissa, exponent, sticky))
}

/// The signed decimal digits of an exponent, saturating far beyond what a double can hold.
fn binary_exponent(text: &[u8]) -> Option<i64> {
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        rest => (false, rest),
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    const FAR: i64 = 1 << 60;
    let magnitude = digits
        .iter()
        .fold(0i64, |value, b| value.saturating_mul(10).saturating_add((b - b'0') as i64).min(FAR));
    Some(if negative { -magnitude } else { magnitude })
}

/// `mantissa × 2^exponent` rounded to nearest, ties to even; `sticky` means that the exact value is slightly larger.
fn scale(mantissa: u64, exponent: i64, sticky: bool) -> f64 {
    if mantissa == 0 {
        return 0.0;
    }
    // Normalise: the leading bit at position 63, worth 2^(top).
    let shift = mantissa.leading_zeros();
    let mantissa = mantissa << shift;
    let top = exponent.saturating_sub(shift as i64).saturating_add(63);
    if top > 1023 {
        return f64::INFINITY;
    }
    if top < -1075 {
        return 0.0;
    }
    // Bits to keep: 53, fewer for subnormal results.
    let keep = if top >= -1022 { 53 } else { 53 - (-1022 - top) };
    // `keep` is within 0..=53 here: top >= -1075.
    let drop = 64 - keep as u32;
    let (kept, rest) =
        if drop == 64 { (0, mantissa) } else { (mantissa >> drop, mantissa << keep) };
    let half = 1u64 << 63;
    let up = rest > half || (rest == half && (sticky || kept & 1 == 1));
    let rounded = kept + up as u64;
    // A carry out of the mantissa runs into the exponent field, as it should.
    let bits = if top >= -1022 { (((top + 1022) as u64) << 52) + rounded } else { rounded };
    f64::from_bits(bits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn int(text: &str) -> i64 {
        match parse_numeral(text.as_bytes()) {
            Some(Numeral::Int(value)) => value,
            other => panic!("{text}: {other:?}"),
        }
    }

    fn float(text: &str) -> f64 {
        match parse_numeral(text.as_bytes()) {
            Some(Numeral::Float(value)) => value,
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn integers() {
        assert_eq!(int("0"), 0);
        assert_eq!(int("9223372036854775807"), i64::MAX);
        assert_eq!(float("9223372036854775808"), 9223372036854775808.0);
        assert_eq!(int("0xffffffffffffffff"), -1);
        assert_eq!(int("0xA1ffffffffffffffff"), -1);
        assert_eq!(int("0X7fffffffffffffff"), i64::MAX);
    }

    #[test]
    fn extended() {
        let int = |text: &str| match parse_extended(text.as_bytes()) {
            Some(Numeral::Int(value)) => Some(value),
            _ => None,
        };
        assert_eq!(int("1_000_000"), Some(1_000_000));
        assert_eq!(int("0xFF_FF"), Some(0xFFFF));
        assert_eq!(int("0b1010"), Some(10));
        assert_eq!(int("0B1_0"), Some(2));
        assert_eq!(int(&format!("0b{}", "1".repeat(70))), Some(-1));
        assert_eq!(parse_extended(b"1_0.5_0e1_0"), Some(Numeral::Float(10.5e10)));
        assert_eq!(parse_extended(b"0xA_0p1_0"), Some(Numeral::Float(163840.0)));
        for bad in [
            "1__0", "1_", "_1", "0x_1", "0b_1", "0b", "0b2", "1_.5", "1._5", "1_e5", "1e_5",
            "0b1.0", "0xAp_1", "0xA_p1", "0b1_", "1e5_",
        ] {
            assert_eq!(parse_extended(bad.as_bytes()), None, "{bad}");
        }
    }

    #[test]
    fn floats() {
        assert_eq!(float("3."), 3.0);
        assert_eq!(float(".5"), 0.5);
        assert_eq!(float("3e-2"), 0.03);
        assert_eq!(float("1e400"), f64::INFINITY);
        assert_eq!(float("0x.8"), 0.5);
        assert_eq!(float("0xA.8p1"), 21.0);
        assert_eq!(float("0x1p-1074"), f64::from_bits(1));
        assert_eq!(float("0x1p-1075"), 0.0);
        assert_eq!(float("0x1.00000001p-1075"), f64::from_bits(1));
        assert_eq!(float("0x3p-1075"), f64::from_bits(2));
        assert_eq!(float("0x1.fffffffffffffp1023"), f64::MAX);
        assert_eq!(float("0x1.fffffffffffff8p1023"), f64::INFINITY);
        assert_eq!(float("0x0.fffffffffffff8p-1022"), f64::MIN_POSITIVE);
        assert_eq!(float("0x20000000000001.0"), 9007199254740992.0);
        assert_eq!(float("0x20000000000003.0"), 9007199254740996.0);
        assert_eq!(float("0x20000000000001.00000000000000000000001"), 9007199254740994.0);
        assert_eq!(float("0x0p99999999999999999999"), 0.0);
        assert_eq!(float("0x1p99999999999999999999"), f64::INFINITY);
        assert_eq!(float("0x1p-99999999999999999999"), 0.0);
        assert_eq!(float(&format!("0x0.{}1p4004", "0".repeat(1000))), 1.0);
    }

    #[test]
    fn not_numbers() {
        for text in ["", ".", "0x", "0x.", "0x.p1", "1e", "1e+", "0x1p", "0x1p+", "1..2", "0x1.2.3"]
        {
            assert_eq!(parse_numeral(text.as_bytes()), None, "{text}");
        }
        for text in ["1a", "3x", "0xg", "1e5.", "inf", "nan", "1n", "0b1", "1_000"] {
            assert_eq!(parse_numeral(text.as_bytes()), None, "{text}");
        }
    }
}
