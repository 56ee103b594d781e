//! Where control goes: code nobody reaches, blocks with nothing in them, conditions asked twice,
//! loops that never run.

use super::{Context, lint};
use crate::Span;
use crate::ast::{Expr, Stmt, UnOp};
use crate::diag::Code;

pub(super) fn check(cx: &mut Context) {
    unreachable(cx);
    empty(cx);
    for (_, stmt) in cx.stmts() {
        match stmt {
            Stmt::If { arms, .. } => {
                let conditions: Vec<_> =
                    cx.chunk.list(arms).map(|arm| cx.chunk.arm(arm).cond).collect();
                if conditions.iter().all(|&id| cx.is_own(id)) {
                    same_conditions(cx, &conditions);
                }
            }
            Stmt::NumericFor(id) => {
                let node = cx.chunk.numeric_for(id);
                if node.step.is_none() {
                    counting_down(cx, node.start, node.limit);
                }
            }
            _ => {}
        }
    }
}

fn unreachable(cx: &mut Context) {
    for &span in &cx.facts.unreachable {
        // The first line says it.
        let piece = cx.piece(span);
        let end = memchr::memchr2(b'\n', b'\r', piece).unwrap_or(piece.len()) as u32;
        let span = Span::new(span.start, span.start + end);
        cx.found.push(
            lint(Code::Unreachable, span, "control never gets here")
                .with_label("what stands before never goes on"),
        );
    }
}

fn empty(cx: &mut Context) {
    for &id in &cx.facts.empty {
        let block = cx.chunk.block(id);
        let inside = cx.piece(Span::new(block.open_at, block.close_at));
        // A comment says why.
        if memchr::memmem::find(inside, b"--").is_none() {
            let span = Span::new(block.open_at, block.close_at);
            cx.found.push(lint(Code::EmptyBlock, span, "this `if` does nothing"));
        }
    }
}

/// `if a then … elseif a then`: the second is never true.
fn same_conditions(cx: &mut Context, conditions: &[crate::ast::ExprId]) {
    // Chains are long where they come from generators.
    if conditions.len() > 200 {
        return;
    }
    for (i, &later) in conditions.iter().enumerate() {
        let span = cx.chunk.expr_span(later);
        let earlier = conditions[..i].iter().map(|&id| cx.chunk.expr_span(id));
        let first = earlier
            .into_iter()
            .find(|&earlier| earlier.end - earlier.start < 4096 && cx.same_tokens(earlier, span));
        if let Some(first) = first
            && cx.is_quiet(later)
        {
            cx.report(
                lint(Code::SameCondition, span, "this was asked before, and was not true")
                    .with_secondary(first, "the same condition"),
            );
        }
    }
}

/// `for i = #t, 1 do`.
fn counting_down(cx: &mut Context, start: crate::ast::ExprId, limit: crate::ast::ExprId) {
    let never = match (cx.chunk.expr(start), cx.chunk.expr(limit)) {
        (Expr::Int(from), Expr::Int(to)) => from > to,
        (Expr::Unary { op: UnOp::Len, .. }, Expr::Int(to)) => (0..=1).contains(&to),
        _ => false,
    };
    if never {
        let span = Span::new(cx.chunk.expr_span(start).start, cx.chunk.expr_span(limit).end);
        let end = Span::new(span.end, span.end);
        cx.report(
            lint(Code::LoopNeverRuns, span, "this loop counts up, from more to less").with_fix(
                "count down with `, -1`",
                false,
                end,
                ", -1",
            ),
        );
    }
}
