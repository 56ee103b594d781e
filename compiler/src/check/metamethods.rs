//! Metamethods that call themselves: `__index = function(t, k) return t[k] end`.

use super::{Context, lint};
use crate::Sym;
use crate::ast::{Expr, ExprId, Field, FuncId, Stmt};
use crate::diag::Code;

pub(super) fn check(cx: &mut Context) {
    let mut found: Vec<(Sym, FuncId)> = Vec::new();
    let func = |id: ExprId| match cx.chunk.expr(id) {
        Expr::Function(func) => Some(func),
        _ => None,
    };
    for &field in &cx.chunk.fields {
        if let Field::Named { name, value, .. } = field {
            found.extend(func(value).map(|func| (name, func)));
        }
    }
    for (_, stmt) in cx.stmts() {
        match stmt {
            Stmt::Assign { targets, values } => {
                for (target, value) in cx.chunk.list(targets).zip(cx.chunk.list(values)) {
                    if let Expr::Field { name, .. } = cx.chunk.expr(target) {
                        found.extend(func(value).map(|func| (name, func)));
                    }
                }
            }
            Stmt::Function { target, func } => {
                if let Expr::Field { name, .. } = cx.chunk.expr(target) {
                    found.push((name, func));
                }
            }
            _ => {}
        }
    }
    for (name, func) in found {
        match cx.bytes(name) {
            b"__index" => reads_itself(cx, func),
            b"__newindex" => writes_itself(cx, func),
            _ => {}
        }
    }
}

/// The parameters and the first statement of a function.
fn parts(cx: &Context, func: FuncId) -> Option<(Vec<Sym>, Stmt)> {
    let func = cx.chunk.func(func);
    let params = cx.chunk.list(func.params).map(|p| cx.chunk.binding(p).name).collect();
    let first = cx.chunk.list_get(cx.chunk.block(func.body).stmts, 0)?;
    (!func.is_method).then(|| (params, cx.chunk.stmt(first)))
}

/// Whether an expression is `t[k]` of the first two parameters.
fn is_own_item(cx: &Context, id: ExprId, params: &[Sym]) -> bool {
    let Expr::Index { object, key } = cx.chunk.expr(id) else { return false };
    let is = |id: ExprId, n: usize| {
        params.get(n).is_some_and(|&param| cx.chunk.expr(id) == Expr::Name(param))
    };
    is(object, 0) && is(key, 1)
}

fn reads_itself(cx: &mut Context, func: FuncId) {
    let Some((params, Stmt::Return(results))) = parts(cx, func) else { return };
    let Some(result) = cx.chunk.list_get(results, 0) else { return };
    if is_own_item(cx, result, &params) {
        let (t, k) = (cx.text(params[0]), cx.text(params[1]));
        let span = cx.chunk.expr_span(result);
        let found = lint(Code::CertainError, span, "this calls `__index` again, without end");
        cx.report(
            found
                .with_label("the table has no such field: `__index` is asked for it")
                .with_help(format!("write `rawget({t}, {k})`")),
        );
    }
}

fn writes_itself(cx: &mut Context, func: FuncId) {
    let Some((params, Stmt::Assign { targets, .. })) = parts(cx, func) else { return };
    let Some(target) = cx.chunk.list_get(targets, 0) else { return };
    if is_own_item(cx, target, &params) {
        let (t, k) = (cx.text(params[0]), cx.text(params[1]));
        let span = cx.chunk.expr_span(target);
        let found = lint(Code::CertainError, span, "this calls `__newindex` again, without end");
        cx.report(
            found
                .with_label("the table has no such field: `__newindex` is given it")
                .with_help(format!("write `rawset({t}, {k}, …)`")),
        );
    }
}
