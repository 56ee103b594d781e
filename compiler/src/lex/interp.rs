//! Interpolated strings: `` `text {hole} text` ``, which become one token for each piece of text;
//! the tokens of a hole stand between them. They nest.

use super::error;
use super::scan::Lexer;
use super::token::TokenKind;
use crate::Span;

/// No hole is open: no depth of braces is this one.
pub(super) const NO_HOLE: u32 = u32::MAX;

/// The braces open in the text, and the interpolated strings they are in.
pub(super) struct Holes {
    /// Braces open now.
    pub depth: u32,
    /// The depth at which a `}` ends the innermost hole.
    pub innermost: u32,
    open: Vec<Hole>,
}

struct Hole {
    /// The depth at which a `}` ends it.
    depth: u32,
    /// Where its string begins.
    string: usize,
    /// Where its `{` is.
    brace: usize,
}

impl Holes {
    pub fn new() -> Holes {
        Holes { depth: 0, innermost: NO_HOLE, open: Vec::new() }
    }

    fn open(&mut self, string: usize, brace: usize) {
        self.open.push(Hole { depth: self.depth, string, brace });
        self.innermost = self.depth;
    }

    /// Closes the innermost hole. Returns where its string begins.
    fn close(&mut self) -> Option<usize> {
        let closed = self.open.pop();
        self.innermost = self.open.last().map_or(NO_HOLE, |hole| hole.depth);
        closed.map(|hole| hole.string)
    }
}

impl Lexer<'_> {
    /// A piece of an interpolated string; its `` ` `` or the `}` of a hole is at `pos`.
    pub(super) fn interpolated(&mut self, first: bool) {
        let start = self.pos;
        let mut diagnostic = None;
        self.buffer.clear();
        self.pos += 1;
        let string = if first { start } else { self.holes.close().unwrap_or(start) };
        loop {
            let byte = self.text.get(self.pos).copied();
            match byte {
                None | Some(b'\n' | b'\r') => break,
                Some(b'\\') if matches!(self.byte(self.pos + 1), b'{' | b'`') => {
                    self.buffer.push(self.byte(self.pos + 1));
                    self.pos += 2;
                }
                Some(b'\\') => {
                    if let Err(found) = self.escape()
                        && diagnostic.is_none()
                    {
                        let shown = &self.text[start..found.shown_to.min(self.text.len())];
                        diagnostic = Some(error::bad_escape(self.source, start, &found, shown));
                    }
                }
                Some(end @ (b'`' | b'{')) => {
                    self.pos += 1;
                    let kind = match (first, end) {
                        (true, b'`') => TokenKind::InterpWhole,
                        (true, _) => TokenKind::InterpBegin,
                        (false, b'`') => TokenKind::InterpEnd,
                        (false, _) => TokenKind::InterpMid,
                    };
                    if end == b'{' {
                        self.holes.open(string, self.pos - 1);
                    }
                    match diagnostic {
                        Some(diagnostic) => self.push_error(start, diagnostic),
                        None => {
                            let sym = self.tokens.names.intern(&self.buffer);
                            self.push(kind, sym.raw(), start);
                        }
                    }
                    return;
                }
                Some(byte) => {
                    self.buffer.push(byte);
                    self.pos += 1;
                }
            }
        }
        let diagnostic = diagnostic.unwrap_or_else(|| {
            let span = Span::new(start as u32, self.pos as u32);
            let shown = &self.text[start..self.pos];
            match self.holes.open.last() {
                Some(hole) if first => {
                    error::unfinished_hole(self.source, hole.brace as u32, span, shown)
                }
                _ => error::unfinished_string(self.source, string as u32, span, shown),
            }
        });
        self.push_error(start, diagnostic);
    }
}
