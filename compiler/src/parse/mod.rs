//! The parser: one chumsky grammar for the whole of Lua 5.4 (manual §9), run in two modes.
//!
//! The fast pass builds the tree and stops at the first error without reporting it. Only then the same
//! grammar runs again in explaining mode: it records the error, proceeds as if the text ended there,
//! which yields a partial tree with everything before the error. Each rule is a function that
//! looks one token ahead (`custom` in chumsky's terms); nothing backtracks.
//!
//! `stmt`, `func`, `expr` and `table` hold the grammar, `state` what the rules share, `error` creates the
//! diagnostics, `pieces` reads a long text window by window, `completeness` decides whether a text only ends too early; `ext` holds the grammar of the extensions, which is reached only where plain Lua has an error.

mod completeness;
mod disabled;
mod error;
mod expr;
mod ext;
mod func;
mod input;
mod pieces;
mod recovery;
mod state;
mod stmt;
mod table;

pub(crate) use disabled::disabled_extension;
pub(crate) use pieces::{FieldHead, Piece, Rule, StatementHead, read_piece};

pub use completeness::{Completeness, Form, completeness, input_completeness};

use chumsky::{inspector::SimpleState, prelude::*};

use crate::ast::Chunk;
use crate::diag::Diagnostic;
use crate::lex::{Tokens, lex};
use crate::source::Source;
use input::TokenInput;
use state::{Explain, Extra, Fast, Mode, State};

/// Which language a chunk is written in.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Std {
    /// Plain Lua 5.4.
    Lua54,
    /// Lua 5.4 and the extensions.
    #[default]
    Luka,
}

/// How to parse.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Options {
    /// The language.
    pub std: Std,
    /// C levels in use when the parser is called (`getCcalls`): nesting is refused when it and
    /// these reach 200 together. In the `lua` program, `load` called from the main chunk finds 2.
    pub c_levels: u32,
}

impl Default for Options {
    fn default() -> Options {
        Options { std: Std::default(), c_levels: 2 }
    }
}

/// A parsed chunk.
#[derive(Clone)]
pub struct Parsed {
    /// The tree; up to the first error if there is one.
    pub chunk: Chunk,
    /// The tokens, with the interner of names and strings.
    pub tokens: Tokens,
    /// Empty if the whole text was understood.
    pub diagnostics: Vec<Diagnostic>,
}

/// Parses a chunk. Never fails: a failed text gives a partial tree and a diagnostic.
pub fn parse(source: &Source, options: &Options) -> Parsed {
    let tokens = lex(source, options.std);
    let mut memory = None;
    let is_valid = parse_tokens(&tokens, options, &mut memory);
    match memory {
        Some(chunk) if is_valid => Parsed { chunk, tokens, diagnostics: Vec::new() },
        memory => {
            let (chunk, diagnostics) = explain(&tokens, source, options, memory);
            Parsed { chunk, tokens, diagnostics }
        }
    }
}

/// The explaining pass over a text with a lexical or syntax error: the tree before it, and its
/// diagnostic. The tree reuses the memory of `chunk`, which is empty.
pub(crate) fn explain(
    tokens: &Tokens,
    source: &Source,
    options: &Options,
    chunk: Option<Chunk>,
) -> (Chunk, Vec<Diagnostic>) {
    let (chunk, error) = run::<Explain>(tokens, options, chunk).explained();
    (chunk, error.map(|found| found.explain(tokens, source)).into_iter().collect())
}

/// The fast pass. Whether the text has no lexical and no syntax error: then `chunk` is the tree, else
/// it is empty. The tree reuses its memory.
pub(crate) fn parse_tokens(tokens: &Tokens, options: &Options, chunk: &mut Option<Chunk>) -> bool {
    if !tokens.errors.is_empty() {
        return false;
    }
    let pass = run::<Fast>(tokens, options, chunk.take());
    let is_valid = pass.done;
    let tree = chunk.insert(pass.chunk);
    if !is_valid {
        tree.clear();
    }
    is_valid
}

/// Parses an input of an interactive session: expressions if it can be read so (the tree is then
/// that of a `return`), else statements. A failed text has one diagnostic, of the interpretation that parsed
/// further.
pub fn parse_input(source: &Source, options: &Options) -> (Parsed, Form) {
    let tokens = lex(source, options.std);
    if tokens.errors.is_empty() {
        for form in [Form::Expressions, Form::Statements] {
            if let Some(chunk) = run_as::<Fast>(&tokens, options, None, form).chunk() {
                return (Parsed { chunk, tokens, diagnostics: Vec::new() }, form);
            }
        }
    }
    let explain = |form| (run_as::<Explain>(&tokens, options, None, form).explained(), form);
    let (expressions, statements) = (explain(Form::Expressions), explain(Form::Statements));
    let index = |(_, found): &(Chunk, Option<error::LocatedError>)| {
        found.map_or(usize::MAX, |found| found.index)
    };
    let further = index(&expressions.0) > index(&statements.0);
    let ((chunk, error), form) = if further { expressions } else { statements };
    let diagnostics = error.map(|found| found.explain(&tokens, source)).into_iter().collect();
    (Parsed { chunk, tokens, diagnostics }, form)
}

/// Parses a whole chunk despite errors: each independent error has a report,
/// and the tree is that of the repaired text.
pub fn parse_to_end(source: &Source, options: &Options) -> Parsed {
    let tokens = lex(source, options.std);
    if tokens.errors.is_empty()
        && let Some(chunk) = run::<Fast>(&tokens, options, None).chunk()
    {
        return Parsed { chunk, tokens, diagnostics: Vec::new() };
    }
    recovery::recover(tokens, source, options)
}

fn run<'s, M: Mode>(tokens: &'s Tokens, options: &Options, chunk: Option<Chunk>) -> State<'s, M> {
    run_as(tokens, options, chunk, Form::Statements)
}

fn run_as<'s, M: Mode>(
    tokens: &'s Tokens,
    options: &Options,
    chunk: Option<Chunk>,
    form: Form,
) -> State<'s, M> {
    let chunk = chunk.unwrap_or_else(|| Chunk::with_capacity(tokens.len()));
    let mut state = SimpleState(State::<M>::new(tokens, chunk, options));
    let parser = custom::<_, TokenInput<'s>, (), Extra<'s, M>>(move |inp| match form {
        Form::Statements => func::main_function(inp),
        Form::Expressions => func::main_expressions(inp),
    });
    let done = parser.parse_with_state(TokenInput::new(tokens), &mut state).into_output().is_some();
    state.0.done = done;
    state.0
}
