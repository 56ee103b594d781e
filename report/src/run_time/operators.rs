//! Operators whose operands do not fit.

use luka_compiler::ast::{BinOp, Expr, ExprId, UnOp};
use luka_compiler::diag::Diagnostic;
use luka_vm::{Event, Value};

use super::error_site::ErrorSite;
use super::explain::{report, sentence};
use super::hints::meant;
use super::show::{described, shown};

/// The operands of the operator at fault with their values, in the order of the text.
fn operands_of(site: &ErrorSite) -> Option<Vec<(ExprId, Value)>> {
    let value = |i: usize| site.operands.get(i).map(|operand| operand.value);
    let Some(node) = site.node() else {
        // `target op= value`
        let (target, added) = site.compound()?;
        return Some(vec![(target, value(0)?), (added, value(1)?)]);
    };
    match site.chunk().expr(node) {
        Expr::Unary { operand, .. } => Some(vec![(operand, value(0)?)]),
        // `a > b` is `b < a`.
        Expr::Binary { op: BinOp::Gt | BinOp::Ge, lhs, rhs, .. } => {
            Some(vec![(lhs, value(1)?), (rhs, value(0)?)])
        }
        Expr::Binary { lhs, rhs, .. } => Some(vec![(lhs, value(0)?), (rhs, value(1)?)]),
        _ => None,
    }
}

fn is_constant(expr: Expr) -> bool {
    matches!(
        expr,
        Expr::Int(_) | Expr::Float(_) | Expr::Str(_) | Expr::Nil | Expr::True | Expr::False
    )
}

/// The report of an operator: what the blamed operand is, and the values of the others.
pub fn operator(site: &ErrorSite, blamed: usize) -> Option<Diagnostic> {
    let chunk = site.chunk();
    let operands = operands_of(site)?;
    let &(id, value) = operands.get(blamed)?;
    let mut found = report(chunk.expr_span(id), sentence(site, id, value));
    for (i, &(other, value)) in operands.iter().enumerate() {
        if i != blamed && !is_constant(chunk.expr(other)) {
            found = found.with_secondary(chunk.expr_span(other), described(site.vm, value));
        }
    }
    Some(meant(site, id, value, found))
}

/// `a ~ b` and other operators on bits.
pub fn bitwise(site: &ErrorSite, event: Event, blamed: usize) -> Option<Diagnostic> {
    let found = operator(site, blamed)?;
    Some(match event {
        Event::BXor if found.help.is_empty() => found.with_help(
            "`~` between two values is the exclusive or of their bits; not equal is written `~=`",
        ),
        _ => found,
    })
}

/// The advice for an operator on tables without a metamethod.
fn metamethod(found: Diagnostic, value: Value, event: &str) -> Diagnostic {
    match value.as_table().is_some() && found.help.is_empty() {
        true => found.with_help(format!(
            "tables have this operator only if their metatable has a function `{event}`"
        )),
        false => found,
    }
}

/// `#x`.
pub fn length(site: &ErrorSite, value: Value) -> Option<Diagnostic> {
    let chunk = site.chunk();
    let Expr::Unary { op: UnOp::Len, operand } = chunk.expr(site.node()?) else { return None };
    let found = report(chunk.expr_span(operand), sentence(site, operand, value));
    let found = meant(site, operand, value, found);
    Some(match value.is_nil() || !found.help.is_empty() {
        true => found,
        false => found.with_help("strings and tables have a length, other values have none"),
    })
}

/// `a + b` with an operand that is no number.
pub fn arithmetic(site: &ErrorSite, event: Event, blamed: usize) -> Option<Diagnostic> {
    let found = operator(site, blamed)?;
    let value = site.operands.get(blamed)?.value;
    if let (0, Some(help)) = (blamed, string_operator(site, event)) {
        return Some(found.with_help(help));
    }
    Some(match value.is_string() && found.help.is_empty() {
        true if event == Event::Add => found.with_help(
            "`..` joins strings, `+` adds numbers; `tonumber` makes a number of a text that spells one",
        ),
        true => found.with_help(
            "`tonumber` turns a text that spells a number into one, and gives nil of others",
        ),
        false => metamethod(found, value, event.name()),
    })
}

/// What `"-" * 10` and `"%d" % x` mean in other languages.
fn string_operator(site: &ErrorSite, event: Event) -> Option<String> {
    let left = site.operands.first()?.value;
    let text = left.as_str()?;
    match event {
        Event::Mul => {
            let (left, right) = match site.chunk().expr(site.node()?) {
                Expr::Binary { lhs, rhs, .. } => (site.written(lhs)?, site.written(rhs)?),
                _ => return None,
            };
            let (left, right) = (left.trim_matches('`'), right.trim_matches('`'));
            Some(format!("a string is repeated by `string.rep({left}, {right})`"))
        }
        Event::Mod if text.bytes().contains(&b'%') => {
            Some("values are put into a string by `string.format(format, …)`".to_string())
        }
        _ => None,
    }
}

/// `a .. b .. c` with a part that is neither string nor number, the `bad`-th of `count`.
pub fn concatenation(
    site: &ErrorSite,
    bad: usize,
    count: usize,
    value: Value,
) -> Option<Diagnostic> {
    let chunk = site.chunk();
    let mut parts = Vec::new();
    let id = match site.node() {
        Some(mut at) => {
            while let Expr::Binary { op: BinOp::Concat, lhs, rhs, .. } = chunk.expr(at) {
                parts.push(lhs);
                at = rhs;
            }
            parts.push(at);
            parts.get(bad).copied().filter(|_| parts.len() == count)?
        }
        // `target ..= value`
        None => {
            let (target, added) = site.compound()?;
            if bad == 0 { target } else { added }
        }
    };
    let found = report(chunk.expr_span(id), sentence(site, id, value));
    let found = meant(site, id, value, found);
    Some(match value {
        value if value.is_nil() || !found.help.is_empty() => found,
        value if value.as_table().is_some() => found.with_help(
            "`table.concat(t, separator)` joins the items of a list, `tostring(t)` names it",
        ),
        _ => found.with_help("`tostring(x)` makes a string of any value"),
    })
}

/// `a < b` of values that have no order.
pub fn comparison(site: &ErrorSite) -> Option<Diagnostic> {
    let operands = operands_of(site)?;
    let chunk = site.chunk();
    let label = |id: ExprId, value: Value| match site.origin(id) {
        Some(origin) => format!("{origin} is {}", described(site.vm, value)),
        None => described(site.vm, value),
    };
    let &[(left, a), (right, b)] = &operands[..] else { return None };
    let found = report(chunk.expr_span(left), label(left, a));
    let found = found.with_secondary(chunk.expr_span(right), label(right, b));
    let (text, number) = if a.is_string() { (a, b) } else { (b, a) };
    Some(if a.is_nil() || b.is_nil() {
        meant(site, if a.is_nil() { left } else { right }, Value::NIL, found)
    } else if text.is_string() && number.is_number() && text.to_number().is_some() {
        found.with_help(format!("`tonumber({})` is a number", shown(site.vm, text)))
    } else if a.as_table().is_some() && b.as_table().is_some() {
        metamethod(found, a, "__lt")
    } else {
        found
    })
}
