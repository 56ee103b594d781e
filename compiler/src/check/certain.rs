//! Operations that always fail, by what is certainly known of their operands: indices, calls and loops;
//! `operators` has the operators.

use super::operators::{binary, unary};
use super::values::{Known, OwnTable, Values};
use super::{Context, Definition, foreign_method, library_of, lint, similar};
use crate::ast::{Attrib, Expr, ExprId, Stmt};
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
            Stmt::Assign { targets, .. } => {
                for target in cx.chunk.list(targets) {
                    if let Expr::Index { key, .. } = cx.chunk.expr(target) {
                        nil_key(cx, values, key);
                    }
                }
            }
            Stmt::Local { bindings, values: list } => {
                for (binding, value) in cx.chunk.list(bindings).zip(cx.chunk.list(list)) {
                    closing(cx, values, binding, value);
                }
            }
            Stmt::GenericFor(id) => {
                let values_of_loop = cx.chunk.generic_for(id).values;
                if let Some(first) = cx.chunk.list_get(values_of_loop, 0) {
                    let second = cx.chunk.list_get(values_of_loop, 1);
                    iterator(cx, values, first, second);
                }
            }
            Stmt::NumericFor(id) => {
                let node = cx.chunk.numeric_for(id);
                if let Some(step) = node.step
                    && matches!(cx.chunk.expr(step), Expr::Int(0))
                {
                    let span = cx.chunk.expr_span(step);
                    let found = lint(Code::CertainError, span, "the step of a loop is zero");
                    cx.report(found.with_label("the loop would never end").with_help(
                        "count upwards with a positive step, downwards with a negative one",
                    ));
                }
                for bound in [Some(node.start), Some(node.limit), node.step].into_iter().flatten() {
                    loop_bound(cx, values, bound);
                }
            }
            _ => {}
        }
    }
}

/// `t[nil] = v`.
fn nil_key(cx: &mut Context, values: &Values, key: ExprId) {
    if values.known(cx, key) == Some(Known::Nil) && !values.expects_error(cx.chunk.expr_span(key)) {
        cx.report(failure(cx, values, key, Known::Nil, "nil is no key of a table"));
    }
}

/// `local x <close> = {}`.
fn closing(cx: &mut Context, values: &Values, binding: crate::ast::BindingId, value: ExprId) {
    let binding = cx.chunk.binding(binding);
    let bad = match values.known(cx, value) {
        _ if binding.attrib != Attrib::Close => None,
        Some(Known::Table) if is_plain_table(cx, values, value) => Some(Known::Table),
        known @ Some(Known::Number | Known::String) if !values.unusual => known,
        _ => None,
    };
    let Some(known) = bad.filter(|_| !values.expects_error(cx.chunk.expr_span(value))) else {
        return;
    };
    let found = failure(cx, values, value, known, "this has no `__close` metamethod");
    cx.report(found.with_help("the value of a `<close>` variable has one in its metatable"));
}

/// "`x` is nil".
pub(super) fn fact(cx: &Context, id: ExprId, known: Known) -> String {
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

pub(super) fn failure(
    cx: &Context,
    values: &Values,
    id: ExprId,
    known: Known,
    what: &str,
) -> Diagnostic {
    let found = lint(Code::CertainError, cx.chunk.expr_span(id), what);
    let found = found.with_label(fact(cx, id, known));
    let found = declaration(cx, values, id, found);
    if values.gives_nothing(cx, id) {
        return without_result(cx, id, found);
    }
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

/// Says why a call gives nothing.
fn without_result(cx: &Context, call: ExprId, found: Diagnostic) -> Diagnostic {
    let Expr::Call { callee, .. } = cx.chunk.expr(call) else { return found };
    match cx.quoted(callee).as_str() {
        "this" => found.with_help("the function has no `return` with a value"),
        callee => found.with_help(format!("{callee} has no `return` with a value")),
    }
}

/// The field of a table with a similar name.
fn near_field(cx: &Context, values: &Values, object: ExprId, name: Sym) -> Option<String> {
    let mut fields: Vec<&[u8]> =
        values.table(cx, object)?.fields.iter().map(|&field| cx.bytes(field)).collect();
    luka_bytecode::order::sort_names(&mut fields);
    let near = similar(cx.bytes(name), fields)?;
    Some(String::from_utf8_lossy(near).into_owned())
}

/// Shows where the variable got its value.
fn declaration(cx: &Context, values: &Values, id: ExprId, found: Diagnostic) -> Diagnostic {
    let variable = cx.facts.variable(id).filter(|v| cx.is_written(v.name, v.span));
    if let Some(value) = variable.and_then(|variable| variable.value) {
        let length = |name| matches!(cx.bytes(name), b"length" | b"len" | b"size" | b"count");
        match cx.chunk.expr(value) {
            Expr::Call { .. } if values.gives_nothing(cx, value) => {
                let found = found.with_secondary(cx.chunk.expr_span(value), "this returns nil");
                return without_result(cx, value, found);
            }
            Expr::Call { callee, .. } if values.known(cx, value) == Some(Known::Nil) => {
                let found = found.with_secondary(cx.chunk.expr_span(value), "this returns nil");
                return match cx.library_name(callee).as_deref() {
                    Some(b"table.sort") => found.with_help("`table.sort` sorts the list in place"),
                    Some(b"table.insert") => {
                        found.with_help("`table.insert` changes the list in place")
                    }
                    _ => found,
                };
            }
            Expr::Field { object, name } if values.known(cx, value) == Some(Known::Nil) => {
                let found = found.with_secondary(cx.chunk.expr_span(value), "this is nil");
                return match near_field(cx, values, object, name) {
                    _ if length(name) => found.with_help("the length of a list is `#t`"),
                    Some(near) => found.with_help(format!("did you mean `{near}`?")),
                    None => found,
                };
            }
            _ => {}
        }
    }
    match variable {
        Some(variable) if variable.is_nil => {
            found.with_secondary(variable.span, "declared without a value")
        }
        Some(variable) => found.with_secondary(variable.span, "declared here"),
        None => found,
    }
}

/// A table that has no metatable.
pub(super) fn is_plain_table(cx: &Context, values: &Values, id: ExprId) -> bool {
    matches!(cx.chunk.expr(id), Expr::Table(_)) || values.table(cx, id).is_some()
}

/// `x.y` and `x[k]`.
fn field(cx: &mut Context, values: &Values, id: ExprId, object: ExprId, name: Option<Sym>) {
    let Some(known) = values.known(cx, object) else { return };
    match known {
        Known::Nil | Known::Boolean | Known::Number | Known::Function if !values.unusual => {
            // `f.x` of a local function may be a table that a decorator makes of it, later.
            let found = failure(cx, values, object, known, "this has no fields");
            let text = cx.quoted(object);
            cx.report(match name.filter(|_| known == Known::Number && found.help.is_empty()) {
                Some(name) => match number_function(text.trim_matches('`'), cx.bytes(name)) {
                    Some(call) => found.with_help(format!("write `{call}`")),
                    None => found,
                },
                None => found,
            });
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
            let (object, name) = (cx.quoted(call.object), cx.bytes(call.name));
            let help = number_method(object.trim_matches('`'), name);
            cx.report(
                failure(cx, values, call.object, known, "numbers have no methods")
                    .with_help(format!("write `{help}`")),
            );
        }
        Known::Table if is_plain_table(cx, values, call.object) => {
            let gets = |shape: &OwnTable| shape.fields.contains(&call.name);
            let known = values.table(cx, call.object).is_none_or(gets);
            if known || cx.facts.tested.contains(&call.name) {
                return;
            }
            let (object, name) = (cx.quoted(call.object), cx.text(call.name));
            let message = format!("{object} has no method `{name}`");
            let found = lint(Code::CertainError, call.name_span, message).with_label("this is nil");
            let object = object.trim_matches('`').to_string();
            let advice = foreign_method("table", cx.bytes(call.name));
            cx.report(match advice {
                Some(advice) => found.with_help(advice.replace("(t, ", &format!("({object}, "))),
                None => match near_field(cx, values, call.object, call.name) {
                    Some(near) => found.with_help(format!("did you mean `{near}`?")),
                    None => found,
                },
            });
        }
        Known::Nil | Known::Boolean | Known::Function if !values.unusual => {
            cx.report(failure(cx, values, call.object, known, "this has no methods"));
        }
        _ => {}
    }
}

/// What to write for `n:name(…)` with a number.
pub fn number_method(object: &str, name: &[u8]) -> String {
    number_function(object, name)
        .unwrap_or_else(|| format!("tostring({object}):{}(…)", String::from_utf8_lossy(name)))
}

/// The call of a function of the library that `n.name` with a number was meant to be.
pub fn number_function(object: &str, name: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(name);
    match library_of(name) {
        _ if name == b"tostring" => Some(format!("tostring({object})")),
        _ if name == b"toFixed" => Some(format!("string.format(\"%.2f\", {object})")),
        Some("math") => Some(format!("math.{text}({object})")),
        _ => None,
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
                Expr::Name(name) => uncallable(cx, values, callee, name, known),
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
    let made = cx.facts.variable(callee).filter(|variable| variable.writes == 0);
    if let Some(Expr::Call { callee: maker, .. }) =
        made.and_then(|variable| variable.value).map(|value| cx.chunk.expr(value))
        && cx.library_name(maker).as_deref() == Some(b"coroutine.create")
    {
        let name = cx.quoted(callee);
        let span = cx.chunk.expr_span(callee);
        let found = lint(Code::CertainError, span, "a coroutine cannot be called")
            .with_label(format!("{name} is a coroutine"));
        let name = name.trim_matches('`');
        return cx.report(found.with_help(format!(
            "write `coroutine.resume({name})`, or make a function of it with `coroutine.wrap`"
        )));
    }
    let Some(name) = cx.library_name(callee) else { return };
    if matches!(name.as_slice(), b"pcall" | b"xpcall" | b"coroutine.create" | b"coroutine.wrap") {
        called_before(cx, values, &String::from_utf8_lossy(&name), args);
    }
}

/// What to write for the call of a variable that is no function.
fn uncallable(
    cx: &Context,
    values: &Values,
    callee: ExprId,
    name: Sym,
    known: Known,
) -> Option<String> {
    let text = cx.text(name);
    if matches!(cx.environment.get(cx.bytes(name)), Some(Definition::Function(_))) {
        return Some(format!("the local hides the function `{text}`: choose another name"));
    }
    let table = values.table(cx, callee).filter(|_| known == Known::Table)?;
    let maker = table.fields.iter().map(|&field| cx.bytes(field)).find(|&f| f == b"new");
    Some(match maker {
        Some(_) => format!("write `{text}.new(…)`"),
        None => "a table is called only through the `__call` of its metatable".to_string(),
    })
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
fn iterator(cx: &mut Context, values: &Values, first: ExprId, second: Option<ExprId>) {
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
            let text = match second.filter(|&id| values.known(cx, id) == Some(Known::Number)) {
                Some(last) => {
                    let last = cx.quoted(last);
                    format!("{text}, {}", last.trim_matches('`'))
                }
                None => format!("1, {text}"),
            };
            let help = format!("a loop over numbers is written `for i = {text} do`");
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
