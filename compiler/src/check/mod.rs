//! Lints: suspicious code in a program that compiles. Misspelled names, unused
//! variables, code that cannot do what it seems to do.
//!
//! * [`Linter`] — checks files, after collecting what all of them define
//! * [`Levels`] — which lints are enabled; [`Environment`] — the predefined names
//! * `facts`, `walk` — how a chunk uses its names; `program` — how all files together use globals
//! * `comments` — comments that silence lints
//! * [`Modules`] — what `require` finds, as the host knows
//! * `values` — what is certainly known of values
//! * `unused`, `globals`, `calls`, `arguments`, `compare`, `tables`, `flow`, `assign`, `certain`, `operators`, `lists`,
//!   `methods`, `metamethods`, `fields`, `strings`, `patterns`, `order`, `modules`, `types` — the lints
//!
//! A false positive is worse than a false negative: each lint
//! reports only what is nearly certain.

mod arguments;
mod assign;
mod calls;
mod certain;
mod comments;
mod compare;
mod environment;
pub(crate) mod facts;
mod fields;
mod flow;
mod foreign;
mod globals;
mod levels;
mod lists;
mod metamethods;
mod methods;
mod modules;
mod operators;
mod order;
mod patterns;
mod program;
mod strings;
mod tables;
mod types;
mod unused;
mod values;
pub(crate) mod walk;

pub use certain::{number_function, number_method};
pub use environment::{Definition, Environment, Signature};
pub use foreign::{foreign_method, foreign_name, library_of};
pub use levels::{Level, Levels, lint_name};
pub use luka_bytecode::text::similar;
pub use modules::Modules;

use crate::annotation::Annotations;
use crate::ast::{Chunk, Expr, ExprId, Id, Stmt, StmtId};
use crate::compile::examine;
use crate::diag::{Code, Diagnostic, Severity};
use crate::lex::Tokens;
use crate::lower::lower;
use crate::parse::{Options, Parsed, parse, parse_to_end};
use crate::source::Source;
use crate::{Span, Sym};
use comments::Allowed;
use facts::Facts;
use program::Program;
use values::Values;

/// The maximum number of reports for a file.
const MAX_REPORTS: usize = 1000;

/// Checks the files of a program.
#[derive(Default)]
pub struct Linter {
    environment: Environment,
    levels: Levels,
    program: Program,
    modules: Option<Box<dyn Modules>>,
    /// What files with some endings of their names find instead of the environment.
    others: Vec<(&'static str, Environment)>,
}

impl Linter {
    /// A linter for programs that run in this environment.
    pub fn new(environment: Environment, levels: Levels) -> Linter {
        let program = Program::default();
        Linter { environment, levels, program, modules: None, others: Vec::new() }
    }

    /// Reports modules that are not found, too.
    pub fn with_modules(self, modules: Box<dyn Modules>) -> Linter {
        Linter { modules: Some(modules), ..self }
    }

    /// Files whose names without suffix end so (`_spec`) have these names as variables, too.
    pub fn with_names_in(mut self, ending: &'static str, names: &[&str]) -> Linter {
        let mut environment = self.environment.clone();
        names.iter().for_each(|name| environment.add(*name, Definition::Value));
        self.others.push((ending, environment));
        self
    }

    /// What a file finds.
    fn environment_of(&self, source: &Source) -> &Environment {
        let name = source.name();
        let stem = name.strip_suffix(b".lua").or_else(|| name.strip_suffix(b".luka"));
        let ends = |ending: &str| stem.is_some_and(|stem| stem.ends_with(ending.as_bytes()));
        let other = self.others.iter().find(|(ending, _)| ends(ending));
        other.map_or(&self.environment, |(_, environment)| environment)
    }

    /// Collects what a file defines. This is done for every file of the program before the first
    /// is checked.
    pub fn collect_definitions(&mut self, source: &Source, options: &Options) {
        let Prepared { parsed, written } = Prepared::new(source, options);
        let facts = walk::facts(&parsed.chunk, &parsed.tokens.names, written);
        self.program.add(&facts, &parsed);
        self.program.types.add(&Annotations::new(source, &parsed.tokens, &parsed.chunk));
    }

    /// The errors of a file ([`diagnose`](crate::diagnose)), or its lints, in order of their places.
    pub fn diagnose(&self, source: &Source, options: &Options) -> Vec<Diagnostic> {
        match examine(source, options) {
            Ok(prepared) => self.lints(source, &prepared),
            Err(errors) => errors,
        }
    }

    /// The lints of a file without errors, in order of their places.
    pub fn check(&self, source: &Source, options: &Options) -> Vec<Diagnostic> {
        self.lints(source, &Prepared::new(source, options))
    }

    fn lints(&self, source: &Source, prepared: &Prepared) -> Vec<Diagnostic> {
        let Prepared { parsed, written } = prepared;
        let written = *written;
        if !parsed.diagnostics.is_empty() {
            return Vec::new();
        }
        let facts = walk::facts(&parsed.chunk, &parsed.tokens.names, written);
        let annotations = Annotations::new(source, &parsed.tokens, &parsed.chunk);
        let mut cx = Context {
            source,
            annotations: &annotations,
            chunk: &parsed.chunk,
            tokens: &parsed.tokens,
            facts: &facts,
            written,
            environment: self.environment_of(source),
            program: &self.program,
            found: Vec::new(),
        };
        let allowed = Allowed::read(source, &parsed.tokens, &mut cx.found);
        // Without a complete walk, the uses of names are unknown.
        if !facts.incomplete {
            unused::check(&mut cx);
            globals::check(&mut cx);
            let values = Values::new(&cx);
            calls::check(&mut cx, &values);
            certain::check(&mut cx, &values);
            arguments::check(&mut cx, &values);
            lists::check(&mut cx, &values);
            methods::check(&mut cx, &values);
            fields::check(&mut cx, &values);
            order::check(&mut cx, &values);
            patterns::check(&mut cx, &values);
            metamethods::check(&mut cx);
            types::check(&mut cx, &values);
            strings::check(&mut cx);
            if let Some(modules) = &self.modules {
                modules::check(&mut cx, modules.as_ref());
            }
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
        luka_bytecode::order::sort_by_key(&mut found, |d| (d.span.start, d.code));
        found.truncate(MAX_REPORTS);
        found
    }
}

/// How many expressions and statements of a chunk are written in its source; those after them are
/// nodes that lowering has added.
#[derive(Clone, Copy)]
pub(crate) struct SourceNodes {
    pub(crate) exprs: usize,
    pub(crate) stmts: usize,
}

impl SourceNodes {
    /// What is written, before lowering.
    fn of(chunk: &Chunk) -> SourceNodes {
        SourceNodes { exprs: chunk.exprs.len(), stmts: chunk.stmts.len() }
    }
}

/// A source, parsed and lowered to plain nodes.
pub(crate) struct Prepared {
    pub(crate) parsed: Parsed,
    pub(crate) written: SourceNodes,
}

impl Prepared {
    pub(crate) fn new(source: &Source, options: &Options) -> Prepared {
        let parsed = parse(source, options);
        if !parsed.diagnostics.is_empty() {
            let written = SourceNodes::of(&parsed.chunk);
            return Prepared { parsed, written };
        }
        Prepared::of(source, parsed)
    }

    /// Lowers what was parsed, whether or not there are errors.
    pub(crate) fn of(source: &Source, mut parsed: Parsed) -> Prepared {
        let written = SourceNodes::of(&parsed.chunk);
        let faults = lower(source, &mut parsed.tokens, &mut parsed.chunk);
        if parsed.diagnostics.is_empty() {
            parsed.diagnostics = faults;
        }
        Prepared { parsed, written }
    }

    /// As [`Prepared::new`]; a text with errors is read to its end with them repaired. Whether it has any.
    pub(crate) fn repaired(source: &Source, options: &Options) -> (Prepared, bool) {
        let prepared = Prepared::new(source, options);
        if prepared.parsed.diagnostics.is_empty() {
            return (prepared, false);
        }
        (Prepared::of(source, parse_to_end(source, options)), true)
    }
}

/// The context of a lint.
struct Context<'a> {
    source: &'a Source<'a>,
    annotations: &'a Annotations,
    chunk: &'a Chunk,
    tokens: &'a Tokens,
    facts: &'a Facts,
    pub(crate) written: SourceNodes,
    environment: &'a Environment,
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

    /// The text of a span.
    fn source_text(&self, span: Span) -> &'a [u8] {
        let source: &'a Source<'a> = self.source;
        source.bytes().get(span.start as usize..span.end as usize).unwrap_or(&[])
    }

    /// The text of an expression for a message, in backquotes; `this` if it is long.
    fn quoted(&self, id: ExprId) -> String {
        let source_text = self.source_text(self.chunk.expr_span(id));
        if source_text.len() > 40 || source_text.iter().any(|c| c.is_ascii_control()) {
            return "this".to_string();
        }
        format!("`{}`", String::from_utf8_lossy(source_text))
    }

    fn exprs(&self) -> impl Iterator<Item = (ExprId, Expr)> + use<'a> {
        let chunk: &'a Chunk = self.chunk;
        chunk
            .exprs
            .iter()
            .take(self.written.exprs)
            .enumerate()
            .map(|(i, &expr)| (ExprId::from_index(i as u32), expr))
    }

    fn stmts(&self) -> impl Iterator<Item = (StmtId, Stmt)> + use<'a> {
        let chunk: &'a Chunk = self.chunk;
        chunk
            .stmts
            .iter()
            .take(self.written.stmts)
            .enumerate()
            .map(|(i, &stmt)| (StmtId::from_index(i as u32), stmt))
    }

    /// The name a callee or object has in the standard library, if the program does not redefine it:
    /// `print`, `string.rep`.
    fn library_name(&self, id: ExprId) -> Option<Vec<u8>> {
        let global = |id: ExprId| match self.chunk.expr(id) {
            Expr::Name(name) if self.facts.is_global(id) => Some(self.bytes(name).to_vec()),
            _ => None,
        };
        let known =
            |name: &[u8]| self.environment.get(name).is_some() && !self.program.defines(name);
        let name = match self.chunk.expr(id) {
            Expr::Field { object, name } => {
                let library = global(object).filter(|library| known(library))?;
                [&library, b".".as_slice(), self.bytes(name)].concat()
            }
            _ => global(id)?,
        };
        known(&name).then_some(name)
    }

    /// Whether two spans consist of the same tokens.
    fn same_tokens(&self, a: Span, b: Span) -> bool {
        let (a, b) = (self.tokens_in(a), self.tokens_in(b));
        a.len() == b.len()
            && a.zip(b).all(|(a, b)| {
                let (x, y) = (self.tokens.spans[a], self.tokens.spans[b]);
                self.source_text(x) == self.source_text(y)
            })
    }

    fn tokens_in(&self, span: Span) -> std::ops::Range<usize> {
        self.tokens.index_at_or_after(span.start)..self.tokens.index_at_or_after(span.end)
    }

    /// Whether an expression has no effects: names, fields, constants and operators, no calls.
    fn has_no_effects(&self, id: ExprId) -> bool {
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

    /// Whether an expression is written in the source, not added by lowering.
    fn is_written_expr(&self, id: ExprId) -> bool {
        id.index() < self.written.exprs
    }

    /// Whether a name is written in the source at its declaration, which is not so for hidden
    /// self_assignment does not.
    fn is_written(&self, name: Sym, span: Span) -> bool {
        !span_is_empty(span) && self.source_text(span) == self.bytes(name)
    }
}

fn span_is_empty(span: Span) -> bool {
    span.start >= span.end
}

/// A lint's report.
fn lint(code: Code, span: Span, message: impl Into<String>) -> Diagnostic {
    Diagnostic::new(code, span, message)
}

/// Whether a parse is worth a collect_definitions.
fn is_whole(parsed: &Parsed) -> bool {
    parsed.diagnostics.is_empty()
}
