//! `%q`: values as literals that the language reads back.

use luka_vm::value::format;
use luka_vm::value::printf::{self, Spec};
use luka_vm::{Type, Value};

/// Appends a literal for `v`; false if it has none.
pub fn write_literal(v: Value, out: &mut Vec<u8>) -> bool {
    match v.type_of() {
        Type::Nil => out.extend_from_slice(b"nil"),
        Type::Boolean => {
            out.extend_from_slice(if v.is_falsy() { b"false" } else { b"true" });
        }
        Type::Number => match v.as_int() {
            // Its decimal form would read as a float.
            Some(i64::MIN) => out.extend_from_slice(b"0x8000000000000000"),
            Some(i) => format::write_int(i, out),
            None => write_float(v.as_float().unwrap_or(0.0), out),
        },
        Type::String => write_string(v.as_str().map_or(b"", |s| s.bytes()), out),
        _ => return false,
    }
    true
}

/// In hexadecimal, which is exact.
fn write_float(f: f64, out: &mut Vec<u8>) {
    if f.is_nan() {
        out.extend_from_slice(b"(0/0)");
    } else if f.is_infinite() {
        out.extend_from_slice(if f > 0.0 { b"1e9999" } else { b"-1e9999" });
    } else {
        printf::write_float(out, &Spec::default(), b'a', f);
    }
}

/// How many bytes the literal of a string has beyond those of the string, at most.
pub fn quoted_more(s: &[u8]) -> usize {
    2 + 3 * s.iter().filter(|c| c.is_ascii_control() || matches!(c, b'"' | b'\\')).count()
}

fn write_string(s: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
    for (i, &c) in s.iter().enumerate() {
        match c {
            b'"' | b'\\' | b'\n' => out.extend_from_slice(&[b'\\', c]),
            c if c.is_ascii_control() => {
                let digit_follows = s.get(i + 1).is_some_and(u8::is_ascii_digit);
                let digits = [c / 100, c / 10 % 10, c % 10].map(|digit| b'0' + digit);
                let needed = if digit_follows || c >= 100 { 3 } else { 1 + usize::from(c >= 10) };
                out.push(b'\\');
                out.extend_from_slice(&digits[3 - needed..]);
            }
            c => out.push(c),
        }
    }
    out.push(b'"');
}
