//! Patterns of lines: words that must be there, `NAME` for a name, `TYPE` for one that names a type in
//! other languages (`int`, `String`), `EXPR` for one or more lexemes with balanced brackets, `VALUE` for the same that starts with an operand, `REST` for any number of lexemes
//! up to what follows in the pattern.

use super::super::candidates::token;
use super::super::trial::Context;
use crate::lex::{Token, TokenKind as T};

/// The ranges of lexemes that the parts of a pattern matched, and their texts.
pub(super) struct Captures {
    ranges: Vec<(usize, usize)>,
    texts: Vec<String>,
}

impl Captures {
    /// `text` with `{1}`, `{2}` … replaced by the captured texts, and `{1} - 1` by the number before
    /// a captured one.
    pub(super) fn fill(&self, text: &str) -> String {
        let mut out = text.to_string();
        for (n, captured) in self.texts.iter().enumerate() {
            let name = format!("{{{}}}", n + 1);
            if let Ok(number) = captured.parse::<u32>() {
                let before = i64::from(number) - 1;
                out = out.replace(&format!("{name} - 1"), &before.to_string());
            }
            out = out.replace(&name, captured);
        }
        out
    }
}

/// Matches the lexemes `start..end` with a pattern.
pub(super) fn matches(
    cx: &Context<'_>,
    pattern: &str,
    start: usize,
    end: usize,
) -> Option<Captures> {
    let mut ranges = Vec::new();
    let words: Vec<&str> = pattern.split(' ').collect();
    if !step(cx, &words, start, end, &mut ranges) {
        return None;
    }
    let text = |&(from, to): &(usize, usize)| {
        let bytes = cx.source.bytes();
        let span = match (cx.lexemes.get(from), to.checked_sub(1)) {
            (Some(first), Some(last)) if to > from => {
                first.span.start as usize..cx.lexemes[last].span.end as usize
            }
            _ => 0..0,
        };
        String::from_utf8_lossy(bytes.get(span).unwrap_or(&[])).into_owned()
    };
    let texts = ranges.iter().map(text).collect();
    Some(Captures { ranges, texts })
}

fn step(
    cx: &Context<'_>,
    words: &[&str],
    at: usize,
    end: usize,
    ranges: &mut Vec<(usize, usize)>,
) -> bool {
    let Some((&word, rest)) = words.split_first() else { return at == end };
    match word {
        "NAME" | "TYPE" => {
            if at >= end || cx.lexemes[at].kind() != T::Name {
                return false;
            }
            if word == "TYPE" && !is_type(cx.text(at)) {
                return false;
            }
            ranges.push((at, at + 1));
            if step(cx, rest, at + 1, end, ranges) {
                return true;
            }
            ranges.pop();
            false
        }
        "EXPR" | "VALUE" | "REST" => {
            let mut depth = 0i32;
            let first = if word == "REST" { at } else { at + 1 };
            if word == "VALUE" && !(at < end && starts_operand(cx.lexemes[at].kind())) {
                return false;
            }
            for to in at..=end {
                if to > at {
                    match cx.lexemes[to - 1].kind() {
                        T::LParen | T::LBracket | T::LBrace => depth += 1,
                        T::RParen | T::RBracket | T::RBrace => depth -= 1,
                        _ => {}
                    }
                }
                if depth < 0 {
                    return false;
                }
                if to < first || depth > 0 {
                    continue;
                }
                ranges.push((at, to));
                if step(cx, rest, to, end, ranges) {
                    return true;
                }
                ranges.pop();
            }
            false
        }
        // A condition after a statement.
        "if" | "unless" if !ranges.is_empty() => {
            let head = cx.lexemes[at.min(end)..end].iter();
            at < end
                && cx.text(at) == word.as_bytes()
                && ends_operand(cx.lexemes[at - 1].kind())
                && head.clone().all(|lexeme| !matches!(lexeme.kind(), T::Then | T::Do | T::Else))
                && step(cx, rest, at + 1, end, ranges)
        }
        _ => at < end && cx.text(at) == word.as_bytes() && step(cx, rest, at + 1, end, ranges),
    }
}

const TYPES: &[&[u8]] =
    &[b"int", b"float", b"double", b"char", b"long", b"short", b"unsigned", b"string", b"bool"];

/// Is this the name of a simple type of other languages?
pub(super) fn is_simple_type(name: &[u8]) -> bool {
    TYPES.contains(&name)
}

/// Does this name a type in other languages, by what it is or by its capital?
fn is_type(name: &[u8]) -> bool {
    is_simple_type(name)
        || matches!(name, [b'A'..=b'Z', rest @ ..] if rest.iter().any(u8::is_ascii_lowercase))
}

/// Does an operand start with this kind of token?
pub(super) fn starts_operand(kind: T) -> bool {
    matches!(
        kind,
        T::Name
            | T::Int
            | T::Float
            | T::Str
            | T::Nil
            | T::True
            | T::False
            | T::Not
            | T::Hash
            | T::Dots
            | T::InterpWhole
            | T::InterpBegin
    )
}

/// Does an operand end with this kind of token?
pub(super) fn ends_operand(kind: T) -> bool {
    matches!(
        kind,
        T::Name
            | T::Int
            | T::Float
            | T::Str
            | T::Nil
            | T::True
            | T::False
            | T::Dots
            | T::RParen
            | T::RBracket
            | T::RBrace
            | T::End
            | T::InterpWhole
            | T::InterpEnd
    )
}

/// The tokens of a replacement: keywords, symbols, names, numbers, and `{1}` for captured lexemes.
pub(super) fn replacement(cx: &mut Context<'_>, text: &str, captures: &Captures) -> Vec<Token> {
    let mut out = Vec::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let captured = word.strip_prefix('{').and_then(|word| word.strip_suffix('}'));
        if let Some(n) = captured.and_then(|n| n.parse::<usize>().ok()) {
            if let Some(&(from, to)) = captures.ranges.get(n.wrapping_sub(1)) {
                out.extend(cx.lexemes[from..to].iter().map(|lexeme| lexeme.token));
            }
        } else {
            out.push(one(cx, word));
        }
    }
    out
}

/// The token of one word of a replacement.
pub(super) fn one(cx: &mut Context<'_>, word: &str) -> Token {
    let kind = match word {
        "do" => T::Do,
        "end" => T::End,
        "if" => T::If,
        "then" => T::Then,
        "else" => T::Else,
        "elseif" => T::ElseIf,
        "while" => T::While,
        "for" => T::For,
        "in" => T::In,
        "function" => T::Function,
        "local" => T::Local,
        "repeat" => T::Repeat,
        "until" => T::Until,
        "return" => T::Return,
        "true" => T::True,
        "nil" => T::Nil,
        "not" => T::Not,
        "and" => T::And,
        "or" => T::Or,
        "=" => T::Eq,
        "==" => T::EqEq,
        "," => T::Comma,
        "(" => T::LParen,
        ")" => T::RParen,
        "{" => T::LBrace,
        "}" => T::RBrace,
        "[" => T::LBracket,
        "]" => T::RBracket,
        "|" => T::Pipe,
        "->" => T::Arrow,
        "." => T::Dot,
        "0" => return token(cx, T::Int),
        "\"\"" => return token(cx, T::Str),
        name => return cx.word(T::Name, name),
    };
    Token { kind, payload: 0 }
}
