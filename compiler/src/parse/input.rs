//! The token arrays as a chumsky input: a cursor is an index, a span is that of the source.

use std::ops::Range;

use chumsky::input::{Input, ValueInput};
use chumsky::span::SimpleSpan;

use crate::Span;
use crate::lex::{Token, Tokens};

/// The tokens of one chunk; `Eof` is the last one.
#[derive(Clone, Copy)]
pub(super) struct TokenInput<'s> {
    tokens: &'s [Token],
    spans: &'s [Span],
}

impl<'s> TokenInput<'s> {
    pub(super) fn new(tokens: &'s Tokens) -> TokenInput<'s> {
        TokenInput { tokens: &tokens.tokens, spans: &tokens.spans }
    }

    #[inline(always)]
    fn advance(&self, cursor: &mut usize) -> Option<Token> {
        let token = *self.tokens.get(*cursor)?;
        *cursor += 1;
        Some(token)
    }
}

#[expect(unsafe_code, reason = "the trait declares its methods unsafe; these bodies are safe")]
impl<'s> Input<'s> for TokenInput<'s> {
    type Span = SimpleSpan<u32>;
    type Token = Token;
    type MaybeToken = Token;
    type Cursor = usize;
    type Cache = Self;

    #[inline(always)]
    fn begin(self) -> (usize, Self) {
        (0, self)
    }

    #[inline(always)]
    fn cursor_location(cursor: &usize) -> usize {
        *cursor
    }

    #[inline(always)]
    unsafe fn next_maybe(cache: &mut Self, cursor: &mut usize) -> Option<Token> {
        cache.advance(cursor)
    }

    unsafe fn span(cache: &mut Self, range: Range<&usize>) -> SimpleSpan<u32> {
        let end_of_text = cache.spans.last().map_or(0, |span| span.end);
        let start = cache.spans.get(*range.start).map_or(end_of_text, |span| span.start);
        let end = match range.end.checked_sub(1).filter(|last| last >= range.start) {
            Some(last) => cache.spans.get(last).map_or(end_of_text, |span| span.end),
            None => start,
        };
        SimpleSpan::from(start..end.max(start))
    }
}

#[expect(unsafe_code, reason = "the trait declares its method unsafe; this body is safe")]
impl<'s> ValueInput<'s> for TokenInput<'s> {
    #[inline(always)]
    unsafe fn next(cache: &mut Self, cursor: &mut usize) -> Option<Token> {
        cache.advance(cursor)
    }
}
