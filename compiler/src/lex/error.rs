//! Diagnostics of the lexer.

use super::token_text::quote;
use crate::Span;
use crate::diag::{Code, Diagnostic, Phase, PucOrder};
use crate::source::Source;

/// An error inside a string's escape sequence.
pub(super) struct EscapeError {
    /// PUC's message.
    pub text: &'static str,
    /// The escape's backslash.
    pub shown_from: usize,
    /// After the byte that is wrong; one past the end of the text if that is what is wrong.
    pub shown_to: usize,
}

fn puc_order(token_at: u32) -> PucOrder {
    PucOrder { token_at, phase: Phase::Lex }
}

fn near(text: &str, shown: &[u8]) -> Vec<u8> {
    [text.as_bytes(), b" near ", shown].concat()
}

pub(super) fn source_too_large(source: &Source) -> Diagnostic {
    let at = source.start();
    Diagnostic::new(Code::SourceTooLarge, Span::new(at, at), "the source text is too large")
        .with_puc(puc_order(at), Some(source.line(at)), "chunk is too large")
}

pub(super) fn malformed_number(source: &Source, span: Span) -> Diagnostic {
    let text = &source.bytes()[span.start as usize..span.end as usize];
    let shown = String::from_utf8_lossy(text);
    let report = Diagnostic::new(Code::MalformedNumber, span, format!("`{shown}` is not a number"))
        .with_puc(
            puc_order(span.start),
            Some(source.line(span.start)),
            near("malformed number", &quote(text)),
        )
        .with_label("malformed number");
    let is_hexadecimal = shown.starts_with("0x") || shown.starts_with("0X");
    let is_suffix = |c: char| {
        matches!(c, 'u' | 'U' | 'l' | 'L' | 'n') || !is_hexadecimal && matches!(c, 'f' | 'F')
    };
    let number = shown.trim_end_matches(is_suffix);
    let letters = shown.trim_start_matches(|c: char| c.is_ascii_digit());
    let is_name = letters.len() < shown.len()
        && letters.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && !matches!(shown.as_bytes(), [b'0', b'x' | b'X', ..]);
    let rest = &source.bytes()[span.start as usize..];
    let digits = rest.iter().take_while(|b| b.is_ascii_digit()).count();
    if rest[digits..].starts_with(b".times") {
        let count = String::from_utf8_lossy(&rest[..digits]);
        return report.with_help(format!("write `for i = 1, {count} do … end`"));
    }
    if let Some((first, last)) = shown.split_once("..") {
        let last = last.trim_start_matches(['.', '=', '<']);
        let is_number = |text: &str| super::parse_numeral(text.as_bytes()).is_some();
        let bounds = match is_number(first) && is_number(last) {
            true => format!("{first}, {last}"),
            false => "first, last".to_string(),
        };
        return report.with_help(format!(
            "a loop over numbers is written `for i = {bounds} do`; to concatenate, put spaces \
             around `..`"
        ));
    }
    if number.len() < text.len() && super::parse_numeral(number.as_bytes()).is_some() {
        return report.with_help(format!("numbers have no suffixes: write `{number}`"));
    }
    match is_name && !letters.starts_with(['e', 'E']) {
        true => report.with_help("a name does not begin with a digit, and a number has no unit"),
        false => report,
    }
}

pub(super) fn unfinished_string(
    source: &Source,
    quote_at: u32,
    span: Span,
    shown: &[u8],
) -> Diagnostic {
    let open = Span::new(quote_at, quote_at + 1);
    let quote_text = match source.bytes()[quote_at as usize] {
        b'"' => "`\"`",
        b'\'' => "`'`",
        _ => "`` ` ``",
    };
    let place = if at_end(source, span) { "text" } else { "line" };
    let report = unfinished(
        source,
        span,
        shown,
        Diagnostic::new(Code::UnfinishedString, open, "this string is not closed"),
    );
    if follows_empty_string(source, quote_at) {
        return report
            .with_label("the first two quotes are an empty string, and this one begins another")
            .with_help("a string of several lines is written `[[ … ]]`");
    }
    if let Some(inner) = inner_quote(source, quote_at) {
        let quote = char::from(source.bytes()[quote_at as usize]);
        let other = if quote == '"' { '\'' } else { '"' };
        return report
            .with_label("this one begins another string, which does not end")
            .with_secondary(inner, "the string ends here")
            .with_help(format!(
                "write `\\{quote}` for a quote in the string, or enclose the string in \
                 `{other}…{other}`"
            ));
    }
    let other = if source.bytes()[quote_at as usize] == b'"' { b'\'' } else { b'"' };
    let ends = shown.iter().rposition(|b| !matches!(b, b')' | b',' | b';' | b'}' | b']' | b' '));
    if ends.is_some_and(|at| at > 0 && shown[at] == other) {
        let other = char::from(other);
        return report.with_label(format!("`{other}` does not end it")).with_help(format!(
            "a string ends with the quote it begins with: write {quote_text} for the `{other}`"
        ));
    }
    report
    .with_label(format!("no {quote_text} follows before the end of the {place}"))
    .with_help(format!(
        "close the string with {quote_text}; to continue on the next line, end this one with `\\`"
    ))
}

/// The quote inside a string that has ended it, if this one was meant to: `'it's'`.
fn inner_quote(source: &Source, quote_at: u32) -> Option<Span> {
    let at = quote_at as usize;
    let line = source.bytes()[..at].rsplit(|&b| b == b'\n').next()?;
    let is_letter = |b: &&u8| b.is_ascii_alphabetic() || **b >= 0x80;
    let wordy = |b: &u8| {
        b.is_ascii_alphanumeric() || matches!(b, b' ' | b',' | b'.' | b'!' | b'?' | 0x80..)
    };
    let inner = line.iter().rposition(|&b| b == source.bytes()[at])?;
    let between = &line[inner + 1..];
    // Letters follow the quote without a space, and precede it.
    let inside = between.first().as_ref().is_some_and(is_letter)
        && line[..inner].last().as_ref().is_some_and(is_letter)
        && between.iter().all(wordy);
    let start = (at - line.len() + inner) as u32;
    inside.then(|| Span::new(start, start + 1))
}

/// Whether this quote is the third of three: `"""`.
fn follows_empty_string(source: &Source, quote_at: u32) -> bool {
    let at = quote_at as usize;
    let before = &source.bytes()[at.saturating_sub(2)..at];
    before.len() == 2 && before.iter().all(|&b| b == source.bytes()[at])
}

/// As [`unfinished_string`], of one that begins in a hole: what was meant to end the string around it.
pub(super) fn unfinished_hole(source: &Source, brace: u32, span: Span, shown: &[u8]) -> Diagnostic {
    let open = Span::new(brace, brace + 1);
    unfinished(
        source,
        span,
        shown,
        Diagnostic::new(Code::UnfinishedString, open, "this hole is not closed"),
    )
    .with_label("no `}` follows before the next string")
    .with_secondary(Span::new(span.start, span.start + 1), "which begins here, and does not end")
    .with_help("close the hole with `}`, or write `\\{` for a brace")
}

/// Adds PUC Lua's message.
fn unfinished(source: &Source, span: Span, shown: &[u8], diagnostic: Diagnostic) -> Diagnostic {
    let shown = if at_end(source, span) { b"<eof>".to_vec() } else { quote(shown) };
    diagnostic.with_puc(
        puc_order(span.start),
        Some(source.line(span.end)),
        near("unfinished string", &shown),
    )
}

fn at_end(source: &Source, span: Span) -> bool {
    span.end as usize >= source.bytes().len()
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
        puc_order(start),
        Some(source.lines().last()),
        format!("unfinished long {what} (starting at line {line}) near <eof>"),
    )
    .with_label(format!("no `]{equals}]` follows"))
}

pub(super) fn bad_long_bracket(source: &Source, span: Span) -> Diagnostic {
    let text = &source.bytes()[span.start as usize..span.end as usize];
    Diagnostic::new(Code::InvalidLongBracket, span, "this does not open a long string")
        .with_puc(
            puc_order(span.start),
            Some(source.line(span.start)),
            near("invalid long string delimiter", &quote(text)),
        )
        .with_label("a second `[` must follow")
}

/// `token_at`: where the string starts; `shown`: the string as far as PUC has read it.
pub(super) fn bad_escape(
    source: &Source,
    token_at: usize,
    escape: &EscapeError,
    shown: &[u8],
) -> Diagnostic {
    let end = (escape.shown_to).min(source.bytes().len());
    let span = Span::new(escape.shown_from as u32, end as u32);
    let line = source.line(escape.shown_to as u32 - 1);
    let diagnostic = Diagnostic::new(Code::InvalidEscape, span, escape.text)
        .with_puc(puc_order(token_at as u32), Some(line), near(escape.text, &quote(shown)))
        .with_label("in this escape sequence");
    let rest = source.bytes().get(escape.shown_from..);
    if rest.is_some_and(|rest| rest.starts_with(b"\\}")) {
        return diagnostic.with_help("`}` needs no backslash");
    }
    if escape.text.starts_with("invalid") {
        return diagnostic.with_help("write `\\\\` for a backslash");
    }
    diagnostic
}
