//! What might have been meant where a value is not what the code needs.

use luka_compiler::ast::{Expr, ExprId};
use luka_compiler::check::{foreign_name, similar};
use luka_compiler::diag::Diagnostic;
use luka_compiler::parse::{Options, parse_input};
use luka_vm::debug::{Fault, FaultKind};
use luka_vm::{Value, Vm};

use super::error_site::ErrorSite;
use super::show::text;

/// Bytes of a call that is quoted.
const QUOTED: usize = 60;

/// What an expression was perhaps meant to be that has this value.
pub fn meant(site: &ErrorSite, id: ExprId, value: Value, found: Diagnostic) -> Diagnostic {
    let chunk = site.chunk();
    let found = match chunk.expr(id) {
        Expr::Name(name) if site.name_bytes(name) == b"self" => colon(site, found),
        _ => found,
    };
    if !value.is_nil() {
        return found;
    }
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
        Expr::Index { object, key } => list_items(site, found, object, key),
        Expr::Field { object, name } => {
            let Some(owner) = site.value(object) else { return found };
            let name = site.name_bytes(name);
            field_meant(site, found, chunk.expr(object), owner, name)
        }
        _ => found,
    }
}

/// The same of a field `name` of `owner`.
pub fn field_meant(
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

/// `t[0]`, `t[#t + 1]`: what the list has.
fn list_items(site: &ErrorSite, found: Diagnostic, object: ExprId, key: ExprId) -> Diagnostic {
    let list = site.value(object).and_then(Value::as_table);
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
        n if key < 0 || key > n => found.with_note(format!("{owner} has {n} items, from 1 to {n}")),
        _ => found,
    }
}

/// A method was called with a `.`: `a.deposit(5)` for `a:deposit(5)`.
fn colon(site: &ErrorSite, found: Diagnostic) -> Diagnostic {
    match method_call(site) {
        Some(call) => found.with_help(format!("methods are called with a colon: `{call}`")),
        None => found,
    }
}

/// The call of the function at fault as it should be written, if it is one with a `.`.
fn method_call(site: &ErrorSite) -> Option<String> {
    let (span, source) = site.caller.as_ref()?;
    let (parsed, _) = parse_input(source, &Options::default());
    let chunk = &parsed.chunk;
    let ids = (0..chunk.exprs.len() as u32).map(luka_compiler::ast::Id::from_index);
    let mut calls = ids.filter(|&id: &ExprId| chunk.expr_span(id) == *span);
    let call = calls.find(|&id| matches!(chunk.expr(id), Expr::Call { .. }))?;
    let Expr::Call { callee, .. } = chunk.expr(call) else { return None };
    let Expr::Field { object, name } = chunk.expr(callee) else { return None };
    let name = parsed.tokens.names.bytes(name);
    let (object, callee) = (chunk.expr_span(object), chunk.expr_span(callee));
    let part = |from: u32, to: u32| source.bytes().get(from as usize..to as usize);
    let arguments = part(callee.end, span.end)?;
    let call = [part(object.start, object.end)?, b":", name, arguments].concat();
    let short = call.len() <= QUOTED && !call.iter().any(|c| c.is_ascii_control());
    short.then(|| String::from_utf8_lossy(&call).into_owned())
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
