//! Mistakes of block structure that are known by name: `else if` chains, braces around blocks,
//! statements behind `return`.

use super::candidates::{Candidate, closer_of};
use super::foreign::{known, plain};
use super::trial::{Bench, Change};
use crate::diag::{Code, Diagnostic, Edit};
use crate::lex::TokenKind as T;

/// Known mistakes when the grammar is stuck at `at` and `openers` are open, innermost first.
pub(super) fn blocks(bench: &mut Bench<'_>, at: usize, openers: &[usize]) -> Vec<Candidate> {
    let mut out = Vec::new();
    else_if(bench, openers, &mut out);
    for &opener in openers {
        if bench.cells[opener].kind() == T::LBrace {
            braces(bench, opener, &mut out);
        }
    }
    if bench.cells[at].kind() == T::LBrace {
        braces(bench, at, &mut out);
    }
    after_return(bench, at, &mut out);
    after_else(bench, at, &mut out);
    out
}

/// `else if` for `elseif`: the `if`s behind `else` have no `end`.
fn else_if(bench: &Bench<'_>, openers: &[usize], out: &mut Vec<Candidate>) {
    let Some(&outer) = openers.iter().filter(|&&at| bench.cells[at].kind() == T::If).min() else {
        return;
    };
    let line = bench.cells[outer].line;
    let column = (0..=outer)
        .rev()
        .take_while(|&n| bench.cells[n].line == line)
        .find_map(|n| Some(bench.cells[n].indent).filter(|&indent| indent >= 0));
    let pairs = (outer + 1..bench.cells.len()).filter(|&at| {
        let before = bench.cells[at - 1];
        bench.cells[at].kind() == T::If
            && before.kind() == T::Else
            && before.line == bench.cells[at].line
            && Some(before.indent) == column
    });
    let ifs: Vec<usize> = pairs.take(50).collect();
    let Some(&first) = ifs.first() else { return };
    let span = crate::Span::new(bench.cells[first - 1].span.start, bench.cells[first].span.end);
    let edit = |&at: &usize| Edit {
        span: crate::Span::new(bench.cells[at - 1].span.start, bench.cells[at].span.end),
        text: "elseif".into(),
    };
    let report = Diagnostic::new(Code::ForeignElseIf, span, "`else if` opens an `if` of its own")
        .with_label("this `if` has no `end`")
        .with_edits("write `elseif`", true, ifs.iter().map(edit).collect());
    let change = |&at: &usize| Change { at: at - 1, remove: 2, insert: vec![plain(T::ElseIf)] };
    out.push(known(ifs.iter().map(change).collect(), 0.5, report));
}

/// `if c { … }`, `while c { … }`, `function f() { … }`.
fn braces(bench: &Bench<'_>, open: usize, out: &mut Vec<Candidate>) {
    let line = bench.cells[open].line;
    let head = (0..open).rev().take_while(|&n| bench.cells[n].line == line).find(|&n| {
        matches!(
            bench.cells[n].kind(),
            T::If | T::ElseIf | T::Else | T::While | T::For | T::Function | T::Repeat
        )
    });
    let Some(head) = head else { return };
    let word = match bench.cells[head].kind() {
        T::If | T::ElseIf => Some(T::Then),
        T::While | T::For => Some(T::Do),
        _ => None,
    };
    let mut changes = Vec::new();
    let mut edits = Vec::new();
    let mut put = |at: usize, kind: Option<T>| {
        let insert = kind.map(plain).into_iter().collect();
        changes.push(Change { at, remove: 1, insert });
        let text = kind.map_or("", T::text).to_string();
        edits.push(Edit { span: bench.cells[at].span, text });
    };
    put(open, word);
    let Some(mut close) = partner(bench, open) else { return };
    // `} else {` and `} elseif c {` go on.
    loop {
        match bench.cells.get(close + 1).map(|cell| cell.kind()) {
            Some(next @ (T::Else | T::ElseIf)) => {
                put(close, None);
                let line = bench.cells[close + 1].line;
                let brace = (close + 2..bench.cells.len())
                    .take_while(|&n| bench.cells[n].line == line)
                    .find(|&n| bench.cells[n].kind() == T::LBrace);
                let Some(brace) = brace else { return };
                let chained = bench.cells[close + 2].kind() == T::If;
                put(brace, (next == T::ElseIf || chained).then_some(T::Then));
                let Some(partner) = partner(bench, brace) else { return };
                close = partner;
            }
            _ => {
                put(close, Some(T::End));
                break;
            }
        }
    }
    let span = bench.cells[open].span;
    let wanted = match word {
        Some(kind) => format!("`{}` … `end`", kind.text()),
        None => "the end of the head and `end`".into(),
    };
    let report = Diagnostic::new(Code::BracesAroundBlock, span, "braces make tables, not blocks")
        .with_label("a block does not begin with `{`")
        .with_secondary(bench.cells[close].span, "nor end with `}`")
        .with_edits(format!("the block stands between {wanted}"), false, edits);
    out.push(known(changes, 0.5, report));
}

/// The `}` of a `{`.
fn partner(bench: &Bench<'_>, open: usize) -> Option<usize> {
    let mut depth = 0;
    for n in open..bench.cells.len() {
        match bench.cells[n].kind() {
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

/// Statements behind `return`, on a line of their own.
fn after_return(bench: &Bench<'_>, at: usize, out: &mut Vec<Candidate>) {
    let cell = bench.cells[at];
    if cell.indent < 0 || closer_of(cell.kind()).is_none() && !starts_statement(cell.kind()) {
        return;
    }
    let line = |n: usize| bench.cells[n].line;
    let Some(last) = at.checked_sub(1) else { return };
    let returns = (0..at)
        .rev()
        .take_while(|&n| line(n) == line(last) || at - n < 60)
        .find(|&n| bench.cells[n].kind() == T::Return);
    let Some(place) = returns.filter(|&n| bench.cells[n].indent == cell.indent) else { return };
    let report = Diagnostic::new(Code::AfterReturn, cell.span, "nothing can follow `return`")
        .with_label("this would never run")
        .with_secondary(bench.cells[place].span, "the block ends with this `return`")
        .with_help("to return early for a test, write `do return … end`");
    let changes = vec![Change::insert(place, plain(T::Do)), Change::insert(at, plain(T::End))];
    // The indentation cannot know of the `do`.
    out.push(known(changes, -0.8, report));
}

fn starts_statement(kind: T) -> bool {
    matches!(
        kind,
        T::Name | T::Local | T::Return | T::LParen | T::Break | T::Goto | T::ColonColon | T::If
    )
}

/// `else` or `elseif` behind the `else` of the same `if`.
fn after_else(bench: &Bench<'_>, at: usize, out: &mut Vec<Candidate>) {
    let cell = bench.cells[at];
    if !matches!(cell.kind(), T::Else | T::ElseIf) {
        return;
    }
    let mut depth = 0;
    for n in (0..at).rev() {
        match bench.cells[n].kind() {
            T::End | T::Until => depth += 1,
            // The `do` of a loop counts for it.
            T::If | T::Function | T::Do | T::Repeat if depth > 0 => depth -= 1,
            T::If | T::Function | T::Do | T::Repeat => return,
            T::Else if depth == 0 => {
                let word = cell.kind().text();
                let message = format!("`{word}` cannot follow `else`");
                let report = Diagnostic::new(Code::UnexpectedToken, cell.span, message)
                    .with_label("`else` is the last branch of an `if`")
                    .with_secondary(bench.cells[n].span, "the `else`");
                let insert = vec![plain(T::ElseIf), plain(T::True), plain(T::Then)];
                out.push(known(vec![Change { at: n, remove: 1, insert }], 0.6, report));
                return;
            }
            _ => {}
        }
    }
}
