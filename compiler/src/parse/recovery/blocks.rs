//! Specific mistakes of block structure: `else if` chains, braces around blocks,
//! statements after `return`.

use super::candidates::{Candidate, closer_of};
use super::foreign::{diagnosed, plain};
use super::idioms::block::increments;
use super::trial::{Change, Context};
use crate::diag::{Code, Diagnostic, Edit};
use crate::lex::TokenKind as T;

/// Specific mistakes when the grammar fails at `at` and `openers` are open, innermost first.
pub(super) fn blocks(cx: &mut Context<'_>, at: usize, openers: &[usize]) -> Vec<Candidate> {
    let mut out = Vec::new();
    else_if(cx, openers, &mut out);
    for &opener in openers {
        match cx.lexemes[opener].kind() {
            T::LBrace => braces(cx, opener, opener, &mut out),
            T::If | T::While | T::For | T::Function => {
                if let Some(open) = head_brace(cx, opener) {
                    braces(cx, opener, open, &mut out);
                }
            }
            T::Do if cx.lexemes.get(opener + 1).is_some_and(|l| l.kind() == T::LBrace) => {
                do_while(cx, opener, &mut out);
            }
            _ => {}
        }
    }
    if cx.lexemes[at].kind() == T::LBrace {
        braces(cx, at, at, &mut out);
        if at > 0 && cx.lexemes[at - 1].kind() == T::Do {
            do_while(cx, at - 1, &mut out);
        }
    }
    after_return(cx, at, &mut out);
    after_else(cx, at, &mut out);
    repeat_end(cx, at, openers, &mut out);
    condition_last(cx, openers, &mut out);
    out
}

/// `else if` for `elseif`: the `if`s after `else` have no `end`.
fn else_if(cx: &Context<'_>, openers: &[usize], out: &mut Vec<Candidate>) {
    let Some(&outer) = openers.iter().filter(|&&at| cx.lexemes[at].kind() == T::If).min() else {
        return;
    };
    let line = cx.lexemes[outer].line;
    let column = (0..=outer)
        .rev()
        .take_while(|&n| cx.lexemes[n].line == line)
        .find_map(|n| Some(cx.lexemes[n].indent).filter(|&indent| indent >= 0));
    let pairs = (outer + 1..cx.lexemes.len()).filter(|&at| {
        let before = cx.lexemes[at - 1];
        cx.lexemes[at].kind() == T::If
            && before.kind() == T::Else
            && before.line == cx.lexemes[at].line
            && Some(before.indent) == column
    });
    let ifs: Vec<usize> = pairs.take(50).collect();
    let Some(&first) = ifs.first() else { return };
    let span = crate::Span::new(cx.lexemes[first - 1].span.start, cx.lexemes[first].span.end);
    let edit = |&at: &usize| Edit {
        span: crate::Span::new(cx.lexemes[at - 1].span.start, cx.lexemes[at].span.end),
        text: "elseif".into(),
    };
    let report = Diagnostic::new(Code::ForeignElseIf, span, "`else if` opens an `if` of its own")
        .with_label("this `if` has no `end`")
        .with_edits("write `elseif`", true, ifs.iter().map(edit).collect());
    let change = |&at: &usize| Change { at: at - 1, remove: 2, insert: vec![plain(T::ElseIf)] };
    out.push(diagnosed(ifs.iter().map(change).collect(), 0.5, report));
}

/// `if c { … }`, `while c { … }`, `function f() { … }`.
/// `opener` is the head if the brace is on a later line.
fn braces(cx: &Context<'_>, opener: usize, open: usize, out: &mut Vec<Candidate>) {
    let line = cx.lexemes[open].line;
    let head = (0..open).rev().take_while(|&n| cx.lexemes[n].line == line).find(|&n| {
        matches!(
            cx.lexemes[n].kind(),
            T::If | T::ElseIf | T::Else | T::While | T::For | T::Function | T::Repeat
        )
    });
    let head = head.or((opener < open).then_some(opener));
    let Some(head) = head else { return };
    let word = match cx.lexemes[head].kind() {
        T::If | T::ElseIf => Some(T::Then),
        T::While | T::For => Some(T::Do),
        _ => None,
    };
    let mut changes = Vec::new();
    let mut edits = Vec::new();
    let mut else_ifs = Vec::new();
    let mut put = |at: usize, kind: Option<T>| {
        let insert = kind.map(plain).into_iter().collect();
        changes.push(Change { at, remove: 1, insert });
        let text = kind.map_or("", T::text).to_string();
        edits.push(Edit { span: cx.lexemes[at].span, text });
    };
    put(open, word);
    let Some(mut close) = partner(cx, open) else { return };
    let last = close;
    // `} else {` and `} elseif c {` continue the statement.
    loop {
        match cx.lexemes.get(close + 1).map(|lexeme| lexeme.kind()) {
            Some(next @ (T::Else | T::ElseIf)) => {
                put(close, None);
                let line = cx.lexemes[close + 1].line;
                let brace = (close + 2..cx.lexemes.len())
                    .take_while(|&n| cx.lexemes[n].line == line)
                    .find(|&n| cx.lexemes[n].kind() == T::LBrace);
                let Some(brace) = brace else { return };
                let chained = cx.lexemes[close + 2].kind() == T::If;
                if chained {
                    else_ifs.push(close + 1);
                }
                put(brace, (next == T::ElseIf || chained).then_some(T::Then));
                let Some(partner) = partner(cx, brace) else { return };
                close = partner;
            }
            _ => {
                put(close, Some(T::End));
                break;
            }
        }
    }
    for at in else_ifs {
        changes.push(Change { at, remove: 2, insert: vec![plain(T::ElseIf)] });
        let span = crate::Span::new(cx.lexemes[at].span.start, cx.lexemes[at + 1].span.end);
        edits.push(Edit { span, text: "elseif".into() });
    }
    if cx.lexemes[last].line == line {
        increments(cx, open, last, &mut changes);
    }
    luka_bytecode::order::sort_by_key(&mut changes, |change| change.at);
    luka_bytecode::order::sort_by_key(&mut edits, |edit| edit.span.start);
    let span = cx.lexemes[open].span;
    let help = match word {
        Some(kind) => format!("write the block between `{}` … `end`", kind.text()),
        None => "remove the `{`, and write `end` for the `}`".into(),
    };
    let report = Diagnostic::new(Code::BracesAroundBlock, span, "braces make tables, not blocks")
        .with_label("a block does not begin with `{`")
        .with_secondary(cx.lexemes[close].span, "nor end with `}`")
        .with_edits(help, false, edits);
    out.push(diagnosed(changes, 0.5, report));
}

/// The brace that ends the first line after `opener` that ends with one, before any `then` or `do`.
fn head_brace(cx: &Context<'_>, opener: usize) -> Option<usize> {
    let ends_line = |n: usize| cx.lexemes.get(n + 1).is_none_or(|next| next.indent >= 0);
    (opener..cx.lexemes.len())
        .take(60)
        .take_while(|&n| !matches!(cx.lexemes[n].kind(), T::Then | T::Do | T::End))
        .find(|&n| cx.lexemes[n].kind() == T::LBrace && (ends_line(n) || is_one_line(cx, n)))
}

/// `if (c) { … }` on one line: a brace behind a parenthesis whose partner ends the line or is
/// followed by `else`.
fn is_one_line(cx: &Context<'_>, open: usize) -> bool {
    let behind = open.checked_sub(1).is_some_and(|n| cx.lexemes[n].kind() == T::RParen);
    let Some(close) = partner(cx, open).filter(|_| behind) else { return false };
    let next = cx.lexemes.get(close + 1);
    cx.lexemes[close].line == cx.lexemes[open].line
        && next.is_none_or(|next| {
            next.indent >= 0 || matches!(next.kind(), T::Eof | T::Semi | T::Else | T::End)
        })
}

/// `do { … } while (c)`
fn do_while(cx: &Context<'_>, start: usize, out: &mut Vec<Candidate>) {
    let Some(close) = partner(cx, start + 1) else { return };
    if cx.lexemes.get(close + 1).is_none_or(|next| next.kind() != T::While) {
        return;
    }
    let report = Diagnostic::new(
        Code::ForeignSyntax,
        cx.lexemes[start].span,
        "a loop with its condition at the end is written with `repeat`",
    )
    .with_label("a construct of another language")
    .with_help("write `repeat … until not (condition)`");
    let changes = vec![
        Change { at: start, remove: 2, insert: vec![plain(T::Repeat)] },
        Change { at: close, remove: 2, insert: vec![plain(T::Until)] },
    ];
    out.push(diagnosed(changes, -1.0, report));
}

/// `do`, statements, `while c`, each on lines of their own.
fn condition_last(cx: &Context<'_>, openers: &[usize], out: &mut Vec<Candidate>) {
    let &[last, first, ..] = openers else { return };
    let (a, b) = (cx.lexemes[first], cx.lexemes[last]);
    let has_do = (last..cx.lexemes.len())
        .take_while(|&n| cx.lexemes[n].line == b.line)
        .any(|n| cx.lexemes[n].kind() == T::Do);
    if (a.kind(), b.kind()) != (T::Do, T::While) || a.indent < 0 || a.indent != b.indent || has_do {
        return;
    }
    let report = Diagnostic::new(
        Code::ForeignSyntax,
        a.span,
        "a loop with its condition at the end is written with `repeat`",
    )
    .with_label("`do` begins a block, not a loop")
    .with_secondary(b.span, "this begins another loop")
    .with_help("write `repeat … until not (condition)`");
    let changes =
        vec![Change::replace(first, plain(T::Repeat)), Change::replace(last, plain(T::Until))];
    out.push(diagnosed(changes, -1.0, report));
}

/// The `}` of a `{`.
fn partner(cx: &Context<'_>, open: usize) -> Option<usize> {
    let mut depth = 0;
    for n in open..cx.lexemes.len() {
        match cx.lexemes[n].kind() {
            T::LBrace => depth += 1,
            T::RBrace => {
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

/// `repeat … end`
fn repeat_end(cx: &Context<'_>, at: usize, openers: &[usize], out: &mut Vec<Candidate>) {
    let opener = openers.first().filter(|&&opener| cx.lexemes[opener].kind() == T::Repeat);
    let Some(&opener) = opener.filter(|_| cx.lexemes[at].kind() == T::End) else { return };
    let report = Diagnostic::new(
        Code::Expected,
        cx.lexemes[at].span,
        "a `repeat` ends with `until` and a condition",
    )
    .with_label("expected `until`")
    .with_secondary(cx.lexemes[opener].span, "this `repeat`")
    .with_help("write `until condition`, which ends the loop when it is true");
    let insert = vec![plain(T::Until), plain(T::True)];
    out.push(diagnosed(vec![Change { at, remove: 1, insert }], 0.4, report));
}

/// Statements after `return`, on a line of their own.
fn after_return(cx: &Context<'_>, at: usize, out: &mut Vec<Candidate>) {
    let lexeme = cx.lexemes[at];
    if lexeme.indent < 0 || closer_of(lexeme.kind()).is_none() && !starts_statement(lexeme.kind()) {
        return;
    }
    let line = |n: usize| cx.lexemes[n].line;
    let Some(last) = at.checked_sub(1) else { return };
    let returns = (0..at)
        .rev()
        .take_while(|&n| line(n) == line(last) || at - n < 60)
        .find(|&n| cx.lexemes[n].kind() == T::Return);
    let Some(place) = returns.filter(|&n| cx.lexemes[n].indent == lexeme.indent) else { return };
    let report = Diagnostic::new(
        Code::AfterReturn,
        lexeme.span,
        "`return` must be the last statement of its block",
    )
    .with_label("this would never be executed")
    .with_secondary(cx.lexemes[place].span, "the block ends with this `return`")
    .with_help("to return early for a test, write `do return … end`");
    let changes = vec![Change::insert(place, plain(T::Do)), Change::insert(at, plain(T::End))];
    // The inserted `do` does not affect the indentation.
    out.push(diagnosed(changes, -0.8, report));
}

fn starts_statement(kind: T) -> bool {
    matches!(
        kind,
        T::Name | T::Local | T::Return | T::LParen | T::Break | T::Goto | T::ColonColon | T::If
    )
}

/// `else` or `elseif` after the `else` of the same `if`.
fn after_else(cx: &Context<'_>, at: usize, out: &mut Vec<Candidate>) {
    let lexeme = cx.lexemes[at];
    if !matches!(lexeme.kind(), T::Else | T::ElseIf) {
        return;
    }
    let mut depth = 0;
    for n in (0..at).rev() {
        match cx.lexemes[n].kind() {
            T::End | T::Until => depth += 1,
            // The `do` of a loop counts for it.
            T::If | T::Function | T::Do | T::Repeat if depth > 0 => depth -= 1,
            T::If | T::Function | T::Do | T::Repeat => return,
            T::Else if depth == 0 => {
                let word = lexeme.kind().text();
                let message = format!("`{word}` cannot follow `else`");
                let report = Diagnostic::new(Code::UnexpectedToken, lexeme.span, message)
                    .with_label("`else` is the last branch of an `if`")
                    .with_secondary(cx.lexemes[n].span, "the `else`")
                    .with_help("put it before the `else`");
                let insert = vec![plain(T::ElseIf), plain(T::True), plain(T::Then)];
                out.push(diagnosed(vec![Change { at: n, remove: 1, insert }], 0.6, report));
                return;
            }
            _ => {}
        }
    }
}
