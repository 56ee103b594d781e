//! Comments: what is in the gaps between the tokens besides blanks.

use crate::Span;
use crate::lex::Tokens;
use crate::source::Source;

/// A comment, in the gap before a token.
#[derive(Clone, Copy, Debug)]
pub struct Comment {
    /// The index of the token it stands before.
    pub token: u32,
    /// Its text, without blanks at the end.
    pub span: Span,
    /// Whether it starts its line.
    pub own_line: bool,
    /// Whether it is the last thing on its line, as every `--` comment is.
    pub ends_line: bool,
    /// Whether a blank line stands before it.
    pub blank_before: bool,
}

/// The comments of a text, in order.
pub fn comments(source: &Source, tokens: &Tokens) -> Vec<Comment> {
    let bytes = source.bytes();
    let mut found = Vec::new();
    let mut from = source.start() as usize;
    for (token, span) in tokens.spans.iter().enumerate() {
        let to = (span.start as usize).max(from);
        if to > from {
            gap(bytes, from, to, token as u32, &mut found);
        }
        from = (span.end as usize).max(from);
    }
    found
}

fn gap(bytes: &[u8], from: usize, to: usize, token: u32, found: &mut Vec<Comment>) {
    let mut at = from;
    // The start of the text starts a line.
    let mut newlines = usize::from(found.is_empty() && token == 0);
    while at < to {
        match bytes[at] {
            b'\n' | b'\r' => {
                at = after_newline(bytes, at);
                newlines += 1;
            }
            b'-' => {
                let end = comment_end(bytes, at, to);
                let next = bytes[end..to].iter().find(|&&b| !is_blank(b));
                let ends_line = next.map_or(to == bytes.len(), |&b| b == b'\n' || b == b'\r');
                let text = bytes[at..end].trim_ascii_end();
                found.push(Comment {
                    token,
                    span: Span::new(at as u32, (at + text.len()) as u32),
                    own_line: newlines > 0,
                    ends_line,
                    blank_before: newlines > 1,
                });
                at = end;
                newlines = 0;
            }
            _ => at += 1,
        }
    }
}

/// White space within a line.
pub fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | 0x0B | 0x0C)
}

/// The end of the comment at `at`: of its line, or of its long bracket.
fn comment_end(bytes: &[u8], at: usize, to: usize) -> usize {
    let open = at + 2;
    if bytes.get(open) == Some(&b'[') {
        let level = bytes[open + 1..to].iter().take_while(|&&b| b == b'=').count();
        if bytes.get(open + 1 + level) == Some(&b'[') {
            let mut close = vec![b'='; level + 2];
            (close[0], close[level + 1]) = (b']', b']');
            let body = open + level + 2;
            return find(&bytes[body..to], &close).map_or(to, |n| body + n + close.len());
        }
    }
    bytes[at..to].iter().position(|&b| b == b'\n' || b == b'\r').map_or(to, |n| at + n)
}

fn find(bytes: &[u8], part: &[u8]) -> Option<usize> {
    bytes.windows(part.len()).position(|window| window == part)
}

/// Where the line after the line break at `at` starts; two different bytes make one break.
pub fn after_newline(bytes: &[u8], at: usize) -> usize {
    let pair =
        matches!(bytes.get(at + 1), Some(&b) if b != bytes[at] && (b == b'\n' || b == b'\r'));
    at + 1 + usize::from(pair)
}

/// The number of line breaks in a text.
pub fn newlines(bytes: &[u8]) -> usize {
    let (mut at, mut count) = (0, 0);
    while let Some(n) = bytes[at..].iter().position(|&b| b == b'\n' || b == b'\r') {
        at = after_newline(bytes, at + n);
        count += 1;
    }
    count
}
