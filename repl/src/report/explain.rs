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

use super::native_call;
use super::scene::Scene;
use super::show::{article, described, kind, shown, text};

/// The report, if more is known than the message says. `raiser` is the function above the place,
/// if the error is not of the place itself.
pub fn explain(
    scene: &Scene,
    message: &str,
    raiser: Option<(Gc<Thread>, Activation)>,
) -> Option<Diagnostic> {
    let attempt = message.strip_prefix("attempt to ");
    if let Some(raiser) = raiser
        && let Some(found) = native_call::explain(scene, message, raiser)
    {
        return Some(found);
    }
    if let Some(rest) = message.strip_prefix("bad 'for' ") {
        return for_value(scene, rest);
    }
    if message.starts_with("number") && message.ends_with("has no integer representation") {
        return operands(scene, |_, value| value.as_float().is_some_and(|x| x.fract() != 0.0));
    }
    let attempt = attempt?;
    if attempt.starts_with("compare ") {
        return comparison(scene);
    }
    if attempt == "divide by zero" || attempt == "perform 'n%0'" {
        return operands(scene, |right, _| right);
    }
    if attempt.contains(" a '") && attempt.contains("' with a '") {
        // Of two operands that would be numbers if the strings spelled some, one does not.
        return operands(scene, |_, value| value.to_number().is_none());
    }
    let (op, rest) = split_type(attempt)?;
    match op {
        "index" => index(scene, rest),
        "call" => call(scene, rest),
        "get length of" => length(scene, rest),
        "concatenate" => concatenation(scene),
        "perform arithmetic on" | "perform bitwise operation on" => arithmetic(scene, op, rest),
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
fn index(scene: &Scene, of_type: &str) -> Option<Diagnostic> {
    let chunk = scene.chunk();
    let node = scene.node().or_else(|| scene.method_at())?;
    let object = match chunk.expr(node) {
        Expr::Field { object, .. } | Expr::Index { object, .. } => object,
        Expr::MethodCall(call) => chunk.method_call(call).object,
        _ => return None,
    };
    let value = scene.doing().and_then(|d| d.values.first().copied());
    let value = value.filter(|v| scene.vm.type_name_of(*v) == of_type.as_bytes());
    let found = report(chunk.expr_span(object), sentence(scene, object, of_type, value));
    Some(if of_type == "nil" { meant(scene, object, found) } else { found })
}

/// "`config.port` is nil: field `port` of local `config`".
fn sentence(scene: &Scene, id: ExprId, of_type: &str, value: Option<Value>) -> String {
    let chunk = scene.chunk();
    let is = match value {
        Some(value) if !value.is_nil() => described(scene.vm, value),
        _ if of_type == "nil" => "nil".to_string(),
        _ => article(of_type),
    };
    match chunk.expr(id) {
        Expr::Call { .. } | Expr::MethodCall(_) => {
            return match scene.written(id) {
                Some(call) => format!("{call} returned {is}"),
                None => format!("this call returned {is}"),
            };
        }
        Expr::Name(_) => {
            let origin = scene.origin(id).or_else(|| scene.written(id));
            return format!("{} is {is}", origin.as_deref().unwrap_or("this"));
        }
        _ => {}
    }
    let written = scene.written(id);
    let what = written.as_deref().unwrap_or("this");
    match scene.origin(id) {
        Some(origin) => format!("{what} is {is}: {origin}"),
        None => format!("{what} is {is}"),
    }
}

/// What a variable or field that is nil was perhaps meant to be.
fn meant(scene: &Scene, id: ExprId, found: Diagnostic) -> Diagnostic {
    let chunk = scene.chunk();
    match chunk.expr(id) {
        Expr::Name(name) => {
            let name = scene.name_bytes(name);
            if !matches!(scene.variable(name), Some(("global", _))) {
                return found;
            }
            let mut known = match &scene.level {
                Some((_, level)) => scene.vm.visible_names(level),
                None => Vec::new(),
            };
            if let Some(globals) = scene.globals() {
                known.extend(scene.fields(globals.into()));
            }
            did_you_mean(found, name, name, &known)
        }
        Expr::Field { object, name } => {
            let Some(owner) = scene.value(object) else { return found };
            let name = scene.name_bytes(name);
            field_meant(scene, found, chunk.expr(object), owner, name)
        }
        _ => found,
    }
}

/// The same of a field `name` of `owner`.
fn field_meant(
    scene: &Scene,
    found: Diagnostic,
    object: Expr,
    owner: Value,
    name: &[u8],
) -> Diagnostic {
    let qualified = match object {
        Expr::Name(library) => [scene.name_bytes(library), b".", name].concat(),
        _ if owner.is_string() => [b"string.", name].concat(),
        _ => name.to_vec(),
    };
    did_you_mean(found, name, &qualified, &scene.fields(owner))
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
fn call(scene: &Scene, of_type: &str) -> Option<Diagnostic> {
    let chunk = scene.chunk();
    if let Some(found) = iterator(scene, of_type) {
        return Some(found);
    }
    let node = scene.node()?;
    match chunk.expr(node) {
        Expr::Call { callee, line_at, .. } => {
            let value = scene.doing().and_then(|d| d.values.first().copied());
            let value = value.filter(|v| scene.vm.type_name_of(*v) == of_type.as_bytes());
            let span = chunk.expr_span(callee);
            let label = sentence(scene, callee, of_type, value);
            let mut found = report(span, label);
            if of_type == "nil" {
                found = meant(scene, callee, found);
            }
            if scene.source.line(line_at) > scene.source.line(span.end) {
                let at = Span::new(line_at, line_at + 1);
                found = found
                    .with_secondary(at, "this continues the expression above")
                    .with_help("a `;` in front of it begins a new statement");
            }
            Some(found)
        }
        Expr::MethodCall(call) => {
            let call = chunk.method_call(call);
            let name = scene.name_bytes(call.name);
            let is = if of_type == "nil" { "nil".to_string() } else { article(of_type) };
            let owner = scene.origin(call.object).or_else(|| scene.written(call.object));
            let label = match owner {
                Some(owner) => format!("method `{}` of {owner} is {is}", text(name)),
                None => format!("method `{}` is {is}", text(name)),
            };
            let found = report(call.name_span, label);
            match scene.value(call.object) {
                Some(owner) if of_type == "nil" => {
                    let object = chunk.expr(call.object);
                    let found = field_meant(scene, found, object, owner, name);
                    let found = match foreign_name(&[b"string.", name].concat()) {
                        Some(advice) if owner.is_string() && found.help.is_empty() => {
                            found.with_help(advice)
                        }
                        _ => found,
                    };
                    let span = chunk.expr_span(call.object);
                    Some(found.with_secondary(span, described(scene.vm, owner)))
                }
                _ => Some(found),
            }
        }
        _ => None,
    }
}

/// `for … in t do`.
fn iterator(scene: &Scene, of_type: &str) -> Option<Diagnostic> {
    let chunk = scene.chunk();
    let loop_ = chunk.generic_fors.iter().find(|node| {
        let mut values = chunk.list(node.values).map(|id| chunk.expr_span(id));
        let first = values.next().unwrap_or(Span::NONE);
        let last = values.next_back().unwrap_or(first);
        Span::new(first.start, last.end) == scene.span
    })?;
    let first = chunk.list_get(loop_.values, 0)?;
    let value = scene.doing().and_then(|d| d.values.first().copied());
    let value = value.filter(|v| scene.vm.type_name_of(*v) == of_type.as_bytes());
    // The first value of a call is not what the call is.
    let label = match chunk.expr(first) {
        Expr::Call { .. } | Expr::MethodCall(_) => {
            let what = value.map_or(article(of_type), |v| described(scene.vm, v));
            format!("this gave {what}, and a loop needs a function to call")
        }
        _ => sentence(scene, first, of_type, value),
    };
    let mut found = report(chunk.expr_span(first), label);
    if value.is_some_and(|v| v.as_table().is_some())
        && let Some(written) = scene.written(first)
    {
        let bare = written.trim_matches('`');
        found = found.with_help(format!(
            "a table is walked with `pairs({bare})`, a list in order with `ipairs({bare})`"
        ));
    } else if of_type == "nil" {
        found = meant(scene, first, found);
    }
    Some(found)
}

/// `#x`.
fn length(scene: &Scene, of_type: &str) -> Option<Diagnostic> {
    let chunk = scene.chunk();
    let Expr::Unary { op: UnOp::Len, operand } = chunk.expr(scene.node()?) else { return None };
    let value = scene.doing().and_then(|d| d.values.first().copied());
    let value = value.filter(|v| scene.vm.type_name_of(*v) == of_type.as_bytes());
    let found = report(chunk.expr_span(operand), sentence(scene, operand, of_type, value));
    Some(if of_type == "nil" { meant(scene, operand, found) } else { found })
}

/// The value of a constant that is written out.
fn constant(scene: &Scene, id: ExprId) -> Option<Value> {
    match scene.chunk().expr(id) {
        Expr::Name(_) | Expr::Field { .. } | Expr::Index { .. } => None,
        _ => scene.value(id),
    }
}

/// The operands of the operator at fault with their values, in the order of the text.
fn operands_of(scene: &Scene) -> Option<Vec<(ExprId, Option<Value>)>> {
    let chunk = scene.chunk();
    let doing = scene.doing();
    let values = doing.as_ref().map_or(&[][..], |d| &d.values);
    let Some(node) = scene.node() else {
        // `target op= value`
        let (target, value) = scene.compound()?;
        let (left, right) = match values {
            [a, b] => (Some(*a), Some(*b)),
            [a] => (Some(*a), constant(scene, value)),
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
                        (constant(scene, lhs), Some(*one))
                    } else {
                        (Some(*one), constant(scene, rhs))
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
fn operands(scene: &Scene, bad: impl Fn(bool, Value) -> bool) -> Option<Diagnostic> {
    let operands = operands_of(scene)?;
    let is_bad = |&(i, (_, value)): &(usize, &(ExprId, Option<Value>))| {
        value.is_some_and(|value| bad(i == 1, value))
    };
    let blamed = operands.iter().enumerate().find(is_bad)?.0;
    Some(with_operands(scene, &operands, blamed))
}

/// The report of an operator: what the blamed operand is, and the values of the others.
fn with_operands(scene: &Scene, operands: &[(ExprId, Option<Value>)], blamed: usize) -> Diagnostic {
    let chunk = scene.chunk();
    let (id, value) = operands[blamed];
    let of_type = value.map_or(Vec::new(), |v| scene.vm.type_name_of(v));
    let label = sentence(scene, id, &text(&of_type), value);
    let mut found = report(chunk.expr_span(id), label);
    for (i, &(id, value)) in operands.iter().enumerate() {
        let constant = matches!(
            chunk.expr(id),
            Expr::Int(_) | Expr::Float(_) | Expr::Str(_) | Expr::Nil | Expr::True | Expr::False
        );
        if let Some(value) = value.filter(|_| i != blamed && !constant) {
            found = found.with_secondary(chunk.expr_span(id), described(scene.vm, value));
        }
    }
    match value {
        Some(value) if value.is_nil() => meant(scene, id, found),
        _ => found,
    }
}

/// `a + b` with an operand that is no number.
fn arithmetic(scene: &Scene, op: &str, of_type: &str) -> Option<Diagnostic> {
    let named = |value: Value| scene.vm.type_name_of(value) == of_type.as_bytes();
    let found = operands(scene, |_, value| !value.is_number() && named(value));
    let found = found.or_else(|| {
        // Nothing is known of the values: of two operands a constant is not to blame.
        let operands = operands_of(scene)?;
        let plain = |id: ExprId| !matches!(scene.chunk().expr(id), Expr::Int(_) | Expr::Float(_));
        let mut candidates = operands.iter().filter(|(id, _)| plain(*id));
        let (id, _) = *candidates.next()?;
        if candidates.next().is_some() {
            return None;
        }
        Some(report(scene.chunk().expr_span(id), sentence(scene, id, of_type, None)))
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
fn concatenation(scene: &Scene) -> Option<Diagnostic> {
    let chunk = scene.chunk();
    let values = scene.doing().map_or(Vec::new(), |d| d.values);
    let mut parts = Vec::new();
    let mut at = scene.node()?;
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
    let of_type = text(&scene.vm.type_name_of(value));
    let found = report(chunk.expr_span(id), sentence(scene, id, &of_type, Some(value)));
    Some(match value {
        value if value.is_nil() => meant(scene, id, found),
        value if value.as_table().is_some() => {
            found.with_help("`table.concat(t, separator)` joins the items of a list")
        }
        _ => found.with_help("`tostring(x)` makes a string of any value"),
    })
}

/// `a < b` of values that have no order.
fn comparison(scene: &Scene) -> Option<Diagnostic> {
    let operands = operands_of(scene)?;
    let chunk = scene.chunk();
    let mut known = operands.iter().filter_map(|&(id, value)| Some((id, value?)));
    let label = |id: ExprId, value: Value| match scene.origin(id) {
        Some(origin) => format!("{origin} is {}", described(scene.vm, value)),
        None => described(scene.vm, value),
    };
    let (left, a) = known.next()?;
    let found = report(chunk.expr_span(left), label(left, a));
    let Some((right, b)) = known.next() else {
        return Some(if a.is_nil() { meant(scene, left, found) } else { found });
    };
    let found = found.with_secondary(chunk.expr_span(right), label(right, b));
    let (text, number) = if a.is_string() { (a, b) } else { (b, a) };
    Some(if a.is_nil() || b.is_nil() {
        meant(scene, if a.is_nil() { left } else { right }, found)
    } else if text.is_string() && number.is_number() && text.to_number().is_some() {
        found.with_help(format!("`tonumber({})` is a number", shown(scene.vm, text)))
    } else {
        found
    })
}

/// A `for` over numbers.
fn for_value(scene: &Scene, rest: &str) -> Option<Diagnostic> {
    let chunk = scene.chunk();
    let node = chunk.stmts.iter().find_map(|stmt| match stmt {
        Stmt::NumericFor(id) => {
            let node = chunk.numeric_for(*id);
            let last = node.step.unwrap_or(node.limit);
            let span = Span::new(chunk.expr_span(node.start).start, chunk.expr_span(last).end);
            (span == scene.span).then_some(node)
        }
        _ => None,
    })?;
    let values = scene.doing().map_or(Vec::new(), |d| d.values);
    let (id, at) = match rest.split_once(" (")?.0 {
        "limit" => (node.limit, 1),
        "step" => (node.step?, 2),
        _ => (node.start, 0),
    };
    let of_type = rest.rsplit_once("got ")?.1.trim_end_matches(')');
    let value = values.get(at).copied();
    let value = value.filter(|v| scene.vm.type_name_of(*v) == of_type.as_bytes());
    let found = report(chunk.expr_span(id), sentence(scene, id, of_type, value));
    Some(match value {
        Some(value) if value.is_nil() => meant(scene, id, found),
        Some(value) if value.as_table().is_some() => match scene.written(id) {
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
pub fn argument_sentence(scene: &Scene, id: ExprId, value: Value) -> String {
    match scene.chunk().expr(id) {
        Expr::Nil | Expr::True | Expr::False | Expr::Int(_) | Expr::Float(_) | Expr::Str(_) => {
            format!("this is {}", kind(scene.vm, value))
        }
        Expr::Table(_) | Expr::Function(_) => format!("this is {}", kind(scene.vm, value)),
        _ => sentence(scene, id, &text(&scene.vm.type_name_of(value)), Some(value)),
    }
}

/// The suggestions for an argument that is nil.
pub fn argument_meant(scene: &Scene, id: ExprId, found: Diagnostic) -> Diagnostic {
    meant(scene, id, found)
}
