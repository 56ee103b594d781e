//! Colours for an input while it is typed, from the lexer's tokens. They do not change its columns.

use luka_compiler::lex::{TokenKind as T, Tokens, lex};
use luka_compiler::source::{Source, SourceKind};
use luka_compiler::{Span, Std};

const KEYWORD: &str = "35";
const NUMBER: &str = "36";
const STRING: &str = "32";
const COMMENT: &str = "2";
const BRACKET: &str = "1;33";

/// Contextual keywords of the extensions.
pub const SOFT: [&str; 10] =
    ["case", "catch", "const", "continue", "defer", "finally", "global", "match", "try", "type"];

/// The text in colours. With a cursor (a byte offset), the bracket at it or before it and its
/// partner are highlighted.
pub fn highlight(text: &str, cursor: Option<usize>) -> String {
    if super::is_command(text) {
        return command(text);
    }
    let source = Source::new(b"=input", text.as_bytes(), SourceKind::Chunk);
    let tokens = lex(&source, Std::Luka);
    let pair = cursor.and_then(|cursor| pair(&tokens, cursor));
    let mut out = String::with_capacity(text.len() * 2);
    let mut at = 0;
    for (i, (token, span)) in tokens.tokens.iter().zip(&tokens.spans).enumerate() {
        let (start, end) = (span.start as usize, span.end as usize);
        let (Some(gap), Some(word)) = (text.get(at..start), text.get(start..end)) else { continue };
        comment(gap, &mut out);
        at = end;
        let code = match token.kind {
            kind if kind.is_keyword() => KEYWORD,
            T::Int | T::Float => NUMBER,
            T::Str | T::InterpWhole | T::InterpBegin | T::InterpMid | T::InterpEnd => STRING,
            T::Error if word.starts_with("--") => COMMENT,
            T::Error if word.starts_with(['"', '\'', '`', '[', '}']) => STRING,
            T::Name if SOFT.contains(&word) && is_soft(&tokens, i) => KEYWORD,
            _ if pair.is_some_and(|pair| pair.contains(&i)) => BRACKET,
            _ => "",
        };
        paint(word, code, &mut out);
    }
    comment(text.get(at..).unwrap_or_default(), &mut out);
    out
}

/// A command's name and its argument.
fn command(text: &str) -> String {
    let name = text.len() - text.trim_start_matches(|c: char| !c.is_whitespace() || c == ':').len();
    let mut out = String::new();
    paint(&text[..name], KEYWORD, &mut out);
    out.push_str(&text[name..]);
    out
}

/// The text between tokens: blanks and comments.
fn comment(gap: &str, out: &mut String) {
    match gap.find("--") {
        Some(at) => {
            out.push_str(&gap[..at]);
            paint(&gap[at..], COMMENT, out);
        }
        None => out.push_str(gap),
    }
}

/// Colours each line separately, so that the editor can break between lines.
fn paint(text: &str, code: &str, out: &mut String) {
    if code.is_empty() {
        return out.push_str(text);
    }
    for (i, line) in text.split('\n').enumerate() {
        if i > 0 {
            out.push('\n');
        }
        if !line.is_empty() {
            out.push_str(&format!("\x1b[{code}m{line}\x1b[0m"));
        }
    }
}

/// Whether a contextual keyword is used as a keyword, judging by the tokens around it.
fn is_soft(tokens: &Tokens, i: usize) -> bool {
    let next = tokens.tokens.get(i + 1).map_or(T::Eof, |token| token.kind);
    let before = i.checked_sub(1).map(|i| tokens.tokens[i].kind);
    let starts = !matches!(before, Some(T::Dot | T::Colon | T::Eq | T::Comma | T::LParen));
    let goes_on = matches!(
        next,
        T::Name | T::Do | T::Function | T::Str | T::Int | T::LBrace | T::Nil | T::True | T::False
    );
    starts && (goes_on || (matches!(next, T::Eof | T::End) && i > 0))
}

/// The indices of the bracket at the cursor, or before it, and of its partner.
fn pair(tokens: &Tokens, cursor: usize) -> Option<[usize; 2]> {
    let at = |span: &Span| span.start as usize == cursor || span.end as usize == cursor;
    let bracket = |i: &usize| is_bracket(tokens.tokens[*i].kind);
    let near = (0..tokens.len()).filter(bracket).filter(|&i| at(&tokens.spans[i]));
    let i = near.max_by_key(|&i| tokens.spans[i].start as usize == cursor)?;
    let opens = matches!(tokens.tokens[i].kind, T::LParen | T::LBrace | T::LBracket);
    let mut depth = 0i32;
    let ahead: Box<dyn Iterator<Item = usize>> =
        if opens { Box::new(i..tokens.len()) } else { Box::new((0..=i).rev()) };
    for j in ahead.filter(bracket) {
        let opener = matches!(tokens.tokens[j].kind, T::LParen | T::LBrace | T::LBracket);
        depth += if opener == opens { 1 } else { -1 };
        if depth == 0 {
            return Some([i, j]);
        }
    }
    None
}

fn is_bracket(kind: T) -> bool {
    matches!(kind, T::LParen | T::RParen | T::LBrace | T::RBrace | T::LBracket | T::RBracket)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> String {
        let mut out = String::new();
        let mut rest = text;
        while let Some(at) = rest.find('\x1b') {
            out.push_str(&rest[..at]);
            rest = &rest[at + rest[at..].find('m').unwrap_or(0) + 1..];
        }
        out + rest
    }

    #[test]
    fn the_text_stays_the_same() {
        for text in [
            "local x = 1 -- one",
            "x = 'open",
            "--[[ open\ncomment",
            "[[ long\nstring ]] .. `a {b} c`",
            "f({[1] = 'é→'})",
            ":help x",
            "\u{feff}x = $ ?",
            "match x do case 1 then end",
        ] {
            for cursor in 0..=text.len() {
                assert_eq!(plain(&highlight(text, Some(cursor))), text);
            }
        }
    }

    #[test]
    fn words_have_colours() {
        assert_eq!(highlight("local x", None), "\x1b[35mlocal\x1b[0m x");
        assert_eq!(highlight("x -- y", None), "x \x1b[2m-- y\x1b[0m");
        assert_eq!(highlight("type(x)", None), "type(x)");
        assert_eq!(highlight("const x = 1", None), "\x1b[35mconst\x1b[0m x = \x1b[36m1\x1b[0m");
    }

    #[test]
    fn brackets_find_their_partner() {
        let marked = |text: &str, cursor| highlight(text, Some(cursor)).matches("[1;33m").count();
        assert_eq!(marked("f(a)", 1), 2);
        assert_eq!(marked("f(a)", 4), 2);
        assert_eq!(marked("f('(')", 6), 2);
        assert_eq!(marked("f(a", 2), 0);
        assert_eq!(marked("f(a)", 3), 2);
        assert_eq!(marked("ff(a)", 1), 0);
    }
}
