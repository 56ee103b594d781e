//! Name resolution: the syntax tree to the resolved tree ([`hir`]).
//!
//! One walk in the order of the text. `scope` looks up names and creates upvalues, `jumps`
//! matches `goto` and `break` with labels, `fold` folds constants, `expr` and `stat` walk the
//! tree, `session` keeps the variables of interactive inputs, `pieces` resolves the main function piece by piece, `error` predefined the diagnostics. The order in which things are captured and refused is
//! that of PUC Lua's one-pass compiler.

mod dump;
mod error;
mod expr;
mod fold;
mod global;
pub(crate) mod hir;
mod jumps;
pub(crate) mod pieces;
mod scope;
mod session;
mod stat;

pub use dump::dump_hir;
pub use hir::Hir;
pub(crate) use session::resolve_input;
pub use session::{InputUpvalue, Variable};

use luka_bytecode::UpvalueKind;

use crate::ast::{self, Chunk};
use crate::diag::Diagnostic;
use crate::lex::Tokens;
use crate::source::Source;
use crate::{Names, Sym};
use hir::{ExprId, FuncId, Function, LocalId, LocalKind, Upvalue};

/// Resolves a chunk. Never fails: an error becomes an error node and a diagnostic.
pub(crate) fn resolve(
    source: &Source,
    tokens: &mut Tokens,
    chunk: &Chunk,
) -> (Hir, Vec<Diagnostic>) {
    let predefined = PredefinedNames::intern(&mut tokens.names);
    // Named fields of tables get a node for their key.
    let hir = Hir::with_capacity(chunk.exprs.len() + chunk.fields.len(), chunk.stmts.len());
    let mut scratch = Scratch { hir, ..Scratch::default() };
    let diagnostics = resolve_into(source, tokens, chunk, predefined, &mut scratch);
    (scratch.hir, diagnostics)
}

/// The same, with the tree in the scratch.
pub(crate) fn resolve_into(
    source: &Source,
    tokens: &Tokens,
    chunk: &Chunk,
    predefined: PredefinedNames,
    scratch: &mut Scratch,
) -> Vec<Diagnostic> {
    scratch.prepare(tokens);
    let mut resolver = Resolver::new(source, tokens, chunk, predefined, scratch);
    resolver.function(Chunk::MAIN);
    resolver.diagnostics
}

/// Memory reused from one resolution to the next. After [`resolve_each`] it holds the main
/// function.
#[derive(Default)]
pub(crate) struct Scratch {
    pub hir: Hir,
    scopes: scope::Scopes,
    jumps: jumps::Jumps,
    left_chain: Vec<ast::ExprId>,
    items: Vec<u32>,
}

impl Scratch {
    /// Prepares for a chunk.
    fn prepare(&mut self, tokens: &Tokens) {
        self.hir.clear();
        self.scopes.prepare(tokens.names.text_len());
    }
}

/// Called with each function once it is resolved, after the functions nested in it.
pub(crate) type Done<'a> = &'a mut dyn FnMut(&Hir, FuncId);

/// Resolves a chunk function by function: `done` is called once for each, after which its nodes make way for
/// those of the next, so that the tree is never larger than the functions open at one place. The
/// main function comes last and stays in the scratch, for the caller.
///
/// Needs the spans of `tokens` only. False if there is an error, for which [`resolve`] has the
/// diagnostics.
pub(crate) fn resolve_each(
    source: &Source,
    tokens: &Tokens,
    chunk: &Chunk,
    predefined: PredefinedNames,
    scratch: &mut Scratch,
    done: Done<'_>,
) -> bool {
    scratch.prepare(tokens);
    let mut resolver = Resolver::new(source, tokens, chunk, predefined, scratch);
    resolver.done = Some(done);
    resolver.function(Chunk::MAIN);
    resolver.diagnostics.is_empty()
}

/// Names with a special meaning.
#[derive(Clone, Copy)]
pub(crate) struct PredefinedNames {
    env: Sym,
    self_: Sym,
    for_state: Sym,
    /// What `global *` declares.
    all: Sym,
}

impl PredefinedNames {
    pub fn intern(names: &mut Names) -> PredefinedNames {
        PredefinedNames {
            env: names.intern_str("_ENV"),
            self_: names.intern_str("self"),
            for_state: names.intern_str("(for state)"),
            all: names.intern_str("*"),
        }
    }
}

/// The state of a resolution.
struct Resolver<'a> {
    source: &'a Source<'a>,
    tokens: &'a Tokens,
    chunk: &'a Chunk,
    predefined: PredefinedNames,
    hir: &'a mut Hir,
    scopes: &'a mut scope::Scopes,
    jumps: &'a mut jumps::Jumps,
    /// Left-deep chains of expressions being walked.
    left_chain: &'a mut Vec<ast::ExprId>,
    /// Lists being built.
    items: &'a mut Vec<u32>,
    diagnostics: Vec<Diagnostic>,
    done: Option<Done<'a>>,
    /// The session, if this is an input of one.
    session: Option<session::Session>,
}

impl<'a> Resolver<'a> {
    fn new(
        source: &'a Source<'a>,
        tokens: &'a Tokens,
        chunk: &'a Chunk,
        predefined: PredefinedNames,
        scratch: &'a mut Scratch,
    ) -> Resolver<'a> {
        let Scratch { hir, scopes, jumps, left_chain, items } = scratch;
        Resolver {
            source,
            tokens,
            chunk,
            predefined,
            hir,
            scopes,
            jumps,
            left_chain,
            items,
            diagnostics: Vec::new(),
            done: None,
            session: None,
        }
    }
}

impl Resolver<'_> {
    #[cold]
    fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Resolves a function whose text starts here.
    fn function(&mut self, id: ast::FuncId) -> FuncId {
        let func = self.chunk.func(id);
        let is_main = id == Chunk::MAIN;
        let before = self.hir.mark();
        let new = self.open_function(func, is_main);
        let params = self.parameters(func);
        self.hir.functions[new.index()].num_params = params;
        let body = self.open_block(func.body);
        self.hir.functions[new.index()].body = body;
        self.leave_function(func.span.end, func.complete);
        if let Some(done) = &mut self.done
            && !is_main
        {
            if self.diagnostics.is_empty() {
                done(self.hir, new);
            }
            self.hir.truncate(before);
            let function = &mut self.hir.functions[new.index()];
            (function.upvalues, function.children) = (Vec::new(), Vec::new());
        }
        new
    }

    /// Begins a function: the main function, or one in the current one.
    fn open_function(&mut self, func: ast::Func, is_main: bool) -> FuncId {
        let new = FuncId(self.hir.functions.len() as u32);
        let mut upvalues = Vec::new();
        if is_main {
            let kind = UpvalueKind::Regular;
            upvalues.push(Upvalue { name: self.predefined.env, in_stack: true, index: 0, kind });
        } else {
            let outer = self.func().id;
            self.hir.functions[outer.index()].children.push(new);
        }
        self.hir.functions.push(Function {
            span: func.span,
            line_at: func.line_at,
            end_at: func.end_at,
            first_param: LocalId(self.hir.locals.len() as u32),
            num_params: 0,
            is_vararg: func.is_vararg,
            body: hir::BlockId(0),
            upvalues,
            children: Vec::new(),
        });
        self.enter_function(new);
        new
    }

    /// Declares the parameters; returns how many.
    fn parameters(&mut self, func: ast::Func) -> u8 {
        let chunk = self.chunk;
        let first = LocalId(self.hir.locals.len() as u32);
        let mut count = 0;
        if func.is_method {
            // PUC declares it after the `(`.
            let open = self.tokens.index_at_or_after(func.line_at);
            let after = self.tokens.spans[open].end;
            self.declare(self.predefined.self_, LocalKind::Regular);
            count += 1;
            self.check_locals(count, after);
        }
        for binding in chunk.list(func.params) {
            let binding = chunk.binding(binding);
            count += 1;
            self.check_locals(count, binding.name_span.end);
            self.declare(binding.name, LocalKind::Regular);
        }
        for n in 0..count as u32 {
            self.activate(LocalId(first.0 + n));
        }
        count.min(u8::MAX as usize) as u8
    }

    /// Stores the list of ids pushed to `items` since it was `base` long.
    fn finish_list(&mut self, base: usize) -> hir::List {
        let list = self.hir.add_list(&self.items[base..]);
        self.items.truncate(base);
        list
    }

    /// Resolves a list of expressions.
    fn exprs(&mut self, list: ast::List<ast::ExprId>) -> hir::List {
        let chunk = self.chunk;
        let base = self.items.len();
        for id in chunk.list(list) {
            let ExprId(id) = self.expr(id);
            self.items.push(id);
        }
        self.finish_list(base)
    }
}
