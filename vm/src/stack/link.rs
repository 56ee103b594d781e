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
//!   word     bits 0–7 tag FRAME · 8–14 kind · 15 known to be yieldable · 16–30 wanted results + 1
//!            · 31 tail-called · 32–63 distance to the caller's base in bytes
//! ```
//! There is no other call stack: pausing, unwinding and tracebacks read these links.

use crate::object::native::Native;
use crate::value::{Value, tag};
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
        match ((word & KIND) >> 8) as u8 {
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

/// Bits of a link word: its [`FrameKind`].
const KIND: u64 = 0x7f00;

/// Bit of a link word: a walk has shown that this link and all frames below it can be yielded
/// across. It spares the next walk the same way (`Vm::is_yieldable`) and is not saved.
const YIELDABLE: u64 = 1 << 15;

/// Bit of a link word: the function was tail-called.
pub const TAIL: u64 = 1 << 31;

/// A link, decoded.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Link {
    /// What the kind needs, see the module text.
    pub payload: u64,
    /// Tag, kind, wanted results and distance, see the module text.
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
    /// What a return from the frame means.
    #[inline(always)]
    pub fn kind(self) -> FrameKind {
        FrameKind::from_bits(self.word)
    }
    /// Whether it is of this kind; cheaper than [`Link::kind`].
    #[inline(always)]
    pub fn is(self, kind: FrameKind) -> bool {
        self.word & KIND == (kind as u64) << 8
    }
    /// The base of the caller's frame, for a frame at `base`.
    ///
    /// # Safety
    /// `base` is the base of the frame that has this link.
    #[inline(always)]
    pub(crate) unsafe fn caller(self, base: *mut Value) -> *mut Value {
        base.wrapping_byte_sub(self.delta())
    }
    /// For a frame with this link that has moved up by so many bytes, above its arguments: the
    /// link it gets there.
    #[inline(always)]
    pub fn above_varargs(self, bytes: usize) -> Link {
        Link::new(FrameKind::Vararg, (bytes / SLOT) as u64, self.delta() + bytes, 0)
    }
    /// Bytes from the caller's base to this frame's.
    #[inline(always)]
    pub fn delta(self) -> usize {
        (self.word >> 32) as usize
    }
    /// Wanted results; -1 for all.
    #[inline(always)]
    pub fn nres(self) -> i32 {
        ((self.word >> 16) & 0x7fff) as i32 - 1
    }
    /// Whether the function was tail-called.
    pub fn is_tail(self) -> bool {
        self.word & TAIL != 0
    }
    /// The link of a function that was tail-called.
    pub fn with_tail(self) -> Link {
        Link { word: self.word | TAIL, ..self }
    }
    /// Notes that the frame at `base` has been taken over by a tail call.
    ///
    /// # Safety
    /// `base` is a frame's base on a VM stack.
    #[inline(always)]
    pub unsafe fn mark_tail(base: *mut Value) {
        // SAFETY: the caller: below a frame's base is its link, two words.
        unsafe { *(base.sub(1) as *mut u64).add(1) |= TAIL }
    }
    /// Whether this link and the frames below it are known to be yieldable.
    #[inline(always)]
    pub(crate) fn is_yieldable(self) -> bool {
        self.word & YIELDABLE != 0
    }
    /// Notes that the link of the frame at `base` and the frames below are yieldable.
    ///
    /// # Safety
    /// `base` is a frame's base on a VM stack.
    #[inline(always)]
    pub(crate) unsafe fn mark_yieldable(base: *mut Value) {
        // SAFETY: the caller: below a frame's base is its link, two words.
        unsafe { *(base.sub(1) as *mut u64).add(1) |= YIELDABLE }
    }
    /// The same link at another distance from the caller.
    pub fn with_delta(self, delta: usize) -> Link {
        Link { word: self.word & 0xffff_ffff | (delta as u64) << 32, ..self }
    }
    /// The instruction in the payload; for kinds that have one ([`FrameKind::has_caller_pc`]), else
    /// meaningless.
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
