//! Numbers and strings as the text form writes them.

use super::fault::{Fault, FaultKind, Result};
use super::lex::span;
use crate::proto::{Constant, Span};

/// A number: decimal, hexadecimal (`0x…`, any 64 bits), a float (with a dot or an exponent, or
/// `inf`), or the bits of one (`0f` and sixteen hexadecimal digits).
pub(super) fn number(text: &[u8], place: Span) -> Result<Constant> {
    let text = String::from_utf8_lossy(text);
    let (negative, digits) = match text.as_bytes() {
        [b'-', ..] => (true, &text[1..]),
        [b'+', ..] => (false, &text[1..]),
        _ => (false, &*text),
    };
    let fault = |message: String| Fault::new(FaultKind::Literal, place, message);
    if let Some(bits) = digits.strip_prefix("0f") {
        return match u64::from_str_radix(bits, 16) {
            Ok(bits) if digits.len() == 18 && digits.len() == text.len() => {
                Ok(Constant::Float(f64::from_bits(bits)))
            }
            _ => fault(format!("`{text}` is not the bits of a float"))
                .help("`0f` and sixteen hexadecimal digits, without a sign: `0f7ff8000000000000`")
                .err(),
        };
    }
    if let Some(hex) = digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X")) {
        let bits = Some(hex).filter(|hex| hex.bytes().all(|byte| byte.is_ascii_hexdigit()));
        return match bits.and_then(|hex| u64::from_str_radix(hex, 16).ok()) {
            Some(bits) if negative => Ok(Constant::Int((bits as i64).wrapping_neg())),
            Some(bits) => Ok(Constant::Int(bits as i64)),
            None => fault(format!("`{text}` is no hexadecimal integer of 64 bits")).err(),
        };
    }
    if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return match text.parse() {
            Ok(value) => Ok(Constant::Int(value)),
            Err(_) => fault(format!("`{text}` does not fit an integer of 64 bits"))
                .help(format!("a float is written with a dot: `{text}.0`"))
                .err(),
        };
    }
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit() || b".eE+-".contains(&byte));
    match text.parse() {
        Ok(value) if plain || digits == "inf" => Ok(Constant::Float(value)),
        _ => fault(format!("`{text}` is no number")).err(),
    }
}

/// A string with its quotes. `\n \r \t \\ \" \'`, `\xHH` and `\ddd` stand for one byte each.
pub(super) fn string(text: &[u8], place: Span) -> Result<Vec<u8>> {
    let inner = text.get(1..text.len().saturating_sub(1)).unwrap_or_default();
    let mut out = Vec::with_capacity(inner.len());
    let mut at = 0;
    while let Some(&byte) = inner.get(at) {
        if byte != b'\\' {
            out.push(byte);
            at += 1;
            continue;
        }
        let (value, width) = match inner.get(at + 1) {
            Some(b'n') => (Some(b'\n'), 2),
            Some(b'r') => (Some(b'\r'), 2),
            Some(b't') => (Some(b'\t'), 2),
            Some(&byte @ (b'\\' | b'"' | b'\'')) => (Some(byte), 2),
            Some(b'x') => (inner.get(at + 2..at + 4).and_then(|digits| digit(digits, 16)), 4),
            Some(byte) if byte.is_ascii_digit() => {
                let digits = inner[at + 1..].iter().take(3).take_while(|b| b.is_ascii_digit());
                let count = digits.count();
                (digit(&inner[at + 1..at + 1 + count], 10), 1 + count)
            }
            _ => (None, 2),
        };
        let Some(value) = value else {
            let from = place.start as usize + 1 + at;
            let message = "there is no such escape in a string";
            return Fault::new(FaultKind::Literal, span(from, from + 2), message)
                .help("a byte is `\\x` and two hexadecimal digits, or `\\` and up to 255")
                .help("other escapes are `\\n`, `\\r`, `\\t`, `\\\\`, `\\\"`, `\\'`")
                .err();
        };
        out.push(value);
        at += width;
    }
    Ok(out)
}

/// A byte from its digits.
fn digit(digits: &[u8], radix: u32) -> Option<u8> {
    let text = str::from_utf8(digits).ok().filter(|_| digits.iter().all(u8::is_ascii_hexdigit))?;
    u8::from_str_radix(text, radix).ok()
}
