//! Long texts: the main function is read, resolved and emitted piece by piece, so that besides the text
//! and the module only a window of tokens and the nodes of a few statements are in memory.
//!
//! A piece is a number of statements of the main function. A statement that is too long for a window has
//! a window of its own, as large as it needs; but if it ends with a constructor (`return { … }`, `local
//! data = { … }`), as data files do, the fields of that are pieces, and those of constructors in it.
//!
//! The module is the same as that of a text that is compiled as a whole. What cannot be done in pieces is
//! given up, and the text compiled as a whole: errors (which are explained there), extensions (the
//! beginning of the chunk depends on them), labels and jumps to them in the outermost block.

use luka_bytecode::{Module, Proto};

use crate::Options;
use crate::ast::{Chunk, FieldId, List, StmtId};
use crate::emit::Emission;
use crate::emit::pieces::{Main as Emitted, Nodes};
use crate::lex::Window;
use crate::limits::{Limits, Refusal};
use crate::parse::{FieldHead, Piece, Rule, StatementHead, read_piece};
use crate::resolve::PredefinedNames;
use crate::resolve::pieces::{Built, Main as Resolved, Text};
use crate::source::Source;
use crate::{Span, emit};

/// The shortest text that is long, in bytes.
pub(crate) const LONG: usize = 1 << 18;

/// Tokens of a window: many more than most functions have, since what a window has only in part is
/// read again.
pub(crate) const WINDOW: usize = 1 << 15;

/// Why there is no module.
enum Stop {
    /// The text has to be compiled as a whole.
    GivenUp,
    /// The conditional jumps of the main function have to reach further.
    Wide,
    Refused(Refusal),
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Stop {
        match refusal {
            // The limits are for what a text takes as a whole.
            Refusal::Memory => Stop::GivenUp,
            refusal => Stop::Refused(refusal),
        }
    }
}

/// Compiles a text in pieces of about `window` tokens. `None` if it has to be compiled as a whole.
pub(crate) fn compile(
    source: &Source,
    options: &Options,
    limits: Limits<'_>,
    window: usize,
) -> Result<Option<Module>, Refusal> {
    if source.bytes().len() > Source::MAX_LEN {
        return Ok(None);
    }
    let compiled = match compile_once(source, options, limits, window, false) {
        Err(Stop::Wide) => compile_once(source, options, limits, window, true),
        compiled => compiled,
    };
    match compiled {
        Ok(module) => Ok(Some(module)),
        Err(Stop::Refused(refusal)) => Err(refusal),
        Err(Stop::GivenUp | Stop::Wide) => Ok(None),
    }
}

fn compile_once(
    source: &Source,
    options: &Options,
    limits: Limits<'_>,
    size: usize,
    wide: bool,
) -> Result<Module, Stop> {
    let mut window = Window::new(source, options.std, limits);
    let predefined = PredefinedNames::intern(window.names_mut());
    window.move_to(0, size)?;
    let start = window.tokens().spans[0].start;
    let chunk = Chunk::with_capacity(0);
    let text = Text { tokens: window.tokens(), chunk: &chunk };
    let resolved = Resolved::begin(source, text, predefined, start);
    let mut emitted = Emitted::default();
    let hir = resolved.hir();
    emitted.begin(Nodes { source, tokens: window.tokens(), hir }, wide);
    let nested = emit::Scratch::default();
    let protos = Vec::new();
    Pieces { source, options, window, size, chunk, resolved, emitted, nested, protos }.run()
}

/// A text that is being compiled.
struct Pieces<'a> {
    source: &'a Source<'a>,
    options: &'a Options,
    window: Window<'a>,
    /// Tokens of a window.
    size: usize,
    /// The nodes of a piece.
    chunk: Chunk,
    resolved: Resolved<'a>,
    emitted: Emitted,
    /// For the functions in the main function.
    nested: emit::Scratch,
    /// The functions so far; a place for the main function is among them once there are others.
    protos: Vec<Proto>,
}

impl<'a> Pieces<'a> {
    fn run(mut self) -> Result<Module, Stop> {
        let mut size = self.size;
        loop {
            let first = self.window.first();
            let next = match self.read(Rule::Statements, 0)? {
                (Piece::Statements { statements, at_end }, next) => {
                    self.compile(|step| step.statements(statements))?;
                    if at_end {
                        return self.end(next);
                    }
                    self.shrink(&mut size);
                    next
                }
                _ => match self.read(Rule::StatementHead, 1)? {
                    (Piece::StatementHead(head), brace) => {
                        let next = self.statement_with_constructor(head, brace)?;
                        if matches!(head, StatementHead::Return) {
                            return self.after_return(next);
                        }
                        self.shrink(&mut size);
                        next
                    }
                    _ => {
                        self.grow(&mut size)?;
                        first
                    }
                },
            };
            self.window.move_to(next, size)?;
        }
    }

    /// Reads a piece at the beginning of the window; the piece, and the token behind it.
    fn read(&mut self, rule: Rule, level: u32) -> Result<(Piece, usize), Stop> {
        self.chunk.clear();
        let Pieces { window, options, chunk, .. } = self;
        read_piece(window, options, level, chunk, window.first(), rule).ok_or(Stop::GivenUp)
    }

    /// The window is too short for a single piece.
    fn grow(&mut self, size: &mut usize) -> Result<(), Stop> {
        if self.window.is_last() {
            return Err(Stop::GivenUp);
        }
        *size *= 2;
        Ok(())
    }

    /// The next piece may be short again.
    fn shrink(&mut self, size: &mut usize) {
        if *size > self.size {
            *size = self.size;
            self.window.shrink(self.size);
            self.chunk = Chunk::with_capacity(0);
            self.resolved.shrink();
        }
    }

    /// Compiles something of a piece; `None` gives the text up.
    fn compile<T>(&mut self, what: impl FnOnce(&mut Step<'_, 'a>) -> Option<T>) -> Result<T, Stop> {
        let tokens = self.window.tokens();
        self.emitted.resume(tokens);
        let protos = std::mem::take(&mut self.protos);
        let mut step = Step {
            source: self.source,
            text: Text { tokens, chunk: &self.chunk },
            emission: Emission::resume(self.source, tokens, &mut self.nested, protos),
            resolved: &mut self.resolved,
            emitted: &mut self.emitted,
        };
        let done = what(&mut step).ok_or(Stop::GivenUp)?;
        self.protos = step.emission.pause().ok_or(Stop::GivenUp)?;
        match () {
            () if self.emitted.is_invalid() => Err(Stop::GivenUp),
            () if self.emitted.needs_wide() => Err(Stop::Wide),
            () => Ok(done),
        }
    }

    /// A statement that ends with a constructor, whose `{` is the token `brace`. The token behind it.
    fn statement_with_constructor(
        &mut self,
        head: StatementHead,
        brace: usize,
    ) -> Result<usize, Stop> {
        let start = self.window.tokens().spans[self.window.first()].start;
        self.compile(|step| step.statement_head(head))?;
        self.open_constructor(None, brace)?;
        let (next, register, span) = self.constructor()?;
        let statement = Span::new(start, span.end);
        self.compile(|step| step.statement_of(head, Built { register, span, statement }))?;
        Ok(next)
    }

    /// Begins a constructor: the value of a statement, or of a field, and moves behind its `{`.
    fn open_constructor(&mut self, field: Option<FieldHead>, brace: usize) -> Result<(), Stop> {
        self.compile(|step| step.open_constructor(field, brace))?;
        self.window.move_to(brace + 1, self.size)?;
        Ok(())
    }

    /// The fields of a constructor that has begun, and its end. The token behind it, the register of the
    /// table, and its text.
    fn constructor(&mut self) -> Result<(usize, u16, Span), Stop> {
        let mut size = self.size;
        let mut after_field = false;
        loop {
            let first = self.window.first();
            // One level is the statement's, and each constructor has one.
            let level = 1 + self.emitted.open_tables() as u32;
            let (piece, next) = self.read(Rule::Fields { after_field }, level)?;
            let Piece::Fields { fields, after_field: after, close } = piece else {
                return Err(Stop::GivenUp);
            };
            self.compile(|step| step.fields(fields))?;
            after_field = after;
            if let Some(close) = close {
                let (register, span) = self.compile(|step| step.close_constructor(close.end))?;
                if self.emitted.open_tables() == 0 {
                    // More of the expression, or another value.
                    let ends = if close.goes_on { Err(Stop::GivenUp) } else { Ok(()) };
                    return ends.map(|()| (next, register, span));
                }
                after_field = true;
            } else if next == first {
                if !after_field
                    && let (Piece::FieldHead(head), brace) = self.read(Rule::FieldHead, level)?
                {
                    self.open_constructor(Some(head), brace)?;
                } else {
                    self.grow(&mut size)?;
                    self.window.move_to(first, size)?;
                }
                continue;
            }
            self.shrink(&mut size);
            self.window.move_to(next, size)?;
        }
    }

    /// After a `return`: nothing but a semicolon.
    fn after_return(mut self, next: usize) -> Result<Module, Stop> {
        self.window.move_to(next, self.size)?;
        match self.read(Rule::AfterReturn, 0)? {
            (Piece::Statements { at_end: true, .. }, next) => self.end(next),
            _ => Err(Stop::GivenUp),
        }
    }

    /// The end of the text; its token.
    fn end(mut self, eof: usize) -> Result<Module, Stop> {
        let mut main = self.compile(|step| step.end(eof))?;
        main.pack_debug();
        if self.protos.is_empty() {
            self.protos.push(Proto::default());
        }
        self.protos[0] = main;
        let source_name = Some(self.source.name().into());
        Ok(Module { source_name, native: false, lua54: false, protos: self.protos })
    }
}

/// What resolves and emits the nodes of a piece. `None` is returned where the text is to be given up.
struct Step<'p, 'a> {
    source: &'p Source<'p>,
    text: Text<'p>,
    resolved: &'p mut Resolved<'a>,
    emitted: &'p mut Emitted,
    /// Of the functions in the main function.
    emission: Emission<'p>,
}

impl Step<'_, '_> {
    fn statements(&mut self, statements: List<StmtId>) -> Option<()> {
        for id in self.text.chunk.list(statements) {
            let before = self.resolved.mark();
            let done = &mut |hir: &_, id| self.emission.function(hir, id);
            let statement = self.resolved.statement(self.text, id, done)?;
            self.emit(|emitted, nodes| emitted.statement(nodes, statement));
            self.resolved.forget(before);
        }
        Some(())
    }

    fn fields(&mut self, fields: List<FieldId>) -> Option<()> {
        for id in self.text.chunk.list(fields) {
            let before = self.resolved.mark();
            let done = &mut |hir: &_, id| self.emission.function(hir, id);
            let (key, value) = self.resolved.field(self.text, id, done)?;
            self.emit(|emitted, nodes| emitted.field(nodes, key, value));
            self.resolved.forget(before);
        }
        Some(())
    }

    /// What comes before the constructor of a statement.
    fn statement_head(&mut self, head: StatementHead) -> Option<()> {
        let before = self.resolved.mark();
        match head {
            StatementHead::Return => {}
            StatementHead::Local(binding) => self.resolved.check_local(self.text, binding)?,
            StatementHead::Assign(target) => {
                let done = &mut |hir: &_, id| self.emission.function(hir, id);
                let target = self.resolved.target(self.text, target, done)?;
                self.emit(|emitted, nodes| emitted.target(nodes, target));
            }
        }
        self.resolved.forget(before);
        Some(())
    }

    /// A statement whose constructor has been built.
    fn statement_of(&mut self, head: StatementHead, built: Built) -> Option<()> {
        let before = self.resolved.mark();
        let statement = match head {
            StatementHead::Return => self.resolved.return_of(built),
            StatementHead::Local(binding) => self.resolved.local_of(self.text, binding, built)?,
            StatementHead::Assign(_) => {
                let values = self.resolved.value_of(built);
                self.emit(|emitted, nodes| emitted.assign(nodes, values));
                self.resolved.forget(before);
                return Some(());
            }
        };
        self.emit(|emitted, nodes| emitted.statement(nodes, statement));
        self.resolved.forget(before);
        Some(())
    }

    fn open_constructor(&mut self, field: Option<FieldHead>, brace: usize) -> Option<()> {
        let before = self.resolved.mark();
        let mut key = None;
        if let Some(field) = field {
            let done = &mut |hir: &_, id| self.emission.function(hir, id);
            key = self.resolved.key(self.text, field, done)?;
        }
        let start = self.text.tokens.spans[brace].start;
        self.emit(|emitted, nodes| emitted.open_table(nodes, key, start));
        self.resolved.forget(before);
        Some(())
    }

    fn close_constructor(&mut self, end: u32) -> Option<(u16, Span)> {
        self.emit(|emitted, nodes| emitted.close_table(nodes, end))
    }

    fn end(&mut self, eof: usize) -> Option<Proto> {
        let at = self.text.tokens.spans[eof].start;
        self.resolved.end(self.text, at)?;
        Some(self.emit(|emitted, nodes| emitted.finish(nodes, at)))
    }

    fn emit<T>(&mut self, what: impl FnOnce(&mut Emitted, Nodes<'_>) -> T) -> T {
        let hir = self.resolved.hir();
        what(self.emitted, Nodes { source: self.source, tokens: self.text.tokens, hir })
    }
}

#[cfg(test)]
mod tests;
