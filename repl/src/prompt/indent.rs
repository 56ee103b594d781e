//! Indentation of the lines of an input, by the brackets and blocks that are open before them.

use luka_compiler::Std;
use luka_compiler::lex::{TokenKind as T, lex};
use luka_compiler::source::{Source, SourceKind};

/// Columns per level.
const WIDTH: usize = 2;

/// Words and brackets that are aligned with the start of the block they end.
const CLOSERS: [&str; 10] =
    ["end", "else", "elseif", "until", "catch", "finally", "case", "}", ")", "]"];

/// The indentation of the line after `text`.
pub fn next_line(text: &str) -> usize {
    level(text) * WIDTH
}

/// If the last line of `text` begins with a closing word and is indented too far: the start of the
/// line, and its text with the right indentation.
pub fn closing_line(text: &str) -> Option<(usize, String)> {
    let start = text.rfind('\n')? + 1;
    let line = &text[start..];
    let rest = line.trim_start();
    let word = rest.find(|c: char| !c.is_ascii_alphabetic()).map_or(rest, |at| match at {
        0 => rest.get(..1).unwrap_or_default(),
        at => &rest[..at],
    });
    if !CLOSERS.contains(&word) {
        return None;
    }
    // The line may be part of a string.
    if in_string(&text[..start]) {
        return None;
    }
    // All that the line closes before it opens something.
    let closes = |c: char| matches!(c, ')' | ']' | '}');
    let closed = word.len() + rest[word.len()..].chars().take_while(|&c| closes(c)).count();
    let outer = level(&format!("{}{}", &text[..start], &rest[..closed])) * WIDTH;
    let outer = if matches!(word, "else" | "elseif" | "catch" | "finally" | "case") {
        outer.saturating_sub(WIDTH)
    } else {
        outer
    };
    (line.len() - rest.len() > outer).then(|| (start, format!("{}{rest}", spaces(outer))))
}

/// `n` spaces.
pub fn spaces(n: usize) -> String {
    " ".repeat(n)
}

/// Whether a text ends inside of a string or comment.
fn in_string(text: &str) -> bool {
    let source = Source::new(b"=input", text.as_bytes(), SourceKind::Chunk);
    let tokens = lex(&source, Std::Luka);
    let last = tokens.len().checked_sub(2).map(|i| (tokens.tokens[i].kind, tokens.spans[i].end));
    last.is_some_and(|(kind, end)| kind == T::Error && end as usize >= text.len())
}

/// The number of lines whose blocks are open at the end of `text`. Several blocks opened in one line
/// count once, since they are usually closed in one line. Inside an unclosed string or comment
/// nothing is indented.
fn level(text: &str) -> usize {
    let source = Source::new(b"=input", text.as_bytes(), SourceKind::Chunk);
    let tokens = lex(&source, Std::Luka);
    // The lines of what is open.
    let mut open: Vec<u32> = Vec::new();
    // `do` of these comes later on the same statement.
    let mut awaits_do = 0u32;
    for (token, span) in tokens.tokens.iter().zip(&tokens.spans) {
        let line = source.line(span.start);
        match token.kind {
            T::While | T::For => {
                awaits_do += 1;
                open.push(line);
            }
            T::Do if awaits_do > 0 => awaits_do -= 1,
            T::Function | T::If | T::Repeat | T::Do => open.push(line),
            T::LParen | T::LBrace | T::LBracket => open.push(line),
            T::End | T::Until | T::RParen | T::RBrace | T::RBracket => {
                open.pop();
            }
            // An `if` that is an expression has no `end`.
            T::Error if span.end as usize >= text.len() => return 0,
            _ => {}
        }
    }
    open.dedup();
    open.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_and_brackets_indent() {
        for (text, columns) in [
            ("", 0),
            ("x = 1", 0),
            ("function f()", 2),
            ("function f()\n  if x then", 4),
            ("function f()\n  if x then\n    y()\n  end", 2),
            ("while x do", 2),
            ("for i = 1, 2 do f() end", 0),
            ("f({", 2),
            ("f(function(x)", 2),
            ("repeat", 2),
            ("if x then\n  y()\nelse", 2),
            ("x = [[ one", 0),
            ("-- function f()", 0),
        ] {
            assert_eq!(next_line(text), columns, "{text}");
        }
    }

    #[test]
    fn closing_words_move_outwards() {
        let closing = |text| closing_line(text).map(|(_, line)| line);
        assert_eq!(closing_line("if x then\n  end"), Some((10, "end".into())));
        assert_eq!(closing("if x then\nend"), None);
        assert_eq!(closing("if x then\n  else"), Some("else".into()));
        assert_eq!(closing("if x then\n  elseif y then"), Some("elseif y then".into()));
        assert_eq!(closing("while x do\n  if y then\n    end"), Some("  end".into()));
        assert_eq!(closing("t = {\n  },"), Some("},".into()));
        assert_eq!(closing("f(function()\n  end)"), Some("end)".into()));
        for text in ["t = {\n  x", "end", "if x then\n  ending = 1", "x = [[\n  end"] {
            assert_eq!(closing(text), None, "{text}");
        }
    }
}
