//! Emission: the resolved tree to bytecode, one function at a time, in one pass over each.
//!
//! The rooms, from the bottom up: `code` is the function under construction, `consts` its
//! constants, `jumps` its pending jumps, `place` where lines come from; `exp` brings values into
//! registers, `access` reads and writes variables, `ops` combines values; `expr`, `table`, `stat`, `loops` walk the tree; `vars` keeps
//! the scopes. Functions do not depend on each other's code, so nothing recurses over nested
//! functions; a function whose conditional jumps do not reach is emitted again in wide mode.

mod access;
mod code;
mod consts;
mod exp;
mod expr;
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
    let mut emitter = Emitter {
        hir,
        names: &tokens.names,
        place: place::Place::new(tokens, source),
        function: FuncId(0),
        f: code::Code::default(),
        consts: consts::Constants::new(tokens.names.text_len()),
        links: Vec::new(),
        spine: Vec::new(),
        targets: Vec::new(),
        scopes: vars::Scopes::new(hir.labels.len()),
        last_end: 0,
        line_end: u32::MAX,
        line: 0,
        fault: None,
    };
    let mut protos: Vec<Proto> = Vec::with_capacity(hir.functions.len());
    let mut diagnostics = Vec::new();
    for id in 0..hir.functions.len() as u32 {
        protos.push(emitter.function(FuncId(id)));
        if let Some(end) = emitter.fault.take() {
            diagnostics.push(too_many_registers(source, tokens, end));
        }
    }
    let module = Module { source_name: Some(source.name().into()), native: false, protos };
    (module, diagnostics)
}

/// The whole state of emission. Its methods are spread over the rooms of this folder.
struct Emitter<'a> {
    hir: &'a Hir,
    names: &'a Names,
    place: place::Place<'a>,
    /// The function being emitted, and its code.
    function: FuncId,
    f: code::Code,
    consts: consts::Constants,
    links: Vec<jumps::Link>,
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
