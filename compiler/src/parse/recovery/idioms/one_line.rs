//! Blocks in braces that begin and end on one line: `for (…) { … }`, `switch (x) { … }`.

use super::super::candidates::Candidate;
use super::super::trial::Context;
use super::inline::partner;
use super::part;
use super::table::{After, IDIOMS};
use crate::lex::TokenKind as T;

/// The heads of blocks on the line `start..end`, each looked up as if it were a line of its own.
pub(super) fn one_line(cx: &mut Context<'_>, start: usize, end: usize, out: &mut Vec<Candidate>) {
    for open in start + 1..end {
        let ends = cx.lexemes[open].kind() == T::LBrace
            && partner(cx, open).is_some_and(|close| close < end);
        if !ends {
            continue;
        }
        let heads = IDIOMS
            .iter()
            .filter(|idiom| idiom.after != After::Nothing && idiom.pattern.ends_with(" {"));
        let before = out.len();
        part(cx, start, open + 1, heads, out);
        if out.len() > before {
            return;
        }
    }
}
