//! Mistakes that are known by name: operators, comments and keywords of other languages, typos,
//! reserved words as names, typographic characters. Each is recovered as what was meant.

use super::candidates::{Candidate, What, token};
use super::characters;
use super::heads::heads;
use super::trial::{Bench, Change};
use super::typo::{foreign_word, misspelt};
use crate::Span;
use crate::diag::{Code, Diagnostic};
use crate::lex::{Token, TokenKind as T};
use crate::parse::Std;

/// A token without payload.
pub(super) fn plain(kind: T) -> Token {
    Token { kind, payload: 0 }
}

pub(super) fn known(changes: Vec<Change>, cost: f32, diagnostic: Diagnostic) -> Candidate {
    Candidate { changes, what: What::Known(Box::new(diagnostic)), cost }
}

/// Known mistakes around the fault at `at`, in the statement that starts at `statement`.
pub(super) fn foreign(bench: &mut Bench<'_>, at: usize, statement: usize) -> Vec<Candidate> {
    let mut out = Vec::new();
    // At the start of a line the one before it may be at fault.
    let last = if bench.cells[at].indent >= 0 || bench.cells[at].kind() == T::Eof {
        at.saturating_sub(1)
    } else {
        at
    };
    let line = bench.cells[last].line;
    let mut places: Vec<usize> = if last == at { Vec::new() } else { vec![at] };
    places.extend((0..=last).rev().take_while(|&n| bench.cells[n].line == line && at - n < 60));
    places
        .extend((statement..at).rev().take(40).filter(|n| !places.contains(n)).collect::<Vec<_>>());
    if let Some(before) = at.checked_sub(1)
        && !places.contains(&before)
    {
        places.push(before);
    }
    for place in places {
        operators(bench, place, statement, &mut out);
        comments(bench, place, &mut out);
        words(bench, place, &mut out);
        characters::characters(bench, place, &mut out);
    }
    equals(bench, at, &mut out);
    reserved(bench, at, &mut out);
    heads(bench, at, &mut out);
    if let Some(next) = bench.cells.get(at + 1)
        && next.kind() == T::Other
    {
        characters::characters(bench, at + 1, &mut out);
    }
    out
}

/// Do the tokens at `place` and behind it touch each other?
pub(super) fn touch(bench: &Bench<'_>, place: usize) -> bool {
    match bench.cells.get(place..place + 2) {
        Some([a, b]) => a.span.end == b.span.start,
        _ => false,
    }
}

fn both(bench: &Bench<'_>, place: usize) -> Span {
    Span::new(bench.cells[place].span.start, bench.cells[place + 1].span.end)
}

/// Operators of other languages.
fn operators(bench: &mut Bench<'_>, place: usize, statement: usize, out: &mut Vec<Candidate>) {
    let first = bench.cells[place];
    let second = bench.cells.get(place + 1).map_or(T::Eof, |cell| cell.kind());
    let other = |byte: u8| first.kind() == T::Other && first.token.payload == u32::from(byte);
    let joined = touch(bench, place);
    let pair = match (first.kind(), second) {
        _ if !joined => None,
        (_, T::Eq | T::EqEq) if other(b'!') => Some((T::TildeEq, "not equal is written `~=`")),
        (T::Less, T::Greater) => Some((T::TildeEq, "not equal is written `~=`")),
        (T::EqEq, T::Eq) => Some((T::EqEq, "equality is written `==`")),
        (T::Amp, T::Amp) => Some((T::And, "the logical operator is written `and`")),
        (T::Pipe, T::Pipe) => Some((T::Or, "the logical operator is written `or`")),
        (T::Colon, T::Eq) => Some((T::Eq, "assignment is written `=`")),
        (T::Eq, T::Greater) => Some((T::Eq, "fields and assignments are written with `=`")),
        _ => None,
    };
    if let Some((kind, message)) = pair {
        let span = both(bench, place);
        let text = spaced(bench, span, kind.text());
        let report = Diagnostic::new(Code::ForeignOperator, span, message)
            .with_label("an operator of other languages")
            .with_fix(format!("write `{}`", kind.text()), true, span, text);
        let change = Change { at: place, remove: 2, insert: vec![plain(kind)] };
        out.push(known(vec![change], 0.3, report));
    }
    if other(b'!') {
        let report =
            Diagnostic::new(Code::ForeignOperator, first.span, "negation is written `not`")
                .with_label("an operator of other languages")
                .with_fix("write `not`", true, first.span, spaced(bench, first.span, "not"));
        out.push(known(vec![Change::replace(place, plain(T::Not))], 0.4, report));
    }
    if other(b'?') || first.kind() == T::Question {
        ternary(bench, place, out);
    }
    if joined && (first.kind(), second) == (T::Plus, T::Plus) {
        increment(bench, place, statement, out);
    }
    let compound = matches!(
        first.kind(),
        T::Plus | T::Minus | T::Star | T::Slash | T::Percent | T::Caret | T::DotDot
    );
    if joined && compound && second == T::Eq {
        compound_assignment(bench, place, statement, out);
    }
}

/// `text` with the spaces that keep it apart from its neighbours.
fn spaced(bench: &Bench<'_>, span: Span, text: &str) -> String {
    let bytes = bench.source.bytes();
    let wordy = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_';
    let word = text.as_bytes().first().is_some_and(wordy);
    let left = (span.start as usize).checked_sub(1).and_then(|at| bytes.get(at));
    let right = bytes.get(span.end as usize);
    let mut out = String::new();
    if word && left.is_some_and(wordy) {
        out.push(' ');
    }
    out.push_str(text);
    if word && right.is_some_and(|b| wordy(b) || matches!(b, b'(' | b'"' | b'\'')) {
        out.push(' ');
    }
    out
}

/// `c ? a : b`
fn ternary(bench: &Bench<'_>, place: usize, out: &mut Vec<Candidate>) {
    let line = bench.cells[place].line;
    let behind = (place + 1..bench.cells.len()).take_while(|&n| bench.cells[n].line == line);
    for colon in behind.filter(|&n| bench.cells[n].kind() == T::Colon) {
        let span = bench.cells[place].span;
        let report = Diagnostic::new(Code::ForeignOperator, span, "there is no operator `? :`")
            .with_label("an operator of other languages")
            .with_secondary(bench.cells[colon].span, "its other half")
            .with_help("write `if c then a else b`, or `c and a or b` when `a` is never false");
        let changes =
            vec![Change::replace(place, plain(T::And)), Change::replace(colon, plain(T::Or))];
        out.push(known(changes, 0.5, report));
    }
}

/// The tokens and the text of the target of an assignment, from `statement` to before `place`.
fn target(bench: &Bench<'_>, statement: usize, place: usize) -> Option<(Vec<Token>, String)> {
    if statement >= place || place - statement > 40 {
        return None;
    }
    let cells = &bench.cells[statement..place];
    let span = Span::new(cells.first()?.span.start, cells.last()?.span.end);
    let text = bench.source.bytes().get(span.start as usize..span.end as usize)?;
    let tokens = cells.iter().map(|cell| cell.token).collect();
    Some((tokens, String::from_utf8_lossy(text).into_owned()))
}

/// `x++`
fn increment(bench: &mut Bench<'_>, place: usize, statement: usize, out: &mut Vec<Candidate>) {
    let Some((target, text)) = target(bench, statement, place) else { return };
    let one = token(bench, T::Int);
    let insert = [vec![plain(T::Eq)], target, vec![plain(T::Plus), one]].concat();
    let span = both(bench, place);
    let report = Diagnostic::new(Code::ForeignOperator, span, "there is no operator `++`")
        .with_label("an operator of other languages");
    let report = if bench.options.std == Std::Luka {
        report.with_fix(format!("write `{text} += 1`"), true, span, " += 1")
    } else {
        report.with_fix(
            format!("write `{text} = {text} + 1`"),
            true,
            span,
            format!(" = {text} + 1"),
        )
    };
    out.push(known(vec![Change { at: place, remove: 2, insert }], 0.4, report));
}

/// `x += e`, where it is not part of the language.
fn compound_assignment(
    bench: &Bench<'_>,
    place: usize,
    statement: usize,
    out: &mut Vec<Candidate>,
) {
    let Some((target, text)) = target(bench, statement, place) else { return };
    let operator = bench.cells[place].kind();
    let insert = [vec![plain(T::Eq)], target, vec![plain(operator)]].concat();
    let span = both(bench, place);
    let op = operator.text();
    let message = format!("there is no `{op}=` in Lua 5.4");
    let report = Diagnostic::new(Code::ForeignOperator, span, message)
        .with_label("an operator of other languages")
        .with_fix(format!("write `{text} = {text} {op} …`"), false, span, format!("= {text} {op}"));
    out.push(known(vec![Change { at: place, remove: 2, insert }], 0.4, report));
}

/// Comments of other languages: `// …`, `# …`, `/* … */`.
fn comments(bench: &Bench<'_>, place: usize, out: &mut Vec<Candidate>) {
    let cell = bench.cells[place];
    let line_end = (place..bench.cells.len())
        .find(|&n| bench.cells[n].line != cell.line || bench.cells[n].kind() == T::Eof)
        .unwrap_or(place);
    let starts_line = cell.indent >= 0;
    let line_comment = match cell.kind() {
        T::SlashSlash => true,
        T::Hash => starts_line,
        _ => false,
    };
    if line_comment && line_end > place {
        let text = cell.kind().text();
        let report = Diagnostic::new(Code::ForeignComment, cell.span, "a comment begins with `--`")
            .with_label(format!("`{text}` is an operator"))
            .with_fix("write `--`", starts_line, cell.span, "--");
        let cost = if starts_line { 0.3 } else { 0.75 };
        out.push(known(vec![Change::delete(place, line_end - place)], cost, report));
    }
    let star = bench.cells.get(place + 1).is_some_and(|next| next.kind() == T::Star);
    if cell.kind() == T::Slash && star && touch(bench, place) {
        let closes = |&n: &usize| {
            bench.cells[n].kind() == T::Star
                && touch(bench, n)
                && matches!(bench.cells[n + 1].kind(), T::Slash | T::SlashSlash)
        };
        let Some(close) = (place + 2..bench.cells.len()).find(closes) else { return };
        let open = both(bench, place);
        let report =
            Diagnostic::new(Code::ForeignComment, open, "a long comment is written `--[[ … ]]`")
                .with_label("a comment of other languages")
                .with_edits(
                    "write `--[[ … ]]`",
                    false,
                    vec![
                        crate::diag::Edit { span: open, text: "--[[".into() },
                        crate::diag::Edit { span: both(bench, close), text: "]]".into() },
                    ],
                );
        out.push(known(vec![Change::delete(place, close + 2 - place)], 0.3, report));
    }
}

/// Keywords with typos, and those of other languages.
pub(super) fn words(bench: &mut Bench<'_>, place: usize, out: &mut Vec<Candidate>) {
    let cell = bench.cells[place];
    if cell.kind() != T::Name || cell.inserted {
        return;
    }
    let word = String::from_utf8_lossy(bench.text(place)).into_owned();
    for (kind, code) in foreign_word(&word) {
        let text = kind.text();
        let report =
            Diagnostic::new(code, cell.span, format!("`{word}` is written `{text}` in Lua"))
                .with_label("a keyword of other languages")
                .with_fix(format!("write `{text}`"), kind != T::Comma, cell.span, text);
        out.push(known(vec![Change::replace(place, plain(kind))], 0.5, report));
    }
    for (kind, distance) in misspelt(&word) {
        let text = kind.text();
        let message = format!("`{word}` should probably be `{text}`");
        let report = Diagnostic::new(Code::MisspeltKeyword, cell.span, message)
            .with_label("a keyword is expected here")
            .with_fix(format!("write `{text}`"), true, cell.span, text);
        let cost = 0.4 + 0.2 * distance as f32;
        out.push(known(vec![Change::replace(place, plain(kind))], cost, report));
    }
}

/// `=` where `==` is meant, and the other way round.
fn equals(bench: &Bench<'_>, at: usize, out: &mut Vec<Candidate>) {
    let cell = bench.cells[at];
    let line = cell.line;
    let before = || (0..at).rev().take_while(|&n| bench.cells[n].line == line);
    match cell.kind() {
        T::Eq => {
            let head = |n: usize| {
                matches!(
                    bench.cells[n].kind(),
                    T::If | T::ElseIf | T::While | T::Until | T::And | T::Or | T::Not
                )
            };
            if before().any(head) {
                let message = "two values are compared with `==`";
                let report = Diagnostic::new(Code::AssignmentInCondition, cell.span, message)
                    .with_label("`=` assigns, and is no part of an expression")
                    .with_fix("write `==`", true, cell.span, "==");
                out.push(known(vec![Change::replace(at, plain(T::EqEq))], 0.3, report));
            } else if before().any(|n| bench.cells[n].kind() == T::Eq) {
                let message = "an assignment has no value";
                let report = Diagnostic::new(Code::AssignmentInCondition, cell.span, message)
                    .with_label("a second `=` cannot stand here")
                    .with_help("assign to one variable after the other, or compare with `==`");
                out.push(known(vec![Change::replace(at, plain(T::EqEq))], 0.9, report));
            }
        }
        T::EqEq => {
            let report = Diagnostic::new(Code::UnexpectedToken, cell.span, "`==` compares")
                .with_label("an assignment is written with one `=`")
                .with_fix("write `=`", false, cell.span, "=");
            out.push(known(vec![Change::replace(at, plain(T::Eq))], 0.4, report));
        }
        _ => {}
    }
}

/// A reserved word where a name must stand.
fn reserved(bench: &mut Bench<'_>, at: usize, out: &mut Vec<Candidate>) {
    let cell = bench.cells[at];
    if !cell.kind().is_keyword() {
        return;
    }
    let before = at.checked_sub(1).map_or(T::Eof, |at| bench.cells[at].kind());
    let next = bench.cells.get(at + 1).map_or(T::Eof, |cell| cell.kind());
    let word = cell.kind().text();
    let same_line = at > 0 && bench.cells[at - 1].line == cell.line;
    let behind_word = matches!(
        before,
        T::Dot | T::Colon | T::Local | T::Function | T::Goto | T::For | T::ColonColon
    );
    let in_list = matches!(before, T::Comma | T::LBrace | T::LParen | T::Semi)
        && matches!(next, T::Eq | T::Comma | T::RParen | T::In);
    let named = behind_word && same_line || in_list;
    if !named {
        return;
    }
    let line_start = (0..at).rev().take_while(|&n| bench.cells[n].line == cell.line);
    let declares = line_start.clone().any(|n| bench.cells[n].kind() == T::Function);
    let name = token(bench, T::Name);
    let report =
        Diagnostic::new(Code::ReservedName, cell.span, format!("`{word}` is a reserved word"))
            .with_label("it cannot be a name");
    let report = match before {
        T::Dot if !declares => {
            let span = Span::new(bench.cells[at - 1].span.start, cell.span.end);
            report.with_fix(format!("write `[\"{word}\"]`"), true, span, format!("[\"{word}\"]"))
        }
        T::LBrace | T::Comma | T::Semi if next == T::Eq => {
            let text = format!("[\"{word}\"]");
            report.with_fix(format!("write `{text}`"), true, cell.span, text)
        }
        _ => report.with_help(format!("choose another name, for example `{word}_`")),
    };
    out.push(known(vec![Change::replace(at, name)], 0.5, report));
}
