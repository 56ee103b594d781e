//! Lists used with keys they do not have, and results that do not exist.

use super::values::{Known, Values};
use super::{Context, lint};
use crate::Span;
use crate::ast::{BinOp, Expr, ExprId, Stmt, UnOp};
use crate::diag::Code;

pub(super) fn check(cx: &mut Context, values: &Values) {
    for (id, expr) in cx.exprs() {
        match expr {
            Expr::Index { object, key } => match cx.chunk.expr(key) {
                Expr::Int(0) => no_item(cx, values, id, object, 0),
                Expr::Unary { op: UnOp::Neg, operand } => {
                    if let Expr::Int(n) = cx.chunk.expr(operand) {
                        no_item(cx, values, id, object, -n);
                    }
                }
                _ => {}
            },
            Expr::Unary { op: UnOp::Len, operand } => length(cx, values, id, operand),
            _ => {}
        }
    }
    for (_, stmt) in cx.stmts() {
        match stmt {
            Stmt::NumericFor(id) => from_zero(cx, values, id),
            Stmt::Local { bindings, values: list } => {
                let names = cx.chunk.list(bindings).map(|id| cx.chunk.binding(id).name);
                for (name, value) in names.zip(cx.chunk.list(list)) {
                    missing_result(cx, values, name, value);
                }
            }
            Stmt::Assign { targets, values: list } => {
                for (target, value) in cx.chunk.list(targets).zip(cx.chunk.list(list)) {
                    if let Expr::Name(name) = cx.chunk.expr(target) {
                        missing_result(cx, values, name, value);
                    }
                }
            }
            _ => {}
        }
    }
}

/// `t[0]` and `t[-1]` of a list.
fn no_item(cx: &mut Context, values: &Values, id: ExprId, object: ExprId, n: i64) {
    let Some(table) = values.table(cx, object) else { return };
    if !table.items || n == 0 && table.zero {
        return;
    }
    let text = cx.quoted(object);
    let text = text.trim_matches('`');
    let found = lint(Code::ListIndex, cx.chunk.expr_span(id), format!("`{text}` has no item {n}"));
    let help = match n {
        0 => "the items of a list are numbered from 1".to_string(),
        -1 => format!("the last item is `{text}[#{text}]`"),
        _ => format!("counted from the end, the item is `{text}[#{text} - {}]`", -1 - n),
    };
    cx.report(found.with_label("this is nil").with_help(help));
}

/// `#t` of a table that is no list.
fn length(cx: &mut Context, values: &Values, id: ExprId, operand: ExprId) {
    let Some(table) = values.table(cx, operand) else { return };
    if table.items || table.fields.is_empty() {
        return;
    }
    let text = cx.quoted(operand);
    cx.report(
        lint(Code::ListIndex, cx.chunk.expr_span(id), format!("{text} has fields, but no items"))
            .with_label("this is 0")
            .with_help("`#` counts the items of a list; fields are counted in a loop over `pairs`"),
    );
}

/// `for i = 0, #t do … t[i] … end`.
fn from_zero(cx: &mut Context, values: &Values, id: crate::ast::NumericForId) {
    let node = cx.chunk.numeric_for(id);
    if !matches!(cx.chunk.expr(node.start), Expr::Int(0)) {
        return;
    }
    let limit = match cx.chunk.expr(node.limit) {
        Expr::Binary { op: BinOp::Sub, lhs, .. } => lhs,
        _ => node.limit,
    };
    let Expr::Unary { op: UnOp::Len, operand } = cx.chunk.expr(limit) else { return };
    let list = values.table(cx, operand).is_some_and(|table| table.items && !table.zero);
    let variable = cx.chunk.binding(node.var).name;
    let body = cx.chunk.block(node.body);
    let body = Span::new(body.open_at, body.close_at);
    let names = |key: ExprId| cx.chunk.expr(key) == Expr::Name(variable);
    let indexed = |(id, expr): (ExprId, Expr)| {
        let span = cx.chunk.expr_span(id);
        let inside = body.start <= span.start && span.end <= body.end;
        inside
            && match expr {
                Expr::Index { object, key } => list && names(key) && same_name(cx, object, operand),
                // `s:sub(i, i)`
                Expr::MethodCall(call) => {
                    let call = cx.chunk.method_call(call);
                    let mut args = cx.chunk.list(call.args);
                    cx.bytes(call.name) == b"sub"
                        && args.len() == 2
                        && args.all(names)
                        && same_name(cx, call.object, operand)
                }
                _ => false,
            }
    };
    if cx.exprs().any(indexed) {
        let text = cx.quoted(operand);
        let text = text.trim_matches('`');
        let span = cx.chunk.expr_span(node.start);
        cx.report(
            lint(Code::ListIndex, span, "this loop begins before the first item")
                .with_label("the first one is number 1")
                .with_help(format!("write `for {} = 1, #{text} do`", cx.text(variable))),
        );
    }
}

fn same_name(cx: &Context, a: ExprId, b: ExprId) -> bool {
    match (cx.chunk.expr(a), cx.chunk.expr(b)) {
        (Expr::Name(x), Expr::Name(y)) => {
            x == y && cx.facts.variable_index(a) == cx.facts.variable_index(b)
        }
        _ => false,
    }
}

/// `local x = f()`, where `f` returns nothing. A program that tests `x` expects nil.
fn missing_result(cx: &mut Context, values: &Values, name: crate::Sym, value: ExprId) {
    if cx.facts.tested.contains(&name)
        || !cx.is_written_expr(value)
        || !values.gives_nothing(cx, value)
    {
        return;
    }
    let Expr::Call { callee, .. } = cx.chunk.expr(value) else { return };
    let Some(declared) = values.function(cx, callee) else { return };
    let text = cx.quoted(callee);
    debug_assert_eq!(values.known(cx, value), Some(Known::Nil));
    cx.report(
        lint(Code::MissingResult, cx.chunk.expr_span(value), format!("{text} returns nothing"))
            .with_label("this is nil")
            .with_secondary(declared.span, "it has no `return` with a value"),
    );
}
