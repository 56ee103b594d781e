//! Source positions: the lines of positions, the tokens around them.
//!
//! Emission visits positions nearly in order, so both lookups start from the last result.

use crate::lex::Tokens;
use crate::source::{LineIndex, Source};

/// Lookup of lines and tokens.
pub(super) struct Positions<'a> {
    tokens: &'a Tokens,
    lines: &'a LineIndex,
    hints: Hints,
}

/// The last results.
#[derive(Clone, Copy, Default)]
pub(super) struct Hints {
    line: u32,
    token: usize,
}

impl<'a> Positions<'a> {
    pub fn new(tokens: &'a Tokens, source: &'a Source, hints: Hints) -> Positions<'a> {
        Positions { tokens, lines: source.lines(), hints }
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
        /// Steps of linear search before a binary search.
        const LINEAR_STEPS: usize = 16;
        let spans = &self.tokens.spans;
        let mut at = self.hints.token.min(spans.len().saturating_sub(1));
        for _ in 0..LINEAR_STEPS {
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
