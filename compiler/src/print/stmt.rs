//! Statements. Blocks nest no deeper than the parser lets them.

use std::fmt::Write;

use super::Printer;
use crate::ast::{Attrib, BinOp, BindingId, BlockId, Expr, ExprId, List, Stmt, StmtId};

impl Printer<'_> {
    /// The statements of a block, each on a line of its own.
    pub(super) fn block(&mut self, id: BlockId) {
        let chunk = self.chunk;
        let stmts = chunk.list(chunk.block(id).stmts);
        let count = stmts.len();
        for (n, stmt) in stmts.enumerate() {
            if let Stmt::Global { .. } = chunk.stmt(stmt) {
                continue;
            }
            if !self.out.is_empty() {
                self.line();
            }
            let start = self.out.len();
            let is_last = n + 1 == count;
            if let Stmt::Return(values) = chunk.stmt(stmt) {
                self.text(if is_last { "return " } else { "do return " });
                self.exprs(values);
                self.text(if is_last { "" } else { " end" });
            } else {
                self.statement(stmt);
            }
            // It must not be parsed as a continuation of the previous statement.
            if self.out[start..].starts_with('(') {
                self.out.insert(start, ';');
            }
        }
    }

    fn body(&mut self, id: BlockId) {
        self.depth += 1;
        self.block(id);
        self.depth -= 1;
        self.line();
    }

    pub(super) fn bindings(&mut self, list: List<BindingId>) {
        let chunk = self.chunk;
        for (n, id) in chunk.list(list).enumerate() {
            if n > 0 {
                self.text(", ");
            }
            let binding = chunk.binding(id);
            self.name(binding.name);
            self.text(match binding.attrib {
                Attrib::None => "",
                Attrib::Const => " <const>",
                Attrib::Close => " <close>",
            });
        }
    }

    fn statement(&mut self, id: StmtId) {
        let chunk = self.chunk;
        match chunk.stmt(id) {
            Stmt::Local { bindings, values } => {
                self.text("local ");
                self.bindings(bindings);
                if !values.is_empty() {
                    self.text(" = ");
                    self.exprs(values);
                }
            }
            Stmt::LocalFunction { binding, func } => {
                self.text("local function ");
                self.name(chunk.binding(binding).name);
                self.function(func);
            }
            Stmt::Assign { targets, values } => {
                self.exprs(targets);
                self.text(" = ");
                self.exprs(values);
            }
            Stmt::Call(call) => self.expr(call),
            Stmt::Do(body) => {
                self.text("do");
                self.body(body);
                self.text("end");
            }
            Stmt::While { cond, body } => {
                self.text("while ");
                self.expr(cond);
                self.text(" do");
                self.body(body);
                self.text("end");
            }
            Stmt::Repeat { body, cond } => {
                self.text("repeat");
                self.body(body);
                self.text("until ");
                self.expr(cond);
            }
            Stmt::If { arms, otherwise } => {
                for (n, arm) in chunk.list(arms).enumerate() {
                    let arm = chunk.arm(arm);
                    self.text(if n == 0 { "if " } else { "elseif " });
                    self.expr(arm.cond);
                    self.text(" then");
                    self.body(arm.body);
                }
                if let Some(body) = otherwise {
                    self.text("else");
                    self.body(body);
                }
                self.text("end");
            }
            Stmt::NumericFor(node) => {
                let node = chunk.numeric_for(node);
                self.text("for ");
                self.name(chunk.binding(node.var).name);
                self.text(" = ");
                self.expr(node.start);
                self.text(", ");
                self.expr(node.limit);
                if let Some(step) = node.step {
                    self.text(", ");
                    self.expr(step);
                }
                self.text(" do");
                self.body(node.body);
                self.text("end");
            }
            Stmt::GenericFor(node) => {
                let node = chunk.generic_for(node);
                self.text("for ");
                self.bindings(node.vars);
                self.text(" in ");
                self.exprs(node.values);
                self.text(" do");
                self.body(node.body);
                self.text("end");
            }
            Stmt::Function { target, func } => self.function_statement(target, func),
            Stmt::Break => self.text("break"),
            Stmt::Goto(name) => {
                self.text("goto ");
                self.name(name);
            }
            Stmt::Label { name, .. } => {
                self.text("::");
                self.name(name);
                self.text("::");
            }
            Stmt::Compound { target, op, value } => self.compound(target, op, value),
            Stmt::Error | Stmt::Return(_) | Stmt::Global { .. } | Stmt::Continue | Stmt::Ext(_) => {
            }
        }
    }

    fn function_statement(&mut self, target: ExprId, func: crate::ast::FuncId) {
        let chunk = self.chunk;
        let is_method = chunk.func(func).is_method;
        // A name that is not a local variable here cannot be written this way.
        let mut first = target;
        while let Expr::Field { object, .. } = chunk.expr(first) {
            first = object;
        }
        if self.forced.contains(&first) && !is_method {
            self.expr(target);
            self.text(" = function");
            return self.function(func);
        }
        self.text("function ");
        match chunk.expr(target) {
            Expr::Field { object, name } if is_method => {
                self.expr(object);
                self.text(":");
                self.name(name);
            }
            _ => self.expr(target),
        }
        self.function(func);
    }

    /// `do local o, k = table, key; o[k] = o[k] op value end`
    fn compound(&mut self, target: ExprId, op: BinOp, value: ExprId) {
        let mut place = String::new();
        match self.chunk.expr(target) {
            Expr::Field { object, name } => {
                let o = self.temporary("o");
                let _ = write!(self.out, "do local {o} = ");
                self.expr(object);
                let _ = write!(place, "{o}.{}", self.names.bytes(name).escape_ascii());
            }
            Expr::Index { object, key } => {
                let (o, k) = (self.temporary("o"), self.temporary("k"));
                let _ = write!(self.out, "do local {o}, {k} = ");
                self.expr(object);
                self.text(", ");
                self.expr(key);
                let _ = write!(place, "{o}[{k}]");
            }
            _ => {
                let start = self.out.len();
                self.expr(target);
                place = self.out.split_off(start);
            }
        }
        let is_block = !matches!(self.chunk.expr(target), Expr::Name(_));
        if is_block {
            self.text("; ");
        }
        if op == BinOp::Coalesce {
            let _ = write!(self.out, "if {place} == nil then {place} = ");
            self.expr(value);
            self.text(" end");
        } else {
            let _ = write!(self.out, "{place} = {place} {} ", op.text());
            self.right_operand(op, value);
        }
        if is_block {
            self.text(" end");
        }
    }
}
