//! Expressions.

use super::error::SyntaxError;
use super::ext;
use super::func::function_body;
use super::state::*;
use super::table::table;
use crate::ast::{BinOp, Expr, ExprId, List, MethodCall, UnOp};
use crate::lex::TokenKind as T;

/// Binding power of unary operators.
const UNARY: u8 = 12;

fn unary_op(kind: T) -> Option<UnOp> {
    Some(match kind {
        T::Not => UnOp::Not,
        T::Minus => UnOp::Neg,
        T::Tilde => UnOp::BNot,
        T::Hash => UnOp::Len,
        _ => return None,
    })
}

/// A binary operator with its left and right binding powers (manual §3.4.8); it takes operands to
/// its left while `left` is above what the context holds them with.
#[inline(always)]
fn binary_op(kind: T) -> Option<(BinOp, u8, u8)> {
    Some(match kind {
        T::Or => (BinOp::Or, 1, 1),
        T::QuestionQuestion => (BinOp::Coalesce, 1, 1),
        T::And => (BinOp::And, 2, 2),
        T::Less => (BinOp::Lt, 3, 3),
        T::Greater => (BinOp::Gt, 3, 3),
        T::LessEq => (BinOp::Le, 3, 3),
        T::GreaterEq => (BinOp::Ge, 3, 3),
        T::TildeEq => (BinOp::Ne, 3, 3),
        T::EqEq => (BinOp::Eq, 3, 3),
        T::Pipe => (BinOp::BOr, 4, 4),
        T::Tilde => (BinOp::BXor, 5, 5),
        T::Amp => (BinOp::BAnd, 6, 6),
        T::LessLess => (BinOp::Shl, 7, 7),
        T::GreaterGreater => (BinOp::Shr, 7, 7),
        T::DotDot => (BinOp::Concat, 9, 8),
        T::Plus => (BinOp::Add, 10, 10),
        T::Minus => (BinOp::Sub, 10, 10),
        T::Star => (BinOp::Mul, 11, 11),
        T::Slash => (BinOp::Div, 11, 11),
        T::SlashSlash => (BinOp::IDiv, 11, 11),
        T::Percent => (BinOp::Mod, 11, 11),
        T::Caret => (BinOp::Pow, 14, 13),
        _ => return None,
    })
}

/// Does the token after an expression go on with it, or with the list that it is in?
pub(super) fn goes_on<M: Mode>(inp: &mut In<'_, '_, M>) -> bool {
    let next = kind(inp);
    binary_op(next).is_some() || matches!(next, T::Comma | T::ColonColon)
}

/// `exp`
#[inline]
pub(super) fn expr<M: Mode>(inp: &mut In<'_, '_, M>) -> R<ExprId> {
    operation(inp, 0)
}

/// An operand and all operators after it that bind tighter than `limit`.
fn operation<M: Mode>(inp: &mut In<'_, '_, M>, limit: u8) -> R<ExprId> {
    enter(inp)?;
    if failed(inp) {
        return Ok(error_expr(inp));
    }
    let from = start(inp);
    let first = kind(inp);
    let mut left = match unary_op(first) {
        Some(op) => {
            inp.skip();
            let operand = operation(inp, UNARY)?;
            add(inp, Expr::Unary { op, operand }, from)
        }
        None => simple(inp)?,
    };
    loop {
        let Some((op, power, right_power)) = binary_op(kind(inp)) else {
            if kind(inp) == T::ColonColon && ext::is_cast(inp) {
                left = ext::cast(inp, left, from)?;
                continue;
            }
            break;
        };
        if power <= limit {
            break;
        }
        let op_at = start(inp);
        inp.skip();
        let rhs = operation(inp, right_power)?;
        left = add(inp, Expr::Binary { op, lhs: left, rhs, op_at }, from);
    }
    leave(inp, 1);
    Ok(left)
}

/// An operand: a literal, a function, a table, or what may carry suffixes.
fn simple<M: Mode>(inp: &mut In<'_, '_, M>) -> R<ExprId> {
    let token = peek(inp);
    let from = start(inp);
    let node = match token.kind {
        T::Int => Expr::Int(inp.state().tokens.ints[token.payload as usize]),
        T::Float => Expr::Float(inp.state().tokens.floats[token.payload as usize]),
        T::Str => Expr::Str(token.sym()),
        T::Nil => Expr::Nil,
        T::True => Expr::True,
        T::False => Expr::False,
        T::Dots => match inp.state().varargs {
            Varargs::None => {
                fail(inp, SyntaxError::VarargOutside)?;
                return Ok(error_expr(inp));
            }
            Varargs::Unnamed => {
                inp.state().vararg_uses += 1;
                Expr::Vararg
            }
            Varargs::Named(func) => Expr::NamedVararg(func),
        },
        T::LBrace => return table(inp),
        T::Function => {
            inp.skip();
            let line_at = line_at(inp);
            let func = function_body(inp, from, line_at, false)?;
            return Ok(add(inp, Expr::Function(func), from));
        }
        kind @ (T::If | T::Pipe | T::InterpWhole | T::InterpBegin) if inp.state().luka => {
            return ext::operand(inp, kind);
        }
        _ => return suffixed(inp),
    };
    inp.skip();
    Ok(add(inp, node, from))
}

/// `Name | '(' exp ')'`
fn primary<M: Mode>(inp: &mut In<'_, '_, M>) -> R<ExprId> {
    let token = peek(inp);
    let from = start(inp);
    match token.kind {
        T::Name => {
            inp.skip();
            Ok(add(inp, Expr::Name(token.sym()), from))
        }
        T::LParen => {
            inp.skip();
            let inner = expr(inp)?;
            expect_closer(inp, T::RParen, T::LParen, from, from)?;
            Ok(add(inp, Expr::Paren(inner), from))
        }
        _ => {
            fail(inp, SyntaxError::Unexpected)?;
            Ok(error_expr(inp))
        }
    }
}

/// A primary expression with fields, indices and calls after it.
pub(super) fn suffixed<M: Mode>(inp: &mut In<'_, '_, M>) -> R<ExprId> {
    let from = start(inp);
    let mut left = primary(inp)?;
    while let Some(node) = suffix(inp, left)? {
        left = add(inp, node, from);
    }
    match kind(inp) {
        T::QuestionDot => ext::optional_chain(inp, left, from),
        T::Arrow => ext::short_function_of_name(inp, left, from),
        T::InterpWhole | T::InterpBegin => ext::interpolated_call(inp, left),
        _ => Ok(left),
    }
}

/// One field, index or call after `left`, if there is one.
#[inline(always)]
pub(super) fn suffix<M: Mode>(inp: &mut In<'_, '_, M>, left: ExprId) -> R<Option<Expr>> {
    Ok(Some(match kind(inp) {
        T::Dot => {
            inp.skip();
            let Some((name, _)) = name(inp)? else { return Ok(Some(Expr::Error)) };
            Expr::Field { object: left, name }
        }
        T::LBracket => {
            inp.skip();
            let key = expr(inp)?;
            expect(inp, T::RBracket)?;
            Expr::Index { object: left, key }
        }
        T::Colon => {
            inp.skip();
            let Some((name, name_span)) = name(inp)? else { return Ok(Some(Expr::Error)) };
            let line_at = line_at(inp);
            let args = arguments(inp)?;
            let call = MethodCall { object: left, name, name_span, args, line_at };
            Expr::MethodCall(inp.state().chunk.add_method_call(call))
        }
        T::LParen | T::LBrace | T::Str => {
            let line_at = line_at(inp);
            let args = arguments(inp)?;
            Expr::Call { callee: left, args, line_at }
        }
        _ => return Ok(None),
    }))
}

/// `'(' [explist] ')' | tableconstructor | LiteralString`
fn arguments<M: Mode>(inp: &mut In<'_, '_, M>) -> R<List<ExprId>> {
    match kind(inp) {
        T::LParen => {
            let open = start(inp);
            inp.skip();
            if eat(inp, T::RParen) {
                return Ok(List::EMPTY);
            }
            let args = argument_list(inp)?;
            expect_closer(inp, T::RParen, T::LParen, open, open)?;
            Ok(args)
        }
        T::LBrace => {
            let arg = table(inp)?;
            Ok(inp.state().list_of_one(arg))
        }
        T::Str => {
            let from = start(inp);
            let sym = peek(inp).sym();
            inp.skip();
            let arg = add(inp, Expr::Str(sym), from);
            Ok(inp.state().list_of_one(arg))
        }
        _ => {
            fail(inp, SyntaxError::ArgumentsExpected)?;
            Ok(List::EMPTY)
        }
    }
}

/// `exp {',' exp}`
pub(super) fn expr_list<M: Mode>(inp: &mut In<'_, '_, M>) -> R<List<ExprId>> {
    let first = expr(inp)?;
    if kind(inp) != T::Comma {
        return Ok(inp.state().list_of_one(first));
    }
    let base = inp.state().scratch.len();
    inp.state().scratch.push(first.index() as u32);
    while eat(inp, T::Comma) {
        let next = expr(inp)?;
        inp.state().scratch.push(next.index() as u32);
    }
    Ok(inp.state().end_list(base))
}

/// `exp {',' exp}` of a call, where the extensions allow a comma at the end.
fn argument_list<M: Mode>(inp: &mut In<'_, '_, M>) -> R<List<ExprId>> {
    let first = expr(inp)?;
    if kind(inp) != T::Comma {
        return Ok(inp.state().list_of_one(first));
    }
    let base = inp.state().scratch.len();
    inp.state().scratch.push(first.index() as u32);
    while eat(inp, T::Comma) {
        if kind(inp) == T::RParen && inp.state().luka {
            break;
        }
        let next = expr(inp)?;
        inp.state().scratch.push(next.index() as u32);
    }
    Ok(inp.state().end_list(base))
}
