//! Text → tokens, a line at a time.

use super::fault::{Fault, FaultKind, Result};
use crate::proto::Span;

/// What a token is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    /// Letters, digits and underscores: mnemonics, registers, labels, names, `nil`.
    Word,
    /// A word behind a dot.
    Directive,
    /// What begins like a number, sign included.
    Number,
    /// A string with its quotes.
    Str,
    Colon,
    /// `..`
    Range,
    /// `[`
    Open,
    /// `]`
    Close,
    /// The end of the line.
    End,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub kind: Kind,
    pub span: Span,
}

/// Reads a text line by line.
pub(super) struct Lexer<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> Lexer<'a> {
    /// The text must be shorter than 4 GiB. A UTF-8 byte-order mark is skipped.
    pub fn new(text: &'a [u8]) -> Lexer<'a> {
        Lexer { text, at: if text.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 } }
    }

    /// The tokens of the next line, its end among them; `false` if the text is over.
    ///
    /// # Errors
    /// What is no token. The line is skipped, the tokens before the fault are there.
    pub fn line(&mut self, tokens: &mut Vec<Token>) -> Result<bool> {
        tokens.clear();
        if self.at >= self.text.len() {
            return Ok(false);
        }
        let result = loop {
            match self.token() {
                Ok(token) => {
                    tokens.push(token);
                    if token.kind == Kind::End {
                        break Ok(true);
                    }
                }
                Err(fault) => {
                    self.skip_line();
                    tokens.push(self.end());
                    break Err(fault);
                }
            }
        };
        self.at += 1;
        result
    }

    fn byte(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    /// Skips to the end of the line, but not over it.
    fn skip_line(&mut self) {
        while self.byte().is_some_and(|byte| !is_line_end(byte)) {
            self.at += 1;
        }
    }

    fn skip_while(&mut self, accept: impl Fn(u8) -> bool) {
        while self.byte().is_some_and(&accept) {
            self.at += 1;
        }
    }

    fn end(&self) -> Token {
        Token { kind: Kind::End, span: span(self.at, self.at) }
    }

    fn token(&mut self) -> Result<Token> {
        // The end of a line is where its last token ends.
        let end = Token { kind: Kind::End, span: span(self.at, self.at) };
        // Commas between operands are allowed, and mean nothing.
        self.skip_while(|byte| matches!(byte, b' ' | b'\t' | b','));
        let from = self.at;
        let next = self.text.get(from + 1).copied().unwrap_or(0);
        let kind = match self.byte() {
            None => return Ok(end),
            Some(byte) if is_line_end(byte) => return Ok(end),
            Some(b';') => {
                self.skip_line();
                return Ok(end);
            }
            Some(b'"' | b'\'') => return self.string(),
            Some(b'.') if next == b'.' => {
                self.at += 2;
                Kind::Range
            }
            Some(b'.') if next.is_ascii_alphabetic() => {
                self.at += 1;
                self.skip_while(is_word_byte);
                Kind::Directive
            }
            Some(byte) if byte.is_ascii_digit() => {
                self.number();
                Kind::Number
            }
            Some(b'+' | b'-' | b'.') if next.is_ascii_alphanumeric() || next == b'.' => {
                self.at += 1;
                self.number();
                Kind::Number
            }
            Some(byte) if is_word_byte(byte) => {
                self.skip_while(is_word_byte);
                Kind::Word
            }
            Some(byte) => {
                self.at += 1;
                match byte {
                    b':' => Kind::Colon,
                    b'[' => Kind::Open,
                    b']' => Kind::Close,
                    b'-' if next == b'-' => {
                        let mark = span(from, from + 2);
                        let fault = Fault::new(FaultKind::Syntax, mark, "`--` is no comment here");
                        return fault.edit("comments begin with `;`", mark, ";").err();
                    }
                    _ => {
                        // All of a character, if it is one.
                        self.skip_while(|byte| byte & 0xc0 == 0x80);
                        return self.unexpected(from).err();
                    }
                }
            }
        };
        Ok(Token { kind, span: span(from, self.at) })
    }

    fn unexpected(&self, from: usize) -> Fault {
        let bytes = &self.text[from..self.at];
        let shown = match str::from_utf8(bytes) {
            Ok(text) if !text.chars().any(char::is_control) => format!("`{text}`"),
            _ => format!("the byte {}", bytes[0]),
        };
        let fault = Fault::new(
            FaultKind::Syntax,
            span(from, self.at),
            format!("{shown} has no meaning in assembly"),
        );
        fault.help("a line is a directive, a label with a colon, or an instruction; comments begin with `;`")
    }

    /// Digits, letters, dots; signs behind an exponent's letter. Stops before `..`.
    fn number(&mut self) {
        while let Some(byte) = self.byte() {
            let before = self.text.get(self.at.wrapping_sub(1)).copied().unwrap_or(0);
            let next = self.text.get(self.at + 1).copied().unwrap_or(0);
            match byte {
                b'.' if next == b'.' => break,
                b'+' | b'-' if matches!(before, b'e' | b'E') && next.is_ascii_digit() => {}
                b'.' => {}
                _ if is_word_byte(byte) => {}
                _ => break,
            }
            self.at += 1;
        }
    }

    fn string(&mut self) -> Result<Token> {
        let from = self.at;
        let quote = self.text[from];
        self.at += 1;
        loop {
            match self.byte() {
                Some(byte) if byte == quote => {
                    self.at += 1;
                    return Ok(Token { kind: Kind::Str, span: span(from, self.at) });
                }
                Some(b'\\') if self.text.get(self.at + 1).is_some_and(|&b| !is_line_end(b)) => {
                    self.at += 2;
                }
                Some(byte) if !is_line_end(byte) => self.at += 1,
                _ => {
                    let fault = Fault::new(
                        FaultKind::Literal,
                        span(from, from + 1),
                        "this string is not closed",
                    );
                    return fault
                        .label(format!("no `{}` closes it on this line", quote as char))
                        .help("a line break in a string is written `\\n`")
                        .err();
                }
            }
        }
    }
}

/// The bytes a span names.
pub(super) fn slice(text: &[u8], span: Span) -> &[u8] {
    text.get(span.start as usize..span.end as usize).unwrap_or_default()
}

pub(super) fn span(from: usize, to: usize) -> Span {
    Span::new(from as u32, to as u32)
}

fn is_line_end(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r')
}

fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}
