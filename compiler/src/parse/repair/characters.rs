//! Characters that belong to no token: typographic quotes, letters outside of ASCII, invisible
//! marks, symbols of other languages.

use super::candidates::{Candidate, token};
use super::foreign::{known, touch};
use super::trial::{Bench, Change};
use crate::Span;
use crate::diag::{Code, Diagnostic, Edit};
use crate::lex::TokenKind as T;

/// What the character at cell `place` suggests.
pub(super) fn characters(bench: &mut Bench<'_>, place: usize, out: &mut Vec<Candidate>) {
    let cell = bench.cells[place];
    if cell.kind() == T::Question {
        return stray(bench, place, out);
    }
    if cell.kind() != T::Other || cell.inserted {
        return;
    }
    if cell.token.payload < 0x80 {
        return stray(bench, place, out);
    }
    let Some((c, wide)) = character(bench, place) else { return stray(bench, place, out) };
    match c {
        '“' | '”' | '„' | '‘' | '’' | '«' | '»' => quotes(bench, place, wide, out),
        c if c.is_alphanumeric() => word(bench, place, out),
        '\u{a0}' | '\u{2000}'..='\u{200f}' | '\u{202f}' | '\u{2060}' | '\u{3000}' | '\u{feff}' => {
            invisible(bench, place, c, wide, out);
        }
        _ => symbol(bench, place, c, wide, out),
    }
}

/// The character whose first byte is at `place`, and its number of bytes.
fn character(bench: &Bench<'_>, place: usize) -> Option<(char, usize)> {
    let start = bench.cells[place].span.start as usize;
    let bytes = bench.source.bytes().get(start..)?;
    let text = bytes[..bytes.len().min(4)].utf8_chunks().next()?.valid();
    let c = text.chars().next()?;
    Some((c, c.len_utf8()))
}

/// A byte that nothing can be made of.
fn stray(bench: &Bench<'_>, place: usize, out: &mut Vec<Candidate>) {
    let cell = bench.cells[place];
    let byte = bench.text(place).first().copied().unwrap_or(0);
    let name = if byte.is_ascii_graphic() {
        format!("`{}`", byte as char)
    } else {
        format!("the byte {byte}")
    };
    let report =
        Diagnostic::new(Code::StrayCharacter, cell.span, format!("{name} has no meaning in Lua"))
            .with_label("this character belongs to no token")
            .with_fix("remove it", false, cell.span, "");
    out.push(known(vec![Change::delete(place, 1)], 0.7, report));
}

/// Cells that spell the same bytes as the `count` ones at `place`, everywhere in the text.
fn same_everywhere(bench: &Bench<'_>, place: usize, count: usize) -> Vec<usize> {
    let bytes = |at: usize| {
        let cells = bench.cells.get(at..at + count)?;
        let span = Span::new(cells.first()?.span.start, cells.last()?.span.end);
        bench.source.bytes().get(span.start as usize..span.end as usize)
    };
    let wanted = bytes(place);
    let mut out = Vec::new();
    let mut at = place;
    while at + count <= bench.cells.len() {
        if bench.cells[at].kind() == bench.cells[place].kind() && bytes(at) == wanted {
            out.push(at);
            at += count;
        } else {
            at += 1;
        }
    }
    out
}

/// A space or mark that cannot be seen.
fn invisible(bench: &Bench<'_>, place: usize, c: char, wide: usize, out: &mut Vec<Candidate>) {
    let span =
        Span::new(bench.cells[place].span.start, bench.cells[place].span.start + wide as u32);
    let name = match c {
        '\u{a0}' | '\u{202f}' => "a no-break space",
        '\u{feff}' => "a byte-order mark",
        '\u{200b}'..='\u{200f}' | '\u{2060}' => "an invisible mark",
        _ => "a space of another script",
    };
    let number = c as u32;
    let message = format!("{name} (U+{number:04X}) is no white space in Lua");
    let places = same_everywhere(bench, place, wide);
    let edits = places.iter().map(|&at| {
        let start = bench.cells[at].span.start;
        Edit { span: Span::new(start, start + wide as u32), text: " ".into() }
    });
    let edits: Vec<Edit> = edits.collect();
    let report = Diagnostic::new(Code::StrayCharacter, span, message)
        .with_label("it often comes with copied text")
        .with_edits("write a space", true, edits);
    let changes = places.iter().map(|&at| Change::delete(at, wide)).collect();
    out.push(known(changes, 0.2, report));
}

/// Any other character; some look like an operator.
fn symbol(bench: &Bench<'_>, place: usize, c: char, wide: usize, out: &mut Vec<Candidate>) {
    let span =
        Span::new(bench.cells[place].span.start, bench.cells[place].span.start + wide as u32);
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
    .with_label("this belongs to no token");
    let (insert, report) = match like {
        Some((kind, text)) => {
            let token = crate::lex::Token { kind, payload: 0 };
            (vec![token], report.with_fix(format!("write `{text}`"), true, span, text))
        }
        None => (Vec::new(), report.with_fix("remove it", false, span, "")),
    };
    out.push(known(vec![Change { at: place, remove: wide, insert }], 0.3, report));
}

/// A string in typographic quotes: up to the next one on the line.
fn quotes(bench: &mut Bench<'_>, place: usize, wide: usize, out: &mut Vec<Candidate>) {
    let line = bench.cells[place].line;
    let from = place + wide;
    let closes = |&n: &usize| {
        bench.cells[n].kind() == T::Other
            && bench.cells[n].token.payload >= 0xC0
            && matches!(character(bench, n), Some(('“' | '”' | '‘' | '’' | '«' | '»', _)))
    };
    let on_line = (from..bench.cells.len()).take_while(|&n| bench.cells[n].line == line);
    let Some(close) = on_line.clone().find(closes) else { return };
    let Some((_, close_wide)) = character(bench, close) else { return };
    let open_at = bench.cells[place].span.start;
    let close_at = bench.cells[close].span.start;
    let string = token(bench, T::Str);
    let open = Span::new(open_at, open_at + wide as u32);
    let shut = Span::new(close_at, close_at + close_wide as u32);
    let report = Diagnostic::new(
        Code::TypographicQuotes,
        Span::new(open.start, shut.end),
        "a string stands in straight quotes",
    )
    .with_label("these quotes are typographic")
    .with_edits(
        "write `\"…\"`",
        true,
        vec![Edit { span: open, text: "\"".into() }, Edit { span: shut, text: "\"".into() }],
    );
    let remove = close + close_wide - place;
    out.push(known(vec![Change { at: place, remove, insert: vec![string] }], 0.2, report));
}

/// A name with letters outside of ASCII.
fn word(bench: &mut Bench<'_>, place: usize, out: &mut Vec<Candidate>) {
    let part = |bench: &Bench<'_>, n: usize| {
        let cell = bench.cells[n];
        cell.kind() == T::Name || cell.kind() == T::Other && cell.token.payload >= 0x80
    };
    let mut from = place;
    while from > 0 && part(bench, from - 1) && touch(bench, from - 1) {
        from -= 1;
    }
    let mut to = place + 1;
    while to < bench.cells.len() && part(bench, to) && touch(bench, to - 1) {
        to += 1;
    }
    let span = Span::new(bench.cells[from].span.start, bench.cells[to - 1].span.end);
    let text = bench.source.bytes().get(span.start as usize..span.end as usize).unwrap_or(&[]);
    let text = String::from_utf8_lossy(text).into_owned();
    let name = bench.word(T::Name, &text);
    let report = Diagnostic::new(
        Code::NonAsciiName,
        span,
        format!("`{text}` cannot be a name: it has letters outside of ASCII"),
    )
    .with_label("names consist of A–Z, a–z, 0–9 and `_`");
    let count = to - from;
    let changes = same_everywhere(bench, from, count)
        .into_iter()
        .map(|at| Change { at, remove: count, insert: vec![name] })
        .collect();
    out.push(known(changes, 0.2, report));
}
