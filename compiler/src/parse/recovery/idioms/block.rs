//! Blocks of other languages: in braces, and indented after a colon.

use super::super::candidates::Candidate;
use super::super::foreign::{adjacent, diagnosed, plain};
use super::super::trial::{Change, Context};
use super::pattern::one;
use super::{COST, line_end, line_start};
use crate::diag::{Code, Diagnostic};
use crate::lex::TokenKind as T;

/// Adds to `changes` those for the rest of a block whose head is `start..end`: its end becomes `end`.
pub(super) fn rest(
    cx: &mut Context<'_>,
    start: usize,
    end: usize,
    changes: &mut Vec<Change>,
) -> Option<()> {
    let last = end.checked_sub(1)?;
    match cx.lexemes[last].kind() {
        T::LBrace => {
            let close = partner(cx, last)?;
            let token = one(cx, "end");
            if cx.lexemes[close].line == cx.lexemes[last].line {
                increments(cx, last, close, changes);
            }
            changes.push(Change::replace(close, token));
        }
        T::Colon => {
            let to = dedent(cx, start);
            let token = one(cx, "end");
            changes.push(Change::insert(to, token));
        }
        _ => chain(cx, start, changes),
    }
    Some(())
}

/// `i++` in a block that is repaired as a whole.
pub(in crate::parse::recovery) fn increments(
    cx: &Context<'_>,
    from: usize,
    to: usize,
    changes: &mut Vec<Change>,
) {
    let plus = |n: usize| cx.lexemes[n].kind() == T::Plus;
    for n in (from + 1..to).filter(|&n| plus(n) && plus(n + 1) && adjacent(cx, n)) {
        if cx.lexemes[n - 1].kind() == T::Name {
            changes.push(Change { at: n, remove: 2, insert: vec![plain(T::Eq), plain(T::Nil)] });
        }
    }
}

/// The end of the block whose head is `start..end`, its closing token included.
pub(super) fn end_of(cx: &Context<'_>, start: usize, end: usize) -> Option<usize> {
    let last = end.checked_sub(1)?;
    Some(match cx.lexemes[last].kind() {
        T::LBrace | T::LParen => {
            let mut to = partner(cx, last)? + 1;
            // `} from "m"` belongs to it, and `} catch (e) {` with its block.
            while cx.lexemes.get(to).is_some_and(|next| next.line == cx.lexemes[to - 1].line) {
                to = line_end(cx, line_start(cx, to)).max(to);
                match cx.lexemes[to - 1].kind() {
                    T::LBrace => to = partner(cx, to - 1)? + 1,
                    _ => break,
                }
            }
            to
        }
        T::Colon => dedent(cx, start),
        // `case x` up to its `end`.
        _ => {
            let next = cx.lexemes.get(end).filter(|_| cx.text(end) == b"when")?;
            let is_end =
                |n: &usize| cx.lexemes[*n].kind() == T::End && cx.lexemes[*n].indent == next.indent;
            (end..cx.lexemes.len()).find(is_end)?
        }
    })
}

/// `rescue` and `ensure` lines of a Ruby block become `end do`.
fn chain(cx: &mut Context<'_>, start: usize, changes: &mut Vec<Change>) {
    let indent = cx.lexemes[start].indent;
    let lines: Vec<usize> = (start + 1..cx.lexemes.len())
        .filter(|&n| cx.lexemes[n].indent == indent)
        .take_while(|&n| cx.lexemes[n].kind() != T::End)
        .filter(|&n| matches!(cx.text(n), b"rescue" | b"ensure" | b"when"))
        .collect();
    for n in lines {
        let remove = line_end(cx, n) - n;
        let insert = vec![one(cx, "end"), one(cx, "do")];
        changes.push(Change { at: n, remove, insert });
    }
}

/// The first lexeme after the head at `start` that is indented no deeper.
fn dedent(cx: &Context<'_>, start: usize) -> usize {
    let indent = cx.lexemes[start].indent.max(0);
    let ends = |&n: &usize| {
        let lexeme = cx.lexemes[n];
        lexeme.kind() == T::Eof || lexeme.indent >= 0 && lexeme.indent <= indent
    };
    (start + 1..cx.lexemes.len()).find(ends).unwrap_or(cx.lexemes.len() - 1)
}

/// Is the line after the one at `start..end` indented deeper?
pub(super) fn is_deeper(cx: &Context<'_>, start: usize, end: usize) -> bool {
    cx.lexemes.get(end).is_some_and(|next| next.indent > cx.lexemes[start].indent)
}

/// The closing bracket of the brace or parenthesis at `open`.
fn partner(cx: &Context<'_>, open: usize) -> Option<usize> {
    let mut depth = 0;
    for n in open..cx.lexemes.len() {
        match cx.lexemes[n].kind() {
            T::LBrace | T::LParen => depth += 1,
            T::RBrace | T::RParen => {
                depth -= 1;
                if depth == 0 {
                    return Some(n);
                }
            }
            _ => {}
        }
    }
    None
}

/// The brace that the one at `close` closes.
pub(super) fn opener(cx: &Context<'_>, close: usize) -> Option<usize> {
    let braces = (0..close).rev().filter(|&n| cx.lexemes[n].kind() == T::LBrace);
    braces.take(400).find(|&n| partner(cx, n) == Some(close))
}

/// How a head that ends with `:` is written.
struct Head {
    word: &'static str,
    /// What replaces the first word, and the colon.
    first: &'static [&'static str],
    colon: &'static [&'static str],
    /// It continues the statement before it.
    continues: bool,
    help: &'static str,
}

const HEADS: &[Head] = &[
    Head {
        word: "if",
        first: &["if"],
        colon: &["then"],
        continues: false,
        help: "write `if … then … end`",
    },
    Head { word: "elif", first: &["elseif"], colon: &["then"], continues: true, help: "" },
    Head { word: "else", first: &["else"], colon: &[], continues: true, help: "" },
    Head {
        word: "while",
        first: &["while"],
        colon: &["do"],
        continues: false,
        help: "write `while … do … end`",
    },
    Head {
        word: "for",
        first: &["for"],
        colon: &["do"],
        continues: false,
        help: "write `for … do … end`",
    },
    Head {
        word: "def",
        first: &["function"],
        colon: &[],
        continues: false,
        help: "write `function name(…) … end`",
    },
    Head {
        word: "function",
        first: &["function"],
        colon: &[],
        continues: false,
        help: "write `function name(…) … end`",
    },
    Head {
        word: "try",
        first: &["do"],
        colon: &[],
        continues: false,
        help: "write `try do … catch e then … end`",
    },
    Head { word: "except", first: &["end", "do"], colon: &[], continues: true, help: "" },
    Head { word: "finally", first: &["end", "do"], colon: &[], continues: true, help: "" },
];

fn head_at(cx: &Context<'_>, start: usize) -> Option<(&'static Head, usize)> {
    let end = line_end(cx, start);
    let colon = end.checked_sub(1).filter(|&n| n > start || cx.text(start) == b"else")?;
    if cx.lexemes[colon].kind() != T::Colon || cx.lexemes[start].indent < 0 {
        return None;
    }
    let word = cx.text(start);
    HEADS.iter().find(|head| head.word.as_bytes() == word).map(|head| (head, colon))
}

/// A block that starts with a head and a colon, with everything that continues it: Python.
pub(super) fn block(cx: &mut Context<'_>, start: usize, out: &mut Vec<Candidate>) {
    let mut start = start;
    let Some((mut first, mut colon)) = head_at(cx, start) else { return };
    // `except` belongs to the `try` before it.
    while first.continues {
        let indent = cx.lexemes[start].indent;
        let before = (0..start).rev().find(|&n| cx.lexemes[n].indent == indent);
        let Some(before) = before else { return };
        let Some(head) = head_at(cx, before) else { return };
        start = before;
        (first, colon) = head;
    }
    if cx.lexemes[start].inserted {
        return;
    }
    let span = cx.lexemes[colon].span;
    let indent = cx.lexemes[start].indent;
    let mut changes = Vec::new();
    let (mut at, mut head, mut colon) = (start, first, colon);
    let to = loop {
        let put = |cx: &mut Context<'_>, words: &[&str]| -> Vec<_> {
            words.iter().map(|word| one(cx, word)).collect()
        };
        let insert = put(cx, head.first);
        let skips = matches!(head.word, "except" | "finally" | "try");
        let remove = if skips { colon + 1 - at } else { 1 };
        changes.push(Change { at, remove, insert });
        if !skips {
            let insert = put(cx, head.colon);
            changes.push(Change { at: colon, remove: 1, insert });
        }
        let next = dedent(cx, at);
        match head_at(cx, next) {
            Some((more, its_colon)) if more.continues && cx.lexemes[next].indent == indent => {
                (at, head, colon) = (next, more, its_colon);
            }
            _ => break next,
        }
    };
    let alone =
        |&n: &usize| cx.text(n) == b"pass" && cx.lexemes[n].indent >= 0 && line_end(cx, n) == n + 1;
    changes.extend((start..to).filter(alone).map(|n| Change::delete(n, 1)));
    luka_bytecode::order::sort_by_key(&mut changes, |change| change.at);
    let end = one(cx, "end");
    changes.push(Change::insert(to, end));
    let message = "a block ends with `end`, not with its indentation";
    let report = Diagnostic::new(Code::ForeignSyntax, span, message)
        .with_label("a block does not begin with `:`")
        .with_help(first.help);
    out.push(diagnosed(changes, COST + 0.5, report));
}
