//! Candidate repairs: small changes of the tokens near an error, and at places where the
//! indentation disagrees with the structure.

use super::foreign::keywords;
use super::layout::Mismatch;
use super::trial::{Change, Context, Outcome};
use crate::diag::Diagnostic;
use crate::lex::{Token, TokenKind as T};

/// How a change is reported.
#[derive(Clone, Debug)]
pub(super) enum RepairKind {
    Insert(T),
    Delete,
    Replace(T),
    /// A specific mistake with a diagnostic of its own.
    Diagnosed(Box<Diagnostic>),
}

/// A repair that may be tried.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    pub(super) changes: Vec<Change>,
    pub(super) what: RepairKind,
    /// The prior cost, before the change is tried.
    pub(super) cost: f32,
}

impl Candidate {
    fn new(change: Change, what: RepairKind, cost: f32) -> Candidate {
        Candidate { changes: vec![change], what, cost }
    }

    pub(super) fn first(&self) -> usize {
        self.changes.first().map_or(0, |change| change.at)
    }
}

/// Tokens that may be inserted, with their costs.
const INSERTS: &[(T, f32)] = &[
    (T::Then, 0.8),
    (T::Do, 0.8),
    (T::Comma, 0.9),
    (T::RParen, 0.9),
    (T::RBrace, 0.9),
    (T::RBracket, 0.9),
    (T::End, 0.9),
    (T::Eq, 1.0),
    (T::LParen, 1.0),
    (T::In, 1.0),
    (T::ColonColon, 1.0),
    (T::Name, 1.1),
    (T::LBrace, 1.1),
    (T::Until, 1.1),
    (T::Function, 1.1),
    (T::If, 1.15),
    (T::For, 1.2),
    (T::LBracket, 1.2),
    (T::DotDot, 1.2),
    (T::Return, 1.2),
    (T::Repeat, 1.2),
    (T::EqEq, 1.25),
    (T::Plus, 1.25),
    (T::Dot, 1.3),
    (T::ElseIf, 1.3),
    (T::And, 1.3),
    (T::Greater, 1.3),
    (T::Local, 1.3),
    (T::While, 1.4),
    (T::Else, 1.4),
    (T::Less, 1.5),
    (T::Dots, 1.5),
    (T::Colon, 1.6),
    (T::Goto, 1.6),
    (T::Semi, 1.8),
    (T::Not, 2.0),
    (T::Break, 2.0),
    (T::Hash, 2.2),
];

/// Tokens that may replace another one but are never inserted.
const REPLACES: &[(T, f32)] = &[(T::Str, 1.3), (T::Int, 1.3), (T::Nil, 1.5)];

/// Kinds whose duplication is detected late by the grammar.
fn nests(kind: T) -> bool {
    matches!(
        kind,
        T::Do | T::End | T::LParen | T::LBrace | T::LBracket | T::Repeat | T::RParen | T::RBrace
    )
}

/// A token of a kind; names and strings get a placeholder text.
pub(super) fn token(cx: &mut Context<'_>, kind: T) -> Token {
    match kind {
        T::Name => cx.word(T::Name, "_"),
        T::Str => cx.word(T::Str, ""),
        T::Int => {
            if cx.tokens.ints.is_empty() {
                cx.tokens.ints.push(0);
            }
            Token { kind, payload: 0 }
        }
        _ => Token { kind, payload: 0 },
    }
}

/// Changes near the error at `at`, in the statement that starts at `statement`.
pub(super) fn local(cx: &mut Context<'_>, at: usize, statement: usize) -> Vec<Candidate> {
    let mut out = Vec::new();
    let len = cx.lexemes.len();
    let mut places: Vec<usize> = (at.saturating_sub(6)..=at).collect();
    let line = cx.lexemes[at].line;
    let line_start = (0..=at).rev().take_while(|&n| cx.lexemes[n].line == line).last();
    for place in [Some(statement), line_start].into_iter().flatten() {
        if !places.contains(&place) {
            places.push(place);
        }
    }
    // What the head of the statement ends with.
    let heads: Vec<T> = cx.lexemes[statement..at]
        .iter()
        .filter_map(|lexeme| match lexeme.kind() {
            T::If | T::ElseIf => Some(T::Then),
            T::While | T::For => Some(T::Do),
            _ => None,
        })
        .collect();
    let far = |place: usize| (at.abs_diff(place) as f32 * 0.08).min(0.5);
    for &place in &places {
        for &(kind, cost) in INSERTS {
            let token = token(cx, kind);
            let change = Change::insert(place, token);
            // The head of a block ends with its line.
            let cost = match kind {
                T::Then | T::Do if place == at && heads.contains(&kind) => {
                    if cx.lexemes[at].indent >= 0 { 0.3 } else { cost }
                }
                T::Do if !heads.contains(&kind) => 1.5 + far(place),
                _ => cost + far(place),
            };
            out.push(Candidate::new(change, RepairKind::Insert(kind), cost));
        }
    }
    for back in 0..=4 {
        let Some(place) = at.checked_sub(back) else { break };
        // (Characters without a meaning have repairs of their own.)
        if matches!(cx.lexemes[place].kind(), T::Eof | T::Other) {
            continue;
        }
        let twin = place > 0 && cx.text(place) == cx.text(place - 1);
        let cost = if twin { 0.5 } else { 1.2 };
        out.push(Candidate::new(Change::delete(place, 1), RepairKind::Delete, cost + far(place)));
        if back > 2 {
            continue;
        }
        for &(kind, cost) in INSERTS.iter().chain(REPLACES) {
            let found = cx.lexemes[place].kind();
            // (Where a statement begins, a closer is missing and not misspelt.)
            if kind == found || matches!(kind, T::End | T::Until) && begins_statement(found) {
                continue;
            }
            let token = token(cx, kind);
            let alike = same_class(kind, found);
            let cost = cost + if alike { 0.3 } else { 0.8 } + 2.0 * far(place);
            out.push(Candidate::new(
                Change::replace(place, token),
                RepairKind::Replace(kind),
                cost,
            ));
        }
    }
    if at + 1 < len && cx.lexemes[at + 1].kind() != T::Eof {
        out.push(Candidate::new(Change::delete(at + 1, 1), RepairKind::Delete, 1.6));
        if cx.lexemes[at].kind() != T::Other {
            out.push(Candidate::new(Change::delete(at, 2), RepairKind::Delete, 1.9));
        }
    }
    out
}

/// Whether a word begins a statement, whatever follows.
fn begins_statement(kind: T) -> bool {
    matches!(
        kind,
        T::Function | T::Local | T::If | T::For | T::While | T::Repeat | T::Return | T::Goto
    )
}

/// Might one be a typo for the other?
fn same_class(a: T, b: T) -> bool {
    let class = |kind: T| match kind {
        T::LParen | T::LBrace | T::LBracket => 1,
        T::RParen | T::RBrace | T::RBracket => 2,
        T::Comma | T::Semi | T::Dot | T::Colon | T::DotDot => 3,
        T::Eq | T::EqEq | T::TildeEq | T::Less | T::Greater | T::LessEq | T::GreaterEq => 4,
        T::Then | T::Do => 5,
        T::Name | T::Str | T::Int | T::Float | T::Nil | T::True | T::False => 6,
        T::End | T::Until => 7,
        _ => 0,
    };
    class(a) != 0 && class(a) == class(b)
}

/// Changes at places where indentation and structure disagree, and of constructs that are not
/// closed; `outcome` is the run that found the error at `at`.
pub(super) fn structural(
    cx: &mut Context<'_>,
    at: usize,
    outcome: &Outcome,
    mismatches: &[Mismatch],
    openers: &[usize],
) -> Vec<Candidate> {
    let mut out = Vec::new();
    let mut places = Vec::new();
    let before: Vec<&Mismatch> = mismatches
        .iter()
        .filter(|mismatch| outcome.origin[mismatch.at] <= at && mismatch.weight > 0.3)
        .collect();
    let skip = before.len().saturating_sub(14);
    for (n, mismatch) in before.iter().enumerate() {
        if n < skip && n >= 3 {
            continue;
        }
        let place = outcome.origin[mismatch.at];
        places.push(place);
        around_mismatch(cx, place, mismatch, &mut out);
    }
    for &opener in openers {
        let cost = if opener > 0 && cx.text(opener) == cx.text(opener - 1) { 0.6 } else { 1.6 };
        out.push(Candidate::new(Change::delete(opener, 1), RepairKind::Delete, cost));
        close_at_line_ends(cx, opener, at, &mut out);
    }
    doubled(cx, at, &places, &mut out);
    out
}

/// Changes suggested by a suspicious start of a line.
fn around_mismatch(
    cx: &mut Context<'_>,
    place: usize,
    mismatch: &Mismatch,
    out: &mut Vec<Candidate>,
) {
    let closer = closer_of(mismatch.open);
    if let Some(closer) = closer {
        let token = token(cx, closer);
        out.push(Candidate::new(closing(cx, place, closer), RepairKind::Insert(closer), 1.0));
        if place > 0 {
            let change = Change::replace(place - 1, token);
            out.push(Candidate::new(change, RepairKind::Replace(closer), 1.9));
            if place > 1 {
                let change = Change::replace(place - 2, token);
                out.push(Candidate::new(change, RepairKind::Replace(closer), 2.0));
            }
        }
        if !begins_statement(cx.lexemes[place].kind()) {
            let change = Change::replace(place, token);
            out.push(Candidate::new(change, RepairKind::Replace(closer), 1.9));
        }
        // The block around it is not closed either.
        if closer == T::End {
            let change = Change { at: place, remove: 0, insert: vec![token; 2] };
            out.push(Candidate::new(change, RepairKind::Insert(closer), 1.5));
        }
    }
    let kind = cx.lexemes[place].kind();
    if matches!(kind, T::End | T::Until | T::RParen | T::RBrace | T::RBracket) {
        out.push(Candidate::new(Change::delete(place, 1), RepairKind::Delete, 1.2));
    }
    let closers = (0..place)
        .rev()
        .take(400)
        .filter(|&n| matches!(cx.lexemes[n].kind(), T::End | T::Until | T::RBrace | T::RParen));
    let closers: Vec<usize> = closers.take(4).collect();
    for closer in closers {
        out.push(Candidate::new(Change::delete(closer, 1), RepairKind::Delete, 1.4));
    }
    if mismatch.deeper {
        lost_openers(cx, place, out);
    }
}

/// Inserts a closer; `until` with a condition.
fn closing(cx: &mut Context<'_>, place: usize, closer: T) -> Change {
    let mut insert = vec![token(cx, closer)];
    if closer == T::Until {
        insert.push(token(cx, T::Name));
    }
    Change { at: place, remove: 0, insert }
}

/// Openers that would explain the indentation of the lines from `place` on.
fn lost_openers(cx: &mut Context<'_>, place: usize, out: &mut Vec<Candidate>) {
    for (kind, cost) in [(T::Do, 1.2), (T::Repeat, 1.3), (T::LBrace, 1.6), (T::Else, 1.7)] {
        let token = token(cx, kind);
        out.push(Candidate::new(Change::insert(place, token), RepairKind::Insert(kind), cost));
    }
    let Some(last) = place.checked_sub(1) else { return };
    let line = cx.lexemes[last].line;
    let function = token(cx, T::Function);
    let on_line: Vec<usize> =
        (0..place).rev().take_while(|&n| cx.lexemes[n].line == line).take(60).collect();
    for &n in &on_line {
        keywords(cx, n, out);
        let lexeme = cx.lexemes[n];
        if lexeme.kind() == T::LParen {
            let change = Change::insert(n, function);
            out.push(Candidate::new(change, RepairKind::Insert(T::Function), 1.2));
        }
        if lexeme.indent >= 0 && lexeme.kind() == T::Name {
            let change = Change::insert(n, function);
            out.push(Candidate::new(change, RepairKind::Insert(T::Function), 1.1));
            let change = Change::replace(n, function);
            out.push(Candidate::new(change, RepairKind::Replace(T::Function), 1.9));
        }
    }
    // The opener may have become something else.
    for kind in [T::Do, T::Then, T::Repeat, T::Function, T::LBrace] {
        let token = token(cx, kind);
        let change = Change::replace(last, token);
        out.push(Candidate::new(change, RepairKind::Replace(kind), 2.0));
    }
}

/// Closing `opener` at the end of one of the lines before `at`.
fn close_at_line_ends(cx: &mut Context<'_>, opener: usize, at: usize, out: &mut Vec<Candidate>) {
    let Some(closer) = closer_of(cx.lexemes[opener].kind()) else { return };
    let token = token(cx, closer);
    let ends = (opener + 1..=at).filter(|&n| cx.lexemes[n].indent >= 0);
    let ends: Vec<usize> = ends.take(12).collect();
    for place in ends {
        out.push(Candidate::new(closing(cx, place, closer), RepairKind::Insert(closer), 1.05));
    }
    // A bracket that is closed within its line.
    if closer != T::End && closer != T::Until {
        let line = cx.lexemes[opener].line;
        let end = at.min(opener + 40);
        let inside: Vec<usize> =
            (opener + 1..end).filter(|&n| cx.lexemes[n].line == line).collect();
        for place in inside {
            let cost = if cx.lexemes[place].kind() == T::Comma { 1.25 } else { 1.5 };
            out.push(Candidate::new(
                Change::insert(place, token),
                RepairKind::Insert(closer),
                cost,
            ));
        }
    }
}

/// Duplicate tokens of kinds whose duplication is detected late.
fn doubled(cx: &Context<'_>, at: usize, places: &[usize], out: &mut Vec<Candidate>) {
    let doubled = |n: usize| {
        n > 0 && nests(cx.lexemes[n].kind()) && cx.lexemes[n].kind() == cx.lexemes[n - 1].kind()
    };
    let mut found: Vec<usize> = (1..=at).rev().filter(|&n| doubled(n)).take(12).collect();
    for &place in places {
        found.extend((1..place).rev().take(300).filter(|&n| doubled(n)).take(3));
    }
    found.sort_unstable();
    found.dedup();
    for n in found {
        let same_line = cx.lexemes[n].line == cx.lexemes[n - 1].line;
        // `))` and `end end` are common; they are duplicates only if the layout suggests it.
        let common = matches!(cx.lexemes[n].kind(), T::RParen | T::RBrace | T::LParen);
        let cost = if common || !same_line { 1.2 } else { 0.8 };
        out.push(Candidate::new(Change::delete(n, 1), RepairKind::Delete, cost));
    }
}

/// The closer of a construct.
pub(super) fn closer_of(opener: T) -> Option<T> {
    Some(match opener {
        T::If | T::While | T::For | T::Do | T::Function => T::End,
        T::Repeat => T::Until,
        T::LParen => T::RParen,
        T::LBrace => T::RBrace,
        T::LBracket => T::RBracket,
        _ => return None,
    })
}
