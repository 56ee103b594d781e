//! What might have been meant where a value is not what the code needs.

use luka_compiler::ast::{Expr, ExprId};
use luka_compiler::check::{foreign_method, foreign_name, library_of, similar};
use luka_compiler::diag::Diagnostic;
use luka_vm::debug::{Fault, FaultKind};
use luka_vm::{Value, Vm};

use super::error_site::ErrorSite;
use super::origins::{self, CallerCall};
use super::show::text;

/// The most fields that are listed.
const FIELDS: usize = 6;

/// What an expression was perhaps meant to be that has this value.
pub fn meant(site: &ErrorSite, id: ExprId, value: Value, found: Diagnostic) -> Diagnostic {
    let chunk = site.chunk();
    let found = match chunk.expr(id) {
        Expr::Name(name) if site.name_bytes(name) == b"self" => colon(site, found),
        _ => found,
    };
    let named = matches!(chunk.expr(id), Expr::Name(_) | Expr::Field { .. });
    if let Expr::Field { object, name } = chunk.expr(id)
        && value.is_function()
        && matches!(site.name_bytes(name), b"len" | b"length")
        && site.value(object).is_some_and(Value::is_string)
    {
        let text = site.written(object).unwrap_or_else(|| "`s`".to_string());
        return found.with_help(format!("its length is `#{}`", text.trim_matches('`')));
    }
    if value.is_function() && found.help.is_empty() && named {
        let name = site.written(id).unwrap_or_default();
        let name = name.trim_matches('`');
        return found.with_help(format!("a function is called with parentheses: `{name}()`"));
    }
    if !value.is_nil() {
        return found;
    }
    match chunk.expr(id) {
        Expr::Name(name) => {
            let name = site.name_bytes(name);
            if !matches!(site.variable(name), Some(("global", _))) {
                return origins::of_variable(site, name, found);
            }
            if origins::is_inside_own_value(site, name) {
                let name = text(name);
                return found.with_help(match origins::is_in_function(site) {
                    true => format!(
                        "the local `{name}` begins after its value: write `local function {name}`"
                    ),
                    false => {
                        format!(
                            "the local `{name}` begins after its value, of which this is a part"
                        )
                    }
                });
            }
            if origins::is_declared_in(site) {
                let name = text(name);
                return found.with_help(format!("make the table first: `local {name} = {{}}`"));
            }
            let mut known = match &site.level {
                Some((_, level)) => site.vm.visible_names(level),
                None => Vec::new(),
            };
            if let Some(globals) = site.globals() {
                known.extend(site.fields(globals.into()));
            }
            // Names that the function does not mention are not among them.
            if name.len() > 4 {
                known.extend(origins::declared_before(site));
            }
            let found = did_you_mean(found, name, name, &known);
            match library_of(name) {
                Some(library) if found.help.is_empty() => {
                    found.with_help(format!("did you mean `{library}.{}`?", text(name)))
                }
                _ if found.help.is_empty() && origins::is_declared_later(site, name) => {
                    let name = text(name);
                    found.with_help(format!(
                        "the local function `{name}` is declared later: move it up"
                    ))
                }
                _ if found.help.is_empty() && origins::ended_scope(site, name).is_some() => {
                    let line = origins::ended_scope(site, name).unwrap_or_default();
                    let name = text(name);
                    found
                        .with_help(format!("the local `{name}` of line {line} ends with its block"))
                }
                _ if found.help.is_empty() && origins::is_changed_here(site, name) => {
                    found.with_help(format!("give it a value first: `{} = 0`", text(name)))
                }
                _ if found.help.is_empty() && !origins::is_assigned(site, name) => {
                    found.with_note(format!("nothing in this file assigns to `{}`", text(name)))
                }
                _ => found,
            }
        }
        Expr::Call { .. } | Expr::MethodCall(_) => origins::of_call(site, id, found),
        Expr::Index { object, key } => match chunk.expr(key) {
            Expr::Str(name) => match site.value(object) {
                Some(owner) if owner.as_table().is_some() => {
                    field_meant(site, found, object, owner, site.name_bytes(name), false)
                }
                _ => found,
            },
            _ => list_items(site, found, object, key),
        },
        Expr::Field { object, name } => {
            let Some(owner) = site.value(object) else { return found };
            let name = site.name_bytes(name);
            let node = site.node().map(|node| chunk.expr(node));
            let called = matches!(node, Some(Expr::Call { callee, .. }) if callee == id);
            field_meant(site, found, object, owner, name, called)
        }
        _ => found,
    }
}

/// The same of a field `name` of `owner`, which is `called` or read.
pub fn field_meant(
    site: &ErrorSite,
    found: Diagnostic,
    object: ExprId,
    owner: Value,
    name: &[u8],
    called: bool,
) -> Diagnostic {
    let qualified = match site.chunk().expr(object) {
        Expr::Name(library) => [site.name_bytes(library), b".", name].concat(),
        _ => name.to_vec(),
    };
    let found = did_you_mean(found, name, &qualified, &site.fields(owner));
    let advice = if owner.is_string() {
        foreign_method("string", name)
    } else if called || owner.as_table().is_some_and(|list| !list.is_empty()) {
        foreign_method("table", name)
    } else {
        None
    };
    match advice {
        Some(advice) if found.help.is_empty() => found.with_help(advice),
        _ if found.help.is_empty() => with_fields(site, found, object, owner),
        _ => found,
    }
}

/// The fields of a table without a metatable, if they are few.
fn with_fields(site: &ErrorSite, found: Diagnostic, object: ExprId, owner: Value) -> Diagnostic {
    let Some(table) = owner.as_table().filter(|table| table.metatable().is_none()) else {
        return found;
    };
    let names: Option<Vec<String>> = table
        .entries()
        .take(FIELDS + 1)
        .map(|(key, _)| key.as_str().map(|name| format!("`{}`", text(name.bytes()))))
        .collect();
    let object = site.written(object).unwrap_or_else(|| "the table".to_string());
    match names.as_deref() {
        Some([]) => found.with_note(format!("{object} has no fields")),
        Some([name]) => found.with_note(format!("{object} has one field: {name}")),
        Some(names) if names.len() <= FIELDS => {
            found.with_note(format!("the fields of {object} are {}", names.join(", ")))
        }
        _ => found,
    }
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

/// `t[0]`, `t[#t + 1]`: what the list has.
fn list_items(site: &ErrorSite, found: Diagnostic, object: ExprId, key: ExprId) -> Diagnostic {
    let owner = site.value(object);
    if owner.is_some_and(Value::is_string) {
        let (string, index) = (site.written(object), site.written(key));
        return match (string, index) {
            (Some(s), Some(i)) => {
                let (s, i) = (s.trim_matches('`'), i.trim_matches('`'));
                found.with_help(format!("a character of a string is `{s}:sub({i}, {i})`"))
            }
            _ => found,
        };
    }
    let list = owner.and_then(Value::as_table);
    let (Some(list), Some(key)) = (list, site.key(key).and_then(Value::as_int)) else {
        return found;
    };
    let owner = site.origin(object).or_else(|| site.written(object));
    let owner = owner.as_deref().unwrap_or("the list");
    match list.len() {
        0 => found.with_note(format!("{owner} has no items")),
        1 if key == 0 => found.with_note(format!("the first and only item of {owner} is number 1")),
        n if key == 0 => {
            found.with_note(format!("the items of {owner} are numbered from 1 to {n}"))
        }
        1 => found.with_note(format!("{owner} has one item, number 1")),
        n if (-n..0).contains(&key) => {
            let list = site.written(object).unwrap_or_else(|| "`t`".to_string());
            let list = list.trim_matches('`');
            let from_end = match key {
                -1 => format!("`{list}[#{list}]`"),
                _ => format!("`{list}[#{list} - {}]`", -1 - key),
            };
            let found = found.with_help(format!("counted from the end, the item is {from_end}"));
            found.with_note(format!("{owner} has {n} items, from 1 to {n}"))
        }
        n if key < 0 || key > n => found.with_note(format!("{owner} has {n} items, from 1 to {n}")),
        _ => found,
    }
}

/// A method was called with a `.`: `a.deposit(5)` for `a:deposit(5)`.
fn colon(site: &ErrorSite, found: Diagnostic) -> Diagnostic {
    match CallerCall::of(site).and_then(|call| call.with_colon()) {
        Some(call) => found.with_help(format!("methods are called with a colon: `{call}`")),
        None => found,
    }
}

/// `try { … }`: a call with a table, whose values are computed before anything is caught.
pub fn inside_try_table(site: &ErrorSite) -> Option<&'static str> {
    let chunk = site.chunk();
    let around = |(expr, span): (&Expr, &luka_compiler::Span)| match *expr {
        Expr::Call { callee, .. } => {
            span.start < site.span.start
                && site.span.end <= span.end
                && matches!(chunk.expr(callee), Expr::Name(n) if site.name_bytes(n) == b"try")
                && site.value(callee).is_some_and(Value::is_nil)
        }
        _ => false,
    };
    chunk.exprs.iter().zip(&chunk.expr_spans).any(around).then_some(
        "`try { … }` makes a table: errors are caught with `try do … catch e then … end`",
    )
}

/// Why the level that `error` blames is perhaps not the one that was meant: a function on the way
/// was left by a tail call and has none.
pub fn missing_level(vm: &Vm, fault: &Fault) -> Option<&'static str> {
    let site = fault.site.filter(|_| fault.kind == FaultKind::Raised)?;
    let mut levels = vm.activations(fault.thread).take_while(|l| l.frame.base != site.base);
    levels.any(|level| level.frame.is_tail).then_some(
        "`return f(…)` is a tail call: the function that made it has left the stack, \
         so `error` counts past it",
    )
}
