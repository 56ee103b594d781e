//! Debug information in an image: one walk over the bytes of a function.
//!
//! Reading an image walks over it to learn that it is in order and where it ends, and keeps a copy of
//! the bytes ([`Packed`]); the second walk, when somebody asks, makes lists of them. Both are
//! [`walk`], which tells a [`Sink`] what it meets: so the second meets what the first has met.
//!
//! The copy is the function's own. If functions shared the module's bytes, one that stays behind
//! when all others are freed would keep them all, and no limit on memory counts them.

use std::sync::OnceLock;

use super::error::ImageError;
use super::format::{LINES, LOCALS, SPANS, UPVALUE_NAMES};
use super::places::{moved, walk_lines, walk_spans};
use super::reader::{Reader, signed};
use super::sink::Sink;
use super::strings::{Seen, Text, read_text};
use crate::lazy_debug::{DebugCounts, LazyDebug};
use crate::proto::{DebugInfo, LocalVar, Proto, Span};
use crate::verify::{Scope, Scopes};

/// Fewest bytes a local variable takes in an image.
const MIN_LOCAL: usize = 4;

/// Reads the debug information of functions.
pub(super) struct DebugReader {
    /// The names of the function in hand that have been written before, each behind its length.
    known: Vec<u8>,
    scopes: Scopes,
}

impl DebugReader {
    pub fn new() -> DebugReader {
        // Enough for nearly all functions.
        DebugReader { known: Vec::with_capacity(500), scopes: Scopes::with_capacity(30) }
    }

    /// Reads the debug information of a function that is read but for it. What breaks the
    /// verifier's rules is unpacked at once: the verifier says what is wrong with it.
    #[inline(never)]
    pub fn read<'a>(
        &mut self,
        input: &mut Reader<'a>,
        seen: &mut Seen<'a>,
        proto: &mut Proto,
    ) -> Result<(), ImageError> {
        self.known.clear();
        self.scopes.clear();
        let function = Function {
            code: proto.code.len(),
            upvalues: proto.upvalues.len(),
            line_defined: proto.line_defined,
            max_stack: proto.max_stack,
        };
        let mut check = Check { function, scopes: &mut self.scopes, fits: true, name_bytes: 0 };
        let all = input.rest();
        let mut names = First { seen, known: &mut self.known };
        let (flags, locals) = walk(input, function, &mut names, &mut check)?;
        let Check { fits, name_bytes, .. } = check;
        if flags == 0 {
            return Ok(());
        }
        let read = &all[..all.len() - input.rest().len()];
        let mut bytes = Vec::with_capacity(read.len() + self.known.len());
        bytes.extend_from_slice(read);
        bytes.extend_from_slice(&self.known);
        let packed = Packed {
            bytes: bytes.into(),
            known: read.len(),
            function,
            flags,
            locals,
            name_bytes,
            unpacked: OnceLock::new(),
        };
        if !fits {
            proto.debug = LazyDebug::from(*packed.into_unpacked());
            return Ok(());
        }
        proto.debug = LazyDebug::packed(packed);
        Ok(())
    }
}

/// Packs a function's debug information as an image has it: a fraction of the memory, until somebody reads it.
/// Nothing that is seen of it changes.
pub(crate) fn pack(proto: &mut Proto) {
    if proto.debug.is_packed() {
        return;
    }
    let bytes = super::encode::debug(proto);
    let mut seen = Seen::new(&bytes, usize::MAX);
    let read = DebugReader::new().read(&mut Reader::new(&bytes), &mut seen, proto);
    debug_assert_eq!(read, Ok(()), "what has just been written can be read");
}

/// What debug information depends on in its function.
#[derive(Clone, Copy)]
struct Function {
    /// Instructions.
    code: usize,
    upvalues: usize,
    line_defined: u32,
    max_stack: u16,
}

/// The debug information of a function as an image has it; read once, and found to be in order.
#[derive(Clone)]
pub(crate) struct Packed {
    /// What the image has, then the names it refers to by number, in order, each behind its length.
    bytes: Box<[u8]>,
    /// Where those names begin.
    known: usize,
    function: Function,
    flags: u8,
    locals: usize,
    name_bytes: usize,
    unpacked: OnceLock<Box<DebugInfo>>,
}

impl Packed {
    pub fn counts(&self) -> DebugCounts {
        let count = |flag, count| if self.flags & flag != 0 { count } else { 0 };
        DebugCounts {
            lines: count(LINES, self.function.code),
            spans: count(SPANS, self.function.code),
            locals: self.locals,
            upvalue_names: count(UPVALUE_NAMES, self.function.upvalues),
            name_bytes: self.name_bytes,
        }
    }

    pub fn is_checked(&self, code: usize, max_stack: u16, upvalues: usize) -> bool {
        let Function { code: c, upvalues: u, max_stack: m, .. } = self.function;
        (c, u, m) == (code, upvalues, max_stack)
    }

    /// Bytes of memory behind it, without what is unpacked.
    pub fn memory(&self) -> usize {
        self.bytes.len()
    }

    /// What is unpacked already.
    pub fn unpacked(&self) -> Option<&DebugInfo> {
        self.unpacked.get().map(|unpacked| &**unpacked)
    }

    /// What the bytes say.
    #[inline]
    pub fn unpack(&self) -> &DebugInfo {
        self.unpacked.get_or_init(|| self.make())
    }

    pub fn into_unpacked(mut self) -> Box<DebugInfo> {
        self.unpacked.take().unwrap_or_else(|| self.make())
    }

    #[cold]
    fn make(&self) -> Box<DebugInfo> {
        let counts = self.counts();
        let mut lists = DebugInfo {
            lines: Vec::with_capacity(counts.lines),
            spans: Vec::with_capacity(counts.spans),
            locals: Vec::with_capacity(counts.locals),
            upvalue_names: Vec::with_capacity(counts.upvalue_names),
        };
        let (read, known) = self.bytes.split_at(self.known);
        let mut names = Second { known: Reader::new(known) };
        let walked = walk(&mut Reader::new(read), self.function, &mut names, &mut lists);
        debug_assert!(walked.is_ok(), "these bytes have been walked over before");
        debug_assert_eq!(LazyDebug::from(lists.clone()).counts(), counts);
        Box::new(lists)
    }
}

/// Where the names of a walk come from.
trait Names<'a> {
    fn read(&mut self, input: &mut Reader<'a>) -> Result<Text<'a>, ImageError>;
}

/// Walks over the debug information of a function and says what there is of it, and how many local
/// variables.
#[inline(always)]
fn walk<'a>(
    input: &mut Reader<'a>,
    function: Function,
    names: &mut impl Names<'a>,
    sink: &mut impl Sink,
) -> Result<(u8, usize), ImageError> {
    let flags = input.byte()?;
    if flags & !(LINES | SPANS | LOCALS | UPVALUE_NAMES) != 0 {
        return Err(ImageError::Corrupted);
    }
    if flags & LINES != 0 {
        walk_lines(input, function.line_defined, function.code, sink)?;
    }
    if flags & SPANS != 0 {
        walk_spans(input, function.code, sink)?;
    }
    let mut locals = 0;
    if flags & LOCALS != 0 {
        locals = input.count(MIN_LOCAL)?;
        walk_locals(input, locals, names, sink)?;
    }
    if flags & UPVALUE_NAMES != 0 {
        walk_upvalue_names(input, function.upvalues, names, sink)?;
    }
    Ok((flags, locals))
}

#[inline(never)]
fn walk_locals<'a>(
    input: &mut Reader<'a>,
    count: usize,
    names: &mut impl Names<'a>,
    sink: &mut impl Sink,
) -> Result<(), ImageError> {
    let mut here = *input;
    let mut start_pc = 0;
    for _ in 0..count {
        let name = names.read(&mut here)?;
        let (start, len, register) = match *here.rest() {
            // Nearly all.
            [start, len, register, ref rest @ ..] if start | len < 0x80 => {
                here = Reader::new(rest);
                (signed(start as u64), signed(len as u64), register)
            }
            _ => (here.sint()?, here.sint()?, here.byte()?),
        };
        start_pc = moved(start_pc, start)?;
        let end_pc = moved(start_pc, len)?;
        sink.local(name, Scope { start_pc, end_pc, register });
    }
    *input = here;
    Ok(())
}

#[inline(never)]
fn walk_upvalue_names<'a>(
    input: &mut Reader<'a>,
    count: usize,
    names: &mut impl Names<'a>,
    sink: &mut impl Sink,
) -> Result<(), ImageError> {
    let mut here = *input;
    for _ in 0..count {
        sink.upvalue_name(names.read(&mut here)?);
    }
    *input = here;
    Ok(())
}

/// Names when the image is read.
struct First<'s, 'a> {
    seen: &'s mut Seen<'a>,
    known: &'s mut Vec<u8>,
}

impl<'a> Names<'a> for First<'_, 'a> {
    #[inline(always)]
    fn read(&mut self, input: &mut Reader<'a>) -> Result<Text<'a>, ImageError> {
        let code = input.uint()?;
        let name = self.seen.read_coded(input, code)?;
        if code != 0 {
            // Strings with numbers are short: the length takes a byte.
            name.append_to(self.known);
        }
        Ok(name)
    }
}

/// Names when a function is unpacked.
struct Second<'a> {
    known: Reader<'a>,
}

impl<'a> Names<'a> for Second<'a> {
    fn read(&mut self, input: &mut Reader<'a>) -> Result<Text<'a>, ImageError> {
        match input.uint()? {
            0 => read_text(input),
            _ => read_text(&mut self.known),
        }
    }
}

/// Counts bytes of names, and asks the verifier's rules.
struct Check<'s> {
    function: Function,
    scopes: &'s mut Scopes,
    fits: bool,
    name_bytes: usize,
}

impl Sink for Check<'_> {
    const PLACES: bool = false;

    #[inline(always)]
    fn line(&mut self, _: u32, _: usize) {}

    #[inline(always)]
    fn span(&mut self, _: Span) {}

    #[inline(always)]
    fn local(&mut self, name: Text<'_>, scope: Scope) {
        let Function { code, max_stack, .. } = self.function;
        if self.scopes.next(scope, code, max_stack).is_err() {
            self.fits = false;
        }
        self.name_bytes += name.len();
    }

    #[inline(always)]
    fn upvalue_name(&mut self, name: Text<'_>) {
        self.name_bytes += name.len();
    }
}

impl Sink for DebugInfo {
    const PLACES: bool = true;

    fn line(&mut self, line: u32, count: usize) {
        self.lines.extend(std::iter::repeat_n(line, count));
    }

    fn span(&mut self, span: Span) {
        self.spans.push(span);
    }

    fn local(&mut self, name: Text<'_>, scope: Scope) {
        let Scope { start_pc, end_pc, register } = scope;
        self.locals.push(LocalVar { name: name.as_slice().into(), start_pc, end_pc, register });
    }

    fn upvalue_name(&mut self, name: Text<'_>) {
        self.upvalue_names.push(name.as_slice().into());
    }
}
