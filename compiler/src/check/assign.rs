//! Assignments: of a variable to itself, of values nobody takes.

use super::{Room, lint};
use crate::Span;
use crate::ast::{Expr, ExprId, Stmt};
use crate::diag::Code;

pub(super) fn check(room: &mut Room) {
    for (_, stmt) in room.stmts() {
        match stmt {
            Stmt::Assign { targets, values } => {
                let targets: Vec<ExprId> = room.chunk.list(targets).collect();
                let values: Vec<ExprId> = room.chunk.list(values).collect();
                itself(room, &targets, &values);
                extra(room, targets.len(), &values);
            }
            Stmt::Local { bindings, values } => {
                // `local _ = a, b` holds on to values.
                let first = room.chunk.list_get(bindings, 0).map(|b| room.chunk.binding(b).name);
                if first.is_some_and(|name| room.bytes(name).starts_with(b"_")) {
                    continue;
                }
                let values: Vec<ExprId> = room.chunk.list(values).collect();
                extra(room, room.chunk.list_len(bindings), &values);
            }
            _ => {}
        }
    }
}

/// `x = x`.
fn itself(room: &mut Room, targets: &[ExprId], values: &[ExprId]) {
    if targets.len() != values.len() || !targets.iter().chain(values).all(|&id| room.is_own(id)) {
        return;
    }
    let same = targets.iter().zip(values).all(|(&target, &value)| {
        let (a, b) = (room.chunk.expr_span(target), room.chunk.expr_span(value));
        a.end - a.start < 4096 && room.same_tokens(a, b) && room.is_quiet(target)
    });
    // `x = x` of a global may ask a metatable of `_ENV`.
    let global =
        |id: ExprId| matches!(room.chunk.expr(id), Expr::Name(_)) && room.facts.is_global(id);
    // Items of tables are stored again for what the store does.
    let item = |id: ExprId| matches!(room.chunk.expr(id), Expr::Index { .. });
    if !same || targets.iter().any(|&t| global(t) || item(t)) {
        return;
    }
    let (Some(&first), Some(&last)) = (targets.first(), values.last()) else { return };
    let span = Span::new(room.chunk.expr_span(first).start, room.chunk.expr_span(last).end);
    room.report(lint(Code::SelfAssignment, span, "this assigns what is there already"));
}

/// More values than variables.
fn extra(room: &mut Room, variables: usize, values: &[ExprId]) {
    if values.len() <= variables || !values.iter().all(|&id| room.is_own(id)) {
        return;
    }
    let first = values[variables];
    // Calls do something all the same.
    if values[variables..].iter().any(|&v| !room.is_quiet(v)) {
        return;
    }
    let span = Span::new(
        room.chunk.expr_span(first).start,
        room.chunk.expr_span(values[values.len() - 1]).end,
    );
    room.report(lint(Code::ExtraValue, span, "there is no variable for this value"));
}
