//! A fault beside its error, from where it is raised to where it is caught.

use super::Fault;
use crate::object::Gc;
use crate::object::function::ChunkInfo;
use crate::object::thread::Thread;
use crate::value::Value;
use luka_bytecode::Span;
use std::rc::Rc;

/// Where a run-time error happened.
#[derive(Clone, Debug)]
pub struct Location {
    /// The chunk.
    pub chunk: Rc<ChunkInfo>,
    /// Bytes of the source; [`Span::NONE`] when unknown.
    pub span: Span,
    /// 1-based; `None` without debug information.
    pub line: Option<u32>,
}

/// One entry of a traceback.
#[derive(Clone, Debug)]
pub struct Level {
    /// The chunk as messages name it: `file.lua`, `[C]`.
    pub source: Vec<u8>,
    /// The current line, if known.
    pub line: Option<u32>,
    /// What the function is: `function 'f'`, `main chunk`.
    pub function: Vec<u8>,
    /// Where it is; `None` for natives.
    pub location: Option<Location>,
    /// It was tail-called: the functions that led to it are gone.
    pub is_tail: bool,
    /// How many levels are left out after this one.
    pub skipped: usize,
}

impl Level {
    /// `file.lua:3: in function 'f'`.
    pub fn text(&self) -> Vec<u8> {
        let line = self.line.map_or(String::new(), |line| format!(":{line}"));
        [&self.source, line.as_bytes(), b": in ", &self.function].concat()
    }
}

/// An error nobody has caught yet, or nobody caught: its value and what is known of it.
#[derive(Clone, Debug)]
pub struct Raised {
    /// The error as programs see it.
    pub error: Value,
    /// What went wrong.
    pub fault: Fault,
    /// Where, if the stack of the fault's coroutine is gone.
    pub location: Option<Location>,
    /// The coroutines the error has ended before it got here, the first one first.
    pub coroutines: Vec<FailedCoroutine>,
}

/// A coroutine that an error has ended.
#[derive(Clone, Debug)]
pub enum FailedCoroutine {
    /// Its stack is still there.
    Stack(Gc<Thread>),
    /// It has been closed (`coroutine.wrap` does that); its levels, if the host wants them
    /// (`Vm::keep_levels`).
    Closed(Vec<Level>),
}

/// A fault that waits for a call to return.
#[derive(Debug)]
pub(crate) struct Held {
    /// Where the slot of the function called is in the stack.
    pub slot: usize,
    pub raised: Raised,
}

/// The faults a coroutine has.
#[derive(Debug, Default)]
pub(crate) struct ThreadFaults {
    /// Innermost last.
    pub held: Vec<Held>,
    /// Of the error the coroutine has ended with.
    pub failure: Option<Raised>,
}

impl Raised {
    pub(crate) fn new(error: Value, fault: Fault) -> Raised {
        Raised { error, fault, location: None, coroutines: Vec::new() }
    }

    /// What the collector has to find.
    pub(crate) fn values(&self) -> impl Iterator<Item = Value> {
        let coroutines = self.coroutines.iter().filter_map(|co| match co {
            FailedCoroutine::Stack(thread) => Some(Value::from(*thread)),
            FailedCoroutine::Closed(_) => None,
        });
        self.fault.values().chain(coroutines).chain([self.error])
    }
}

impl ThreadFaults {
    pub(crate) fn values(&self) -> impl Iterator<Item = Value> {
        let all = self.held.iter().map(|held| &held.raised).chain(&self.failure);
        all.flat_map(Raised::values)
    }
}
