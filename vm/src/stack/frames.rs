//! Walking the frames of a thread, and looking at its slots.

use super::link::{FrameKind, HEADER, Link, SLOT};
use crate::heap::Gc;
use crate::object::native::Native;
use crate::object::thread::Thread;
use crate::value::{Value, tag};
use crate::vm::Vm;
use luka_bytecode::Instr;

/// A frame as debuggers see it. Positions are slot indices from the bottom of the stack.
#[derive(Clone, Copy)]
pub struct FrameView {
    /// The running function.
    pub func: Value,
    /// Slot of register 0 (of argument 1 for natives).
    pub base: usize,
    /// Slot of the first argument it was called with: variable arguments stay there, and the registers
    /// begin above them.
    pub start: usize,
    /// One past the last slot that belongs to the frame.
    pub top: usize,
    /// Index of the instruction a Lua function is at: the one being executed (calls) or about to
    /// be (the topmost frame inside a hook). `None` for natives.
    pub pc: Option<usize>,
    /// How it was called; never `Vararg`.
    pub kind: FrameKind,
    /// It was called by a tail call.
    pub is_tail: bool,
    /// Number of variable arguments; they sit just below the function slot of the moved frame, at
    /// `base - 2 - n_varargs`.
    pub n_varargs: usize,
    /// The continuation, for kind `Native`.
    pub then: Option<&'static Native>,
    /// Called by the host or the first of a coroutine: there is no frame below.
    pub is_last: bool,
}

impl FrameView {
    /// Whether a function of the language runs in it.
    pub fn is_lua(&self) -> bool {
        self.pc.is_some()
    }
}

/// Walks the frames of a thread from the running one (level 0) downwards.
pub struct Frames {
    stack: *mut Value,
    base: *mut Value,
    top: *mut Value,
    ip: *const Instr,
    done: bool,
}

impl Iterator for Frames {
    type Item = FrameView;

    fn next(&mut self) -> Option<FrameView> {
        if self.done {
            return None;
        }
        // SAFETY: frames form a chain down to a `Base` link (invariant of calls); all slots
        // visited lie on the thread's stack.
        unsafe {
            let base = self.base;
            let func = *base.sub(HEADER);
            let mut link = Link::read(base);
            let caller = (base as *mut u8).wrapping_sub(link.delta()) as *mut Value;
            let mut n_varargs = 0;
            let mut start = base;
            if link.kind() == FrameKind::Vararg {
                start = base.sub(link.payload as usize);
                n_varargs = link.payload as usize - HEADER;
                if let Some(f) = func.as_lua_fn() {
                    n_varargs -= (*f.proto).num_params as usize;
                }
                link = Link::read(start);
            }
            let pc = func.as_lua_fn().and_then(|f| {
                let off = (self.ip as usize).wrapping_sub(f.code as usize) / 8;
                (!self.ip.is_null() && off < (&(*f.proto)).data.code.len()).then_some(off)
            });
            let kind = link.kind();
            let is_last = kind == FrameKind::Base;
            let view = FrameView {
                func,
                base: base.offset_from(self.stack) as usize,
                start: start.offset_from(self.stack) as usize,
                top: self.top.offset_from(self.stack).max(0) as usize,
                pc,
                kind,
                is_tail: link.is_tail(),
                n_varargs,
                then: (kind == FrameKind::Native).then(|| link.native()),
                is_last,
            };
            if is_last {
                self.done = true;
            } else {
                // `call_between` keeps two values of its own below its frame.
                let kept = match kind {
                    FrameKind::Hook | FrameKind::Gc | FrameKind::Close => 2,
                    FrameKind::Lua | FrameKind::Meta | FrameKind::Native | FrameKind::Base => 0,
                    FrameKind::Vararg | FrameKind::Handler | FrameKind::Unwind => 0,
                };
                self.top = start.sub(HEADER + kept);
                self.base = caller;
                self.ip = if kind.has_caller_pc() { link.ip() } else { std::ptr::null() };
            }
            Some(view)
        }
    }
}

impl Vm {
    /// How the running function was called; never `Vararg`.
    pub(crate) fn running_kind(&self) -> FrameKind {
        // SAFETY: `base` is a frame's base; the link of a vararg function's call lies below it.
        unsafe {
            let link = Link::read(self.base);
            if link.kind() == FrameKind::Vararg {
                return Link::read(self.base.sub(link.payload as usize)).kind();
            }
            link.kind()
        }
    }

    /// The frames of a thread, topmost first. Empty for a thread that has not started or has
    /// ended without error.
    pub fn frames(&self, thread: Gc<Thread>) -> Frames {
        let running = thread == self.thread;
        let (stack, base, top, ip) = if running {
            (thread.stack, self.base, self.top, self.ip)
        } else {
            (thread.stack, thread.base, thread.top, thread.ip)
        };
        let done = base.is_null() || (!running && !thread.has_frames());
        let mut frames = Frames { stack, base, top, ip, done };
        if !done {
            // A Lua function on top owns all of its registers.
            // SAFETY: `base` is a frame's base.
            if let Some(f) = unsafe { *base.sub(HEADER) }.as_lua_fn() {
                // SAFETY: a Lua function's registers lie on the stack from its base on.
                let end = unsafe { base.add((*f.proto).frame_bytes as usize / SLOT) };
                frames.top = frames.top.max(end);
            }
        }
        frames
    }

    /// A slot of a thread's stack by index, nil outside of it.
    pub fn stack_slot(&self, thread: Gc<Thread>, index: usize) -> Value {
        // SAFETY: `index < size`; the tag test keeps links away from programs.
        let v = if index < thread.size { unsafe { *thread.stack.add(index) } } else { Value::NIL };
        if v.tag() == tag::FRAME { Value::NIL } else { v }
    }

    /// Overwrites a slot of a thread's stack; links are left alone.
    pub fn set_stack_slot(&mut self, thread: Gc<Thread>, index: usize, v: Value) {
        if index < thread.size {
            // SAFETY: in bounds; links are not overwritten.
            unsafe {
                let slot = thread.stack.add(index);
                if (*slot).tag() != tag::FRAME {
                    self.touch_thread(thread);
                    *slot = v;
                    self.forget_native_frames();
                }
            }
        }
    }
}
