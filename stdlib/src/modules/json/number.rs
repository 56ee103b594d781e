//! Numbers in JSON: as RFC 8259 writes them, and as C's `strtoll` and `strtod` take them.

use luka_vm::Value;
use luka_vm::value::parse::{str_to_float, str_to_number};

/// How many digits a text begins with.
fn digits(s: &[u8]) -> usize {
    s.iter().take_while(|c| c.is_ascii_digit()).count()
}

/// The length of an exponent with its digits, 0 if there is none.
fn exponent(s: &[u8]) -> usize {
    if !matches!(s.first(), Some(b'e' | b'E')) {
        return 0;
    }
    let sign = usize::from(matches!(s.get(1), Some(b'+' | b'-')));
    match digits(&s[1 + sign..]) {
        0 => 0,
        n => 1 + sign + n,
    }
}

/// An integer of at most 18 digits, else whatever the text is.
fn integer(s: &[u8]) -> Option<Value> {
    let (negative, digits) = match s.strip_prefix(b"-") {
        Some(digits) => (true, digits),
        None => (false, s),
    };
    if digits.len() > 18 {
        return str_to_number(s);
    }
    let n = digits.iter().fold(0i64, |n, &c| n * 10 + i64::from(c - b'0'));
    Some(Value::int(if negative { -n } else { n }))
}

/// The number a text begins with, by the grammar of JSON, and its length. Integers are integers if
/// they have the room; `-0` is a float.
pub fn strict(s: &[u8]) -> Option<(Value, usize)> {
    let start = usize::from(s.first() == Some(&b'-'));
    let whole = digits(&s[start..]);
    if whole == 0 || (whole > 1 && s[start] == b'0') {
        return None;
    }
    let mut end = start + whole;
    let mut is_integer = true;
    if s.get(end) == Some(&b'.') {
        let fraction = digits(&s[end + 1..]);
        if fraction == 0 {
            return None;
        }
        end += 1 + fraction;
        is_integer = false;
    }
    if matches!(s.get(end), Some(b'e' | b'E')) {
        match exponent(&s[end..]) {
            0 => return None,
            n => end += n,
        }
        is_integer = false;
    }
    let text = &s[..end];
    if is_integer && text != b"-0" {
        return integer(text).map(|v| (v, end));
    }
    str_to_float(text).map(|f| (Value::float(f), end))
}

/// How many bytes of a text that begins with no number may have been read to find that out.
pub fn looked_at(s: &[u8]) -> usize {
    s.iter().take_while(|c| c.is_ascii_hexdigit() || b"+-.xX".contains(c)).count()
}

/// Whether a text is a number that only C takes: `+1`, `0x10`, `012`, `inf`, `nan`.
pub fn is_invalid(s: &[u8]) -> bool {
    let s = match s.first() {
        Some(b'+') => return true,
        Some(b'-') => &s[1..],
        _ => s,
    };
    match s {
        [b'0', b'x' | b'X' | b'0'..=b'9', ..] => true,
        [b'0', ..] => false,
        [c, ..] if *c <= b'9' => false,
        _ => word(s, b"inf") || word(s, b"nan"),
    }
}

/// Whether a text begins with a word, in any case.
fn word(s: &[u8], word: &[u8]) -> bool {
    s.get(..word.len()).is_some_and(|s| s.eq_ignore_ascii_case(word))
}

/// The number that `strtoll` or `strtod` read from the beginning of a text, and its length. What is an
/// integer but has no room is a float.
pub fn as_c(s: &[u8]) -> Option<(Value, usize)> {
    let start = usize::from(matches!(s.first(), Some(b'+' | b'-')));
    let negative = s.first() == Some(&b'-');
    let rest = &s[start..];
    let signed = |f: f64| Value::float(if negative { -f } else { f });
    for (name, value) in
        [(&b"infinity"[..], f64::INFINITY), (b"inf", f64::INFINITY), (b"nan", f64::NAN)]
    {
        if word(rest, name) {
            return Some((signed(value), start + name.len()));
        }
    }
    if let [b'0', b'x' | b'X', hex @ ..] = rest
        && let Some(len) = hex_length(hex)
    {
        let len = 2 + len;
        return str_to_float(&rest[..len]).map(|f| (signed(f), start + len));
    }
    let whole = digits(rest);
    let mut end = whole;
    if rest.get(end) == Some(&b'.') {
        let fraction = digits(&rest[end + 1..]);
        if whole + fraction == 0 {
            return None;
        }
        end += 1 + fraction;
    }
    if end == 0 {
        return None;
    }
    let is_integer = end == whole;
    let exponent = exponent(&rest[end..]);
    let next = rest.get(end + exponent);
    let len = start + end + exponent;
    let text = &s[..len];
    let text = text.strip_prefix(b"+").unwrap_or(text);
    // What looks like an exponent or a hexadecimal number makes it a float, even if it is none.
    if is_integer && exponent == 0 && !matches!(next, Some(b'e' | b'E' | b'x')) {
        return integer(text).map(|v| (v, len));
    }
    str_to_float(text).map(|f| (Value::float(f), len))
}

/// The length of a hexadecimal float behind `0x`, if it has a digit.
fn hex_length(s: &[u8]) -> Option<usize> {
    let hex = |s: &[u8]| s.iter().take_while(|c| c.is_ascii_hexdigit()).count();
    let whole = hex(s);
    let mut end = whole;
    if s.get(end) == Some(&b'.') {
        let fraction = hex(&s[end + 1..]);
        end += if whole + fraction > 0 { 1 + fraction } else { 0 };
    }
    if end == 0 {
        return None;
    }
    if matches!(s.get(end), Some(b'p' | b'P')) {
        let sign = usize::from(matches!(s.get(end + 1), Some(b'+' | b'-')));
        match digits(&s[end + 1 + sign..]) {
            0 => {}
            n => end += 1 + sign + n,
        }
    }
    Some(end)
}
