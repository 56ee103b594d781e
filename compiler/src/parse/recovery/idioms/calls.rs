//! Habits of other languages around calls: `new Point(1, 2)`, `println!("…")`, `", ".join(t)`, and
//! methods in tables, `hello() { … }`.

use super::super::candidates::{Candidate, token};
use super::super::foreign::{adjacent, plain};
use super::super::trial::{Change, Context};
use super::inline::{before, partner, push, report, source_text};
use crate::lex::TokenKind as T;

/// Habits at the lexeme `n`; the error is at `at`.
pub(super) fn calls(cx: &mut Context<'_>, n: usize, at: usize, out: &mut Vec<Candidate>) {
    let kind = |k: usize| cx.lexemes.get(k).map_or(T::Eof, |lexeme| lexeme.kind());
    match cx.lexemes[n].kind() {
        T::Name if cx.text(n) == b"new" && kind(n + 1) == T::Name => new(cx, n, out),
        T::Name if kind(n + 1) == T::Other && cx.text(n + 1) == b"!" && adjacent(cx, n) => {
            macro_call(cx, n, out);
        }
        T::Name if kind(n + 1) == T::LBracket && cx.lexemes[n].indent >= 0 => {
            bracketed(cx, n, at, out);
        }
        T::Name if n + 1 == at && is_function(cx.text(n)) => unparenthesized(cx, n, out),
        T::Str if kind(n + 1) == T::Name && kind(n + 2) != T::Eq && adjacent(cx, n) => {
            inner_quotes(cx, n, out);
        }
        T::Name if kind(n + 1) == T::LParen => {
            unquoted(cx, n, out);
            method(cx, n, at, out);
        }
        T::Str if matches!(kind(n + 1), T::Dot | T::Colon) && kind(n + 2) == T::Name => {
            of_literal(cx, n, out);
        }
        _ => {}
    }
}

/// `new Point(1, 2)`, `new int[10]`.
fn new(cx: &mut Context<'_>, n: usize, out: &mut Vec<Candidate>) {
    let name = source_text(cx, n + 1, n + 2);
    let array = cx.lexemes.get(n + 2).is_some_and(|next| next.kind() == T::LBracket);
    if array && let Some(close) = partner(cx, n + 2) {
        let report = report(cx, n, close + 1, "a list is written in braces", "write `{}`");
        let remove = close + 1 - n;
        push(out, vec![Change { at: n, remove, insert: vec![plain(T::Nil)] }], report);
        return;
    }
    let help = format!("an object is made by a function: `{name}.new(…)`");
    let report = report(cx, n, n + 2, "Lua has no `new`", &help);
    push(out, vec![Change::delete(n, 1)], report);
}

/// `println!("…")`, `vec![1, 2]`.
fn macro_call(cx: &mut Context<'_>, n: usize, out: &mut Vec<Candidate>) {
    let help = match cx.text(n) {
        b"println" | b"print" | b"eprintln" => "write `print(…)`",
        b"format" => "write `string.format(…)`",
        b"panic" => "write `error(…)`",
        b"vec" => "write a list in braces: `{1, 2}`",
        _ => "call a function, without the `!`",
    };
    let open = n + 2;
    let (next, close) = (cx.lexemes.get(open).map(|next| next.kind()), partner(cx, open));
    let (Some(T::LParen | T::LBracket), Some(close)) = (next, close) else { return };
    let report = report(cx, n, n + 2, "Lua has no macros", help);
    let mut changes = vec![Change::delete(n + 1, 1)];
    if next == Some(T::LBracket) {
        changes = vec![Change { at: n, remove: 3, insert: vec![plain(T::LBrace)] }];
        changes.push(Change::replace(close, plain(T::RBrace)));
    }
    push(out, changes, report);
}

/// `", ".join(t)`, `"x":upper()`.
fn of_literal(cx: &mut Context<'_>, n: usize, out: &mut Vec<Candidate>) {
    let called = cx.lexemes.get(n + 3).is_some_and(|next| next.kind() == T::LParen);
    let name = source_text(cx, n + 2, n + 3);
    let string = source_text(cx, n, n + 1);
    if !called || string.contains('\n') {
        return;
    }
    let help = match name.as_str() {
        "join" => format!("write `table.concat(t, {string})`"),
        "format" => "write `string.format(format, …)`".to_string(),
        _ => format!("write `({string}):{name}(…)`"),
    };
    let message = "a method of a literal string is called on it in parentheses";
    let report = report(cx, n, n + 3, message, &help);
    let mut insert = vec![plain(T::LParen)];
    insert.push(cx.lexemes[n].token);
    insert.extend([plain(T::RParen), plain(T::Colon)]);
    push(out, vec![Change { at: n, remove: 2, insert }], report);
}

/// Is this a function of the library that takes a value?
fn is_function(name: &[u8]) -> bool {
    matches!(
        name,
        b"tostring" | b"tonumber" | b"type" | b"pairs" | b"ipairs" | b"require" | b"error"
    )
}

/// `print["x"]`
fn bracketed(cx: &mut Context<'_>, n: usize, at: usize, out: &mut Vec<Candidate>) {
    let Some(close) = partner(cx, n + 1) else { return };
    let function = is_function(cx.text(n)) || cx.text(n) == b"print";
    if !function || close + 1 != at || close == n + 2 {
        return;
    }
    let (name, value) = (source_text(cx, n, n + 1), source_text(cx, n + 2, close));
    let help = format!("write `{name}({value})`");
    let report = report(cx, n + 1, close + 1, "a function is called with parentheses", &help);
    let changes =
        vec![Change::replace(n + 1, plain(T::LParen)), Change::replace(close, plain(T::RParen))];
    push(out, changes, report);
}

/// `tostring 5`
fn unparenthesized(cx: &mut Context<'_>, n: usize, out: &mut Vec<Candidate>) {
    let line = cx.lexemes[n].line;
    let of = |kind: T| cx.lexemes.iter().filter(|l| l.line == line && l.kind() == kind).count();
    // With one parenthesis missing, it is that.
    let balanced = of(T::LParen) == of(T::RParen);
    if !balanced || !matches!(cx.lexemes[n + 1].kind(), T::Int | T::Float | T::Name) {
        return;
    }
    let (name, value) = (source_text(cx, n, n + 1), source_text(cx, n + 1, n + 2));
    let message = format!("`{name}` is a function");
    let report = report(cx, n, n + 2, &message, &format!("write `{name}({value})`"));
    let changes =
        vec![Change::insert(n + 1, plain(T::LParen)), Change::insert(n + 2, plain(T::RParen))];
    push(out, changes, report);
}

/// `"he said "hi" to me"`
fn inner_quotes(cx: &mut Context<'_>, n: usize, out: &mut Vec<Candidate>) {
    let line = cx.lexemes[n].line;
    let rest = (n + 1..cx.lexemes.len()).take_while(|&k| cx.lexemes[k].line == line);
    let Some(last) = rest.clone().find(|&k| cx.lexemes[k].kind() == T::Str) else { return };
    if !adjacent(cx, last - 1) || (n + 1..last).any(|k| cx.lexemes[k].kind() != T::Name) {
        return;
    }
    let help = "write `\\\"` for a quote in the string, or enclose the string in `'…'`";
    let report = report(cx, n + 1, last, "the string ends at its second quote", help);
    push(out, vec![Change::delete(n + 1, last - n)], report);
}

/// `print(hello world)`
fn unquoted(cx: &mut Context<'_>, n: usize, out: &mut Vec<Candidate>) {
    let Some(close) = partner(cx, n + 1) else { return };
    let words = &cx.lexemes[n + 2..close];
    let is_word = |k: usize| cx.lexemes[k].kind() == T::Name && cx.text(k).len() > 2;
    if cx.text(n) != b"print" || words.len() < 2 || !(n + 2..close).all(is_word) {
        return;
    }
    let text = source_text(cx, n + 2, close);
    let help = format!("write `\"{text}\"`");
    let report = report(cx, n + 2, close, "text is written in quotes", &help);
    let string = token(cx, T::Str);
    push(out, vec![Change { at: n + 2, remove: close - n - 2, insert: vec![string] }], report);
}

/// `{ hello() { … } }`
fn method(cx: &mut Context<'_>, n: usize, at: usize, out: &mut Vec<Candidate>) {
    let Some(close) = partner(cx, n + 1) else { return };
    let brace = close + 1;
    let opens = cx.lexemes.get(brace).is_some_and(|next| next.kind() == T::LBrace);
    let Some(end) = partner(cx, brace).filter(|&end| opens && end >= at) else { return };
    if !matches!(before(cx, n), T::LBrace | T::Comma | T::Semi) {
        return;
    }
    let name = source_text(cx, n, n + 1);
    let params = source_text(cx, n + 1, close + 1);
    let help = format!("write `{name} = function{params} … end`");
    let report = report(cx, n, close + 1, "a method is a field of its table", &help);
    let value = token(cx, T::Name);
    push(out, vec![Change { at: n, remove: end + 1 - n, insert: vec![value] }], report);
}
