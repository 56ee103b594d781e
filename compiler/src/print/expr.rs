//! Expressions. Left-deep chains are walked with an explicit stack.

use std::fmt::Write;

use super::Printer;
use crate::ast::{BinOp, Expr, ExprId, Field, FuncId, List, UnOp};

/// The left and right binding powers of operators (Lua 5.4 manual §3.4.8).
pub(super) fn power(op: BinOp) -> (u8, u8) {
    match op {
        BinOp::Or | BinOp::Coalesce => (1, 1),
        BinOp::And => (2, 2),
        BinOp::Eq | BinOp::Ne | BinOp::Lt | BinOp::Le | BinOp::Gt | BinOp::Ge => (3, 3),
        BinOp::BOr => (4, 4),
        BinOp::BXor => (5, 5),
        BinOp::BAnd => (6, 6),
        BinOp::Shl | BinOp::Shr => (7, 7),
        BinOp::Concat => (9, 8),
        BinOp::Add | BinOp::Sub => (10, 10),
        BinOp::Mul | BinOp::Div | BinOp::IDiv | BinOp::Mod => (11, 11),
        BinOp::Pow => (14, 13),
    }
}

const UNARY: u8 = 12;
const ATOM: u8 = 100;

impl Printer<'_> {
    fn power_of(&self, id: ExprId) -> u8 {
        match self.chunk.expr(id) {
            Expr::Binary { op: BinOp::Coalesce, .. } => ATOM,
            Expr::Binary { op, .. } => power(op).0,
            Expr::Unary { .. } => UNARY,
            _ => ATOM,
        }
    }

    /// May a field, an index or a call follow the expression?
    fn is_prefix(&self, id: ExprId) -> bool {
        matches!(
            self.chunk.expr(id),
            Expr::Name(_)
                | Expr::Paren(_)
                | Expr::Field { .. }
                | Expr::Index { .. }
                | Expr::Call { .. }
                | Expr::MethodCall(_)
                | Expr::If(_)
                | Expr::Optional(_)
                | Expr::Binary { op: BinOp::Coalesce, .. }
        )
    }

    /// The leftmost operand of the expression, if it starts with one.
    fn left_of(&self, id: ExprId) -> Option<ExprId> {
        Some(match self.chunk.expr(id) {
            Expr::Binary { lhs, .. } => lhs,
            Expr::Field { object, .. } | Expr::Index { object, .. } => object,
            Expr::Call { callee, .. } => callee,
            Expr::MethodCall(call) => self.chunk.method_call(call).object,
            _ => return None,
        })
    }

    /// Must the left operand be parenthesized?
    fn wraps_left(&self, id: ExprId, left: ExprId) -> bool {
        match self.chunk.expr(id) {
            Expr::Binary { op: BinOp::Coalesce, .. } => false,
            Expr::Binary { op, .. } => {
                let (own, right) = power(op);
                let inner = self.power_of(left);
                inner < own || inner == own && right < own
            }
            _ => !self.is_prefix(left),
        }
    }

    pub(super) fn expr(&mut self, id: ExprId) {
        let mut left_chain = Vec::new();
        let mut at = id;
        while let Some(left) = self.left_of(at) {
            left_chain.push((at, left));
            at = left;
        }
        let value = self.temporary_of(&left_chain);
        for &(node, left) in &left_chain {
            if matches!(self.chunk.expr(node), Expr::Binary { op: BinOp::Coalesce, .. }) {
                self.text(self.open_function());
                let _ = write!(self.out, "local {value} = ");
            } else if self.wraps_left(node, left) {
                self.text("(");
            }
        }
        self.leaf(at);
        for &(node, left) in left_chain.iter().rev() {
            if self.wraps_left(node, left) {
                self.text(")");
            }
            self.extend(node, &value);
        }
    }

    fn temporary_of(&mut self, left_chain: &[(ExprId, ExprId)]) -> String {
        let uses = left_chain.iter().any(|&(node, _)| {
            matches!(self.chunk.expr(node), Expr::Binary { op: BinOp::Coalesce, .. })
        });
        if uses { self.temporary("v") } else { String::new() }
    }

    /// An expression that does not start with another one.
    fn leaf(&mut self, id: ExprId) {
        match self.chunk.expr(id) {
            Expr::Nil => self.text("nil"),
            Expr::True => self.text("true"),
            Expr::False => self.text("false"),
            Expr::Int(n) if n < 0 => {
                let _ = write!(self.out, "0x{n:x}");
            }
            Expr::Int(n) => {
                let _ = write!(self.out, "{n}");
            }
            Expr::Float(x) if x.is_infinite() => self.text("1e999"),
            Expr::Float(x) => {
                let _ = write!(self.out, "{x:?}");
            }
            Expr::Str(text) => {
                let names = self.names;
                self.string(names.bytes(text));
            }
            Expr::Vararg => self.text("..."),
            Expr::Name(name) => {
                if self.forced.contains(&id) {
                    self.text("_ENV.");
                }
                self.name(name);
            }
            Expr::Function(func) => {
                self.text("function");
                self.function(func);
            }
            Expr::Table(table) => self.table(table),
            Expr::Unary { op, operand } => {
                self.text(match op {
                    UnOp::Not => "not ",
                    UnOp::Neg => "- ",
                    UnOp::BNot => "~",
                    UnOp::Len => "#",
                });
                self.operand(operand, self.power_of(operand) < UNARY);
            }
            Expr::Paren(inner) => self.operand(inner, true),
            Expr::If(parts) => self.if_expression(parts),
            Expr::Optional(inner) => self.optional(inner),
            _ => self.text("nil"),
        }
    }

    fn operand(&mut self, id: ExprId, parentheses: bool) {
        if parentheses {
            self.text("(");
        }
        self.expr(id);
        if parentheses {
            self.text(")");
        }
    }

    /// The right operand of `op`.
    pub(super) fn right_operand(&mut self, op: BinOp, id: ExprId) {
        let is_unary = matches!(self.chunk.expr(id), Expr::Unary { .. });
        self.operand(id, !is_unary && self.power_of(id) <= power(op).1);
    }

    /// The part of `node` after its left operand.
    fn extend(&mut self, node: ExprId, value: &str) {
        match self.chunk.expr(node) {
            Expr::Binary { op: BinOp::Coalesce, rhs, .. } => {
                let _ = write!(self.out, " if {value} == nil then {value} = ");
                self.expr(rhs);
                let _ = write!(self.out, " end return {value}");
                self.text(self.close_function());
            }
            Expr::Binary { op, rhs, .. } => {
                let _ = write!(self.out, " {} ", op.text());
                self.right_operand(op, rhs);
            }
            _ => self.suffix(node),
        }
    }

    /// The field, index or call of `node`.
    fn suffix(&mut self, node: ExprId) {
        match self.chunk.expr(node) {
            Expr::Field { name, .. } => {
                self.text(".");
                self.name(name);
            }
            Expr::Index { key, .. } => {
                self.text("[");
                self.expr(key);
                self.text("]");
            }
            Expr::Call { args, .. } => self.arguments(args),
            Expr::MethodCall(call) => {
                let call = self.chunk.method_call(call);
                self.text(":");
                self.name(call.name);
                self.arguments(call.args);
            }
            _ => {}
        }
    }

    fn arguments(&mut self, args: List<ExprId>) {
        self.text("(");
        self.exprs(args);
        self.text(")");
    }

    pub(super) fn exprs(&mut self, list: List<ExprId>) {
        let chunk = self.chunk;
        for (n, id) in chunk.list(list).enumerate() {
            if n > 0 {
                self.text(", ");
            }
            self.expr(id);
        }
    }

    fn table(&mut self, table: crate::ast::TableId) {
        let chunk = self.chunk;
        self.text("{");
        for (n, field) in chunk.list(chunk.table(table).fields).enumerate() {
            if n > 0 {
                self.text(", ");
            }
            match chunk.field(field) {
                Field::Item(value) => self.expr(value),
                Field::Named { name, value, .. } => {
                    self.name(name);
                    self.text(" = ");
                    self.expr(value);
                }
                Field::Keyed { key, value } => {
                    self.text("[");
                    self.expr(key);
                    self.text("] = ");
                    self.expr(value);
                }
            }
        }
        self.text("}");
    }

    fn if_expression(&mut self, parts: List<ExprId>) {
        let chunk = self.chunk;
        self.text(self.open_function());
        let parts: Vec<ExprId> = chunk.list(parts).collect();
        for (n, arm) in parts.chunks(2).enumerate() {
            match *arm {
                [cond, value] => {
                    self.text(if n == 0 { "if " } else { " elseif " });
                    self.expr(cond);
                    self.text(" then return ");
                    self.operand(value, true);
                }
                [value] => {
                    self.text(" else return ");
                    self.operand(value, true);
                }
                _ => {}
            }
        }
        self.text(" end");
        self.text(self.close_function());
    }

    /// `(function() local o = a if o == nil then return nil end return (o.b) end)()`
    fn optional(&mut self, inner: ExprId) {
        let mut left_chain = Vec::new();
        let mut at = inner;
        loop {
            let left = match self.chunk.expr(at) {
                Expr::OptionalLink(object) => object,
                Expr::Binary { .. } => break,
                _ => match self.left_of(at) {
                    Some(left) => left,
                    None => break,
                },
            };
            left_chain.push((at, left));
            at = left;
        }
        let is_link = |p: &Self, node: ExprId| matches!(p.chunk.expr(node), Expr::OptionalLink(_));
        let mut links = left_chain.iter().filter(|&&(node, _)| is_link(self, node)).count();
        let object = self.temporary("o");
        self.text(self.open_function());
        let _ = write!(self.out, "local {object} = ");
        let first = left_chain.iter().rposition(|&(node, _)| is_link(self, node)).unwrap_or(0);
        let start = left_chain.get(first).map_or(at, |&(_, left)| left);
        self.expr(start);
        for &(node, _) in left_chain[..(first + 1).min(left_chain.len())].iter().rev() {
            if is_link(self, node) {
                links -= 1;
                let _ = write!(self.out, " if {object} == nil then return nil end ");
                let _ = match links {
                    0 => write!(self.out, "return ({object}"),
                    _ => write!(self.out, "{object} = {object}"),
                };
            } else {
                self.suffix(node);
            }
        }
        self.text(")");
        self.text(self.close_function());
    }

    /// Parameters and body of a function, after its name.
    pub(super) fn function(&mut self, id: FuncId) {
        let chunk = self.chunk;
        let func = chunk.func(id);
        let outer = std::mem::replace(&mut self.vararg, func.is_vararg);
        self.text("(");
        self.bindings(func.params);
        if func.is_vararg {
            self.text(if func.params.is_empty() { "..." } else { ", ..." });
        }
        self.text(")");
        self.depth += 1;
        self.block(func.body);
        self.depth -= 1;
        self.line();
        self.text("end");
        self.vararg = outer;
    }
}
