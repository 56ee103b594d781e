//! Reading a long text piece by piece: the tokens of a window of it at a time.

use super::interp::Holes;
use super::scan::Lexer;
use super::token::{Token, TokenKind, Tokens};
use crate::limits::{Limits, Refusal, Watch};
use crate::source::Source;
use crate::{Names, Std};

/// Some tokens of a text, one after the other. The last is an `Eof`, also where the window ends before
/// the text does.
///
/// The first is the one before the window, if there is one: what comes of a token may depend on where
/// the one before it ends.
pub(crate) struct Window<'s> {
    lexer: Lexer<'s>,
    first: usize,
    is_last: bool,
    /// How many tokens of the text are before those here.
    before: usize,
}

impl<'s> Window<'s> {
    /// A window of no tokens, before the first one. The text is not longer than [`Source::MAX_LEN`].
    pub fn new(source: &'s Source<'s>, std: Std, limits: Limits<'s>) -> Window<'s> {
        let watch = Watch::new(limits, source.bytes().len());
        let mut lexer = Lexer::new(source, std, watch, Tokens::default());
        lexer.push(TokenKind::Eof, 0, lexer.pos);
        Window { lexer, first: 0, is_last: false, before: 0 }
    }

    /// The tokens.
    pub fn tokens(&self) -> &Tokens {
        &self.lexer.tokens
    }

    /// The names so far.
    pub fn names_mut(&mut self) -> &mut Names {
        &mut self.lexer.tokens.names
    }

    /// The first token that is in the window.
    pub fn first(&self) -> usize {
        self.first
    }

    /// Whether the text ends here.
    pub fn is_last(&self) -> bool {
        self.is_last
    }

    /// Moves to the token with this index, and reads about so many from there on. It is not inside an
    /// interpolated string.
    pub fn move_to(&mut self, first: usize, count: usize) -> Result<(), Refusal> {
        let tokens = &mut self.lexer.tokens;
        let previous = first.checked_sub(1).map(|at| (tokens.tokens[at], tokens.spans[at]));
        let start = tokens.spans[first].start;
        self.first = usize::from(previous.is_some());
        self.before += first - self.first;
        tokens.clear();
        if let Some((token, span)) = previous {
            tokens.tokens.push(Token { payload: 0, ..token });
            tokens.spans.push(span);
        }
        self.lexer.pos = start as usize;
        self.lexer.holes = Holes::new();
        self.lexer.watch.begin_window(self.before, count);
        self.lexer.run()?;
        self.is_last = self.lexer.pos >= self.lexer.text.len();
        self.lexer.push(TokenKind::Eof, 0, self.lexer.pos);
        Ok(())
    }

    /// Gives back memory that a window of about `count` tokens does not need.
    pub fn shrink(&mut self, count: usize) {
        let Tokens { tokens, spans, ints, floats, .. } = &mut self.lexer.tokens;
        tokens.shrink_to(count);
        spans.shrink_to(count);
        ints.shrink_to(count);
        floats.shrink_to(count);
    }
}
