//! The main function piece by piece: each statement is resolved by itself, and its nodes go before the
//! next one comes. What stays are the variables in scope.

use luka_bytecode::Span;

use super::hir::{Expr, ExprId, FuncId, Hir, List, Mark, Stat, StatId};
use super::{Done, PredefinedNames, Resolver, Scratch};
use crate::ast::{self, Binding, BlockId, Chunk, FieldId, Func, StmtId};
use crate::lex::Tokens;
use crate::parse::FieldHead;
use crate::source::Source;

/// The resolution of a main function.
pub(crate) struct Main<'a> {
    source: &'a Source<'a>,
    predefined: PredefinedNames,
    scratch: Scratch,
}

/// A piece of the text.
#[derive(Clone, Copy)]
pub(crate) struct Text<'a> {
    pub tokens: &'a Tokens,
    pub chunk: &'a Chunk,
}

/// What there was before something is resolved that is to be forgotten.
pub(crate) struct Before {
    mark: Mark,
    variables: usize,
}

impl<'a> Main<'a> {
    /// The main function, which begins at `start`.
    pub fn begin(
        source: &'a Source<'a>,
        text: Text<'_>,
        predefined: PredefinedNames,
        start: u32,
    ) -> Main<'a> {
        let mut scratch = Scratch::default();
        scratch.prepare(text.tokens);
        let Text { tokens, chunk } = text;
        let mut resolver = Resolver::new(source, tokens, chunk, predefined, &mut scratch);
        let main = Func {
            params: ast::List::EMPTY,
            is_vararg: true,
            is_method: false,
            complete: true,
            body: BlockId::new(0),
            span: Span::new(start, start),
            line_at: start,
            end_at: start,
        };
        let id = resolver.open_function(main, true);
        debug_assert_eq!(id, FuncId(0));
        Main { source, predefined, scratch }
    }

    /// The nodes that have not been forgotten.
    pub fn hir(&self) -> &Hir {
        &self.scratch.hir
    }

    /// Resolves what is in a piece of the text. `None` if there is an error, or a jump whose label is
    /// still to come.
    fn resolve<T>(
        &mut self,
        text: Text<'_>,
        done: Done<'_>,
        what: impl FnOnce(&mut Resolver<'_>) -> T,
    ) -> Option<T> {
        self.scratch.scopes.extend(text.tokens.names.text_len());
        let Text { tokens, chunk } = text;
        let mut resolver =
            Resolver::new(self.source, tokens, chunk, self.predefined, &mut self.scratch);
        resolver.done = Some(done);
        let resolved = what(&mut resolver);
        let complete = resolver.diagnostics.is_empty() && resolver.jumps.pending.is_empty();
        complete.then_some(resolved)
    }

    /// A statement.
    pub fn statement(&mut self, text: Text<'_>, id: StmtId, done: Done<'_>) -> Option<StatId> {
        self.resolve(text, done, |resolver| resolver.statement(id))
    }

    /// The variable that a constructor is assigned to.
    pub fn target(&mut self, text: Text<'_>, id: ast::ExprId, done: Done<'_>) -> Option<ExprId> {
        self.resolve(text, done, |resolver| {
            let target = resolver.expr(id);
            resolver.check_assignable(target, resolver.hir.span(target).end);
            target
        })
    }

    /// A local variable whose value is a constructor, which comes first.
    pub fn check_local(&mut self, text: Text<'_>, binding: Binding) -> Option<()> {
        self.resolve(text, &mut |_, _| {}, |resolver| {
            resolver.check_locals(1, binding.name_span.end);
        })
    }

    /// A field: its key, or [`super::hir::NO_KEY`], and its value.
    pub fn field(&mut self, text: Text<'_>, id: FieldId, done: Done<'_>) -> Option<(u32, ExprId)> {
        self.resolve(text, done, |resolver| resolver.field(id))
    }

    /// The key of a field whose value is a constructor.
    pub fn key(
        &mut self,
        text: Text<'_>,
        head: FieldHead,
        done: Done<'_>,
    ) -> Option<Option<ExprId>> {
        self.resolve(text, done, |resolver| match head {
            FieldHead::Item => None,
            FieldHead::Named { name, name_at } => Some(resolver.name_key(name, name_at)),
            FieldHead::Keyed(key) => Some(resolver.expr(key)),
        })
    }

    /// `return` of a constructor that has been built.
    pub fn return_of(&mut self, built: Built) -> StatId {
        let values = built.list(&mut self.scratch.hir);
        self.scratch.hir.add_stat(Stat::Return(values), built.statement)
    }

    /// The declaration of a variable whose value has been built.
    pub fn local_of(&mut self, text: Text<'_>, binding: Binding, built: Built) -> Option<StatId> {
        let values = built.list(&mut self.scratch.hir);
        self.resolve(text, &mut |_, _| {}, |resolver| {
            let stat = resolver.declare_locals([binding].into_iter(), values);
            resolver.hir.add_stat(stat, built.statement)
        })
    }

    /// What is assigned to the target of an assignment: what has been built.
    pub fn value_of(&mut self, built: Built) -> List {
        built.list(&mut self.scratch.hir)
    }

    /// The end of the text.
    pub fn end(&mut self, text: Text<'_>, at: u32) -> Option<()> {
        self.resolve(text, &mut |_, _| {}, |resolver| {
            let main = &mut resolver.hir.functions[0];
            main.span.end = at;
            main.end_at = at;
            resolver.leave_function(at, true);
        })
    }

    /// Gives back the memory of nodes that have been forgotten.
    pub fn shrink(&mut self) {
        self.scratch.hir.shrink();
    }

    /// What there is now.
    pub fn mark(&self) -> Before {
        let Scratch { hir, scopes, .. } = &self.scratch;
        Before { mark: hir.mark(), variables: scopes.vars.len() }
    }

    /// Removes the nodes that have been made since; variables that have come into scope stay.
    pub fn forget(&mut self, before: Before) {
        let Scratch { hir, scopes, .. } = &mut self.scratch;
        let keeps_variables = scopes.vars.len() > before.variables;
        hir.truncate(if keeps_variables { hir.with_locals(before.mark) } else { before.mark });
        if let Some(main) = scopes.funcs.last_mut() {
            main.env = None;
        }
    }
}

/// A constructor that has been emitted to a register, and the statement that ends with it.
#[derive(Clone, Copy)]
pub(crate) struct Built {
    pub register: u16,
    pub span: Span,
    pub statement: Span,
}

impl Built {
    /// The list of this value.
    fn list(self, hir: &mut Hir) -> List {
        let ExprId(value) = hir.add_expr(Expr::Built(self.register), self.span);
        hir.add_list(&[value])
    }
}
