//! Debug information of a function.

use crate::bytes::Bytes;

/// A range of bytes in the source, `start <= end`. `Span::NONE` where there is no source text.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Span {
    /// The first byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The span of code that is not in the source.
    pub const NONE: Span = Span { start: 0, end: 0 };

    /// The bytes from `start` up to, not including, `end`.
    pub const fn new(start: u32, end: u32) -> Span {
        Span { start, end }
    }
}

/// The life of a local variable, for debuggers and messages.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LocalVar {
    /// Its name in the source.
    pub name: Bytes,
    /// Instructions `start_pc <= pc < end_pc` see the variable. Variables are listed in order of
    /// `start_pc`, so the n-th active one lives in the n-th used register (PUC's rule).
    pub start_pc: u32,
    /// The first instruction after its life.
    pub end_pc: u32,
    /// The register it lives in.
    pub register: u8,
}

/// What stripping removes. All lists are empty in a stripped prototype.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct DebugInfo {
    /// Line of each instruction (1-based), or empty.
    pub lines: Vec<u32>,
    /// Source bytes of each instruction, or empty.
    pub spans: Vec<Span>,
    /// Local variables, in order of `start_pc`.
    pub locals: Vec<LocalVar>,
    /// Names of the upvalues, or empty.
    pub upvalue_names: Vec<Bytes>,
}
