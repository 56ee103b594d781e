//! The pipeline on one page: lex → parse → lower → resolve → emit → verify.
//!
//! `pipeline` is the fast path: it resolves and emits function by function, releases the data of
//! each stage as soon as the next one has consumed it, and stops at the first error without
//! describing it. The diagnostics come from [`stages`], which runs every stage and keeps its output.

use luka_bytecode::verify::{VerifyError, verify, verify_until};
use luka_bytecode::{Module, Span, Verified};

use crate::ast::Chunk;
use crate::check::Prepared;
use crate::diag::{Code, Diagnostic, first_error};
use crate::emit::{self, Emission, emit};
use crate::lex::{Token, Tokens, lex_into};
use crate::limits::{Limits, Refusal};
use crate::lower::lower;
use crate::parse::{
    Options, Parsed, Std, disabled_extension, explain, parse, parse_to_end, parse_tokens,
};
use crate::pieces;
use crate::resolve::hir::{FuncId, Hir};
use crate::resolve::{self, PredefinedNames, resolve, resolve_each, resolve_into};
use crate::source::{Source, SourceKind};

/// The output of each stage; no stage stops at an error.
pub struct Stages {
    /// The output of the lexer.
    pub tokens: Tokens,
    /// The syntax tree.
    pub chunk: Chunk,
    /// The tree after lowering, without extensions.
    pub lowered: Chunk,
    /// The resolved tree.
    pub hir: Hir,
    /// The bytecode, not verified.
    pub module: Module,
    /// Errors in the order in which PUC Lua would find them; empty if the module is valid.
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
    crate::diag::in_order(&mut diagnostics);
    Stages { tokens, chunk, lowered, hir, module, diagnostics }
}

/// All errors of a source, in the order of the text, for display; empty if the source compiles.
///
/// Each independent error is reported once. The first error of [`compile`] is among them, but may
/// be reported elsewhere: where the text needs to change instead of where PUC Lua detects it.
pub fn diagnose(source: &Source, options: &Options) -> Vec<Diagnostic> {
    examine(source, options).err().unwrap_or_default()
}

/// The lowered tree of a source that compiles, or all its errors ([`diagnose`]).
pub(crate) fn examine(source: &Source, options: &Options) -> Result<Prepared, Vec<Diagnostic>> {
    if options.std == Std::Lua54
        && let Some(report) = disabled_extension(source, options)
    {
        // The other errors are those of the language the text is written in.
        let mut diagnostics = diagnose(source, &Options { std: Std::Luka, ..*options });
        diagnostics.push(report);
        crate::diag::in_order(&mut diagnostics);
        return Err(diagnostics);
    }
    let mut prepared = Prepared::of(source, parse_to_end(source, options));
    let Parsed { tokens, chunk, diagnostics } = &mut prepared.parsed;
    let (mut hir, found) = resolve(source, tokens, chunk);
    let broken = !diagnostics.is_empty();
    // After error recovery the block structure may differ from the intended one.
    diagnostics.extend(found.into_iter().filter(|d| !broken || d.code == Code::AssignToConst));
    hir.has_errors = !diagnostics.is_empty();
    if diagnostics.is_empty() {
        *diagnostics = emit(source, tokens, &hir).1;
    }
    match diagnostics.is_empty() {
        true => Ok(prepared),
        false => {
            crate::diag::in_order(diagnostics);
            Err(prepared.parsed.diagnostics)
        }
    }
}

/// Compiles a source to a verified module.
///
/// # Errors
/// The diagnostics of [`stages`].
pub fn compile(source: &Source, options: &Options) -> Result<Verified<Module>, Vec<Diagnostic>> {
    Compiler::default().compile(source, options)
}

/// Compiles text as `load` does; `name` is the chunk name as `lua_load` takes it.
///
/// # Errors
/// PUC Lua's message.
pub fn load(text: &[u8], name: &[u8], options: &Options) -> Result<Verified<Module>, Vec<u8>> {
    Compiler::default().load(text, name, options, Limits::NONE).map_err(|refusal| match refusal {
        Refusal::Message(message) => message,
        Refusal::Memory | Refusal::Stopped => b"not enough memory".to_vec(),
    })
}

/// Compiles chunk after chunk and reuses the memory of small chunks: a program that loads many
/// short strings would otherwise spend half of its time allocating. The output for a chunk does not
/// depend on the chunks before it.
#[derive(Default)]
pub struct Compiler {
    scratch: Scratch,
}

impl Compiler {
    /// See [`compile`].
    ///
    /// # Errors
    /// The diagnostics of [`stages`].
    pub fn compile(
        &mut self,
        source: &Source,
        options: &Options,
    ) -> Result<Verified<Module>, Vec<Diagnostic>> {
        match self.pipeline(source, options, Limits::NONE) {
            Ok(module) => verified(module),
            Err(Halt::Error(diagnostics)) => Err(diagnostics),
            // (There are none.)
            Err(Halt::Limit(_)) => Err(stages(source, options).diagnostics),
        }
    }

    /// Runs the fast path with the memory that is kept.
    fn pipeline(
        &mut self,
        source: &Source,
        options: &Options,
        limits: Limits<'_>,
    ) -> Result<Module, Halt> {
        self.scratch.prepare(source);
        let module = pipeline(source, options, limits, &mut self.scratch);
        self.scratch.release();
        module
    }

    /// See [`load`]; within limits.
    ///
    /// # Errors
    /// PUC Lua's message, or which limit it is.
    pub fn load(
        &mut self,
        text: &[u8],
        name: &[u8],
        options: &Options,
        limits: Limits<'_>,
    ) -> Result<Verified<Module>, Refusal> {
        let source = Source::borrowed(name, text, SourceKind::Chunk);
        let diagnostics = match self.pipeline(&source, options, limits) {
            Ok(module) => match verified_within(module, limits) {
                Ok(module) => return module.ok_or(Refusal::Stopped),
                Err(diagnostics) => diagnostics,
            },
            Err(Halt::Limit(refusal)) => return Err(refusal),
            Err(Halt::Error(diagnostics)) => diagnostics,
        };
        Err(Refusal::Message(match first_error(&diagnostics) {
            Some(first) => first.load_message(&source),
            None => b"syntax error".to_vec(),
        }))
    }
}

/// Why the fast path has stopped.
enum Halt {
    /// The source has an error: the diagnostics of [`stages`].
    Error(Vec<Diagnostic>),
    /// A limit.
    Limit(Refusal),
}

impl From<Refusal> for Halt {
    fn from(refusal: Refusal) -> Halt {
        Halt::Limit(refusal)
    }
}

/// Lex → parse → lower → resolve → emit; piece by piece if the text is long.
fn pipeline(
    source: &Source,
    options: &Options,
    limits: Limits<'_>,
    scratch: &mut Scratch,
) -> Result<Module, Halt> {
    // (The module for the web does without: it would be larger.)
    if cfg!(not(target_family = "wasm"))
        && source.bytes().len() >= pieces::LONG
        && let Some(module) = pieces::compile(source, options, limits, pieces::WINDOW)?
    {
        return Ok(module);
    }
    let mut tokens = lex_into(source, options.std, limits, std::mem::take(&mut scratch.tokens))
        .map_err(Halt::Limit)?;
    limits.may_go_on()?;
    let explains = limits.allow_explaining(source.bytes().len(), tokens.len());
    let may_explain = || if explains { Ok(()) } else { Err(Halt::Limit(Refusal::Memory)) };
    let mut memory = scratch.chunk.take();
    let is_valid = parse_tokens(&tokens, options, &mut memory);
    let mut chunk = match memory {
        Some(chunk) if is_valid => chunk,
        memory => {
            may_explain()?;
            limits.may_go_on()?;
            let (chunk, found) = explain(&tokens, source, options, memory);
            return Err(Halt::Error(refused(source, tokens, chunk, found, scratch)));
        }
    };
    limits.may_go_on()?;
    if !lower(source, &mut tokens, &mut chunk).is_empty() {
        may_explain()?;
        return Err(Halt::Error(stages(source, options).diagnostics));
    }
    let names = PredefinedNames::intern(&mut tokens.names);
    // The later stages need only the spans and the names of the tokens.
    let kinds = scratch.kept(std::mem::take(&mut tokens.tokens));
    let mut emission = Emission::new(source, &tokens, &mut scratch.emit);
    let resolve = &mut scratch.resolve;
    let mut stopped = false;
    let valid = resolve_each(source, &tokens, &chunk, names, resolve, &mut |hir, id| {
        stopped = stopped || limits.stopped();
        if !stopped {
            emission.function(hir, id);
        }
    });
    if stopped {
        return Err(Halt::Limit(Refusal::Stopped));
    }
    limits.may_go_on()?;
    if valid && !scratch.reuse {
        chunk = Chunk::with_capacity(0);
    }
    if valid {
        emission.function(&resolve.hir, FuncId(0));
    }
    let (module, diagnostics) = emission.finish();
    limits.may_go_on()?;
    if !valid || !diagnostics.is_empty() {
        may_explain()?;
        return Err(Halt::Error(stages(source, options).diagnostics));
    }
    scratch.keep(Tokens { tokens: kinds, ..tokens }, chunk);
    Ok(module)
}

/// The diagnostics of a text with a lexical or syntax error, which has been found: those before it in
/// the text included.
fn refused(
    source: &Source,
    mut tokens: Tokens,
    mut chunk: Chunk,
    mut diagnostics: Vec<Diagnostic>,
    scratch: &mut Scratch,
) -> Vec<Diagnostic> {
    diagnostics.extend(lower(source, &mut tokens, &mut chunk));
    let names = PredefinedNames::intern(&mut tokens.names);
    diagnostics.extend(resolve_into(source, &tokens, &chunk, names, &mut scratch.resolve));
    let hir = &mut scratch.resolve.hir;
    hir.has_errors = true;
    if !emit::cannot_fail(hir) {
        diagnostics.extend(emit::emit_with(source, &tokens, hir, &mut scratch.emit).1);
    }
    hir.has_errors = false;
    crate::diag::in_order(&mut diagnostics);
    scratch.keep(tokens, chunk);
    diagnostics
}

/// Verifies what the compiler has emitted.
///
/// # Errors
/// A module that fails verification is a bug of the compiler and is reported as one.
pub(crate) fn verified(module: Module) -> Result<Verified<Module>, Vec<Diagnostic>> {
    verify(module).map_err(internal_error)
}

/// The same; `None` if it was given up.
fn verified_within(
    module: Module,
    limits: Limits<'_>,
) -> Result<Option<Verified<Module>>, Vec<Diagnostic>> {
    match limits.stop {
        Some(stop) => verify_until(module, stop).map_err(internal_error),
        None => verified(module).map(Some),
    }
}

fn internal_error(error: VerifyError) -> Vec<Diagnostic> {
    let message = format!("internal error: the compiler produced invalid bytecode: {error:?}");
    vec![
        Diagnostic::new(Code::InvalidBytecode, Span::NONE, message)
            .with_note("this is a bug in Luka, please report it together with the source"),
    ]
}

/// The longest text, in bytes, whose memory is reused.
const MAX_REUSED: usize = 1 << 14;

/// Memory of the stages, reused from chunk to chunk. A long text gets memory of its own size, which
/// is released stage by stage.
#[derive(Default)]
struct Scratch {
    /// Whether the current chunk is short enough for its memory to be kept.
    reuse: bool,
    tokens: Tokens,
    chunk: Option<Chunk>,
    resolve: resolve::Scratch,
    emit: emit::Scratch,
}

impl Scratch {
    fn prepare(&mut self, source: &Source) {
        self.reuse = source.bytes().len() <= MAX_REUSED;
    }

    fn kept(&self, tokens: Vec<Token>) -> Vec<Token> {
        if self.reuse { tokens } else { Vec::new() }
    }

    fn keep(&mut self, tokens: Tokens, mut chunk: Chunk) {
        if self.reuse {
            chunk.clear();
            self.chunk = Some(chunk);
            self.tokens = tokens;
        }
    }

    /// Frees the memory of a chunk that is too long for it to be kept.
    fn release(&mut self) {
        if !self.reuse {
            *self = Scratch::default();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invalid_bytecode_is_an_internal_error() {
        let errors =
            verified(Module { source_name: None, native: false, lua54: false, protos: Vec::new() })
                .unwrap_err();
        assert_eq!(errors[0].code, Code::InvalidBytecode);
        assert!(errors[0].message.starts_with("internal error: the compiler produced invalid"));
    }
}
