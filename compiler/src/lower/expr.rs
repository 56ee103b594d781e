//! Expressions: casts go, interpolated strings become calls of `format`.

use super::Lower;
use crate::ast::{BinOp, Expr, ExprId, List, MethodCall};

/// Holes of one call of `format`: a call has no more than about 250 arguments.
const HOLES: usize = 100;

impl Lower<'_> {
    /// Lowers every expression that does not depend on where it stands. Parts of an expression
    /// have smaller ids than the whole.
    pub(super) fn expressions(&mut self) {
        for id in 0..self.chunk.exprs.len() {
            match self.chunk.exprs[id] {
                Expr::Cast { expr, .. } => self.chunk.exprs[id] = self.chunk.expr(expr),
                Expr::Interpolated(parts) => {
                    self.at = self.chunk.expr_spans[id];
                    self.chunk.exprs[id] = self.interpolated(parts);
                }
                _ => {}
            }
        }
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
        matches!(self.chunk.expr(id), Expr::Call { .. } | Expr::MethodCall(_) | Expr::Vararg)
    }

    /// The expression, in parentheses if it can have several values.
    fn one_value(&mut self, id: ExprId) -> ExprId {
        if self.is_multi(id) { self.add(Expr::Paren(id)) } else { id }
    }
}
