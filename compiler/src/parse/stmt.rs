//! Statements.

use super::error::SyntaxError;
use super::expr::{expr, expr_list, suffixed};
use super::ext;
use super::func::{bind, block, function_body};
use super::state::*;
use crate::Span;
use crate::ast::{
    Attrib, Binding, BindingId, BlockId, Expr, ExprId, GenericFor, IfArm, List, NumericFor, Stmt,
    StmtId,
};
use crate::lex::TokenKind as T;

/// One statement, which starts with a `first`.
pub(super) fn statement<M: Mode>(inp: &mut In<'_, '_, M>, first: T) -> R<StmtId> {
    let from = start(inp);
    let stmt = match first {
        T::Local => {
            inp.skip();
            if eat(inp, T::Function) { local_function(inp, from)? } else { local(inp)? }
        }
        T::If => if_statement(inp, from)?,
        T::Return => return return_statement(inp, from),
        T::For => for_statement(inp, from)?,
        T::Function => function_statement(inp, from)?,
        T::While => {
            inp.skip();
            if kind(inp) == T::Local && inp.state().luka {
                return ext::while_local(inp, from);
            }
            let cond = expr(inp)?;
            let body = do_block(inp, T::While, from)?;
            Stmt::While { cond, body }
        }
        T::Repeat => {
            inp.skip();
            let body = block(inp, from)?;
            expect_closer(inp, T::Until, T::Repeat, from, from)?;
            Stmt::Repeat { body, cond: expr(inp)? }
        }
        T::Do => Stmt::Do(do_block(inp, T::Do, from)?),
        T::Break => {
            inp.skip();
            Stmt::Break
        }
        T::Goto => {
            inp.skip();
            name(inp)?.map_or(Stmt::Error, |(name, _)| Stmt::Goto(name))
        }
        T::ColonColon => {
            inp.skip();
            let label = name(inp)?;
            expect(inp, T::ColonColon)?;
            label.map_or(Stmt::Error, |(name, span)| Stmt::Label { name, name_at: span.start })
        }
        _ => expr_statement(inp)?,
    };
    Ok(add_stmt(inp, stmt, from))
}

/// `do block end` of the statement that an `opener` at `from` began.
pub(super) fn do_block<M: Mode>(inp: &mut In<'_, '_, M>, opener: T, from: u32) -> R<BlockId> {
    let open_at = start(inp);
    expect(inp, T::Do)?;
    let body = block(inp, open_at)?;
    expect_closer(inp, T::End, opener, from, from)?;
    Ok(body)
}

/// `local function Name funcbody`, after `local function`.
fn local_function<M: Mode>(inp: &mut In<'_, '_, M>, from: u32) -> R<Stmt> {
    let Some((name, name_span)) = name(inp)? else { return Ok(Stmt::Error) };
    let binding = Binding { name, name_span, attrib: Attrib::None };
    let binding = inp.state().chunk.add_binding(binding);
    let line_at = line_at(inp);
    let func = function_body(inp, from, line_at, false)?;
    Ok(Stmt::LocalFunction { binding, func })
}

/// `attnamelist ['=' explist]`, after `local`.
fn local<M: Mode>(inp: &mut In<'_, '_, M>) -> R<Stmt> {
    let base = inp.state().scratch.len();
    let mut to_close: Option<Span> = None;
    loop {
        if kind(inp) != T::Name && inp.state().luka {
            return ext::local(inp, base);
        }
        let Some((name, name_span)) = name(inp)? else { break };
        let (attrib, span) = attribute(inp)?;
        let binding = bind(inp, Binding { name, name_span, attrib });
        if kind(inp) == T::Colon {
            ext::annotation(inp, binding)?;
        }
        if attrib == Attrib::Close
            && let Some(first) = to_close.replace(span)
        {
            fail(inp, SyntaxError::MultipleToClose { first, second: span })?;
        }
        if !eat(inp, T::Comma) {
            break;
        }
    }
    let bindings = inp.state().end_list(base);
    let values = if equals(inp) { expr_list(inp)? } else { List::EMPTY };
    Ok(Stmt::Local { bindings, values })
}

/// Takes a `=`, which may be the rest of a type's `>=`.
pub(super) fn equals<M: Mode>(inp: &mut In<'_, '_, M>) -> bool {
    eat(inp, T::Eq) || ext::rest_is_equals(inp)
}

/// `['<' Name '>']`
pub(super) fn attribute<M: Mode>(inp: &mut In<'_, '_, M>) -> R<(Attrib, Span)> {
    if kind(inp) != T::Less {
        return Ok((Attrib::None, Span::NONE));
    }
    let from = start(inp);
    inp.skip();
    let Some((name, name_span)) = name(inp)? else { return Ok((Attrib::None, Span::NONE)) };
    expect(inp, T::Greater)?;
    let attrib = match inp.state().tokens.names.bytes(name) {
        b"const" => Attrib::Const,
        b"close" => Attrib::Close,
        _ => {
            fail(inp, SyntaxError::UnknownAttribute { name, span: name_span })?;
            Attrib::None
        }
    };
    Ok((attrib, span_from(inp, from)))
}

fn if_statement<M: Mode>(inp: &mut In<'_, '_, M>, from: u32) -> R<Stmt> {
    let base = inp.state().scratch.len();
    let mut otherwise = None;
    loop {
        let at = start(inp);
        inp.skip();
        if kind(inp) == T::Local && inp.state().luka {
            return ext::if_local(inp, from, at, base);
        }
        let cond = expr(inp)?;
        let then_at = start(inp);
        expect(inp, T::Then)?;
        let body = block(inp, then_at)?;
        let arm = inp.state().chunk.add_arm(IfArm { cond, body, at });
        inp.state().scratch.push(arm.index() as u32);
        if kind(inp) != T::ElseIf {
            break;
        }
    }
    if kind(inp) == T::Else {
        let else_at = start(inp);
        inp.skip();
        otherwise = Some(block(inp, else_at)?);
    }
    expect_closer(inp, T::End, T::If, from, from)?;
    let arms = inp.state().end_list(base);
    Ok(Stmt::If { arms, otherwise })
}

/// `return [explist] [';']`; the span leaves the semicolon out.
fn return_statement<M: Mode>(inp: &mut In<'_, '_, M>, from: u32) -> R<StmtId> {
    inp.skip();
    let values = match kind(inp) {
        T::Eof | T::End | T::Else | T::ElseIf | T::Until | T::Semi => List::EMPTY,
        T::Name if ext::closes_here(inp) => List::EMPTY,
        _ => expr_list(inp)?,
    };
    let stmt = add_stmt(inp, Stmt::Return(values), from);
    eat(inp, T::Semi);
    Ok(stmt)
}

fn for_statement<M: Mode>(inp: &mut In<'_, '_, M>, from: u32) -> R<Stmt> {
    inp.skip();
    if matches!(kind(inp), T::LBrace | T::LBracket) && inp.state().luka {
        let base = inp.state().scratch.len();
        return ext::generic_for(inp, from, base, true);
    }
    let Some((name, name_span)) = name(inp)? else { return Ok(Stmt::Error) };
    let first = Binding { name, name_span, attrib: Attrib::None };
    match kind(inp) {
        T::Colon if inp.state().luka => ext::typed_for(inp, from, first),
        T::Eq => numeric_for(inp, from, first),
        T::Comma | T::In => generic_for(inp, from, first),
        _ => {
            fail(inp, SyntaxError::ForExpected)?;
            Ok(Stmt::Error)
        }
    }
}

/// `'=' exp ',' exp [',' exp] do block end`
pub(super) fn numeric_for<M: Mode>(inp: &mut In<'_, '_, M>, from: u32, var: Binding) -> R<Stmt> {
    let var = inp.state().chunk.add_binding(var);
    inp.skip();
    let start = expr(inp)?;
    expect(inp, T::Comma)?;
    let limit = expr(inp)?;
    let step = if eat(inp, T::Comma) { Some(expr(inp)?) } else { None };
    let body = do_block(inp, T::For, from)?;
    let node = NumericFor { var, start, limit, step, body };
    Ok(Stmt::NumericFor(inp.state().chunk.add_numeric_for(node)))
}

/// `{',' Name} in explist do block end`
pub(super) fn generic_for<M: Mode>(inp: &mut In<'_, '_, M>, from: u32, first: Binding) -> R<Stmt> {
    let base = inp.state().scratch.len();
    bind(inp, first);
    while eat(inp, T::Comma) {
        if kind(inp) != T::Name && inp.state().luka {
            return ext::generic_for(inp, from, base, true);
        }
        let Some((name, name_span)) = name(inp)? else { break };
        let var = bind(inp, Binding { name, name_span, attrib: Attrib::None });
        if kind(inp) == T::Colon {
            ext::annotation(inp, var)?;
        }
    }
    generic_for_rest(inp, from, base)
}

/// `in explist do block end`, after the variables, which are on the scratch stack.
pub(super) fn generic_for_rest<M: Mode>(
    inp: &mut In<'_, '_, M>,
    from: u32,
    base: usize,
) -> R<Stmt> {
    let vars: List<BindingId> = inp.state().end_list(base);
    expect(inp, T::In)?;
    let line_at = line_at(inp);
    let values = expr_list(inp)?;
    let body = do_block(inp, T::For, from)?;
    let node = GenericFor { vars, values, body, line_at };
    Ok(Stmt::GenericFor(inp.state().chunk.add_generic_for(node)))
}

/// `function Name {'.' Name} [':' Name] funcbody`
fn function_statement<M: Mode>(inp: &mut In<'_, '_, M>, from: u32) -> R<Stmt> {
    inp.skip();
    let target_from = start(inp);
    let Some((first, _)) = name(inp)? else { return Ok(Stmt::Error) };
    let mut target = add(inp, Expr::Name(first), target_from);
    let mut is_method = false;
    while !is_method && matches!(kind(inp), T::Dot | T::Colon) {
        is_method = kind(inp) == T::Colon;
        inp.skip();
        let Some((name, _)) = name(inp)? else { return Ok(Stmt::Error) };
        target = add(inp, Expr::Field { object: target, name }, target_from);
    }
    let func = function_body(inp, from, from, is_method)?;
    Ok(Stmt::Function { target, func })
}

/// A call, or an assignment.
fn expr_statement<M: Mode>(inp: &mut In<'_, '_, M>) -> R<Stmt> {
    let first = suffixed(inp)?;
    if matches!(kind(inp), T::Eq | T::Comma) {
        return assignment(inp, first);
    }
    if !matches!(inp.state().chunk.expr(first), Expr::Call { .. } | Expr::MethodCall(_)) {
        if inp.state().luka
            && let Some(stmt) = ext::statement(inp, first)?
        {
            return Ok(stmt);
        }
        let expr = inp.state().chunk.expr_span(first);
        fail(inp, SyntaxError::NotAStatement { expr })?;
    }
    Ok(Stmt::Call(first))
}

/// `{',' var} '=' explist`, after the first target. PUC nests one level for each further target.
fn assignment<M: Mode>(inp: &mut In<'_, '_, M>, first: ExprId) -> R<Stmt> {
    let base = inp.state().scratch.len();
    let mut levels = 0;
    target(inp, first)?;
    while eat(inp, T::Comma) {
        let next = suffixed(inp)?;
        enter(inp)?;
        levels += 1;
        target(inp, next)?;
    }
    let targets = inp.state().end_list(base);
    expect(inp, T::Eq)?;
    let values = expr_list(inp)?;
    leave(inp, levels);
    Ok(Stmt::Assign { targets, values })
}

/// Collects a target of an assignment, which must be assignable.
fn target<M: Mode>(inp: &mut In<'_, '_, M>, expr: ExprId) -> R<()> {
    let mut expr = expr;
    match inp.state().chunk.expr(expr) {
        Expr::Name(_) | Expr::Index { .. } | Expr::Field { .. } => {}
        Expr::Optional(inner) if ext::is_assignable(inp, inner) => {}
        _ => {
            let span = inp.state().chunk.expr_span(expr);
            fail(inp, SyntaxError::NotAStatement { expr: span })?;
            expr = error_expr(inp);
        }
    }
    inp.state().scratch.push(expr.index() as u32);
    Ok(())
}
