//! Jumps: `continue`, and `return`, `break` and `goto` where a function of the lowered program
//! lies between them and their target.

use super::{Builtin, Lower};
use crate::Sym;
use crate::ast::{BlockId, Expr, ExprId, List, Stmt, StmtId};

/// A function being lowered, or a block of it that becomes a function of its own.
pub(super) struct Frame {
    kind: FrameKind,
    /// The loops around the statement being lowered: the label for `continue`, once there is one.
    loops: Vec<Option<Sym>>,
    /// The labels that are visible; kept only where jumps may have to cross.
    labels: Vec<Sym>,
}

enum FrameKind {
    Function,
    /// The body of a `try`, with the exits that it uses.
    Try(Vec<Exit>),
    /// A block that must not be left by a jump: its name in messages.
    Closed(&'static str),
}

/// An exit from the body of a `try`. The body returns its number (from 1) as its first value.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Exit {
    /// `return` with so many values after the number.
    Return(usize),
    /// `return` with all values in a table after the number.
    ReturnPacked,
    Break,
    Continue,
    Goto(Sym),
}

impl Frame {
    pub(super) fn function() -> Frame {
        Frame::of(FrameKind::Function)
    }

    pub(super) fn body_of_try() -> Frame {
        Frame::of(FrameKind::Try(Vec::new()))
    }

    pub(super) fn closed(what: &'static str) -> Frame {
        Frame::of(FrameKind::Closed(what))
    }

    fn of(kind: FrameKind) -> Frame {
        Frame { kind, loops: Vec::new(), labels: Vec::new() }
    }

    /// The exits in use.
    pub(super) fn exits(self) -> Vec<Exit> {
        match self.kind {
            FrameKind::Try(exits) => exits,
            _ => Vec::new(),
        }
    }
}

impl Lower<'_> {
    fn frame(&mut self) -> &mut Frame {
        if self.frames.is_empty() {
            self.frames.push(Frame::function());
        }
        let last = self.frames.len() - 1;
        &mut self.frames[last]
    }

    pub(super) fn block(&mut self, id: BlockId) {
        self.block_with(id, Vec::new());
    }

    /// Lowers the statements of a block, after others that are plain.
    pub(super) fn block_with(&mut self, id: BlockId, prologue: Vec<StmtId>) {
        let stmts: Vec<StmtId> = self.chunk.list(self.chunk.block(id).stmts).collect();
        let labels = self.enter_labels(&stmts);
        let mut out = prologue;
        for &stmt in &stmts {
            self.statement(stmt, &mut out);
        }
        self.frame().labels.truncate(labels);
        if out != stmts {
            self.set_block(id, &out);
        }
    }

    /// Makes the labels among the statements visible; returns how many were before.
    fn enter_labels(&mut self, stmts: &[StmtId]) -> usize {
        let before = self.frame().labels.len();
        if !matches!(self.frame().kind, FrameKind::Function) {
            for &stmt in stmts {
                if let Stmt::Label { name, .. } = self.chunk.stmt(stmt) {
                    self.frame().labels.push(name);
                }
            }
        }
        before
    }

    /// Lowers the body of a loop; `continue` goes to a label at its end.
    pub(super) fn loop_body(&mut self, body: BlockId, prologue: Vec<StmtId>) {
        self.frame().loops.push(None);
        self.block_with(body, prologue);
        if let Some(Some(label)) = self.frame().loops.pop() {
            let node = self.chunk.block(body);
            self.at = crate::Span::new(node.open_at, node.close_at);
            let inner = self.chunk.add_block(node);
            let inner = self.stmt(Stmt::Do(inner));
            let label = self.label(label);
            self.set_block(body, &[inner, label]);
        }
    }

    /// Lowers a `repeat`: `continue` jumps to the condition, so what is declared before the
    /// first one stays visible there, and what is declared after it must not be read there.
    pub(super) fn repeat(&mut self, body: BlockId, cond: ExprId) {
        let stmts: Vec<StmtId> = self.chunk.list(self.chunk.block(body).stmts).collect();
        self.frame().loops.push(None);
        let labels = self.enter_labels(&stmts);
        let mut out = Vec::new();
        let mut split = None;
        for &stmt in &stmts {
            let before = out.len();
            self.statement(stmt, &mut out);
            if split.is_none() && matches!(self.frame().loops.last(), Some(Some(_))) {
                split = Some(before);
            }
        }
        self.frame().labels.truncate(labels);
        let label = self.frame().loops.pop().flatten();
        if let (Some(split), Some(label)) = (split, label) {
            let node = self.chunk.block(body);
            self.at = crate::Span::new(node.open_at, node.close_at);
            let tail = out.split_off(split);
            self.check_until(&tail, cond);
            let tail = self.do_block(&tail);
            let label = self.label(label);
            out.push(self.do_block(&[tail, label]));
        }
        if out != stmts {
            self.set_block(body, &out);
        }
    }

    /// Reports what the condition of a `repeat` reads of the variables `tail` declares.
    fn check_until(&mut self, tail: &[StmtId], cond: ExprId) {
        let mut declared = Vec::new();
        for &stmt in tail {
            match self.chunk.stmt(stmt) {
                Stmt::Local { bindings, .. } => {
                    let names = self.chunk.list(bindings).map(|b| self.chunk.binding(b).name);
                    declared.extend(names);
                }
                Stmt::LocalFunction { binding, .. } => {
                    declared.push(self.chunk.binding(binding).name);
                }
                _ => {}
            }
        }
        // The operands of an expression immediately precede it.
        let whole = self.chunk.expr_span(cond);
        for at in (0..=cond.index()).rev() {
            let span = self.chunk.expr_spans[at];
            if span.start < whole.start {
                break;
            }
            if let Expr::Name(name) = self.chunk.exprs[at]
                && declared.contains(&name)
            {
                return self.continue_skips(name, span);
            }
        }
    }

    pub(super) fn continue_statement(&mut self, out: &mut Vec<StmtId>) {
        let span = self.at;
        if self.frame().loops.is_empty() {
            match &self.frame().kind {
                FrameKind::Function => self.continue_outside(span),
                FrameKind::Closed(place) => {
                    let place = *place;
                    self.cannot_leave("continue", place, span);
                }
                FrameKind::Try(_) => self.leave_try(Exit::Continue, &[], out),
            }
            return;
        }
        let label = match self.frame().loops.last() {
            Some(&Some(label)) => label,
            _ => {
                let label = self.hidden("continue");
                if let Some(last) = self.frame().loops.last_mut() {
                    *last = Some(label);
                }
                label
            }
        };
        out.push(self.goto(label));
    }

    pub(super) fn break_statement(&mut self, out: &mut Vec<StmtId>) {
        let span = self.at;
        if self.frame().loops.is_empty() {
            match self.frame().kind {
                FrameKind::Function => {}
                FrameKind::Closed(place) => return self.cannot_leave("break", place, span),
                FrameKind::Try(_) => return self.leave_try(Exit::Break, &[], out),
            }
        }
        out.push(self.stmt(Stmt::Break));
    }

    pub(super) fn goto_statement(&mut self, name: Sym, out: &mut Vec<StmtId>) {
        let span = self.at;
        if !self.frame().labels.contains(&name) {
            match self.frame().kind {
                FrameKind::Function => {}
                FrameKind::Closed(place) => return self.cannot_leave("goto", place, span),
                FrameKind::Try(_) => return self.leave_try(Exit::Goto(name), &[], out),
            }
        }
        out.push(self.goto(name));
    }

    pub(super) fn return_statement(&mut self, values: List<ExprId>, out: &mut Vec<StmtId>) {
        let span = self.at;
        match self.frame().kind {
            FrameKind::Function => out.push(self.stmt(Stmt::Return(values))),
            FrameKind::Closed(place) => self.cannot_leave("return", place, span),
            FrameKind::Try(_) => {
                let values: Vec<ExprId> = self.chunk.list(values).collect();
                match values.last() {
                    Some(&last) if self.is_multi(last) => {
                        let packed = self.call(Builtin::Pack, &values);
                        self.leave_try(Exit::ReturnPacked, &[packed], out);
                    }
                    _ => self.leave_try(Exit::Return(values.len()), &values, out),
                }
            }
        }
    }

    /// Returns from the body of a `try` with the number of an exit.
    fn leave_try(&mut self, exit: Exit, values: &[ExprId], out: &mut Vec<StmtId>) {
        let FrameKind::Try(exits) = &mut self.frame().kind else { return };
        let number = match exits.iter().position(|&known| known == exit) {
            Some(at) => at + 1,
            None => {
                exits.push(exit);
                exits.len()
            }
        };
        let mut all = vec![self.int(number)];
        all.extend_from_slice(values);
        let all = self.exprs(&all);
        out.push(self.stmt(Stmt::Return(all)));
    }

    /// Performs an exit after the `try`; `values` are the variables with its values.
    pub(super) fn take_exit(&mut self, exit: Exit, values: &[Sym], out: &mut Vec<StmtId>) {
        match exit {
            Exit::Return(count) => {
                let values: Vec<ExprId> =
                    values[..count.min(values.len())].iter().map(|&v| self.name(v)).collect();
                let values = self.exprs(&values);
                self.return_statement(values, out);
            }
            Exit::ReturnPacked => {
                let Some(&packed) = values.first() else { return };
                let unpacked = self.unpack(packed);
                let values = self.chunk.add_list_of_one(unpacked);
                self.return_statement(values, out);
            }
            Exit::Break => self.break_statement(out),
            Exit::Continue => self.continue_statement(out),
            Exit::Goto(name) => self.goto_statement(name, out),
        }
    }

    /// `table.unpack(packed, 1, packed.n)`
    pub(super) fn unpack(&mut self, packed: Sym) -> ExprId {
        let n = self.names.intern_str("n");
        let (table, again, first) = (self.name(packed), self.name(packed), self.int(1));
        let count = self.field(again, n);
        self.call(Builtin::Unpack, &[table, first, count])
    }
}
