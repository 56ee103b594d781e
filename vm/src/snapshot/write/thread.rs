//! Threads: their stacks with what a link says in place of its addresses.

use super::Writer;
use super::links::live_links;
use crate::heap::Header;
use crate::object::native::Native;
use crate::object::thread::Thread;
use crate::snapshot::format::{DEAD_LINK, NONE, flag};
use crate::stack::{FrameKind, HEADER, Link, SLOT};
use crate::value::{Value, tag};
use luka_bytecode::Instr;

impl Writer {
    pub(super) unsafe fn thread(&mut self, t: *mut Thread) {
        // SAFETY: the thread exists, and the machine is paused.
        unsafe {
            let dead = self.is_dead(t as *mut Header);
            let has = |condition: bool, bit: u8| if condition { bit } else { 0 };
            let faults = has((*t).faults.is_some(), flag::FAULTS);
            if dead {
                self.out.u8(faults);
                self.out.u32((*t).size as u32);
                return;
            }
            let hook = (*t).hook;
            self.flags(
                t as *mut Header,
                faults
                    | has((*t).closing, flag::CLOSING)
                    | has((*t).close_failed, flag::CLOSE_FAILED)
                    | has(hook.active, flag::HOOK_ACTIVE)
                    | has(hook.in_loop_head, flag::HOOK_IN_LOOP_HEAD),
            );
            self.out.u32((*t).size as u32);
            self.out.u8((*t).status as u8);
            self.out.u32((*t).c_depth);
            self.value((*t).error);
            self.reference((*t).resumer);
            self.native_name((*t).then);
            self.value(hook.func);
            self.out.u8(hook.mask);
            self.out.u8(hook.stage as u8);
            for n in [hook.count, hook.left, hook.old_pc, hook.first_transfer, hook.transfers] {
                self.out.u32(n);
            }
            self.stack(t);
            let tbc = &(*t).tbc;
            self.out.count(tbc.len());
            for &slot in tbc {
                self.out.u32(slot);
            }
            let mut open = Vec::new();
            let mut uv = (*t).open;
            while !uv.is_null() {
                open.push(uv);
                uv = (*uv).next_open;
            }
            self.out.count(open.len());
            for uv in open {
                self.reference(uv);
                self.out.u32((*uv).v.offset_from((*t).stack) as u32);
            }
            if let Some(faults) = &(*t).faults {
                self.thread_faults(faults);
            }
        }
    }

    /// A native's name; nothing for none.
    pub(super) fn native_name(&mut self, native: Option<&'static Native>) {
        self.out.name(native.map_or("", |native| native.name));
    }

    /// Registers, and the slots up to the last that is not nil: what lies above the top becomes
    /// visible when the next frame begins there.
    unsafe fn stack(&mut self, t: *mut Thread) {
        // SAFETY: slots are read within the stack's size.
        unsafe {
            let stack = (*t).stack;
            let slot_of =
                |p: *mut Value| if p.is_null() { NONE } else { p.offset_from(stack) as u32 };
            self.out.u32(slot_of((*t).base));
            self.out.u32(slot_of((*t).top));
            self.out.u32(instruction_of((*t).base, (*t).ip));
            let mut high = if stack.is_null() { 0 } else { (*t).size };
            while high > 0 && (*stack.add(high - 1)).tag == tag::NIL {
                high -= 1;
            }
            self.out.count(high);
            let links = live_links(t);
            let mut next = links.iter().copied().peekable();
            for i in 0..high {
                let v = *stack.add(i);
                if v.tag != tag::FRAME {
                    self.value(v);
                    continue;
                }
                self.out.u8(tag::FRAME);
                if next.next_if_eq(&i).is_some() {
                    self.link(stack.add(i + 1));
                } else {
                    self.out.u8(DEAD_LINK);
                }
            }
            debug_assert!(next.peek().is_none(), "a frame's link is not in its slot");
        }
    }

    /// The link below a base.
    unsafe fn link(&mut self, base: *mut Value) {
        // SAFETY: the link is live, so its caller's frame is there, and its kind says what it holds.
        unsafe {
            let link = Link::read(base);
            self.out.u8(link.kind() as u8);
            // Wanted results and the mark of a tail call.
            self.out.u16((link.word >> 16) as u16);
            self.out.u32((link.delta() / SLOT) as u32);
            match link.kind() {
                FrameKind::Native => self.native_name(Some(link.native())),
                FrameKind::Vararg | FrameKind::Unwind => self.out.u64(link.payload),
                FrameKind::Base => {}
                FrameKind::Lua
                | FrameKind::Meta
                | FrameKind::Hook
                | FrameKind::Gc
                | FrameKind::Close
                | FrameKind::Handler => {
                    let pc = instruction_of(link.caller(base), link.ip());
                    self.out.u32(pc);
                }
            }
        }
    }
}

/// The index of an instruction in the function of a frame; none for null and for natives.
unsafe fn instruction_of(base: *mut Value, ip: *const Instr) -> u32 {
    if base.is_null() || ip.is_null() {
        return NONE;
    }
    // SAFETY: two slots below a frame's base is its function, which exists.
    unsafe {
        let Some(f) = (*base.sub(HEADER)).as_lua_fn() else { return NONE };
        let index = (ip as usize).wrapping_sub(f.code as usize) / size_of::<Instr>();
        if index < f.proto().data().code.len() { index as u32 } else { NONE }
    }
}
