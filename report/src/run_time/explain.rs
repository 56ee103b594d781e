//! What went wrong at a place, by the kind of fault: which part of the expression is at fault, what
//! its value is, and where that comes from. Whatever does not fit together is left out.

use luka_compiler::Span;
use luka_compiler::ast::{Expr, ExprId, Stmt};
use luka_compiler::diag::{Code, Diagnostic};
use luka_vm::debug::fault::{FaultOperand, ForPart, Operand};
use luka_vm::debug::{Fault, FaultKind};
use luka_vm::{Type, Value};

use luka_compiler::check::{foreign_method, number_function, number_method};

use super::advice::advice;
use super::error_site::ErrorSite;
use super::hints::{field_meant, meant};
use super::native_call;
use super::operators;
use super::origins::{called_with_colon, declaration};
use super::show::{described, kind, text};

/// The report, if more is known than the message says.
pub fn explain(site: &ErrorSite, fault: &Fault) -> Option<Diagnostic> {
    let found = by_kind(site, fault)?;
    let of_value = fault.blamed_operand().is_some() && found.help.is_empty();
    Some(if of_value { called_with_colon(site, found) } else { found })
}

fn by_kind(site: &ErrorSite, fault: &Fault) -> Option<Diagnostic> {
    if fault.raiser.is_some() && !matches!(fault.kind, FaultKind::StringArithmetic(_)) {
        return native_call::explain(site, fault);
    }
    match &fault.kind {
        FaultKind::Index => index(site, fault.blamed_operand()?),
        FaultKind::Call => call(site, fault.blamed_operand()?),
        FaultKind::Length => operators::length(site, fault.blamed_operand()?.value),
        FaultKind::Arithmetic(event) => operators::arithmetic(site, *event, fault.blamed),
        FaultKind::Bitwise(event) => operators::bitwise(site, *event, fault.blamed),
        FaultKind::NoInteger => operators::operator(site, fault.blamed),
        FaultKind::DivideByZero | FaultKind::ModuloByZero => operators::operator(site, 1),
        FaultKind::StringArithmetic(event) => {
            // Of two operands that would be numbers if the strings spelled some, one does not.
            let blamed = fault.operands.iter().position(|v| v.value.to_number().is_none())?;
            operators::arithmetic(site, *event, blamed)
        }
        FaultKind::Concat { part, parts } => operators::concatenation(
            site,
            part + fault.blamed,
            *parts,
            fault.blamed_operand()?.value,
        ),
        FaultKind::Compare => operators::comparison(site),
        FaultKind::ForLoop(part) => for_value(site, *part, fault.blamed_operand()?.value),
        FaultKind::NilKey => key(site, Value::NIL),
        FaultKind::NanKey => key(site, Value::float(f64::NAN)),
        FaultKind::NotClosable => {
            let value = described(site.vm, fault.blamed_operand()?.value);
            Some(report(site.span, format!("{value} has no `__close` metamethod")))
        }
        FaultKind::StackOverflow => Some(report(site.span, "").with_help(
            "a recursive function needs a case in which it returns without calling itself",
        )),
        FaultKind::CStackOverflow => nested(site),
        FaultKind::ChainTooLong(_) => Some(report(site.span, "").with_help(
            "the `__index` of a metatable leads back to the table: it must be another one",
        )),
        FaultKind::ForStepZero => Some(step(site)),
        FaultKind::Message(words) => Some(report(site.span, "").with_help(advice(words)?)),
        FaultKind::BadArgument(_)
        | FaultKind::Raised
        | FaultKind::Memory
        | FaultKind::InHandler => None,
    }
}

/// Calls that are nested too deeply: mostly a metamethod that does what it is called for.
fn nested(site: &ErrorSite) -> Option<Diagnostic> {
    let chunk = site.chunk();
    let node = site.node()?;
    let own = match chunk.expr(node) {
        Expr::Index { object, key } => site.written(object).zip(site.written(key)),
        _ => None,
    };
    let Some((object, key)) = own else {
        let help = "a function or metamethod calls itself in any case";
        return Some(report(site.span, "").with_help(help));
    };
    let (object, key) = (object.trim_matches('`'), key.trim_matches('`'));
    let assigned = chunk.stmts.iter().any(|stmt| match stmt {
        Stmt::Assign { targets, .. } => chunk.list(*targets).any(|target| target == node),
        _ => false,
    });
    Some(if assigned {
        report(site.span, "this calls `__newindex` again")
            .with_help(format!("write `rawset({object}, {key}, …)`"))
    } else {
        report(site.span, "this calls `__index` again")
            .with_help(format!("write `rawget({object}, {key})`"))
    })
}

/// A loop whose step is zero.
fn step(site: &ErrorSite) -> Diagnostic {
    let chunk = site.chunk();
    let help = "count upwards with a positive step, downwards with a negative one";
    let step = chunk.stmts.iter().find_map(|stmt| match stmt {
        Stmt::NumericFor(id) => {
            let node = chunk.numeric_for(*id);
            let step = chunk.expr_span(node.step?);
            (chunk.expr_span(node.start).start == site.span.start).then_some(step)
        }
        _ => None,
    });
    match step {
        Some(step) => report(step, "the step is 0: the loop would never end").with_help(help),
        None => report(site.span, "").with_help(help),
    }
}

/// A report without more than a label.
pub fn report(span: Span, label: impl Into<String>) -> Diagnostic {
    Diagnostic::new(Code::Runtime, span, "").with_label(label)
}

/// `x.y` with `x` nil, or another value without fields.
fn index(site: &ErrorSite, blamed: &FaultOperand) -> Option<Diagnostic> {
    let chunk = site.chunk();
    let Some(node) = site.node().or_else(|| site.method_at()) else {
        return pattern(site, blamed.value);
    };
    let object = match chunk.expr(node) {
        Expr::Field { object, .. } | Expr::Index { object, .. } => object,
        Expr::MethodCall(call) => chunk.method_call(call).object,
        _ => return None,
    };
    let (span, value) = (chunk.expr_span(object), blamed.value);
    if blamed.found == Operand::None && !value.is_nil() {
        let label =
            format!("looked up through `__index`, which leads to {}", described(site.vm, value));
        return Some(report(span, label));
    }
    let found = report(span, sentence(site, object, value));
    let found = meant(site, object, value, found);
    Some(match chunk.expr(node) {
        Expr::MethodCall(call) if value.is_number() => {
            let name = site.name_bytes(chunk.method_call(call).name);
            let object = site.written(object).unwrap_or_default();
            let call = number_method(object.trim_matches('`'), name);
            found.with_help(format!("numbers have no methods: `{call}`"))
        }
        Expr::Index { .. } | Expr::Field { .. } if value.is_string() => found.with_help(
            "strings cannot be changed; join parts of it: `s:sub(1, i - 1) .. c .. s:sub(i + 1)`",
        ),
        Expr::Field { name, .. } if value.is_number() && found.help.is_empty() => {
            let object = site.written(object).unwrap_or_default();
            match number_function(object.trim_matches('`'), site.name_bytes(name)) {
                Some(call) => found.with_help(format!("numbers have no fields: `{call}`")),
                None => found,
            }
        }
        _ if value.as_bool() == Some(true) => of_module(site, object, found),
        _ => found,
    })
}

/// A pattern that takes a field of a value: `local {x} = nil`.
fn pattern(site: &ErrorSite, value: Value) -> Option<Diagnostic> {
    let key = site.operands.get(1)?.value;
    let field = match (key.as_str(), key.as_int()) {
        (Some(name), _) => format!("field `{}`", text(name.bytes())),
        (None, Some(n)) => format!("item {n}"),
        _ => return None,
    };
    let label = format!("this takes {field} of {}", described(site.vm, value));
    Some(report(site.span, label))
}

/// `t[k] = v` with a key no table has.
fn key(site: &ErrorSite, value: Value) -> Option<Diagnostic> {
    let chunk = site.chunk();
    let Expr::Index { key, .. } = chunk.expr(site.node()?) else { return None };
    let found = report(chunk.expr_span(key), sentence(site, key, value));
    Some(meant(site, key, value, found))
}

/// "`config.port` is nil: field `port` of local `config`".
pub fn sentence(site: &ErrorSite, id: ExprId, value: Value) -> String {
    let chunk = site.chunk();
    let is = described(site.vm, value);
    match chunk.expr(id) {
        Expr::Call { .. } | Expr::MethodCall(_) => {
            return match site.written(id) {
                Some(call) => format!("{call} returned {is}"),
                None => format!("this call returned {is}"),
            };
        }
        // What is written out need not be said.
        Expr::Int(_) | Expr::Float(_) => return is,
        Expr::Nil | Expr::Str(_) | Expr::Table(_) | Expr::Function(_) => {
            return format!("this is {}", kind(site.vm, value));
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

/// `f()` with `f` nil.
fn call(site: &ErrorSite, blamed: &FaultOperand) -> Option<Diagnostic> {
    let (chunk, value) = (site.chunk(), blamed.value);
    if let Some(found) = iterator(site, value) {
        return Some(found);
    }
    let node = site.node()?;
    match chunk.expr(node) {
        Expr::Call { callee, line_at, .. } => {
            let span = chunk.expr_span(callee);
            let found = report(span, sentence(site, callee, value));
            let found = written_otherwise(site, callee, value, found);
            let found = uncallable(site, callee, value, found);
            let mut found =
                if found.help.is_empty() { meant(site, callee, value, found) } else { found };
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
            let is = kind(site.vm, value);
            let owner = site.origin(call.object).or_else(|| site.written(call.object));
            let label = match owner {
                Some(owner) => format!("method `{}` of {owner} is {is}", text(name)),
                None => format!("method `{}` is {is}", text(name)),
            };
            let found = report(call.name_span, label);
            match site.value(call.object) {
                Some(owner) if value.is_nil() => {
                    let found = without_index(site, call.object, owner, name, found);
                    let found = match found.help.is_empty() {
                        true => field_meant(site, found, call.object, owner, name, true),
                        false => found,
                    };
                    let span = chunk.expr_span(call.object);
                    Some(found.with_secondary(span, described(site.vm, owner)))
                }
                None if value.is_nil() && is_text(site, call.object) => {
                    Some(match foreign_method("string", name) {
                        Some(advice) => found.with_help(advice),
                        None => found,
                    })
                }
                _ => Some(found),
            }
        }
        _ => None,
    }
}

/// Is an expression a literal string, perhaps in parentheses?
pub fn is_text(site: &ErrorSite, id: ExprId) -> bool {
    match site.chunk().expr(id) {
        Expr::Paren(inner) => matches!(site.chunk().expr(inner), Expr::Str(_)),
        expr => matches!(expr, Expr::Str(_)),
    }
}

/// What to write for a call of a value that is no function.
fn uncallable(site: &ErrorSite, callee: ExprId, value: Value, found: Diagnostic) -> Diagnostic {
    let Expr::Name(name) = site.chunk().expr(callee) else { return found };
    if value.is_nil() || !found.help.is_empty() {
        return found;
    }
    let (name, text) = (site.name_bytes(name), site.name_text(name));
    let local = !matches!(site.variable(name), Some(("global", _)));
    let hidden = site.globals().map(|globals| globals.get_str_bytes(name));
    if local && hidden.is_some_and(|hidden| hidden.is_function()) {
        return found
            .with_help(format!("the local hides the function `{text}`: choose another name"));
    }
    if value.type_of() == Type::Thread {
        return found.with_help(format!(
            "write `coroutine.resume({text})`, or make a function of it with `coroutine.wrap`"
        ));
    }
    let Some(table) = value.as_table() else { return found };
    match table.get_str_bytes(b"new").is_function() {
        true => found.with_help(format!("write `{text}.new(…)`")),
        false => found.with_help("a table is called only through the `__call` of its metatable"),
    }
}

/// `true` of a `require` whose module returns nothing.
fn of_module(site: &ErrorSite, object: ExprId, found: Diagnostic) -> Diagnostic {
    let chunk = site.chunk();
    let Expr::Name(name) = chunk.expr(object) else { return found };
    let Some((_, Some(value))) = declaration(site, site.name_bytes(name)) else { return found };
    let required = match chunk.expr(value) {
        Expr::Call { callee, .. } => site.written(callee).as_deref() == Some("`require`"),
        _ => false,
    };
    match required {
        true => found
            .with_secondary(chunk.expr_span(value), "the module returned nothing")
            .with_help("a module ends with `return` and its table"),
        false => found,
    }
}

/// `f"…"` and `new Point()`: what other languages mean by it.
fn written_otherwise(
    site: &ErrorSite,
    callee: ExprId,
    value: Value,
    found: Diagnostic,
) -> Diagnostic {
    let span = site.chunk().expr_span(callee);
    let Expr::Name(name) = site.chunk().expr(callee) else { return found };
    if !value.is_nil() {
        return found;
    }
    let (before, after) = site.source.bytes().split_at(span.end as usize);
    let before = &before[..span.start as usize];
    let name = site.name_text(name);
    if before.ends_with(b" new ") || before.ends_with(b"(new ") {
        return found.with_help(format!(
            "Lua has no `new`: an object is made by a function, for example `{name}.new(…)`"
        ));
    }
    if after.starts_with(b"\"") || after.starts_with(b"'") {
        return match name.as_str() {
            "f" => found.with_help(
                "a string with values in it is written in backquotes: `` `hello {name}` ``",
            ),
            "r" | "b" | "u" => found.with_help("strings have no prefixes; `[[…]]` has no escapes"),
            _ => found,
        };
    }
    found
}

/// A method that only the metatable itself has.
fn without_index(
    site: &ErrorSite,
    object: ExprId,
    owner: Value,
    name: &[u8],
    found: Diagnostic,
) -> Diagnostic {
    let metatable = owner.as_table().and_then(|table| table.metatable());
    let Some(metatable) = metatable.filter(|_| found.help.is_empty()) else { return found };
    let has_method = metatable.get_str_bytes(name).is_function();
    if !has_method || !metatable.get_str_bytes(b"__index").is_nil() {
        return found;
    }
    let object = site.written(object).unwrap_or_else(|| "the object".to_string());
    found.with_help(format!(
        "the metatable of {object} has `{}`, but no `__index`: set `M.__index = M` for the \
         metatable `M`",
        text(name)
    ))
}

/// `for … in t do`.
fn iterator(site: &ErrorSite, value: Value) -> Option<Diagnostic> {
    let chunk = site.chunk();
    let loop_ = chunk.generic_fors.iter().find(|node| {
        let mut values = chunk.list(node.values).map(|id| chunk.expr_span(id));
        let first = values.next().unwrap_or(Span::NONE);
        let last = values.next_back().unwrap_or(first);
        Span::new(first.start, last.end) == site.span
    })?;
    let first = chunk.list_get(loop_.values, 0)?;
    // The call itself has failed.
    if let Expr::Call { callee, .. } = chunk.expr(first)
        && site.value(callee).is_some_and(|callee| callee.raw_eq(value))
    {
        return None;
    }
    // The first value of a call is not what the call is.
    let label = match chunk.expr(first) {
        Expr::Call { .. } | Expr::MethodCall(_) => {
            let what = described(site.vm, value);
            format!("this gave {what}, and a loop needs a function to call")
        }
        _ => sentence(site, first, value),
    };
    let mut found = report(chunk.expr_span(first), label);
    if value.as_table().is_some()
        && let Some(written) = site.written(first)
    {
        let bare = written.trim_matches('`');
        found = found.with_help(format!(
            "a table is walked with `pairs({bare})`, a list in order with `ipairs({bare})`"
        ));
        return Some(found);
    }
    if value.is_string() {
        let text = site.written(first).unwrap_or_else(|| "`s`".to_string());
        let text = text.trim_matches('`');
        return Some(found.with_help(format!(
            "a loop over the characters is `for c in string.gmatch({text}, \".\") do`"
        )));
    }
    if value.is_number() {
        let count = site.written(first).filter(|_| !matches!(chunk.expr(first), Expr::Call { .. }));
        let count = count.as_deref().map_or("n", |written| written.trim_matches('`'));
        let last = chunk.list_get(loop_.values, 1).and_then(|last| site.written(last));
        let bounds = match last {
            Some(last) => format!("{count}, {}", last.trim_matches('`')),
            None => format!("1, {count}"),
        };
        let help = format!("a loop over numbers is written `for i = {bounds} do`");
        return Some(found.with_help(help));
    }
    Some(meant(site, first, value, found))
}

/// A `for` over numbers.
fn for_value(site: &ErrorSite, part: ForPart, value: Value) -> Option<Diagnostic> {
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
    let id = match part {
        ForPart::Initial => node.start,
        ForPart::Limit => node.limit,
        ForPart::Step => node.step?,
    };
    let found = report(chunk.expr_span(id), sentence(site, id, value));
    Some(match value {
        value if value.as_table().is_some() => match site.written(id) {
            Some(written) => {
                found.with_help(format!("its length is `#{}`", written.trim_matches('`')))
            }
            None => found,
        },
        value if value.is_string() => {
            found.with_help("a loop takes no strings for numbers; write `tonumber(…)`")
        }
        _ => meant(site, id, value, found),
    })
}

/// What to write about a value given as an argument.
pub fn argument_sentence(site: &ErrorSite, id: ExprId, value: Value) -> String {
    match site.chunk().expr(id) {
        Expr::Nil | Expr::True | Expr::False | Expr::Int(_) | Expr::Float(_) => {
            format!("this is {}", kind(site.vm, value))
        }
        _ => sentence(site, id, value),
    }
}
