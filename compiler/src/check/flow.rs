//! Where control goes: code nobody reaches, blocks with nothing in them, conditions asked twice,
//! loops that never run.

use super::{Room, lint};
use crate::Span;
use crate::ast::{Expr, Stmt, UnOp};
use crate::diag::Code;

pub(super) fn check(room: &mut Room) {
    unreachable(room);
    empty(room);
    for (_, stmt) in room.stmts() {
        match stmt {
            Stmt::If { arms, .. } => {
                let conditions: Vec<_> =
                    room.chunk.list(arms).map(|arm| room.chunk.arm(arm).cond).collect();
                if conditions.iter().all(|&id| room.is_own(id)) {
                    same_conditions(room, &conditions);
                }
            }
            Stmt::NumericFor(id) => {
                let node = room.chunk.numeric_for(id);
                if node.step.is_none() {
                    counting_down(room, node.start, node.limit);
                }
            }
            _ => {}
        }
    }
}

fn unreachable(room: &mut Room) {
    for &span in &room.facts.unreachable {
        // The first line says it.
        let piece = room.piece(span);
        let end = memchr::memchr2(b'\n', b'\r', piece).unwrap_or(piece.len()) as u32;
        let span = Span::new(span.start, span.start + end);
        room.found.push(
            lint(Code::Unreachable, span, "control never gets here")
                .with_label("what stands before never goes on"),
        );
    }
}

fn empty(room: &mut Room) {
    for &id in &room.facts.empty {
        let block = room.chunk.block(id);
        let inside = room.piece(Span::new(block.open_at, block.close_at));
        // A comment says why.
        if memchr::memmem::find(inside, b"--").is_none() {
            let span = Span::new(block.open_at, block.close_at);
            room.found.push(lint(Code::EmptyBlock, span, "this `if` does nothing"));
        }
    }
}

/// `if a then … elseif a then`: the second is never true.
fn same_conditions(room: &mut Room, conditions: &[crate::ast::ExprId]) {
    // Chains are long where they come from generators.
    if conditions.len() > 200 {
        return;
    }
    for (i, &later) in conditions.iter().enumerate() {
        let span = room.chunk.expr_span(later);
        let earlier = conditions[..i].iter().map(|&id| room.chunk.expr_span(id));
        let first = earlier
            .into_iter()
            .find(|&earlier| earlier.end - earlier.start < 4096 && room.same_tokens(earlier, span));
        if let Some(first) = first
            && room.is_quiet(later)
        {
            room.report(
                lint(Code::SameCondition, span, "this was asked before, and was not true")
                    .with_secondary(first, "the same condition"),
            );
        }
    }
}

/// `for i = #t, 1 do`.
fn counting_down(room: &mut Room, start: crate::ast::ExprId, limit: crate::ast::ExprId) {
    let never = match (room.chunk.expr(start), room.chunk.expr(limit)) {
        (Expr::Int(from), Expr::Int(to)) => from > to,
        (Expr::Unary { op: UnOp::Len, .. }, Expr::Int(to)) => (0..=1).contains(&to),
        _ => false,
    };
    if never {
        let span = Span::new(room.chunk.expr_span(start).start, room.chunk.expr_span(limit).end);
        let end = Span::new(span.end, span.end);
        room.report(
            lint(Code::LoopNeverRuns, span, "this loop counts up, from more to less").with_fix(
                "count down with `, -1`",
                false,
                end,
                ", -1",
            ),
        );
    }
}
