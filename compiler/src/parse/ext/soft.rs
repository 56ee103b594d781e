//! Soft keywords: what they are, and where they end a block.

use crate::lex::TokenKind as T;
use crate::parse::state::*;

/// Which soft keywords end a block at the start of a statement or after `return`.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::parse) struct Closers {
    /// `case`: the block is an arm's.
    pub case: bool,
    /// `catch`: the block is a `try`'s body.
    pub catch: bool,
    /// `finally`: the same, or a `catch`'s block.
    pub finally: bool,
}

impl Closers {
    pub const NONE: Closers = Closers { case: false, catch: false, finally: false };
    pub const ARM: Closers = Closers { case: true, catch: false, finally: false };
    pub const TRY: Closers = Closers { case: false, catch: true, finally: true };
    pub const CATCH: Closers = Closers { case: false, catch: false, finally: true };
}

/// What the extensions keep of the state of a pass.
#[derive(Default)]
pub(in crate::parse) struct Soft {
    /// What ends the innermost block.
    pub closers: Closers,
    /// A token of which a type has taken the first bytes, and how many.
    pub split: (usize, u8),
}

/// The text of the name `ahead` of the current token; empty if that is no name.
pub(super) fn word<'s, M: Mode>(inp: &mut In<'s, '_, M>, ahead: usize) -> &'s [u8] {
    let at = index(inp) + ahead;
    let tokens = inp.state().tokens;
    match tokens.tokens.get(at) {
        Some(token) if token.kind == T::Name => tokens.names.bytes(token.sym()),
        _ => b"",
    }
}

/// Is the current token, a name, a soft keyword that ends the innermost block?
pub(in crate::parse) fn closes_here<M: Mode>(inp: &mut In<'_, '_, M>) -> bool {
    let closers = inp.state().soft.closers;
    closers != Closers::NONE && closes(inp, 0, closers)
}

/// Is the token `ahead` of the current one a soft keyword that ends a block with these closers?
pub(in crate::parse) fn closes<M: Mode>(
    inp: &mut In<'_, '_, M>,
    ahead: usize,
    closers: Closers,
) -> bool {
    match word(inp, ahead) {
        b"case" if closers.case => starts_pattern(kind_ahead(inp, ahead + 1)),
        b"catch" if closers.catch => kind_ahead(inp, ahead + 1) == T::Name,
        b"finally" if closers.finally => kind_ahead(inp, ahead + 1) == T::Do,
        _ => false,
    }
}

/// May a `case` be followed by this token?
pub(super) fn starts_pattern(kind: T) -> bool {
    matches!(
        kind,
        T::Name
            | T::Int
            | T::Float
            | T::Str
            | T::Nil
            | T::True
            | T::False
            | T::Minus
            | T::LBrace
            | T::LBracket
    )
}

/// Is a name `match` before this token a keyword?
pub(super) fn starts_subject(kind: T) -> bool {
    matches!(
        kind,
        T::Name
            | T::Int
            | T::Float
            | T::Nil
            | T::True
            | T::False
            | T::Dots
            | T::Not
            | T::Minus
            | T::Hash
            | T::Tilde
            | T::Function
            | T::If
            | T::Pipe
            | T::InterpWhole
            | T::InterpBegin
    )
}
