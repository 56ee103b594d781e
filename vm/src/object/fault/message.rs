//! The message of a fault: PUC Lua's text, byte for byte.

use super::{BadArgument, Fault, FaultKind, FaultOperand, ForPart, Problem};
use std::fmt;

impl ForPart {
    /// As messages name it.
    pub fn name(self) -> &'static str {
        match self {
            ForPart::Initial => "initial value",
            ForPart::Limit => "limit",
            ForPart::Step => "step",
        }
    }
}

impl Fault {
    /// The message without position. Bytes: names and types are the program's.
    pub fn message(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.write_message(&mut out);
        out
    }

    /// Appends the message.
    pub(crate) fn write_message(&self, out: &mut Vec<u8>) {
        let blamed = self.blamed_operand();
        let attempt = match &self.kind {
            FaultKind::Index => "index",
            FaultKind::Call => "call",
            // luaG_opinterror
            FaultKind::Arithmetic(_) => "perform arithmetic on",
            FaultKind::Bitwise(_) => "perform bitwise operation on",
            FaultKind::Concat { .. } => "concatenate",
            FaultKind::Length => "get length of",
            // luaG_tointerror
            FaultKind::NoInteger => {
                out.extend_from_slice(b"number");
                write_name(out, blamed);
                return out.extend_from_slice(b" has no integer representation");
            }
            FaultKind::Compare => return self.write_compare(out),
            // luaG_forerror
            FaultKind::ForLoop(part) => {
                return push(
                    out,
                    &[
                        b"bad 'for' ",
                        part.name().as_bytes(),
                        b" (number expected, got ",
                        type_name(blamed),
                        b")",
                    ],
                );
            }
            FaultKind::ForStepZero => return out.extend_from_slice(b"'for' step is zero"),
            FaultKind::DivideByZero => return out.extend_from_slice(b"attempt to divide by zero"),
            FaultKind::ModuloByZero => return out.extend_from_slice(b"attempt to perform 'n%0'"),
            // trymt of lstrlib.c
            FaultKind::StringArithmetic(event) => {
                let [a, b] = [0, 1].map(|i| basic_type(self.operands.get(i)));
                let name = &event.name().as_bytes()[2..];
                return push(out, &[b"attempt to ", name, b" a '", a, b"' with a '", b, b"'"]);
            }
            // checkclosemth
            FaultKind::NotClosable => {
                let name = blamed.and_then(|v| v.name.as_ref()).map_or(&b"?"[..], |n| &n.name);
                return push(out, &[b"variable '", name, b"' got a non-closable value"]);
            }
            FaultKind::NilKey => return out.extend_from_slice(b"table index is nil"),
            FaultKind::NanKey => return out.extend_from_slice(b"table index is NaN"),
            FaultKind::ChainTooLong(event) => {
                let name = event.name().as_bytes();
                return push(out, &[b"'", name, b"' chain too long; possible loop"]);
            }
            FaultKind::StackOverflow => return out.extend_from_slice(b"stack overflow"),
            FaultKind::CStackOverflow => return out.extend_from_slice(b"C stack overflow"),
            FaultKind::BadArgument(bad) => return bad.write(out),
            FaultKind::Message(text) => return out.extend_from_slice(text),
            FaultKind::Raised => return out.extend_from_slice(b"an error of the program"),
            FaultKind::Memory => return out.extend_from_slice(b"not enough memory"),
            FaultKind::InHandler => return out.extend_from_slice(b"error in error handling"),
        };
        // luaG_typeerror
        push(out, &[b"attempt to ", attempt.as_bytes(), b" a ", type_name(blamed), b" value"]);
        write_name(out, blamed);
    }

    /// luaG_ordererror
    fn write_compare(&self, out: &mut Vec<u8>) {
        let [a, b] = [0, 1].map(|i| type_name(self.operands.get(i)));
        match a == b {
            true => push(out, &[b"attempt to compare two ", a, b" values"]),
            false => push(out, &[b"attempt to compare ", a, b" with ", b]),
        }
    }
}

impl BadArgument {
    /// luaL_argerror
    fn write(&self, out: &mut Vec<u8>) {
        match &self.function {
            Some(name) if self.is_method && self.index == 0 => {
                push(out, &[b"calling '", name, b"' on bad self ("]);
            }
            Some(name) => {
                let number = self.index.to_string();
                push(out, &[b"bad argument #", number.as_bytes(), b" to '", name, b"' ("]);
            }
            None => {
                let number = self.index.to_string();
                push(out, &[b"bad argument #", number.as_bytes(), b" ("]);
            }
        }
        self.problem.write(out);
        out.push(b')');
    }
}

impl Problem {
    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Problem::Type { expected, got } => {
                let got = got.as_deref().unwrap_or(b"no value");
                push(out, &[expected, b" expected, got ", got]);
            }
            Problem::Other(text) => out.extend_from_slice(text),
        }
    }
}

/// The message, with replacement characters for what is no UTF-8.
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.message()))
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = Vec::new();
        self.write(&mut text);
        f.write_str(&String::from_utf8_lossy(&text))
    }
}

fn push(out: &mut Vec<u8>, parts: &[&[u8]]) {
    for part in parts {
        out.extend_from_slice(part);
    }
}

fn type_name(operand: Option<&FaultOperand>) -> &[u8] {
    operand.map_or(b"nil", |operand| &operand.type_name)
}

fn basic_type(operand: Option<&FaultOperand>) -> &'static [u8] {
    operand.map_or(b"nil", |operand| operand.value.type_of().name().as_bytes())
}

/// ` (local 'x')` or nothing (`varinfo`).
fn write_name(out: &mut Vec<u8>, operand: Option<&FaultOperand>) {
    if let Some(name) = operand.and_then(|operand| operand.name.as_ref()) {
        push(out, &[b" (", name.what.as_bytes(), b" '", &name.name, b"')"]);
    }
}
