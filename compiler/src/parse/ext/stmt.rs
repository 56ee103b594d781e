//! Statements of the extensions: those that start with a soft keyword, compound assignments, and
//! conditions that declare variables.

use super::hint::Hint;
use super::matching::match_statement;
use super::pattern::add_binding;
use super::soft::{Closers, closes, starts_subject, word};
use super::types::{annotation, generics, ty};
use crate::ast::ext::{Condition, ExtStmt, IfLocalArm, Try};
use crate::ast::types::Generics;
use crate::ast::{Attrib, BinOp, Binding, BindingId, Expr, ExprId, IfArm, List, Stmt};
use crate::lex::TokenKind as T;
use crate::parse::error::SyntaxError;
use crate::parse::expr::{expr, expr_list, suffixed};
use crate::parse::func::{bind, block, function_body, statements};
use crate::parse::state::*;
use crate::parse::stmt::{attribute, do_block, equals};

/// The operator of a compound assignment.
fn compound_op(kind: T) -> Option<BinOp> {
    Some(match kind {
        T::PlusEq => BinOp::Add,
        T::MinusEq => BinOp::Sub,
        T::StarEq => BinOp::Mul,
        T::SlashEq => BinOp::Div,
        T::SlashSlashEq => BinOp::IDiv,
        T::PercentEq => BinOp::Mod,
        T::CaretEq => BinOp::Pow,
        T::DotDotEq => BinOp::Concat,
        T::AmpEq => BinOp::BAnd,
        T::PipeEq => BinOp::BOr,
        T::LessLessEq => BinOp::Shl,
        T::GreaterGreaterEq => BinOp::Shr,
        T::QuestionQuestionEq => BinOp::Coalesce,
        _ => return None,
    })
}

/// The statement that `first` begins, which is neither a call nor followed by `=` or `,`. `None`:
/// it is not a statement of the extensions.
#[cold]
pub(in crate::parse) fn statement<M: Mode>(
    inp: &mut In<'_, '_, M>,
    first: ExprId,
) -> R<Option<Stmt>> {
    if let Some(op) = compound_op(kind(inp)) {
        return compound(inp, first, op).map(Some);
    }
    let from = inp.state().chunk.expr_span(first).start;
    let sym = match inp.state().chunk.expr(first) {
        Expr::Name(sym) => sym,
        Expr::Optional(inner) => {
            let inner = inp.state().chunk.expr(inner);
            let is_call = matches!(inner, Expr::Call { .. } | Expr::MethodCall(_));
            return Ok(is_call.then_some(Stmt::Call(first)));
        }
        _ => return almost(inp).map(|()| None),
    };
    let next = kind(inp);
    let stmt = match inp.state().tokens.names.bytes(sym) {
        b"continue" => return continue_statement(inp),
        b"const" if matches!(next, T::Name | T::Function | T::LBrace | T::LBracket) => {
            const_statement(inp, from)?
        }
        b"global" if matches!(next, T::Less | T::Name | T::Star | T::Function) => {
            global(inp, from)?
        }
        b"type" if next == T::Name => type_alias(inp, false)?,
        b"export" if word(inp, 0) == b"type" && kind_ahead(inp, 1) == T::Name => {
            inp.skip();
            type_alias(inp, true)?
        }
        b"match" if starts_subject(next) => match_statement(inp, from)?,
        b"defer" if matches!(next, T::Name | T::Do) => defer(inp)?,
        b"try" if next == T::Do => try_statement(inp, from)?,
        b"case" if super::soft::starts_pattern(next) => {
            fail(inp, SyntaxError::Extension(Hint::CaseOutside))?;
            Stmt::Error
        }
        b"catch" | b"finally" if matches!(next, T::Name | T::Then | T::Do) => {
            let unnamed = next == T::Then && inp.state().soft.closers.catch;
            let hint = if unnamed { Hint::CatchName } else { Hint::CatchOutside };
            fail(inp, SyntaxError::Extension(hint))?;
            Stmt::Error
        }
        _ => return almost(inp).map(|()| None),
    };
    Ok(Some(stmt))
}

/// Errors that look like constructs of other languages.
fn almost<M: Mode>(inp: &mut In<'_, '_, M>) -> R<()> {
    match kind(inp) {
        T::Plus if kind_ahead(inp, 1) == T::Plus => {
            fail(inp, SyntaxError::Extension(Hint::Increment))
        }
        T::InterpWhole | T::InterpBegin => {
            fail(inp, SyntaxError::Extension(Hint::InterpolatedCall))
        }
        _ => Ok(()),
    }
}

fn compound<M: Mode>(inp: &mut In<'_, '_, M>, target: ExprId, op: BinOp) -> R<Stmt> {
    let is_assignable = match inp.state().chunk.expr(target) {
        Expr::Name(_) | Expr::Field { .. } | Expr::Index { .. } => true,
        Expr::Optional(inner) => super::is_assignable(inp, inner),
        _ => false,
    };
    if !is_assignable {
        fail(inp, SyntaxError::Extension(Hint::CompoundTarget))?;
        return Ok(Stmt::Error);
    }
    inp.skip();
    let value = expr(inp)?;
    inp.state().chunk.ext_mut();
    Ok(Stmt::Compound { target, op, value })
}

/// `continue [';']`, after the word, at the end of a block.
fn continue_statement<M: Mode>(inp: &mut In<'_, '_, M>) -> R<Option<Stmt>> {
    let semicolon = usize::from(kind(inp) == T::Semi);
    let closers = inp.state().soft.closers;
    let ends = match kind_ahead(inp, semicolon) {
        T::End | T::Else | T::ElseIf | T::Until | T::Eof => true,
        T::Name => closes(inp, semicolon, closers),
        _ => false,
    };
    if ends {
        inp.state().chunk.ext_mut();
        return Ok(Some(Stmt::Continue));
    }
    if semicolon == 1 {
        inp.skip();
        fail(inp, SyntaxError::Extension(Hint::ContinueLast))?;
    }
    Ok(None)
}

/// `const` names or function, after the word.
fn const_statement<M: Mode>(inp: &mut In<'_, '_, M>, from: u32) -> R<Stmt> {
    inp.state().chunk.ext_mut();
    if eat(inp, T::Function) {
        let Some((name, name_span)) = name(inp)? else { return Ok(Stmt::Error) };
        let binding = Binding { name, name_span, attrib: Attrib::Const };
        let binding = inp.state().chunk.add_binding(binding);
        let line_at = line_at(inp);
        let func = function_body(inp, from, line_at, false)?;
        return Ok(Stmt::LocalFunction { binding, func });
    }
    let base = inp.state().scratch.len();
    loop {
        if matches!(kind(inp), T::LBrace | T::LBracket) {
            fail(inp, SyntaxError::Extension(Hint::ConstPattern))?;
        }
        let Some((name, name_span)) = name(inp)? else { break };
        let binding = bind(inp, Binding { name, name_span, attrib: Attrib::Const });
        annotation(inp, binding)?;
        if !eat(inp, T::Comma) {
            break;
        }
    }
    let bindings = inp.state().end_list(base);
    let values = if equals(inp) { expr_list(inp)? } else { List::EMPTY };
    Ok(Stmt::Local { bindings, values })
}

/// `global` as Lua 5.5 has it, after the word.
fn global<M: Mode>(inp: &mut In<'_, '_, M>, from: u32) -> R<Stmt> {
    if eat(inp, T::Function) {
        let Some(binding) = add_binding(inp)? else { return Ok(Stmt::Error) };
        let line_at = line_at(inp);
        let func = function_body(inp, from, line_at, false)?;
        return Ok(extension(inp, ExtStmt::GlobalFunction { binding, func }));
    }
    let given = global_attribute(inp)?;
    let base = inp.state().scratch.len();
    let mut values = List::EMPTY;
    let mut is_const = given == Attrib::Const;
    if !eat(inp, T::Star) {
        while let Some((name, name_span)) = name(inp)? {
            let own = global_attribute(inp)?;
            let attrib = if own == Attrib::None { given } else { own };
            let binding = bind(inp, Binding { name, name_span, attrib });
            annotation(inp, binding)?;
            if !eat(inp, T::Comma) {
                break;
            }
        }
        is_const = false;
        if equals(inp) {
            values = expr_list(inp)?;
        }
    }
    let names: List<BindingId> = inp.state().end_list(base);
    Ok(extension(inp, ExtStmt::Global { names, values, is_const }))
}

fn global_attribute<M: Mode>(inp: &mut In<'_, '_, M>) -> R<Attrib> {
    let (attrib, _) = attribute(inp)?;
    if attrib == Attrib::Close {
        fail(inp, SyntaxError::Extension(Hint::GlobalClose))?;
    }
    Ok(attrib)
}

fn extension<M: Mode>(inp: &mut In<'_, '_, M>, stmt: ExtStmt) -> Stmt {
    Stmt::Ext(inp.state().chunk.ext_mut().add_stmt(stmt))
}

/// `Name ['<' generics '>'] '=' type`, after `type`.
fn type_alias<M: Mode>(inp: &mut In<'_, '_, M>, exported: bool) -> R<Stmt> {
    let Some((name, _)) = name(inp)? else { return Ok(Stmt::Error) };
    let generics = if kind(inp) == T::Less { generics(inp)? } else { Generics::default() };
    if !equals(inp) {
        fail(inp, SyntaxError::Expected(T::Eq))?;
    }
    let ty = ty(inp)?;
    Ok(extension(inp, ExtStmt::Type { name, exported, generics, ty }))
}

/// A call, or `do block end`, after `defer`.
fn defer<M: Mode>(inp: &mut In<'_, '_, M>) -> R<Stmt> {
    let uses = inp.state().vararg_uses;
    let at = start(inp);
    if kind(inp) == T::Do {
        let body = do_block(inp, T::Do, at)?;
        let uses_vararg = inp.state().vararg_uses > uses;
        return Ok(extension(inp, ExtStmt::DeferBlock { body, uses_vararg }));
    }
    let call = suffixed(inp)?;
    let inner = match inp.state().chunk.expr(call) {
        Expr::Optional(inner) => inp.state().chunk.expr(inner),
        other => other,
    };
    if !matches!(inner, Expr::Call { .. } | Expr::MethodCall(_)) {
        fail(inp, SyntaxError::Extension(Hint::DeferCall))?;
    }
    let uses_vararg = inp.state().vararg_uses > uses;
    Ok(extension(inp, ExtStmt::DeferCall { call, uses_vararg }))
}

/// `do block [catch Name then block] [finally do block] end`, after `try`.
fn try_statement<M: Mode>(inp: &mut In<'_, '_, M>, from: u32) -> R<Stmt> {
    let uses = inp.state().vararg_uses;
    let open_at = start(inp);
    inp.skip();
    let body = statements::<M, true>(inp, open_at, Closers::TRY)?;
    let body_vararg = inp.state().vararg_uses > uses;
    let (mut catch, mut finally) = (None, None);
    if closes(inp, 0, Closers { finally: false, ..Closers::TRY }) {
        inp.skip();
        let binding = add_binding(inp)?;
        if let Some(binding) = binding {
            annotation(inp, binding)?;
        }
        let open_at = start(inp);
        expect(inp, T::Then)?;
        let handler = statements::<M, true>(inp, open_at, Closers::CATCH)?;
        catch = binding.map(|binding| (binding, handler));
    }
    let uses = inp.state().vararg_uses;
    if closes(inp, 0, Closers::CATCH) {
        inp.skip();
        let open_at = start(inp);
        inp.skip();
        finally = Some(block(inp, open_at)?);
    }
    let finally_vararg = inp.state().vararg_uses > uses;
    expect_closer(inp, T::End, T::Do, open_at, from)?;
    let node = Try { body, catch, finally, body_vararg, finally_vararg };
    Ok(extension(inp, ExtStmt::Try(node)))
}

/// `local names '=' explist` as a condition, from `local` on.
fn condition<M: Mode>(inp: &mut In<'_, '_, M>) -> R<Condition> {
    inp.skip();
    let base = inp.state().scratch.len();
    while let Some((name, name_span)) = name(inp)? {
        let (attrib, _) = attribute(inp)?;
        let binding = bind(inp, Binding { name, name_span, attrib });
        annotation(inp, binding)?;
        if !eat(inp, T::Comma) {
            break;
        }
    }
    let bindings = inp.state().end_list(base);
    if !equals(inp) {
        fail(inp, SyntaxError::Expected(T::Eq))?;
    }
    let values = expr_list(inp)?;
    Ok(Condition::Local { bindings, values })
}

/// The rest of an `if` from the `local` of a condition on. The arms before it are on the scratch
/// stack from `base` on; this one's keyword is at `at`.
#[cold]
pub(in crate::parse) fn if_local<M: Mode>(
    inp: &mut In<'_, '_, M>,
    from: u32,
    at: u32,
    base: usize,
) -> R<Stmt> {
    let state = inp.state();
    let plain: Vec<IfArm> =
        state.scratch[base..].iter().map(|&raw| state.chunk.arms[raw as usize]).collect();
    state.scratch.truncate(base);
    let mut arms: Vec<IfLocalArm> = plain
        .iter()
        .map(|arm| IfLocalArm { cond: Condition::Expr(arm.cond), body: arm.body, at: arm.at })
        .collect();
    let mut at = at;
    let mut levels = 0;
    loop {
        let cond = if kind(inp) == T::Local {
            // The later arms are nested in its lowered form.
            enter(inp)?;
            levels += 1;
            condition(inp)?
        } else {
            Condition::Expr(expr(inp)?)
        };
        let then_at = start(inp);
        expect(inp, T::Then)?;
        let body = block(inp, then_at)?;
        arms.push(IfLocalArm { cond, body, at });
        if kind(inp) != T::ElseIf {
            break;
        }
        at = start(inp);
        inp.skip();
    }
    let mut otherwise = None;
    if kind(inp) == T::Else {
        let else_at = start(inp);
        inp.skip();
        otherwise = Some(block(inp, else_at)?);
    }
    leave(inp, levels);
    expect_closer(inp, T::End, T::If, from, from)?;
    Ok(extension(inp, ExtStmt::If { arms, otherwise }))
}

/// `while local …`, from `local` on.
#[cold]
pub(in crate::parse) fn while_local<M: Mode>(
    inp: &mut In<'_, '_, M>,
    from: u32,
) -> R<crate::ast::StmtId> {
    let cond = condition(inp)?;
    let body = do_block(inp, T::While, from)?;
    let stmt = extension(inp, ExtStmt::While { cond, body });
    Ok(add_stmt(inp, stmt, from))
}
