//! Stacks as reports show them, kept of coroutines that have failed and are closed.

use crate::function::ChunkInfo;
use luka_bytecode::Span;
use std::rc::Rc;

/// Where a run-time error happened.
#[derive(Clone, Debug)]
pub struct Location {
    /// The chunk of the function.
    pub chunk: Rc<ChunkInfo>,
    /// Bytes of the source; [`Span::NONE`] when unknown.
    pub span: Span,
    /// 1-based; `None` without debug information.
    pub line: Option<u32>,
}

/// One entry of a traceback.
#[derive(Clone, Debug)]
pub struct Level {
    /// `file.lua:3: in function 'f'`.
    pub text: Vec<u8>,
    /// Its place in the source; `None` for natives.
    pub location: Option<Location>,
    /// It was tail-called: the functions that led to it are gone.
    pub is_tail: bool,
    /// How many levels are left out after this one.
    pub skipped: usize,
}

/// The stack of a coroutine that `coroutine.wrap` has closed after an error.
pub struct Failure {
    /// The error, if it is a string.
    pub message: Vec<u8>,
    /// Its levels, see [`super::Vm::trace`].
    pub levels: Vec<Level>,
}
