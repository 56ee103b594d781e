//! The signature and the first line of the documentation of the function being named or called,
//! behind what is typed.

use luka_compiler::Std;
use luka_compiler::lex::{TokenKind as T, lex};
use luka_compiler::source::{Source, SourceKind};
use unicode_width::UnicodeWidthStr;

use super::docs::documentation;
use super::is_command;
use super::show::signature;
use super::view::{View, path_at_end};

/// What to show behind `line`, in no more than `room` columns.
pub fn hint(view: View, line: &str, room: usize) -> Option<String> {
    if is_command(line) || line.trim().is_empty() {
        return None;
    }
    let path = named(line)?;
    let (names, _) = path_at_end(&path)?;
    let value = view.path(&names).filter(|value| value.is_function())?;
    let mut text = format!("  {}", signature(value, names.last().copied()));
    if let Some(doc) = documentation(value) {
        let first = doc.lines().next().unwrap_or_default();
        text.push_str(&format!(" — {first}"));
    }
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    Some(cut(&text, room)).filter(|text| text.len() > 4)
}

/// The path of the function at the end of a text: the one just named, else the one whose arguments
/// are being typed.
fn named(text: &str) -> Option<String> {
    let source = Source::new(b"=input", text.as_bytes(), SourceKind::Chunk);
    let tokens = lex(&source, Std::Luka);
    let kind = |i: usize| tokens.tokens[i].kind;
    let end = tokens.len().checked_sub(2)?;
    if kind(end) == T::Name && tokens.spans[end].end as usize == text.len() {
        return Some(text.to_string());
    }
    let mut depth = 0;
    for i in (0..=end).rev() {
        match kind(i) {
            T::RParen | T::RBrace | T::RBracket => depth += 1,
            T::LBrace | T::LBracket | T::Function if depth == 0 => return None,
            T::LBrace | T::LBracket => depth -= 1,
            T::LParen if depth > 0 => depth -= 1,
            T::LParen => {
                let before = i.checked_sub(1)?;
                let named = kind(before) == T::Name;
                return named.then(|| text[..tokens.spans[before].end as usize].to_string());
            }
            _ => {}
        }
    }
    None
}

/// A text cut to so many columns.
fn cut(text: &str, room: usize) -> String {
    if text.width() <= room {
        return text.to_string();
    }
    let mut out = String::new();
    for c in text.chars() {
        out.push(c);
        if out.width() >= room {
            out.pop();
            break;
        }
    }
    if room > 0 {
        out.push('…');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_function_being_called() {
        let path = |text| named(text).and_then(|t| path_at_end(&t).map(|(p, _)| p.join(".")));
        assert_eq!(path("string.rep"), Some("string.rep".into()));
        assert_eq!(path("string.rep("), Some("string.rep".into()));
        assert_eq!(path("f(g(1), "), Some("f".into()));
        assert_eq!(path("f({1, 2}, g(x), "), Some("f".into()));
        assert_eq!(path("f(function() g("), Some("g".into()));
        assert_eq!(path("f(function() "), None);
        assert_eq!(path("x = "), None);
        assert_eq!(path("f(1) "), None);
    }

    #[test]
    fn hints_fit() {
        assert_eq!(cut("abcdef", 4), "abc…");
        assert_eq!(cut("abc", 4), "abc");
    }
}
