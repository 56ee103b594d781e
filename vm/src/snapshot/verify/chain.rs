//! Frames: every thread's form a chain down to the bottom of its stack.

use super::code::Code;
use super::violation::{Area, Verdict, Violation, rule};
use crate::object::function::{LuaFn, ProtoObj};
use crate::object::thread::{STACK_SLACK, Thread};
use crate::stack::link::{FrameKind, HEADER, Link, SLOT};
use crate::value::{Value, tag};
use crate::vm::Vm;
use luka_bytecode::Instr;

/// A thread's registers, wherever they are kept, and its frames.
pub(super) struct Stack {
    pub thread: *mut Thread,
    /// Which thread this is, for messages.
    pub number: usize,
    pub ip: *const Instr,
    /// Slot of the topmost frame's first register.
    pub base: usize,
    /// One past the last slot in use.
    pub top: usize,
    /// The frames, topmost first.
    pub frames: Vec<Frame>,
}

/// A frame. Positions are slots from the bottom of the stack.
#[derive(Clone, Copy)]
pub(super) struct Frame {
    /// The function.
    pub func: Value,
    /// The first register.
    pub base: usize,
    /// Where that was before the function moved above its variable arguments.
    pub start: usize,
    /// The link at `start`: how it was called.
    pub link: Link,
    /// A function of the language: its prototype.
    pub proto: Option<*mut ProtoObj>,
    /// The instruction a function of the language is at.
    pub pc: Option<u32>,
}

impl Frame {
    /// One past its last register, for functions of the language; its base for others.
    pub fn end(&self) -> usize {
        // SAFETY: prototypes of frames exist (the reader).
        self.base + self.proto.map_or(0, |p| unsafe { (&*p).data.max_stack as usize })
    }

    /// The slot of the function.
    pub fn func_slot(&self) -> usize {
        self.start - HEADER
    }
}

impl Stack {
    /// A thread's registers.
    ///
    /// # Safety
    /// The thread is the machine's, as the reader guarantees it, and stays as it is.
    pub unsafe fn new(vm: &Vm, thread: *mut Thread, number: usize) -> Stack {
        // SAFETY: the thread exists (the caller); its pointers are null or into its stack.
        unsafe {
            let t = &*thread;
            let running = std::ptr::eq(thread, vm.thread.as_ptr());
            let (ip, base, top) = match running {
                true => (vm.ip, vm.base, vm.top),
                false => (t.ip, t.base, t.top),
            };
            let slot = |p: *mut Value| (p as usize).wrapping_sub(t.stack as usize) / SLOT;
            Stack { thread, number, ip, base: slot(base), top: slot(top), frames: Vec::new() }
        }
    }

    /// How many slots there are.
    pub fn size(&self) -> usize {
        // SAFETY: the thread exists (the reader).
        unsafe { (*self.thread).size }
    }

    /// The value or link in a slot.
    ///
    /// # Panics
    /// Only when there is no such slot.
    #[cfg_attr(not(luka_small), inline(always))]
    pub fn slot(&self, i: usize) -> Value {
        // SAFETY: the stack has `size` slots (the reader).
        unsafe {
            assert!(i < (*self.thread).size);
            *(*self.thread).stack.add(i)
        }
    }

    /// Whether a slot holds a value and not a link.
    #[cfg_attr(not(luka_small), inline(always))]
    pub fn is_value(&self, i: usize) -> bool {
        self.slot(i).tag != tag::FRAME
    }

    /// Whether all slots of a range hold values.
    pub fn are_values(&self, mut range: std::ops::Range<usize>) -> bool {
        range.all(|i| self.is_value(i))
    }

    /// The slots of a range.
    pub fn slots(&self, range: std::ops::Range<usize>) -> &[Value] {
        // SAFETY: the stack has `size` slots (the reader), all of them written.
        let all = unsafe { std::slice::from_raw_parts((*self.thread).stack, (*self.thread).size) };
        &all[range]
    }

    /// The link in a slot, if there is one.
    pub fn link(&self, i: usize) -> Option<Link> {
        let slots = self.slots(i..i + 1);
        let is_link = slots[0].tag == tag::FRAME;
        // SAFETY: the slot above a link is where its frame begins.
        is_link.then(|| unsafe { Link::read(slots.as_ptr().add(1).cast_mut()) })
    }

    /// Walks the chain of frames, and notes at which instructions they are.
    pub fn walk(&mut self, code: &mut Code) -> Verdict {
        let size = self.size();
        let (n, mut base, mut ip) = (self.number, self.base, self.ip);
        let inside = HEADER <= base && base <= size && self.top <= size;
        rule!(Frames, inside, "a thread's registers are on its stack", "thread {n}");
        loop {
            let place = || format!("thread {n}, frame at slot {base}");
            let func = self.slot(base - HEADER);
            let no_link = || Violation::new(Area::Frames, "every frame has a link", place());
            let mut link = self.link(base - 1).ok_or_else(no_link)?;
            let mut start = base;
            if link.kind() == FrameKind::Vararg {
                let shift = link.payload as usize;
                let inside = HEADER <= shift && shift <= base - HEADER;
                rule!(Frames, inside, "variable arguments are on the stack", "{}", place());
                start = base - shift;
                let below = self.link(start - 1).ok_or_else(no_link)?;
                let once = below.kind() != FrameKind::Vararg;
                rule!(Frames, once, "a frame moves above its arguments once", "{}", place());
                let same = link.delta() == below.delta() + shift * SLOT;
                rule!(Frames, same, "both links of a frame lead to one caller", "{}", place());
                let callee = self.slot(start - HEADER);
                let same = callee.tag == func.tag && callee.payload == func.payload;
                rule!(Frames, same, "both headers of a frame are of one function", "{}", place());
                link = below;
            }
            let proto = (func.tag == tag::LUA_FN).then(|| {
                // SAFETY: the tag says what it is; a closure's prototype exists (the reader).
                unsafe { (*(func.payload as usize as *const LuaFn)).proto }
            });
            let mut pc = None;
            if let Some(p) = proto {
                // SAFETY: as above.
                let p = unsafe { &*p };
                if start != base {
                    let room = base - start >= HEADER + p.num_params as usize;
                    rule!(Frames, p.is_vararg && room, "vararg functions move", "{}", place());
                }
                let fits = base + p.data.max_stack as usize + STACK_SLACK <= size;
                rule!(Frames, fits, "frames fit on the stack", "{}", place());
                if !ip.is_null() {
                    let at = (ip as usize).wrapping_sub(p.code as usize) / size_of::<Instr>();
                    let exists = at < p.data.code.len();
                    rule!(Frames, exists, "a frame is at an instruction", "{}", place());
                    let moved = !p.is_vararg || start != base;
                    rule!(Frames, moved, "vararg functions move", "{}", place());
                    code.want((std::ptr::from_ref(p).cast_mut(), at as u32));
                    pc = Some(at as u32);
                }
            } else {
                rule!(Frames, start == base, "vararg functions move", "{}", place());
                rule!(Frames, ip.is_null(), "natives have no instructions", "{}", place());
            }
            self.frames.push(Frame { func, base, start, link, proto, pc });
            if link.kind() == FrameKind::Base {
                rule!(Frames, start == HEADER, "the first frame is at the bottom", "{}", place());
                return Ok(());
            }
            let delta = link.delta();
            let down = delta.is_multiple_of(SLOT)
                && HEADER <= delta / SLOT
                && delta / SLOT + HEADER <= start;
            rule!(Frames, down, "callers are below those they call", "{}", place());
            base = start - delta / SLOT;
            ip = if link.kind().has_caller_pc() { link.ip() } else { std::ptr::null() };
        }
    }
}
