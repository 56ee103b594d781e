//! `match`: its arms and their patterns.

use super::hint::Hint;
use super::pattern::{add_binding, array_pattern, table_pattern};
use super::soft::{Closers, starts_pattern, word};
use crate::ast::ext::{ExtStmt, Match, MatchArm, Pattern, PatternId};
use crate::ast::{Expr, ExprId, Stmt, UnOp};
use crate::lex::TokenKind as T;
use crate::parse::error::SyntaxError;
use crate::parse::expr::expr;
use crate::parse::func::{block, statements};
use crate::parse::state::*;

/// `exp do {case pattern [if exp] then block} [else block] end`, after the `match` at `from`.
pub(super) fn match_statement<M: Mode>(inp: &mut In<'_, '_, M>, from: u32) -> R<Stmt> {
    let subject = expr(inp)?;
    expect(inp, T::Do)?;
    let mut arms = Vec::new();
    while word(inp, 0) == b"case" && starts_pattern(kind_ahead(inp, 1)) {
        let at = start(inp);
        inp.skip();
        let pattern = alternatives(inp)?;
        let guard = if eat(inp, T::If) { Some(expr(inp)?) } else { None };
        let open_at = start(inp);
        expect(inp, T::Then)?;
        let body = statements::<M, true>(inp, open_at, Closers::ARM)?;
        arms.push(MatchArm { pattern, guard, body, at });
    }
    let mut otherwise = None;
    match kind(inp) {
        T::Else => {
            let open_at = start(inp);
            inp.skip();
            otherwise = Some(block(inp, open_at)?);
        }
        T::End => {}
        _ if arms.is_empty() => fail(inp, SyntaxError::Extension(Hint::MatchCase))?,
        _ => {}
    }
    let line_at = from;
    expect_closer(inp, T::End, T::Do, from, line_at)?;
    let node = ExtStmt::Match(Match { subject, arms, otherwise });
    Ok(Stmt::Ext(inp.state().chunk.ext_mut().add_stmt(node)))
}

/// `pattern {'|' pattern}`
fn alternatives<M: Mode>(inp: &mut In<'_, '_, M>) -> R<PatternId> {
    enter(inp)?;
    let from = start(inp);
    let first = pattern(inp)?;
    let id = if kind(inp) == T::Pipe {
        let mut all = vec![first];
        while eat(inp, T::Pipe) {
            let next = pattern(inp)?;
            all.push(next);
        }
        add(inp, Pattern::Either(all), from)
    } else {
        first
    };
    leave(inp, 1);
    Ok(id)
}

fn add<M: Mode>(inp: &mut In<'_, '_, M>, pattern: Pattern, from: u32) -> PatternId {
    let span = span_from(inp, from);
    inp.state().chunk.ext_mut().add_pattern(pattern, span)
}

fn pattern<M: Mode>(inp: &mut In<'_, '_, M>) -> R<PatternId> {
    let from = start(inp);
    if failed(inp) {
        return Ok(add(inp, Pattern::Error, from));
    }
    let made = match kind(inp) {
        T::Name if word(inp, 0) == b"_" => {
            inp.skip();
            Pattern::Any
        }
        T::Name => add_binding(inp)?.map_or(Pattern::Error, Pattern::Bind),
        T::LBrace => table_pattern(inp, alternatives, no_default)?,
        T::LBracket => array_pattern(inp, alternatives, no_default)?,
        T::LParen => {
            inp.skip();
            let inner = alternatives(inp)?;
            expect_closer(inp, T::RParen, T::LParen, from, from)?;
            return Ok(inner);
        }
        _ => literal(inp)?,
    };
    Ok(add(inp, made, from))
}

/// A number, with a `-` before it or not, a string, `nil`, `true` or `false`.
fn literal<M: Mode>(inp: &mut In<'_, '_, M>) -> R<Pattern> {
    let from = start(inp);
    let negative = eat(inp, T::Minus);
    let token = peek(inp);
    let at = start(inp);
    let payload = token.payload as usize;
    let node = match token.kind {
        T::Int => Expr::Int(inp.state().tokens.ints[payload]),
        T::Float => Expr::Float(inp.state().tokens.floats[payload]),
        T::Str if !negative => Expr::Str(token.sym()),
        T::Nil if !negative => Expr::Nil,
        T::True if !negative => Expr::True,
        T::False if !negative => Expr::False,
        _ => {
            fail(inp, SyntaxError::Extension(Hint::Pattern))?;
            return Ok(Pattern::Error);
        }
    };
    inp.skip();
    let mut id = crate::parse::state::add(inp, node, at);
    if negative {
        let node = Expr::Unary { op: UnOp::Neg, operand: id };
        id = crate::parse::state::add(inp, node, from);
    }
    Ok(Pattern::Literal(id))
}

/// Nothing in a `case` has a default.
fn no_default<M: Mode>(_: &mut In<'_, '_, M>) -> R<Option<ExprId>> {
    Ok(None)
}
