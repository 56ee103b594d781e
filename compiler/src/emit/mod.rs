//! Emission: the resolved tree to bytecode, one function at a time, in one pass over each.
//!
//! The rooms, from the bottom up: `code` is the function under construction, `consts` its
//! constants, `jumps` its pending jumps, `place` where lines come from; `exp` brings values into
//! registers, `access` reads and writes variables, `ops` combines values; `expr`, `table`, `stat`, `loops` walk the tree, `ext` the
//! nodes of the extensions; `vars` keeps
//! the scopes. Functions do not depend on each other's code, so nothing recurses over nested
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
mod place;
mod stat;
mod table;
mod vars;

use luka_bytecode::{Module, Proto, Span};

use crate::Names;
use crate::diag::{Code as DiagCode, Diagnostic, Moment, Phase};
use crate::lex::Tokens;
use crate::resolve::hir::{ExprId, FuncId, Hir};
use crate::source::Source;

/// Emits every function of a chunk. Of a tree with errors the module is of no use, but the
/// diagnostics are.
pub fn emit(source: &Source, tokens: &Tokens, hir: &Hir) -> (Module, Vec<Diagnostic>) {
    let mut emission = Emission::new(source, tokens, Scratch::default());
    for id in 0..hir.functions.len() as u32 {
        emission.function(hir, FuncId(id));
    }
    let (module, diagnostics, _) = emission.finish();
    (module, diagnostics)
}

/// Emission of a chunk function by function, in any order. Of the tokens it needs the spans.
pub struct Emission<'a> {
    source: &'a Source,
    tokens: &'a Tokens,
    scratch: Scratch,
    protos: Vec<Proto>,
    diagnostics: Vec<Diagnostic>,
}

impl<'a> Emission<'a> {
    pub fn new(source: &'a Source, tokens: &'a Tokens, mut scratch: Scratch) -> Emission<'a> {
        scratch.hints = place::Hints::default();
        scratch.consts.make_room(tokens.names.text_len());
        Emission { source, tokens, scratch, protos: Vec::new(), diagnostics: Vec::new() }
    }

    /// Emits a function. `hir` holds its nodes, and of the functions in it what
    /// [`crate::resolve::hir::Function`] says.
    pub fn function(&mut self, hir: &Hir, id: FuncId) {
        let scratch = std::mem::take(&mut self.scratch);
        let mut emitter = Emitter {
            hir,
            names: &self.tokens.names,
            place: place::Place::new(self.tokens, self.source, scratch.hints),
            function: id,
            f: scratch.f,
            consts: scratch.consts,
            links: scratch.links,
            chains: Vec::new(),
            spine: scratch.spine,
            targets: scratch.targets,
            scopes: scratch.scopes,
            last_end: 0,
            line_end: u32::MAX,
            line: 0,
            fault: None,
        };
        let proto = emitter.proto();
        if let Some(end) = emitter.fault {
            self.diagnostics.push(too_many_registers(self.source, self.tokens, end));
        }
        self.scratch = Scratch {
            hints: emitter.place.hints(),
            f: emitter.f,
            consts: emitter.consts,
            links: emitter.links,
            spine: emitter.spine,
            targets: emitter.targets,
            scopes: emitter.scopes,
        };
        if self.protos.len() <= id.index() {
            self.protos.resize_with(id.index() + 1, Proto::default);
        }
        self.protos[id.index()] = proto;
    }

    /// The module, once every function has been emitted.
    pub fn finish(self) -> (Module, Vec<Diagnostic>, Scratch) {
        let source_name = Some(self.source.name().into());
        (
            Module { source_name, native: false, lua54: false, protos: self.protos },
            self.diagnostics,
            self.scratch,
        )
    }
}

/// What goes from function to function, and to the next chunk: the memory, and hints where to
/// search.
#[derive(Default)]
pub struct Scratch {
    hints: place::Hints,
    f: code::Code,
    consts: consts::Constants,
    links: Vec<jumps::Link>,
    spine: Vec<ExprId>,
    targets: Vec<exp::Exp>,
    scopes: vars::Scopes,
}

/// The whole state of emission of a function. Its methods are spread over the rooms of this
/// folder.
struct Emitter<'a> {
    hir: &'a Hir,
    names: &'a Names,
    place: place::Place<'a>,
    /// The function being emitted, and its code.
    function: FuncId,
    f: code::Code,
    consts: consts::Constants,
    links: Vec<jumps::Link>,
    /// Jumps out of the optional chains being emitted.
    chains: Vec<jumps::JumpList>,
    /// Left spines of expressions being walked.
    spine: Vec<ExprId>,
    /// Targets of assignments being emitted.
    targets: Vec<exp::Exp>,
    scopes: vars::Scopes,
    /// End of the last token consumed, and the line found for `line_end`.
    last_end: u32,
    line_end: u32,
    line: u32,
    /// Where the function ran out of registers: the end of the last token consumed then.
    fault: Option<u32>,
}

impl Emitter<'_> {
    /// Records that the function needs too many registers; emission goes on for no use.
    #[cold]
    fn too_many_registers(&mut self) {
        self.fault.get_or_insert(self.last_end);
    }

    /// Is the code of this function of no use anyway?
    fn broken(&self) -> bool {
        self.fault.is_some() || self.hir.has_errors
    }
}

/// PUC's message for a function that needs too many registers, raised when the token ending at
/// `end` was the last one consumed.
#[cold]
fn too_many_registers(source: &Source, tokens: &Tokens, end: u32) -> Diagnostic {
    let index = tokens.index_at_or_after(end);
    let span = tokens.spans[index];
    let moment = Moment { token_at: span.start, phase: Phase::Semantic };
    let mut text = b"function or expression needs too many registers near ".to_vec();
    text.extend_from_slice(&tokens.near(index, source));
    Diagnostic::new(
        DiagCode::TooManyRegisters,
        Span::new(span.start, span.end),
        "this function or expression needs too many registers",
    )
    .with_puc(moment, Some(source.line(tokens.line_at(index))), text)
    .with_label("255 values are held at once here")
    .with_help("store parts of the expression in variables, or move code to another function")
}
