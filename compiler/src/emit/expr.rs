//! Walking expressions. Left-deep chains (operators, field accesses, calls) are walked with an
//! explicit stack; the host stack grows only with nesting, which the parser bounds.

use luka_bytecode::{Instr, Op, Span};

use super::Emitter;
use super::exp::{Exp, Kind};
use crate::resolve::hir::{BinOp, Expr, ExprId, FuncId, List, LocalKind};

impl Emitter<'_> {
    /// Emits an expression as far as possible without choosing a register for its value.
    pub fn expr(&mut self, id: ExprId) -> Exp {
        let base = self.left_chain.len();
        let mut at = id;
        loop {
            let left = match self.hir.expr(at) {
                Expr::Binary { left, .. } => left,
                Expr::Field { object, .. } | Expr::Index { object, .. } => object,
                Expr::Call { callee, .. } => callee,
                Expr::Method(call) => self.hir.methods[call.index()].object,
                Expr::OptionalLink(object) => object,
                _ => break,
            };
            self.left_chain.push(at);
            at = left;
        }
        let mut e = self.leaf(at);
        while self.left_chain.len() > base
            && let Some(node) = self.left_chain.pop()
        {
            self.extend(node, &mut e);
        }
        e
    }

    /// An expression that does not start with another one.
    fn leaf(&mut self, id: ExprId) -> Exp {
        let span = self.hir.span(id);
        let kind = match self.hir.expr(id) {
            Expr::True => Kind::True,
            Expr::False => Kind::False,
            Expr::Int(n) => Kind::Int(n),
            Expr::Float(x) => Kind::Float(x),
            Expr::Str(s) => Kind::Str(s),
            Expr::Local(local) => Kind::Local(self.hir.local(local).register as u16),
            Expr::Upvalue(index) => Kind::Upvalue(index),
            Expr::Global { env, name } => {
                self.at(span.end);
                let mut e = self.env(env, span);
                self.to_any_reg_or_upvalue(&mut e);
                self.index(&mut e, &mut Exp::new(Kind::Str(name), span), span);
                return e;
            }
            Expr::Vararg => {
                let before = self.positions.end_of_token_before(span.start);
                self.at(before);
                Kind::Vararg(self.emit(Instr::abc(Op::Vararg, 0, 0, 2), span))
            }
            Expr::Built(register) => Kind::Reg(register),
            Expr::Function(func) => return self.closure(func, span),
            Expr::Table(items) => return self.table(items, span),
            Expr::Unary { op, operand } => {
                let mut e = self.expr(operand);
                self.unary(op, &mut e, span.start + 1, span);
                return e;
            }
            Expr::If(parts) => return self.if_expression(parts, span),
            Expr::Optional(inner) => return self.optional(inner, span),
            Expr::Paren(inner) => {
                let mut e = self.expr(inner);
                self.at(span.end);
                self.discharge(&mut e);
                return e;
            }
            _ => Kind::Nil,
        };
        self.at(span.end);
        Exp::new(kind, span)
    }

    /// The `_ENV` a global name is a field of.
    fn env(&mut self, env: ExprId, span: Span) -> Exp {
        let kind = match self.hir.expr(env) {
            Expr::Upvalue(index) => Kind::Upvalue(index),
            Expr::Local(local) if self.hir.local(local).kind != LocalKind::Folded => {
                Kind::Local(self.hir.local(local).register as u16)
            }
            _ => return Exp { span, ..self.leaf(env) },
        };
        Exp::new(kind, span)
    }

    /// The expression `node`, of which `e` is the start.
    fn extend(&mut self, node: ExprId, e: &mut Exp) {
        let span = self.hir.span(node);
        match self.hir.expr(node) {
            Expr::Binary { op: BinOp::Coalesce, right, .. } => self.coalesce(e, right, span),
            Expr::OptionalLink(_) => self.optional_link(e),
            Expr::Binary { op, right, op_at, .. } => {
                let op_end = self.positions.end_of_token_at(op_at);
                self.at(op_end);
                self.infix(op, e);
                let mut right = self.expr(right);
                self.postfix(op, e, &mut right, op_end, span);
            }
            Expr::Field { name, .. } => {
                self.to_any_reg_or_upvalue(e);
                self.at(span.end);
                self.index(e, &mut Exp::new(Kind::Str(name), span), span);
            }
            Expr::Index { key, .. } => {
                self.to_any_reg_or_upvalue(e);
                let mut key = self.expr(key);
                self.to_value(&mut key);
                self.at(span.end);
                self.index(e, &mut key, span);
            }
            Expr::Call { args, line_at, .. } => {
                let base = self.open_call(e);
                *e = self.call(base, args, line_at, span);
            }
            Expr::Method(call) => {
                let call = self.hir.methods[call.index()];
                self.at(call.name_span.end);
                let callee = Span::new(span.start, call.name_span.end);
                let base = self.self_call(e, call.name, callee);
                *e = self.call(base, call.args, call.line_at, span);
            }
            _ => {}
        }
    }

    /// Emits arguments and call; the function (and receiver) are in the window at `base`.
    fn call(&mut self, base: u16, args: List, line_at: u32, span: Span) -> Exp {
        let (_, mut last) = self.expr_list(args);
        let multi = last.is_multi();
        if multi {
            self.set_returns(&last, None);
        }
        self.at(span.end);
        let count = if multi {
            0
        } else {
            if last.kind != Kind::Void {
                self.to_next_reg(&mut last);
            }
            // The arguments follow the function and the frame link.
            self.f.free.wrapping_sub(base as u32 + 1)
        };
        let pc = self.emit(Instr::abc(Op::Call, base, count as u16, 2), span);
        self.fix_line(line_at + 1);
        self.f.links -= 1;
        self.f.free = base as u32 + 1;
        Exp::new(Kind::Call(pc), span)
    }

    /// Emits a list of expressions, each but the last to the next register. Returns how many
    /// there are and the last one.
    pub fn expr_list(&mut self, list: List) -> (u32, Exp) {
        let hir = self.hir;
        let items = hir.list(list);
        let mut last = Exp::new(Kind::Void, Span::NONE);
        for (n, &item) in items.iter().enumerate() {
            if n > 0 {
                let comma = self.positions.end_of_token_at(last.span.end);
                self.at(comma);
                self.to_next_reg(&mut last);
            }
            last = self.expr(ExprId(item));
            last.span = hir.span(ExprId(item));
        }
        (items.len() as u32, last)
    }

    /// A function value, in the next register (as a new table: the collector takes the registers
    /// above for dead).
    pub fn closure(&mut self, func: FuncId, span: Span) -> Exp {
        self.at(span.end);
        let children = &self.hir.functions[self.function.index()].children;
        let index = children.partition_point(|child| child.0 < func.0) as u32;
        let closure = self.emit(Instr::abx(Op::Closure, 0, index), span);
        let mut e = Exp::new(Kind::Reloc(closure), span);
        self.to_next_reg(&mut e);
        e
    }
}
