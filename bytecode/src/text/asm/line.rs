//! One line of the text, as the parser walks over it.

use super::fault::{Fault, FaultKind, Result};
use super::lex::{Kind, Token, slice};
use super::literal;
use crate::proto::{Constant, Span};
use crate::text::functions::is_numbered;

/// The tokens of a line and how far it has been read.
pub(super) struct Line<'a, 't> {
    text: &'a [u8],
    tokens: &'t [Token],
    at: usize,
}

impl<'a, 't> Line<'a, 't> {
    /// `tokens` end with [`Kind::End`].
    pub fn new(text: &'a [u8], tokens: &'t [Token]) -> Line<'a, 't> {
        Line { text, tokens, at: 0 }
    }

    /// The next token; at the end of the line its end, again and again.
    pub fn peek(&self) -> Token {
        self.ahead(0)
    }

    /// The token `by` places after the next.
    pub fn ahead(&self, by: usize) -> Token {
        let last = self.tokens.last().copied();
        let end = last.unwrap_or(Token { kind: Kind::End, span: Span::NONE });
        self.tokens.get(self.at + by).copied().unwrap_or(end)
    }

    pub fn next(&mut self) -> Token {
        let token = self.peek();
        self.at += 1;
        token
    }

    pub fn is(&self, kind: Kind) -> bool {
        self.peek().kind == kind
    }

    /// Reads a token of this kind, if it is the next.
    pub fn take(&mut self, kind: Kind) -> Option<Token> {
        self.is(kind).then(|| self.next())
    }

    pub fn bytes(&self, token: Token) -> &'a [u8] {
        slice(self.text, token.span)
    }

    /// The token's text for messages.
    pub fn shown(&self, token: Token) -> String {
        String::from_utf8_lossy(self.bytes(token)).into_owned()
    }

    /// The place of the line's tokens from the first to the last one read.
    pub fn span(&self) -> Span {
        let read = &self.tokens[..self.at.min(self.tokens.len())];
        let words = || read.iter().filter(|token| token.kind != Kind::End);
        match (words().next(), words().next_back()) {
            (Some(first), Some(last)) => Span::new(first.span.start, last.span.end),
            _ => self.peek().span,
        }
    }

    /// What the token is, in a sentence: "the register `R1`".
    pub fn describe(&self, token: Token) -> String {
        let text = self.shown(token);
        match token.kind {
            Kind::End => "the end of the line".to_string(),
            Kind::Str => "a string".to_string(),
            Kind::Number => format!("the number `{text}`"),
            Kind::Word if is_numbered(text.as_bytes()) => {
                let what = match text.as_bytes().first() {
                    Some(b'R') => "register",
                    Some(b'K') => "constant",
                    Some(b'U') => "upvalue",
                    _ => "inner function",
                };
                format!("the {what} `{text}`")
            }
            _ => format!("`{text}`"),
        }
    }

    /// Nothing but a comment may follow.
    pub fn finish(&self) -> Result<()> {
        let token = self.peek();
        if token.kind == Kind::End {
            return Ok(());
        }
        let message = format!("{} has no meaning here", self.describe(token));
        Fault::new(FaultKind::Syntax, token.span, message)
            .label("the line should end here")
            .help("one line is one thing; comments begin with `;`")
            .err()
    }

    /// A fault about the next token: something else is expected.
    pub fn expected<T>(&self, what: &str) -> Result<T> {
        let token = self.peek();
        let message = format!("expected {what}, found {}", self.describe(token));
        Fault::new(FaultKind::Syntax, token.span, message).err()
    }

    /// An unsigned number of at most `most`, in decimal.
    pub fn number(&mut self, what: &str, most: u64) -> Result<u64> {
        let Some(token) = self.take(Kind::Number) else { return self.expected(what) };
        self.number_in(token, what, most)
    }

    /// The value of a number token.
    pub fn number_in(&self, token: Token, what: &str, most: u64) -> Result<u64> {
        match literal::number(self.bytes(token), token.span)? {
            Constant::Int(value) if (0..=most as i128).contains(&(value as i128)) => {
                Ok(value as u64)
            }
            Constant::Int(_) => {
                let message = format!("`{}` is no {what}", self.shown(token));
                Fault::new(FaultKind::Range, token.span, message)
                    .label(format!("0 to {most} is possible"))
                    .err()
            }
            _ => {
                let message = format!("`{}` is no integer", self.shown(token));
                Fault::new(FaultKind::Literal, token.span, message)
                    .label(format!("{what} is expected"))
                    .err()
            }
        }
    }

    /// The number behind the letter of `R0`, `K0`, `U0` or `P0`, if the token is one.
    pub fn numbered(&self, token: Token, letter: u8) -> Option<u64> {
        let bytes = self.bytes(token);
        let matches = token.kind == Kind::Word && is_numbered(bytes) && bytes[0] == letter;
        // Too large a number is out of every range.
        matches.then(|| self.shown(token)[1..].parse().unwrap_or(u64::MAX))
    }

    /// A name of a function or label: a word that does not look like a register.
    pub fn name(&mut self, what: &str) -> Result<(&'a [u8], Span)> {
        let token = self.peek();
        let bytes = self.bytes(token);
        if token.kind != Kind::Word {
            return self.expected(&format!("the name of {what}"));
        }
        if is_numbered(bytes) {
            let message = format!("{what} cannot be called `{}`", self.shown(token));
            return Fault::new(FaultKind::Syntax, token.span, message)
                .label("this means an operand")
                .err();
        }
        self.next();
        Ok((bytes, token.span))
    }

    /// A string.
    pub fn string(&mut self, what: &str) -> Result<Vec<u8>> {
        let Some(token) = self.take(Kind::Str) else { return self.expected(what) };
        literal::string(self.bytes(token), token.span)
    }

    /// A constant as a literal, if the next token is one.
    pub fn constant(&mut self) -> Result<Option<Constant>> {
        let token = self.peek();
        let bytes = self.bytes(token);
        let value = match token.kind {
            Kind::Str => Constant::Str(literal::string(bytes, token.span)?.into()),
            Kind::Number => literal::number(bytes, token.span)?,
            Kind::Word => match bytes {
                b"nil" => Constant::Nil,
                b"false" => Constant::False,
                b"true" => Constant::True,
                b"inf" => Constant::Float(f64::INFINITY),
                b"nan" => {
                    let message = "a NaN is written by its bits";
                    return Fault::new(FaultKind::Literal, token.span, message)
                        .instead("0f7ff8000000000000")
                        .err();
                }
                _ => return Ok(None),
            },
            _ => return Ok(None),
        };
        self.next();
        Ok(Some(value))
    }
}
