//! Lints: what can be said about a program that compiles. Names that look misspelt, things nobody
//! uses, code that cannot do what it seems to.
//!
//! * [`Linter`] — checks files, after it has seen what all of them define
//! * [`Levels`] — which lints are on; [`Known`] — the names programs start with
//! * `facts`, `walk` — what a chunk says about its names; `program` — what all files say together
//! * `comments` — comments that silence lints
//! * `unused`, `globals`, `calls`, `compare`, `tables`, `flow`, `assign` — the lints
//!
//! A lint that is wrong about a correct program is worse than one that misses a fault: each is
//! written so that it speaks when it is nearly certain, and is silent otherwise.

mod assign;
mod calls;
mod comments;
mod compare;
mod facts;
mod flow;
mod foreign;
mod globals;
mod known;
mod levels;
mod program;
mod tables;
mod unused;
mod walk;

pub use foreign::foreign_name;
pub use known::{Known, Signature, Thing};
pub use levels::{Level, Levels, lint_name};
pub use luka_bytecode::text::similar;

use crate::ast::{Chunk, Expr, ExprId, Id, Stmt, StmtId};
use crate::diag::{Code, Diagnostic, Severity};
use crate::lex::Tokens;
use crate::lower::lower;
use crate::parse::{Options, Parsed, parse};
use crate::source::Source;
use crate::{Span, Sym};
use comments::Allowed;
use facts::Facts;
use program::Program;

/// Most lints reported about one file: more of them nobody reads.
const MOST: usize = 1000;

/// Checks the files of a program.
#[derive(Default)]
pub struct Linter {
    known: Known,
    levels: Levels,
    program: Program,
}

impl Linter {
    pub fn new(known: Known, levels: Levels) -> Linter {
        Linter { known, levels, program: Program::default() }
    }

    /// Takes notes of what a file defines. Every file of the program is surveyed before the first
    /// is checked.
    pub fn survey(&mut self, source: &Source, options: &Options) {
        let Prepared { parsed, own } = Prepared::new(source, options);
        let facts = walk::facts(&parsed.chunk, &parsed.tokens.names, own);
        self.program.add(&facts, &parsed);
    }

    /// The lints of a file without faults, in order of their places.
    pub fn check(&self, source: &Source, options: &Options) -> Vec<Diagnostic> {
        let Prepared { parsed, own } = Prepared::new(source, options);
        if !parsed.diagnostics.is_empty() {
            return Vec::new();
        }
        let facts = walk::facts(&parsed.chunk, &parsed.tokens.names, own);
        let mut cx = Context {
            source,
            chunk: &parsed.chunk,
            tokens: &parsed.tokens,
            facts: &facts,
            own,
            known: &self.known,
            program: &self.program,
            found: Vec::new(),
        };
        let allowed = Allowed::read(source, &parsed.tokens, &mut cx.found);
        // Of a chunk that is not understood whole, what names mean is not known.
        if !facts.incomplete {
            unused::check(&mut cx);
            globals::check(&mut cx);
            calls::check(&mut cx);
        }
        compare::check(&mut cx);
        tables::check(&mut cx);
        flow::check(&mut cx);
        assign::check(&mut cx);
        let mut found = cx.found;
        found.retain_mut(|diagnostic| match self.levels.of(diagnostic.code) {
            Level::Allow => false,
            level => {
                let denied = level == Level::Deny;
                diagnostic.severity = if denied { Severity::Error } else { Severity::Warning };
                !allowed.allows(source, diagnostic)
            }
        });
        found.sort_by_key(|d| (d.span.start, d.code));
        found.truncate(MOST);
        found
    }
}

/// How many expressions and statements of a chunk are written in its source; those behind them are
/// what lowering has made of extensions.
#[derive(Clone, Copy)]
struct Own {
    exprs: usize,
    stmts: usize,
}

/// A source, parsed and lowered to plain nodes.
struct Prepared {
    parsed: Parsed,
    own: Own,
}

impl Prepared {
    fn new(source: &Source, options: &Options) -> Prepared {
        let mut parsed = parse(source, options);
        let own = Own { exprs: parsed.chunk.exprs.len(), stmts: parsed.chunk.stmts.len() };
        if parsed.diagnostics.is_empty() {
            parsed.diagnostics = lower(source, &mut parsed.tokens, &mut parsed.chunk);
        }
        Prepared { parsed, own }
    }
}

/// What a lint works with.
struct Context<'a> {
    source: &'a Source,
    chunk: &'a Chunk,
    tokens: &'a Tokens,
    facts: &'a Facts,
    own: Own,
    known: &'a Known,
    program: &'a Program,
    found: Vec<Diagnostic>,
}

impl<'a> Context<'a> {
    fn report(&mut self, diagnostic: Diagnostic) {
        self.found.push(diagnostic);
    }

    fn bytes(&self, name: Sym) -> &'a [u8] {
        self.tokens.names.bytes(name)
    }

    fn text(&self, name: Sym) -> String {
        self.tokens.names.text(name).into_owned()
    }

    /// A piece of the source.
    fn piece(&self, span: Span) -> &'a [u8] {
        let source: &'a Source = self.source;
        source.bytes().get(span.start as usize..span.end as usize).unwrap_or(&[])
    }

    /// The same as text for a message, in backquotes; `this` if it is long.
    fn quoted(&self, id: ExprId) -> String {
        let piece = self.piece(self.chunk.expr_span(id));
        if piece.len() > 40 || piece.iter().any(|c| c.is_ascii_control()) {
            return "this".to_string();
        }
        format!("`{}`", String::from_utf8_lossy(piece))
    }

    fn exprs(&self) -> impl Iterator<Item = (ExprId, Expr)> + use<'a> {
        let chunk: &'a Chunk = self.chunk;
        chunk
            .exprs
            .iter()
            .take(self.own.exprs)
            .enumerate()
            .map(|(i, &expr)| (ExprId::from_index(i as u32), expr))
    }

    fn stmts(&self) -> impl Iterator<Item = (StmtId, Stmt)> + use<'a> {
        let chunk: &'a Chunk = self.chunk;
        chunk
            .stmts
            .iter()
            .take(self.own.stmts)
            .enumerate()
            .map(|(i, &stmt)| (StmtId::from_index(i as u32), stmt))
    }

    /// The name a callee or object has in the standard library, if the program has left it alone:
    /// `print`, `string.rep`.
    fn library_name(&self, id: ExprId) -> Option<Vec<u8>> {
        let global = |id: ExprId| match self.chunk.expr(id) {
            Expr::Name(name) if self.facts.is_global(id) => Some(self.bytes(name).to_vec()),
            _ => None,
        };
        let known = |name: &[u8]| self.known.get(name).is_some() && !self.program.defines(name);
        let name = match self.chunk.expr(id) {
            Expr::Field { object, name } => {
                let library = global(object).filter(|library| known(library))?;
                [&library, b".".as_slice(), self.bytes(name)].concat()
            }
            _ => global(id)?,
        };
        known(&name).then_some(name)
    }

    /// Whether two pieces of the source are the same tokens.
    fn same_tokens(&self, a: Span, b: Span) -> bool {
        let (a, b) = (self.tokens_in(a), self.tokens_in(b));
        a.len() == b.len()
            && a.zip(b).all(|(a, b)| {
                let (x, y) = (self.tokens.spans[a], self.tokens.spans[b]);
                self.piece(x) == self.piece(y)
            })
    }

    fn tokens_in(&self, span: Span) -> std::ops::Range<usize> {
        self.tokens.index_at_or_after(span.start)..self.tokens.index_at_or_after(span.end)
    }

    /// Whether an expression only looks: names, fields, constants and operators, no calls.
    fn is_quiet(&self, id: ExprId) -> bool {
        let mut stack = vec![id];
        while let Some(id) = stack.pop() {
            match self.chunk.expr(id) {
                Expr::Call { .. } | Expr::MethodCall(_) | Expr::Function(_) | Expr::Table(_) => {
                    return false;
                }
                Expr::Field { object, .. } => stack.push(object),
                Expr::Index { object, key } => stack.extend([object, key]),
                Expr::Binary { lhs, rhs, .. } => stack.extend([lhs, rhs]),
                Expr::Unary { operand, .. } => stack.push(operand),
                Expr::Paren(inner) => stack.push(inner),
                Expr::Nil
                | Expr::True
                | Expr::False
                | Expr::Int(_)
                | Expr::Float(_)
                | Expr::Str(_)
                | Expr::Vararg
                | Expr::Name(_) => {}
                _ => return false,
            }
        }
        true
    }

    /// Whether an expression is one of the source.
    fn is_own(&self, id: ExprId) -> bool {
        id.index() < self.own.exprs
    }

    /// Whether a name stands in the source where its declaration says: what the compiler makes up
    /// itself does not.
    fn is_written(&self, name: Sym, span: Span) -> bool {
        !span_is_empty(span) && self.piece(span) == self.bytes(name)
    }
}

fn span_is_empty(span: Span) -> bool {
    span.start >= span.end
}

/// A lint's report.
fn lint(code: Code, span: Span, message: impl Into<String>) -> Diagnostic {
    Diagnostic::new(code, span, message)
}

/// Whether a parse is worth a survey.
fn is_whole(parsed: &Parsed) -> bool {
    parsed.diagnostics.is_empty()
}
