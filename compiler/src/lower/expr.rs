//! Expressions: casts are removed, interpolated strings become calls of `format`.

use super::{Builtin, Lower};
use crate::Sym;
use crate::ast::{BinOp, Expr, ExprId, List, MethodCall};

/// Holes of one call of `format`: a call has no more than about 250 arguments.
const HOLES: usize = 100;

impl Lower<'_> {
    /// Lowers every expression that does not depend on its context. The operands of an expression
    /// have smaller ids than the expression.
    pub(super) fn expressions(&mut self) {
        for id in 0..self.chunk.exprs.len() {
            match self.chunk.exprs[id] {
                Expr::Cast { expr, .. } => self.chunk.exprs[id] = self.chunk.expr(expr),
                Expr::Interpolated(parts) => {
                    self.at = self.chunk.expr_spans[id];
                    self.chunk.exprs[id] = self.interpolated(parts);
                }
                Expr::NamedVararg(func) => {
                    self.at = self.chunk.expr_spans[id];
                    let table = match self.vararg_tables.get(&func) {
                        Some(&table) => table,
                        None => self.hidden("varargs"),
                    };
                    self.vararg_tables.insert(func, table);
                    let values = self.elements(table);
                    self.chunk.exprs[id] = self.chunk.expr(values);
                }
                _ => {}
            }
        }
    }

    /// `table.unpack(v, 1, n)` of a vararg table, where `n` is `v.n` if that is an integer from 0 to
    /// 2³⁰ - 1, as Lua 5.5 checks it.
    fn elements(&mut self, table: Sym) -> ExprId {
        let n = self.names.intern_str("n");
        let count = |lower: &mut Self| {
            let table = lower.name(table);
            lower.field(table, n)
        };
        let value = count(self);
        let kind = self.call(Builtin::MathType, &[value]);
        let integer = self.text("integer");
        let is_integer = self.binary(BinOp::Eq, kind, integer);
        let (value, zero) = (count(self), self.int(0));
        let not_negative = self.binary(BinOp::Ge, value, zero);
        let (value, most) = (count(self), self.int((1 << 30) - 1));
        let not_large = self.binary(BinOp::Le, value, most);
        let both = self.binary(BinOp::And, is_integer, not_negative);
        let is_proper = self.binary(BinOp::And, both, not_large);
        let value = count(self);
        let message = self.text("vararg table has no proper 'n'");
        let failure = self.call(Builtin::Error, &[message]);
        let parts = self.exprs(&[is_proper, value, failure]);
        let n = self.add(Expr::If(parts));
        let (table, first) = (self.name(table), self.int(1));
        self.call(Builtin::Unpack, &[table, first, n])
    }

    /// ``  `a {b} c` `` is `("a %s c"):format(b)`.
    fn interpolated(&mut self, parts: List<ExprId>) -> Expr {
        let parts: Vec<ExprId> = self.chunk.list(parts).collect();
        if let [only] = parts[..] {
            return self.chunk.expr(only);
        }
        let mut whole = None;
        for group in parts[..parts.len() - 1].chunks(2 * HOLES) {
            let is_last = group.last() == parts.get(parts.len() - 2);
            let mut format = Vec::new();
            let mut holes = Vec::new();
            for pair in group.chunks(2) {
                self.add_text(&mut format, pair[0]);
                if let Some(&hole) = pair.get(1) {
                    format.extend_from_slice(b"%s");
                    holes.push(hole);
                }
            }
            if is_last && let Some(&text) = parts.last() {
                self.add_text(&mut format, text);
            }
            // One value of each.
            if let Some(last) = holes.last_mut() {
                *last = self.one_value(*last);
            }
            let call = self.format_call(&format, &holes);
            whole = Some(match whole {
                None => call,
                Some(before) => {
                    let (lhs, rhs) = (self.add(before), self.add(call));
                    Expr::Binary { op: BinOp::Concat, lhs, rhs, op_at: self.at.start }
                }
            });
        }
        whole.unwrap_or(Expr::Error)
    }

    /// Appends a piece of text as a format shows it.
    fn add_text(&self, format: &mut Vec<u8>, piece: ExprId) {
        if let Expr::Str(text) = self.chunk.expr(piece) {
            for &byte in self.names.bytes(text) {
                format.extend_from_slice(if byte == b'%' {
                    b"%%"
                } else {
                    std::slice::from_ref(&byte)
                });
            }
        }
    }

    fn format_call(&mut self, format: &[u8], holes: &[ExprId]) -> Expr {
        let format = self.names.intern(format);
        let object = self.add(Expr::Str(format));
        let name = self.names.intern_str("format");
        let args = self.exprs(holes);
        let (name_span, line_at) = (self.at, self.at.start);
        let call = MethodCall { object, name, name_span, args, line_at };
        Expr::MethodCall(self.chunk.add_method_call(call))
    }

    /// Can the expression have any number of values?
    pub(super) fn is_multi(&self, id: ExprId) -> bool {
        matches!(
            self.chunk.expr(id),
            Expr::Call { .. } | Expr::MethodCall(_) | Expr::Vararg | Expr::NamedVararg(_)
        )
    }

    /// The expression, in parentheses if it can have several values.
    fn one_value(&mut self, id: ExprId) -> ExprId {
        if self.is_multi(id) { self.add(Expr::Paren(id)) } else { id }
    }
}
