//! The main loop of the lexer (Lua 5.4 manual §3.1).

use super::error;
use super::interp::Holes;
use super::number::{Numeral, parse_extended, parse_numeral};
use super::token::{Token, TokenKind, Tokens};
use crate::diag::Diagnostic;
use crate::limits::{Limits, Refusal, Watch};
use crate::source::Source;
use crate::{Names, Span, Std};

/// Character classes.
pub(super) const ALPHA: u8 = 1;
pub(super) const DIGIT: u8 = 2;
pub(super) const HEX: u8 = 4;
pub(super) const SPACE: u8 = 8;

/// Classes of all bytes. Identifiers are ASCII only, whatever the locale.
pub(super) static CLASS: [u8; 256] = {
    let mut table = [0; 256];
    let mut b = 0;
    while b < 256 {
        let byte = b as u8;
        if byte.is_ascii_alphabetic() || byte == b'_' {
            table[b] |= ALPHA;
        }
        if byte.is_ascii_digit() {
            table[b] |= DIGIT;
        }
        if byte.is_ascii_hexdigit() {
            table[b] |= HEX;
        }
        if matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0B | 0x0C) {
            table[b] |= SPACE;
        }
        b += 1;
    }
    table
};

/// Is `byte` in one of `classes`?
#[inline(always)]
pub(super) fn is(byte: u8, classes: u8) -> bool {
    CLASS[byte as usize] & classes != 0
}

/// Reads all tokens of `source`; those of the extensions only in `Std::Luka`.
pub fn lex(source: &Source, std: Std) -> Tokens {
    lex_into(source, std, Limits::NONE, Tokens::default()).unwrap_or_default()
}

/// As [`lex`], within limits; reuses the memory of `reused`.
pub(crate) fn lex_into(
    source: &Source,
    std: Std,
    limits: Limits<'_>,
    reused: Tokens,
) -> Result<Tokens, Refusal> {
    let length = source.bytes().len();
    let mut lexer = Lexer::new(source, std, Watch::new(limits, length), reused);
    let expected = lexer.watch.expected(length.min(Source::MAX_LEN) / 4 + 1);
    lexer.tokens.tokens.reserve(expected);
    lexer.tokens.spans.reserve(expected);
    if length > Source::MAX_LEN {
        let diagnostic = error::source_too_large(source);
        lexer.push_error(lexer.pos, diagnostic);
        lexer.pos = lexer.text.len();
    }
    lexer.run()?;
    lexer.push(TokenKind::Eof, 0, lexer.text.len());
    Ok(lexer.tokens)
}

/// A recent word: where it was and its token. Most words of a text occur again soon.
#[derive(Clone, Copy)]
struct Recent {
    start: u32,
    len: u32,
    token: Token,
}

/// The maximum number of recent words, a power of two.
const RECENT: usize = 512;

/// A hash of a word, which is not empty.
#[inline(always)]
fn hash(word: &[u8]) -> usize {
    let len = word.len();
    word[0] as usize + 7 * word[len / 2] as usize + 31 * word[len - 1] as usize + 61 * len
}

/// The state of the scan.
pub(super) struct Lexer<'s> {
    pub(super) source: &'s Source<'s>,
    pub(super) text: &'s [u8],
    /// The next byte to read.
    pub(super) pos: usize,
    pub(super) tokens: Tokens,
    /// Contents of the string being read, when they differ from its text.
    pub(super) buffer: Vec<u8>,
    /// Recent words, by [`hash`] and `recent_mask`.
    recent: Vec<Recent>,
    recent_mask: usize,
    /// Are there extensions?
    luka: bool,
    pub(super) holes: Holes,
    pub(super) watch: Watch<'s>,
}

impl<'s> Lexer<'s> {
    /// A lexer at the start of a text, which reuses the memory of `reused`.
    pub(super) fn new(
        source: &'s Source<'s>,
        std: Std,
        watch: Watch<'s>,
        reused: Tokens,
    ) -> Lexer<'s> {
        let text = &source.bytes()[..source.bytes().len().min(Source::MAX_LEN)];
        let names = Names::for_text(text.len());
        let mut tokens = Tokens { names, errors: Vec::new(), ..reused };
        tokens.clear();
        let token = Token { kind: TokenKind::Error, payload: 0 };
        // Few slots for a short text, because initializing them takes time.
        let slots = (text.len() / 8).next_power_of_two().clamp(8, RECENT);
        Lexer {
            source,
            text,
            pos: source.start() as usize,
            tokens,
            buffer: Vec::new(),
            recent: vec![Recent { start: 0, len: 0, token }; slots],
            recent_mask: slots - 1,
            luka: std == Std::Luka,
            holes: Holes::new(),
            watch,
        }
    }
}

impl Lexer<'_> {
    /// The byte at `pos`; 0 past the end (callers that accept 0 check for the end).
    #[inline(always)]
    pub(super) fn byte(&self, pos: usize) -> u8 {
        self.text.get(pos).copied().unwrap_or(0)
    }

    /// Ends a token that started at `start` here.
    #[inline(always)]
    pub(super) fn push(&mut self, kind: TokenKind, payload: u32, start: usize) {
        self.tokens.tokens.push(Token { kind, payload });
        self.tokens.spans.push(Span::new(start as u32, self.pos as u32));
    }

    pub(super) fn push_error(&mut self, start: usize, diagnostic: Diagnostic) {
        let index = self.tokens.errors.len() as u32;
        self.tokens.errors.push(diagnostic);
        self.push(TokenKind::Error, index, start);
    }

    /// A symbol of `len` bytes.
    #[inline(always)]
    fn symbol(&mut self, kind: TokenKind, len: usize) {
        let start = self.pos;
        self.pos += len;
        self.push(kind, 0, start);
    }

    /// Reads tokens up to the end of the text, or until there are as many as the watch wants at most.
    pub(super) fn run(&mut self) -> Result<(), Refusal> {
        use TokenKind as T;
        while let Some(&byte) = self.text.get(self.pos) {
            if self.tokens.tokens.len() > self.watch.next
                && !self.watch.may_go_on(self.tokens.tokens.len())?
            {
                break;
            }
            match byte {
                b' ' | b'\t' | b'\n' | b'\r' | 0x0B | 0x0C => self.pos += 1,
                b'a'..=b'z' | b'A'..=b'Z' | b'_' => self.name(),
                b'0'..=b'9' => self.numeral(),
                b'"' | b'\'' => self.short_string(byte),
                b'.' => match (self.byte(self.pos + 1), self.byte(self.pos + 2)) {
                    (b'.', b'.') => self.symbol(T::Dots, 3),
                    (b'.', b'=') if self.luka => self.symbol(T::DotDotEq, 3),
                    (b'.', _) => self.symbol(T::DotDot, 2),
                    (b'0'..=b'9', _) => self.numeral(),
                    _ => self.symbol(T::Dot, 1),
                },
                b',' => self.symbol(T::Comma, 1),
                b'(' => self.symbol(T::LParen, 1),
                b')' => self.symbol(T::RParen, 1),
                b'=' => self.one_or_two(T::Eq, b'=', T::EqEq),
                b'[' => self.bracket(),
                b']' => self.symbol(T::RBracket, 1),
                b'{' => {
                    self.holes.depth += 1;
                    self.symbol(T::LBrace, 1);
                }
                b'}' if self.holes.innermost == self.holes.depth => self.interpolated(false),
                b'}' => {
                    self.holes.depth = self.holes.depth.saturating_sub(1);
                    self.symbol(T::RBrace, 1);
                }
                b';' => self.symbol(T::Semi, 1),
                b':' => self.one_or_two(T::Colon, b':', T::ColonColon),
                b'-' if self.byte(self.pos + 1) == b'-' => self.comment(),
                b'-' if self.extended(b'>') => self.symbol(T::Arrow, 2),
                b'-' => self.operator(T::Minus, 1, T::MinusEq),
                b'+' => self.operator(T::Plus, 1, T::PlusEq),
                b'*' => self.operator(T::Star, 1, T::StarEq),
                b'/' if self.byte(self.pos + 1) == b'/' => {
                    self.operator(T::SlashSlash, 2, T::SlashSlashEq)
                }
                b'/' => self.operator(T::Slash, 1, T::SlashEq),
                b'%' => self.operator(T::Percent, 1, T::PercentEq),
                b'^' => self.operator(T::Caret, 1, T::CaretEq),
                b'#' => self.symbol(T::Hash, 1),
                b'&' => self.operator(T::Amp, 1, T::AmpEq),
                b'|' => self.operator(T::Pipe, 1, T::PipeEq),
                b'~' => self.one_or_two(T::Tilde, b'=', T::TildeEq),
                b'<' if self.byte(self.pos + 1) == b'<' => {
                    self.operator(T::LessLess, 2, T::LessLessEq)
                }
                b'<' => self.one_or_two(T::Less, b'=', T::LessEq),
                b'>' if self.byte(self.pos + 1) == b'>' => {
                    self.operator(T::GreaterGreater, 2, T::GreaterGreaterEq)
                }
                b'>' => self.one_or_two(T::Greater, b'=', T::GreaterEq),
                b'`' if self.luka => self.interpolated(true),
                b'?' if self.luka => self.question(),
                _ => {
                    self.pos += 1;
                    self.push(T::Other, byte as u32, self.pos - 1);
                }
            }
        }
        Ok(())
    }

    /// Does an extension's `second` follow?
    #[inline(always)]
    fn extended(&self, second: u8) -> bool {
        self.byte(self.pos + 1) == second && self.luka
    }

    /// An operator of `len` bytes, or with a `=` after it a compound assignment's.
    #[inline(always)]
    fn operator(&mut self, kind: TokenKind, len: usize, compound: TokenKind) {
        if self.byte(self.pos + len) == b'=' && self.luka {
            self.symbol(compound, len + 1);
        } else {
            self.symbol(kind, len);
        }
    }

    /// `??=`, `??`, `?.` (not before a digit) or `?`.
    fn question(&mut self) {
        match (self.byte(self.pos + 1), self.byte(self.pos + 2)) {
            (b'?', b'=') => self.symbol(TokenKind::QuestionQuestionEq, 3),
            (b'?', _) => self.symbol(TokenKind::QuestionQuestion, 2),
            (b'.', digit) if !is(digit, DIGIT) => self.symbol(TokenKind::QuestionDot, 2),
            _ => self.symbol(TokenKind::Question, 1),
        }
    }

    #[inline(always)]
    fn one_or_two(&mut self, one: TokenKind, second: u8, two: TokenKind) {
        if self.byte(self.pos + 1) == second {
            self.symbol(two, 2);
        } else {
            self.symbol(one, 1);
        }
    }

    #[inline]
    fn name(&mut self) {
        let start = self.pos;
        let rest = &self.text[start..];
        let len = rest.iter().position(|&b| !is(b, ALPHA | DIGIT)).unwrap_or(rest.len());
        let word = &rest[..len];
        self.pos += len;
        let slot = hash(word) & self.recent_mask;
        let recent = self.recent[slot];
        let seen = recent.start as usize..recent.start as usize + recent.len as usize;
        let token = if self.text.get(seen) == Some(word) {
            recent.token
        } else {
            let token = match keyword(word) {
                Some(kind) => Token { kind, payload: 0 },
                None => {
                    let name = self.tokens.names.intern(word);
                    Token { kind: TokenKind::Name, payload: name.raw() }
                }
            };
            self.recent[slot] = Recent { start: start as u32, len: len as u32, token };
            token
        };
        self.push(token.kind, token.payload, start);
    }

    fn numeral(&mut self) {
        let start = self.pos;
        // One digit is the most common numeral.
        if !is(self.byte(start + 1), ALPHA | DIGIT) && !matches!(self.byte(start + 1), b'.') {
            self.pos += 1;
            return self.push_int((self.text[start] - b'0') as i64, start);
        }
        self.pos = numeral_end(self.text, start);
        match parse_numeral(&self.text[start..self.pos]) {
            Some(Numeral::Int(value)) => self.push_int(value, start),
            Some(Numeral::Float(value)) => {
                let index = self.tokens.floats.len() as u32;
                self.tokens.floats.push(value);
                self.push(TokenKind::Float, index, start);
            }
            None => {
                let end = extended_end(self.text, start);
                let extended = parse_extended(&self.text[start..end]).filter(|_| self.luka);
                if let Some(value) = extended {
                    self.pos = end;
                    match value {
                        Numeral::Int(value) => return self.push_int(value, start),
                        Numeral::Float(value) => {
                            let index = self.tokens.floats.len() as u32;
                            self.tokens.floats.push(value);
                            return self.push(TokenKind::Float, index, start);
                        }
                    }
                }
                let span = Span::new(start as u32, self.pos as u32);
                let diagnostic = error::malformed_number(self.source, span);
                self.push_error(start, diagnostic);
            }
        }
    }

    #[inline]
    fn push_int(&mut self, value: i64, start: usize) {
        let index = self.tokens.ints.len() as u32;
        self.tokens.ints.push(value);
        self.push(TokenKind::Int, index, start);
    }

    /// `[`, or a long string.
    fn bracket(&mut self) {
        match self.byte(self.pos + 1) {
            b'[' | b'=' => self.long_string(),
            _ => self.symbol(TokenKind::LBracket, 1),
        }
    }

    fn comment(&mut self) {
        let start = self.pos;
        if self.byte(start + 2) == b'['
            && let Some(level) = long_bracket_level(self.text, start + 2)
        {
            let from = start + 2 + level + 2;
            match long_bracket_close(self.text, from, level) {
                Some(close) => self.pos = close + level + 2,
                None => {
                    self.pos = self.text.len();
                    let diagnostic = error::unfinished_long(self.source, start, level, "comment");
                    self.push_error(start, diagnostic);
                }
            }
            return;
        }
        let rest = &self.text[start..];
        self.pos = start + memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
    }
}

/// Where the numeral at `start` ends: everything PUC consumes before it checks the number.
fn numeral_end(text: &[u8], start: usize) -> usize {
    let at = |pos: usize| text.get(pos).copied().unwrap_or(0);
    // PUC looks for the `x` after an initial dot, too.
    let mut pos = if at(start) == b'.' { start + 1 } else { start };
    let mut exponent = b'e';
    if at(pos) == b'0' && matches!(at(pos + 1), b'x' | b'X') {
        exponent = b'p';
        pos += 2;
    }
    loop {
        let byte = at(pos);
        if byte.to_ascii_lowercase() == exponent {
            pos += 1;
            if matches!(at(pos), b'+' | b'-') {
                pos += 1;
            }
        } else if is(byte, HEX) || byte == b'.' {
            pos += 1;
        } else {
            break;
        }
    }
    // A letter that touches the numeral makes it malformed.
    if is(at(pos), ALPHA) { pos + 1 } else { pos }
}

/// Where the numeral at `start` ends if underscores are part of it.
#[cold]
fn extended_end(text: &[u8], start: usize) -> usize {
    let at = |pos: usize| text.get(pos).copied().unwrap_or(0);
    let hexadecimal = at(start) == b'0' && matches!(at(start + 1), b'x' | b'X');
    let exponent = if hexadecimal { b'p' } else { b'e' };
    let mut pos = start;
    loop {
        let byte = at(pos);
        if byte.to_ascii_lowercase() == exponent && matches!(at(pos + 1), b'+' | b'-') {
            pos += 2;
        } else if is(byte, ALPHA | DIGIT) || byte == b'.' {
            pos += 1;
        } else {
            return pos;
        }
    }
}

/// The number of `=` of the long bracket that opens at `pos` (where a `[` stands), if it is one.
pub(super) fn long_bracket_level(text: &[u8], pos: usize) -> Option<usize> {
    let rest = text.get(pos + 1..)?;
    let level = rest.iter().position(|&b| b != b'=')?;
    (rest[level] == b'[').then_some(level)
}

/// Where the closing long bracket of `level` starts, at or after `from`.
pub(super) fn long_bracket_close(text: &[u8], from: usize, level: usize) -> Option<usize> {
    let mut pos = from;
    loop {
        pos += memchr::memchr(b']', text.get(pos..)?)?;
        let equals = text[pos + 1..].iter().take_while(|&&b| b == b'=').count();
        if equals == level && text.get(pos + 1 + level) == Some(&b']') {
            return Some(pos);
        }
        pos += 1 + equals;
    }
}

/// Is `word` a reserved word?
pub(crate) fn is_reserved(word: &[u8]) -> bool {
    keyword(word).is_some()
}

/// The reserved word `word` is.
#[inline]
pub(super) fn keyword(word: &[u8]) -> Option<TokenKind> {
    use TokenKind as T;
    if word.len() < 2 || word.len() > 8 {
        return None;
    }
    Some(match word {
        b"and" => T::And,
        b"break" => T::Break,
        b"do" => T::Do,
        b"else" => T::Else,
        b"elseif" => T::ElseIf,
        b"end" => T::End,
        b"false" => T::False,
        b"for" => T::For,
        b"function" => T::Function,
        b"goto" => T::Goto,
        b"if" => T::If,
        b"in" => T::In,
        b"local" => T::Local,
        b"nil" => T::Nil,
        b"not" => T::Not,
        b"or" => T::Or,
        b"repeat" => T::Repeat,
        b"return" => T::Return,
        b"then" => T::Then,
        b"true" => T::True,
        b"until" => T::Until,
        b"while" => T::While,
        _ => return None,
    })
}
