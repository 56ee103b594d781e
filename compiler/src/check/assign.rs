//! Assignments: of a variable to itself, of superfluous values.

use super::{Context, lint};
use crate::Span;
use crate::ast::{Expr, ExprId, Stmt};
use crate::diag::Code;

pub(super) fn check(cx: &mut Context) {
    for (_, stmt) in cx.stmts() {
        match stmt {
            Stmt::Assign { targets, values } => {
                let targets: Vec<ExprId> = cx.chunk.list(targets).collect();
                let values: Vec<ExprId> = cx.chunk.list(values).collect();
                self_assignment(cx, &targets, &values);
                extra(cx, targets.len(), &values);
            }
            Stmt::Local { bindings, values } => {
                // `local _ = a, b` keeps values alive.
                let first = cx.chunk.list_get(bindings, 0).map(|b| cx.chunk.binding(b).name);
                if first.is_some_and(|name| cx.bytes(name).starts_with(b"_")) {
                    continue;
                }
                let values: Vec<ExprId> = cx.chunk.list(values).collect();
                extra(cx, cx.chunk.list_len(bindings), &values);
            }
            _ => {}
        }
    }
}

/// `x = x`.
fn self_assignment(cx: &mut Context, targets: &[ExprId], values: &[ExprId]) {
    if targets.len() != values.len()
        || !targets.iter().chain(values).all(|&id| cx.is_written_expr(id))
    {
        return;
    }
    let same = targets.iter().zip(values).all(|(&target, &value)| {
        let (a, b) = (cx.chunk.expr_span(target), cx.chunk.expr_span(value));
        a.end - a.start < 4096 && cx.same_tokens(a, b) && cx.has_no_effects(target)
    });
    // `x = x` of a global may ask a metatable of `_ENV`.
    let global = |id: ExprId| matches!(cx.chunk.expr(id), Expr::Name(_)) && cx.facts.is_global(id);
    // `t.x = t.x` and `t[k] = t[k]` may be intended to call metamethods.
    let indexes = |id: ExprId| matches!(cx.chunk.expr(id), Expr::Field { .. } | Expr::Index { .. });
    if !same || targets.iter().any(|&t| global(t) || indexes(t)) {
        return;
    }
    let (Some(&first), Some(&last)) = (targets.first(), values.last()) else { return };
    let span = Span::new(cx.chunk.expr_span(first).start, cx.chunk.expr_span(last).end);
    cx.report(lint(Code::SelfAssignment, span, "this assigns a variable to itself"));
}

/// More values than variables.
fn extra(cx: &mut Context, variables: usize, values: &[ExprId]) {
    if values.len() <= variables || !values.iter().all(|&id| cx.is_written_expr(id)) {
        return;
    }
    let first = values[variables];
    // Calls may have effects.
    if values[variables..].iter().any(|&v| !cx.has_no_effects(v)) {
        return;
    }
    let span = Span::new(
        cx.chunk.expr_span(first).start,
        cx.chunk.expr_span(values[values.len() - 1]).end,
    );
    cx.report(lint(Code::ExtraValue, span, "there is no variable for this value"));
}
