//! Habits of other languages with brackets: lists and slices, lists of values and casts in parentheses,
//! named arguments, `t?[1]`, regular expressions.

use super::super::candidates::{Candidate, token};
use super::super::foreign::{adjacent, plain};
use super::super::trial::{Change, Context};
use super::inline::{before, operator, partner, push, report, source_text};
use super::pattern::{ends_operand, is_simple_type};
use super::{line_end, line_start};
use crate::diag::{Code, Diagnostic, Edit};
use crate::lex::TokenKind as T;

/// `[1, 2]` and `[]int{1, 2}`, and `t[1:2]`.
pub(super) fn list(cx: &mut Context<'_>, open: usize, out: &mut Vec<Candidate>) {
    let Some(close) = partner(cx, open) else { return };
    let inside = open + 1..close;
    if ends_operand(before(cx, open)) {
        if let Some(colon) = inside.clone().find(|&n| cx.lexemes[n].kind() == T::Colon) {
            let help = "copy with `{table.unpack(t, i, j)}`, or write `s:sub(i, j)` for a string";
            let report = report(cx, open, close + 1, "Lua has no slices", help);
            push(out, vec![Change::replace(colon, plain(T::DotDot))], report);
        } else if inside.is_empty() {
            let list = source_text(cx, open - 1, open);
            let help = format!("`{list}[#{list} + 1] = …` adds an item at the end of a list");
            let report = report(cx, open, close + 1, "an index is missing", &help);
            let index = token(cx, T::Int);
            push(out, vec![Change::insert(close, index)], report);
        } else if let Some(comma) = inside.clone().find(|&n| cx.lexemes[n].kind() == T::Comma) {
            let help = "write `t[i][j]` for a list of lists, `s:sub(i, j)` for a part of a string";
            let report = report(cx, open, close + 1, "an index is one value", help);
            push(out, vec![Change::replace(comma, plain(T::DotDot))], report);
        }
        return;
    }
    if before(cx, open) == T::Local || matches!(before(cx, open), T::Name | T::LBrace) {
        return;
    }
    if inside.clone().any(|n| cx.lexemes[n].kind() == T::For) {
        let help = "build the list in a loop: `for … do t[#t + 1] = … end`";
        let report = report(cx, open, close + 1, "Lua has no list comprehensions", help);
        let remove = close + 1 - open;
        push(out, vec![Change { at: open, remove, insert: vec![plain(T::Nil)] }], report);
        return;
    }
    let message = "a list is written in braces";
    if inside.is_empty() && cx.lexemes.get(close + 1).is_some_and(|next| next.kind() == T::Name) {
        let report = report(cx, open, close + 2, message, "write `{1, 2}`");
        push(out, vec![Change::delete(open, 3)], report);
        return;
    }
    let edit = |n: usize, text: &str| Edit { span: cx.lexemes[n].span, text: text.into() };
    let report = Diagnostic::new(Code::ForeignSyntax, cx.lexemes[open].span, message)
        .with_label("an expression does not begin with `[`")
        .with_secondary(cx.lexemes[close].span, "the list ends here")
        .with_edits("write `{…}`", false, vec![edit(open, "{"), edit(close, "}")]);
    let changes =
        vec![Change::replace(open, plain(T::LBrace)), Change::replace(close, plain(T::RBrace))];
    push(out, changes, report);
}

/// `(1, 2)` as a value, and `(int) x`.
pub(super) fn parenthesis(cx: &mut Context<'_>, open: usize, at: usize, out: &mut Vec<Candidate>) {
    let Some(close) = partner(cx, open) else { return };
    if ends_operand(before(cx, open)) || before(cx, open) == T::Function {
        return;
    }
    if close == open + 2 && is_simple_type(cx.text(open + 1)) {
        let help =
            "convert with `math.tointeger(x)`, `math.floor(x)`, `tonumber(s)` or `tostring(x)`";
        let report = report(cx, open, close + 1, "Lua has no casts", help);
        push(out, vec![Change::delete(open, 3)], report);
        return;
    }
    if cx.lexemes[at].kind() != T::Comma || at <= open || at >= close {
        return;
    }
    let inner = (open + 1..at).rev().find(|&k| partner(cx, k).is_some_and(|c| c > at));
    if inner.is_some() {
        return;
    }
    let help = match before(cx, open) {
        T::Return => "return several values without parentheses: `return a, b`",
        _ => "a list of values is a table: `{a, b}`",
    };
    let report = report(cx, open, close + 1, "parentheses hold a single value", help);
    let changes =
        vec![Change::replace(open, plain(T::LBrace)), Change::replace(close, plain(T::RBrace))];
    push(out, changes, report);
}

/// `f(a=1)`, `print(x, end="")`.
pub(super) fn named_argument(cx: &mut Context<'_>, name: usize, out: &mut Vec<Candidate>) {
    if !matches!(cx.lexemes[name].kind(), T::Name | T::End)
        || !matches!(before(cx, name), T::LParen | T::Comma)
    {
        return;
    }
    let around = |&open: &usize| {
        cx.lexemes[open].kind() == T::LParen && partner(cx, open).is_some_and(|close| close > name)
    };
    let Some(open) = (0..name).rev().find(around) else { return };
    if !ends_operand(before(cx, open)) {
        return;
    }
    let help = match cx.text(open - 1) {
        b"print" if matches!(cx.text(name), b"end" | b"sep" | b"flush" | b"file") => {
            "`io.write(…)` prints without an end of line or separators"
        }
        _ => "give the values in order, or a table: `f {name = value}`",
    };
    let report = report(cx, name, name + 2, "arguments have no names", help);
    push(out, vec![Change::delete(name, 2)], report);
}

/// `t?[1]`, `f?(1)`, `x.nil?`.
pub(super) fn question(cx: &mut Context<'_>, n: usize, out: &mut Vec<Candidate>) {
    if n > 1 && cx.text(n - 1) == b"nil" && before(cx, n - 1) == T::Dot {
        let report = operator(cx, n - 2, n + 1, "nil is compared with `==`", " == nil");
        let insert = vec![plain(T::EqEq), plain(T::Nil)];
        push(out, vec![Change { at: n - 2, remove: 3, insert }], report);
        return;
    }
    let next = cx.lexemes.get(n + 1).map_or(T::Eof, |next| next.kind());
    let head = (0..n)
        .rev()
        .take(6)
        .any(|k| cx.lexemes[k].kind() == T::Function && cx.lexemes[k].line == cx.lexemes[n].line);
    if matches!(next, T::LBracket | T::LParen) && adjacent(cx, n) && !head && n > 0 {
        let what = if next == T::LParen { "call" } else { "index" };
        let report = Diagnostic::new(
            Code::MalformedExtension,
            cx.lexemes[n].span,
            format!("an optional {what} is written with `?.`"),
        )
        .with_label("expected `?.`")
        .with_fix("write `?.`", next == T::LBracket, cx.lexemes[n].span, "?.");
        push(out, vec![Change::replace(n, plain(T::QuestionDot))], report);
    }
}

/// `/\d+/`
pub(super) fn regular_expression(cx: &mut Context<'_>, open: usize, out: &mut Vec<Candidate>) {
    if ends_operand(before(cx, open)) || cx.text(open + 1) == b"*" {
        return;
    }
    let end = line_end(cx, line_start(cx, open));
    let Some(close) = (open + 1..end).find(|&n| cx.lexemes[n].kind() == T::Slash) else { return };
    let help = "a pattern is a string, and has `%` where others have `\\`: `\"%d+\"`";
    let report = report(cx, open, close + 1, "Lua has no regular expressions", help);
    let string = token(cx, T::Str);
    push(out, vec![Change { at: open, remove: close + 1 - open, insert: vec![string] }], report);
}
