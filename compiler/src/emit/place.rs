//! Where things stand in the source: lines of positions, tokens around positions.
//!
//! Emission walks the text nearly in order, so both look-ups start from the last answer.

use crate::lex::Tokens;
use crate::source::{LineIndex, Source};

/// Look-ups of lines and tokens.
pub(super) struct Place<'a> {
    tokens: &'a Tokens,
    lines: &'a LineIndex,
    hints: Hints,
}

/// The last answers.
#[derive(Clone, Copy, Default)]
pub(super) struct Hints {
    line: u32,
    token: usize,
}

impl<'a> Place<'a> {
    pub fn new(tokens: &'a Tokens, source: &'a Source, hints: Hints) -> Place<'a> {
        Place { tokens, lines: source.lines(), hints }
    }

    pub fn hints(&self) -> Hints {
        self.hints
    }

    /// The line of a token's end. 0, the end of no token, is on line 1.
    #[inline]
    pub fn line(&mut self, pos: u32) -> u32 {
        match pos {
            0 => 1,
            _ => self.lines.line_near(pos - 1, &mut self.hints.line),
        }
    }

    /// The first token that starts at or after `pos`.
    pub fn token_at(&mut self, pos: u32) -> usize {
        /// How far the search walks before it halves.
        const NEAR: usize = 16;
        let spans = &self.tokens.spans;
        let mut at = self.hints.token.min(spans.len().saturating_sub(1));
        for _ in 0..NEAR {
            if spans[at].start < pos {
                if at + 1 == spans.len() {
                    break;
                }
                at += 1;
            } else if at > 0 && spans[at - 1].start >= pos {
                at -= 1;
            } else {
                self.hints.token = at;
                return at;
            }
        }
        self.hints.token = self.tokens.index_at_or_after(pos);
        self.hints.token
    }

    /// The end of the first token that starts at or after `pos`.
    #[inline]
    pub fn end_of_token_at(&mut self, pos: u32) -> u32 {
        let at = self.token_at(pos);
        self.tokens.spans[at].end
    }

    /// The end of the last token that starts before `pos`; 0 if there is none.
    #[inline]
    pub fn end_of_token_before(&mut self, pos: u32) -> u32 {
        let at = self.token_at(pos);
        match at.checked_sub(1) {
            Some(before) => self.tokens.spans[before].end,
            None => 0,
        }
    }
}
