//! The resolver's diagnostics: PUC's words for programs, better ones for people.
//!
//! "At the token after `end`" means: PUC raises the error when it has consumed the text up to
//! `end` and looks at the next token.

use luka_bytecode::Span;

use super::Resolver;
use crate::Sym;
use crate::diag::{Code, Diagnostic, Moment, Phase};

/// The moment, and the line PUC gives, of an error raised at the token after `end`.
fn moment_after(r: &Resolver<'_>, end: u32) -> (Moment, Option<u32>, usize) {
    let index = r.tokens.index_at_or_after(end);
    let moment = Moment { token_at: r.tokens.spans[index].start, phase: Phase::Semantic };
    (moment, Some(r.source.line(r.tokens.line_at(index))), index)
}

/// `before`, the name, `after`.
fn with_name(r: &Resolver<'_>, before: &str, name: Sym, after: &str) -> Vec<u8> {
    [before.as_bytes(), r.tokens.names.bytes(name), after.as_bytes()].concat()
}

fn new(r: &Resolver<'_>, code: Code, span: Span, text: Vec<u8>, end: u32) -> Diagnostic {
    let (moment, line, _) = moment_after(r, end);
    let message = String::from_utf8_lossy(&text).into_owned();
    Diagnostic::new(code, span, message).with_puc(moment, line, text)
}

/// A limit of PUC's passed in the function defined at `line` (0: the main chunk).
#[cold]
pub(super) fn limit(r: &Resolver<'_>, line: u32, max: usize, what: &str, end: u32) -> Diagnostic {
    let place = match line {
        0 => "main function".to_string(),
        _ => format!("function at line {line}"),
    };
    let text = format!("too many {what} (limit is {max}) in {place}");
    let (moment, puc_line, index) = moment_after(r, end);
    let near = r.tokens.near(index, r.source);
    let puc = [text.as_bytes(), b" near ", &near].concat();
    let code = if what == "upvalues" { Code::TooManyUpvalues } else { Code::TooManyLocals };
    Diagnostic::new(code, Span::new(end.saturating_sub(1), end), text)
        .with_puc(moment, puc_line, puc)
        .with_label("one too many")
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
    new(r, Code::UndefinedLabel, span, text, end)
        .with_label("no label of this name is visible from here")
}

/// `break` outside a loop, found when the function ends.
#[cold]
pub(super) fn break_outside(r: &Resolver<'_>, span: Span, end: u32) -> Diagnostic {
    let text = format!("break outside loop at line {}", r.source.line(span.start));
    new(r, Code::BreakOutsideLoop, span, text.into_bytes(), end).with_label("in no loop")
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
    new(r, Code::DuplicateLabel, span, text, end).with_secondary(first, "the other one")
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

/// A name that no `global` in scope declares.
#[cold]
pub(super) fn not_declared(r: &Resolver<'_>, name: Sym, span: Span) -> Diagnostic {
    let text = with_name(r, "variable '", name, "' not declared");
    new(r, Code::NotDeclared, span, text, span.end).with_label("not declared").with_help(
        "in the scope of a `global`, every global must be declared; `global *` declares all",
    )
}
