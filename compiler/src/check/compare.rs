//! Comparisons with a constant result, or with unexpected precedence.

use super::{Context, lint};
use crate::ast::{BinOp, Expr, ExprId, UnOp};
use crate::diag::Code;

/// What `type` returns.
const TYPES: &[&[u8]] =
    &[b"nil", b"boolean", b"number", b"string", b"table", b"function", b"thread", b"userdata"];

pub(super) fn check(cx: &mut Context) {
    for (id, expr) in cx.exprs() {
        let Expr::Binary { op, lhs, rhs, .. } = expr else { continue };
        match op {
            BinOp::Eq | BinOp::Ne => {
                let _ = type_name(cx, lhs, rhs)
                    || type_name(cx, rhs, lhs)
                    || never_equal(cx, id, op, lhs, rhs)
                    || precedence(cx, id, op, lhs, rhs);
            }
            BinOp::Lt | BinOp::Le | BinOp::Gt | BinOp::Ge => {
                let _ = length(cx, id, op, lhs, rhs) || chained(cx, id, op, lhs);
            }
            _ => {}
        }
    }
}

/// `type(x) == "strng"`.
fn type_name(cx: &mut Context, call: ExprId, name: ExprId) -> bool {
    let Expr::Call { callee, .. } = cx.chunk.expr(call) else { return false };
    let Some(function) = cx.library_name(callee) else { return false };
    let possible: &[&[u8]] = match function.as_slice() {
        b"type" => TYPES,
        b"math.type" => &[b"integer", b"float"],
        b"io.type" => &[b"file", b"closed file"],
        _ => return false,
    };
    let function = String::from_utf8_lossy(&function).into_owned();
    let Expr::Str(text) = cx.chunk.expr(name) else {
        if !matches!(cx.chunk.expr(name), Expr::Nil) || function != "type" {
            return false;
        }
        let found = lint(
            Code::ImpossibleComparison,
            cx.chunk.expr_span(name),
            "`type` returns a string, never nil",
        );
        cx.report(found.with_fix("write `\"nil\"`", false, cx.chunk.expr_span(name), "\"nil\""));
        return true;
    };
    let text = cx.bytes(text);
    if possible.contains(&text) {
        return false;
    }
    let shown = String::from_utf8_lossy(text).into_owned();
    let span = cx.chunk.expr_span(name);
    let message = format!("`{function}` never returns \"{shown}\"");
    let found = lint(Code::ImpossibleComparison, span, message);
    let foreign: Option<&[u8]> = match text {
        b"bool" => Some(b"boolean"),
        b"str" => Some(b"string"),
        b"int" | b"integer" | b"float" | b"double" | b"num" if function == "type" => {
            Some(b"number")
        }
        b"object" | b"array" | b"list" | b"dict" | b"map" => Some(b"table"),
        b"func" | b"closure" => Some(b"function"),
        b"null" | b"none" | b"undefined" => Some(b"nil"),
        _ => super::similar(text, possible.iter().copied()),
    };
    // Other names may be types that the host adds: `cdata`.
    let Some(near) = foreign.map(String::from_utf8_lossy) else { return false };
    let title = format!("did you mean \"{near}\"?");
    cx.report(found.with_fix(title, false, span, format!("\"{near}\"")));
    true
}

/// The type of an expression, if it is certain.
fn kind(cx: &Context, id: ExprId) -> Option<&'static str> {
    match cx.chunk.expr(id) {
        Expr::Nil => Some("nil"),
        Expr::True | Expr::False => Some("a boolean"),
        Expr::Int(_) | Expr::Float(_) => Some("a number"),
        Expr::Unary { op: UnOp::Neg, operand } => match cx.chunk.expr(operand) {
            Expr::Int(_) | Expr::Float(_) => Some("a number"),
            _ => None,
        },
        Expr::Unary { op: UnOp::Not, .. } => Some("a boolean"),
        Expr::Str(_) => Some("a string"),
        Expr::Table(_) => Some("a new table"),
        Expr::Function(_) => Some("a new function"),
        Expr::Paren(inner) => kind(cx, inner),
        Expr::Binary { op: BinOp::Concat, .. } => Some("a string"),
        Expr::Binary { op, .. } if is_comparison(op) => Some("a boolean"),
        Expr::Call { callee, .. } => match cx.library_name(callee)?.as_slice() {
            b"type" | b"tostring" => Some("a string"),
            _ => None,
        },
        _ => None,
    }
}

fn is_comparison(op: BinOp) -> bool {
    use BinOp::*;
    matches!(op, Eq | Ne | Lt | Le | Gt | Ge)
}

/// Values of two kinds, or a new table, are never equal.
fn never_equal(cx: &mut Context, id: ExprId, op: BinOp, lhs: ExprId, rhs: ExprId) -> bool {
    let fresh = |id: ExprId| matches!(cx.chunk.expr(id), Expr::Table(_) | Expr::Function(_));
    if fresh(lhs) || fresh(rhs) {
        let is = if op == BinOp::Eq { "always false" } else { "always true" };
        let at = if fresh(rhs) { rhs } else { lhs };
        let what = kind(cx, at).unwrap_or("this");
        let message = format!("a comparison with {what} is {is}");
        let mut found = lint(Code::ImpossibleComparison, cx.chunk.expr_span(id), message);
        if let Expr::Table(table) = cx.chunk.expr(at)
            && cx.chunk.table(table).fields.is_empty()
        {
            found = found.with_help("`next(t) == nil` asks whether a table is empty");
        }
        cx.report(found);
        return true;
    }
    // `not x == y` is reported by `precedence`.
    if is_not(cx, lhs) {
        return false;
    }
    let (Some(a), Some(b)) = (kind(cx, lhs), kind(cx, rhs)) else { return false };
    let literal = |id: ExprId| {
        matches!(cx.chunk.expr(id), Expr::Nil | Expr::True | Expr::False | Expr::Int(_))
            || matches!(cx.chunk.expr(id), Expr::Float(_) | Expr::Str(_))
    };
    if a == b || (literal(lhs) && literal(rhs)) {
        return false;
    }
    if let Expr::Binary { op: inner, .. } = cx.chunk.expr(lhs)
        && is_comparison(inner)
    {
        // `a == b == nil` is reported by `precedence`.
        return false;
    }
    let is = if op == BinOp::Eq { "always false" } else { "always true" };
    let message = format!("the comparison of {a} with {b} is {is}");
    cx.report(lint(Code::ImpossibleComparison, cx.chunk.expr_span(id), message));
    true
}

fn is_not(cx: &Context, id: ExprId) -> bool {
    matches!(cx.chunk.expr(id), Expr::Unary { op: UnOp::Not, .. })
}

/// Whether an expression is certainly a boolean.
fn is_boolean(cx: &Context, id: ExprId) -> bool {
    kind(cx, id) == Some("a boolean")
}

/// `not a == b` and `a ~= nil == b`.
fn precedence(cx: &mut Context, id: ExprId, op: BinOp, lhs: ExprId, rhs: ExprId) -> bool {
    if is_boolean(cx, rhs) {
        return false;
    }
    let sign = if op == BinOp::Eq { "==" } else { "~=" };
    let span = cx.chunk.expr_span(id);
    match cx.chunk.expr(lhs) {
        Expr::Unary { op: UnOp::Not, operand } => {
            let (a, b) = (cx.quoted(operand), cx.quoted(rhs));
            let other = if op == BinOp::Eq { "~=" } else { "==" };
            let message = format!("`not` is done first: this compares `not …` with {b}");
            let found = lint(Code::ComparisonPrecedence, span, message)
                .with_label(format!("`(not …) {sign} …`"));
            let found = match (a.as_str(), b.as_str()) {
                ("this", _) | (_, "this") => found.with_help(format!("write `a {other} b`")),
                (a, b) => {
                    let fixed = format!("{} {other} {}", a.trim_matches('`'), b.trim_matches('`'));
                    let title = format!("write `{fixed}`");
                    found.with_fix(title, false, span, fixed)
                }
            };
            cx.report(found);
            true
        }
        // `a < b == c` may be intended.
        Expr::Binary { op: BinOp::Eq | BinOp::Ne, .. } => {
            let b = cx.quoted(rhs);
            let message = format!("this compares the outcome of a comparison with {b}");
            cx.report(
                lint(Code::ComparisonPrecedence, span, message)
                    .with_help("comparisons do not chain; join them with `and`"),
            );
            true
        }
        _ => false,
    }
}

/// `a < b < c`.
fn chained(cx: &mut Context, id: ExprId, _op: BinOp, lhs: ExprId) -> bool {
    if !matches!(cx.chunk.expr(lhs), Expr::Binary { op, .. } if is_comparison(op)) {
        return false;
    }
    let message = "this compares a truth value with a number or string: it fails";
    cx.report(
        lint(Code::ComparisonPrecedence, cx.chunk.expr_span(id), message)
            .with_help("comparisons do not chain: `a < b and b < c`"),
    );
    true
}

/// `#t < 0`.
fn length(cx: &mut Context, id: ExprId, op: BinOp, lhs: ExprId, rhs: ExprId) -> bool {
    let is_length = |id: ExprId| matches!(cx.chunk.expr(id), Expr::Unary { op: UnOp::Len, .. });
    let is_zero = |id: ExprId| matches!(cx.chunk.expr(id), Expr::Int(0));
    let never = is_length(lhs) && op == BinOp::Lt && is_zero(rhs)
        || is_length(rhs) && op == BinOp::Gt && is_zero(lhs);
    let always = is_length(lhs) && op == BinOp::Ge && is_zero(rhs)
        || is_length(rhs) && op == BinOp::Le && is_zero(lhs);
    if !never && !always {
        return false;
    }
    let is = if never { "always false" } else { "always true" };
    let message = format!("a length is never below 0: this is {is}");
    cx.report(lint(Code::ImpossibleComparison, cx.chunk.expr_span(id), message));
    true
}
