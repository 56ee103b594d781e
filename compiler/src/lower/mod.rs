//! Lowering: nodes of the extensions are replaced by plain nodes of Lua 5.4.
//!
//! This is the definition of each extension: the resolver reads the lowered tree, and `luka check
//! --emit lua54` prints it. Only `??`, `?.`, `if` expressions and compound assignments stay, for
//! which the emitter has code and the printer a rewriting, and `global`, which the resolver
//! checks. A chunk of plain Lua is not touched.
//!
//! The library functions that lowered code needs are read once, at the start of the chunk,
//! into hidden variables. Hidden names start with `(`, so that they differ from all names of the program.

mod bind;
mod build;
mod error;
mod expr;
mod flow;
mod matching;
mod protect;
mod stmt;

use std::collections::HashMap;

use crate::ast::ext::PatternId;
use crate::ast::{BindingId, Chunk, ExprId, Ext, FuncId, Stmt, StmtId};
use crate::diag::Diagnostic;
use crate::lex::Tokens;
use crate::source::Source;
use crate::{Names, Span, Sym};
use flow::Frame;

/// Lowers a chunk, if it has extensions.
pub fn lower(source: &Source, tokens: &mut Tokens, chunk: &mut Chunk) -> Vec<Diagnostic> {
    match chunk.ext.take() {
        Some(ext) => lower_extensions(source, tokens, chunk, ext),
        None => Vec::new(),
    }
}

#[cold]
fn lower_extensions(
    source: &Source,
    tokens: &mut Tokens,
    chunk: &mut Chunk,
    ext: Box<Ext>,
) -> Vec<Diagnostic> {
    let mut names = std::mem::take(&mut tokens.names);
    let mut lower = Lower {
        source,
        tokens,
        chunk,
        names: &mut names,
        defaults: ext.defaults.iter().copied().collect(),
        destructured: ext.destructured.iter().copied().collect(),
        named_varargs: ext.named_varargs.iter().copied().collect(),
        vararg_tables: HashMap::new(),
        ext: &ext,
        hidden: 0,
        builtins: Vec::new(),
        frames: Vec::new(),
        at: Span::NONE,
        diagnostics: Vec::new(),
    };
    lower.expressions();
    for id in 0..lower.chunk.funcs.len() as u32 {
        lower.function(FuncId::new(id));
    }
    lower.prelude();
    let diagnostics = lower.diagnostics;
    tokens.names = names;
    // Tools still use the types.
    chunk.ext = Some(ext);
    diagnostics
}

/// A function of the standard library that lowered code calls.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Builtin {
    Error,
    MathType,
    Pack,
    Pcall,
    SetMetatable,
    Type,
    Unpack,
}

impl Builtin {
    /// Its library, if it is no global, and its name.
    fn path(self) -> (Option<&'static str>, &'static str) {
        match self {
            Builtin::Error => (None, "error"),
            Builtin::MathType => (Some("math"), "type"),
            Builtin::Pack => (Some("table"), "pack"),
            Builtin::Pcall => (None, "pcall"),
            Builtin::SetMetatable => (None, "setmetatable"),
            Builtin::Type => (None, "type"),
            Builtin::Unpack => (Some("table"), "unpack"),
        }
    }
}

/// The state of a lowering.
struct Lower<'a> {
    source: &'a Source<'a>,
    tokens: &'a Tokens,
    chunk: &'a mut Chunk,
    names: &'a mut Names,
    ext: &'a Ext,
    defaults: HashMap<BindingId, ExprId>,
    destructured: HashMap<BindingId, PatternId>,
    named_varargs: HashMap<FuncId, BindingId>,
    /// The hidden variables of vararg tables whose functions use `...`.
    vararg_tables: HashMap<FuncId, Sym>,
    /// The number of hidden names so far.
    hidden: u32,
    builtins: Vec<Builtin>,
    /// The function being lowered, and blocks of it that become functions; the innermost last.
    frames: Vec<Frame>,
    /// The span of new nodes.
    at: Span,
    diagnostics: Vec<Diagnostic>,
}

impl Lower<'_> {
    /// A name that cannot occur in a program.
    fn hidden(&mut self, what: &str) -> Sym {
        self.hidden += 1;
        let name = format!("({what} {})", self.hidden);
        self.names.intern_str(&name)
    }

    /// The hidden variable of a library function.
    fn builtin(&mut self, builtin: Builtin) -> Sym {
        if !self.builtins.contains(&builtin) {
            self.builtins.push(builtin);
        }
        let name = match builtin.path() {
            (Some(library), name) => format!("({library}.{name})"),
            (None, name) => format!("({name})"),
        };
        self.names.intern_str(&name)
    }

    /// Declares the library functions that were needed at the start of the chunk.
    fn prelude(&mut self) {
        if self.builtins.is_empty() {
            return;
        }
        let start = self.source.start();
        self.at = Span::new(start, start);
        let (mut names, mut values) = (Vec::new(), Vec::new());
        for builtin in std::mem::take(&mut self.builtins) {
            let (library, name) = builtin.path();
            names.push(self.builtin(builtin));
            let name = self.names.intern_str(name);
            values.push(match library {
                None => self.name(name),
                Some(library) => {
                    let library = self.names.intern_str(library);
                    let library = self.name(library);
                    self.field(library, name)
                }
            });
        }
        let declaration = self.local(&names, &values);
        let body = self.chunk.main().body;
        let mut stmts = vec![declaration];
        stmts.extend(self.chunk.list(self.chunk.block(body).stmts));
        self.set_block(body, &stmts);
    }

    /// Lowers the body of a function, with the code for its parameters before it.
    fn function(&mut self, id: FuncId) {
        let func = self.chunk.func(id);
        self.frames.clear();
        self.frames.push(Frame::function());
        let mut prologue: Vec<StmtId> = Vec::new();
        let params: Vec<BindingId> = self.chunk.list(func.params).collect();
        for param in params {
            self.parameter(param, &mut prologue);
        }
        if let Some(&binding) = self.named_varargs.get(&id) {
            self.at = self.chunk.binding(binding).name_span;
            let rest = self.add(crate::ast::Expr::Vararg);
            let mut pack = self.call(Builtin::Pack, &[rest]);
            if let Some(&table) = self.vararg_tables.get(&id) {
                prologue.push(self.local(&[table], &[pack]));
                pack = self.name(table);
            }
            let bindings = self.chunk.add_list(&[binding.index() as u32]);
            let values = self.chunk.add_list_of_one(pack);
            prologue.push(self.stmt(Stmt::Local { bindings, values }));
        }
        self.block_with(func.body, prologue);
    }
}
