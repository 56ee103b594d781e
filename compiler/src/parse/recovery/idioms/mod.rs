//! Habits of other languages, statement by statement: each has a report that says what to write
//! instead.
//!
//! `table` lists them as patterns of a line; `pattern` matches them; `block` repairs what follows the
//! head of a block, in braces or indented after a colon, and `one_line` finds blocks that are one line; `inline` and `arrows` have the habits within
//! expressions, `calls` those around calls, `brackets` those in brackets.

mod arrows;
pub(super) mod block;
mod brackets;
mod calls;
mod inline;
mod one_line;
mod pattern;
mod table;

use super::candidates::Candidate;
use super::foreign::diagnosed;
use super::trial::{Change, Context};
use crate::Span;
use crate::diag::{Code, Diagnostic};
use crate::lex::TokenKind as T;
use crate::parse::Std;
use inline::before;
use pattern::{Captures, replacement};
use table::{After, IDIOMS, Idiom};

/// The cost of an idiom: lower than that of all other repairs.
const COST: f32 = -4.0;

/// Idioms on the line of the error at `at`, on that of the statement that starts at `statement`,
/// and on that of the innermost of the open constructs `openers`.
pub(super) fn idioms(
    cx: &mut Context<'_>,
    at: usize,
    statement: usize,
    openers: &[usize],
) -> Vec<Candidate> {
    let mut out = Vec::new();
    let mut starts = vec![line_start(cx, at)];
    if let Some(before) = starts[0].checked_sub(1) {
        starts.push(line_start(cx, before));
    }
    starts.push(line_start(cx, statement));
    // `} catch (e) {` belongs to the line whose brace it closes.
    if cx.lexemes[starts[0]].kind() == T::RBrace
        && let Some(open) = block::opener(cx, starts[0])
    {
        starts.push(line_start(cx, open));
    }
    starts.extend(openers.iter().map(|&opener| line_start(cx, opener)));
    starts.dedup();
    for (n, &start) in starts.iter().enumerate() {
        if starts[..n].contains(&start) {
            continue;
        }
        let end = line_end(cx, start);
        part(cx, start, end, IDIOMS, &mut out);
        one_line::one_line(cx, start, end, &mut out);
        block::block(cx, start, &mut out);
    }
    if let Some((start, end)) = in_one_line(cx, at) {
        let simple = IDIOMS.iter().filter(|idiom| matches!(idiom.after, After::Nothing));
        part(cx, start, end, simple, &mut out);
    }
    inline::inline(cx, at, statement, &mut out);
    out
}

/// The first lexeme of the line of `at`.
fn line_start(cx: &Context<'_>, at: usize) -> usize {
    let line = cx.lexemes[at].line;
    (0..=at).rev().take_while(|&n| cx.lexemes[n].line == line).last().unwrap_or(at)
}

/// The end of the line that starts at `start`.
fn line_end(cx: &Context<'_>, start: usize) -> usize {
    let line = cx.lexemes[start].line;
    let ends = |&n: &usize| cx.lexemes[n].line != line || cx.lexemes[n].kind() == T::Eof;
    (start..cx.lexemes.len()).find(ends).unwrap_or(start)
}

/// The statement of `at` in a block that is part of a line: `if x then throw y end`.
fn in_one_line(cx: &Context<'_>, at: usize) -> Option<(usize, usize)> {
    let first = line_start(cx, at);
    let opens = |&n: &usize| matches!(before(cx, n), T::Then | T::Else | T::Do | T::Semi);
    let start = (first + 1..=at).rev().find(opens)?;
    let closes = |&n: &usize| {
        matches!(cx.lexemes[n].kind(), T::End | T::Else | T::ElseIf | T::Until | T::Semi)
    };
    Some((start, (start..line_end(cx, at)).find(closes)?))
}

/// Idioms that are the lexemes `start..end`: a line, or a statement of one.
fn part<'i>(
    cx: &mut Context<'_>,
    start: usize,
    mut end: usize,
    idioms: impl IntoIterator<Item = &'i Idiom>,
    out: &mut Vec<Candidate>,
) {
    if cx.lexemes[start..end].iter().any(|lexeme| lexeme.inserted) {
        return;
    }
    while end > start && cx.lexemes[end - 1].kind() == T::Semi {
        end -= 1;
    }
    for idiom in idioms {
        if let Some(captures) = pattern::matches(cx, idiom.pattern, start, end)
            && let Some(changes) = repair(cx, idiom, start, end, &captures)
        {
            let span = Span::new(cx.lexemes[start].span.start, cx.lexemes[end - 1].span.end);
            let help = match cx.options.std {
                Std::Lua54 if !idiom.lua54.is_empty() => idiom.lua54,
                _ => idiom.help,
            };
            let own = matches!(cx.text(start), b"match" | b"catch" | b"continue" | b"const")
                || cx.text(start) == b"try" && (end == start + 1 || cx.text(start + 1) == b"do");
            let (code, label) = if own {
                (Code::MalformedExtension, "")
            } else {
                (Code::ForeignSyntax, "a construct of another language")
            };
            let report = Diagnostic::new(code, span, captures.fill(idiom.message))
                .with_label(label)
                .with_help(captures.fill(help));
            out.push(diagnosed(changes, COST, report));
            return;
        }
    }
}

/// The changes for an idiom on the lexemes `start..end`.
fn repair(
    cx: &mut Context<'_>,
    idiom: &Idiom,
    start: usize,
    end: usize,
    captures: &Captures,
) -> Option<Vec<Change>> {
    if cx.text(start) == b"until" && !block::is_deeper(cx, start, end) {
        return None;
    }
    let insert = replacement(cx, idiom.head, captures);
    let head = Change { at: start, remove: end - start, insert };
    let mut changes = vec![head];
    match idiom.after {
        After::Nothing => {}
        After::Block => block::rest(cx, start, end, &mut changes)?,
        After::Skip => {
            let to = block::end_of(cx, start, end)?;
            changes[0].remove = to - start;
        }
    }
    Some(changes)
}
