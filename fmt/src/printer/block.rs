//! Blocks: statements, the blank lines and semicolons between them.

use luka_compiler::ast::{BlockId, Expr, Stmt, StmtId};
use luka_compiler::lex::TokenKind as T;

use super::Printer;
use crate::doc::Cmd;

/// Where the statements of a block go.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Body {
    /// On the line, if the group is not broken.
    OneLine,
    /// On lines of their own; `do end` if there are none.
    Lines,
    /// The same, but without statements, too, the token behind the block has a line of its own.
    Part,
}

impl Body {
    /// `OneLine` for a one-liner, else `Lines`.
    pub(super) fn of(one_liner: bool) -> Body {
        if one_liner { Body::OneLine } else { Body::Lines }
    }
}

impl Printer<'_> {
    /// Whether a block, with what stands around it from `start` to the token behind it, is on one
    /// line of the source and short enough to stay there: one simple statement, no comment.
    pub(super) fn is_one_liner(&self, start: u32, block: BlockId) -> bool {
        self.is_one_liner_up_to(start, block, self.chunk.block(block).close_at)
    }

    /// The same of a block without a token of its own behind it.
    pub(super) fn is_one_line_arm(&self, start: u32, block: BlockId) -> bool {
        let last = self.chunk.list_last(self.chunk.block(block).stmts);
        let end = last.map_or(start, |last| self.chunk.stmt_span(last).end);
        self.is_one_liner_up_to(start, block, end)
    }

    fn is_one_liner_up_to(&self, start: u32, block: BlockId, end: u32) -> bool {
        let block = self.chunk.block(block);
        let text = &self.source.bytes()[start as usize..end.max(start) as usize];
        if text.iter().any(|&b| b == b'\n' || b == b'\r') {
            return false;
        }
        let comment = self.comments.partition_point(|comment| comment.span.start < start);
        let has_comment =
            self.comments.get(comment).is_some_and(|comment| comment.span.start < end);
        let mut stmts = self.chunk.list(block.stmts);
        let is_simple = |id| {
            matches!(
                self.chunk.stmt(id),
                Stmt::Call(_)
                    | Stmt::Assign { .. }
                    | Stmt::Local { .. }
                    | Stmt::Return(_)
                    | Stmt::Break
                    | Stmt::Goto(_)
                    | Stmt::Compound { .. }
                    | Stmt::Continue
            )
        };
        !has_comment && stmts.len() == 1 && stmts.next().is_some_and(is_simple)
    }

    /// A block between two tokens. What is printed next is the token behind it.
    pub(super) fn body(&mut self, block: BlockId, layout: Body) {
        self.cmd(Cmd::HugPoint);
        if self.is_empty(block) {
            while self.kind() == T::Semi {
                self.drop_token();
            }
            return if layout == Body::Part { self.hard() } else { self.space() };
        }
        self.indent();
        if layout == Body::OneLine {
            self.line()
        } else {
            self.hard()
        }
        self.statement_list(block);
        self.comments_before_closer();
        self.dedent();
        if layout == Body::OneLine { self.line() } else { self.hard() }
    }

    /// Whether nothing is in a block, semicolons aside.
    fn is_empty(&self, block: BlockId) -> bool {
        let block = self.chunk.block(block);
        let comment = self.comments.get(self.comment);
        block.stmts.is_empty() && comment.is_none_or(|comment| comment.span.start >= block.close_at)
    }

    /// The statements of a block.
    pub(super) fn statement_list(&mut self, block: BlockId) {
        let block = self.chunk.block(block);
        let stmts: Vec<StmtId> = self.chunk.list(block.stmts).collect();
        self.first = true;
        self.semicolons(None);
        self.stmts_until(&stmts, block.close_at);
        self.semicolons(None);
    }

    /// Statements, one after the other.
    pub(super) fn stmts(&mut self, stmts: &[StmtId]) {
        let end = stmts.last().map_or(0, |&last| self.chunk.stmt_span(last).end);
        self.stmts_until(stmts, end);
    }

    fn stmts_until(&mut self, stmts: &[StmtId], close_at: u32) {
        let mut n = 0;
        while n < stmts.len() && self.failed.is_none() {
            if n > 0 {
                self.hard_as_written();
            }
            if self.switched_off(stmts, close_at) {
                let from = self.span().start;
                n += stmts[n..]
                    .iter()
                    .take_while(|&&id| self.chunk.stmt_span(id).start < from)
                    .count();
            } else {
                if self.skips_next() {
                    self.stmt_as_written(stmts[n]);
                } else {
                    self.stmt(stmts[n]);
                }
                n += 1;
            }
            if n < stmts.len() {
                self.semicolons(Some(stmts[n]));
            }
        }
    }

    /// The semicolons between two statements, of which one stays where the second would be read as
    /// a part of the first.
    fn semicolons(&mut self, next: Option<StmtId>) {
        let mut needed = next.is_some_and(|next| match self.chunk.stmt(next) {
            Stmt::Label { .. } => true,
            Stmt::Call(call) => self.starts_with_parenthesis(call),
            Stmt::Assign { targets, .. } => self
                .chunk
                .list_get(targets, 0)
                .is_some_and(|target| self.starts_with_parenthesis(target)),
            Stmt::Compound { target, .. } => self.starts_with_parenthesis(target),
            _ => false,
        });
        while self.kind() == T::Semi {
            if needed {
                self.token();
                needed = false;
            } else {
                self.drop_token();
                self.dropped = true;
            }
        }
    }

    fn starts_with_parenthesis(&self, id: luka_compiler::ast::ExprId) -> bool {
        let start = self.chunk.expr_span(id).start;
        self.source.bytes().get(start as usize) == Some(&b'(')
            && !matches!(self.chunk.expr(id), Expr::Str(_))
    }
}
