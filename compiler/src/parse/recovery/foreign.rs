//! Specific mistakes: operators, comments and keywords of other languages, typos,
//! reserved words as names, typographic characters. Each is repaired to what was probably meant.

use super::candidates::{Candidate, RepairKind, token};
use super::characters;
use super::heads::heads;
use super::trial::{Change, Context};
use super::typo::{foreign_word, keyword, misspelled};
use crate::Span;
use crate::diag::{Code, Diagnostic};
use crate::lex::{Token, TokenKind as T};
use crate::parse::Std;

/// A token without payload.
pub(super) fn plain(kind: T) -> Token {
    Token { kind, payload: 0 }
}

pub(super) fn diagnosed(changes: Vec<Change>, cost: f32, diagnostic: Diagnostic) -> Candidate {
    Candidate { changes, what: RepairKind::Diagnosed(Box::new(diagnostic)), cost }
}

/// Specific mistakes around the error at `at`, in the statement that starts at `statement`.
pub(super) fn foreign(cx: &mut Context<'_>, at: usize, statement: usize) -> Vec<Candidate> {
    let mut out = Vec::new();
    // At the start of a line the error may be in the previous one.
    let last = if cx.lexemes[at].indent >= 0 || cx.lexemes[at].kind() == T::Eof {
        at.saturating_sub(1)
    } else {
        at
    };
    let line = cx.lexemes[last].line;
    let mut places: Vec<usize> = if last == at { Vec::new() } else { vec![at] };
    places.extend((0..=last).rev().take_while(|&n| cx.lexemes[n].line == line && at - n < 60));
    places
        .extend((statement..at).rev().take(40).filter(|n| !places.contains(n)).collect::<Vec<_>>());
    if let Some(before) = at.checked_sub(1)
        && !places.contains(&before)
    {
        places.push(before);
    }
    for place in places {
        operators(cx, place, statement, &mut out);
        comments(cx, place, &mut out);
        keywords(cx, place, &mut out);
        characters::characters(cx, place, &mut out);
    }
    equals(cx, at, &mut out);
    missing_conjunction(cx, at, &mut out);
    reserved(cx, at, &mut out);
    heads(cx, at, &mut out);
    if let Some(next) = cx.lexemes.get(at + 1)
        && next.kind() == T::Other
    {
        characters::characters(cx, at + 1, &mut out);
    }
    out
}

/// Are the token at `place` and the next one adjacent in the text?
pub(super) fn adjacent(cx: &Context<'_>, place: usize) -> bool {
    match cx.lexemes.get(place..place + 2) {
        Some([a, b]) => a.span.end == b.span.start,
        _ => false,
    }
}

fn pair_span(cx: &Context<'_>, place: usize) -> Span {
    Span::new(cx.lexemes[place].span.start, cx.lexemes[place + 1].span.end)
}

/// Operators of other languages.
fn operators(cx: &mut Context<'_>, place: usize, statement: usize, out: &mut Vec<Candidate>) {
    let first = cx.lexemes[place];
    let second = cx.lexemes.get(place + 1).map_or(T::Eof, |lexeme| lexeme.kind());
    let other = |byte: u8| first.kind() == T::Other && first.token.payload == u32::from(byte);
    let joined = adjacent(cx, place);
    let near = cx.lexemes.get(place + 1).is_some_and(|next| next.line == first.line);
    let pair = match (first.kind(), second) {
        (_, T::Eq) if !joined && near && other(b'!') => {
            Some((T::TildeEq, "not equal is written `~=`, without a space"))
        }
        (T::Tilde, T::Eq) if !joined && near => {
            Some((T::TildeEq, "not equal is written `~=`, without a space"))
        }
        (T::Less, T::Eq) if !joined && near => {
            Some((T::LessEq, "less or equal is written `<=`, without a space"))
        }
        (T::Greater, T::Eq) if !joined && near => {
            Some((T::GreaterEq, "greater or equal is written `>=`, without a space"))
        }
        (T::Eq, T::Eq) if !joined && near => {
            Some((T::EqEq, "equality is written `==`, without a space"))
        }
        _ if !joined => None,
        (_, T::Eq | T::EqEq) if other(b'!') => Some((T::TildeEq, "not equal is written `~=`")),
        (T::Less, T::Greater) => Some((T::TildeEq, "not equal is written `~=`")),
        (T::Eq, T::Less) => Some((T::LessEq, "less or equal is written `<=`")),
        (T::EqEq, T::Eq) => Some((T::EqEq, "equality is written `==`")),
        (T::Amp, T::Amp) => Some((T::And, "the logical operator is written `and`")),
        (T::Pipe, T::Pipe) => Some((T::Or, "the logical operator is written `or`")),
        (T::Colon, T::Eq) => Some((T::Eq, "assignment is written `=`")),
        (T::Eq, T::Greater) => Some((T::Eq, "fields and assignments are written with `=`")),
        _ => None,
    };
    if let Some((kind, message)) = pair {
        let span = pair_span(cx, place);
        let text = spaced(cx, span, kind.text());
        let report = Diagnostic::new(Code::ForeignOperator, span, message)
            .with_label("an operator of other languages")
            .with_fix(format!("write `{}`", kind.text()), true, span, text);
        let mut change = Change { at: place, remove: 2, insert: vec![plain(kind)] };
        // `a && !b`
        let is = |n: usize, text: &[u8]| n < cx.lexemes.len() && cx.text(n) == text;
        if is(place + 2, b"!") && !is(place + 3, b"=") {
            change.remove = 3;
            change.insert.push(plain(T::Not));
        }
        out.push(diagnosed(vec![change], 0.3, report));
    }
    if other(b'!') {
        let report =
            Diagnostic::new(Code::ForeignOperator, first.span, "negation is written `not`")
                .with_label("an operator of other languages")
                .with_fix("write `not`", true, first.span, spaced(cx, first.span, "not"));
        out.push(diagnosed(vec![Change::replace(place, plain(T::Not))], 0.4, report));
    }
    if other(b'?') || first.kind() == T::Question {
        ternary(cx, place, out);
    }
    if first.kind() == T::Plus && second != T::Plus {
        unary_plus(cx, place, statement, out);
    }
    if joined && (first.kind(), second) == (T::Plus, T::Plus) {
        increment(cx, place, statement, out);
    }
    let compound = matches!(
        first.kind(),
        T::Plus | T::Minus | T::Star | T::Slash | T::Percent | T::Caret | T::DotDot
    );
    if joined && compound && second == T::Eq {
        compound_assignment(cx, place, statement, out);
    }
}

/// `text` with the spaces that separate it from its neighbors.
fn spaced(cx: &Context<'_>, span: Span, text: &str) -> String {
    let bytes = cx.source.bytes();
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
fn ternary(cx: &Context<'_>, place: usize, out: &mut Vec<Candidate>) {
    let line = cx.lexemes[place].line;
    let behind = (place + 1..cx.lexemes.len()).take_while(|&n| cx.lexemes[n].line == line);
    for colon in behind.filter(|&n| cx.lexemes[n].kind() == T::Colon) {
        let span = cx.lexemes[place].span;
        let report = Diagnostic::new(Code::ForeignOperator, span, "there is no operator `? :`")
            .with_label("an operator of other languages")
            .with_secondary(cx.lexemes[colon].span, "the second part of the operator")
            .with_help("write `if c then a else b`, or `c and a or b` when `a` is never false");
        let changes =
            vec![Change::replace(place, plain(T::And)), Change::replace(colon, plain(T::Or))];
        out.push(diagnosed(changes, 0.5, report));
    }
}

/// The tokens and the text of the target of an assignment, from `statement` to before `place`.
fn target(cx: &Context<'_>, statement: usize, place: usize) -> Option<(Vec<Token>, String)> {
    if statement >= place || place - statement > 40 {
        return None;
    }
    let lexemes = &cx.lexemes[statement..place];
    let span = Span::new(lexemes.first()?.span.start, lexemes.last()?.span.end);
    let text = cx.source.bytes().get(span.start as usize..span.end as usize)?;
    let tokens = lexemes.iter().map(|lexeme| lexeme.token).collect();
    Some((tokens, String::from_utf8_lossy(text).into_owned()))
}

/// `x =+ 1`, and `+1`.
fn unary_plus(cx: &Context<'_>, place: usize, statement: usize, out: &mut Vec<Candidate>) {
    let Some(last) = place.checked_sub(1) else { return };
    let before = cx.lexemes[last].kind();
    let span = cx.lexemes[place].span;
    let behind_equals = before == T::Eq && adjacent(cx, last) && !adjacent(cx, place);
    if behind_equals && let Some((_, text)) = target(cx, statement, last) {
        let span = pair_span(cx, last);
        let help = match cx.options.std {
            Std::Luka => format!("write `{text} += …`"),
            Std::Lua54 => format!("write `{text} = {text} + …`"),
        };
        let report = Diagnostic::new(Code::ForeignOperator, span, "there is no operator `=+`")
            .with_label("an operator of other languages")
            .with_help(help);
        out.push(diagnosed(vec![Change::delete(place, 1)], 0.2, report));
    } else if matches!(before, T::Eq | T::LParen | T::Comma | T::Return | T::LBrace | T::LBracket) {
        let report = Diagnostic::new(Code::ForeignOperator, span, "there is no `+` before a value")
            .with_label("an operator of other languages")
            .with_fix("remove it", true, span, "");
        out.push(diagnosed(vec![Change::delete(place, 1)], 0.3, report));
    }
}

/// `x++`
fn increment(cx: &mut Context<'_>, place: usize, statement: usize, out: &mut Vec<Candidate>) {
    let Some((target, text)) = target(cx, statement, place) else { return };
    let one = token(cx, T::Int);
    let insert = [vec![plain(T::Eq)], target, vec![plain(T::Plus), one]].concat();
    let span = pair_span(cx, place);
    let report = Diagnostic::new(Code::ForeignOperator, span, "there is no operator `++`")
        .with_label("an operator of other languages");
    let report = if cx.options.std == Std::Luka {
        report.with_fix(format!("write `{text} += 1`"), true, span, " += 1")
    } else {
        report.with_fix(
            format!("write `{text} = {text} + 1`"),
            true,
            span,
            format!(" = {text} + 1"),
        )
    };
    out.push(diagnosed(vec![Change { at: place, remove: 2, insert }], 0.4, report));
}

/// `x += e`, where it is not part of the language.
fn compound_assignment(cx: &Context<'_>, place: usize, statement: usize, out: &mut Vec<Candidate>) {
    let Some((target, text)) = target(cx, statement, place) else { return };
    let operator = cx.lexemes[place].kind();
    let insert = [vec![plain(T::Eq)], target, vec![plain(operator)]].concat();
    let span = pair_span(cx, place);
    let op = operator.text();
    let message = format!("there is no `{op}=` in Lua 5.4");
    let report = Diagnostic::new(Code::ForeignOperator, span, message)
        .with_label("an operator of other languages")
        .with_fix(format!("write `{text} = {text} {op} …`"), false, span, format!("= {text} {op}"));
    out.push(diagnosed(vec![Change { at: place, remove: 2, insert }], 0.4, report));
}

/// Comments of other languages: `// …`, `# …`, `/* … */`.
fn comments(cx: &Context<'_>, place: usize, out: &mut Vec<Candidate>) {
    let lexeme = cx.lexemes[place];
    let line_end = (place..cx.lexemes.len())
        .find(|&n| cx.lexemes[n].line != lexeme.line || cx.lexemes[n].kind() == T::Eof)
        .unwrap_or(place);
    let starts_line = lexeme.indent >= 0;
    let line_comment = match lexeme.kind() {
        T::SlashSlash => true,
        T::Hash => starts_line,
        _ => false,
    };
    if line_comment && line_end > place {
        let text = lexeme.kind().text();
        let report =
            Diagnostic::new(Code::ForeignComment, lexeme.span, "a comment begins with `--`")
                .with_label(format!("`{text}` is an operator"))
                .with_fix("write `--`", starts_line, lexeme.span, "--");
        let cost = if starts_line { 0.3 } else { 0.75 };
        out.push(diagnosed(vec![Change::delete(place, line_end - place)], cost, report));
    }
    let star = cx.lexemes.get(place + 1).is_some_and(|next| next.kind() == T::Star);
    if lexeme.kind() == T::Slash && star && adjacent(cx, place) {
        let closes = |&n: &usize| {
            cx.lexemes[n].kind() == T::Star
                && adjacent(cx, n)
                && matches!(cx.lexemes[n + 1].kind(), T::Slash | T::SlashSlash)
        };
        let Some(close) = (place + 2..cx.lexemes.len()).find(closes) else { return };
        let open = pair_span(cx, place);
        let report =
            Diagnostic::new(Code::ForeignComment, open, "a long comment is written `--[[ … ]]`")
                .with_label("a comment of other languages")
                .with_edits(
                    "write `--[[ … ]]`",
                    false,
                    vec![
                        crate::diag::Edit { span: open, text: "--[[".into() },
                        crate::diag::Edit { span: pair_span(cx, close), text: "]]".into() },
                    ],
                );
        out.push(diagnosed(vec![Change::delete(place, close + 2 - place)], 0.3, report));
    }
}

/// Misspelled keywords, and those of other languages.
pub(super) fn keywords(cx: &mut Context<'_>, place: usize, out: &mut Vec<Candidate>) {
    let lexeme = cx.lexemes[place];
    if lexeme.kind() != T::Name || lexeme.inserted {
        return;
    }
    let word = String::from_utf8_lossy(cx.text(place)).into_owned();
    if let Some(kind) = wrong_case(cx, place).filter(|_| foreign_word(&word).is_empty()) {
        return lower_case(cx, place, kind, out);
    }
    let luka = cx.options.std == Std::Luka;
    let declares = luka && matches!(word.as_str(), "const" | "global");
    let shouted = word.bytes().all(|b| b.is_ascii_uppercase());
    let known = if shouted { word.to_ascii_lowercase() } else { word.clone() };
    for (kind, code) in foreign_word(&known).into_iter().filter(|_| !declares) {
        let text = kind.text();
        let report =
            Diagnostic::new(code, lexeme.span, format!("`{word}` is written `{text}` in Lua"))
                .with_label("a keyword of other languages")
                .with_fix(format!("write `{text}`"), kind != T::Comma, lexeme.span, text);
        out.push(diagnosed(vec![Change::replace(place, plain(kind))], 0.5, report));
    }
    for (kind, distance) in misspelled(&word).into_iter().filter(|_| !declares) {
        let text = kind.text();
        let message = format!("`{word}` should probably be `{text}`");
        let report = Diagnostic::new(Code::MisspelledKeyword, lexeme.span, message)
            .with_label("a keyword is expected here")
            .with_fix(format!("write `{text}`"), true, lexeme.span, text);
        let cost = 0.4 + 0.2 * distance as f32;
        out.push(diagnosed(vec![Change::replace(place, plain(kind))], cost, report));
    }
}

/// The keyword that a name is in other letters: `If`, `THEN`.
fn wrong_case(cx: &Context<'_>, place: usize) -> Option<T> {
    let lexeme = cx.lexemes[place];
    let word = cx.text(place);
    let upper = lexeme.kind() == T::Name && word.iter().any(u8::is_ascii_uppercase);
    upper.then(|| keyword(&word.to_ascii_lowercase())).flatten()
}

/// `If x == 1 Then`: keywords with capitals, all of them at once.
fn lower_case(cx: &Context<'_>, place: usize, kind: T, out: &mut Vec<Candidate>) {
    let all: Vec<(usize, T)> =
        (0..cx.lexemes.len()).filter_map(|n| Some((n, wrong_case(cx, n)?))).collect();
    let edit = |&(n, kind): &(usize, T)| crate::diag::Edit {
        span: cx.lexemes[n].span,
        text: kind.text().to_string(),
    };
    let first = all.first().map_or(place, |first| first.0);
    let text = kind.text();
    let shown = String::from_utf8_lossy(cx.text(place)).into_owned();
    let report = Diagnostic::new(
        Code::MisspelledKeyword,
        cx.lexemes[place].span,
        format!("`{shown}` should probably be `{text}`"),
    )
    .with_label("keywords are written in lower case")
    .with_edits(format!("write `{text}`"), true, all.iter().map(edit).collect());
    let changes = all.iter().map(|&(n, kind)| Change::replace(n, plain(kind))).collect();
    if first <= place {
        out.push(diagnosed(changes, -1.0, report));
    }
}

/// `if a == 1 b == 2 then`
fn missing_conjunction(cx: &Context<'_>, at: usize, out: &mut Vec<Candidate>) {
    let lexeme = cx.lexemes[at];
    let before = (0..at).rev().take_while(|&n| cx.lexemes[n].line == lexeme.line);
    let heads = before.map(|n| cx.lexemes[n].kind());
    let mut heads =
        heads.filter(|kind| matches!(kind, T::If | T::ElseIf | T::While | T::Then | T::Do));
    let in_head = matches!(heads.next(), Some(T::If | T::ElseIf | T::While));
    let mut rest = cx.lexemes[at..].iter().take_while(|next| next.line == lexeme.line);
    let ends = rest.any(|next| matches!(next.kind(), T::Then | T::Do));
    if !in_head || !ends || !matches!(lexeme.kind(), T::Name | T::Not | T::LParen) {
        return;
    }
    let report = Diagnostic::new(Code::Expected, lexeme.span, "expected `and` or `or`")
        .with_label("another condition begins here")
        .with_help("conditions are joined with `and` or `or`");
    out.push(diagnosed(vec![Change::insert(at, plain(T::And))], 0.75, report));
}

/// `=` where `==` is meant, and vice versa.
fn equals(cx: &mut Context<'_>, at: usize, out: &mut Vec<Candidate>) {
    let lexeme = cx.lexemes[at];
    let line = lexeme.line;
    let before = || (0..at).rev().take_while(|&n| cx.lexemes[n].line == line);
    match lexeme.kind() {
        T::Eq => {
            let head = |n: usize| {
                matches!(
                    cx.lexemes[n].kind(),
                    T::If | T::ElseIf | T::While | T::Until | T::And | T::Or | T::Not
                )
            };
            if let Some(key) = literal_key(cx, at) {
                let text = String::from_utf8_lossy(cx.text(key)).into_owned();
                let span = cx.lexemes[key].span;
                let report = Diagnostic::new(
                    Code::UnexpectedToken,
                    span,
                    "a key that is no name is written in brackets",
                )
                .with_label("this is an item of the list")
                .with_fix(
                    format!("write `[{text}]`"),
                    true,
                    span,
                    format!("[{text}]"),
                );
                let insert = vec![plain(T::LBracket), cx.lexemes[key].token, plain(T::RBracket)];
                out.push(diagnosed(vec![Change { at: key, remove: 1, insert }], 0.1, report));
            } else if before().any(head) {
                let message = "two values are compared with `==`";
                let report = Diagnostic::new(Code::AssignmentInCondition, lexeme.span, message)
                    .with_label("`=` assigns, and is no part of an expression")
                    .with_fix("write `==`", true, lexeme.span, "==");
                out.push(diagnosed(vec![Change::replace(at, plain(T::EqEq))], 0.3, report));
            } else if before().any(|n| cx.lexemes[n].kind() == T::Return) {
                let message = "an assignment has no value";
                let report = Diagnostic::new(Code::AssignmentInCondition, lexeme.span, message)
                    .with_label("`=` is no part of an expression")
                    .with_help("assign before the `return`, or compare with `==`");
                out.push(diagnosed(vec![Change::replace(at, plain(T::EqEq))], 0.2, report));
            } else if before().any(|n| cx.lexemes[n].kind() == T::Eq) {
                let message = "an assignment has no value";
                let report = Diagnostic::new(Code::AssignmentInCondition, lexeme.span, message)
                    .with_label("a second `=` is not allowed here")
                    .with_help("assign to one variable after the other, or compare with `==`");
                out.push(diagnosed(vec![Change::replace(at, plain(T::EqEq))], 0.9, report));
            } else if at > 0 && ends_call(cx, at - 1) {
                let message = "a call cannot be assigned to";
                let report = Diagnostic::new(Code::AssignmentInCondition, lexeme.span, message)
                    .with_label("`=` assigns to a variable or a field")
                    .with_help("assign to a name, or compare with `==`");
                // The value is parsed as that of a variable.
                let name = token(cx, T::Name);
                let insert = vec![plain(T::Semi), plain(T::Local), name, plain(T::Eq)];
                out.push(diagnosed(vec![Change { at, remove: 1, insert }], 0.6, report));
            }
        }
        T::Int | T::Float | T::Str | T::True | T::False | T::Nil
            if cx.lexemes.get(at + 1).is_some_and(|next| next.kind() == T::Eq)
                && (lexeme.indent >= 0 || at == 0) =>
        {
            let end = (at..cx.lexemes.len()).find(|&n| cx.lexemes[n].line != line);
            let name = cx.lexemes.get(at + 2).filter(|next| next.kind() == T::Name);
            let alone = name.is_some() && end.is_none_or(|end| end <= at + 3);
            let report = Diagnostic::new(
                Code::UnexpectedToken,
                lexeme.span,
                "a value cannot be assigned to",
            )
            .with_label("`=` assigns to a variable or a field");
            let report = if alone || end.is_none() && cx.lexemes.len() == at + 4 {
                let (value, name) = (cx.text(at), cx.text(at + 2));
                let text = [name, b" = ", value].concat();
                report.with_help(format!(
                    "the variable comes first: `{}`",
                    String::from_utf8_lossy(&text)
                ))
            } else {
                report
            };
            let name = token(cx, T::Name);
            out.push(diagnosed(vec![Change::replace(at, name)], 0.2, report));
        }
        T::EqEq => {
            let report = Diagnostic::new(Code::UnexpectedToken, lexeme.span, "`==` compares")
                .with_label("an assignment is written with one `=`")
                .with_fix("write `=`", false, lexeme.span, "=");
            out.push(diagnosed(vec![Change::replace(at, plain(T::Eq))], 0.4, report));
        }
        _ => {}
    }
}

/// The literal before the `=` at `at`, if it is meant as the key of a field: `{3 = "c"}`.
fn literal_key(cx: &Context<'_>, at: usize) -> Option<usize> {
    let key = at.checked_sub(1)?;
    let opens = key.checked_sub(1).map(|n| cx.lexemes[n].kind())?;
    let literal = matches!(cx.lexemes[key].kind(), T::Int | T::Float | T::Str | T::True | T::False);
    let brace = (0..key)
        .rev()
        .take(400)
        .find(|&n| matches!(cx.lexemes[n].kind(), T::LBrace | T::LParen | T::Local | T::Return));
    let in_table = brace.is_some_and(|n| cx.lexemes[n].kind() == T::LBrace);
    (literal && in_table && matches!(opens, T::LBrace | T::Comma | T::Semi)).then_some(key)
}

/// Is this the end of the arguments of a call?
fn ends_call(cx: &Context<'_>, close: usize) -> bool {
    let mut depth = 0;
    for n in (0..=close).rev().take(60) {
        match cx.lexemes[n].kind() {
            T::RParen => depth += 1,
            T::LParen => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            let before = n.checked_sub(1).map(|before| cx.lexemes[before]);
            return n < close && before.is_some_and(|l| l.kind() == T::Name);
        }
    }
    false
}

/// A reserved word where a name is required.
fn reserved(cx: &mut Context<'_>, at: usize, out: &mut Vec<Candidate>) {
    let lexeme = cx.lexemes[at];
    if !lexeme.kind().is_keyword() {
        return;
    }
    let before = at.checked_sub(1).map_or(T::Eof, |at| cx.lexemes[at].kind());
    let next = cx.lexemes.get(at + 1).map_or(T::Eof, |lexeme| lexeme.kind());
    let word = lexeme.kind().text();
    let same_line = at > 0 && cx.lexemes[at - 1].line == lexeme.line;
    let behind_word = matches!(
        before,
        T::Dot | T::Colon | T::Local | T::Function | T::Goto | T::For | T::ColonColon
    );
    let in_list = matches!(before, T::Comma | T::LBrace | T::LParen | T::Semi)
        && matches!(next, T::Eq | T::Comma | T::RParen | T::In);
    // `{f: function() … end}`
    let is_value = before == T::Colon
        && matches!(lexeme.kind(), T::Function | T::Nil | T::True | T::False | T::Not);
    let named = behind_word && same_line && !is_value || in_list;
    if !named {
        return;
    }
    let line_start = (0..at).rev().take_while(|&n| cx.lexemes[n].line == lexeme.line);
    let declares = line_start.clone().any(|n| cx.lexemes[n].kind() == T::Function);
    let name = token(cx, T::Name);
    let report =
        Diagnostic::new(Code::ReservedName, lexeme.span, format!("`{word}` is a reserved word"))
            .with_label("it cannot be used as a name");
    let report = match before {
        T::Dot if !declares => {
            let span = Span::new(cx.lexemes[at - 1].span.start, lexeme.span.end);
            report.with_fix(format!("write `[\"{word}\"]`"), true, span, format!("[\"{word}\"]"))
        }
        T::LBrace | T::Comma | T::Semi if next == T::Eq => {
            let text = format!("[\"{word}\"]");
            report.with_fix(format!("write `{text}`"), true, lexeme.span, text)
        }
        _ => report.with_help(format!("choose another name, for example `{word}_`")),
    };
    out.push(diagnosed(vec![Change::replace(at, name)], 0.5, report));
}
