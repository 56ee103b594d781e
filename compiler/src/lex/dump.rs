//! The tokens as text: one a line, `line:start..end kind payload`.

use std::fmt::Write;

use super::token::{TokenKind, Tokens};
use crate::source::Source;

/// All tokens of `source`, one a line.
pub fn dump_tokens(tokens: &Tokens, source: &Source) -> String {
    let mut out = String::new();
    for (token, span) in tokens.tokens.iter().zip(&tokens.spans) {
        let line = source.line(span.start);
        let _ = write!(out, "{line}:{}..{} {}", span.start, span.end, token.kind.text());
        let index = token.payload as usize;
        let _ = match token.kind {
            TokenKind::Name
            | TokenKind::Str
            | TokenKind::InterpWhole
            | TokenKind::InterpBegin
            | TokenKind::InterpMid
            | TokenKind::InterpEnd => {
                write!(out, " {}", tokens.names.bytes(token.sym()).escape_ascii())
            }
            TokenKind::Int => write!(out, " {}", tokens.ints[index]),
            TokenKind::Float => write!(out, " {:?}", tokens.floats[index]),
            TokenKind::Other => write!(out, " {}", token.payload),
            TokenKind::Error => write!(out, " {}", tokens.errors[index].code),
            _ => Ok(()),
        };
        out.push('\n');
    }
    out
}
