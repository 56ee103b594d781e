//! Invalid tokens: they have been reported, and are replaced by a valid token of the same kind
//! so that the grammar can continue.

use super::candidates::token;
use super::trial::Context;
use crate::diag::{Code, Diagnostic};
use crate::lex::TokenKind as T;

/// Replaces the error tokens; returns the lexer's diagnostics.
pub(super) fn replace_error_tokens(cx: &mut Context<'_>) -> Vec<Diagnostic> {
    let mut reports: Vec<Diagnostic> = Vec::new();
    // The last string that is not closed.
    let mut open: Option<usize> = None;
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
        if diagnostic.code == Code::UnfinishedString {
            if let Some(first) = open.filter(|&first| ends_string(cx, first, at))
                && let Some(report) = reports.pop()
            {
                let end = diagnostic.span;
                cx.lexemes.drain(first + 1..=at);
                let mut report = report.with_secondary(end, "the string seems to end here");
                report.help = vec!["a string of several lines is written `[[ … ]]`".into()];
                reports.push(report);
                (open, at) = (None, first + 1);
                continue;
            }
            open = Some(at);
        }
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

/// Whether the string that begins at `at` is the end of one that begins on an earlier line, at `first`:
/// the same quote, with nothing behind it that looks like text.
fn ends_string(cx: &Context<'_>, first: usize, at: usize) -> bool {
    let (begin, end) = (cx.text(first), cx.text(at));
    let closes = |b: &u8| matches!(b, b')' | b'}' | b']' | b',' | b';' | b' ' | b'\t' | b'\r');
    matches!(begin.first(), Some(b'"' | b'\''))
        && begin.first() == end.first()
        && end[1..].iter().all(closes)
        && cx.lexemes[first].line < cx.lexemes[at].line
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
