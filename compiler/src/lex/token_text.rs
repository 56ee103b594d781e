//! A token as PUC's messages show it after `near` (`txtToken`).

use super::token::{TokenKind, Tokens};
use crate::source::Source;

impl Tokens {
    /// `text` followed by ` near <token>`; without it for a zero byte, which PUC does not show
    /// as a token.
    pub fn message_near_token(&self, text: &str, index: usize, source: &Source) -> Vec<u8> {
        let token = self.tokens[index];
        if token.kind == TokenKind::Other && token.payload == 0 {
            return text.as_bytes().to_vec();
        }
        [text.as_bytes(), b" near ", &self.token_text(index, source)].concat()
    }

    /// How PUC's messages show token `index`: quoted text, or `<eof>` without quotes.
    ///
    /// A string shows its *contents* between its delimiters, and everything is cut at the first
    /// zero byte, as C prints it.
    pub fn token_text(&self, index: usize, source: &Source) -> Vec<u8> {
        let Some(&token) = self.tokens.get(index) else { return Vec::new() };
        let span = self.spans[index];
        let text = &source.bytes()[span.start as usize..span.end as usize];
        match token.kind {
            TokenKind::Eof => b"<eof>".to_vec(),
            TokenKind::Str => quote(&string_text(text, self.names.bytes(token.sym()))),
            TokenKind::Other => byte_text(token.payload as u8),
            _ => quote(text),
        }
    }

    /// How a message shows `kind` as an *expected* token: `'end'`, `<name>`.
    pub fn expected(kind: TokenKind) -> String {
        match kind {
            TokenKind::Name
            | TokenKind::Str
            | TokenKind::Int
            | TokenKind::Float
            | TokenKind::Eof => kind.text().to_string(),
            _ => format!("'{}'", kind.text()),
        }
    }
}

/// A string's delimiters around its contents.
fn string_text(text: &[u8], contents: &[u8]) -> Vec<u8> {
    let wide = match text.first() {
        Some(b'[') => 2 + text[1..].iter().take_while(|&&b| b == b'=').count(),
        _ => 1,
    };
    let wide = wide.min(text.len() / 2);
    [&text[..wide], contents, &text[text.len() - wide..]].concat()
}

/// A byte that starts no token: itself, or `<\N>` when it cannot be printed.
fn byte_text(byte: u8) -> Vec<u8> {
    if byte.is_ascii_graphic() || byte == b' ' {
        vec![b'\'', byte, b'\'']
    } else {
        format!("'<\\{byte}>'").into_bytes()
    }
}

/// `text` up to its first zero, in single quotes.
pub(super) fn quote(text: &[u8]) -> Vec<u8> {
    let text = text.split(|&b| b == 0).next().unwrap_or(text);
    [b"'", text, b"'"].concat()
}
