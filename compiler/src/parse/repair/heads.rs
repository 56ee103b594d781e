//! Heads of statements that are almost right: declared fields, functions with indices for names,
//! loops with one bound, methods without arguments.

use super::candidates::{Candidate, token};
use super::foreign::{known, plain};
use super::trial::{Bench, Change};
use crate::Span;
use crate::diag::{Code, Diagnostic};
use crate::lex::TokenKind as T;

/// Known mistakes of heads around the fault at `at`.
pub(super) fn heads(bench: &mut Bench<'_>, at: usize, out: &mut Vec<Candidate>) {
    declared_field(bench, at, out);
    indexed_function(bench, at, out);
    one_bound(bench, at, out);
    parentheses(bench, at, out);
    colon_field(bench, at, out);
}

/// Cells before `at` on its line, the nearest first.
fn before(bench: &Bench<'_>, at: usize) -> impl Iterator<Item = usize> + Clone {
    let line = bench.cells[at].line;
    (0..at).rev().take_while(move |&n| bench.cells[n].line == line)
}

/// `local a.b = 1`: a field cannot be declared.
fn declared_field(bench: &Bench<'_>, at: usize, out: &mut Vec<Candidate>) {
    if !matches!(bench.cells[at].kind(), T::Dot | T::LBracket | T::Colon) {
        return;
    }
    let declares = |&n: &usize| bench.cells[n].kind() == T::Local;
    let Some(place) = before(bench, at).take(3).find(declares) else { return };
    let local = bench.cells[place].span;
    let behind = Span::new(local.start, bench.cells[place + 1].span.start);
    let report = Diagnostic::new(Code::UnexpectedToken, local, "`local` declares names only")
        .with_label("this declares a variable")
        .with_secondary(bench.cells[at].span, "and this is a field")
        .with_fix("remove `local`", false, behind, "");
    out.push(known(vec![Change::delete(place, 1)], 0.6, report));
}

/// `function t[1]() … end`
fn indexed_function(bench: &Bench<'_>, at: usize, out: &mut Vec<Candidate>) {
    if bench.cells[at].kind() != T::LBracket {
        return;
    }
    let path = |&n: &usize| matches!(bench.cells[n].kind(), T::Name | T::Dot | T::Colon);
    let head = before(bench, at).find(|n| !path(n));
    if head.is_none_or(|n| bench.cells[n].kind() != T::Function) {
        return;
    }
    let line = bench.cells[at].line;
    let on_line = (at..bench.cells.len()).take_while(|&n| bench.cells[n].line == line);
    let Some(close) = on_line.clone().find(|&n| bench.cells[n].kind() == T::RBracket) else {
        return;
    };
    let span = Span::new(bench.cells[at].span.start, bench.cells[close].span.end);
    let report = Diagnostic::new(Code::UnexpectedToken, span, "a function's name has no indices")
        .with_label("expected `(`")
        .with_help("assign it: `t[k] = function() … end`");
    out.push(known(vec![Change::delete(at, close + 1 - at)], 0.5, report));
}

/// `for i = 1 do`
fn one_bound(bench: &mut Bench<'_>, at: usize, out: &mut Vec<Candidate>) {
    if bench.cells[at].kind() != T::Do {
        return;
    }
    let Some(head) = before(bench, at).find(|&n| bench.cells[n].kind() == T::For) else { return };
    let cells = &bench.cells[head..at];
    if cells.get(2).is_none_or(|cell| cell.kind() != T::Eq) {
        return;
    }
    let end = bench.cells[at - 1].span.end;
    let message = "a loop over numbers needs a first and a last one";
    let report = Diagnostic::new(Code::Expected, Span::new(end, end), message)
        .with_label("expected `,` and the last number");
    let insert = vec![plain(T::Comma), token(bench, T::Int)];
    out.push(known(vec![Change { at, remove: 0, insert }], 0.6, report));
}

/// `{ a: 1 }`
fn colon_field(bench: &Bench<'_>, at: usize, out: &mut Vec<Candidate>) {
    for colon in [at, at.saturating_sub(1)] {
        let kind = |n: usize| bench.cells[n].kind();
        let is_key = colon >= 2
            && kind(colon) == T::Colon
            && kind(colon - 1) == T::Name
            && matches!(kind(colon - 2), T::LBrace | T::Comma | T::Semi);
        if !is_key {
            continue;
        }
        let span = bench.cells[colon].span;
        let message = "the fields of a table are written with `=`";
        let report = Diagnostic::new(Code::ForeignOperator, span, message)
            .with_label("`:` calls a method")
            .with_fix("write ` =`", true, span, " =");
        out.push(known(vec![Change::replace(colon, plain(T::Eq))], 0.4, report));
    }
}

/// `s:len` without a call, `function f` without parameters.
fn parentheses(bench: &Bench<'_>, at: usize, out: &mut Vec<Candidate>) {
    let Some(before) = at.checked_sub(2) else { return };
    let [opener, name] = [bench.cells[before], bench.cells[at - 1]];
    if name.kind() != T::Name || bench.cells[at].kind() == T::LParen {
        return;
    }
    let line = name.line;
    let mut on_line = (0..at).rev().take_while(|&n| bench.cells[n].line == line);
    let declares = on_line.any(|n| {
        let path = &bench.cells[n + 1..at];
        bench.cells[n].kind() == T::Function
            && path.iter().all(|cell| matches!(cell.kind(), T::Name | T::Dot | T::Colon))
    });
    let end = Span::new(name.span.end, name.span.end);
    let report = if declares {
        Diagnostic::new(Code::Expected, end, "a function has its parameters in parentheses")
            .with_label("expected `(`")
    } else if opener.kind() == T::Colon {
        Diagnostic::new(Code::Expected, name.span, "a method can only be called")
            .with_label("expected arguments behind this")
            .with_help("`.` reads a field without calling it")
    } else {
        return;
    };
    let report = report.with_fix("write `()`", declares, end, "()");
    let insert = vec![plain(T::LParen), plain(T::RParen)];
    out.push(known(vec![Change { at, remove: 0, insert }], 0.7, report));
}
