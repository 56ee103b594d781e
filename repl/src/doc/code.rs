//! Code in colours, as the lexer reads it.

use luka_compiler::Std;
use luka_compiler::lex::{TokenKind as T, lex};
use luka_compiler::source::{Source, SourceKind};

use crate::markup::escaped;

/// Code as HTML: keywords, strings, numbers and comments in elements with the classes `k`, `s`, `n`, `c`.
pub fn html(text: &str) -> String {
    let source = Source::new(b"=code", text.as_bytes(), SourceKind::File);
    let tokens = lex(&source, Std::Luka);
    let mut out = String::with_capacity(text.len() * 2);
    let mut at = 0;
    for (token, span) in tokens.tokens.iter().zip(&tokens.spans) {
        let (start, end) = (span.start as usize, span.end as usize);
        let (Some(gap), Some(word)) = (text.get(at..start), text.get(start..end)) else { continue };
        between(gap, &mut out);
        at = end;
        let class = match token.kind {
            kind if kind.is_keyword() => "k",
            T::Int | T::Float => "n",
            T::Str | T::InterpWhole | T::InterpBegin | T::InterpMid | T::InterpEnd => "s",
            _ => "",
        };
        paint(word, class, &mut out);
    }
    between(text.get(at..).unwrap_or_default(), &mut out);
    out
}

/// What is between tokens: blanks and comments, or what is no code.
fn between(gap: &str, out: &mut String) {
    let text = gap.trim();
    let start = gap.len() - gap.trim_start().len();
    out.push_str(&gap[..start]);
    paint(text, if text.starts_with("--") { "c" } else { "" }, out);
    out.push_str(&gap[start + text.len()..]);
}

/// A text in a class; a line break closes the element and opens it again.
fn paint(text: &str, class: &str, out: &mut String) {
    for (number, line) in text.split('\n').enumerate() {
        if number > 0 {
            out.push('\n');
        }
        match (class, line) {
            (_, "") => {}
            ("", line) => out.push_str(&escaped(line)),
            (class, line) => {
                out.push_str(&format!("<span class=\"{class}\">{}</span>", escaped(line)));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::html;

    #[test]
    fn colours() {
        assert_eq!(
            html("local s = 'a<b' -- c\n\n-- d\nreturn 1"),
            "<span class=\"k\">local</span> s = <span class=\"s\">'a&lt;b'</span> \
             <span class=\"c\">-- c</span>\n\n<span class=\"c\">-- d</span>\n\
             <span class=\"k\">return</span> <span class=\"n\">1</span>"
        );
        // Examples need not be whole programs.
        assert_eq!(html("x = "), "x = ");
        assert_eq!(html("…"), "…");
    }
}
