//! What the lexer could not read: it has been reported, and something of its kind takes its place
//! so that the grammar can go on.

use super::candidates::token;
use super::trial::Bench;
use crate::diag::{Code, Diagnostic};
use crate::lex::TokenKind as T;

/// Replaces the error tokens; gives the lexer's reports.
pub(super) fn soften(bench: &mut Bench<'_>) -> Vec<Diagnostic> {
    let mut reports = Vec::new();
    let mut at = 0;
    while at < bench.cells.len() {
        let cell = bench.cells[at];
        if cell.kind() != T::Error {
            at += 1;
            continue;
        }
        let Some(diagnostic) = bench.tokens.errors.get(cell.token.payload as usize).cloned() else {
            at += 1;
            continue;
        };
        let comment = bench.text(at).starts_with(b"--");
        if comment || diagnostic.code == Code::SourceTooLarge {
            bench.cells.remove(at);
        } else {
            let kind = if diagnostic.code == Code::MalformedNumber { T::Int } else { T::Str };
            bench.cells[at].token = token(bench, kind);
            at += 1;
        }
        reports.push(diagnostic);
    }
    reports
}
