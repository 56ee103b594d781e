//! Unused locals, functions, parameters and labels, and duplicate
//! declarations.

use std::collections::HashSet;

use super::facts::{Kind, Variable};
use super::{Context, lint};
use crate::ast::Attrib;
use crate::diag::{Code, Diagnostic};

pub(super) fn check(cx: &mut Context) {
    for index in 0..cx.facts.variables.len() {
        let variable = cx.facts.variables[index];
        if !cx.is_written(variable.name, variable.span) {
            continue;
        }
        shadowing(cx, &variable);
        if variable.reads == 0
            && !cx.bytes(variable.name).starts_with(b"_")
            && variable.attrib != Attrib::Close
        {
            unused(cx, &variable);
        }
    }
    labels(cx);
}

fn unused(cx: &mut Context, variable: &Variable) {
    let name = cx.text(variable.name);
    let only_itself = variable.self_reads > 0;
    let (code, message) = match variable.kind {
        Kind::SelfParam => return,
        Kind::Param => (Code::UnusedParameter, format!("parameter `{name}` is never used")),
        Kind::Loop => (Code::UnusedLoopVariable, format!("loop variable `{name}` is never used")),
        Kind::Function if variable.writes == 0 => {
            let how = if only_itself { "is called only by itself" } else { "is never used" };
            (Code::UnusedFunction, format!("function `{name}` {how}"))
        }
        _ if only_itself => return,
        // Lowering adds writes to the variables of a pattern.
        _ if variable.writes > 0 && cx.written.exprs == cx.chunk.exprs.len() => {
            (Code::UnusedLocal, format!("`{name}` is assigned, but its value is never used"))
        }
        _ => {
            // The earlier ones of several variables may be placeholders.
            if variable.extra || later_used(cx, variable) {
                return;
            }
            (Code::UnusedLocal, format!("`{name}` is never used"))
        }
    };
    let found = lint(code, variable.span, message);
    cx.report(underscore(cx, variable, &name, found));
}

fn later_used(cx: &Context, variable: &Variable) -> bool {
    let mut next = variable.next;
    while let Some(later) = next.and_then(|index| cx.facts.variables.get(index as usize)) {
        if later.reads + later.writes > 0 {
            return true;
        }
        next = later.next;
    }
    false
}

/// Suggests a name with an underscore, which marks a variable as unused.
fn underscore(cx: &Context, variable: &Variable, name: &str, found: Diagnostic) -> Diagnostic {
    let marked = format!("_{name}");
    if variable.writes > 0
        || variable.self_reads > 0
        || cx.tokens.names.lookup(marked.as_bytes()).is_some()
    {
        return found;
    }
    let safe = matches!(variable.kind, Kind::Param | Kind::Loop);
    let title = format!("if this is intended, name it `{marked}`");
    found.with_fix(title, safe, variable.span, marked)
}

/// A variable that hides another one.
fn shadowing(cx: &mut Context, variable: &Variable) {
    let Some(hidden) = variable.hides.and_then(|v| cx.facts.variables.get(v as usize)) else {
        return;
    };
    let name = cx.text(variable.name);
    if name.starts_with('_') || !cx.is_written(hidden.name, hidden.span) {
        return;
    }
    // Two of a name in one list: the first cannot be used at all.
    let in_one_list = variable.same_block
        && (hidden.kind == Kind::Param && variable.kind == Kind::Param
            || hidden.kind == Kind::Loop && variable.kind == Kind::Loop
            || same_declaration(cx, hidden, variable));
    let (code, message) = if in_one_list {
        (Code::DuplicateName, format!("`{name}` is declared twice in one list"))
    } else {
        (Code::Shadowing, format!("`{name}` hides another variable of this name"))
    };
    let span = hidden.span;
    cx.report(lint(code, variable.span, message).with_secondary(span, "declared here before"));
}

fn same_declaration(cx: &Context, first: &Variable, second: &Variable) -> bool {
    let mut next = first.next;
    while let Some(later) = next.and_then(|index| cx.facts.variables.get(index as usize)) {
        if later.span == second.span {
            return true;
        }
        next = later.next;
    }
    false
}

fn labels(cx: &mut Context) {
    let labels = &cx.facts.labels;
    let used: HashSet<_> = labels.iter().filter(|l| l.used).map(|l| (l.name, l.func)).collect();
    for label in labels.iter().filter(|label| !label.used) {
        if !used.contains(&(label.name, label.func)) && cx.is_written(label.name, label.span) {
            let name = cx.text(label.name);
            let message = format!("no `goto` jumps to `{name}`");
            cx.report(lint(Code::UnusedLabel, label.span, message));
        }
    }
}
