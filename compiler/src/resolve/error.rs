//! The resolver's diagnostics: PUC's predefined for programs, more detailed ones for display.
//!
//! "At the token after `end`" means: PUC raises the error when it has consumed the text up to
//! `end` and looks at the next token.

use luka_bytecode::Span;

use super::Resolver;
use crate::Sym;
use crate::diag::{Code, Diagnostic, Phase, PucOrder};

/// The order, and the line PUC gives, of an error raised at the token after `end`.
fn order_after(r: &Resolver<'_>, end: u32) -> (PucOrder, Option<u32>, usize) {
    let index = r.tokens.index_at_or_after(end);
    let puc_order = PucOrder { token_at: r.tokens.spans[index].start, phase: Phase::Semantic };
    (puc_order, Some(r.source.line(r.tokens.line_at(index))), index)
}

/// `before`, the name, `after`.
fn with_name(r: &Resolver<'_>, before: &str, name: Sym, after: &str) -> Vec<u8> {
    [before.as_bytes(), r.tokens.names.bytes(name), after.as_bytes()].concat()
}

fn new(r: &Resolver<'_>, code: Code, span: Span, text: Vec<u8>, end: u32) -> Diagnostic {
    let (puc_order, line, _) = order_after(r, end);
    let message = String::from_utf8_lossy(&text).into_owned();
    Diagnostic::new(code, span, message).with_puc(puc_order, line, text)
}

/// A limit of PUC's passed in the function defined at `line` (0: the main chunk).
#[cold]
pub(super) fn limit(r: &Resolver<'_>, line: u32, max: usize, what: &str, end: u32) -> Diagnostic {
    let place = match line {
        0 => "main function".to_string(),
        _ => format!("function at line {line}"),
    };
    let text = format!("too many {what} (limit is {max}) in {place}");
    let (puc_order, puc_line, index) = order_after(r, end);
    let near = r.tokens.token_text(index, r.source);
    let puc = [text.as_bytes(), b" near ", &near].concat();
    let code = if what == "upvalues" { Code::TooManyUpvalues } else { Code::TooManyLocals };
    Diagnostic::new(code, Span::new(end.saturating_sub(1), end), text)
        .with_puc(puc_order, puc_line, puc)
        .with_label("this one exceeds the limit")
        .with_help("keep some of them in a table, or in an enclosing `do … end`")
}

/// Assignment to a variable that cannot change, checked at the token after `end`.
#[cold]
pub(super) fn assign_to_const(r: &Resolver<'_>, name: Sym, span: Span, end: u32) -> Diagnostic {
    let text = with_name(r, "attempt to assign to const variable '", name, "'");
    new(r, Code::AssignToConst, span, text, end).with_label("this variable cannot change")
}

/// `goto` without label, found when the function ends.
#[cold]
pub(super) fn undefined_label(r: &Resolver<'_>, name: Sym, span: Span, end: u32) -> Diagnostic {
    let line = r.source.line(span.end.saturating_sub(1));
    let after = format!("' for <goto> at line {line}");
    let text = with_name(r, "no visible label '", name, &after);
    let report = new(r, Code::UndefinedLabel, span, text, end)
        .with_label("no label of this name is visible from here");
    let name = String::from_utf8_lossy(r.tokens.names.bytes(name)).into_owned();
    if matches!(name.as_str(), "continue" | "next" | "skip") {
        report.with_help(format!("put `::{name}::` before the `end` of the loop"))
    } else {
        report.with_help(format!(
            "`::{name}::` marks the place to go to, in this block or one around it"
        ))
    }
}

/// `break` outside a loop, found when the function ends.
#[cold]
pub(super) fn break_outside(r: &Resolver<'_>, span: Span, end: u32) -> Diagnostic {
    let text = format!("break outside loop at line {}", r.source.line(span.start));
    new(r, Code::BreakOutsideLoop, span, text.into_bytes(), end).with_label("not inside a loop")
}

/// A label that is visible already.
#[cold]
pub(super) fn duplicate_label(
    r: &Resolver<'_>,
    name: Sym,
    span: Span,
    first: Span,
    end: u32,
) -> Diagnostic {
    let after = format!("' already defined on line {}", r.source.line(first.start));
    let text = with_name(r, "label '", name, &after);
    new(r, Code::DuplicateLabel, span, text, end).with_secondary(first, "the other label")
}

/// `goto` over the declaration of a variable that its label sees.
#[cold]
pub(super) fn jump_into_scope(
    r: &Resolver<'_>,
    name: Sym,
    span: Span,
    variable: Sym,
    label: Span,
    end: u32,
) -> Diagnostic {
    let line = r.source.line(span.end.saturating_sub(1));
    let text =
        with_name(r, "<goto ", name, &format!("> at line {line} jumps into the scope of local '"));
    let text = [&text, r.tokens.names.bytes(variable), b"'"].concat();
    new(r, Code::JumpIntoScope, span, text, end)
        .with_secondary(label, "the label is in the variable's scope")
        .with_help("declare the variable before the `goto`, or put it in a `do … end`")
}

/// A global that is looked up in an `_ENV` which is declared global itself.
#[cold]
pub(super) fn global_environment(r: &Resolver<'_>, name: Sym, span: Span) -> Diagnostic {
    let text = with_name(r, "_ENV is global when accessing variable '", name, "'");
    new(r, Code::NotDeclared, span, text, span.end)
        .with_label("globals are fields of `_ENV`, which cannot be one itself")
        .with_help("do not declare `_ENV` as `global`")
}

/// A name that no `global` in scope declares.
#[cold]
pub(super) fn not_declared(r: &Resolver<'_>, name: Sym, span: Span) -> Diagnostic {
    let text = with_name(r, "variable '", name, "' not declared");
    let names = r.scopes.declared_names().map(|name| r.tokens.names.bytes(name));
    let near = luka_bytecode::text::similar(r.tokens.names.bytes(name), names);
    let report = new(r, Code::NotDeclared, span, text, span.end).with_label("not declared");
    match near {
        Some(near) => {
            report.with_help(format!("did you mean `{}`?", String::from_utf8_lossy(near)))
        }
        None => report.with_help(
            "in the scope of a `global`, every global must be declared; `global *` declares all",
        ),
    }
}
