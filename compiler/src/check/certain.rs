//! Operations that always fail, by what is certainly known of their operands.

use super::values::{Known, Values};
use super::{Context, foreign_method, lint, similar};
use crate::ast::{BinOp, Expr, ExprId, Stmt, UnOp};
use crate::diag::{Code, Diagnostic};
use crate::{Span, Sym};

pub(super) fn check(cx: &mut Context, values: &Values) {
    for (id, expr) in cx.exprs() {
        if values.expects_error(cx.chunk.expr_span(id)) {
            continue;
        }
        match expr {
            Expr::Binary { .. } | Expr::Unary { .. } if values.unusual => {}
            Expr::Binary { op, lhs, rhs, .. } => binary(cx, values, id, op, lhs, rhs),
            Expr::Unary { op, operand } => unary(cx, values, op, operand),
            Expr::Field { object, name } => field(cx, values, id, object, Some(name)),
            Expr::Index { object, .. } => field(cx, values, id, object, None),
            Expr::MethodCall(call) => method(cx, values, call),
            Expr::Call { callee, args, .. } => {
                let args: Vec<ExprId> = cx.chunk.list(args).collect();
                call(cx, values, callee, &args);
            }
            _ => {}
        }
    }
    for (_, stmt) in cx.stmts() {
        match stmt {
            Stmt::GenericFor(id) => {
                let values_of_loop = cx.chunk.generic_for(id).values;
                if let Some(first) = cx.chunk.list_get(values_of_loop, 0) {
                    iterator(cx, values, first);
                }
            }
            Stmt::NumericFor(id) => {
                let node = cx.chunk.numeric_for(id);
                for bound in [Some(node.start), Some(node.limit), node.step].into_iter().flatten() {
                    loop_bound(cx, values, bound);
                }
            }
            _ => {}
        }
    }
}

/// "`x` is nil".
fn fact(cx: &Context, id: ExprId, known: Known) -> String {
    let is = known.text();
    match cx.chunk.expr(id) {
        Expr::Nil | Expr::Str(_) | Expr::Table(_) | Expr::Function(_) => format!("this is {is}"),
        Expr::Call { .. } => format!("{} returns {is}", cx.quoted(id)),
        Expr::Field { object, name } => {
            let name = cx.text(name);
            format!("{} is {is}: {} has no field `{name}`", cx.quoted(id), cx.quoted(object))
        }
        _ => format!("{} is {is}", cx.quoted(id)),
    }
}

fn failure(cx: &Context, values: &Values, id: ExprId, known: Known, what: &str) -> Diagnostic {
    let found = lint(Code::CertainError, cx.chunk.expr_span(id), what);
    let found = found.with_label(fact(cx, id, known));
    let found = declaration(cx, id, found);
    // `t.length`
    match cx.chunk.expr(id) {
        Expr::Field { name, .. }
            if matches!(cx.bytes(name), b"length" | b"len" | b"size" | b"count") =>
        {
            found.with_help("the length of a list is `#t`")
        }
        Expr::Field { object, name } => match near_field(cx, values, object, name) {
            Some(near) => found.with_help(format!("did you mean `{near}`?")),
            None => found,
        },
        Expr::Name(_) if known == Known::Function => {
            let text = cx.quoted(id);
            let text = text.trim_matches('`');
            found.with_help(format!("a function is called with parentheses: `{text}()`"))
        }
        _ => found,
    }
}

/// The field of a table with a similar name.
fn near_field(cx: &Context, values: &Values, object: ExprId, name: Sym) -> Option<String> {
    let mut fields: Vec<&[u8]> =
        values.table(cx, object)?.fields.iter().map(|&field| cx.bytes(field)).collect();
    fields.sort_unstable();
    let near = similar(cx.bytes(name), fields)?;
    Some(String::from_utf8_lossy(near).into_owned())
}

/// Shows where the variable got its value.
fn declaration(cx: &Context, id: ExprId, found: Diagnostic) -> Diagnostic {
    match cx.facts.variable(id).filter(|v| cx.is_written(v.name, v.span)) {
        Some(variable) if variable.is_nil => {
            found.with_secondary(variable.span, "declared without a value")
        }
        Some(variable) => found.with_secondary(variable.span, "declared here"),
        None => found,
    }
}

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

fn binary(cx: &mut Context, values: &Values, id: ExprId, op: BinOp, lhs: ExprId, rhs: ExprId) {
    use BinOp::*;
    let (left, right) = (values.known(cx, lhs), values.known(cx, rhs));
    match op {
        Add | Sub | Mul | Div | IDiv | Mod | Pow => arithmetic(cx, values, id, op, lhs, rhs),
        Concat => {
            for (part, known, other) in [(lhs, left, right), (rhs, right, left)] {
                let bad = known.filter(|&known| match known {
                    Known::Nil | Known::Boolean | Known::Function => true,
                    Known::Table => is_plain_table(cx, values, part),
                    _ => false,
                });
                let joins_text = matches!(other, Some(Known::String | Known::Number))
                    || ends_in_text(cx, part, lhs, rhs);
                if let (Some(known), true) = (bad, joins_text) {
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
            let fails = a != b || matches!(a, Known::Nil | Known::Boolean | Known::Function);
            let tables = a == Known::Table || b == Known::Table;
            if fails && !tables {
                let message = format!("{} and {} have no order", a.text(), b.text());
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

/// A table that has no metatable.
fn is_plain_table(cx: &Context, values: &Values, id: ExprId) -> bool {
    matches!(cx.chunk.expr(id), Expr::Table(_)) || values.table(cx, id).is_some()
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
        // The other operand may have a metatable, as patterns of LPeg have; and a program may give
        // strings a metamethod that takes tables.
        let simple = match values.known(cx, other) {
            Some(Known::Table) => false,
            Some(Known::String) => known != Known::Table,
            Some(_) => true,
            None => values.begins_as_number(cx, other) || printed(cx, id),
        };
        if !bad || !simple {
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

fn unary(cx: &mut Context, values: &Values, op: UnOp, operand: ExprId) {
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

/// `x.y` and `x[k]`.
fn field(cx: &mut Context, values: &Values, id: ExprId, object: ExprId, name: Option<Sym>) {
    let Some(known) = values.known(cx, object) else { return };
    match known {
        Known::Nil | Known::Boolean | Known::Number | Known::Function if !values.unusual => {
            // `f.x` of a local function may be a table that a decorator makes of it, later.
            cx.report(failure(cx, values, object, known, "this has no fields"));
        }
        Known::String if !values.unusual => {
            let assigned = is_target(cx, id);
            let text = cx.quoted(object);
            let text = text.trim_matches('`');
            if assigned {
                let found = failure(cx, values, object, known, "a string cannot be changed");
                let help = format!(
                    "join its parts: `{text} = {text}:sub(1, i - 1) .. c .. {text}:sub(i + 1)`"
                );
                cx.report(found.with_help(help));
                return;
            }
            let Some(name) = name else {
                let Expr::Index { key, .. } = cx.chunk.expr(id) else { return };
                let i = cx.quoted(key);
                let i = i.trim_matches('`');
                let found =
                    failure(cx, values, object, known, "a string is not indexed by numbers");
                let help = format!("a character of a string is `{text}:sub({i}, {i})`");
                cx.report(found.with_help(help));
                return;
            };
            let span = cx.chunk.expr_span(id);
            let at = Span::new(span.end - cx.bytes(name).len() as u32, span.end);
            string_member(cx, name, at);
        }
        _ => {}
    }
}

/// Whether an expression is assigned to.
fn is_target(cx: &Context, id: ExprId) -> bool {
    cx.stmts().any(|(_, stmt)| match stmt {
        Stmt::Assign { targets, .. } => cx.chunk.list(targets).any(|target| target == id),
        Stmt::Compound { target, .. } | Stmt::Function { target, .. } => target == id,
        _ => false,
    })
}

/// `s:uper()` and `s.length`.
fn string_member(cx: &mut Context, name: Sym, at: Span) {
    let key = cx.bytes(name);
    let qualified = [b"string.".as_slice(), key].concat();
    if cx.environment.get(&qualified).is_some() || cx.program.defines(&qualified) {
        return;
    }
    let text = cx.text(name);
    let found = lint(Code::UndefinedField, at, format!("strings have no method `{text}`"));
    let near = similar(key, cx.environment.fields(b"string"));
    let found = match (foreign_method("string", key), near) {
        (Some(advice), _) => found.with_help(advice),
        (None, Some(near)) => {
            let near = String::from_utf8_lossy(near).into_owned();
            found.with_fix(format!("did you mean `{near}`?"), false, at, near)
        }
        // The program may add methods somewhere else.
        (None, None) => return,
    };
    cx.report(found);
}

fn method(cx: &mut Context, values: &Values, call: crate::ast::MethodCallId) {
    let call = cx.chunk.method_call(call);
    let Some(known) = values.known(cx, call.object) else { return };
    match known {
        Known::String if !values.unusual => string_member(cx, call.name, call.name_span),
        Known::Number if !values.unusual => {
            let (object, name) = (cx.quoted(call.object), cx.text(call.name));
            let object = object.trim_matches('`').to_string();
            cx.report(
                failure(cx, values, call.object, known, "numbers have no methods")
                    .with_help(format!("write `tostring({object}):{name}(…)`")),
            );
        }
        Known::Nil | Known::Boolean | Known::Function if !values.unusual => {
            cx.report(failure(cx, values, call.object, known, "this has no methods"));
        }
        _ => {}
    }
}

fn call(cx: &mut Context, values: &Values, callee: ExprId, args: &[ExprId]) {
    if let Some(known) = values.known(cx, callee) {
        let bad = match known {
            Known::Function => false,
            Known::Table => is_plain_table(cx, values, callee),
            _ => !values.unusual,
        };
        if bad {
            let found = failure(cx, values, callee, known, "this is not a function");
            let advice = match cx.chunk.expr(callee) {
                Expr::Field { name, .. } => foreign_method("table", cx.bytes(name)),
                _ => None,
            };
            cx.report(match advice {
                Some(advice) if found.help.is_empty() => found.with_help(advice),
                _ => found,
            });
        }
        return;
    }
    if let Expr::Field { object, name } = cx.chunk.expr(callee)
        && values.known(cx, object) == Some(Known::String)
    {
        return dot_on_string(cx, object, name, cx.chunk.expr_span(callee), args);
    }
    let Some(name) = cx.library_name(callee) else { return };
    if matches!(name.as_slice(), b"pcall" | b"xpcall" | b"coroutine.create" | b"coroutine.wrap") {
        return called_before(cx, values, &String::from_utf8_lossy(&name), args);
    }
    // `ipairs(t.items)`, where there are none.
    let takes_table =
        matches!(name.as_slice(), b"ipairs" | b"pairs" | b"next" | b"setmetatable" | b"rawset")
            || name.starts_with(b"table.") && name != b"table.pack";
    let Some(&first) = args.first() else { return };
    let Some(known) = values.known(cx, first).filter(|&k| takes_table && k != Known::Table) else {
        return;
    };
    if known == Known::String && !name.starts_with(b"table.") {
        return;
    }
    let text = String::from_utf8_lossy(&name).into_owned();
    let found = failure(cx, values, first, known, &format!("`{text}` takes a table here"));
    let tables = args.iter().skip(1).any(|&arg| values.known(cx, arg) == Some(Known::Table));
    cx.report(if tables { found.with_help("the table comes first") } else { found });
}

/// `s.upper()`
fn dot_on_string(cx: &mut Context, object: ExprId, name: Sym, span: Span, args: &[ExprId]) {
    let qualified = [b"string.".as_slice(), cx.bytes(name)].concat();
    let given = args.first().is_some_and(|&first| {
        let same = cx.chunk.expr(first) == cx.chunk.expr(object);
        same || !matches!(cx.chunk.expr(first), Expr::Int(_) | Expr::Str(_))
    });
    if cx.environment.signature(&qualified).is_none() || given {
        return;
    }
    let (text, owner) = (cx.text(name), cx.quoted(object));
    let owner = owner.trim_matches('`');
    let list = if args.is_empty() { "" } else { "…" };
    cx.report(
        lint(Code::MethodSeparator, span, format!("`{text}` must be called with a colon"))
            .with_label("the string is not passed")
            .with_help(format!("write `{owner}:{text}({list})`")),
    );
}

/// `pcall(f())`, where `f` has no result or raises an error.
fn called_before(cx: &mut Context, values: &Values, name: &str, args: &[ExprId]) {
    let Some(&first) = args.first() else { return };
    let Expr::Call { callee, .. } = cx.chunk.expr(first) else { return };
    let raises = cx.library_name(callee).as_deref() == Some(b"error");
    if !raises && values.known(cx, first) != Some(Known::Nil) {
        return;
    }
    let function = cx.quoted(callee);
    let function = function.trim_matches('`');
    let message = format!("this call is made before `{name}` is");
    let found = lint(Code::CertainError, cx.chunk.expr_span(first), message);
    let label = if raises { "the error is not caught" } else { "its result is nil" };
    let help = format!("give it the function and its arguments: `{name}({function}, …)`");
    cx.report(found.with_label(label).with_help(help));
}

/// `for … in t do`.
fn iterator(cx: &mut Context, values: &Values, first: ExprId) {
    let Some(known) = values.known(cx, first) else { return };
    let found = |cx: &Context| failure(cx, values, first, known, "a loop calls what follows `in`");
    let text = cx.quoted(first);
    let text = text.trim_matches('`');
    match known {
        Known::Table if is_plain_table(cx, values, first) => {
            let help =
                format!("write `pairs({text})` for all fields, `ipairs({text})` for the items");
            cx.report(found(cx).with_help(help));
        }
        Known::Number => {
            let help = format!("a loop over numbers is written `for i = 1, {text} do`");
            cx.report(found(cx).with_help(help));
        }
        Known::String => {
            let help = format!("write `for c in string.gmatch({text}, \".\") do`");
            cx.report(found(cx).with_help(help));
        }
        Known::Nil | Known::Boolean => cx.report(found(cx)),
        _ => {}
    }
}

/// `for i = 1, t do`.
fn loop_bound(cx: &mut Context, values: &Values, bound: ExprId) {
    let Some(known) = values.known(cx, bound).filter(|&known| known != Known::Number) else {
        return;
    };
    let found = failure(cx, values, bound, known, "the bounds of a loop are numbers");
    let text = cx.quoted(bound);
    let text = text.trim_matches('`');
    cx.report(match known {
        Known::Table | Known::String => found.with_help(format!("its length is `#{text}`")),
        _ => found,
    });
}
