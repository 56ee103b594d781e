//! The pipeline on one page: lex → parse → lower → resolve → emit → verify.
//!
//! [`compile`] is the quick way: it resolves and emits function by function, frees each stage's
//! data as soon as the next has it, and on a fault leaves the explaining to [`stages`], which runs
//! and keeps everything.

use luka_bytecode::verify::verify;
use luka_bytecode::{Module, Span, Verified};

use crate::ast::Chunk;
use crate::diag::{Code, Diagnostic, first_error};
use crate::emit::{self, Emission, emit};
use crate::lex::Tokens;
use crate::lower::lower;
use crate::parse::{Options, Parsed, parse, parse_into, parse_to_end};
use crate::resolve::hir::{FuncId, Hir};
use crate::resolve::{self, Words, resolve, resolve_each};
use crate::source::{Source, SourceKind};

/// What each stage makes of a source; no stage stops at a fault.
pub struct Stages {
    pub tokens: Tokens,
    pub chunk: Chunk,
    /// The tree without extensions.
    pub lowered: Chunk,
    pub hir: Hir,
    pub module: Module,
    /// Faults in the order PUC Lua would meet them; empty if the module is good.
    pub diagnostics: Vec<Diagnostic>,
}

/// Runs every stage but the verifier.
pub fn stages(source: &Source, options: &Options) -> Stages {
    let parsed = parse(source, options);
    let (mut tokens, chunk, mut diagnostics) = (parsed.tokens, parsed.chunk, parsed.diagnostics);
    let mut lowered = chunk.clone();
    diagnostics.extend(lower(source, &mut tokens, &mut lowered));
    let (mut hir, found) = resolve(source, &mut tokens, &lowered);
    diagnostics.extend(found);
    hir.has_errors = !diagnostics.is_empty();
    let (module, found) = emit(source, &tokens, &hir);
    diagnostics.extend(found);
    diagnostics.sort_by_key(|d| (d.moment.is_none(), d.moment));
    Stages { tokens, chunk, lowered, hir, module, diagnostics }
}

/// All faults of a source, for people, in the order of the text; nothing if it is good.
///
/// Each independent fault has one report. What [`compile`] says first is among them, perhaps at
/// another place: where it is fixed instead of where PUC Lua notices it.
pub fn diagnose(source: &Source, options: &Options) -> Vec<Diagnostic> {
    let Parsed { mut tokens, mut chunk, mut diagnostics } = parse_to_end(source, options);
    let faults = lower(source, &mut tokens, &mut chunk);
    if diagnostics.is_empty() {
        diagnostics = faults;
    }
    let (mut hir, found) = resolve(source, &mut tokens, &chunk);
    let broken = !diagnostics.is_empty();
    // A text that was guessed at has other blocks than its writer thinks.
    diagnostics.extend(found.into_iter().filter(|d| !broken || d.code == Code::AssignToConst));
    hir.has_errors = !diagnostics.is_empty();
    if diagnostics.is_empty() {
        diagnostics = emit(source, &tokens, &hir).1;
    }
    diagnostics.sort_by_key(|d| (d.moment.is_none(), d.moment));
    diagnostics
}

/// Compiles a source to a module the VM accepts, or says what is wrong with it.
pub fn compile(source: &Source, options: &Options) -> Result<Verified<Module>, Vec<Diagnostic>> {
    Compiler::default().compile(source, options)
}

/// Compiles text as `load` does: the error is PUC Lua's message.
///
/// `name` is the chunk name as `lua_load` takes it.
pub fn load(text: &[u8], name: &[u8], options: &Options) -> Result<Verified<Module>, Vec<u8>> {
    Compiler::default().load(text, name, options)
}

/// Compiles chunk after chunk, in the same memory while the chunks are small: a program that loads
/// many little ones would spend half the time asking for memory. What it makes of a chunk does not
/// depend on those before.
#[derive(Default)]
pub struct Compiler {
    tokens: Tokens,
    chunk: Option<Chunk>,
    resolve: resolve::Scratch,
    emit: emit::Scratch,
}

/// The longest text, in bytes, whose memory a [`Compiler`] keeps.
const KEPT: usize = 1 << 14;

impl Compiler {
    /// See [`compile`].
    pub fn compile(
        &mut self,
        source: &Source,
        options: &Options,
    ) -> Result<Verified<Module>, Vec<Diagnostic>> {
        let keep = source.bytes().len() <= KEPT;
        let Compiler { tokens, chunk, resolve, emit } = std::mem::take(self);
        // A long text wants room of its own size.
        let chunk = chunk.filter(|_| keep);
        let Parsed { mut tokens, mut chunk, diagnostics } =
            parse_into(source, options, tokens, chunk);
        if !diagnostics.is_empty() || !lower(source, &mut tokens, &mut chunk).is_empty() {
            return Err(stages(source, options).diagnostics);
        }
        // From here on places suffice: what stands there is in the tree.
        let kinds = std::mem::take(&mut tokens.tokens);
        let kinds = if keep { kinds } else { Vec::new() };
        let words = Words::intern(&mut tokens.names);
        let mut emission = Emission::new(source, &tokens, emit);
        let resolved = resolve_each(source, &tokens, &chunk, words, resolve, &mut |hir, id| {
            emission.function(hir, id);
        });
        if keep {
            chunk.clear();
            self.chunk = Some(chunk);
        } else {
            drop(chunk);
        }
        let Some(resolve) = resolved else {
            return Err(stages(source, options).diagnostics);
        };
        emission.function(&resolve.hir, FuncId(0));
        let (module, diagnostics, emit) = emission.finish();
        if !diagnostics.is_empty() {
            return Err(stages(source, options).diagnostics);
        }
        if keep {
            tokens.tokens = kinds;
            (self.tokens, self.resolve, self.emit) = (tokens, resolve, emit);
        }
        verify(module).map_err(|error| {
            let message = format!("the compiler has made a module that is not valid: {error:?}");
            vec![Diagnostic::new(Code::TooLarge, Span::NONE, message)]
        })
    }

    /// See [`load`].
    pub fn load(
        &mut self,
        text: &[u8],
        name: &[u8],
        options: &Options,
    ) -> Result<Verified<Module>, Vec<u8>> {
        let source = Source::new(name, text, SourceKind::Chunk);
        self.compile(&source, options).map_err(|diagnostics| match first_error(&diagnostics) {
            Some(first) => first.program_text(&source),
            None => b"syntax error".to_vec(),
        })
    }
}
