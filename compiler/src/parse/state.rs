//! What the rules share: the tree being built, the nesting depth, the error; and the primitives
//! all rules are written in.

use std::marker::PhantomData;

use chumsky::error::EmptyErr;
use chumsky::extra;
use chumsky::input::InputRef;
use chumsky::inspector::SimpleState;

use super::error::{LocatedError, SyntaxError};
use super::ext::Soft;
use super::input::TokenInput;
use super::{Options, Std};
use crate::ast::{Chunk, Expr, ExprId, FuncId, Id, List, Stmt, StmtId};
use crate::lex::{Token, TokenKind, Tokens};
use crate::{Span, Sym};

/// One of the two passes over the grammar.
pub(super) trait Mode: 'static {
    const EXPLAIN: bool;
}

/// Stops at the first error and records nothing.
pub(super) struct Fast;

/// Records the first error and continues as if the text ended there.
pub(super) struct Explain;

impl Mode for Fast {
    const EXPLAIN: bool = false;
}

impl Mode for Explain {
    const EXPLAIN: bool = true;
}

/// `LUAI_MAXCCALLS`: nesting levels at which PUC gives up.
const MAX_LEVELS: u32 = 200;

pub(super) type Extra<'s, M> = extra::Full<EmptyErr, SimpleState<State<'s, M>>, ()>;
pub(super) type In<'s, 'p, M> = InputRef<'s, 'p, TokenInput<'s>, Extra<'s, M>>;
/// What a rule returns; it fails in the fast pass only.
pub(super) type R<T> = Result<T, EmptyErr>;

/// What `...` is in a function.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Varargs {
    /// An error: the function is not variadic.
    None,
    /// The extra arguments.
    Unnamed,
    /// The elements of the table that the function, which is given, has for them.
    Named(FuncId),
}

/// The state of a pass.
pub(super) struct State<'s, M> {
    pub(super) tokens: &'s Tokens,
    pub(super) chunk: Chunk,
    /// Levels in use, counted as PUC counts C calls.
    pub(super) level: u32,
    /// What `...` is in the function being parsed.
    pub(super) varargs: Varargs,
    /// How often `...` is in the function being parsed, as far as read.
    pub(super) vararg_uses: u32,
    /// Are there extensions?
    pub(super) luka: bool,
    pub(super) soft: Soft,
    /// Ids of the lists being collected, innermost on top.
    pub(super) scratch: Vec<u32>,
    pub(super) error: Option<LocatedError>,
    /// The token at which the fast pass failed.
    pub(super) failed_at: usize,
    pub(super) done: bool,
    mode: PhantomData<M>,
}

impl<'s, M> State<'s, M> {
    pub(super) fn new(tokens: &'s Tokens, chunk: Chunk, options: &Options) -> State<'s, M> {
        State {
            tokens,
            chunk,
            level: options.c_levels,
            varargs: Varargs::Unnamed,
            vararg_uses: 0,
            luka: options.std == Std::Luka,
            soft: Soft::default(),
            scratch: Vec::with_capacity(32),
            error: None,
            failed_at: 0,
            done: false,
            mode: PhantomData,
        }
    }

    /// The tree of a pass that succeeded.
    pub(super) fn chunk(self) -> Option<Chunk> {
        self.done.then_some(self.chunk)
    }

    pub(super) fn explained(self) -> (Chunk, Option<LocatedError>) {
        (self.chunk, self.error)
    }

    /// Ends the list whose ids are on the scratch stack from `base`.
    #[inline]
    pub(super) fn end_list<T: Id>(&mut self, base: usize) -> List<T> {
        let list = self.chunk.add_list(&self.scratch[base..]);
        self.scratch.truncate(base);
        list
    }

    /// A list of one id.
    #[inline]
    pub(super) fn list_of_one<T: Id>(&mut self, id: T) -> List<T> {
        self.chunk.add_list_of_one(id)
    }
}

/// The current token.
#[inline(always)]
pub(super) fn peek<M: Mode>(inp: &mut In<'_, '_, M>) -> Token {
    inp.peek().unwrap_or(Token { kind: TokenKind::Eof, payload: 0 })
}

/// The kind of the current token.
#[inline(always)]
pub(super) fn kind<M: Mode>(inp: &mut In<'_, '_, M>) -> TokenKind {
    peek(inp).kind
}

/// The index of the current token.
#[inline(always)]
pub(super) fn index<M: Mode>(inp: &In<'_, '_, M>) -> usize {
    *inp.cursor().inner()
}

/// Where the current token starts.
#[inline(always)]
pub(super) fn start<M: Mode>(inp: &mut In<'_, '_, M>) -> u32 {
    let index = index(inp);
    inp.state().tokens.spans.get(index).map_or(0, |span| span.start)
}

/// A byte on the line PUC counts while the current token is current.
#[inline(always)]
pub(super) fn line_at<M: Mode>(inp: &mut In<'_, '_, M>) -> u32 {
    let index = index(inp);
    inp.state().tokens.line_at(index)
}

/// From `start` to where the last token read ends.
#[inline(always)]
pub(super) fn span_from<M: Mode>(inp: &mut In<'_, '_, M>, start: u32) -> Span {
    let index = index(inp);
    let state = inp.state();
    let mut last = index.wrapping_sub(1);
    if M::EXPLAIN
        && let Some(found) = &state.error
    {
        last = found.index.wrapping_sub(1);
    }
    let end = state.tokens.spans.get(last).map_or(start, |span| span.end);
    Span::new(start, end.max(start))
}

/// Adds an expression whose text started at `start` and ends here.
#[inline(always)]
pub(super) fn add<M: Mode>(inp: &mut In<'_, '_, M>, expr: Expr, start: u32) -> ExprId {
    let span = span_from(inp, start);
    inp.state().chunk.add_expr(expr, span)
}

/// Adds a statement whose text started at `start` and ends here.
#[inline(always)]
pub(super) fn add_stmt<M: Mode>(inp: &mut In<'_, '_, M>, stmt: Stmt, start: u32) -> StmtId {
    let span = span_from(inp, start);
    inp.state().chunk.add_stmt(stmt, span)
}

/// The kind of the token `ahead` of the current one.
pub(super) fn kind_ahead<M: Mode>(inp: &mut In<'_, '_, M>, ahead: usize) -> TokenKind {
    let next = index(inp) + ahead;
    inp.state().tokens.tokens.get(next).map_or(TokenKind::Eof, |token| token.kind)
}

/// An error node at the error.
#[cold]
pub(super) fn error_expr<M: Mode>(inp: &mut In<'_, '_, M>) -> ExprId {
    let index = inp.state().error.as_ref().map_or(0, |found| found.index);
    let at = inp.state().tokens.spans.get(index).map_or(0, |span| span.start);
    inp.state().chunk.add_expr(Expr::Error, Span::new(at, at))
}

/// Has this pass found an error? False in the fast pass, which ends at an error.
#[inline(always)]
pub(super) fn failed<M: Mode>(inp: &mut In<'_, '_, M>) -> bool {
    M::EXPLAIN && inp.state().error.is_some()
}

/// The current token cannot be taken. The fast pass fails; the explaining pass records the first
/// error, moves to the end of the text and continues.
#[cold]
#[inline(never)]
pub(super) fn fail<M: Mode>(inp: &mut In<'_, '_, M>, error: SyntaxError) -> R<()> {
    if !M::EXPLAIN {
        let at = index(inp);
        inp.state().failed_at = at;
        return Err(EmptyErr::default());
    }
    if inp.state().error.is_none() {
        let index = index(inp);
        inp.state().error = Some(LocatedError { index, error });
        while kind(inp) != TokenKind::Eof {
            inp.skip();
        }
    }
    Ok(())
}

/// Takes the current token if its kind is `wanted`.
#[inline(always)]
pub(super) fn eat<M: Mode>(inp: &mut In<'_, '_, M>, wanted: TokenKind) -> bool {
    let found = kind(inp) == wanted;
    if found {
        inp.skip();
    }
    found
}

/// Takes a `wanted` token, which is required.
#[inline(always)]
pub(super) fn expect<M: Mode>(inp: &mut In<'_, '_, M>, wanted: TokenKind) -> R<()> {
    if eat(inp, wanted) { Ok(()) } else { fail(inp, SyntaxError::Expected(wanted)) }
}

/// Takes the `closer` of what `opener` began; `open_line_at` is on the line PUC gives the opener,
/// `open_at` where its token starts.
#[inline(always)]
pub(super) fn expect_closer<M: Mode>(
    inp: &mut In<'_, '_, M>,
    closer: TokenKind,
    opener: TokenKind,
    open_at: u32,
    open_line_at: u32,
) -> R<()> {
    if eat(inp, closer) {
        return Ok(());
    }
    fail(inp, SyntaxError::Unclosed { closer, opener, open_at, open_line_at })
}

/// Takes a name, which is required. `None` only after an error.
#[inline(always)]
pub(super) fn name<M: Mode>(inp: &mut In<'_, '_, M>) -> R<Option<(Sym, Span)>> {
    let token = peek(inp);
    if token.kind != TokenKind::Name {
        fail(inp, SyntaxError::Expected(TokenKind::Name))?;
        return Ok(None);
    }
    let index = index(inp);
    inp.skip();
    let span = inp.state().tokens.spans[index];
    Ok(Some((token.sym(), span)))
}

/// Enters one level of nesting; `leave` undoes it.
#[inline(always)]
pub(super) fn enter<M: Mode>(inp: &mut In<'_, '_, M>) -> R<()> {
    let state = inp.state();
    state.level += 1;
    if state.level >= MAX_LEVELS { fail(inp, SyntaxError::TooDeep) } else { Ok(()) }
}

#[inline(always)]
pub(super) fn leave<M: Mode>(inp: &mut In<'_, '_, M>, levels: u32) {
    inp.state().level -= levels;
}
