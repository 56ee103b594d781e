//! Malformed heads of statements: declared fields, functions with indices in their names,
//! loops with one bound, methods without arguments.

use super::candidates::{Candidate, token};
use super::foreign::{diagnosed, plain};
use super::trial::{Change, Context};
use crate::Span;
use crate::diag::{Code, Diagnostic};
use crate::lex::TokenKind as T;

/// Specific mistakes in heads around the error at `at`.
pub(super) fn heads(cx: &mut Context<'_>, at: usize, out: &mut Vec<Candidate>) {
    declared_field(cx, at, out);
    indexed_function(cx, at, out);
    one_bound(cx, at, out);
    parentheses(cx, at, out);
    colon_field(cx, at, out);
    spaced_name(cx, at, out);
    unnamed_function(cx, at, out);
    named_value(cx, at, out);
}

/// `function () … end` as a statement.
fn unnamed_function(cx: &mut Context<'_>, at: usize, out: &mut Vec<Candidate>) {
    let begins = at.checked_sub(1).is_some_and(|n| cx.lexemes[n].kind() == T::Function);
    if !begins || cx.lexemes[at].kind() != T::LParen {
        return;
    }
    let span = cx.lexemes[at].span;
    let report = Diagnostic::new(Code::Expected, span, "a function statement needs a name")
        .with_label("expected a name")
        .with_help("write `function name(…) … end`, or `local f = function(…) … end`");
    let name = token(cx, T::Name);
    out.push(diagnosed(vec![Change::insert(at, name)], 0.3, report));
}

/// `local f = function g(x) … end`
fn named_value(cx: &Context<'_>, at: usize, out: &mut Vec<Candidate>) {
    let Some(from) = at.checked_sub(2) else { return };
    let value =
        matches!(cx.lexemes[from].kind(), T::Eq | T::LParen | T::Comma | T::Return | T::LBrace);
    if !value
        || cx.lexemes[at - 1].kind() != T::Function
        || cx.lexemes[at].kind() != T::Name
        || cx.lexemes[at].line != cx.lexemes[at - 1].line
        || cx.lexemes.get(at + 1).is_none_or(|next| next.kind() != T::LParen)
    {
        return;
    }
    let span = cx.lexemes[at].span;
    let message = "a function in an expression has no name";
    let report = Diagnostic::new(Code::UnexpectedToken, span, message)
        .with_label("expected `(`")
        .with_fix("remove it", false, span, "");
    out.push(diagnosed(vec![Change::delete(at, 1)], 0.3, report));
}

/// `function my name()`
fn spaced_name(cx: &Context<'_>, at: usize, out: &mut Vec<Candidate>) {
    let Some(from) = at.checked_sub(2) else { return };
    let kind = |n: usize| cx.lexemes.get(n).map(|lexeme| lexeme.kind());
    let named = kind(from) == Some(T::Function) && kind(at - 1) == Some(T::Name);
    if !named || kind(at) != Some(T::Name) || kind(at + 1) != Some(T::LParen) {
        return;
    }
    let text = |n: usize| String::from_utf8_lossy(cx.text(n)).into_owned();
    let name = format!("{}_{}", text(at - 1), text(at));
    let span = Span::new(cx.lexemes[at - 1].span.start, cx.lexemes[at].span.end);
    let report = Diagnostic::new(Code::UnexpectedToken, span, "a name has no spaces")
        .with_label("two names")
        .with_help(format!("write `{name}`"));
    out.push(diagnosed(vec![Change::delete(at, 1)], 0.3, report));
}

/// The lexemes before `at` on its line, from right to left.
fn before(cx: &Context<'_>, at: usize) -> impl Iterator<Item = usize> + Clone {
    let line = cx.lexemes[at].line;
    (0..at).rev().take_while(move |&n| cx.lexemes[n].line == line)
}

/// `local a.b = 1`: a field cannot be declared.
fn declared_field(cx: &Context<'_>, at: usize, out: &mut Vec<Candidate>) {
    if !matches!(cx.lexemes[at].kind(), T::Dot | T::LBracket | T::Colon) {
        return;
    }
    let function = at >= 2 && cx.lexemes[at - 2].kind() == T::Function;
    let Some(place) = at.checked_sub(2 + usize::from(function)) else { return };
    if cx.lexemes[place].kind() != T::Local || cx.lexemes[at - 1].kind() != T::Name {
        return;
    }
    let local = cx.lexemes[place].span;
    let behind = Span::new(local.start, cx.lexemes[place + 1].span.start);
    let report =
        Diagnostic::new(Code::UnexpectedToken, local, "`local` declares variables, not fields")
            .with_label("this declares a variable")
            .with_secondary(cx.lexemes[at].span, "and this is a field")
            .with_fix("remove `local`", false, behind, "");
    out.push(diagnosed(vec![Change::delete(place, 1)], 0.6, report));
}

/// `function t[1]() … end`
fn indexed_function(cx: &Context<'_>, at: usize, out: &mut Vec<Candidate>) {
    if cx.lexemes[at].kind() != T::LBracket {
        return;
    }
    let path = |&n: &usize| matches!(cx.lexemes[n].kind(), T::Name | T::Dot | T::Colon);
    let head = before(cx, at).find(|n| !path(n));
    if head.is_none_or(|n| cx.lexemes[n].kind() != T::Function) {
        return;
    }
    let line = cx.lexemes[at].line;
    let on_line = (at..cx.lexemes.len()).take_while(|&n| cx.lexemes[n].line == line);
    let Some(close) = on_line.clone().find(|&n| cx.lexemes[n].kind() == T::RBracket) else {
        return;
    };
    let span = Span::new(cx.lexemes[at].span.start, cx.lexemes[close].span.end);
    let report = Diagnostic::new(Code::UnexpectedToken, span, "a function's name has no indices")
        .with_label("expected `(`")
        .with_help("assign it: `t[k] = function() … end`");
    out.push(diagnosed(vec![Change::delete(at, close + 1 - at)], 0.5, report));
}

/// `for i = 1 do`
fn one_bound(cx: &mut Context<'_>, at: usize, out: &mut Vec<Candidate>) {
    if cx.lexemes[at].kind() != T::Do {
        return;
    }
    let Some(head) = before(cx, at).find(|&n| cx.lexemes[n].kind() == T::For) else { return };
    let lexemes = &cx.lexemes[head..at];
    if lexemes.get(2).is_none_or(|lexeme| lexeme.kind() != T::Eq) {
        return;
    }
    let end = cx.lexemes[at - 1].span.end;
    let message = "a numeric loop needs a start and a limit";
    let report = Diagnostic::new(Code::Expected, Span::new(end, end), message)
        .with_label("expected `,` and the limit");
    let insert = vec![plain(T::Comma), token(cx, T::Int)];
    out.push(diagnosed(vec![Change { at, remove: 0, insert }], 0.6, report));
}

/// `{ a: 1 }`
fn colon_field(cx: &Context<'_>, at: usize, out: &mut Vec<Candidate>) {
    for colon in [at, at.saturating_sub(1)] {
        let kind = |n: usize| cx.lexemes[n].kind();
        let is_key = colon >= 2
            && kind(colon) == T::Colon
            && kind(colon - 1) == T::Name
            && matches!(kind(colon - 2), T::LBrace | T::Comma | T::Semi);
        if !is_key {
            continue;
        }
        let span = cx.lexemes[colon].span;
        let message = "the fields of a table are written with `=`";
        let report = Diagnostic::new(Code::ForeignOperator, span, message)
            .with_label("`:` calls a method")
            .with_fix("write ` =`", true, span, " =");
        out.push(diagnosed(vec![Change::replace(colon, plain(T::Eq))], 0.4, report));
    }
}

/// `s:len` without a call, `function f` without parameters.
fn parentheses(cx: &Context<'_>, at: usize, out: &mut Vec<Candidate>) {
    let Some(before) = at.checked_sub(2) else { return };
    let [opener, name] = [cx.lexemes[before], cx.lexemes[at - 1]];
    if name.kind() != T::Name || cx.lexemes[at].kind() == T::LParen {
        return;
    }
    let line = name.line;
    let mut on_line = (0..at).rev().take_while(|&n| cx.lexemes[n].line == line);
    let declares = on_line.any(|n| {
        let path = &cx.lexemes[n + 1..at];
        cx.lexemes[n].kind() == T::Function
            && path.iter().all(|lexeme| matches!(lexeme.kind(), T::Name | T::Dot | T::Colon))
    });
    let end = Span::new(name.span.end, name.span.end);
    let report = if declares {
        Diagnostic::new(
            Code::Expected,
            end,
            "the parameters of a function are written in parentheses",
        )
        .with_label("expected `(`")
    } else if opener.kind() == T::Colon {
        Diagnostic::new(Code::Expected, name.span, "a method can only be called")
            .with_label("expected arguments after this")
            .with_help("`.` reads a field without calling it")
    } else {
        return;
    };
    let report = report.with_fix("write `()`", declares, end, "()");
    let insert = vec![plain(T::LParen), plain(T::RParen)];
    out.push(diagnosed(vec![Change { at, remove: 0, insert }], 0.7, report));
}
