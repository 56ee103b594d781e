//! The tokens being repaired, and trial parses with changes applied.

use super::super::error::LocatedError;
use super::super::state::Explain;
use super::super::{Options, run};
use crate::Span;
use crate::ast::Chunk;
use crate::lex::{Token, TokenKind as T, Tokens};
use crate::source::Source;

/// The maximum number of tokens parsed in all trials for a text.
const TOTAL_BUDGET: usize = 30_000_000;

/// Indentation of a token that is not the first of its line.
pub(super) const INSIDE: i32 = -1;

/// A token with its position in the layout of the text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lexeme {
    pub(super) token: Token,
    pub(super) span: Span,
    pub(super) line: u32,
    /// Columns of white space before the first token of a line; [`INSIDE`] for the others.
    pub(super) indent: i32,
    /// Inserted by a repair.
    pub(super) inserted: bool,
}

impl Lexeme {
    pub(super) fn kind(&self) -> T {
        self.token.kind
    }
}

/// Tokens `at..at + remove` become `insert`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Change {
    pub(super) at: usize,
    pub(super) remove: usize,
    pub(super) insert: Vec<Token>,
}

impl Change {
    pub(super) fn insert(at: usize, token: Token) -> Change {
        Change { at, remove: 0, insert: vec![token] }
    }

    pub(super) fn delete(at: usize, count: usize) -> Change {
        Change { at, remove: count, insert: Vec::new() }
    }

    pub(super) fn replace(at: usize, token: Token) -> Change {
        Change { at, remove: 1, insert: vec![token] }
    }
}

/// The result of a trial parse.
pub(super) struct Outcome {
    /// The lexemes parsed, and the index of each in the text being repaired.
    pub(super) lexemes: Vec<Lexeme>,
    pub(super) origin: Vec<usize>,
    /// Where the error is, as an index of the text being repaired; `None` if there is none.
    pub(super) reach: Option<usize>,
    pub(super) found: Option<LocatedError>,
    pub(super) chunk: Chunk,
}

/// The text being repaired.
pub(super) struct Context<'a> {
    pub(super) source: &'a Source<'a>,
    pub(super) options: Options,
    pub(super) lexemes: Vec<Lexeme>,
    /// Names and numbers; its token arrays are those of the last run.
    pub(super) tokens: Tokens,
    /// The number of tokens that may still be parsed.
    pub(super) budget: usize,
}

impl<'a> Context<'a> {
    pub(super) fn new(source: &'a Source<'a>, tokens: Tokens, options: Options) -> Context<'a> {
        let lexemes = lexemes(source, &tokens);
        Context { source, options, lexemes, tokens, budget: TOTAL_BUDGET }
    }

    /// Parses `lexemes[from..to]` with `changes` applied, as if the text ended at `to`.
    pub(super) fn run(&mut self, from: usize, to: usize, changes: &[Change]) -> Outcome {
        let mut lexemes = Vec::with_capacity(to - from + 4);
        let mut origin = Vec::with_capacity(to - from + 4);
        let mut at = from;
        for change in changes.iter().filter(|change| change.at < to) {
            let upto = change.at.clamp(at, to);
            lexemes.extend_from_slice(&self.lexemes[at..upto]);
            origin.extend(at..upto);
            at = upto;
            for lexeme in self.made(change) {
                lexemes.push(lexeme);
                origin.push(at);
            }
            at = (at + change.remove).min(to);
        }
        lexemes.extend_from_slice(&self.lexemes[at..to]);
        origin.extend(at..to);
        for change in changes.iter().filter(|change| change.remove > 0) {
            self.pass_indent(change, |successor| {
                let at = origin.partition_point(|&origin| origin < successor);
                lexemes.get_mut(at)
            });
        }
        if lexemes.last().is_none_or(|lexeme| lexeme.kind() != T::Eof) {
            let end = lexemes.last().map_or(0, |lexeme| lexeme.span.end);
            let token = Token { kind: T::Eof, payload: 0 };
            let line = lexemes.last().map_or(1, |lexeme| lexeme.line + 1);
            let span = Span::new(end, end);
            lexemes.push(Lexeme { token, span, line, indent: INSIDE, inserted: true });
            origin.push(to);
        }
        self.budget = self.budget.saturating_sub(lexemes.len());
        self.tokens.tokens.clear();
        self.tokens.spans.clear();
        self.tokens.tokens.extend(lexemes.iter().map(|lexeme| lexeme.token));
        self.tokens.spans.extend(lexemes.iter().map(|lexeme| lexeme.span));
        let (chunk, found) = run::<Explain>(&self.tokens, &self.options, None).explained();
        let mut reach = found.map(|found| origin[found.index.min(origin.len() - 1)]);
        // Where the text was cut off, anything may be missing.
        if reach == Some(to) && to < self.lexemes.len() {
            reach = None;
        }
        Outcome { lexemes, origin, reach, found, chunk }
    }

    /// The lexemes that a change inserts.
    fn made(&self, change: &Change) -> Vec<Lexeme> {
        let before = change.at.checked_sub(1).map(|at| self.lexemes[at]);
        let replaced = &self.lexemes[change.at..change.at + change.remove];
        let (span, line, indent) = match (replaced.first(), replaced.last(), before) {
            (Some(first), Some(last), _) => {
                (Span::new(first.span.start, last.span.end), first.line, first.indent)
            }
            (_, _, Some(before)) => {
                (Span::new(before.span.end, before.span.end), before.line, INSIDE)
            }
            _ => (Span::new(self.source.start(), self.source.start()), 1, INSIDE),
        };
        let lexeme = |(n, &token): (usize, &Token)| Lexeme {
            token,
            span: if n == 0 { span } else { Span::new(span.end, span.end) },
            line,
            indent: if n == 0 { indent } else { INSIDE },
            inserted: true,
        };
        change.insert.iter().enumerate().map(lexeme).collect()
    }

    /// If a change removes the first token of a line, the next one becomes the first.
    fn pass_indent<'c>(
        &self,
        change: &Change,
        lexeme: impl FnOnce(usize) -> Option<&'c mut Lexeme>,
    ) {
        let successor = change.at + change.remove;
        let Some(next) = self.lexemes.get(successor) else { return };
        let removed = self.lexemes[change.at..successor].iter().rev();
        let first = removed.take_while(|c| c.line == next.line).find(|c| c.indent >= 0);
        if let Some(first) = first
            && change.insert.is_empty()
            && next.indent == INSIDE
            && let Some(lexeme) = lexeme(successor)
        {
            lexeme.indent = first.indent;
        }
    }

    /// Applies changes permanently.
    pub(super) fn apply(&mut self, changes: &[Change]) {
        for change in changes.iter().rev() {
            let made = self.made(change);
            let mut successor = self.lexemes.get(change.at + change.remove).copied();
            self.pass_indent(change, |_| successor.as_mut());
            if let Some(successor) = successor {
                self.lexemes[change.at + change.remove] = successor;
            }
            self.lexemes.splice(change.at..change.at + change.remove, made);
        }
    }

    /// A token with the text `text` as its name or string.
    pub(super) fn word(&mut self, kind: T, text: &str) -> Token {
        Token { kind, payload: self.tokens.names.intern_str(text).raw() }
    }

    /// The source text of a lexeme.
    pub(super) fn text(&self, index: usize) -> &'a [u8] {
        let span = self.lexemes[index].span;
        self.source.bytes().get(span.start as usize..span.end as usize).unwrap_or(&[])
    }
}

/// The tokens with lines and indentation.
fn lexemes(source: &Source, tokens: &Tokens) -> Vec<Lexeme> {
    let bytes = source.bytes();
    let mut hint = 0;
    let mut last_line = 0;
    let mut lexemes = Vec::with_capacity(tokens.len());
    for (&token, &span) in tokens.tokens.iter().zip(&tokens.spans) {
        let line = source.lines().line_near(span.start, &mut hint);
        let first = line != last_line;
        let indent = if first {
            let start = source.lines().start_of(line).unwrap_or(source.start());
            indentation(&bytes[(start as usize).min(bytes.len())..])
        } else {
            INSIDE
        };
        // A long string ends on a later line: what follows it there is not the first token.
        let end = span.end.max(span.start + 1) - 1;
        last_line = if token.kind == T::Str { source.line(end) } else { line };
        lexemes.push(Lexeme { token, span, line, indent, inserted: false });
    }
    lexemes
}

/// Columns of white space at the start of `line`.
fn indentation(line: &[u8]) -> i32 {
    let mut column = 0;
    for byte in line {
        match byte {
            b' ' => column += 1,
            b'\t' => column = (column / 8 + 1) * 8,
            _ => break,
        }
    }
    column
}
