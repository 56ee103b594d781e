//! What a message means at its place: which part of the expression is at fault, what its values
//! are, where they come from, and what might have been meant.
//!
//! PUC's words tell which kind of error it is; the tree tells the parts, the machine their values.
//! Whatever does not fit together is left out.

use luka_compiler::Span;
use luka_compiler::ast::{BinOp, Expr, ExprId, Stmt, UnOp};
use luka_compiler::check::{foreign_name, similar};
use luka_compiler::diag::{Code, Diagnostic};
use luka_vm::debug::Activation;
use luka_vm::{Gc, Thread, Value};

use super::error_site::ErrorSite;
use super::native_call;
use super::show::{article, described, kind, shown, text};

/// The report, if more is known than the message says. `raiser` is the function above the place,
/// if the error is not of the place itself.
pub fn explain(
    site: &ErrorSite,
    message: &str,
    raiser: Option<(Gc<Thread>, Activation)>,
) -> Option<Diagnostic> {
    let attempt = message.strip_prefix("attempt to ");
    if let Some(raiser) = raiser
        && let Some(found) = native_call::explain(site, message, raiser)
    {
        return Some(found);
    }
    if let Some(rest) = message.strip_prefix("bad 'for' ") {
        return for_value(site, rest);
    }
    if message.starts_with("number") && message.ends_with("has no integer representation") {
        return operands(site, |_, value| value.as_float().is_some_and(|x| x.fract() != 0.0));
    }
    let attempt = attempt?;
    if attempt.starts_with("compare ") {
        return comparison(site);
    }
    if attempt == "divide by zero" || attempt == "perform 'n%0'" {
        return operands(site, |right, _| right);
    }
    if attempt.contains(" a '") && attempt.contains("' with a '") {
        // Of two operands that would be numbers if the strings spelled some, one does not.
        return operands(site, |_, value| value.to_number().is_none());
    }
    let (op, rest) = split_type(attempt)?;
    match op {
        "index" => index(site, rest),
        "call" => call(site, rest),
        "get length of" => length(site, rest),
        "concatenate" => concatenation(site),
        "perform arithmetic on" | "perform bitwise operation on" => arithmetic(site, op, rest),
        _ => None,
    }
}

/// Splits "index a nil value (local 'x')" in the deed and the type.
fn split_type(attempt: &str) -> Option<(&str, &str)> {
    let (op, rest) = attempt.split_once(" a ")?;
    let end = rest.find(" value")?;
    Some((op, &rest[..end]))
}

fn report(span: Span, label: impl Into<String>) -> Diagnostic {
    Diagnostic::new(Code::Runtime, span, "").with_label(label)
}

/// `x.y` with `x` nil, or another value without fields.
fn index(site: &ErrorSite, of_type: &str) -> Option<Diagnostic> {
    let chunk = site.chunk();
    let node = site.node().or_else(|| site.method_at())?;
    let object = match chunk.expr(node) {
        Expr::Field { object, .. } | Expr::Index { object, .. } => object,
        Expr::MethodCall(call) => chunk.method_call(call).object,
        _ => return None,
    };
    let value = site.doing().and_then(|d| d.values.first().copied());
    let value = value.filter(|v| site.vm.type_name_of(*v) == of_type.as_bytes());
    let found = report(chunk.expr_span(object), sentence(site, object, of_type, value));
    Some(if of_type == "nil" { meant(site, object, found) } else { found })
}

/// "`config.port` is nil: field `port` of local `config`".
fn sentence(site: &ErrorSite, id: ExprId, of_type: &str, value: Option<Value>) -> String {
    let chunk = site.chunk();
    let is = match value {
        Some(value) if !value.is_nil() => described(site.vm, value),
        _ if of_type == "nil" => "nil".to_string(),
        _ => article(of_type),
    };
    match chunk.expr(id) {
        Expr::Call { .. } | Expr::MethodCall(_) => {
            return match site.written(id) {
                Some(call) => format!("{call} returned {is}"),
                None => format!("this call returned {is}"),
            };
        }
        Expr::Name(_) => {
            let origin = site.origin(id).or_else(|| site.written(id));
            return format!("{} is {is}", origin.as_deref().unwrap_or("this"));
        }
        _ => {}
    }
    let written = site.written(id);
    let what = written.as_deref().unwrap_or("this");
    match site.origin(id) {
        Some(origin) => format!("{what} is {is}: {origin}"),
        None => format!("{what} is {is}"),
    }
}

/// What a variable or field that is nil was perhaps meant to be.
fn meant(site: &ErrorSite, id: ExprId, found: Diagnostic) -> Diagnostic {
    let chunk = site.chunk();
    match chunk.expr(id) {
        Expr::Name(name) => {
            let name = site.name_bytes(name);
            if !matches!(site.variable(name), Some(("global", _))) {
                return found;
            }
            let mut known = match &site.level {
                Some((_, level)) => site.vm.visible_names(level),
                None => Vec::new(),
            };
            if let Some(globals) = site.globals() {
                known.extend(site.fields(globals.into()));
            }
            did_you_mean(found, name, name, &known)
        }
        Expr::Field { object, name } => {
            let Some(owner) = site.value(object) else { return found };
            let name = site.name_bytes(name);
            field_meant(site, found, chunk.expr(object), owner, name)
        }
        _ => found,
    }
}

/// The same of a field `name` of `owner`.
fn field_meant(
    site: &ErrorSite,
    found: Diagnostic,
    object: Expr,
    owner: Value,
    name: &[u8],
) -> Diagnostic {
    let qualified = match object {
        Expr::Name(library) => [site.name_bytes(library), b".", name].concat(),
        _ if owner.is_string() => [b"string.", name].concat(),
        _ => name.to_vec(),
    };
    did_you_mean(found, name, &qualified, &site.fields(owner))
}

fn did_you_mean(found: Diagnostic, name: &[u8], qualified: &[u8], known: &[Vec<u8>]) -> Diagnostic {
    // What languages near this one call something has precedence over a look-alike.
    if let Some(advice) = foreign_name(qualified) {
        return found.with_help(advice);
    }
    match similar(name, known.iter().map(Vec::as_slice)) {
        Some(near) => found.with_help(format!("did you mean `{}`?", text(near))),
        None => found,
    }
}

/// `f()` with `f` nil.
fn call(site: &ErrorSite, of_type: &str) -> Option<Diagnostic> {
    let chunk = site.chunk();
    if let Some(found) = iterator(site, of_type) {
        return Some(found);
    }
    let node = site.node()?;
    match chunk.expr(node) {
        Expr::Call { callee, line_at, .. } => {
            let value = site.doing().and_then(|d| d.values.first().copied());
            let value = value.filter(|v| site.vm.type_name_of(*v) == of_type.as_bytes());
            let span = chunk.expr_span(callee);
            let label = sentence(site, callee, of_type, value);
            let mut found = report(span, label);
            if of_type == "nil" {
                found = meant(site, callee, found);
            }
            if site.source.line(line_at) > site.source.line(span.end) {
                let at = Span::new(line_at, line_at + 1);
                found = found
                    .with_secondary(at, "this continues the expression above")
                    .with_help("a `;` in front of it begins a new statement");
            }
            Some(found)
        }
        Expr::MethodCall(call) => {
            let call = chunk.method_call(call);
            let name = site.name_bytes(call.name);
            let is = if of_type == "nil" { "nil".to_string() } else { article(of_type) };
            let owner = site.origin(call.object).or_else(|| site.written(call.object));
            let label = match owner {
                Some(owner) => format!("method `{}` of {owner} is {is}", text(name)),
                None => format!("method `{}` is {is}", text(name)),
            };
            let found = report(call.name_span, label);
            match site.value(call.object) {
                Some(owner) if of_type == "nil" => {
                    let object = chunk.expr(call.object);
                    let found = field_meant(site, found, object, owner, name);
                    let found = match foreign_name(&[b"string.", name].concat()) {
                        Some(advice) if owner.is_string() && found.help.is_empty() => {
                            found.with_help(advice)
                        }
                        _ => found,
                    };
                    let span = chunk.expr_span(call.object);
                    Some(found.with_secondary(span, described(site.vm, owner)))
                }
                _ => Some(found),
            }
        }
        _ => None,
    }
}

/// `for … in t do`.
fn iterator(site: &ErrorSite, of_type: &str) -> Option<Diagnostic> {
    let chunk = site.chunk();
    let loop_ = chunk.generic_fors.iter().find(|node| {
        let mut values = chunk.list(node.values).map(|id| chunk.expr_span(id));
        let first = values.next().unwrap_or(Span::NONE);
        let last = values.next_back().unwrap_or(first);
        Span::new(first.start, last.end) == site.span
    })?;
    let first = chunk.list_get(loop_.values, 0)?;
    let value = site.doing().and_then(|d| d.values.first().copied());
    let value = value.filter(|v| site.vm.type_name_of(*v) == of_type.as_bytes());
    // The first value of a call is not what the call is.
    let label = match chunk.expr(first) {
        Expr::Call { .. } | Expr::MethodCall(_) => {
            let what = value.map_or(article(of_type), |v| described(site.vm, v));
            format!("this gave {what}, and a loop needs a function to call")
        }
        _ => sentence(site, first, of_type, value),
    };
    let mut found = report(chunk.expr_span(first), label);
    if value.is_some_and(|v| v.as_table().is_some())
        && let Some(written) = site.written(first)
    {
        let bare = written.trim_matches('`');
        found = found.with_help(format!(
            "a table is walked with `pairs({bare})`, a list in order with `ipairs({bare})`"
        ));
    } else if of_type == "nil" {
        found = meant(site, first, found);
    }
    Some(found)
}

/// `#x`.
fn length(site: &ErrorSite, of_type: &str) -> Option<Diagnostic> {
    let chunk = site.chunk();
    let Expr::Unary { op: UnOp::Len, operand } = chunk.expr(site.node()?) else { return None };
    let value = site.doing().and_then(|d| d.values.first().copied());
    let value = value.filter(|v| site.vm.type_name_of(*v) == of_type.as_bytes());
    let found = report(chunk.expr_span(operand), sentence(site, operand, of_type, value));
    Some(if of_type == "nil" { meant(site, operand, found) } else { found })
}

/// The value of a constant that is written out.
fn constant(site: &ErrorSite, id: ExprId) -> Option<Value> {
    match site.chunk().expr(id) {
        Expr::Name(_) | Expr::Field { .. } | Expr::Index { .. } => None,
        _ => site.value(id),
    }
}

/// The operands of the operator at fault with their values, in the order of the text.
fn operands_of(site: &ErrorSite) -> Option<Vec<(ExprId, Option<Value>)>> {
    let chunk = site.chunk();
    let doing = site.doing();
    let values = doing.as_ref().map_or(&[][..], |d| &d.values);
    let Some(node) = site.node() else {
        // `target op= value`
        let (target, value) = site.compound()?;
        let (left, right) = match values {
            [a, b] => (Some(*a), Some(*b)),
            [a] => (Some(*a), constant(site, value)),
            _ => (None, None),
        };
        return Some(vec![(target, left), (value, right)]);
    };
    match chunk.expr(node) {
        Expr::Unary { operand, .. } => Some(vec![(operand, values.first().copied())]),
        Expr::Binary { op, lhs, rhs, .. } => {
            let turned = matches!(op, BinOp::Gt | BinOp::Ge);
            let (left, right) = match values {
                // The right operand of `a > b` is the left one of `b < a`.
                [a, b] if turned => (Some(*b), Some(*a)),
                [a, b] => (Some(*a), Some(*b)),
                [one] => {
                    let swapped = doing.as_ref().is_some_and(|d| d.swapped);
                    if swapped != turned {
                        (constant(site, lhs), Some(*one))
                    } else {
                        (Some(*one), constant(site, rhs))
                    }
                }
                _ => (None, None),
            };
            Some(vec![(lhs, left), (rhs, right)])
        }
        _ => None,
    }
}

/// An operator, the first operand for which `bad` (is it the right one, its value) holds at fault.
fn operands(site: &ErrorSite, bad: impl Fn(bool, Value) -> bool) -> Option<Diagnostic> {
    let operands = operands_of(site)?;
    let is_bad = |&(i, (_, value)): &(usize, &(ExprId, Option<Value>))| {
        value.is_some_and(|value| bad(i == 1, value))
    };
    let blamed = operands.iter().enumerate().find(is_bad)?.0;
    Some(with_operands(site, &operands, blamed))
}

/// The report of an operator: what the blamed operand is, and the values of the others.
fn with_operands(
    site: &ErrorSite,
    operands: &[(ExprId, Option<Value>)],
    blamed: usize,
) -> Diagnostic {
    let chunk = site.chunk();
    let (id, value) = operands[blamed];
    let of_type = value.map_or(Vec::new(), |v| site.vm.type_name_of(v));
    let label = sentence(site, id, &text(&of_type), value);
    let mut found = report(chunk.expr_span(id), label);
    for (i, &(id, value)) in operands.iter().enumerate() {
        let constant = matches!(
            chunk.expr(id),
            Expr::Int(_) | Expr::Float(_) | Expr::Str(_) | Expr::Nil | Expr::True | Expr::False
        );
        if let Some(value) = value.filter(|_| i != blamed && !constant) {
            found = found.with_secondary(chunk.expr_span(id), described(site.vm, value));
        }
    }
    match value {
        Some(value) if value.is_nil() => meant(site, id, found),
        _ => found,
    }
}

/// `a + b` with an operand that is no number.
fn arithmetic(site: &ErrorSite, op: &str, of_type: &str) -> Option<Diagnostic> {
    let named = |value: Value| site.vm.type_name_of(value) == of_type.as_bytes();
    let found = operands(site, |_, value| !value.is_number() && named(value));
    let found = found.or_else(|| {
        // Nothing is known of the values: of two operands a constant is not to blame.
        let operands = operands_of(site)?;
        let plain = |id: ExprId| !matches!(site.chunk().expr(id), Expr::Int(_) | Expr::Float(_));
        let mut candidates = operands.iter().filter(|(id, _)| plain(*id));
        let (id, _) = *candidates.next()?;
        if candidates.next().is_some() {
            return None;
        }
        Some(report(site.chunk().expr_span(id), sentence(site, id, of_type, None)))
    })?;
    let text_operand = of_type == "string" && op == "perform arithmetic on";
    Some(if text_operand && found.help.is_empty() {
        found.with_help(
            "`tonumber` turns a text that spells a number into one, and gives nil of others",
        )
    } else {
        found
    })
}

/// `a .. b .. c` with a part that is neither string nor number.
fn concatenation(site: &ErrorSite) -> Option<Diagnostic> {
    let chunk = site.chunk();
    let values = site.doing().map_or(Vec::new(), |d| d.values);
    let mut parts = Vec::new();
    let mut at = site.node()?;
    while let Expr::Binary { op: BinOp::Concat, lhs, rhs, .. } = chunk.expr(at) {
        parts.push(lhs);
        at = rhs;
    }
    parts.push(at);
    if parts.len() != values.len() {
        return None;
    }
    // Joined from the right: what is left of the first fault has not been looked at.
    let bad = values.iter().rposition(|v| !v.is_string() && !v.is_number())?;
    let (id, value) = (parts[bad], values[bad]);
    let of_type = text(&site.vm.type_name_of(value));
    let found = report(chunk.expr_span(id), sentence(site, id, &of_type, Some(value)));
    Some(match value {
        value if value.is_nil() => meant(site, id, found),
        value if value.as_table().is_some() => {
            found.with_help("`table.concat(t, separator)` joins the items of a list")
        }
        _ => found.with_help("`tostring(x)` makes a string of any value"),
    })
}

/// `a < b` of values that have no order.
fn comparison(site: &ErrorSite) -> Option<Diagnostic> {
    let operands = operands_of(site)?;
    let chunk = site.chunk();
    let mut known = operands.iter().filter_map(|&(id, value)| Some((id, value?)));
    let label = |id: ExprId, value: Value| match site.origin(id) {
        Some(origin) => format!("{origin} is {}", described(site.vm, value)),
        None => described(site.vm, value),
    };
    let (left, a) = known.next()?;
    let found = report(chunk.expr_span(left), label(left, a));
    let Some((right, b)) = known.next() else {
        return Some(if a.is_nil() { meant(site, left, found) } else { found });
    };
    let found = found.with_secondary(chunk.expr_span(right), label(right, b));
    let (text, number) = if a.is_string() { (a, b) } else { (b, a) };
    Some(if a.is_nil() || b.is_nil() {
        meant(site, if a.is_nil() { left } else { right }, found)
    } else if text.is_string() && number.is_number() && text.to_number().is_some() {
        found.with_help(format!("`tonumber({})` is a number", shown(site.vm, text)))
    } else {
        found
    })
}

/// A `for` over numbers.
fn for_value(site: &ErrorSite, rest: &str) -> Option<Diagnostic> {
    let chunk = site.chunk();
    let node = chunk.stmts.iter().find_map(|stmt| match stmt {
        Stmt::NumericFor(id) => {
            let node = chunk.numeric_for(*id);
            let last = node.step.unwrap_or(node.limit);
            let span = Span::new(chunk.expr_span(node.start).start, chunk.expr_span(last).end);
            (span == site.span).then_some(node)
        }
        _ => None,
    })?;
    let values = site.doing().map_or(Vec::new(), |d| d.values);
    let (id, at) = match rest.split_once(" (")?.0 {
        "limit" => (node.limit, 1),
        "step" => (node.step?, 2),
        _ => (node.start, 0),
    };
    let of_type = rest.rsplit_once("got ")?.1.trim_end_matches(')');
    let value = values.get(at).copied();
    let value = value.filter(|v| site.vm.type_name_of(*v) == of_type.as_bytes());
    let found = report(chunk.expr_span(id), sentence(site, id, of_type, value));
    Some(match value {
        Some(value) if value.is_nil() => meant(site, id, found),
        Some(value) if value.as_table().is_some() => match site.written(id) {
            Some(written) => {
                found.with_help(format!("its length is `#{}`", written.trim_matches('`')))
            }
            None => found,
        },
        Some(value) if value.is_string() => {
            found.with_help("a loop takes no strings for numbers; write `tonumber(…)`")
        }
        _ => found,
    })
}

/// What to write about a value given as an argument.
pub fn argument_sentence(site: &ErrorSite, id: ExprId, value: Value) -> String {
    match site.chunk().expr(id) {
        Expr::Nil | Expr::True | Expr::False | Expr::Int(_) | Expr::Float(_) | Expr::Str(_) => {
            format!("this is {}", kind(site.vm, value))
        }
        Expr::Table(_) | Expr::Function(_) => format!("this is {}", kind(site.vm, value)),
        _ => sentence(site, id, &text(&site.vm.type_name_of(value)), Some(value)),
    }
}

/// The suggestions for an argument that is nil.
pub fn argument_meant(site: &ErrorSite, id: ExprId, found: Diagnostic) -> Diagnostic {
    meant(site, id, found)
}
