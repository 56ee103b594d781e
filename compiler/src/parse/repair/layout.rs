//! How well the indentation of a text agrees with its structure.
//!
//! People indent what they mean. Of several repairs the grammar would accept, the one is meant
//! under which blocks are indented deeper than their openers, closers stand below their openers
//! and statements stand in a column. Where they do not is where a fault is suspected.

use super::trial::{Cell, INSIDE};
use crate::lex::TokenKind as T;

/// A place where indentation and structure disagree.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark {
    /// The index of the first token of the line, and how bad it is.
    pub(super) at: usize,
    pub(super) weight: f32,
    /// The construct that is open there, and where.
    pub(super) open: T,
    /// It is indented deeper than it should be, not less deep.
    pub(super) deeper: bool,
}

/// What a walk over the cells found.
pub(super) struct Layout {
    pub(super) score: f32,
    pub(super) marks: Vec<Mark>,
    /// For each inserted closer the index of what it closes.
    pub(super) closes: Vec<(usize, usize)>,
}

struct Open {
    kind: T,
    at: usize,
    line: u32,
    /// Indentation of the line it stands on.
    indent: i32,
    /// Indentation of what is inside, once known.
    child: i32,
    /// Indentation of the line of its last statement.
    statement: i32,
    /// The head of a loop has not reached its `do`.
    head: bool,
    /// It has a statement.
    any: bool,
}

fn is_bracket(kind: T) -> bool {
    matches!(kind, T::LParen | T::LBrace | T::LBracket)
}

/// Walks over `cells`; `starts` are the positions where statements start, ascending.
pub(super) fn layout(cells: &[Cell], starts: &[u32]) -> Layout {
    let mut walk = Walk {
        out: Layout { score: 0.0, marks: Vec::new(), closes: Vec::new() },
        stack: vec![Open {
            kind: T::Eof,
            at: 0,
            line: 0,
            indent: -1,
            child: INSIDE,
            statement: -1,
            head: false,
            any: false,
        }],
        line_indent: cells.first().map_or(0, |cell| cell.indent.max(0)),
    };
    let mut next_start = 0;
    for (at, cell) in cells.iter().enumerate() {
        while starts.get(next_start).is_some_and(|&start| start < cell.span.start) {
            next_start += 1;
        }
        let is_start = starts.get(next_start) == Some(&cell.span.start)
            && (cell.span.end > cell.span.start || cell.inserted);
        if is_start && cell.span.end == cell.span.start {
            next_start += 1;
        }
        let before = at.checked_sub(1).map(|at| cells[at].kind());
        walk.step(at, cell, is_start, before);
    }
    walk.out
}

struct Walk {
    out: Layout,
    stack: Vec<Open>,
    line_indent: i32,
}

impl Walk {
    fn mark(&mut self, at: usize, weight: f32, deeper: bool) {
        let open = self.stack.last().map_or(T::Eof, |open| open.kind);
        self.out.score += weight;
        self.out.marks.push(Mark { at, weight, open, deeper });
    }

    fn step(&mut self, at: usize, cell: &Cell, is_start: bool, before: Option<T>) {
        let kind = cell.kind();
        if kind == T::Eof {
            return;
        }
        if cell.indent >= 0 {
            self.line_indent = cell.indent;
            self.first_of_line(at, cell, is_start);
        } else if !cell.inserted {
            self.inside_line(at, cell, is_start, before);
        }
        if is_start && let Some(top) = self.stack.last_mut() {
            top.statement = self.line_indent;
            top.any = true;
        }
        self.nest(at, cell);
    }

    fn first_of_line(&mut self, at: usize, cell: &Cell, is_start: bool) {
        let indent = cell.indent;
        let Some(top) = self.stack.last_mut() else { return };
        let (bracket, outer, child) = (is_bracket(top.kind), top.indent, top.child);
        match cell.kind() {
            T::End | T::Until | T::Else | T::ElseIf => {
                if bracket || top.kind == T::Eof {
                    self.mark(at, 1.0, false);
                } else if top.line != cell.line && indent != outer {
                    self.mark(at, 2.0, indent > outer);
                }
            }
            T::RParen | T::RBrace | T::RBracket => {
                if !bracket || indent < outer {
                    self.mark(at, 1.5, false);
                } else if indent > outer {
                    let weight = if cell.kind() == T::RBrace { 0.6 } else { 0.2 };
                    self.mark(at, weight, true);
                }
            }
            _ if is_start => {
                top.child = indent;
                if indent <= outer {
                    self.mark(at, 1.5, false);
                } else if child != INSIDE && indent != child {
                    self.mark(at, 1.0, indent > child);
                }
            }
            _ if bracket => {
                top.child = indent;
                if indent <= outer {
                    self.mark(at, 1.0, false);
                } else if child != INSIDE && indent < child {
                    self.mark(at, 0.25, false);
                }
            }
            kind => {
                if indent <= top.statement {
                    let weight = match kind {
                        T::Then | T::Do => 0.2,
                        T::And | T::Or | T::DotDot | T::Dot | T::Colon => 0.4,
                        _ => 1.2,
                    };
                    self.mark(at, weight, false);
                }
            }
        }
    }

    fn inside_line(&mut self, at: usize, cell: &Cell, is_start: bool, before: Option<T>) {
        let Some(top) = self.stack.last() else { return };
        match cell.kind() {
            T::End | T::Until if top.line != cell.line && !is_bracket(top.kind) => {
                self.mark(at, 0.5, false);
            }
            _ if is_start && top.any && before != Some(T::Semi) => self.mark(at, 0.4, false),
            _ => {}
        }
    }

    /// Opens and closes what the cell opens and closes.
    fn nest(&mut self, at: usize, cell: &Cell) {
        let kind = cell.kind();
        let top_kind = self.stack.last().map_or(T::Eof, |open| open.kind);
        match kind {
            T::Do if self.stack.last().is_some_and(|open| open.head) => {
                if let Some(top) = self.stack.last_mut() {
                    top.head = false;
                }
            }
            T::If | T::Repeat | T::Function | T::While | T::For | T::Do => self.push(at, cell),
            T::LParen | T::LBrace | T::LBracket => self.push(at, cell),
            T::Else | T::ElseIf => {
                if let Some(top) = self.stack.last_mut() {
                    top.any = false;
                    top.child = INSIDE;
                }
            }
            T::End | T::Until => self.pop(at, cell, |kind| !is_bracket(kind)),
            T::RParen | T::RBrace | T::RBracket if is_bracket(top_kind) => {
                self.pop(at, cell, |_| true);
            }
            _ => {}
        }
    }

    fn push(&mut self, at: usize, cell: &Cell) {
        self.stack.push(Open {
            kind: cell.kind(),
            at,
            line: cell.line,
            indent: self.line_indent,
            child: INSIDE,
            statement: self.line_indent,
            head: matches!(cell.kind(), T::While | T::For),
            any: false,
        });
    }

    fn pop(&mut self, at: usize, cell: &Cell, fits: impl Fn(T) -> bool) {
        while self.stack.len() > 1
            && let Some(open) = self.stack.pop()
        {
            if fits(open.kind) {
                if cell.inserted {
                    self.out.closes.push((at, open.at));
                }
                break;
            }
        }
    }
}
