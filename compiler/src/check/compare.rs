//! Comparisons that always come out the same, or compare something else than it looks.

use super::{Room, lint};
use crate::ast::{BinOp, Expr, ExprId, UnOp};
use crate::diag::Code;

/// What `type` returns.
const TYPES: &[&[u8]] =
    &[b"nil", b"boolean", b"number", b"string", b"table", b"function", b"thread", b"userdata"];

pub(super) fn check(room: &mut Room) {
    for (id, expr) in room.exprs() {
        let Expr::Binary { op, lhs, rhs, .. } = expr else { continue };
        match op {
            BinOp::Eq | BinOp::Ne => {
                let _ = type_name(room, lhs, rhs)
                    || type_name(room, rhs, lhs)
                    || never_equal(room, id, op, lhs, rhs)
                    || precedence(room, id, op, lhs, rhs);
            }
            BinOp::Lt | BinOp::Le | BinOp::Gt | BinOp::Ge => {
                let _ = length(room, id, op, lhs, rhs) || chained(room, id, op, lhs);
            }
            _ => {}
        }
    }
}

/// `type(x) == "strng"`.
fn type_name(room: &mut Room, call: ExprId, name: ExprId) -> bool {
    let Expr::Call { callee, .. } = room.chunk.expr(call) else { return false };
    let Some(function) = room.library_name(callee) else { return false };
    let known: &[&[u8]] = match function.as_slice() {
        b"type" => TYPES,
        b"math.type" => &[b"integer", b"float"],
        b"io.type" => &[b"file", b"closed file"],
        _ => return false,
    };
    let function = String::from_utf8_lossy(&function).into_owned();
    let Expr::Str(text) = room.chunk.expr(name) else {
        if !matches!(room.chunk.expr(name), Expr::Nil) || function != "type" {
            return false;
        }
        let found = lint(
            Code::ImpossibleComparison,
            room.chunk.expr_span(name),
            "`type` returns a string, never nil",
        );
        room.report(found.with_fix(
            "write `\"nil\"`",
            false,
            room.chunk.expr_span(name),
            "\"nil\"",
        ));
        return true;
    };
    let text = room.bytes(text);
    if known.contains(&text) {
        return false;
    }
    let shown = String::from_utf8_lossy(text).into_owned();
    let span = room.chunk.expr_span(name);
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
        _ => super::similar(text, known.iter().copied()),
    };
    // Other names are those of types that the host adds: `cdata`.
    let Some(near) = foreign.map(String::from_utf8_lossy) else { return false };
    let title = format!("did you mean \"{near}\"?");
    room.report(found.with_fix(title, false, span, format!("\"{near}\"")));
    true
}

/// The kind of value an expression certainly has.
fn kind(room: &Room, id: ExprId) -> Option<&'static str> {
    match room.chunk.expr(id) {
        Expr::Nil => Some("nil"),
        Expr::True | Expr::False => Some("a boolean"),
        Expr::Int(_) | Expr::Float(_) => Some("a number"),
        Expr::Unary { op: UnOp::Neg, operand } => match room.chunk.expr(operand) {
            Expr::Int(_) | Expr::Float(_) => Some("a number"),
            _ => None,
        },
        Expr::Unary { op: UnOp::Not, .. } => Some("a boolean"),
        Expr::Str(_) => Some("a string"),
        Expr::Table(_) => Some("a new table"),
        Expr::Function(_) => Some("a new function"),
        Expr::Paren(inner) => kind(room, inner),
        Expr::Binary { op: BinOp::Concat, .. } => Some("a string"),
        Expr::Binary { op, .. } if is_comparison(op) => Some("a boolean"),
        Expr::Call { callee, .. } => match room.library_name(callee)?.as_slice() {
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
fn never_equal(room: &mut Room, id: ExprId, op: BinOp, lhs: ExprId, rhs: ExprId) -> bool {
    let fresh = |id: ExprId| matches!(room.chunk.expr(id), Expr::Table(_) | Expr::Function(_));
    if fresh(lhs) || fresh(rhs) {
        let is = if op == BinOp::Eq { "always false" } else { "always true" };
        let at = if fresh(rhs) { rhs } else { lhs };
        let what = kind(room, at).unwrap_or("this");
        let message = format!("a comparison with {what} is {is}");
        let mut found = lint(Code::ImpossibleComparison, room.chunk.expr_span(id), message);
        if let Expr::Table(table) = room.chunk.expr(at)
            && room.chunk.table(table).fields.is_empty()
        {
            found = found.with_help("`next(t) == nil` asks whether a table is empty");
        }
        room.report(found);
        return true;
    }
    // `not x == y` is told of in other words.
    if is_not(room, lhs) {
        return false;
    }
    let (Some(a), Some(b)) = (kind(room, lhs), kind(room, rhs)) else { return false };
    let literal = |id: ExprId| {
        matches!(room.chunk.expr(id), Expr::Nil | Expr::True | Expr::False | Expr::Int(_))
            || matches!(room.chunk.expr(id), Expr::Float(_) | Expr::Str(_))
    };
    if a == b || (literal(lhs) && literal(rhs)) {
        return false;
    }
    if let Expr::Binary { op: inner, .. } = room.chunk.expr(lhs)
        && is_comparison(inner)
    {
        // `a == b == nil`: told of as a matter of precedence.
        return false;
    }
    let is = if op == BinOp::Eq { "always false" } else { "always true" };
    let message = format!("the comparison of {a} with {b} is {is}");
    room.report(lint(Code::ImpossibleComparison, room.chunk.expr_span(id), message));
    true
}

fn is_not(room: &Room, id: ExprId) -> bool {
    matches!(room.chunk.expr(id), Expr::Unary { op: UnOp::Not, .. })
}

/// Whether an expression certainly is a boolean that one may want to compare with.
fn is_boolean(room: &Room, id: ExprId) -> bool {
    kind(room, id) == Some("a boolean")
}

/// `not a == b` and `a ~= nil == b`.
fn precedence(room: &mut Room, id: ExprId, op: BinOp, lhs: ExprId, rhs: ExprId) -> bool {
    if is_boolean(room, rhs) {
        return false;
    }
    let sign = if op == BinOp::Eq { "==" } else { "~=" };
    let span = room.chunk.expr_span(id);
    match room.chunk.expr(lhs) {
        Expr::Unary { op: UnOp::Not, operand } => {
            let (a, b) = (room.quoted(operand), room.quoted(rhs));
            let other = if op == BinOp::Eq { "~=" } else { "==" };
            let message = format!("`not` is done first: this compares `not …` with {b}");
            let found = lint(Code::ComparisonPrecedence, span, message)
                .with_label(format!("`(not …) {sign} …`"));
            let found = match (a.as_str(), b.as_str()) {
                ("this", _) | (_, "this") => found.with_help(format!("write `a {other} b`")),
                (a, b) => {
                    let mended = format!("{} {other} {}", a.trim_matches('`'), b.trim_matches('`'));
                    let title = format!("write `{mended}`");
                    found.with_fix(title, false, span, mended)
                }
            };
            room.report(found);
            true
        }
        // `a < b == c` may well ask whether the order is as `c` says.
        Expr::Binary { op: BinOp::Eq | BinOp::Ne, .. } => {
            let b = room.quoted(rhs);
            let message = format!("this compares the outcome of a comparison with {b}");
            room.report(
                lint(Code::ComparisonPrecedence, span, message)
                    .with_help("comparisons do not chain; join them with `and`"),
            );
            true
        }
        _ => false,
    }
}

/// `a < b < c`.
fn chained(room: &mut Room, id: ExprId, _op: BinOp, lhs: ExprId) -> bool {
    if !matches!(room.chunk.expr(lhs), Expr::Binary { op, .. } if is_comparison(op)) {
        return false;
    }
    let message = "this compares a truth value with a number or string: it fails";
    room.report(
        lint(Code::ComparisonPrecedence, room.chunk.expr_span(id), message)
            .with_help("comparisons do not chain: `a < b and b < c`"),
    );
    true
}

/// `#t < 0`.
fn length(room: &mut Room, id: ExprId, op: BinOp, lhs: ExprId, rhs: ExprId) -> bool {
    let is_length = |id: ExprId| matches!(room.chunk.expr(id), Expr::Unary { op: UnOp::Len, .. });
    let is_zero = |id: ExprId| matches!(room.chunk.expr(id), Expr::Int(0));
    let never = is_length(lhs) && op == BinOp::Lt && is_zero(rhs)
        || is_length(rhs) && op == BinOp::Gt && is_zero(lhs);
    let always = is_length(lhs) && op == BinOp::Ge && is_zero(rhs)
        || is_length(rhs) && op == BinOp::Le && is_zero(lhs);
    if !never && !always {
        return false;
    }
    let is = if never { "always false" } else { "always true" };
    let message = format!("a length is never below 0: this is {is}");
    room.report(lint(Code::ImpossibleComparison, room.chunk.expr_span(id), message));
    true
}
