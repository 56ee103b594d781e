//! Emission: the resolved tree to bytecode, one function at a time, in one pass over each.
//!
//! The modules, from the bottom up: `code` is the function under construction, `consts` its
//! constants, `jumps` its pending jumps, `positions` where lines come from; `exp` brings values into
//! registers, `access` reads and writes variables, `ops` combines values; `expr`, `table`, `stat`, `loops` walk the tree, `ext` the
//! nodes of the extensions; `vars` keeps
//! the scopes, `pieces` emits the main function of a long text piece by piece. Functions do not depend on each other's code, so nothing recurses over nested
//! functions; a function whose conditional jumps do not reach is emitted again in wide mode.

mod access;
mod code;
mod consts;
mod exp;
mod expr;
mod ext;
mod finish;
mod jumps;
mod loops;
mod ops;
pub(crate) mod pieces;
mod positions;
mod stat;
mod table;
mod vars;

use luka_bytecode::{Module, Proto, Span};

use crate::Names;
use crate::diag::{Code as DiagCode, Diagnostic, Phase, PucOrder};
use crate::lex::Tokens;
use crate::resolve::hir::{ExprId, FuncId, Hir};
use crate::source::Source;

/// Emits every function of a chunk. The module of a tree with errors is unusable, but its
/// diagnostics are valid.
pub fn emit(source: &Source, tokens: &Tokens, hir: &Hir) -> (Module, Vec<Diagnostic>) {
    emit_with(source, tokens, hir, &mut Scratch::default())
}

/// The same, with memory that is reused.
pub fn emit_with(
    source: &Source,
    tokens: &Tokens,
    hir: &Hir,
    scratch: &mut Scratch,
) -> (Module, Vec<Diagnostic>) {
    let mut emission = Emission::new(source, tokens, scratch);
    for id in 0..hir.functions.len() as u32 {
        emission.function(hir, FuncId(id));
    }
    emission.finish()
}

/// Whether a tree is so small that its functions cannot need too many registers, the only error of
/// emission: an expression takes three at most, a statement eight.
pub fn cannot_fail(hir: &Hir) -> bool {
    3 * hir.exprs.len() + 8 * hir.stats.len() + hir.locals.len() < 200
}

/// Emission of a chunk function by function, in any order. Of the tokens it needs the spans.
pub struct Emission<'a> {
    source: &'a Source<'a>,
    tokens: &'a Tokens,
    scratch: &'a mut Scratch,
    protos: Vec<Proto>,
    diagnostics: Vec<Diagnostic>,
}

impl<'a> Emission<'a> {
    pub fn new(
        source: &'a Source<'a>,
        tokens: &'a Tokens,
        scratch: &'a mut Scratch,
    ) -> Emission<'a> {
        scratch.hints = positions::Hints::default();
        scratch.consts.prepare(tokens.names.text_len());
        Emission { source, tokens, scratch, protos: Vec::new(), diagnostics: Vec::new() }
    }

    /// Goes on with another piece of a chunk, whose functions so far are `protos`.
    pub fn resume(
        source: &'a Source<'a>,
        tokens: &'a Tokens,
        scratch: &'a mut Scratch,
        protos: Vec<Proto>,
    ) -> Emission<'a> {
        scratch.consts.extend(tokens.names.text_len());
        Emission { source, tokens, scratch, protos, diagnostics: Vec::new() }
    }

    /// The functions so far; `None` if one has an error.
    pub fn pause(self) -> Option<Vec<Proto>> {
        self.diagnostics.is_empty().then_some(self.protos)
    }

    /// Emits a function. `hir` holds its nodes, and of the functions in it what
    /// [`crate::resolve::hir::Function`] says.
    pub fn function(&mut self, hir: &Hir, id: FuncId) {
        let (proto, out_of_registers) =
            self.scratch.emit(self.source, self.tokens, hir, id, |emitter| {
                (emitter.proto(), emitter.f.out_of_registers)
            });
        if let Some(end) = out_of_registers {
            self.diagnostics.push(too_many_registers(self.source, self.tokens, end));
        }
        if self.protos.len() <= id.index() {
            self.protos.resize_with(id.index() + 1, Proto::default);
        }
        self.protos[id.index()] = proto;
    }

    /// The module, once every function has been emitted.
    pub fn finish(self) -> (Module, Vec<Diagnostic>) {
        let source_name = Some(self.source.name().into());
        let module = Module { source_name, native: false, lua54: false, protos: self.protos };
        (module, self.diagnostics)
    }
}

/// Memory and lookup hints that are reused from function to function, and for the next
/// chunk.
#[derive(Default)]
pub struct Scratch {
    hints: positions::Hints,
    f: code::Code,
    consts: consts::Constants,
    jump_nodes: Vec<jumps::JumpNode>,
    left_chain: Vec<ExprId>,
    targets: Vec<exp::Exp>,
    scopes: vars::Scopes,
}

impl Scratch {
    /// Emits some of a function. `hir` holds its nodes.
    fn emit<T>(
        &mut self,
        source: &Source,
        tokens: &Tokens,
        hir: &Hir,
        function: FuncId,
        what: impl FnOnce(&mut Emitter<'_>) -> T,
    ) -> T {
        let mut emitter = Emitter {
            hir,
            names: &tokens.names,
            positions: positions::Positions::new(tokens, source, self.hints),
            function,
            f: &mut self.f,
            consts: &mut self.consts,
            jump_nodes: &mut self.jump_nodes,
            chains: Vec::new(),
            left_chain: &mut self.left_chain,
            targets: &mut self.targets,
            scopes: &mut self.scopes,
        };
        let emitted = what(&mut emitter);
        self.hints = emitter.positions.hints();
        emitted
    }
}

/// The whole state of emission of a function. Its methods are spread over the modules of this
/// folder.
struct Emitter<'a> {
    hir: &'a Hir,
    names: &'a Names,
    positions: positions::Positions<'a>,
    /// The function being emitted, and its code.
    function: FuncId,
    f: &'a mut code::Code,
    consts: &'a mut consts::Constants,
    jump_nodes: &'a mut Vec<jumps::JumpNode>,
    /// Jumps out of the optional chains being emitted.
    chains: Vec<jumps::JumpList>,
    /// Left-deep chains of expressions being walked.
    left_chain: &'a mut Vec<ExprId>,
    /// Targets of assignments being emitted.
    targets: &'a mut Vec<exp::Exp>,
    scopes: &'a mut vars::Scopes,
}

impl Emitter<'_> {
    /// Records that the function needs too many registers; the rest of the code is discarded.
    #[cold]
    fn too_many_registers(&mut self) {
        self.f.out_of_registers.get_or_insert(self.f.last_end);
    }

    /// Is the code of this function going to be discarded?
    fn is_invalid(&self) -> bool {
        self.f.out_of_registers.is_some() || self.hir.has_errors
    }
}

/// PUC's message for a function that needs too many registers, raised when the token completeness at
/// `end` was the last one consumed.
#[cold]
fn too_many_registers(source: &Source, tokens: &Tokens, end: u32) -> Diagnostic {
    let index = tokens.index_at_or_after(end);
    let span = tokens.spans[index];
    let puc_order = PucOrder { token_at: span.start, phase: Phase::Semantic };
    let mut text = b"function or expression needs too many registers near ".to_vec();
    text.extend_from_slice(&tokens.token_text(index, source));
    Diagnostic::new(
        DiagCode::TooManyRegisters,
        Span::new(span.start, span.end),
        "this function or expression needs too many registers",
    )
    .with_puc(puc_order, Some(source.line(tokens.line_at(index))), text)
    .with_label("255 registers are in use here")
    .with_help("store parts of the expression in variables, or move code to another function")
}
