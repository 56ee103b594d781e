//! Walking expressions. Left-deep chains are walked with an explicit stack, as in emission.

use luka_bytecode::Span;

use super::Resolver;
use super::fold::{self, fold_binary, fold_unary, is_constant};
use super::hir::{Expr, ExprId, List, Method, MethodId, NO_KEY};
use crate::Sym;
use crate::ast;

impl Resolver<'_> {
    /// Resolves an expression.
    pub(super) fn expr(&mut self, id: ast::ExprId) -> ExprId {
        let chunk = self.chunk;
        let base = self.left_chain.len();
        let mut at = id;
        loop {
            let left = match chunk.expr(at) {
                ast::Expr::Binary { lhs, .. } => lhs,
                ast::Expr::Field { object, .. } | ast::Expr::Index { object, .. } => object,
                ast::Expr::Call { callee, .. } => callee,
                ast::Expr::MethodCall(call) => chunk.method_call(call).object,
                ast::Expr::OptionalLink(object) => object,
                _ => break,
            };
            self.left_chain.push(at);
            at = left;
        }
        let mut done = self.leaf(at);
        while self.left_chain.len() > base
            && let Some(node) = self.left_chain.pop()
        {
            done = self.extend(node, done);
        }
        done
    }

    /// An expression that does not start with another one.
    fn leaf(&mut self, id: ast::ExprId) -> ExprId {
        let span = self.chunk.expr_span(id);
        let expr = match self.chunk.expr(id) {
            ast::Expr::Nil => Expr::Nil,
            ast::Expr::True => Expr::True,
            ast::Expr::False => Expr::False,
            ast::Expr::Int(n) => Expr::Int(n),
            ast::Expr::Float(x) => Expr::Float(x),
            ast::Expr::Str(s) => Expr::Str(s),
            ast::Expr::Vararg => Expr::Vararg,
            ast::Expr::Name(name) => {
                let e = self.name(name, span);
                if self.scopes.globals.has_hidden_local() {
                    self.hir.hiding_globals.push(id);
                }
                return e;
            }
            ast::Expr::Function(func) => Expr::Function(self.function(func)),
            ast::Expr::Table(table) => Expr::Table(self.table(table)),
            ast::Expr::Unary { op, operand } => {
                let operand = self.expr(operand);
                match fold_unary(op, self.hir.expr(operand)) {
                    Some(value) => value,
                    None => Expr::Unary { op, operand },
                }
            }
            ast::Expr::If(parts) => Expr::If(self.exprs(parts)),
            ast::Expr::Optional(inner) => Expr::Optional(self.expr(inner)),
            ast::Expr::Paren(inner) => {
                let inner = self.expr(inner);
                match self.hir.expr(inner) {
                    value if is_constant(value) => value,
                    _ => Expr::Paren(inner),
                }
            }
            _ => Expr::Error,
        };
        self.hir.add_expr(expr, span)
    }

    /// The expression `node`, of which `start` is the resolved start.
    fn extend(&mut self, node: ast::ExprId, start: ExprId) -> ExprId {
        let span = self.chunk.expr_span(node);
        let expr = match self.chunk.expr(node) {
            ast::Expr::Binary { op, rhs, op_at, .. } => {
                let right = self.expr(rhs);
                match fold_binary(op, self.hir.expr(start), self.hir.expr(right)) {
                    Some(value) => value,
                    None if fold::decides(op, self.hir.expr(start)) => Expr::Paren(start),
                    None => Expr::Binary { op, left: start, right, op_at },
                }
            }
            ast::Expr::OptionalLink(_) => Expr::OptionalLink(start),
            ast::Expr::Field { name, .. } => Expr::Field { object: start, name },
            ast::Expr::Index { key, .. } => Expr::Index { object: start, key: self.expr(key) },
            ast::Expr::Call { args, line_at, .. } => {
                Expr::Call { callee: start, args: self.exprs(args), line_at }
            }
            ast::Expr::MethodCall(call) => {
                let call = self.chunk.method_call(call);
                let args = self.exprs(call.args);
                self.hir.methods.push(Method {
                    object: start,
                    name: call.name,
                    name_span: call.name_span,
                    args,
                    line_at: call.line_at,
                });
                Expr::Method(MethodId(self.hir.methods.len() as u32 - 1))
            }
            _ => Expr::Error,
        };
        self.hir.add_expr(expr, span)
    }

    fn table(&mut self, table: ast::TableId) -> List {
        let chunk = self.chunk;
        let base = self.items.len();
        for field in chunk.list(chunk.table(table).fields) {
            let (key, value) = self.field(field);
            self.items.extend([key, value.0]);
        }
        self.finish_list(base)
    }

    /// The key of a field, or [`NO_KEY`], and its value.
    pub(super) fn field(&mut self, field: ast::FieldId) -> (u32, ExprId) {
        let (key, value) = match self.chunk.field(field) {
            ast::Field::Item(value) => (NO_KEY, value),
            ast::Field::Named { name, name_at, value } => (self.name_key(name, name_at).0, value),
            ast::Field::Keyed { key, value } => (self.expr(key).0, value),
        };
        (key, self.expr(value))
    }

    /// The key of a field with a name.
    pub(super) fn name_key(&mut self, name: Sym, name_at: u32) -> ExprId {
        let len = self.tokens.names.bytes(name).len() as u32;
        self.hir.add_expr(Expr::Str(name), Span::new(name_at, name_at + len))
    }
}
