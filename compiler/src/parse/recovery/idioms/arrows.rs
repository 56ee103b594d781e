//! Arrow functions of other languages, and keys of tables before `=>` or `:`.

use super::super::candidates::Candidate;
use super::super::foreign::plain;
use super::super::trial::{Change, Context};
use super::inline::{before, operator, partner, push, report, source_text, span};
use super::line_start;
use super::pattern::ends_operand;
use crate::diag::{Code, Diagnostic};
use crate::lex::{Token, TokenKind as T};
use crate::parse::Std;

/// `x => e`, `(x) => e`, `(x) -> e`, `function(x) => e`, `->(x) { e }`; and `key => value`.
pub(super) fn arrow(cx: &mut Context<'_>, n: usize, wide: usize, out: &mut Vec<Candidate>) {
    let fat = cx.lexemes[n].kind() == T::Eq;
    let Some(last) = n.checked_sub(1) else { return };
    if fat && (pair(cx, n, out) || comparison(cx, n, out)) {
        return;
    }
    let message = "a function is written with `function`, or with bars and `->`";
    let plain_message = "a function is written with `function`";
    let luka = cx.options.std == Std::Luka;
    let message = if luka { message } else { plain_message };
    // Ruby's `->(x) { … }`.
    if !ends_operand(before(cx, n)) {
        let open = n + wide;
        if cx.lexemes.get(open).is_none_or(|next| next.kind() != T::LParen) {
            return;
        }
        let Some(close) = partner(cx, open) else { return };
        let Some(brace) = partner(cx, close + 1) else { return };
        let params = source_text(cx, open, close + 1);
        let report = report(cx, n, close + 1, message, &help(&params, luka));
        let remove = brace + 1 - n;
        push(out, vec![Change { at: n, remove, insert: vec![plain(T::Nil)] }], report);
        return;
    }
    let (from, params, mut changes) = match cx.lexemes[last].kind() {
        T::Name if fat => (last, source_text(cx, last, n), Vec::new()),
        T::RParen => {
            let Some(open) = (0..last).rev().take(60).find(|&k| partner(cx, k) == Some(last))
            else {
                return;
            };
            let names = &cx.lexemes[open + 1..last];
            if !names.iter().all(|l| matches!(l.kind(), T::Name | T::Comma | T::Dots)) {
                return;
            }
            let function = before(cx, open) == T::Function;
            let mut changes = Vec::new();
            if function {
                changes.push(Change::delete(open - 1, 1));
            }
            changes.push(Change::replace(open, plain(T::Pipe)));
            changes.push(Change::replace(last, plain(T::Pipe)));
            let from = if function { open - 1 } else { open };
            (from, source_text(cx, open, last + 1), changes)
        }
        _ => return,
    };
    let report = report(cx, from, n + wide, message, &help(&params, luka));
    if luka {
        changes.push(Change { at: n, remove: wide, insert: vec![plain(T::Arrow)] });
        let body = n + wide;
        if cx.lexemes.get(body).is_some_and(|next| next.kind() == T::LBrace)
            && let Some(close) = partner(cx, body)
        {
            changes.push(Change::replace(body, plain(T::Do)));
            changes.push(Change::replace(close, plain(T::End)));
        }
    } else {
        // The body is read as the operand of `not`.
        let remove = n + wide - from;
        changes = vec![Change { at: from, remove, insert: vec![plain(T::Not)] }];
    }
    push(out, changes, report);
}

/// `x => 1` in a condition.
fn comparison(cx: &Context<'_>, n: usize, out: &mut Vec<Candidate>) -> bool {
    let first = line_start(cx, n);
    let head = |k: &usize| {
        matches!(cx.lexemes[*k].kind(), T::If | T::ElseIf | T::While | T::Until | T::And | T::Or)
    };
    let found = (first..n).rfind(head).is_some();
    if found {
        let report = operator(cx, n, n + 2, "greater or equal is written `>=`", ">=");
        push(out, vec![Change { at: n, remove: 2, insert: vec![plain(T::GreaterEq)] }], report);
    }
    found
}

/// How a function with these parameters is written.
pub(super) fn help(params: &str, luka: bool) -> String {
    let params = params.trim_start_matches('(').trim_end_matches(')');
    if luka {
        format!("write `|{params}| -> …`, or `function({params}) … end`")
    } else {
        format!("write `function({params}) return … end`")
    }
}

/// `"key" => value` and `:key => value` in a table.
fn pair(cx: &mut Context<'_>, n: usize, out: &mut Vec<Candidate>) -> bool {
    let key = n - 1;
    let kind = cx.lexemes[key].kind();
    let symbol = kind == T::Name && before(cx, key) == T::Colon;
    let start = if symbol { key - 1 } else { key };
    if !matches!(before(cx, start), T::LBrace | T::Comma | T::Semi)
        || !matches!(kind, T::Str | T::Name)
    {
        return false;
    }
    // A parameter of an arrow function may follow a comma, too.
    if kind == T::Name && !symbol {
        return before(cx, start) == T::LBrace;
    }
    let insert = key_tokens(cx, key);
    let report = field_report(cx, start, n + 2, key);
    push(out, vec![Change { at: start, remove: n + 2 - start, insert }], report);
    true
}

/// `["key"] =`, or `key =`.
pub(super) fn key_tokens(cx: &mut Context<'_>, key: usize) -> Vec<Token> {
    let token = cx.lexemes[key].token;
    match token.kind {
        T::Str => vec![plain(T::LBracket), token, plain(T::RBracket), plain(T::Eq)],
        _ => vec![token, plain(T::Eq)],
    }
}

pub(super) fn field_report(cx: &Context<'_>, from: usize, to: usize, key: usize) -> Diagnostic {
    let text = source_text(cx, key, key + 1);
    let name = text.trim_matches(['"', '\'']);
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
        && !crate::lex::is_reserved(name.as_bytes());
    let written = if is_name { format!("{name} =") } else { format!("[{text}] =") };
    Diagnostic::new(
        Code::ForeignOperator,
        span(cx, from, to),
        "the fields of a table are written with `=`",
    )
    .with_label("a key of other languages")
    .with_fix(format!("write `{written}`"), true, span(cx, from, to), written)
}
