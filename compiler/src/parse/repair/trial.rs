//! The tokens being repaired, and what the grammar says of them with some changes made.

use super::super::fault::Found;
use super::super::state::Explain;
use super::super::{Options, run};
use crate::Span;
use crate::ast::Chunk;
use crate::lex::{Token, TokenKind as T, Tokens};
use crate::source::Source;

/// Most tokens the grammar is given in all trials of a text; then what is known must do.
const MOST_TOKENS: usize = 30_000_000;

/// Indentation of a token that is not the first of its line.
pub(super) const INSIDE: i32 = -1;

/// A token with what the layout of the text says about it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cell {
    pub(super) token: Token,
    pub(super) span: Span,
    pub(super) line: u32,
    /// Columns of white space before the first token of a line; [`INSIDE`] for the others.
    pub(super) indent: i32,
    /// A repair has put it here.
    pub(super) inserted: bool,
}

impl Cell {
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

/// How far the grammar came.
pub(super) struct Outcome {
    /// The cells it was given, and the index of each in the text being repaired.
    pub(super) cells: Vec<Cell>,
    pub(super) origin: Vec<usize>,
    /// Where the fault is, as an index of the text being repaired; `None` if all was well.
    pub(super) reach: Option<usize>,
    pub(super) found: Option<Found>,
    pub(super) chunk: Chunk,
}

/// The text being repaired.
pub(super) struct Bench<'a> {
    pub(super) source: &'a Source,
    pub(super) options: Options,
    pub(super) cells: Vec<Cell>,
    /// Names and numbers; its token arrays are those of the last run.
    pub(super) tokens: Tokens,
    /// Tokens that may still be given to the grammar.
    pub(super) budget: usize,
}

impl<'a> Bench<'a> {
    pub(super) fn new(source: &'a Source, tokens: Tokens, options: Options) -> Bench<'a> {
        let cells = cells(source, &tokens);
        Bench { source, options, cells, tokens, budget: MOST_TOKENS }
    }

    /// Runs the grammar over `cells[from..to]` with `changes` made; behind `to` the text ends.
    pub(super) fn run(&mut self, from: usize, to: usize, changes: &[Change]) -> Outcome {
        let mut cells = Vec::with_capacity(to - from + 4);
        let mut origin = Vec::with_capacity(to - from + 4);
        let mut at = from;
        for change in changes.iter().filter(|change| change.at < to) {
            let upto = change.at.clamp(at, to);
            cells.extend_from_slice(&self.cells[at..upto]);
            origin.extend(at..upto);
            at = upto;
            for cell in self.made(change) {
                cells.push(cell);
                origin.push(at);
            }
            at = (at + change.remove).min(to);
        }
        cells.extend_from_slice(&self.cells[at..to]);
        origin.extend(at..to);
        for change in changes.iter().filter(|change| change.remove > 0) {
            self.pass_indent(change, |heir| {
                let at = origin.partition_point(|&origin| origin < heir);
                cells.get_mut(at)
            });
        }
        if cells.last().is_none_or(|cell| cell.kind() != T::Eof) {
            let end = cells.last().map_or(0, |cell| cell.span.end);
            let token = Token { kind: T::Eof, payload: 0 };
            let line = cells.last().map_or(1, |cell| cell.line + 1);
            let span = Span::new(end, end);
            cells.push(Cell { token, span, line, indent: INSIDE, inserted: true });
            origin.push(to);
        }
        self.budget = self.budget.saturating_sub(cells.len());
        self.tokens.tokens.clear();
        self.tokens.spans.clear();
        self.tokens.tokens.extend(cells.iter().map(|cell| cell.token));
        self.tokens.spans.extend(cells.iter().map(|cell| cell.span));
        let (chunk, found) = run::<Explain>(&self.tokens, &self.options).explained();
        let mut reach = found.map(|found| origin[found.index.min(origin.len() - 1)]);
        // Where the text was cut off, anything may be missing.
        if reach == Some(to) && to < self.cells.len() {
            reach = None;
        }
        Outcome { cells, origin, reach, found, chunk }
    }

    /// The cells a change puts in.
    fn made(&self, change: &Change) -> Vec<Cell> {
        let before = change.at.checked_sub(1).map(|at| self.cells[at]);
        let replaced = &self.cells[change.at..change.at + change.remove];
        let (span, line, indent) = match (replaced.first(), replaced.last(), before) {
            (Some(first), Some(last), _) => {
                (Span::new(first.span.start, last.span.end), first.line, first.indent)
            }
            (_, _, Some(before)) => {
                (Span::new(before.span.end, before.span.end), before.line, INSIDE)
            }
            _ => (Span::new(self.source.start(), self.source.start()), 1, INSIDE),
        };
        let cell = |(n, &token): (usize, &Token)| Cell {
            token,
            span: if n == 0 { span } else { Span::new(span.end, span.end) },
            line,
            indent: if n == 0 { indent } else { INSIDE },
            inserted: true,
        };
        change.insert.iter().enumerate().map(cell).collect()
    }

    /// Where a change takes away the first token of a line, the next one on it is the first.
    fn pass_indent<'c>(&self, change: &Change, cell: impl FnOnce(usize) -> Option<&'c mut Cell>) {
        let heir = change.at + change.remove;
        let Some(next) = self.cells.get(heir) else { return };
        let removed = self.cells[change.at..heir].iter().rev();
        let first = removed.take_while(|c| c.line == next.line).find(|c| c.indent >= 0);
        if let Some(first) = first
            && change.insert.is_empty()
            && next.indent == INSIDE
            && let Some(cell) = cell(heir)
        {
            cell.indent = first.indent;
        }
    }

    /// Makes changes for good.
    pub(super) fn apply(&mut self, changes: &[Change]) {
        for change in changes.iter().rev() {
            let made = self.made(change);
            let mut heir = self.cells.get(change.at + change.remove).copied();
            self.pass_indent(change, |_| heir.as_mut());
            if let Some(heir) = heir {
                self.cells[change.at + change.remove] = heir;
            }
            self.cells.splice(change.at..change.at + change.remove, made);
        }
    }

    /// A token with the text `text` as its name or string.
    pub(super) fn word(&mut self, kind: T, text: &str) -> Token {
        Token { kind, payload: self.tokens.names.intern_str(text).raw() }
    }

    /// The source text of a cell.
    pub(super) fn text(&self, index: usize) -> &'a [u8] {
        let span = self.cells[index].span;
        self.source.bytes().get(span.start as usize..span.end as usize).unwrap_or(&[])
    }
}

/// The tokens with lines and indentation.
fn cells(source: &Source, tokens: &Tokens) -> Vec<Cell> {
    let bytes = source.bytes();
    let mut hint = 0;
    let mut last_line = 0;
    let mut cells = Vec::with_capacity(tokens.len());
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
        cells.push(Cell { token, span, line, indent, inserted: false });
    }
    cells
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
