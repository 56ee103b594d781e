//! Threads. Addresses of instructions wait until all functions are there.

use super::Reader;
use crate::heap::{Header, size};
use crate::object::function::Upval;
use crate::object::thread::{FIRST_STACK, Hook, Stage, Status, Thread};
use crate::snapshot::bytes::{Input, Result};
use crate::snapshot::format::{DEAD_LINK, NONE, flag};
use crate::stack::{FrameKind, HEADER, Link, SLOT};
use crate::value::{Value, tag};
use luka_bytecode::Instr;

/// What of a thread refers to slots and instructions.
pub(super) struct Places {
    thread: *mut Thread,
    /// The index of the running function's instruction.
    pc: u32,
    /// Links, by slot, whose payload is an instruction of the caller.
    links: Vec<(u32, u32)>,
    /// Open upvalues with their slots.
    open: Vec<(*mut Upval, u32)>,
}

/// A link whose frame is gone: no more than a mark in its slot.
const GONE: Link = Link { payload: 0, word: tag::FRAME as u64 | (DEAD_LINK as u64) << 8 };

const STATUSES: [Status; 6] =
    [Status::New, Status::Suspended, Status::Running, Status::Normal, Status::Dead, Status::Failed];
const STAGES: [Stage; 4] = [Stage::Fresh, Stage::Counted, Stage::Traced, Stage::Returning];
const KINDS: [FrameKind; 10] = [
    FrameKind::Lua,
    FrameKind::Meta,
    FrameKind::Native,
    FrameKind::Base,
    FrameKind::Vararg,
    FrameKind::Hook,
    FrameKind::Gc,
    FrameKind::Close,
    FrameKind::Handler,
    FrameKind::Unwind,
];

/// The item with this number.
pub(super) fn nth<T: Copy>(input: &Input, items: &[T], n: u8, what: &str) -> Result<T> {
    items.get(n as usize).copied().ok_or_else(|| input.invalid(format!("{n} is no {what}")))
}

impl Reader<'_> {
    pub(super) unsafe fn thread(
        &mut self,
        input: &mut Input,
        t: *mut Thread,
        dead: bool,
    ) -> Result<()> {
        // SAFETY: the thread exists, and holds nothing yet.
        unsafe {
            let mut allowed = flag::FAULTS;
            if !dead {
                allowed |= flag::CLOSING | flag::CLOSE_FAILED;
                allowed |= flag::HOOK_ACTIVE | flag::HOOK_IN_LOOP_HEAD;
            }
            let flags = self.flags(input, t as *mut Header, allowed)?;
            let has = |bit: u8| flags & bit != 0;
            let slots = input.u32()? as usize;
            if slots != 0 && slots < FIRST_STACK {
                return Err(input.invalid(format!("a stack of {slots} slots")));
            }
            if slots > 0 {
                self.charge(input, slots.saturating_mul(size::VALUE))?;
                let bytes = crate::heap::objects::stack_bytes(slots);
                let Some(stack) = self.heap.blocks.try_alloc_zeroed(bytes) else {
                    return Err(self.no_memory(input));
                };
                (*t).stack = stack as *mut Value;
                (*t).size = slots;
            }
            if has(flag::FAULTS) {
                self.charge(input, size::FAULTS)?;
                (*t).faults = Some(Box::default());
            }
            if dead {
                return Ok(());
            }
            (*t).closing = has(flag::CLOSING);
            (*t).close_failed = has(flag::CLOSE_FAILED);
            let status = input.u8()?;
            (*t).status = nth(input, &STATUSES, status, "status of a coroutine")?;
            (*t).c_depth = input.u32()?;
            (*t).error = self.value(input)?;
            (*t).resumer = self.optional(input, tag::THREAD)? as *mut Thread;
            (*t).then = self.continuation(input)?;
            let func = self.value(input)?;
            let (mask, stage) = (input.u8()?, input.u8()?);
            if mask > 15 {
                return Err(input.invalid(format!("{mask} is no set of hook events")));
            }
            (*t).hook = Hook {
                func,
                mask,
                stage: nth(input, &STAGES, stage, "stage of a hook")?,
                count: input.u32()?,
                left: input.u32()?,
                old_pc: input.u32()?,
                first_transfer: input.u32()?,
                transfers: input.u32()?,
                active: has(flag::HOOK_ACTIVE),
                in_loop_head: has(flag::HOOK_IN_LOOP_HEAD),
            };
            let mut places = Places { thread: t, pc: NONE, links: Vec::new(), open: Vec::new() };
            self.stack(input, &mut places)?;
            let tbc = &mut (*t).tbc;
            for _ in 0..input.count(4)? {
                let slot = self.slot(input, slots)?;
                tbc.push(slot);
            }
            for _ in 0..input.count(8)? {
                let uv = self.object(input, tag::UPVAL)? as *mut Upval;
                places.open.push((uv, self.slot(input, slots)?));
            }
            self.threads.push(places);
            if has(flag::FAULTS) {
                let faults = self.thread_faults(input)?;
                (*t).faults = Some(Box::new(faults));
            }
            Ok(())
        }
    }

    unsafe fn stack(&mut self, input: &mut Input, places: &mut Places) -> Result<()> {
        let t = places.thread;
        // SAFETY: the thread has a stack of its size; slots below that are written.
        unsafe {
            let (stack, slots) = ((*t).stack, (*t).size);
            let (base, top) = (input.u32()?, input.u32()?);
            for (slot, least) in [(base, HEADER), (top, 0)] {
                let inside = slot as usize >= least && slot as usize <= slots;
                if slot != NONE && (!inside || slots == 0) {
                    return Err(input.invalid(format!("slot {slot} of a stack of {slots}")));
                }
            }
            let at = |slot: u32| match slot {
                NONE => std::ptr::null_mut(),
                slot => stack.add(slot as usize),
            };
            ((*t).base, (*t).top) = (at(base), at(top));
            if base == NONE && top != NONE || base != NONE && (top == NONE || top + 2 < base) {
                return Err(input.invalid("a stack with a base or a top only"));
            }
            places.pc = input.u32()?;
            let high = input.count(1)?;
            if high > slots {
                return Err(input.invalid(format!("{high} values on a stack of {slots}")));
            }
            for i in 0..high {
                let tag = input.u8()?;
                if tag == tag::FRAME {
                    let link = self.link(input, i, places)?;
                    // (One that no frame uses any more may be left there.)
                    if i + 1 >= slots && link != GONE {
                        return Err(input.invalid("a link at the end of a stack"));
                    }
                    link.write(stack.add(i + 1));
                } else {
                    *stack.add(i) = Value { payload: self.payload(input, tag)?, tag };
                }
            }
            Ok(())
        }
    }

    /// The link in a slot.
    fn link(&self, input: &mut Input, slot: usize, places: &mut Places) -> Result<Link> {
        let kind = input.u8()?;
        if kind == DEAD_LINK {
            return Ok(GONE);
        }
        let kind = nth(input, &KINDS, kind, "kind of frame")?;
        let (bits, delta) = (input.u16()?, input.u32()? as usize);
        let base = slot + 1;
        if delta > base.saturating_sub(HEADER) {
            return Err(input.invalid(format!("a caller {delta} slots below slot {base}")));
        }
        let mut link = Link::new(kind, 0, delta * SLOT, 0);
        link.word = link.word & !0xffff_0000 | u64::from(bits) << 16;
        match kind {
            FrameKind::Native => match self.continuation(input)? {
                Some(then) => link.payload = std::ptr::from_ref(then) as u64,
                None => return Err(input.invalid("a frame without its continuation")),
            },
            FrameKind::Vararg => {
                link.payload = input.u64()?;
                if link.payload < HEADER as u64 || link.payload > slot as u64 {
                    return Err(input.invalid(format!("a frame moved by {}", link.payload)));
                }
            }
            FrameKind::Unwind => link.payload = input.u64()?,
            FrameKind::Base => {}
            FrameKind::Lua
            | FrameKind::Meta
            | FrameKind::Hook
            | FrameKind::Gc
            | FrameKind::Close
            | FrameKind::Handler => {
                let pc = input.u32()?;
                if pc != NONE {
                    places.links.push((slot as u32, pc));
                }
            }
        }
        Ok(link)
    }

    /// Gives threads what had to wait.
    pub(super) unsafe fn place_threads(&mut self, input: &Input) -> Result<()> {
        for places in std::mem::take(&mut self.threads) {
            // SAFETY: slots are on the thread's stack, as was checked when they were read.
            unsafe {
                let t = places.thread;
                let stack = (*t).stack;
                for (slot, pc) in places.links {
                    let base = stack.add(slot as usize + 1);
                    let link = Link::read(base);
                    let ip = self.instruction(input, link.caller(base), pc)?;
                    Link { payload: ip as u64, ..link }.write(base);
                }
                if places.pc != NONE {
                    if (*t).base.is_null() {
                        return Err(input.invalid("an instruction without a frame"));
                    }
                    (*t).ip = self.instruction(input, (*t).base, places.pc)?;
                }
                let mut tail: *mut *mut Upval = &raw mut (*t).open;
                for (uv, slot) in places.open {
                    self.open(input, uv, stack.add(slot as usize))?;
                    *tail = uv;
                    tail = &raw mut (*uv).next_open;
                }
            }
        }
        match self.open_upvalues {
            0 => Ok(()),
            n => Err(input.invalid(format!("{n} open upvalues are of no thread"))),
        }
    }

    /// The address of an instruction of the function whose frame begins at `base`.
    unsafe fn instruction(&self, input: &Input, base: *mut Value, pc: u32) -> Result<*const Instr> {
        // SAFETY: bases are two slots above the bottom of their stack, at least.
        unsafe {
            let Some(f) = (*base.sub(HEADER)).as_lua_fn() else {
                return Err(input.invalid("an instruction of a frame without code"));
            };
            let proto = f.proto();
            let code = &proto.data().code;
            match code.get(pc as usize) {
                Some(i) => Ok(std::ptr::from_ref(i)),
                None => Err(input.invalid(format!("instruction {pc} of {}", code.len()))),
            }
        }
    }
}
