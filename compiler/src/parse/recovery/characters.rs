//! Characters that are not part of any token: typographic quotes, non-ASCII letters, invisible
//! mismatches, symbols of other languages.

use super::candidates::{Candidate, token};
use super::foreign::{adjacent, diagnosed};
use super::trial::{Change, Context};
use crate::Span;
use crate::diag::{Code, Diagnostic, Edit};
use crate::lex::TokenKind as T;

/// Repairs for the character at lexeme `place` suggests.
pub(super) fn characters(cx: &mut Context<'_>, place: usize, out: &mut Vec<Candidate>) {
    let lexeme = cx.lexemes[place];
    if lexeme.kind() == T::Question {
        return stray(cx, place, out);
    }
    if lexeme.kind() != T::Other || lexeme.inserted {
        return;
    }
    if lexeme.token.payload < 0x80 {
        return stray(cx, place, out);
    }
    let Some((c, wide)) = character(cx, place) else { return stray(cx, place, out) };
    match c {
        '“' | '”' | '„' | '‘' | '’' | '«' | '»' => quotes(cx, place, wide, out),
        c if c.is_alphanumeric() => non_ascii_name(cx, place, out),
        '\u{a0}' | '\u{2000}'..='\u{200f}' | '\u{202f}' | '\u{2060}' | '\u{3000}' | '\u{feff}' => {
            invisible(cx, place, c, wide, out);
        }
        _ => symbol(cx, place, c, wide, out),
    }
}

/// The character whose first byte is at `place`, and its number of bytes.
fn character(cx: &Context<'_>, place: usize) -> Option<(char, usize)> {
    let start = cx.lexemes[place].span.start as usize;
    let bytes = cx.source.bytes().get(start..)?;
    let text = bytes[..bytes.len().min(4)].utf8_chunks().next()?.valid();
    let c = text.chars().next()?;
    Some((c, c.len_utf8()))
}

/// A byte without a specific repair.
fn stray(cx: &Context<'_>, place: usize, out: &mut Vec<Candidate>) {
    let lexeme = cx.lexemes[place];
    let byte = cx.text(place).first().copied().unwrap_or(0);
    let name = if byte.is_ascii_graphic() {
        format!("`{}`", byte as char)
    } else {
        format!("the byte {byte}")
    };
    let report =
        Diagnostic::new(Code::StrayCharacter, lexeme.span, format!("{name} has no meaning in Lua"))
            .with_label("this character is not part of any token")
            .with_fix("remove it", false, lexeme.span, "");
    out.push(diagnosed(vec![Change::delete(place, 1)], 0.7, report));
}

/// All lexeme sequences of the text with the same bytes as the `count` lexemes at `place`.
fn same_everywhere(cx: &Context<'_>, place: usize, count: usize) -> Vec<usize> {
    let bytes = |at: usize| {
        let lexemes = cx.lexemes.get(at..at + count)?;
        let span = Span::new(lexemes.first()?.span.start, lexemes.last()?.span.end);
        cx.source.bytes().get(span.start as usize..span.end as usize)
    };
    let wanted = bytes(place);
    let mut out = Vec::new();
    let mut at = place;
    while at + count <= cx.lexemes.len() {
        if cx.lexemes[at].kind() == cx.lexemes[place].kind() && bytes(at) == wanted {
            out.push(at);
            at += count;
        } else {
            at += 1;
        }
    }
    out
}

/// A space or mismatch that cannot be seen.
fn invisible(cx: &Context<'_>, place: usize, c: char, wide: usize, out: &mut Vec<Candidate>) {
    let span = Span::new(cx.lexemes[place].span.start, cx.lexemes[place].span.start + wide as u32);
    let name = match c {
        '\u{a0}' | '\u{202f}' => "a no-break space",
        '\u{feff}' => "a byte-order mark",
        '\u{200b}'..='\u{200f}' | '\u{2060}' => "an invisible character",
        _ => "a space of another script",
    };
    let number = c as u32;
    let message = format!("{name} (U+{number:04X}) is no white space in Lua");
    let places = same_everywhere(cx, place, wide);
    let edits = places.iter().map(|&at| {
        let start = cx.lexemes[at].span.start;
        Edit { span: Span::new(start, start + wide as u32), text: " ".into() }
    });
    let edits: Vec<Edit> = edits.collect();
    let report = Diagnostic::new(Code::StrayCharacter, span, message)
        .with_label("it often comes with copied text")
        .with_edits("write a space", true, edits);
    let changes = places.iter().map(|&at| Change::delete(at, wide)).collect();
    out.push(diagnosed(changes, 0.2, report));
}

/// Any other character; some look like an operator.
fn symbol(cx: &Context<'_>, place: usize, c: char, wide: usize, out: &mut Vec<Candidate>) {
    let span = Span::new(cx.lexemes[place].span.start, cx.lexemes[place].span.start + wide as u32);
    let like = match c {
        '≠' => Some((T::TildeEq, "~=")),
        '≤' => Some((T::LessEq, "<=")),
        '≥' => Some((T::GreaterEq, ">=")),
        '×' | '·' => Some((T::Star, "*")),
        '÷' => Some((T::Slash, "/")),
        '–' | '—' | '−' => Some((T::Minus, "-")),
        '…' => Some((T::Dots, "...")),
        '，' => Some((T::Comma, ",")),
        '；' => Some((T::Semi, ";")),
        '：' => Some((T::Colon, ":")),
        '（' => Some((T::LParen, "(")),
        '）' => Some((T::RParen, ")")),
        _ => None,
    };
    let report = Diagnostic::new(
        Code::StrayCharacter,
        span,
        format!("the character `{c}` has no meaning in Lua"),
    )
    .with_label("this character is not part of any token");
    let (insert, report) = match like {
        Some((kind, text)) => {
            let token = crate::lex::Token { kind, payload: 0 };
            (vec![token], report.with_fix(format!("write `{text}`"), true, span, text))
        }
        None => (Vec::new(), report.with_fix("remove it", false, span, "")),
    };
    out.push(diagnosed(vec![Change { at: place, remove: wide, insert }], 0.3, report));
}

/// A string in typographic quotes: up to the next one on the line.
fn quotes(cx: &mut Context<'_>, place: usize, wide: usize, out: &mut Vec<Candidate>) {
    let line = cx.lexemes[place].line;
    let from = place + wide;
    let closes = |&n: &usize| {
        cx.lexemes[n].kind() == T::Other
            && cx.lexemes[n].token.payload >= 0xC0
            && matches!(character(cx, n), Some(('“' | '”' | '‘' | '’' | '«' | '»', _)))
    };
    let on_line = (from..cx.lexemes.len()).take_while(|&n| cx.lexemes[n].line == line);
    let Some(close) = on_line.clone().find(closes) else { return };
    let Some((_, close_wide)) = character(cx, close) else { return };
    let open_at = cx.lexemes[place].span.start;
    let close_at = cx.lexemes[close].span.start;
    let string = token(cx, T::Str);
    let open = Span::new(open_at, open_at + wide as u32);
    let shut = Span::new(close_at, close_at + close_wide as u32);
    let report = Diagnostic::new(
        Code::TypographicQuotes,
        Span::new(open.start, shut.end),
        "strings are written in straight quotes",
    )
    .with_label("these quotes are typographic")
    .with_edits(
        "write `\"…\"`",
        true,
        vec![Edit { span: open, text: "\"".into() }, Edit { span: shut, text: "\"".into() }],
    );
    let remove = close + close_wide - place;
    let next = cx.lexemes.get(place + remove);
    let alone = cx.lexemes[place].indent >= 0
        && next.is_some_and(|next| next.line > line || next.kind() == T::Eof);
    let insert = if alone { Vec::new() } else { vec![string] };
    out.push(diagnosed(vec![Change { at: place, remove, insert }], 0.2, report));
}

/// A name with non-ASCII letters.
fn non_ascii_name(cx: &mut Context<'_>, place: usize, out: &mut Vec<Candidate>) {
    let part = |cx: &Context<'_>, n: usize| {
        let lexeme = cx.lexemes[n];
        lexeme.kind() == T::Name || lexeme.kind() == T::Other && lexeme.token.payload >= 0x80
    };
    let mut from = place;
    while from > 0 && part(cx, from - 1) && adjacent(cx, from - 1) {
        from -= 1;
    }
    let mut to = place + 1;
    while to < cx.lexemes.len() && part(cx, to) && adjacent(cx, to - 1) {
        to += 1;
    }
    let span = Span::new(cx.lexemes[from].span.start, cx.lexemes[to - 1].span.end);
    let text = cx.source.bytes().get(span.start as usize..span.end as usize).unwrap_or(&[]);
    let text = String::from_utf8_lossy(text).into_owned();
    let name = cx.word(T::Name, &text);
    let report = Diagnostic::new(
        Code::NonAsciiName,
        span,
        format!("`{text}` cannot be a name: it contains non-ASCII letters"),
    )
    .with_label("names consist of A–Z, a–z, 0–9 and `_`");
    let count = to - from;
    let changes = same_everywhere(cx, from, count)
        .into_iter()
        .map(|at| Change { at, remove: count, insert: vec![name] })
        .collect();
    out.push(diagnosed(changes, 0.2, report));
}
