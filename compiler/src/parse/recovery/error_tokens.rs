//! Invalid tokens: they have been reported, and are replaced by a valid token of the same kind
//! so that the grammar can continue.

use super::candidates::token;
use super::trial::Context;
use crate::diag::{Code, Diagnostic};
use crate::lex::TokenKind as T;

/// Replaces the error tokens; returns the lexer's diagnostics.
pub(super) fn replace_error_tokens(cx: &mut Context<'_>) -> Vec<Diagnostic> {
    let mut reports = Vec::new();
    let mut at = 0;
    while at < cx.lexemes.len() {
        let lexeme = cx.lexemes[at];
        if lexeme.kind() != T::Error {
            at += 1;
            continue;
        }
        let Some(diagnostic) = cx.tokens.errors.get(lexeme.token.payload as usize).cloned() else {
            at += 1;
            continue;
        };
        let comment = cx.text(at).starts_with(b"--");
        if comment || diagnostic.code == Code::SourceTooLarge {
            cx.lexemes.remove(at);
        } else {
            let kind = kind(cx.text(at), diagnostic.code);
            cx.lexemes[at].token = token(cx, kind);
            at += 1;
        }
        reports.push(diagnostic);
    }
    reports
}

/// What an invalid token is: a number, a string or a piece of one.
fn kind(text: &[u8], code: Code) -> T {
    match (text.first(), text.last()) {
        _ if code == Code::MalformedNumber => T::Int,
        (Some(b'`'), Some(b'{')) if code != Code::UnfinishedString => T::InterpBegin,
        (Some(b'}'), Some(b'{')) if code != Code::UnfinishedString => T::InterpMid,
        (Some(b'}'), _) => T::InterpEnd,
        _ => T::Str,
    }
}
