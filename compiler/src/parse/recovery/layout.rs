//! How well the indentation of a text matches its structure.
//!
//! Indentation reflects the intended structure. Of several repairs that the grammar accepts, the
//! best one is that with which blocks are indented deeper than their openers, closers are aligned with their
//! openers, and the statements of a block are aligned. An error is suspected where they are not.

use super::trial::{INSIDE, Lexeme};
use crate::lex::TokenKind as T;

/// A place where indentation and structure disagree.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mismatch {
    /// The index of the first token of the line, and the penalty.
    pub(super) at: usize,
    pub(super) weight: f32,
    /// The innermost construct that is open there.
    pub(super) open: T,
    /// The line is indented more than expected, not less.
    pub(super) deeper: bool,
}

/// The result of a walk over the lexemes.
pub(super) struct Layout {
    pub(super) score: f32,
    pub(super) mismatches: Vec<Mismatch>,
    /// For each inserted closer the index of what it closes.
    pub(super) closes: Vec<(usize, usize)>,
}

struct Open {
    kind: T,
    at: usize,
    line: u32,
    /// Indentation of the line it is on.
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

/// Walks over `lexemes`; `starts` are the positions where statements start, ascending.
pub(super) fn layout(lexemes: &[Lexeme], starts: &[u32]) -> Layout {
    let mut walk = Walk {
        out: Layout { score: 0.0, mismatches: Vec::new(), closes: Vec::new() },
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
        line_indent: lexemes.first().map_or(0, |lexeme| lexeme.indent.max(0)),
    };
    let mut next_start = 0;
    for (at, lexeme) in lexemes.iter().enumerate() {
        while starts.get(next_start).is_some_and(|&start| start < lexeme.span.start) {
            next_start += 1;
        }
        let is_start = starts.get(next_start) == Some(&lexeme.span.start)
            && (lexeme.span.end > lexeme.span.start || lexeme.inserted);
        if is_start && lexeme.span.end == lexeme.span.start {
            next_start += 1;
        }
        let before = at.checked_sub(1).map(|at| lexemes[at].kind());
        walk.step(at, lexeme, is_start, before);
    }
    walk.out
}

struct Walk {
    out: Layout,
    stack: Vec<Open>,
    line_indent: i32,
}

impl Walk {
    fn mismatch(&mut self, at: usize, weight: f32, deeper: bool) {
        let open = self.stack.last().map_or(T::Eof, |open| open.kind);
        self.out.score += weight;
        self.out.mismatches.push(Mismatch { at, weight, open, deeper });
    }

    fn step(&mut self, at: usize, lexeme: &Lexeme, is_start: bool, before: Option<T>) {
        let kind = lexeme.kind();
        if kind == T::Eof {
            return;
        }
        if lexeme.indent >= 0 {
            self.line_indent = lexeme.indent;
            self.first_of_line(at, lexeme, is_start);
        } else if !lexeme.inserted {
            self.inside_line(at, lexeme, is_start, before);
        }
        if is_start && let Some(top) = self.stack.last_mut() {
            top.statement = self.line_indent;
            top.any = true;
        }
        self.nest(at, lexeme);
    }

    fn first_of_line(&mut self, at: usize, lexeme: &Lexeme, is_start: bool) {
        let indent = lexeme.indent;
        let Some(top) = self.stack.last_mut() else { return };
        let (bracket, outer, child) = (is_bracket(top.kind), top.indent, top.child);
        match lexeme.kind() {
            T::End | T::Until | T::Else | T::ElseIf => {
                if bracket || top.kind == T::Eof {
                    self.mismatch(at, 1.0, false);
                } else if top.line != lexeme.line && indent != outer {
                    self.mismatch(at, 2.0, indent > outer);
                }
            }
            T::RParen | T::RBrace | T::RBracket => {
                if !bracket || indent < outer {
                    self.mismatch(at, 1.5, false);
                } else if indent > outer {
                    let weight = if lexeme.kind() == T::RBrace { 0.6 } else { 0.2 };
                    self.mismatch(at, weight, true);
                }
            }
            _ if is_start => {
                top.child = indent;
                if indent <= outer {
                    self.mismatch(at, 1.5, false);
                } else if child != INSIDE && indent != child {
                    self.mismatch(at, 1.0, indent > child);
                }
            }
            _ if bracket => {
                top.child = indent;
                if indent <= outer {
                    self.mismatch(at, 1.0, false);
                } else if child != INSIDE && indent < child {
                    self.mismatch(at, 0.25, false);
                }
            }
            kind => {
                if indent <= top.statement {
                    let weight = match kind {
                        T::Then | T::Do => 0.2,
                        T::And | T::Or | T::DotDot | T::Dot | T::Colon => 0.4,
                        _ => 1.2,
                    };
                    self.mismatch(at, weight, false);
                }
            }
        }
    }

    fn inside_line(&mut self, at: usize, lexeme: &Lexeme, is_start: bool, before: Option<T>) {
        let Some(top) = self.stack.last() else { return };
        match lexeme.kind() {
            T::End | T::Until if top.line != lexeme.line && !is_bracket(top.kind) => {
                self.mismatch(at, 0.5, false);
            }
            _ if is_start && top.any && before != Some(T::Semi) => self.mismatch(at, 0.4, false),
            _ => {}
        }
    }

    /// Updates the stack of open constructs.
    fn nest(&mut self, at: usize, lexeme: &Lexeme) {
        let kind = lexeme.kind();
        let top_kind = self.stack.last().map_or(T::Eof, |open| open.kind);
        match kind {
            T::Do if self.stack.last().is_some_and(|open| open.head) => {
                if let Some(top) = self.stack.last_mut() {
                    top.head = false;
                }
            }
            T::If | T::Repeat | T::Function | T::While | T::For | T::Do => self.push(at, lexeme),
            T::LParen | T::LBrace | T::LBracket => self.push(at, lexeme),
            T::Else | T::ElseIf => {
                if let Some(top) = self.stack.last_mut() {
                    top.any = false;
                    top.child = INSIDE;
                }
            }
            T::End | T::Until => self.pop(at, lexeme, |kind| !is_bracket(kind)),
            T::RParen | T::RBrace | T::RBracket if is_bracket(top_kind) => {
                self.pop(at, lexeme, |_| true);
            }
            _ => {}
        }
    }

    fn push(&mut self, at: usize, lexeme: &Lexeme) {
        self.stack.push(Open {
            kind: lexeme.kind(),
            at,
            line: lexeme.line,
            indent: self.line_indent,
            child: INSIDE,
            statement: self.line_indent,
            head: matches!(lexeme.kind(), T::While | T::For),
            any: false,
        });
    }

    fn pop(&mut self, at: usize, lexeme: &Lexeme, fits: impl Fn(T) -> bool) {
        while self.stack.len() > 1
            && let Some(open) = self.stack.pop()
        {
            if fits(open.kind) {
                if lexeme.inserted {
                    self.out.closes.push((at, open.at));
                }
                break;
            }
        }
    }
}
