//! Errors raised by functions of the library: which argument is at fault, and what the function
//! takes.

use luka_compiler::Span;
use luka_compiler::ast::{Expr, ExprId, Field};
use luka_compiler::diag::Diagnostic;
use luka_vm::debug::fault::{BadArgument, Problem};
use luka_vm::debug::{Fault, FaultKind};
use luka_vm::{Native, Value};

use super::advice::advice;
use super::error_site::ErrorSite;
use super::explain::{argument_sentence, is_text, report};
use super::hints::meant;
use super::missing_module;
use super::show::{described, text};

/// How many items of a list are looked at.
const MOST_ITEMS: usize = 100_000;

/// The report, if the call of a library function is at the place.
pub fn explain(site: &ErrorSite, fault: &Fault) -> Option<Diagnostic> {
    let native = fault.raiser?;
    match &fault.kind {
        FaultKind::BadArgument(bad) => bad_argument(site, native, bad, fault),
        FaultKind::Raised if native.short_name() == "assert" => assertion(site),
        FaultKind::Raised if native.short_name() == "error" => raised_as_argument(site),
        FaultKind::Raised => {
            // A function that `coroutine.wrap` made passes errors on as values.
            let words = site.error.and_then(|error| error.as_str())?;
            let words = words.bytes().rsplit(|&b| b == b':').next()?.trim_ascii_start();
            Some(report(site.span, "").with_help(advice(words)?))
        }
        FaultKind::Message(_) if native.short_name() == "require" => missing_module::explain(site),
        FaultKind::Message(words) if native.short_name() == "concat" => match joined(site, words) {
            None if words.starts_with(b"invalid value") => {
                Some(report(site.span, "").with_help("`tostring(x)` makes a string of any value"))
            }
            found => found,
        },
        FaultKind::Message(words) => Some(report(site.span, "").with_help(advice(words)?)),
        FaultKind::Length => indexed(site, fault.blamed_operand()?.value),
        FaultKind::Compare => {
            let [a, b] = [0, 1].map(|i| fault.operands.get(i).map(|operand| operand.value));
            let (a, b) = (described(site.vm, a?), described(site.vm, b?));
            let found = report(site.span, format!("this compares {a} with {b}"));
            Some(found.with_help(
                "items of different types have no order; give a function that compares two: \
                 `table.sort(t, function(a, b) … end)`",
            ))
        }
        FaultKind::Index => indexed(site, fault.blamed_operand()?.value),
        _ => None,
    }
}

/// `pcall(error("x"))`: the error is raised before the call that should catch it.
fn raised_as_argument(site: &ErrorSite) -> Option<Diagnostic> {
    let (chunk, node) = (site.chunk(), site.node()?);
    let calls =
        (0..chunk.exprs.len() as u32).map(|n| chunk.expr(luka_compiler::ast::Id::from_index(n)));
    let mut outer = calls.filter_map(|call| match call {
        Expr::Call { callee, args, .. } if chunk.list_get(args, 0) == Some(node) => {
            site.written(callee)
        }
        _ => None,
    });
    let outer = outer.next().filter(|name| matches!(name.as_str(), "`pcall`" | "`xpcall`"))?;
    let outer = outer.trim_matches('`');
    Some(report(site.span, "").with_help(format!(
        "this runs before `{outer}` does; give it the function and its arguments: \
         `{outer}(error, …)`"
    )))
}

/// `table.concat` of a list with something that is no string.
fn joined(site: &ErrorSite, words: &[u8]) -> Option<Diagnostic> {
    let (args, None) = call_at(site)? else { return None };
    let &list = args.first()?;
    if let Expr::Table(table) = site.chunk().expr(list) {
        return written_item(site, table, words);
    }
    let items = site.value(list)?.as_table()?;
    let from = match args.get(2) {
        Some(&from) => site.value(from)?.as_int()?,
        None => 1,
    };
    let to = match args.get(3) {
        Some(&to) => site.value(to)?.as_int()?,
        None => items.len(),
    };
    let joins = |value: Value| value.is_string() || value.is_number();
    let mut bad = (from..=to).take(MOST_ITEMS).map(|i| (i, items.get_int(i)));
    let (i, value) = bad.find(|&(_, value)| !joins(value))?;
    let label = format!("item {i} is {}", described(site.vm, value));
    let found = report(site.chunk().expr_span(list), label);
    Some(match value.is_nil() {
        true => found.with_note(format!("the list has {} items", items.len())),
        false => found.with_help("`tostring(x)` makes a string of any value"),
    })
}

/// The item of a list that is written out which `table.concat` does not take.
fn written_item(
    site: &ErrorSite,
    table: luka_compiler::ast::TableId,
    words: &[u8],
) -> Option<Diagnostic> {
    let words = text(words);
    let index = words.split("at index ").nth(1)?.split(' ').next()?.parse::<usize>().ok()?;
    let chunk = site.chunk();
    let items = chunk.list(chunk.table(table).fields).filter_map(|f| match chunk.field(f) {
        Field::Item(value) => Some(value),
        _ => None,
    });
    let item = items.clone().nth(index.checked_sub(1)?)?;
    let found = report(chunk.expr_span(item), format!("item {index}"));
    Some(found.with_help("`tostring(x)` makes a string of any value"))
}

/// A library function that has indexed an argument: `ipairs(nil)`.
fn indexed(site: &ErrorSite, value: Value) -> Option<Diagnostic> {
    let (args, _) = call_at(site)?;
    let same = |id: &ExprId| site.value(*id).is_some_and(|v| v.raw_eq(value));
    let id = args.into_iter().find(same)?;
    let found = report(site.chunk().expr_span(id), argument_sentence(site, id, value));
    Some(meant(site, id, value, found))
}

/// The arguments of the call at the place, and of a method the receiver.
pub fn call_at(site: &ErrorSite) -> Option<(Vec<ExprId>, Option<ExprId>)> {
    let chunk = site.chunk();
    let (args, receiver) = match chunk.expr(site.node()?) {
        Expr::Call { args, .. } => (args, None),
        Expr::MethodCall(call) => {
            let call = chunk.method_call(call);
            (call.args, Some(call.object))
        }
        _ => return None,
    };
    Some((chunk.list(args).collect(), receiver))
}

/// Whether the last argument may stand for any number of values.
fn is_open_ended(site: &ErrorSite, args: &[ExprId]) -> bool {
    let last = args.last().map(|&id| site.chunk().expr(id));
    matches!(last, Some(Expr::Call { .. } | Expr::MethodCall(_) | Expr::Vararg))
}

/// `assert(x)` without a message.
fn assertion(site: &ErrorSite) -> Option<Diagnostic> {
    let (args, None) = call_at(site)? else { return None };
    let &[condition] = &args[..] else { return None };
    if is_open_ended(site, &args) {
        return None;
    }
    let value = site.value(condition).filter(|value| value.is_falsy())?;
    let label = argument_sentence(site, condition, value);
    let found = report(site.chunk().expr_span(condition), label);
    Some(meant(site, condition, value, found))
}

fn bad_argument(
    site: &ErrorSite,
    native: &Native,
    bad: &BadArgument,
    fault: &Fault,
) -> Option<Diagnostic> {
    let chunk = site.chunk();
    let (args, receiver) = call_at(site)?;
    let value = fault.blamed_operand()?.value;
    let argument = |id: ExprId, value: Value| {
        let found = report(chunk.expr_span(id), argument_sentence(site, id, value));
        meant(site, id, value, found)
    };
    if bad.index == 0 {
        return Some(with_signature(argument(receiver?, value), native));
    }
    let missing = matches!(bad.problem, Problem::Type { got: None, .. });
    let open_ended = is_open_ended(site, &args);
    let found = match args.get(bad.index - 1) {
        Some(&id) if open_ended && missing && bad.index == args.len() => {
            report(chunk.expr_span(id), "this gave no value")
        }
        Some(&id) => argument(id, value),
        None if !open_ended => {
            let span = chunk.expr_span(site.node()?);
            let close = Span::new(span.end.saturating_sub(1).max(span.start), span.end);
            report(close, format!("argument #{} is missing", bad.index))
        }
        None => report(site.span, ""),
    };
    let found = match &bad.problem {
        Problem::Other(why) if !why.is_empty() => {
            let found = refused(site, args.get(bad.index - 1).copied(), value, why, found);
            match &**why {
                b"invalid mode" => found.with_help(
                    "the modes are `r`, `w` and `a`, each perhaps with `+`, and perhaps with `b`",
                ),
                b"position out of bounds" => found.with_help(
                    "a position is a number from 1 to `#t`, or `#t + 1` for `table.insert`",
                ),
                b"index out of range" => found.with_help("`select(1, …)` gives all values"),
                b"interval is empty" => {
                    found.with_help("the first number must not exceed the second")
                }
                b"number has no integer representation" if native.short_name() == "format" => {
                    found.with_help("`%d` takes integers; `%g`, `%.2f` and `%s` take any number")
                }
                b"number has no integer representation" => {
                    found.with_help("`math.floor(x)` and `x // 1` round down")
                }
                _ => found,
            }
        }
        Problem::Type { expected, .. } if &**expected == b"table" && !value.is_nil() => {
            let is_table = |&id: &ExprId| site.value(id).is_some_and(|v| v.as_table().is_some());
            match args.iter().skip(bad.index).find(|id| is_table(id)) {
                Some(&table) => {
                    let table = site.written(table).unwrap_or_else(|| "the table".to_string());
                    found.with_help(format!("{table} comes first"))
                }
                None if value.is_string() => walked(site, args.first().copied(), found),
                None => found,
            }
        }
        Problem::Type { expected, .. } if &**expected == b"thread" && value.is_function() => {
            found.with_help("`coroutine.create(f)` makes a coroutine of a function")
        }
        Problem::Type { expected, .. } if &**expected == b"number" && value.is_string() => {
            let takes_string = native.sig.contains("(s, n");
            let number_first = args.first().and_then(|&id| site.value(id));
            match number_first.filter(|first| takes_string && first.is_number()) {
                Some(_) => found.with_help("the string comes first"),
                None => found,
            }
        }
        _ => found,
    };
    Some(with_signature(method_of_string(site, found), native))
}

/// `pairs("text")`.
fn walked(site: &ErrorSite, argument: Option<ExprId>, found: Diagnostic) -> Diagnostic {
    let call = site.node().map(|id| site.chunk().expr(id));
    let Some(Expr::Call { callee, .. }) = call else { return found };
    let written = argument.and_then(|id| site.written(id));
    match written.filter(|_| site.written(callee).as_deref() == Some("`pairs`")) {
        Some(written) => found.with_help(format!(
            "a loop over the characters is `for c in string.gmatch({}, \".\") do`",
            written.trim_matches('`')
        )),
        None => found,
    }
}

/// Says in the label why an argument was refused: its type is right.
fn refused(
    site: &ErrorSite,
    argument: Option<ExprId>,
    value: Value,
    why: &[u8],
    found: Diagnostic,
) -> Diagnostic {
    let why = text(why);
    let literal = argument.is_some_and(|id| {
        matches!(
            site.chunk().expr(id),
            Expr::Int(_) | Expr::Float(_) | Expr::Str(_) | Expr::True | Expr::False
        )
    });
    match literal {
        true => found.with_label(format!("{}: {why}", described(site.vm, value))),
        false => found.with_note(why),
    }
}

/// `s.upper()` for `s:upper()`.
fn method_of_string(site: &ErrorSite, found: Diagnostic) -> Diagnostic {
    let chunk = site.chunk();
    let Some(Expr::Call { callee, .. }) = site.node().map(|id| chunk.expr(id)) else {
        return found;
    };
    let Expr::Field { object, name } = chunk.expr(callee) else { return found };
    let is_string = site.value(object).is_some_and(Value::is_string) || is_text(site, object);
    let is_file =
        site.value(object).is_some_and(|owner| site.vm.type_name_of(owner).as_ref() == b"FILE*");
    match site.written(object) {
        Some(written) if is_string || is_file => {
            let (object, name) = (written.trim_matches('`'), site.name_text(name));
            found.with_help(format!("methods are called with a colon: `{object}:{name}(…)`"))
        }
        _ => found,
    }
}

/// Shows what the function takes.
fn with_signature(found: Diagnostic, native: &Native) -> Diagnostic {
    if native.sig.is_empty() { found } else { found.with_note(native.sig) }
}
