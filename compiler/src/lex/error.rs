//! Diagnostics of the lexer.

use super::near::quote;
use crate::Span;
use crate::diag::{Code, Diagnostic, Moment, Phase};
use crate::source::Source;

/// A fault inside a string's escape sequence.
pub(super) struct EscapeFault {
    /// PUC's words.
    pub text: &'static str,
    /// The escape's backslash.
    pub shown_from: usize,
    /// Behind the byte that is wrong; one past the end of the text if that is what is wrong.
    pub shown_to: usize,
}

fn moment(token_at: u32) -> Moment {
    Moment { token_at, phase: Phase::Lex }
}

fn near(text: &str, shown: &[u8]) -> Vec<u8> {
    [text.as_bytes(), b" near ", shown].concat()
}

pub(super) fn source_too_large(source: &Source) -> Diagnostic {
    let at = source.start();
    Diagnostic::new(Code::SourceTooLarge, Span::new(at, at), "the source text is too large")
        .with_puc(moment(at), Some(source.line(at)), "chunk is too large")
}

pub(super) fn malformed_number(source: &Source, span: Span) -> Diagnostic {
    let text = &source.bytes()[span.start as usize..span.end as usize];
    let shown = String::from_utf8_lossy(text);
    Diagnostic::new(Code::MalformedNumber, span, format!("`{shown}` is not a number"))
        .with_puc(
            moment(span.start),
            Some(source.line(span.start)),
            near("malformed number", &quote(text)),
        )
        .with_label("malformed number")
}

pub(super) fn unfinished_string(source: &Source, span: Span, shown: &[u8]) -> Diagnostic {
    let at_end = span.end as usize >= source.bytes().len();
    let shown = if at_end { b"<eof>".to_vec() } else { quote(shown) };
    let open = Span::new(span.start, span.start + 1);
    let quote_text = match source.bytes()[span.start as usize] {
        b'"' => "`\"`",
        b'\'' => "`'`",
        _ => "`` ` ``",
    };
    let place = if at_end { "text" } else { "line" };
    Diagnostic::new(Code::UnfinishedString, open, "this string is not closed")
        .with_puc(
            moment(span.start),
            Some(source.line(span.end)),
            near("unfinished string", &shown),
        )
        .with_label(format!("no {quote_text} follows before the end of the {place}"))
        .with_help(format!(
            "close the string with {quote_text}; to go on in the next line, end this one with `\\`"
        ))
}

/// `start`: where the `[` or `--[` of the bracket is; `what`: "string" or "comment".
pub(super) fn unfinished_long(
    source: &Source,
    start: usize,
    level: usize,
    what: &str,
) -> Diagnostic {
    let start = start as u32;
    let line = source.line(start);
    let equals = "=".repeat(level);
    let wide = level as u32 + if what == "comment" { 4 } else { 2 };
    Diagnostic::new(
        Code::UnfinishedLongBracket,
        Span::new(start, start + wide),
        format!("this long {what} is not closed"),
    )
    .with_puc(
        moment(start),
        Some(source.lines().last()),
        format!("unfinished long {what} (starting at line {line}) near <eof>"),
    )
    .with_label(format!("no `]{equals}]` follows"))
}

pub(super) fn bad_long_bracket(source: &Source, span: Span) -> Diagnostic {
    let text = &source.bytes()[span.start as usize..span.end as usize];
    Diagnostic::new(Code::InvalidLongBracket, span, "this opens no long string")
        .with_puc(
            moment(span.start),
            Some(source.line(span.start)),
            near("invalid long string delimiter", &quote(text)),
        )
        .with_label("a second `[` must follow")
}

/// `token_at`: where the string starts; `shown`: the string as far as PUC has read it.
pub(super) fn bad_escape(
    source: &Source,
    token_at: usize,
    fault: &EscapeFault,
    shown: &[u8],
) -> Diagnostic {
    let end = (fault.shown_to).min(source.bytes().len());
    let span = Span::new(fault.shown_from as u32, end as u32);
    let line = source.line(fault.shown_to as u32 - 1);
    let diagnostic = Diagnostic::new(Code::InvalidEscape, span, fault.text)
        .with_puc(moment(token_at as u32), Some(line), near(fault.text, &quote(shown)))
        .with_label("in this escape sequence");
    if fault.text.starts_with("invalid") {
        return diagnostic.with_help("write `\\\\` for a backslash");
    }
    diagnostic
}
