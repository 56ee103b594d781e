//! Expressions of the extensions.

use super::hint::Hint;
use super::pattern::pattern;
use super::types::{is_split, parameter_default, ty};
use crate::Sym;
use crate::ast::ext::Pattern;
use crate::ast::{
    Attrib, Binding, BindingId, Block, Expr, ExprId, Func, FuncId, List, Stmt, StmtId,
};
use crate::lex::TokenKind as T;
use crate::parse::error::SyntaxError;
use crate::parse::expr::{expr, suffix};
use crate::parse::func::{bind, block, enter_varargs, reserve};
use crate::parse::state::*;

/// An operand that starts with a token of the extensions.
#[cold]
pub(in crate::parse) fn operand<M: Mode>(inp: &mut In<'_, '_, M>, first: T) -> R<ExprId> {
    match first {
        T::If => if_expression(inp),
        T::Pipe => short_function(inp),
        _ => interpolated(inp),
    }
}

/// `if c then a {elseif d then b} else e`
fn if_expression<M: Mode>(inp: &mut In<'_, '_, M>) -> R<ExprId> {
    let from = start(inp);
    let base = inp.state().scratch.len();
    loop {
        inp.skip();
        if kind(inp) == T::Local {
            fail(inp, SyntaxError::Extension(Hint::LocalCondition))?;
        }
        let cond = expr(inp)?;
        inp.state().scratch.push(cond.index() as u32);
        expect(inp, T::Then)?;
        let value = expr(inp)?;
        inp.state().scratch.push(value.index() as u32);
        if kind(inp) != T::ElseIf {
            break;
        }
    }
    expect(inp, T::Else)?;
    let value = expr(inp)?;
    inp.state().scratch.push(value.index() as u32);
    let parts = inp.state().end_list(base);
    Ok(add_extension(inp, Expr::If(parts), from))
}

/// Adds a node of the extensions.
fn add_extension<M: Mode>(inp: &mut In<'_, '_, M>, expr: Expr, from: u32) -> ExprId {
    inp.state().chunk.ext_mut();
    add(inp, expr, from)
}

/// An interpolated string, from its first piece on.
fn interpolated<M: Mode>(inp: &mut In<'_, '_, M>) -> R<ExprId> {
    let from = start(inp);
    let base = inp.state().scratch.len();
    let mut last = kind(inp) == T::InterpWhole;
    text_piece(inp);
    while !last {
        if matches!(kind(inp), T::InterpMid | T::InterpEnd) {
            fail(inp, SyntaxError::Extension(Hint::EmptyHole))?;
            break;
        }
        let hole = expr(inp)?;
        inp.state().scratch.push(hole.index() as u32);
        last = match kind(inp) {
            T::InterpEnd => true,
            T::InterpMid => false,
            _ => {
                fail(inp, SyntaxError::Extension(Hint::HoleEnd))?;
                break;
            }
        };
        text_piece(inp);
    }
    let parts = inp.state().end_list(base);
    Ok(add_extension(inp, Expr::Interpolated(parts), from))
}

/// Takes a piece of text.
fn text_piece<M: Mode>(inp: &mut In<'_, '_, M>) {
    let from = start(inp);
    let sym = peek(inp).sym();
    inp.skip();
    let text = add(inp, Expr::Str(sym), from);
    inp.state().scratch.push(text.index() as u32);
}

/// Is the `::` here a cast's? One before a name and another `::` is a label's.
pub(in crate::parse) fn is_cast<M: Mode>(inp: &mut In<'_, '_, M>) -> bool {
    inp.state().luka && !(kind_ahead(inp, 1) == T::Name && kind_ahead(inp, 2) == T::ColonColon)
}

/// `:: type`, after `inner`.
#[cold]
pub(in crate::parse) fn cast<M: Mode>(
    inp: &mut In<'_, '_, M>,
    inner: ExprId,
    from: u32,
) -> R<ExprId> {
    inp.skip();
    let ty = ty(inp)?;
    if is_split(inp) {
        fail(inp, SyntaxError::Unexpected)?;
    }
    Ok(add_extension(inp, Expr::Cast { expr: inner, ty }, from))
}

/// `?.` and the rest of the suffixes.
#[cold]
pub(in crate::parse) fn optional_chain<M: Mode>(
    inp: &mut In<'_, '_, M>,
    mut left: ExprId,
    from: u32,
) -> R<ExprId> {
    loop {
        let node = if kind(inp) == T::QuestionDot {
            inp.skip();
            left = add_extension(inp, Expr::OptionalLink(left), from);
            match kind(inp) {
                T::Name => {
                    let sym = peek(inp).sym();
                    inp.skip();
                    Some(Expr::Field { object: left, name: sym })
                }
                T::LBracket | T::LParen | T::Colon => suffix(inp, left)?,
                _ => {
                    fail(inp, SyntaxError::Extension(Hint::OptionalName))?;
                    None
                }
            }
        } else {
            suffix(inp, left)?
        };
        match node {
            Some(node) => left = add(inp, node, from),
            None => return Ok(add(inp, Expr::Optional(left), from)),
        }
    }
}

/// An interpolated string right after `callee`, which is not a call.
#[cold]
pub(in crate::parse) fn interpolated_call<M: Mode>(
    inp: &mut In<'_, '_, M>,
    callee: ExprId,
) -> R<ExprId> {
    // `match` may be a keyword, and the string its value.
    if let Expr::Name(name) = inp.state().chunk.expr(callee)
        && inp.state().tokens.names.bytes(name) == b"match"
    {
        return Ok(callee);
    }
    fail(inp, SyntaxError::Extension(Hint::InterpolatedCall))?;
    Ok(callee)
}

/// Is the expression a field or an item?
pub(in crate::parse) fn is_assignable<M: Mode>(inp: &mut In<'_, '_, M>, id: ExprId) -> bool {
    matches!(inp.state().chunk.expr(id), Expr::Field { .. } | Expr::Index { .. })
}

/// `->` and the body, after the parameter `name`.
#[cold]
pub(in crate::parse) fn short_function_of_name<M: Mode>(
    inp: &mut In<'_, '_, M>,
    name: ExprId,
    from: u32,
) -> R<ExprId> {
    let Expr::Name(sym) = inp.state().chunk.expr(name) else { return Ok(name) };
    let func = reserve(inp);
    let base = inp.state().scratch.len();
    let name_span = inp.state().chunk.expr_span(name);
    bind(inp, Binding { name: sym, name_span, attrib: Attrib::None });
    let params = inp.state().end_list(base);
    short_body(inp, func, params, false, from)
}

/// `'|' [parameters] '|' '->' body`
fn short_function<M: Mode>(inp: &mut In<'_, '_, M>) -> R<ExprId> {
    let from = start(inp);
    if is_double_bar(inp) {
        fail(inp, SyntaxError::Unexpected)?;
        return Ok(error_expr(inp));
    }
    inp.skip();
    let func = reserve(inp);
    let base = inp.state().scratch.len();
    let mut is_vararg = false;
    while kind(inp) != T::Pipe {
        match kind(inp) {
            T::Dots => {
                inp.skip();
                is_vararg = true;
                super::vararg_extras(inp, func)?;
            }
            T::LParen => {
                let open = start(inp);
                inp.skip();
                let param = short_parameter(inp)?;
                if let Some(param) = param {
                    super::parameter_extras(inp, param)?;
                }
                expect_closer(inp, T::RParen, T::LParen, open, open)?;
            }
            _ => {
                short_parameter(inp)?;
            }
        }
        if is_vararg || !eat(inp, T::Comma) {
            break;
        }
    }
    let params = inp.state().end_list(base);
    if !eat(inp, T::Pipe) {
        fail(inp, SyntaxError::Extension(Hint::ShortParameter))?;
    }
    if kind(inp) != T::Arrow {
        fail(inp, SyntaxError::Expected(T::Arrow))?;
        return Ok(error_expr(inp));
    }
    short_body(inp, func, params, is_vararg, from)
}

/// Is the `|` the second one of a `||`, as in other languages?
fn is_double_bar<M: Mode>(inp: &mut In<'_, '_, M>) -> bool {
    const LOOKAHEAD: usize = 64;
    let at = index(inp);
    let spans = &inp.state().tokens.spans;
    let touches = at > 0 && spans[at - 1].end == spans[at].start;
    touches
        && inp.state().tokens.tokens[at - 1].kind == T::Pipe
        && !(1..LOOKAHEAD)
            .any(|n| kind_ahead(inp, n) == T::Pipe && kind_ahead(inp, n + 1) == T::Arrow)
}

/// A name or a pattern; binds it.
fn short_parameter<M: Mode>(inp: &mut In<'_, '_, M>) -> R<Option<BindingId>> {
    match kind(inp) {
        T::Name => {
            let Some((name, name_span)) = name(inp)? else { return Ok(None) };
            Ok(Some(bind(inp, Binding { name, name_span, attrib: Attrib::None })))
        }
        T::LBrace | T::LBracket => Ok(Some(parameter_pattern(inp)?)),
        _ => {
            fail(inp, SyntaxError::Extension(Hint::ShortParameter))?;
            Ok(None)
        }
    }
}

/// A parameter that is a pattern.
pub(super) fn parameter_pattern<M: Mode>(inp: &mut In<'_, '_, M>) -> R<BindingId> {
    // In its defaults, too, `...` has no value yet.
    let varargs = std::mem::replace(&mut inp.state().varargs, Varargs::None);
    let binding = hidden_binding(inp)?;
    inp.state().varargs = varargs;
    Ok(binding)
}

/// A pattern where a name is usual; its value gets a name of its own when the tree is lowered.
pub(super) fn hidden_binding<M: Mode>(inp: &mut In<'_, '_, M>) -> R<BindingId> {
    let from = start(inp);
    let id = pattern(inp)?;
    let name_span = span_from(inp, from);
    let name = Sym::from_raw(0);
    let binding = bind(inp, Binding { name, name_span, attrib: Attrib::None });
    let ext = inp.state().chunk.ext_mut();
    debug_assert!(!matches!(ext.patterns[id.index()], Pattern::Either(_)));
    ext.destructured.push((binding, id));
    Ok(binding)
}

/// `'->' (exp | do block end)`
fn short_body<M: Mode>(
    inp: &mut In<'_, '_, M>,
    func: FuncId,
    params: List<BindingId>,
    is_vararg: bool,
    from: u32,
) -> R<ExprId> {
    let outer_varargs = enter_varargs(inp, func, is_vararg);
    let outer_uses = inp.state().vararg_uses;
    let arrow = start(inp);
    inp.skip();
    let end_at;
    let body = if kind(inp) == T::Do {
        let open_at = start(inp);
        inp.skip();
        let body = block(inp, open_at)?;
        end_at = start(inp);
        expect_closer(inp, T::End, T::Do, open_at, open_at)?;
        body
    } else {
        let value_from = start(inp);
        let value = expr(inp)?;
        let values = inp.state().list_of_one(value);
        let stmt: StmtId = add_stmt(inp, Stmt::Return(values), value_from);
        let stmts = inp.state().list_of_one(stmt);
        let close_at = start(inp);
        let last = index(inp).saturating_sub(1);
        end_at = inp.state().tokens.spans.get(last).map_or(close_at, |span| span.start);
        inp.state().chunk.add_block(Block { stmts, open_at: arrow, close_at })
    };
    let complete = !failed(inp);
    let span = span_from(inp, from);
    let state = inp.state();
    state.varargs = outer_varargs;
    state.vararg_uses = outer_uses;
    state.chunk.funcs[func.index()] =
        Func { params, is_vararg, is_method: false, complete, body, span, line_at: from, end_at };
    state.chunk.ext_mut().short_functions.push(func);
    Ok(add(inp, Expr::Function(func), from))
}

/// `['=' exp]` of a parameter.
pub(super) fn default<M: Mode>(inp: &mut In<'_, '_, M>, param: BindingId) -> R<()> {
    parameter_default(inp, |inp| {
        // `...` has no value yet.
        let varargs = std::mem::replace(&mut inp.state().varargs, Varargs::None);
        let value = expr(inp)?;
        inp.state().varargs = varargs;
        inp.state().chunk.ext_mut().defaults.push((param, value));
        Ok(())
    })
}
