//! Functions and activation records as `debug.getinfo` describes them.

use super::names::name_from_call;
use super::position::{chunk_id, line_of};
use super::{visible_code, visible_proto};
use crate::heap::Gc;
use crate::object::fault::OwnedName;
use crate::object::thread::Thread;
use crate::stack::{FrameKind, FrameView};
use crate::value::Value;
use crate::vm::Vm;

/// What a function is, whether it runs or not (options `S` and `u`).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FuncInfo {
    /// Chunk name: `@file`, `=name` or the source text; `=[C]` for natives.
    pub source: Vec<u8>,
    /// The chunk name as messages show it.
    pub short_src: Vec<u8>,
    /// `main`, `Lua` or `C`.
    pub what: &'static str,
    /// -1 for natives.
    pub line_defined: i64,
    /// Line of the `end`; -1 for natives.
    pub last_line_defined: i64,
    /// Number of upvalues.
    pub upvalues: usize,
    /// Number of parameters, variable ones aside.
    pub params: u8,
    /// Whether it takes a variable number of arguments.
    pub is_vararg: bool,
}

impl FuncInfo {
    /// Describes a function.
    pub fn of(func: Value) -> FuncInfo {
        let Some(proto) = visible_proto(func) else {
            return FuncInfo {
                source: b"=[C]".to_vec(),
                short_src: b"[C]".to_vec(),
                what: "C",
                line_defined: -1,
                last_line_defined: -1,
                upvalues: func.as_native().map_or(0, |n| n.num_upvalues()),
                params: 0,
                is_vararg: true,
            };
        };
        let p = &proto.data;
        let source = p.chunk.source_name.as_deref().unwrap_or(b"=?");
        FuncInfo {
            source: source.to_vec(),
            short_src: chunk_id(source),
            what: if p.line_defined == 0 { "main" } else { "Lua" },
            line_defined: p.line_defined.into(),
            last_line_defined: p.last_line_defined.into(),
            upvalues: p.upvalues.len(),
            params: proto.num_params,
            is_vararg: proto.is_vararg,
        }
    }
}

/// The lines of a function that have code, in the order of the code and perhaps repeated; `None`
/// for natives (option `L`).
pub fn active_lines(func: Value) -> Option<Vec<u32>> {
    let proto = visible_proto(func)?;
    // The first instruction of a vararg function does not count.
    let skip = proto.is_vararg as usize;
    Some(proto.data.debug.lines.iter().skip(skip).copied().collect())
}

/// A level of a thread's stack: a running function and what is around it.
#[derive(Clone, Copy)]
pub struct Activation {
    /// Its frame.
    pub frame: FrameView,
    /// The frame below, which called it.
    pub caller: Option<FrameView>,
    /// How the function that this one has called was called.
    pub callee_kind: Option<FrameKind>,
}

impl Activation {
    /// The running function.
    pub fn func(&self) -> Value {
        self.frame.func
    }

    /// The current line, if known (option `l`).
    pub fn current_line(&self) -> Option<u32> {
        let (proto, pc) = visible_code(&self.frame)?;
        line_of(&proto.data, pc)
    }

    /// What the caller calls the function (option `n`).
    pub fn name(&self) -> Option<OwnedName> {
        if self.frame.is_tail {
            return None;
        }
        let caller = self.caller.as_ref()?;
        name_from_call(self.frame.kind, caller)
    }

    /// Index of the first value and number of values being passed or returned, while a call or
    /// return hook runs for the function (option `r`).
    pub fn transfer(&self, thread: Gc<Thread>) -> (u32, u32) {
        match self.callee_kind {
            Some(FrameKind::Hook) => (thread.hook.first_transfer, thread.hook.transfers),
            _ => (0, 0),
        }
    }
}

/// The levels of a thread, topmost first.
pub struct Activations {
    frames: std::iter::Peekable<crate::stack::Frames>,
    callee_kind: Option<FrameKind>,
}

impl Iterator for Activations {
    type Item = Activation;

    fn next(&mut self) -> Option<Activation> {
        let frame = self.frames.next()?;
        let caller = self.frames.peek().copied();
        let callee_kind = self.callee_kind.replace(frame.kind);
        Some(Activation { frame, caller, callee_kind })
    }
}

impl Vm {
    /// The levels of a thread, the running function (level 0) first.
    pub fn activations(&self, thread: Gc<Thread>) -> Activations {
        Activations { frames: self.frames(thread).peekable(), callee_kind: None }
    }

    /// One level (`lua_getstack`); `None` if there is no such level.
    pub fn activation(&self, thread: Gc<Thread>, level: i32) -> Option<Activation> {
        let level = usize::try_from(level).ok()?;
        self.activations(thread).nth(level)
    }

    /// The running thread.
    pub fn current_thread(&self) -> Gc<Thread> {
        self.thread
    }
}
