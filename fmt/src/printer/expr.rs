//! Expressions.

use luka_compiler::ast::{BinOp, Expr, ExprId, FuncId, List, UnOp};
use luka_compiler::lex::TokenKind as T;

use super::Printer;
use crate::doc::Group;

impl Printer<'_> {
    /// An expression.
    pub(super) fn expr(&mut self, id: ExprId) {
        if self.failed.is_some() {
            return;
        }
        match self.chunk.expr(id) {
            Expr::Error => self.fail("an expression"),
            Expr::Nil
            | Expr::True
            | Expr::False
            | Expr::Int(_)
            | Expr::Float(_)
            | Expr::Str(_)
            | Expr::Vararg
            | Expr::NamedVararg(_)
            | Expr::Name(_) => self.token(),
            Expr::Function(func) => self.function_value(func),
            Expr::Table(table) => self.table(id, table),
            Expr::Index { .. }
            | Expr::Field { .. }
            | Expr::Call { .. }
            | Expr::MethodCall(_)
            | Expr::Optional(_)
            | Expr::OptionalLink(_) => self.suffixed(id),
            Expr::Unary { op, operand } => {
                self.token();
                if op == UnOp::Not {
                    self.space();
                }
                self.expr(operand);
            }
            Expr::Binary { .. } => {
                self.open(if self.hugs(id) { Group::Hug } else { Group::Plain });
                self.indent();
                self.operands(id);
                self.dedent();
                self.close();
            }
            Expr::Paren(inner) => self.parenthesized(inner),
            Expr::If(parts) => self.if_expression(parts),
            Expr::Cast { .. } => self.casts(id),
            Expr::Interpolated(parts) => self.interpolated(parts),
        }
    }

    /// A chain of operators of one precedence, broken before each of them.
    pub(super) fn operands(&mut self, id: ExprId) {
        let Expr::Binary { op, .. } = self.chunk.expr(id) else { return self.expr(id) };
        let operands = self.chain(id, precedence(op));
        for (n, &operand) in operands.iter().enumerate() {
            if n > 0 {
                self.line();
                self.token();
                self.space();
            }
            self.expr(operand);
        }
    }

    /// The operands of a chain, in order.
    fn chain(&self, id: ExprId, level: u8) -> Vec<ExprId> {
        let same = |id| match self.chunk.expr(id) {
            Expr::Binary { op, lhs, rhs, .. } if precedence(op) == level => Some((op, lhs, rhs)),
            _ => None,
        };
        let mut operands = Vec::new();
        let mut current = id;
        if same(id).is_some_and(|(op, ..)| matches!(op, BinOp::Concat | BinOp::Pow)) {
            while let Some((_, lhs, rhs)) = same(current) {
                operands.push(lhs);
                current = rhs;
            }
            operands.push(current);
        } else {
            while let Some((_, lhs, rhs)) = same(current) {
                operands.push(rhs);
                current = lhs;
            }
            operands.push(current);
            operands.reverse();
        }
        operands
    }

    fn parenthesized(&mut self, inner: ExprId) {
        let breaks = matches!(self.chunk.expr(inner), Expr::Binary { .. } | Expr::If(_));
        self.open(if self.hugs(inner) { Group::Hug } else { Group::Plain });
        self.tok(T::LParen);
        if breaks {
            self.indent();
            self.soft();
            self.operands(inner);
            self.comments_before_closer();
            self.dedent();
            self.soft();
        } else {
            self.expr(inner);
        }
        self.tok(T::RParen);
        self.close();
    }

    /// `e :: T :: U`; any number of casts may follow each other.
    fn casts(&mut self, id: ExprId) {
        let (mut inner, mut count) = (id, 0);
        while let Expr::Cast { expr, .. } = self.chunk.expr(inner) {
            inner = expr;
            count += 1;
        }
        self.expr(inner);
        for _ in 0..count {
            self.space();
            self.tok(T::ColonColon);
            self.space();
            self.ty();
        }
    }

    /// `if c then a else b`, broken before `elseif` and `else`.
    fn if_expression(&mut self, parts: List<ExprId>) {
        let parts: Vec<ExprId> = self.chunk.list(parts).collect();
        self.open(Group::Plain);
        self.indent();
        for (n, pair) in parts.chunks(2).enumerate() {
            if n > 0 {
                self.line();
            }
            self.token(); // if, elseif, else
            self.space();
            self.expr(pair[0]);
            if let Some(&value) = pair.get(1) {
                self.space();
                self.tok(T::Then);
                self.space();
                self.expr(value);
            }
        }
        self.dedent();
        self.close();
    }

    /// Text and holes in turn; a hole is never broken.
    fn interpolated(&mut self, parts: List<ExprId>) {
        let parts: Vec<ExprId> = self.chunk.list(parts).collect();
        self.open(Group::Flat);
        for (n, &part) in parts.iter().enumerate() {
            if n > 0 && self.has_gap() {
                self.space();
            }
            if n % 2 == 0 { self.token() } else { self.expr(part) }
        }
        self.close();
    }

    /// Whether an expression ends with a function or a table whose lines may follow it, so that what
    /// is before it can stay on one line.
    pub(super) fn hugs(&self, id: ExprId) -> bool {
        let mut id = id;
        loop {
            match self.chunk.expr(id) {
                Expr::Function(func) => return !self.is_short_value(func),
                Expr::Table(table) => return !self.chunk.table(table).fields.is_empty(),
                Expr::Call { args, .. } => match self.chunk.list_last(args) {
                    Some(_) if self.args_hug(args) => return true,
                    _ => return false,
                },
                Expr::MethodCall(call) => {
                    return self.args_hug(self.chunk.method_call(call).args);
                }
                Expr::Binary { rhs, .. } => id = rhs,
                Expr::Paren(inner) | Expr::Optional(inner) => id = inner,
                Expr::Unary { operand, .. } => id = operand,
                _ => return false,
            }
        }
    }

    /// Whether a function is a `->` with a value.
    pub(super) fn is_short_value(&self, func: FuncId) -> bool {
        let func = self.chunk.func(func);
        let bytes = self.source.bytes();
        !bytes[func.span.start as usize..].starts_with(b"function")
            && !bytes[self.chunk.block(func.body).open_at as usize..].starts_with(b"do")
    }

    /// Whether there is nothing in an expression that a line could be broken in.
    pub(super) fn is_path_or_literal(&self, id: ExprId) -> bool {
        let mut id = id;
        loop {
            match self.chunk.expr(id) {
                Expr::Nil
                | Expr::True
                | Expr::False
                | Expr::Int(_)
                | Expr::Float(_)
                | Expr::Str(_)
                | Expr::Vararg
                | Expr::NamedVararg(_)
                | Expr::Name(_)
                | Expr::Interpolated(_) => return true,
                Expr::Field { object, .. } => id = object,
                Expr::Unary { operand, .. } => id = operand,
                _ => return false,
            }
        }
    }
}

/// The precedence of an operator, from the loosest on (manual §3.4.8).
fn precedence(op: BinOp) -> u8 {
    match op {
        BinOp::Or | BinOp::Coalesce => 1,
        BinOp::And => 2,
        BinOp::Eq | BinOp::Ne | BinOp::Lt | BinOp::Le | BinOp::Gt | BinOp::Ge => 3,
        BinOp::BOr => 4,
        BinOp::BXor => 5,
        BinOp::BAnd => 6,
        BinOp::Shl | BinOp::Shr => 7,
        BinOp::Concat => 8,
        BinOp::Add | BinOp::Sub => 9,
        BinOp::Mul | BinOp::Div | BinOp::IDiv | BinOp::Mod => 10,
        BinOp::Pow => 11,
    }
}
