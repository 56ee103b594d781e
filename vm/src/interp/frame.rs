//! Frames on the VM stack.
//!
//! ```text
//!   … caller's values … | f | link | register 0 / argument 1 | …
//!                                  ^ base
//! ```
//! `base` alone identifies a frame: `base[-2]` is the function value, `base[-1]` the *link*, a
//! slot with the tag `FRAME` (so that the collector passes over it) whose remaining bits say how
//! to go on when the frame ends:
//!
//! ```text
//!   payload  64 bits   what the kind needs: an instruction of the caller, a continuation, …
//!   word     bits 0–7 tag FRAME · 8–15 kind · 16–30 wanted results + 1 · 31 tail-called
//!            · 32–63 distance to the caller's base in bytes
//! ```
//! There is no other call stack: pausing, unwinding and tracebacks read these links.

use crate::native::Native;
use crate::value::{Value, tag};
use crate::vm::Vm;
use luka_bytecode::Instr;

/// Slots before a frame's base: function and link.
pub const HEADER: usize = 2;

/// Bytes of a slot.
pub const SLOT: usize = std::mem::size_of::<Value>();

/// What happens when the frame ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum FrameKind {
    /// Called by the CALL (or TFORCALL) instruction in the payload.
    Lua = 0,
    /// A metamethod called by the instruction in the payload, which the result completes.
    Meta = 1,
    /// Called by a native; the payload is its continuation.
    Native = 2,
    /// First frame of a coroutine or of a run of the host.
    Base = 3,
    /// A vararg function moved above its variable arguments; the payload is by how many slots.
    /// The link at the original base says the rest.
    Vararg = 4,
    /// A debug hook; the instruction in the payload is executed next.
    Hook = 5,
    /// A finalizer, run between two instructions; the payload is the next one.
    Gc = 6,
    /// A `__close` method run by the instruction in the payload, which is executed again.
    Close = 7,
    /// A message handler; its result is the error value to unwind with. The payload is the
    /// instruction that failed, null in a native.
    Handler = 8,
    /// A `__close` method run while unwinding to the frame below.
    Unwind = 9,
}

impl FrameKind {
    #[inline(always)]
    fn from_bits(word: u64) -> FrameKind {
        match (word >> 8) as u8 {
            0 => FrameKind::Lua,
            1 => FrameKind::Meta,
            2 => FrameKind::Native,
            4 => FrameKind::Vararg,
            5 => FrameKind::Hook,
            6 => FrameKind::Gc,
            7 => FrameKind::Close,
            8 => FrameKind::Handler,
            9 => FrameKind::Unwind,
            _ => FrameKind::Base,
        }
    }

    /// Whether PUC would have a C call here (counts against the limit of 200).
    pub fn is_c_call(self) -> bool {
        !matches!(self, FrameKind::Lua | FrameKind::Vararg | FrameKind::Base)
    }

    /// Whether the payload is an instruction of the calling Lua function.
    pub fn has_caller_pc(self) -> bool {
        use FrameKind::*;
        matches!(self, Lua | Meta | Hook | Gc | Close | Handler)
    }
}

/// Bit of a link word: the function was tail-called.
pub const TAIL: u64 = 1 << 31;

/// A link, decoded.
#[derive(Clone, Copy)]
pub struct Link {
    pub payload: u64,
    pub word: u64,
}

impl Link {
    /// `delta`: bytes from the caller's base to this frame's. `nres`: -1 for all.
    #[inline(always)]
    pub fn new(kind: FrameKind, payload: u64, delta: usize, nres: i32) -> Link {
        let word = tag::FRAME as u64
            | (kind as u64) << 8
            | (((nres + 1) as u64) & 0x7fff) << 16
            | (delta as u64) << 32;
        Link { payload, word }
    }
    #[inline(always)]
    pub fn kind(self) -> FrameKind {
        FrameKind::from_bits(self.word)
    }
    #[inline(always)]
    pub fn delta(self) -> usize {
        (self.word >> 32) as usize
    }
    #[inline(always)]
    pub fn nres(self) -> i32 {
        ((self.word >> 16) & 0x7fff) as i32 - 1
    }
    pub fn is_tail(self) -> bool {
        self.word & TAIL != 0
    }
    pub fn with_tail(self) -> Link {
        Link { word: self.word | TAIL, ..self }
    }
    pub fn with_delta(self, delta: usize) -> Link {
        Link { word: self.word & 0xffff_ffff | (delta as u64) << 32, ..self }
    }
    pub fn ip(self) -> *const Instr {
        self.payload as usize as *const Instr
    }
    /// The continuation of a `Native` frame.
    pub fn native(self) -> &'static Native {
        debug_assert!(self.kind() == FrameKind::Native);
        // SAFETY: the payload of a `Native` link is the address of a static (written only by
        // `begin_call` from an `Action`).
        unsafe { &*(self.payload as usize as *const Native) }
    }
    /// # Safety
    /// `base` is a frame's base on a VM stack.
    #[inline(always)]
    pub unsafe fn read(base: *mut Value) -> Link {
        // SAFETY: the caller: below a frame's base is its link, two words.
        unsafe {
            let p = base.sub(1) as *const u64;
            Link { payload: *p, word: *p.add(1) }
        }
    }
    /// # Safety
    /// `base` is at least [`HEADER`] slots above the start of a VM stack.
    #[inline(always)]
    pub unsafe fn write(self, base: *mut Value) {
        // SAFETY: the caller: the slot below `base` is on the stack; a link is as large as a slot.
        unsafe {
            let p = base.sub(1) as *mut u64;
            *p = self.payload;
            *p.add(1) = self.word;
        }
    }
}

/// A frame as debuggers see it. Positions are slot indices from the bottom of the stack.
#[derive(Clone, Copy)]
pub struct FrameView {
    /// The running function.
    pub func: Value,
    /// Slot of register 0 (of argument 1 for natives).
    pub base: usize,
    /// One past the last slot that belongs to the frame.
    pub top: usize,
    /// Index of the instruction a Lua function is at: the one being executed (calls) or about to
    /// be (the topmost frame inside a hook). `None` for natives.
    pub pc: Option<usize>,
    /// How it was called; never `Vararg`.
    pub kind: FrameKind,
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
                    _ => 0,
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
    /// The frames of a thread, topmost first. Empty for a thread that has not started or has
    /// ended without error.
    pub fn frames(&self, thread: crate::heap::Gc<crate::thread::Thread>) -> Frames {
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
    pub fn stack_slot(
        &self,
        thread: crate::heap::Gc<crate::thread::Thread>,
        index: usize,
    ) -> Value {
        // SAFETY: `index < size`; the tag test keeps links away from programs.
        let v = if index < thread.size { unsafe { *thread.stack.add(index) } } else { Value::NIL };
        if v.tag() == tag::FRAME { Value::NIL } else { v }
    }

    /// Overwrites a slot of a thread's stack; links are left alone.
    pub fn set_stack_slot(
        &mut self,
        thread: crate::heap::Gc<crate::thread::Thread>,
        index: usize,
        v: Value,
    ) {
        if index < thread.size {
            // SAFETY: in bounds; links are not overwritten.
            unsafe {
                let slot = thread.stack.add(index);
                if (*slot).tag() != tag::FRAME {
                    *slot = v;
                }
            }
        }
    }
}
