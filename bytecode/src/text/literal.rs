//! Constants as text.

use std::fmt::Write;

use crate::proto::Constant;

/// The constant as a literal that gives it back exactly: floats in shortest form, with a dot or an
/// exponent; NaNs as `0f` and the sixteen digits of their bits.
pub fn constant(constant: &Constant) -> String {
    match constant {
        Constant::Nil => "nil".into(),
        Constant::False => "false".into(),
        Constant::True => "true".into(),
        Constant::Int(value) => value.to_string(),
        Constant::Float(value) if value.is_nan() => format!("0f{:016x}", value.to_bits()),
        Constant::Float(value) => format!("{value:?}"),
        Constant::Str(value) => quote(value),
    }
}

/// The string in quotes, ASCII only, bytes as `\xHH` where they are not printable.
pub fn quote(string: &[u8]) -> String {
    let mut out = String::with_capacity(string.len() + 2);
    out.push('"');
    for &byte in string {
        match byte {
            b'"' | b'\\' => {
                out.push('\\');
                out.push(byte as char);
            }
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            b' '..=b'~' => out.push(byte as char),
            _ => {
                let _ = write!(out, "\\x{byte:02x}");
            }
        }
    }
    out.push('"');
    out
}
