//! Control flow: unreachable code, empty blocks, duplicate conditions,
//! loops that never run.

use super::{Context, lint};
use crate::Span;
use crate::ast::{BlockId, Expr, Stmt, UnOp};
use crate::diag::Code;

pub(super) fn check(cx: &mut Context) {
    unreachable(cx);
    empty(cx);
    for (_, stmt) in cx.stmts() {
        match stmt {
            Stmt::If { arms, otherwise } => {
                let conditions: Vec<_> =
                    cx.chunk.list(arms).map(|arm| cx.chunk.arm(arm).cond).collect();
                if conditions.iter().all(|&id| cx.is_written_expr(id)) {
                    same_conditions(cx, &conditions);
                    let mut bodies: Vec<BlockId> =
                        cx.chunk.list(arms).map(|arm| cx.chunk.arm(arm).body).collect();
                    bodies.extend(otherwise);
                    if otherwise.is_some() {
                        identical_branches(cx, &bodies);
                    }
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
        // Only the first line is shown.
        let source_text = cx.source_text(span);
        let end = memchr::memchr2(b'\n', b'\r', source_text).unwrap_or(source_text.len()) as u32;
        let span = Span::new(span.start, span.start + end);
        cx.found.push(
            lint(Code::Unreachable, span, "this is never executed")
                .with_label("the statement before it never completes"),
        );
    }
}

fn empty(cx: &mut Context) {
    for &id in &cx.facts.empty {
        let block = cx.chunk.block(id);
        let inside = cx.source_text(Span::new(block.open_at, block.close_at));
        // A comment explains it.
        if memchr::memmem::find(inside, b"--").is_none() {
            let span = Span::new(block.open_at, block.close_at);
            cx.found.push(lint(Code::EmptyBlock, span, "this `if` does nothing"));
        }
    }
}

/// `if a then … elseif a then`: the second is never true.
fn same_conditions(cx: &mut Context, conditions: &[crate::ast::ExprId]) {
    // Long chains are generated code.
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
            && cx.has_no_effects(later)
        {
            cx.report(
                lint(Code::SameCondition, span, "this condition was tested before, and was false")
                    .with_secondary(first, "the same condition"),
            );
        }
    }
}

/// `if c then f() else f() end`.
fn identical_branches(cx: &mut Context, bodies: &[BlockId]) {
    let text = |&body: &BlockId| {
        let mut stmts = cx.chunk.list(cx.chunk.block(body).stmts).map(|id| cx.chunk.stmt_span(id));
        let first = stmts.next()?;
        Some(Span::new(first.start, stmts.next_back().unwrap_or(first).end))
    };
    let texts: Option<Vec<Span>> = bodies.iter().map(text).collect();
    let Some([first, others @ ..]) = texts.as_deref() else { return };
    let Some(&last) = others.last() else { return };
    if first.end - first.start < 4096 && others.iter().all(|&other| cx.same_tokens(*first, other)) {
        let found = lint(Code::IdenticalBranches, last, "all branches of this `if` are the same")
            .with_secondary(*first, "the same statements");
        cx.report(found);
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
            lint(
                Code::LoopNeverRuns,
                span,
                "this loop counts up, but its start is greater than its limit",
            )
            .with_fix("count down with `, -1`", false, end, ", -1"),
        );
    }
}
