//! Destructuring: patterns in `local`, in `for` and among parameters; and what else a parameter
//! may carry.

use super::expr::{default, hidden_binding, parameter_pattern};
use super::hint::Hint;
use super::types::{annotation, ty, vararg_type};
use crate::ast::ext::{ExtStmt, Pattern, PatternEntry, PatternId, Rest, Target};
use crate::ast::{Attrib, Binding, BindingId, ExprId, FuncId, Stmt};
use crate::lex::TokenKind as T;
use crate::parse::error::SyntaxError;
use crate::parse::expr::{expr, expr_list};
use crate::parse::func::bind;
use crate::parse::state::*;
use crate::parse::stmt::{attribute, equals, generic_for_rest};

/// Adds a binding to the tree alone.
pub(super) fn add_binding<M: Mode>(inp: &mut In<'_, '_, M>) -> R<Option<BindingId>> {
    let Some((name, name_span)) = name(inp)? else { return Ok(None) };
    let binding = Binding { name, name_span, attrib: Attrib::None };
    Ok(Some(inp.state().chunk.add_binding(binding)))
}

/// The rest of a `local` that precedes a token which is no name; the variables before it are
/// on the scratch stack from `base` on.
#[cold]
pub(in crate::parse) fn local<M: Mode>(inp: &mut In<'_, '_, M>, base: usize) -> R<Stmt> {
    if kind(inp) == T::Less && inp.state().scratch.len() == base {
        return local_with_attribute(inp, base);
    }
    let state = inp.state();
    let mut targets: Vec<Target> =
        state.scratch[base..].iter().map(|&raw| Target::Name(BindingId::new(raw))).collect();
    state.scratch.truncate(base);
    loop {
        match kind(inp) {
            T::LBrace | T::LBracket => {
                let id = pattern(inp)?;
                if eat(inp, T::Colon) {
                    let ty = ty(inp)?;
                    inp.state().chunk.ext_mut().pattern_types.push((id, ty));
                }
                targets.push(Target::Pattern(id));
            }
            T::Name => {
                let Some((name, name_span)) = name(inp)? else { break };
                let (attrib, _) = attribute(inp)?;
                let binding = Binding { name, name_span, attrib };
                let binding = inp.state().chunk.add_binding(binding);
                annotation(inp, binding)?;
                targets.push(Target::Name(binding));
            }
            T::Str => {
                fail(inp, SyntaxError::Extension(Hint::LocalPattern))?;
                break;
            }
            _ => {
                fail(inp, SyntaxError::Expected(T::Name))?;
                break;
            }
        }
        if !eat(inp, T::Comma) {
            break;
        }
    }
    if !equals(inp) {
        fail(inp, SyntaxError::Expected(T::Eq))?;
    }
    let values = expr_list(inp)?;
    Ok(Stmt::Ext(inp.state().chunk.ext_mut().add_stmt(ExtStmt::Local { targets, values })))
}

/// `local <attrib> names`, as Lua 5.5 writes it.
fn local_with_attribute<M: Mode>(inp: &mut In<'_, '_, M>, base: usize) -> R<Stmt> {
    let (given, _) = attribute(inp)?;
    while let Some((name, name_span)) = name(inp)? {
        let (own, _) = attribute(inp)?;
        let attrib = if own == Attrib::None { given } else { own };
        let binding = bind(inp, Binding { name, name_span, attrib });
        annotation(inp, binding)?;
        if !eat(inp, T::Comma) {
            break;
        }
    }
    let bindings = inp.state().end_list(base);
    let values = if equals(inp) { expr_list(inp)? } else { crate::ast::List::EMPTY };
    Ok(Stmt::Local { bindings, values })
}

/// A pattern of a destructuring: `'{' entries '}'` or `'[' entries ']'`.
pub(super) fn pattern<M: Mode>(inp: &mut In<'_, '_, M>) -> R<PatternId> {
    enter(inp)?;
    let from = start(inp);
    let made = match kind(inp) {
        _ if failed(inp) => Pattern::Error,
        T::LBrace => table_pattern(inp, target, nil_default)?,
        T::LBracket => array_pattern(inp, target, nil_default)?,
        _ => {
            fail(inp, SyntaxError::Extension(Hint::PatternTarget))?;
            Pattern::Error
        }
    };
    leave(inp, 1);
    let span = span_from(inp, from);
    Ok(inp.state().chunk.ext_mut().add_pattern(made, span))
}

/// A rule for what is in a table or an array pattern; a `match` and a destructuring have their
/// own.
type Inner<M, T> = fn(&mut In<'_, '_, M>) -> R<T>;

/// `'{' {Name ['=' value] [default] sep} '}'`, of which the last `sep` may be missing.
pub(super) fn table_pattern<M: Mode>(
    inp: &mut In<'_, '_, M>,
    value: Inner<M, PatternId>,
    entry_default: Inner<M, Option<ExprId>>,
) -> R<Pattern> {
    let open = start(inp);
    inp.skip();
    let mut entries = Vec::new();
    while kind(inp) != T::RBrace {
        let from = start(inp);
        let Some((key, key_span)) = name(inp)? else { break };
        let pattern = if eat(inp, T::Eq) {
            value(inp)?
        } else {
            let binding = Binding { name: key, name_span: key_span, attrib: Attrib::None };
            let binding = inp.state().chunk.add_binding(binding);
            let span = span_from(inp, from);
            inp.state().chunk.ext_mut().add_pattern(Pattern::Bind(binding), span)
        };
        let default = entry_default(inp)?;
        entries.push(PatternEntry { key: Some((key, key_span)), pattern, default });
        if !eat(inp, T::Comma) && !eat(inp, T::Semi) {
            break;
        }
    }
    expect_closer(inp, T::RBrace, T::LBrace, open, open)?;
    Ok(Pattern::Table(entries))
}

/// `'[' {value [default] sep} ['...' [Name]] ']'`, likewise.
pub(super) fn array_pattern<M: Mode>(
    inp: &mut In<'_, '_, M>,
    value: Inner<M, PatternId>,
    entry_default: Inner<M, Option<ExprId>>,
) -> R<Pattern> {
    let open = start(inp);
    inp.skip();
    let mut items = Vec::new();
    let mut rest = Rest::None;
    while kind(inp) != T::RBracket {
        if kind(inp) == T::Dots {
            rest = rest_of_array(inp)?;
            break;
        }
        let pattern = value(inp)?;
        let default = entry_default(inp)?;
        items.push(PatternEntry { key: None, pattern, default });
        if !eat(inp, T::Comma) && !eat(inp, T::Semi) {
            break;
        }
    }
    expect_closer(inp, T::RBracket, T::LBracket, open, open)?;
    Ok(Pattern::Array { items, rest })
}

/// `'...' [Name] [sep]`
fn rest_of_array<M: Mode>(inp: &mut In<'_, '_, M>) -> R<Rest> {
    inp.skip();
    let rest = match kind(inp) {
        T::Name => add_binding(inp)?.map_or(Rest::Ignored, Rest::Bind),
        _ => Rest::Ignored,
    };
    let _ = eat(inp, T::Comma) || eat(inp, T::Semi);
    Ok(rest)
}

/// A name or a pattern within a pattern.
fn target<M: Mode>(inp: &mut In<'_, '_, M>) -> R<PatternId> {
    if kind(inp) != T::Name {
        if kind(inp) == T::Str {
            fail(inp, SyntaxError::Extension(Hint::LocalPattern))?;
        }
        return pattern(inp);
    }
    let from = start(inp);
    let made = add_binding(inp)?.map_or(Pattern::Error, Pattern::Bind);
    let span = span_from(inp, from);
    Ok(inp.state().chunk.ext_mut().add_pattern(made, span))
}

/// `['??' exp]`
fn nil_default<M: Mode>(inp: &mut In<'_, '_, M>) -> R<Option<ExprId>> {
    if eat(inp, T::QuestionQuestion) { Ok(Some(expr(inp)?)) } else { Ok(None) }
}

/// The rest of a `for … in` with patterns or types; the variables so far are on the scratch stack
/// from `base` on. `expects_variable`: a variable is next; otherwise a comma or `in`.
#[cold]
pub(in crate::parse) fn generic_for<M: Mode>(
    inp: &mut In<'_, '_, M>,
    from: u32,
    base: usize,
    mut expects_variable: bool,
) -> R<Stmt> {
    while expects_variable || eat(inp, T::Comma) {
        expects_variable = false;
        let var = match kind(inp) {
            T::LBrace | T::LBracket => hidden_binding(inp)?,
            _ => {
                let Some((name, name_span)) = name(inp)? else { break };
                bind(inp, Binding { name, name_span, attrib: Attrib::None })
            }
        };
        annotation(inp, var)?;
    }
    generic_for_rest(inp, from, base)
}

/// `[':' type] ['=' exp]` after a parameter.
#[cold]
pub(in crate::parse) fn parameter_extras<M: Mode>(
    inp: &mut In<'_, '_, M>,
    param: BindingId,
) -> R<()> {
    if !inp.state().luka {
        return Ok(());
    }
    annotation(inp, param)?;
    default(inp, param)
}

/// A parameter that is a pattern.
#[cold]
pub(in crate::parse) fn pattern_parameter<M: Mode>(inp: &mut In<'_, '_, M>) -> R<()> {
    let param = parameter_pattern(inp)?;
    parameter_extras(inp, param)
}

/// `[Name] [':' type] [',']` after a function's `...`.
#[cold]
pub(in crate::parse) fn vararg_extras<M: Mode>(inp: &mut In<'_, '_, M>, func: FuncId) -> R<()> {
    if !inp.state().luka {
        return Ok(());
    }
    if kind(inp) == T::Name
        && let Some((name, name_span)) = name(inp)?
    {
        let binding = Binding { name, name_span, attrib: Attrib::Const };
        let chunk = &mut inp.state().chunk;
        let binding = chunk.add_binding(binding);
        chunk.ext_mut().named_varargs.push((func, binding));
    }
    vararg_type(inp, func)?;
    if kind(inp) == T::Comma && matches!(kind_ahead(inp, 1), T::RParen | T::Pipe) {
        inp.skip();
    }
    Ok(())
}
