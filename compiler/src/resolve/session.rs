//! Inputs of an interactive session: local variables of the outermost level outlive the input.
//!
//! Such a variable is not a register but an upvalue of the main function, whose box the session
//! keeps and gives to the inputs that follow: closures and later inputs share it as they would
//! share a variable of an enclosing function. `local x = e` is then an assignment to a new box.
//! A variable to be closed stays what it is: it ends with the input.

use luka_bytecode::{Span, UpvalueKind};

use super::hir::{Expr, ExprId, Hir, LocalId, LocalKind, Stat, Upvalue};
use super::scope::OUTSIDE;
use super::{PredefinedNames, Resolver, Scratch};
use crate::Sym;
use crate::ast::{self, Attrib, Chunk};
use crate::diag::Diagnostic;
use crate::lex::Tokens;
use crate::source::Source;

/// A variable of the session.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Variable {
    /// The name.
    pub name: Box<[u8]>,
    /// Whether it is declared `<const>`.
    pub is_const: bool,
}

/// An upvalue of an input's main function, other than the first one, which is `_ENV`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum InputUpvalue {
    /// The variable of the session with this index.
    Existing(usize),
    /// A variable the input declares, in the order of declaration; unused ones are among
    /// them. Names that begin with `(` are hidden.
    New(Variable),
}

/// The session as an input sees and changes it.
#[derive(Default)]
pub(super) struct Session {
    /// The number of variables before the input.
    before: usize,
    /// By upvalue of the main function, from the second on.
    upvalues: Vec<InputUpvalue>,
    /// Names declared `global` at the outermost level.
    globals: Vec<Sym>,
    /// Variables of the outermost level that end with the input.
    closed: Vec<Sym>,
}

/// The output of [`resolve_input`].
pub(crate) struct Resolved {
    pub hir: Hir,
    pub diagnostics: Vec<Diagnostic>,
    /// By upvalue of the main function, from the second on.
    pub upvalues: Vec<InputUpvalue>,
    /// Names declared `global` at the outermost level.
    pub globals: Vec<Sym>,
    /// Variables of the outermost level that end with the input.
    pub closed: Vec<Sym>,
}

/// Resolves an input of a session with these variables, the latest last.
pub(crate) fn resolve_input(
    source: &Source,
    tokens: &mut Tokens,
    chunk: &Chunk,
    variables: &[Variable],
) -> Resolved {
    let predefined = PredefinedNames::intern(&mut tokens.names);
    let names: Vec<Sym> = variables.iter().map(|v| tokens.names.intern(&v.name)).collect();
    let hir = Hir::with_capacity(chunk.exprs.len() + chunk.fields.len(), chunk.stmts.len());
    let mut scratch = Scratch { hir, ..Scratch::default() };
    scratch.scopes.prepare(tokens.names.text_len());
    let mut resolver = Resolver::new(source, tokens, chunk, predefined, &mut scratch);
    resolver.session = Some(Session { before: variables.len(), ..Session::default() });
    for (variable, name) in variables.iter().zip(names) {
        resolver.session_variable(name, variable.is_const);
    }
    resolver.function(Chunk::MAIN);
    let Session { upvalues, globals, closed, .. } = resolver.session.unwrap_or_default();
    let diagnostics = resolver.diagnostics;
    Resolved { hir: scratch.hir, diagnostics, upvalues, globals, closed }
}

impl Resolver<'_> {
    /// Are variables declared here variables of the session?
    pub(super) fn at_session_level(&self) -> bool {
        self.session.is_some() && self.scopes.funcs.len() == 1 && self.scopes.blocks.len() == 1
    }

    /// Does this declaration declare variables of the session?
    pub(super) fn declares_session_variables(
        &mut self,
        bindings: ast::List<ast::BindingId>,
    ) -> bool {
        if !self.at_session_level() {
            return false;
        }
        let chunk = self.chunk;
        let closes = chunk.list(bindings).any(|b| chunk.binding(b).attrib == Attrib::Close);
        if closes && let Some(session) = &mut self.session {
            session.closed.extend(chunk.list(bindings).map(|b| chunk.binding(b).name));
        }
        !closes
    }

    /// Brings a variable of the session into scope; returns its index.
    fn session_variable(&mut self, name: Sym, is_const: bool) -> u32 {
        let kind = if is_const { LocalKind::Const } else { LocalKind::Regular };
        let local: LocalId = self.declare(name, kind);
        self.push_var(name, local, OUTSIDE)
    }

    /// `local` at the outermost level: an assignment.
    pub(super) fn session_locals(
        &mut self,
        bindings: ast::List<ast::BindingId>,
        values: ast::List<ast::ExprId>,
    ) -> Stat {
        let chunk = self.chunk;
        for (n, binding) in chunk.list(bindings).enumerate() {
            self.check_locals(n + 1, chunk.binding(binding).name_span.end);
        }
        let base = self.items.len();
        let mut values = self.exprs(values);
        if self.hir.list(values).is_empty() {
            let at = chunk.list(bindings).next().map_or(Span::NONE, |b| chunk.binding(b).name_span);
            let nil = self.hir.add_expr(Expr::Nil, at);
            self.items.push(nil.0);
            values = self.finish_list(base);
        }
        for binding in chunk.list(bindings) {
            let target = self.session_local(chunk.binding(binding));
            self.items.push(target.0);
        }
        let targets = self.finish_list(base);
        Stat::Assign { targets, values }
    }

    /// Declares a variable of the session; the expression that represents it.
    pub(super) fn session_local(&mut self, binding: ast::Binding) -> ExprId {
        let index = self.session_variable(binding.name, binding.attrib == Attrib::Const);
        let variable = self.variable(index, binding.name_span);
        self.hir.add_expr(variable, binding.name_span)
    }

    /// Upvalue `at` of the main function, for the variable of the session with this index.
    pub(super) fn session_upvalue(&mut self, index: u32, at: u8) -> Upvalue {
        let var = &self.scopes.vars[index as usize];
        let (name, local) = (var.name, var.local);
        let kind = self.hir.local(local).kind.upvalue_kind();
        if let Some(session) = &mut self.session {
            let index = index as usize;
            session.upvalues.push(if index < session.before {
                InputUpvalue::Existing(index)
            } else {
                let name = self.tokens.names.bytes(name).into();
                InputUpvalue::New(Variable { name, is_const: kind == UpvalueKind::Const })
            });
        }
        Upvalue { name, in_stack: true, index: at, kind }
    }

    /// Records what is declared `global` at the outermost level.
    pub(super) fn record_globals(&mut self, names: ast::List<ast::BindingId>) {
        if self.at_session_level()
            && let Some(session) = &mut self.session
        {
            let chunk = self.chunk;
            session.globals.extend(chunk.list(names).map(|b| chunk.binding(b).name));
        }
    }
}
