//! The grammar of a long text in pieces: statements of the main function, fields of a constructor, as
//! many as a window of tokens has.
//!
//! What touches the end of a window may go on behind it, and is left for the next one. Nothing is
//! explained here: a text with an error, or with a form that has no pieces, is given up.

use std::cell::Cell;

use chumsky::error::EmptyErr;
use chumsky::inspector::SimpleState;
use chumsky::prelude::*;

use super::Options;
use super::expr::{expr, goes_on, suffixed};
use super::func::reserve;
use super::input::TokenInput;
use super::state::*;
use super::stmt::{attribute, statement};
use super::table::field;
use crate::Sym;
use crate::ast::{Binding, Chunk, Expr, ExprId, FieldId, List, StmtId};
use crate::lex::{TokenKind as T, Window};

/// More tokens than the grammar looks ahead.
const MARGIN: usize = 80;

/// Which piece is next.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rule {
    /// Statements of the main function.
    Statements,
    /// The end of the text after a `return`.
    AfterReturn,
    /// What stands before the constructor that is the last part of a statement.
    StatementHead,
    /// Fields of a constructor, and its end. With `after_field` a field has been read, but not the
    /// separator behind it.
    Fields { after_field: bool },
    /// What stands before the constructor that is a field's value.
    FieldHead,
}

/// What a piece is. Its nodes are in the chunk.
#[derive(Clone, Copy)]
pub(crate) enum Piece {
    /// Statements; with `at_end` the text ends behind them.
    Statements {
        statements: List<StmtId>,
        at_end: bool,
    },
    StatementHead(StatementHead),
    /// Fields, and the constructor's end if it is behind them.
    Fields {
        fields: List<FieldId>,
        after_field: bool,
        close: Option<Close>,
    },
    FieldHead(FieldHead),
    /// There is none, or the window is too short for it.
    Nothing,
}

/// The end of a constructor.
#[derive(Clone, Copy)]
pub(crate) struct Close {
    /// The end of its `}`.
    pub end: u32,
    /// Whether what follows belongs to the same expression or list of expressions.
    pub goes_on: bool,
}

/// The beginning of a statement whose last part is a constructor.
#[derive(Clone, Copy)]
pub(crate) enum StatementHead {
    Return,
    Local(Binding),
    /// An assignment to this.
    Assign(ExprId),
}

/// The beginning of a field whose value is a constructor.
#[derive(Clone, Copy)]
pub(crate) enum FieldHead {
    Item,
    Named { name: Sym, name_at: u32 },
    Keyed(ExprId),
}

/// Reads a piece that begins with token `from` of a window, so many levels deep, into a chunk, which is
/// empty. The piece, and the first token behind it; `None` if the text is to be given up.
pub(crate) fn read_piece(
    window: &Window<'_>,
    options: &Options,
    level: u32,
    chunk: &mut Chunk,
    from: usize,
    rule: Rule,
) -> Option<(Piece, usize)> {
    let tokens = window.tokens();
    if !tokens.errors.is_empty() {
        return None;
    }
    let edge = if window.is_last() { usize::MAX } else { tokens.len().saturating_sub(MARGIN) };
    let options = Options { c_levels: options.c_levels + level, ..*options };
    let memory = std::mem::replace(chunk, Chunk::with_capacity(0));
    let mut state = SimpleState(State::<Fast>::new(tokens, memory, &options));
    let found = Cell::new(None);
    let parser = custom::<_, TokenInput<'_>, (), Extra<'_, Fast>>(|inp| {
        for _ in 0..from {
            inp.skip();
        }
        reserve(inp);
        found.set(Some(match rule {
            Rule::Statements => statements(inp, edge)?,
            Rule::AfterReturn => {
                eat(inp, T::Semi);
                let at_end = kind(inp) == T::Eof && window.is_last();
                (Piece::Statements { statements: List::EMPTY, at_end }, index(inp))
            }
            Rule::StatementHead => head(inp, statement_head),
            Rule::Fields { after_field } => fields(inp, edge, after_field)?,
            Rule::FieldHead => head(inp, field_head),
        }));
        Ok(())
    });
    // That tokens are left is no error here.
    let _ = parser.parse_with_state(TokenInput::new(tokens), &mut state);
    *chunk = state.0.chunk;
    found.into_inner().filter(|_| chunk.ext.is_none())
}

/// `{stat}`, as far as the window has them whole.
fn statements(inp: &mut In<'_, '_, Fast>, edge: usize) -> R<(Piece, usize)> {
    let base = inp.state().scratch.len();
    let (mut next, mut accepted) = (index(inp), base);
    let mut at_end = false;
    while index(inp) < edge && !at_end {
        let first = kind(inp);
        match first {
            T::Eof => at_end = true,
            T::Semi => inp.skip(),
            // What a label means depends on what follows it.
            T::ColonColon | T::End | T::Else | T::ElseIf | T::Until => return given_up(),
            _ => {
                enter(inp)?;
                let read = statement(inp, first);
                let Some(statement) = whole(inp, read, edge)? else { break };
                leave(inp, 1);
                inp.state().scratch.push(statement.index() as u32);
                accepted += 1;
                if first == T::Return && kind(inp) != T::Eof {
                    return given_up();
                }
            }
        }
        next = index(inp);
    }
    // A statement that is not whole may have left a list that it has begun.
    let state = inp.state();
    state.scratch.truncate(accepted);
    if accepted == base && !at_end {
        return Ok((Piece::Nothing, next));
    }
    Ok((Piece::Statements { statements: state.end_list(base), at_end }, next))
}

/// What stands before a constructor, if one follows that is not nested too deeply.
fn head(inp: &mut In<'_, '_, Fast>, rule: fn(&mut In<'_, '_, Fast>) -> R<Piece>) -> (Piece, usize) {
    let from = index(inp);
    match rule(inp) {
        Ok(piece) if kind(inp) == T::LBrace && enter(inp).is_ok() => (piece, index(inp)),
        _ => (Piece::Nothing, from),
    }
}

/// `return`, `local Name attrib =` or `var =`.
fn statement_head(inp: &mut In<'_, '_, Fast>) -> R<Piece> {
    let head = match kind(inp) {
        T::Return => {
            inp.skip();
            StatementHead::Return
        }
        T::Local => {
            inp.skip();
            let Some((name, name_span)) = name(inp)? else { return given_up() };
            let (attrib, _) = attribute(inp)?;
            expect(inp, T::Eq)?;
            StatementHead::Local(Binding { name, name_span, attrib })
        }
        _ => {
            let target = suffixed(inp)?;
            expect(inp, T::Eq)?;
            match inp.state().chunk.expr(target) {
                Expr::Name(_) | Expr::Field { .. } | Expr::Index { .. } => {}
                _ => return given_up(),
            }
            StatementHead::Assign(target)
        }
    };
    Ok(Piece::StatementHead(head))
}

/// `{field sep} [field] ['}']`, as far as the window has them whole.
fn fields(inp: &mut In<'_, '_, Fast>, edge: usize, mut after_field: bool) -> R<(Piece, usize)> {
    let base = inp.state().scratch.len();
    let (mut next, mut accepted) = (index(inp), base);
    let mut close = None;
    while index(inp) < edge && close.is_none() {
        match kind(inp) {
            T::RBrace => {
                inp.skip();
                if index(inp) >= edge {
                    break;
                }
                let end = inp.state().tokens.spans[next].end;
                close = Some(Close { end, goes_on: goes_on(inp) });
            }
            T::Comma | T::Semi if after_field => {
                inp.skip();
                after_field = false;
            }
            _ if after_field => return given_up(),
            _ => {
                let read = field(inp);
                let Some(field) = whole(inp, read, edge)? else { break };
                let field = inp.state().chunk.add_field(field);
                inp.state().scratch.push(field.index() as u32);
                accepted += 1;
                after_field = true;
            }
        }
        next = index(inp);
    }
    let state = inp.state();
    state.scratch.truncate(accepted);
    Ok((Piece::Fields { fields: state.end_list(base), after_field, close }, next))
}

/// `'[' exp ']' '='`, `Name '='` or nothing.
fn field_head(inp: &mut In<'_, '_, Fast>) -> R<Piece> {
    let head = match kind(inp) {
        T::LBracket => {
            inp.skip();
            let key = expr(inp)?;
            expect(inp, T::RBracket)?;
            expect(inp, T::Eq)?;
            FieldHead::Keyed(key)
        }
        T::Name => {
            let (name, name_at) = (peek(inp).sym(), start(inp));
            inp.skip();
            expect(inp, T::Eq)?;
            FieldHead::Named { name, name_at }
        }
        _ => FieldHead::Item,
    };
    Ok(Piece::FieldHead(head))
}

/// What a rule has read, if it has read it without coming near the end of the window. A failure there
/// says nothing: more tokens may follow.
fn whole<T>(inp: &mut In<'_, '_, Fast>, read: R<T>, edge: usize) -> R<Option<T>> {
    match read {
        Ok(read) => Ok(Some(read).filter(|_| index(inp) < edge)),
        Err(_) if inp.state().failed_at >= edge => Ok(None),
        Err(error) => Err(error),
    }
}

fn given_up<T>() -> R<T> {
    Err(EmptyErr::default())
}
