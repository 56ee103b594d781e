//! Operators that always fail, by what is certainly known of their operands.

use super::certain::{fact, failure, is_plain_table};
use super::values::{Known, Values};
use super::{Context, lint};
use crate::ast::{BinOp, Expr, ExprId, Stmt, UnOp};
use crate::diag::Code;

/// Whether a literal string spells a number.
pub(super) fn is_numeral(cx: &Context, id: ExprId) -> bool {
    match cx.chunk.expr(id) {
        Expr::Str(text) => {
            let text = String::from_utf8_lossy(cx.bytes(text)).into_owned();
            crate::lex::parse_numeral(text.trim().trim_start_matches('-').as_bytes()).is_some()
        }
        Expr::Name(_) => match cx.facts.variable(id).and_then(|variable| variable.value) {
            Some(value) => is_numeral(cx, value),
            None => true,
        },
        // What a call returns may be one.
        _ => true,
    }
}

pub(super) fn binary(
    cx: &mut Context,
    values: &Values,
    id: ExprId,
    op: BinOp,
    lhs: ExprId,
    rhs: ExprId,
) {
    use BinOp::*;
    let (left, right) = (values.known(cx, lhs), values.known(cx, rhs));
    match op {
        Add | Sub | Mul | Div | IDiv | Mod | Pow => {
            arithmetic(cx, values, id, op, lhs, rhs);
            if matches!(op, IDiv | Mod) {
                by_zero(cx, values, op, lhs, rhs);
            }
        }
        BXor if is_condition(cx, id) => {
            let (a, b) = (cx.quoted(lhs), cx.quoted(rhs));
            let message = "this is a number: the condition is always true";
            let found = lint(Code::ImpossibleComparison, cx.chunk.expr_span(id), message)
                .with_label("`~` between two values is the exclusive or of their bits");
            cx.report(match (a.as_str(), b.as_str()) {
                ("this", _) | (_, "this") => found.with_help("not equal is written `~=`"),
                (a, b) => {
                    let (a, b) = (a.trim_matches('`'), b.trim_matches('`'));
                    found.with_help(format!("not equal is written `~=`: `{a} ~= {b}`"))
                }
            });
        }
        BAnd | BOr | BXor | Shl | Shr => bits(cx, values, lhs, rhs),
        Concat => {
            for (part, known, other) in [(lhs, left, right), (rhs, right, left)] {
                let bad = known.filter(|&known| match known {
                    Known::Nil | Known::Boolean | Known::Function => true,
                    Known::Table => is_plain_table(cx, values, part),
                    _ => false,
                });
                let joins_text = matches!(other, Some(Known::String | Known::Number))
                    || ends_in_text(cx, part, lhs, rhs);
                let literal_nil = matches!(cx.chunk.expr(part), Expr::Nil);
                if let (Some(known), true) = (bad, joins_text || literal_nil) {
                    let found =
                        failure(cx, values, part, known, "this cannot be joined with a string");
                    let help = match known {
                        Known::Table => "`table.concat(t, separator)` joins the items of a list",
                        Known::Function if !found.help.is_empty() => "",
                        _ => "`tostring(x)` makes a string of any value",
                    };
                    let silent = known == Known::Nil || help.is_empty();
                    cx.report(if silent { found } else { found.with_help(help) });
                    return;
                }
            }
        }
        Or => {
            let compared = matches!(cx.chunk.expr(lhs), Expr::Binary { op: Eq, .. });
            let literal = matches!(cx.chunk.expr(rhs), Expr::Str(_) | Expr::Int(_));
            if compared && literal && is_condition(cx, id) {
                let Expr::Binary { lhs: first, .. } = cx.chunk.expr(lhs) else { return };
                let (a, b) = (cx.quoted(first), cx.quoted(rhs));
                let (a, b) = (a.trim_matches('`').to_string(), b.trim_matches('`').to_string());
                let span = cx.chunk.expr_span(id);
                cx.report(
                    lint(Code::ImpossibleComparison, span, "this condition is always true")
                        .with_secondary(cx.chunk.expr_span(rhs), "this alone is true")
                        .with_help(format!("compare again: `{a} == … or {a} == {b}`")),
                );
            }
        }
        Eq | Ne => {
            let literal = |id: ExprId| {
                matches!(cx.chunk.expr(id), Expr::Str(_) | Expr::Int(_) | Expr::Float(_))
            };
            let mixed = matches!(
                (left, right),
                (Some(Known::String), Some(Known::Number))
                    | (Some(Known::Number), Some(Known::String))
            );
            if mixed && literal(lhs) != literal(rhs) {
                let is = if op == Eq { "always false" } else { "always true" };
                let message = format!("the comparison of a string with a number is {is}");
                let span = cx.chunk.expr_span(id);
                let found = lint(Code::ImpossibleComparison, span, message);
                cx.report(found.with_help("`tonumber(s)` makes a number of text that spells one"));
            }
        }
        Lt | Le | Gt | Ge => {
            let (Some(a), Some(b)) = (left, right) else { return };
            let plain =
                |id: ExprId, known: Known| known != Known::Table || is_plain_table(cx, values, id);
            let ordered = a == b && matches!(a, Known::Number | Known::String);
            if !ordered && plain(lhs, a) && plain(rhs, b) {
                let message = match (a, b) {
                    (Known::Table, Known::Table) => "two tables have no order".to_string(),
                    _ => format!("{} and {} have no order", a.text(), b.text()),
                };
                let found = lint(Code::CertainError, cx.chunk.expr_span(lhs), message)
                    .with_label(fact(cx, lhs, a))
                    .with_secondary(cx.chunk.expr_span(rhs), fact(cx, rhs, b));
                let mixed = [a, b].contains(&Known::String) && [a, b].contains(&Known::Number);
                cx.report(if mixed {
                    found.with_help("`tonumber(s)` makes a number of text that spells one")
                } else {
                    found
                });
            }
        }
        _ => {}
    }
}

/// Whether an expression is the condition of a statement.
fn is_condition(cx: &Context, id: ExprId) -> bool {
    cx.stmts().any(|(_, stmt)| match stmt {
        Stmt::If { arms, .. } => cx.chunk.list(arms).any(|arm| cx.chunk.arm(arm).cond == id),
        Stmt::While { cond, .. } | Stmt::Repeat { cond, .. } => cond == id,
        _ => false,
    })
}

/// Whether the neighbour of `part` in a chain of `..` is text.
fn ends_in_text(cx: &Context, part: ExprId, lhs: ExprId, rhs: ExprId) -> bool {
    let other = if part == lhs { rhs } else { lhs };
    match cx.chunk.expr(other) {
        Expr::Binary { op: BinOp::Concat, lhs, rhs, .. } => {
            [lhs, rhs].iter().any(|&id| matches!(cx.chunk.expr(id), Expr::Str(_)))
        }
        _ => false,
    }
}

fn arithmetic(cx: &mut Context, values: &Values, id: ExprId, op: BinOp, lhs: ExprId, rhs: ExprId) {
    for (operand, other) in [(lhs, rhs), (rhs, lhs)] {
        let Some(known) = values.known(cx, operand) else { continue };
        let bad = match known {
            Known::Nil | Known::Boolean | Known::Function => true,
            Known::Table => is_plain_table(cx, values, operand),
            Known::String => !is_numeral(cx, operand),
            Known::Number => false,
        };
        if !bad {
            continue;
        }
        // The other operand may have a metatable, as patterns of LPeg have; and a program may give
        // strings a metamethod that takes tables.
        let simple = match values.known(cx, other) {
            Some(Known::Table) => known == Known::Table && is_plain_table(cx, values, other),
            Some(Known::String) => known != Known::Table,
            Some(_) => true,
            None => values.begins_as_number(cx, other) || printed(cx, id),
        };
        if !simple {
            continue;
        }
        let found = failure(cx, values, operand, known, "this is not a number");
        let help = match (known, op) {
            (Known::String, BinOp::Add) => "`..` joins strings, `+` adds numbers",
            (Known::String, BinOp::Mul) => "a string is repeated by `string.rep(s, n)`",
            (Known::String, BinOp::Mod) => "values are put into a string by `string.format`",
            _ => "",
        };
        cx.report(if help.is_empty() { found } else { found.with_help(help) });
        return;
    }
}

/// `5 // 0` and `5 % 0` of integers.
fn by_zero(cx: &mut Context, values: &Values, op: BinOp, lhs: ExprId, rhs: ExprId) {
    let integer = match cx.chunk.expr(lhs) {
        Expr::Int(_) => true,
        Expr::Name(_) => {
            let variable = cx.facts.variable(lhs).filter(|variable| variable.writes == 0);
            let value = variable.and_then(|variable| variable.value);
            value.is_some_and(|value| matches!(cx.chunk.expr(value), Expr::Int(_)))
        }
        _ => false,
    };
    let zero = matches!(cx.chunk.expr(rhs), Expr::Int(0));
    if !integer || !zero || values.expects_error(cx.chunk.expr_span(rhs)) {
        return;
    }
    let found = lint(Code::CertainError, cx.chunk.expr_span(rhs), "integers are divided by zero")
        .with_label("this raises an error");
    cx.report(if op == BinOp::IDiv {
        found.with_help("`/` of numbers by 0 is infinite or nan")
    } else {
        found
    });
}

/// `3.7 | 1` and `nil & 1`.
fn bits(cx: &mut Context, values: &Values, lhs: ExprId, rhs: ExprId) {
    for (operand, other) in [(lhs, rhs), (rhs, lhs)] {
        if values.known(cx, other) != Some(Known::Number) {
            continue;
        }
        let known = values.known(cx, operand);
        let fraction = match (cx.chunk.expr(operand), cx.facts.variable(operand)) {
            (Expr::Float(x), _) => x.fract() != 0.0,
            (Expr::Name(_), Some(variable)) if variable.writes == 0 => {
                let value = variable.value.map(|value| cx.chunk.expr(value));
                matches!(value, Some(Expr::Float(x)) if x.fract() != 0.0)
            }
            _ => false,
        };
        let bad = match known {
            Some(Known::Nil | Known::Boolean | Known::Function) => true,
            Some(Known::Table) => is_plain_table(cx, values, operand),
            Some(Known::String) => !is_numeral(cx, operand),
            _ => fraction,
        };
        let Some(known) = known.filter(|_| bad) else { continue };
        let found = failure(cx, values, operand, known, "bitwise operators take integers");
        cx.report(match fraction {
            true => found.with_help("`math.floor(x)` and `x // 1` round down"),
            false => found,
        });
        return;
    }
}

/// Whether an expression is an argument of `print` or `io.write`.
fn printed(cx: &Context, id: ExprId) -> bool {
    cx.exprs().any(|(_, expr)| match expr {
        Expr::Call { callee, args, .. } => {
            cx.chunk.list(args).any(|arg| arg == id)
                && matches!(
                    cx.library_name(callee).as_deref(),
                    Some(b"print" | b"io.write" | b"error")
                )
        }
        _ => false,
    })
}

pub(super) fn unary(cx: &mut Context, values: &Values, op: UnOp, operand: ExprId) {
    let Some(known) = values.known(cx, operand) else { return };
    let bad = match op {
        UnOp::Len => !matches!(known, Known::String | Known::Table),
        UnOp::Neg => matches!(known, Known::Nil | Known::Boolean | Known::Function),
        _ => false,
    };
    if bad {
        let what = if op == UnOp::Len { "this has no length" } else { "this is not a number" };
        cx.report(failure(cx, values, operand, known, what));
    }
}
