//! `match`.
//!
//! If every arm only compares the value with literals, it is an `if` with `elseif`s. Else each
//! arm is a block that declares what its pattern binds, jumps to its end if the
//! pattern fails, and to the end of the `match` when it is done.

use super::{Builtin, Lower};
use crate::Sym;
use crate::ast::ext::{Match, MatchArm, Pattern, PatternEntry, PatternId, Rest};
use crate::ast::{BinOp, BindingId, Expr, ExprId, List, Stmt, StmtId, UnOp};

impl Lower<'_> {
    pub(super) fn match_statement(&mut self, node: &Match, out: &mut Vec<StmtId>) {
        let span = self.at;
        let value = self.hidden("match");
        let mut stmts = vec![self.local(&[value], &[node.subject])];
        for arm in &node.arms {
            self.block(arm.body);
        }
        if let Some(body) = node.otherwise {
            self.block(body);
        }
        self.at = span;
        if node.arms.iter().all(|arm| self.is_plain(arm)) {
            self.plain_match(node, value, &mut stmts);
        } else {
            let done = self.hidden("done");
            for arm in &node.arms {
                self.match_arm(arm, value, done, &mut stmts);
                self.at = span;
            }
            if let Some(body) = node.otherwise {
                stmts.push(self.stmt(Stmt::Do(body)));
            }
            stmts.push(self.label(done));
        }
        out.push(self.do_block(&stmts));
    }

    /// Does the arm's pattern depend only on the value itself?
    fn is_plain(&self, arm: &MatchArm) -> bool {
        match &self.ext.patterns[arm.pattern.index()] {
            Pattern::Bind(_) => arm.guard.is_none(),
            _ => self.is_literal(arm.pattern),
        }
    }

    /// A literal, `_`, or several of them.
    fn is_literal(&self, id: PatternId) -> bool {
        match &self.ext.patterns[id.index()] {
            Pattern::Literal(_) | Pattern::Any => true,
            Pattern::Either(all) => all.iter().all(|&id| self.is_literal(id)),
            _ => false,
        }
    }

    fn plain_match(&mut self, node: &Match, value: Sym, out: &mut Vec<StmtId>) {
        let mut arms = Vec::new();
        for arm in &node.arms {
            let test = self.equals(arm.pattern, value);
            if let Pattern::Bind(binding) = self.ext.patterns[arm.pattern.index()] {
                let bound = self.name(value);
                let values = self.chunk.add_list_of_one(bound);
                let declaration = self.local_of(&[binding], values);
                let mut stmts = vec![declaration];
                stmts.extend(self.chunk.list(self.chunk.block(arm.body).stmts));
                self.set_block(arm.body, &stmts);
            }
            let cond = match (test, arm.guard) {
                (None, None) => self.add(Expr::True),
                (Some(test), None) => test,
                (None, Some(guard)) => guard,
                (Some(test), Some(guard)) => self.binary(BinOp::And, test, guard),
            };
            arms.push(crate::ast::IfArm { cond, body: arm.body, at: arm.at });
        }
        if !arms.is_empty() {
            out.push(self.if_arms(&arms, node.otherwise));
        } else if let Some(body) = node.otherwise {
            out.push(self.stmt(Stmt::Do(body)));
        }
    }

    /// `value == literal`, with `or` between several; `None` if everything matches.
    fn equals(&mut self, id: PatternId, value: Sym) -> Option<ExprId> {
        let ext = self.ext;
        match &ext.patterns[id.index()] {
            &Pattern::Literal(literal) => {
                let left = self.name(value);
                Some(self.binary(BinOp::Eq, left, literal))
            }
            Pattern::Either(all) => {
                let mut whole = None;
                for &id in all {
                    let one = self.equals(id, value)?;
                    whole = Some(match whole {
                        None => one,
                        Some(before) => self.binary(BinOp::Or, before, one),
                    });
                }
                whole
            }
            _ => None,
        }
    }

    fn match_arm(&mut self, arm: &MatchArm, value: Sym, done: Sym, out: &mut Vec<StmtId>) {
        self.at = self.ext.pattern_spans[arm.pattern.index()];
        let mut bound = Vec::new();
        self.bound(arm.pattern, &mut bound);
        let mut stmts = Vec::new();
        if !bound.is_empty() {
            stmts.push(self.local_of(&bound, List::EMPTY));
        }
        let fail = self.hidden("next");
        self.test(arm.pattern, value, fail, &mut stmts);
        if let Some(guard) = arm.guard {
            let refused = self.not(guard);
            self.fail_if(refused, fail, &mut stmts);
        }
        stmts.push(self.stmt(Stmt::Do(arm.body)));
        stmts.push(self.goto(done));
        stmts.push(self.label(fail));
        out.push(self.do_block(&stmts));
    }

    /// The variables a pattern binds, each name once.
    fn bound(&self, id: PatternId, out: &mut Vec<BindingId>) {
        let ext = self.ext;
        let mut add = |binding: BindingId| {
            let name = self.chunk.binding(binding).name;
            if !out.iter().any(|&known| self.chunk.binding(known).name == name) {
                out.push(binding);
            }
        };
        match &ext.patterns[id.index()] {
            &Pattern::Bind(binding) => add(binding),
            Pattern::Table(entries) => {
                entries.iter().for_each(|entry| self.bound(entry.pattern, out));
            }
            Pattern::Array { items, rest } => {
                items.iter().for_each(|entry| self.bound(entry.pattern, out));
                if let &Rest::Bind(binding) = rest {
                    let name = self.chunk.binding(binding).name;
                    if !out.iter().any(|&known| self.chunk.binding(known).name == name) {
                        out.push(binding);
                    }
                }
            }
            Pattern::Either(all) => all.iter().for_each(|&id| self.bound(id, out)),
            Pattern::Error | Pattern::Any | Pattern::Literal(_) => {}
        }
    }

    /// `if cond then goto fail end`
    fn fail_if(&mut self, cond: ExprId, fail: Sym, out: &mut Vec<StmtId>) {
        let leave = self.goto(fail);
        out.push(self.if_then(cond, &[leave]));
    }

    /// Jumps to `fail` unless the variable `value` matches; assigns what is bound.
    fn test(&mut self, id: PatternId, value: Sym, fail: Sym, out: &mut Vec<StmtId>) {
        let ext = self.ext;
        self.at = ext.pattern_spans[id.index()];
        match &ext.patterns[id.index()] {
            Pattern::Error | Pattern::Any => {}
            &Pattern::Bind(binding) => {
                let value = self.name(value);
                self.bind(binding, value, out);
            }
            &Pattern::Literal(literal) => {
                let left = self.name(value);
                let differs = self.binary(BinOp::Ne, left, literal);
                self.fail_if(differs, fail, out);
            }
            Pattern::Table(entries) => {
                self.is_table(value, fail, out);
                for (n, entry) in entries.iter().enumerate() {
                    self.test_entry(entry, n, value, fail, out);
                }
            }
            Pattern::Array { items, rest } => {
                self.is_table(value, fail, out);
                let operand = self.name(value);
                let length = self.add(Expr::Unary { op: UnOp::Len, operand });
                let count = self.int(items.len());
                let op = if *rest == Rest::None { BinOp::Ne } else { BinOp::Lt };
                let differs = self.binary(op, length, count);
                self.fail_if(differs, fail, out);
                for (n, entry) in items.iter().enumerate() {
                    self.test_entry(entry, n, value, fail, out);
                }
                if let Rest::Bind(binding) = *rest {
                    let table = self.empty_table();
                    self.bind(binding, table, out);
                    let name = self.chunk.binding(binding).name;
                    self.collect_rest(name, value, items.len(), out);
                }
            }
            Pattern::Either(all) => match self.is_literal(id) {
                true => {
                    if let Some(equal) = self.equals(id, value) {
                        let differs = self.not(equal);
                        self.fail_if(differs, fail, out);
                    }
                }
                false => self.test_either(all, value, fail, out),
            },
        }
    }

    fn bind(&mut self, binding: BindingId, value: ExprId, out: &mut Vec<StmtId>) {
        let name = self.chunk.binding(binding).name;
        let target = self.name(name);
        out.push(self.assign(target, value));
    }

    /// `if type(value) ~= "table" then goto fail end`
    fn is_table(&mut self, value: Sym, fail: Sym, out: &mut Vec<StmtId>) {
        let value = self.name(value);
        let kind = self.call(Builtin::Type, &[value]);
        let table = self.text("table");
        let differs = self.binary(BinOp::Ne, kind, table);
        self.fail_if(differs, fail, out);
    }

    fn test_entry(
        &mut self,
        entry: &PatternEntry,
        n: usize,
        value: Sym,
        fail: Sym,
        out: &mut Vec<StmtId>,
    ) {
        let ext = self.ext;
        self.at = ext.pattern_spans[entry.pattern.index()];
        match ext.patterns[entry.pattern.index()] {
            Pattern::Any => {}
            Pattern::Bind(binding) => {
                let part = self.part(entry, n, value);
                self.bind(binding, part, out);
            }
            Pattern::Literal(literal) => {
                let part = self.part(entry, n, value);
                let differs = self.binary(BinOp::Ne, part, literal);
                self.fail_if(differs, fail, out);
            }
            _ => {
                let part = self.part(entry, n, value);
                let name = self.hidden("value");
                out.push(self.local(&[name], &[part]));
                self.test(entry.pattern, name, fail, out);
            }
        }
    }

    /// Alternatives, one of which must match.
    fn test_either(&mut self, all: &[PatternId], value: Sym, fail: Sym, out: &mut Vec<StmtId>) {
        let matched = self.hidden("matched");
        let mut stmts = Vec::new();
        for (n, &id) in all.iter().enumerate() {
            let mut inner = Vec::new();
            if n + 1 == all.len() {
                self.test(id, value, fail, &mut inner);
            } else {
                let next = self.hidden("next");
                self.test(id, value, next, &mut inner);
                inner.push(self.goto(matched));
                inner.push(self.label(next));
            }
            stmts.push(self.do_block(&inner));
        }
        stmts.push(self.label(matched));
        out.push(self.do_block(&stmts));
    }
}
