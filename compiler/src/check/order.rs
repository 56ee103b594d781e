//! Lists that cannot be sorted or joined, and functions that are no order.

use std::collections::HashSet;

use super::certain::fact;
use super::values::{Known, Values};
use super::{Context, lint};
use crate::ast::{BinOp, Expr, ExprId, Field, Stmt};
use crate::diag::Code;

pub(super) fn check(cx: &mut Context, values: &Values) {
    // Found out once, when it is asked for.
    let mut changed = None;
    for (id, expr) in cx.exprs() {
        let Expr::Call { callee, args, .. } = expr else { continue };
        if values.expects_error(cx.chunk.expr_span(id)) {
            continue;
        }
        let args: Vec<ExprId> = cx.chunk.list(args).collect();
        match (cx.library_name(callee).as_deref(), args.as_slice()) {
            (Some(b"table.sort"), &[list]) => sorted(cx, values, list, &mut changed),
            (Some(b"table.sort"), &[_, order]) => not_strict(cx, order),
            (Some(b"table.concat"), &[list, ..]) => joined(cx, values, list),
            _ => {}
        }
    }
}

/// The items of a list that is written out: at the place, or where its variable is declared.
fn items(cx: &Context, values: &Values, list: ExprId) -> Vec<ExprId> {
    let constructor = match cx.chunk.expr(list) {
        Expr::Name(_) if values.table(cx, list).is_some() => {
            cx.facts.variable(list).and_then(|variable| variable.value)
        }
        _ => Some(list),
    };
    let Some(Expr::Table(table)) = constructor.map(|id| cx.chunk.expr(id)) else {
        return Vec::new();
    };
    let fields = cx.chunk.list(cx.chunk.table(table).fields);
    let item = |field| match cx.chunk.field(field) {
        Field::Item(value) => Some(value),
        _ => None,
    };
    fields.filter_map(item).collect()
}

/// `table.sort({3, "a"})`
fn sorted(cx: &mut Context, values: &Values, list: ExprId, changed: &mut Option<HashSet<u32>>) {
    if values.unusual {
        return;
    }
    let of = |cx: &Context, is: Known| {
        items(cx, values, list).into_iter().find(|&item| values.known(cx, item) == Some(is))
    };
    let (Some(number), Some(text)) = (of(cx, Known::Number), of(cx, Known::String)) else { return };
    // Items of a variable's list may be replaced.
    let changed = changed.get_or_insert_with(|| self::changed(cx));
    if cx.facts.variable_index(list).is_some_and(|index| changed.contains(&index)) {
        return;
    }
    let found = lint(
        Code::CertainError,
        cx.chunk.expr_span(list),
        "numbers and strings have no common order",
    )
    .with_label("this list has both")
    .with_secondary(cx.chunk.expr_span(text), fact(cx, text, Known::String))
    .with_secondary(cx.chunk.expr_span(number), fact(cx, number, Known::Number));
    cx.report(found.with_help(
        "give a function that compares two items: `table.sort(t, function(a, b) … end)`",
    ));
}

/// The variables of which an item is assigned to, or removed.
fn changed(cx: &Context) -> HashSet<u32> {
    let mut found = HashSet::new();
    let mut add = |target: ExprId| {
        if let Expr::Index { object, .. } = cx.chunk.expr(target) {
            found.extend(cx.facts.variable_index(object));
        }
    };
    for (_, stmt) in cx.stmts() {
        match stmt {
            Stmt::Assign { targets, .. } => cx.chunk.list(targets).for_each(&mut add),
            Stmt::Compound { target, .. } => add(target),
            _ => {}
        }
    }
    for (_, expr) in cx.exprs() {
        if let Expr::Call { callee, args, .. } = expr
            && cx.library_name(callee).as_deref() == Some(b"table.remove")
        {
            found.extend(cx.chunk.list(args).filter_map(|arg| cx.facts.variable_index(arg)));
        }
    }
    found
}

/// `function(a, b) return a <= b end`
fn not_strict(cx: &mut Context, order: ExprId) {
    let Expr::Function(func) = cx.chunk.expr(order) else { return };
    let func = cx.chunk.func(func);
    let params: Vec<_> = cx.chunk.list(func.params).map(|p| cx.chunk.binding(p).name).collect();
    let stmts: Vec<_> = cx.chunk.list(cx.chunk.block(func.body).stmts).collect();
    let (&[a, b], &[only]) = (params.as_slice(), stmts.as_slice()) else { return };
    let Stmt::Return(results) = cx.chunk.stmt(only) else { return };
    let Some(result) = cx.chunk.list_get(results, 0) else { return };
    let Expr::Binary { op: op @ (BinOp::Le | BinOp::Ge), lhs, rhs, .. } = cx.chunk.expr(result)
    else {
        return;
    };
    let text = |id: ExprId, name| {
        let text = cx.source_text(cx.chunk.expr_span(id)).to_vec();
        let name = cx.bytes(name);
        text.strip_prefix(name).map(<[u8]>::to_vec)
    };
    let pairs = [(text(lhs, a), text(rhs, b)), (text(lhs, b), text(rhs, a))];
    // The same of both: `a`, `a.name`.
    if !pairs.iter().any(|(x, y)| x.is_some() && x == y) {
        return;
    }
    let (sign, strict) = if op == BinOp::Le { ("<=", "<") } else { (">=", ">") };
    let message = "an order function must be false of equal items";
    let found = lint(Code::CertainError, cx.chunk.expr_span(result), message);
    cx.report(
        found
            .with_label(format!("`{sign}` is true of them"))
            .with_help(format!("write `{strict}`")),
    );
}

/// `table.concat({1, {}})`
fn joined(cx: &mut Context, values: &Values, list: ExprId) {
    if !matches!(cx.chunk.expr(list), Expr::Table(_)) {
        return;
    }
    let bad = |&(_, item): &(usize, ExprId)| {
        let known = values.known(cx, item);
        matches!(known, Some(Known::Boolean | Known::Table | Known::Function))
    };
    let Some((n, item)) = items(cx, values, list).into_iter().enumerate().find(bad) else { return };
    let Some(known) = values.known(cx, item) else { return };
    let message = format!("item {} cannot be joined with strings", n + 1);
    let found = lint(Code::CertainError, cx.chunk.expr_span(item), message)
        .with_label(fact(cx, item, known));
    cx.report(found.with_help("`tostring(x)` makes a string of any value"));
}
