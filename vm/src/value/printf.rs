//! C's `printf` conversions for integers, floats and strings (C11 §7.21.6.1), exact at every
//! precision, as glibc prints them. `string.format` is built on this.
//!
//! Digits of floats come from Rust's formatter, which is exact; this module only arranges them.

use std::io::Write;

/// Flags, width and precision of one conversion.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spec {
    /// `-`: flush left.
    pub minus: bool,
    /// `+`: always a sign.
    pub plus: bool,
    /// ` `: a space where a plus sign would stand.
    pub space: bool,
    /// `#`: alternative form.
    pub alt: bool,
    /// `0`: pad with zeros.
    pub zero: bool,
    /// Least number of characters.
    pub width: usize,
    /// Digits after the point, significant digits, or most bytes, by the conversion; `None` if not
    /// given.
    pub precision: Option<usize>,
}

impl Spec {
    fn sign(&self, negative: bool) -> &'static [u8] {
        match (negative, self.plus, self.space) {
            (true, ..) => b"-",
            (_, true, _) => b"+",
            (_, _, true) => b" ",
            _ => b"",
        }
    }
}

/// Writes `prefix` and `body` padded to the width; zeros go between the two.
fn pad(out: &mut Vec<u8>, spec: &Spec, zeros: bool, prefix: &[u8], body: &[u8]) {
    let fill = spec.width.saturating_sub(prefix.len() + body.len());
    let (left, middle, right) = match (spec.minus, zeros && spec.zero) {
        (true, _) => (0, 0, fill),
        (_, true) => (0, fill, 0),
        _ => (fill, 0, 0),
    };
    out.resize(out.len() + left, b' ');
    out.extend_from_slice(prefix);
    out.resize(out.len() + middle, b'0');
    out.extend_from_slice(body);
    out.resize(out.len() + right, b' ');
}

/// `%s` and `%c`: bytes, cut to the precision, padded to the width.
pub fn write_bytes(out: &mut Vec<u8>, spec: &Spec, s: &[u8]) {
    let s = match spec.precision {
        Some(p) if p < s.len() => &s[..p],
        _ => s,
    };
    pad(out, spec, false, b"", s);
}

/// `%d %i %u %o %x %X`; all but the first two take the number as unsigned.
pub fn write_int(out: &mut Vec<u8>, spec: &Spec, conversion: u8, n: i64) {
    let mut buf = [0u8; 24];
    let mut rest = &mut buf[..];
    // Writing 22 octal digits at most into 24 bytes cannot fail.
    let _ = match conversion {
        b'd' | b'i' => write!(rest, "{}", n.unsigned_abs()),
        b'o' => write!(rest, "{n:o}"),
        b'x' => write!(rest, "{n:x}"),
        b'X' => write!(rest, "{n:X}"),
        _ => write!(rest, "{}", n as u64),
    };
    let len = 24 - rest.len();
    let mut digits = &buf[..len];
    if n == 0 && spec.precision == Some(0) {
        digits = b"";
    }
    let mut least = spec.precision.unwrap_or(0);
    let prefix = match conversion {
        b'd' | b'i' => spec.sign(n < 0),
        b'x' if spec.alt && n != 0 => b"0x",
        b'X' if spec.alt && n != 0 => b"0X",
        b'o' if spec.alt && digits.first() != Some(&b'0') => {
            least = least.max(digits.len() + 1);
            b""
        }
        _ => b"",
    };
    if least > digits.len() {
        let mut body = vec![b'0'; least - digits.len()];
        body.extend_from_slice(digits);
        pad(out, spec, spec.precision.is_none(), prefix, &body);
    } else {
        pad(out, spec, spec.precision.is_none(), prefix, digits);
    }
}

/// `%e %E %f %F %g %G %a %A`.
pub fn write_float(out: &mut Vec<u8>, spec: &Spec, conversion: u8, f: f64) {
    let sign = spec.sign(f.is_sign_negative());
    let start = out.len();
    let lower = conversion.to_ascii_lowercase();
    if !f.is_finite() {
        pad(out, spec, false, sign, if f.is_nan() { b"nan" } else { b"inf" });
    } else if lower == b'a' {
        let mut prefix = sign.to_vec();
        prefix.extend_from_slice(b"0x");
        pad(out, spec, true, &prefix, &hexadecimal(f.abs(), spec));
    } else {
        let precision = spec.precision.unwrap_or(6);
        let f = f.abs();
        let mut body = Vec::with_capacity(32);
        match lower {
            b'e' => exponential(&mut body, f, precision, spec.alt),
            b'g' => general(&mut body, f, precision.max(1), spec.alt),
            _ => {
                let _ = write!(body, "{f:.precision$}"); // into a Vec: cannot fail
                if spec.alt && precision == 0 {
                    body.push(b'.');
                }
            }
        }
        pad(out, spec, true, sign, &body);
    }
    if conversion.is_ascii_uppercase() {
        out[start..].make_ascii_uppercase();
    }
}

/// `precision + 1` significant digits of `f` (finite, not negative), correctly rounded, and the
/// decimal exponent of the first. `buf` receives `d.ddd…e±x`; the digits returned contain the dot
/// at index 1 unless there is only one digit.
fn digits(buf: &mut Vec<u8>, f: f64, precision: usize) -> (usize, i32) {
    let _ = write!(buf, "{f:.precision$e}"); // into a Vec: cannot fail
    let len = buf.iter().rposition(|&c| c == b'e').unwrap_or(buf.len());
    let exponent =
        buf.get(len + 1..).and_then(|e| std::str::from_utf8(e).ok()).and_then(|e| e.parse().ok());
    (len, exponent.unwrap_or(0))
}

fn push_exponent(out: &mut Vec<u8>, exponent: i32) {
    let sign = if exponent < 0 { '-' } else { '+' };
    let _ = write!(out, "e{sign}{:02}", exponent.unsigned_abs());
}

fn exponential(out: &mut Vec<u8>, f: f64, precision: usize, alt: bool) {
    let (len, exponent) = digits(out, f, precision);
    out.truncate(len);
    if alt && precision == 0 {
        out.push(b'.');
    }
    push_exponent(out, exponent);
}

/// `%g` of a finite number that is not negative, with `precision` significant digits (at least 1).
pub(super) fn general(out: &mut Vec<u8>, f: f64, precision: usize, alt: bool) {
    let mut buf = Vec::with_capacity(32);
    let (len, exponent) = digits(&mut buf, f, precision - 1);
    buf.truncate(len);
    if buf.len() > 1 {
        buf.remove(1); // the dot
    }
    let mut kept = buf.len();
    if !alt {
        while kept > 1 && buf[kept - 1] == b'0' {
            kept -= 1;
        }
    }
    arrange(out, &buf[..kept], exponent, precision, alt);
}

/// Puts significant digits (at least one) and the decimal exponent of the first into `%g`'s form.
pub(super) fn arrange(
    out: &mut Vec<u8>,
    digits: &[u8],
    exponent: i32,
    precision: usize,
    alt: bool,
) {
    if exponent < -4 || exponent >= precision as i32 {
        out.push(digits[0]);
        if digits.len() > 1 || alt {
            out.push(b'.');
            out.extend_from_slice(&digits[1..]);
        }
        push_exponent(out, exponent);
    } else if exponent < 0 {
        out.extend_from_slice(b"0.");
        out.resize(out.len() + (-exponent - 1) as usize, b'0');
        out.extend_from_slice(digits);
    } else {
        let whole = exponent as usize + 1;
        out.extend_from_slice(&digits[..whole.min(digits.len())]);
        out.resize(out.len() + whole.saturating_sub(digits.len()), b'0');
        if digits.len() > whole || alt {
            out.push(b'.');
            out.extend_from_slice(digits.get(whole..).unwrap_or(&[]));
        }
    }
}

/// What follows `0x` in `%a` of a finite number that is not negative.
fn hexadecimal(f: f64, spec: &Spec) -> Vec<u8> {
    let bits = f.to_bits();
    let biased = (bits >> 52) as i32;
    let mut mantissa = bits & ((1 << 52) - 1);
    let exponent = match (biased, mantissa) {
        (0, 0) => 0,
        (0, _) => -1022,
        _ => {
            mantissa |= 1 << 52;
            biased - 1023
        }
    };
    let mut places = 13;
    match spec.precision {
        Some(p) if p < 13 => {
            // Round half to even at hexadecimal digit `p`; a carry may make the first digit 2.
            let drop = 52 - 4 * p;
            let half = 1u64 << (drop - 1);
            let rest = mantissa & ((1 << drop) - 1);
            mantissa >>= drop;
            if rest > half || rest == half && mantissa & 1 == 1 {
                mantissa += 1;
            }
            places = p;
        }
        Some(_) => {}
        None => {
            while places > 0 && mantissa & 15 == 0 {
                mantissa >>= 4;
                places -= 1;
            }
        }
    }
    let mut out = Vec::with_capacity(32);
    let first = mantissa >> (4 * places);
    let _ = write!(out, "{first}");
    let zeros = spec.precision.unwrap_or(0).saturating_sub(13);
    if places + zeros > 0 || spec.alt {
        out.push(b'.');
    }
    if places > 0 {
        let rest = mantissa & ((1 << (4 * places)) - 1);
        let _ = write!(out, "{rest:0places$x}");
    }
    out.resize(out.len() + zeros, b'0');
    let _ = write!(out, "p{exponent:+}");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(spec: &str) -> (Spec, u8) {
        let mut s = Spec::default();
        let b = spec.as_bytes();
        let mut i = 0;
        loop {
            match b[i] {
                b'-' => s.minus = true,
                b'+' => s.plus = true,
                b' ' => s.space = true,
                b'#' => s.alt = true,
                b'0' => s.zero = true,
                _ => break,
            }
            i += 1;
        }
        let (body, conv) = (&spec[i..spec.len() - 1], b[b.len() - 1]);
        let (width, precision) = body.split_once('.').map_or((body, None), |(w, p)| (w, Some(p)));
        s.width = width.parse().unwrap_or(0);
        s.precision = precision.map(|p| p.parse().unwrap_or(0));
        (s, conv)
    }

    fn float(spec: &str, f: f64) -> String {
        let (s, c) = parse(spec);
        let mut out = Vec::new();
        write_float(&mut out, &s, c, f);
        String::from_utf8(out).unwrap()
    }

    fn int(spec: &str, n: i64) -> String {
        let (s, c) = parse(spec);
        let mut out = Vec::new();
        write_int(&mut out, &s, c, n);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn integers() {
        assert_eq!(int("d", i64::MIN), "-9223372036854775808");
        assert_eq!(int("+08d", 31), "+0000031");
        assert_eq!(int("-8.3d", -1), "-001    ");
        assert_eq!(int("08.3d", 1), "     001");
        assert_eq!(int(".0d", 0), "");
        assert_eq!(int("+.0d", 0), "+");
        assert_eq!(int("#x", 255), "0xff");
        assert_eq!(int("#X", -1), "0XFFFFFFFFFFFFFFFF");
        assert_eq!(int("#x", 0), "0");
        assert_eq!(int("#o", 8), "010");
        assert_eq!(int("#.0o", 0), "0");
        assert_eq!(int("#010x", 1), "0x00000001");
    }

    #[test]
    fn floats() {
        assert_eq!(float("f", 0.5), "0.500000");
        assert_eq!(float(".0f", 0.5), "0");
        assert_eq!(float(".0f", 1.5), "2");
        assert_eq!(float(".0f", 2.5), "2");
        assert_eq!(float("#.0f", 2.0), "2.");
        assert_eq!(float("e", 0.0), "0.000000e+00");
        assert_eq!(float(".3E", 1e-100), "1.000E-100");
        assert_eq!(float("g", 1e6), "1e+06");
        assert_eq!(float("g", 123456.0), "123456");
        assert_eq!(float("g", 0.0001), "0.0001");
        assert_eq!(float("g", 0.00001), "1e-05");
        assert_eq!(float("#g", 1.0), "1.00000");
        assert_eq!(float("#.3g", 100.0), "100.");
        assert_eq!(float("g", 0.0), "0");
        assert_eq!(float(".14g", 2.75), "2.75");
        assert_eq!(float("010.2f", -1.5), "-000001.50");
        assert_eq!(float("010f", f64::INFINITY), "       inf");
        assert_eq!(float("+G", f64::INFINITY), "+INF");
        assert_eq!(float(".20f", 0.1), "0.10000000000000000555");
    }

    #[test]
    fn hexadecimal_floats() {
        assert_eq!(float("a", 1.0), "0x1p+0");
        assert_eq!(float("a", 0.0), "0x0p+0");
        assert_eq!(float("a", -0.5), "-0x1p-1");
        assert_eq!(float("A", 255.5), "0X1.FFP+7");
        assert_eq!(float(".0a", 1.5), "0x2p+0");
        assert_eq!(float(".1a", 1.96875), "0x2.0p+0");
        assert_eq!(float("a", 5e-324), "0x0.0000000000001p-1022");
        assert_eq!(float(".15a", 1.0), "0x1.000000000000000p+0");
        assert_eq!(float("#.0a", 1.0), "0x1.p+0");
        assert_eq!(float("010a", 1.0), "0x00001p+0");
    }
}
