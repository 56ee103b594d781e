//! Frames, links, registers, and what refers to slots.

use super::{Damage, Row, bytes, find_instr, instr_at, payload, slot, stale_link, word};
use crate::function::link::unlink;
use crate::interp::natives::{PCALL_THEN, PROTECTED};
use crate::object::thread::Status;
use crate::snapshot::verify::chain::{Frame, Stack};
use crate::snapshot::verify::code::Code;
use crate::snapshot::verify::links::unwinding_level;
use crate::stack::link::{FrameKind, HEADER, TAIL};
use crate::value::{Value, tag};
use luka_bytecode::effects::{leaves_from, takes_from};
use luka_bytecode::{Class, Instr, Op};

pub(super) const ALL: &[Row] = &[
    ("a thread's registers are on its stack", |d| {
        let t = d.thread(Status::Suspended)?;
        // SAFETY: the thread exists.
        unsafe { d.poke(&raw mut (*t).base, (*t).stack) }
    }),
    ("every frame has a link", |d| {
        let (stack, frame) = d.top()?;
        d.poke(slot(&stack, frame.base - 1), Value::NIL)
    }),
    ("variable arguments are on the stack", |d| {
        let (stack, frame) = moved(d)?;
        d.poke(payload(&stack, frame.base - 1), 1)
    }),
    ("a frame moves above its arguments once", |d| {
        let (stack, frame) = moved(d)?;
        set_kind(d, &stack, frame.start - 1, FrameKind::Vararg)
    }),
    ("both links of a frame lead to one caller", |d| {
        let (stack, frame) = moved(d)?;
        let at = word(&stack, frame.base - 1);
        // SAFETY: the link is on the stack.
        d.poke(at, unsafe { *at } + (bytes(1) << 32))
    }),
    ("both headers of a frame are of one function", |d| {
        let (stack, frame) = moved(d)?;
        d.poke(slot(&stack, frame.start - HEADER), Value::NIL)
    }),
    ("vararg functions move", |d| {
        let (_, frame) = moved(d)?;
        // SAFETY: prototypes of frames exist.
        d.poke(unsafe { &raw mut (*frame.proto?).is_vararg }, false)
    }),
    ("vararg functions move", |d| {
        let (_, frame) = d.top().filter(|(_, frame)| frame.base == frame.start)?;
        // SAFETY: prototypes of frames exist.
        d.poke(unsafe { &raw mut (*frame.proto?).is_vararg }, true)
    }),
    ("frames fit on the stack", |d| {
        let (_, frame) = d.top()?;
        d.poke(max_stack(&frame)?, u16::MAX)
    }),
    ("a frame is at an instruction", |d| {
        let (_, frame) = d.top()?;
        // SAFETY: prototypes of frames exist.
        let length = unsafe { (&*frame.proto?).data.code.len() };
        let ip = instr_at(&frame, 0)?.wrapping_add(length);
        let at = &raw mut d.vm.ip;
        d.poke(at, ip)
    }),
    ("natives have no instructions", |d| {
        d.vm.pending?;
        let stack = d.stack(d.vm.thread.as_ptr())?;
        let ip = instr_at(stack.frames.iter().find(|frame| frame.pc.is_some())?, 0)?;
        let at = &raw mut d.vm.ip;
        d.poke(at, ip)
    }),
    ("the first frame is at the bottom", |d| {
        let (stack, callee, _) = d.called(FrameKind::Lua)?;
        set_kind(d, &stack, callee.start - 1, FrameKind::Base)
    }),
    ("callers are below those they call", |d| {
        let (stack, callee, _) =
            d.called_with(FrameKind::Lua, |_, callee, _| callee.base == callee.start)?;
        let at = word(&stack, callee.base - 1);
        // SAFETY: the link is on the stack.
        d.poke(at, unsafe { *at } & 0xffff_ffff)
    }),
    ("control comes to a frame's instruction", |d| {
        let (_, frame) = d.top()?;
        let p = frame.proto?;
        // SAFETY: prototypes of frames exist.
        let (dead, ip) = unsafe {
            let mut code = Code::default();
            let count = (&*p).data.code.len() as u32;
            (0..count).for_each(|pc| code.want((p, pc)));
            code.learn();
            let dead = (0..count).find(|&pc| code.at((p, pc)).is_none())?;
            (instr_at(&frame, dead)?, &raw mut d.vm.ip)
        };
        d.poke(ip, dead)
    }),
    ("functions run in frames", |d| {
        let (stack, _, caller) = d.called(FrameKind::Native)?;
        d.poke(slot(&stack, caller.base - HEADER), Value::NIL)
    }),
    // Links.
    ("a call is a call instruction's", |d| {
        let (stack, callee, caller) = d.called(FrameKind::Lua)?;
        let other = find_instr(&caller, |_, _, op| !is_call(op))?;
        d.poke(payload(&stack, callee.start - 1), instr_at(&caller, other)? as u64)
    }),
    ("a call is in its window", |d| {
        let (stack, callee, caller) = d.called(FrameKind::Lua)?;
        let window = callee.start - HEADER - caller.base;
        let other = find_instr(&caller, |_, i, op| op == Op::Call && i.a as usize != window)?;
        d.poke(payload(&stack, callee.start - 1), instr_at(&caller, other)? as u64)
    }),
    ("a metamethod is called by an instruction that completes with its result", |d| {
        let (stack, callee, caller) = d.called(FrameKind::Meta)?;
        let other = find_instr(&caller, |_, _, op| op.info().completion().is_none())?;
        d.poke(payload(&stack, callee.start - 1), instr_at(&caller, other)? as u64)
    }),
    ("a metamethod's note fits its instruction", |d| {
        let (stack, callee, _) = d.called(FrameKind::Meta)?;
        set_results(d, &stack, callee.start - 1, 0x7ff0)
    }),
    ("a metamethod is above the registers", |d| {
        let (_, _, caller) = d.called(FrameKind::Meta)?;
        // SAFETY: prototypes of frames exist.
        let more = unsafe { (&*caller.proto?).data.max_stack } + 1;
        d.poke(max_stack(&caller)?, more)
    }),
    ("a continuation is a native's", |d| {
        // The function in a native's frame becomes one of the language.
        let (stack, _, caller) = d.called(FrameKind::Native)?;
        let f = d.stacks().iter().flat_map(|stack| stack.frames.clone()).find(|frame| {
            // SAFETY: prototypes of frames exist.
            let plain = frame.proto.is_some_and(|p| unsafe { !(*p).is_vararg });
            plain && caller.base + frame.end() - frame.base + 40 <= stack.size()
        })?;
        d.poke(slot(&stack, caller.base - HEADER), f.func)
    }),
    ("what goes on in a native's frame is a continuation", |d| {
        let (stack, callee, _) = d.called(FrameKind::Native)?;
        d.poke(payload(&stack, callee.start - 1), std::ptr::from_ref(PROTECTED[0]) as u64)
    }),
    ("a continuation gets the results it wants", |d| {
        let (stack, callee, _) = d.called(FrameKind::Native)?;
        set_results(d, &stack, callee.start - 1, 200)
    }),
    ("a continuation gets the results it wants", |d| {
        let t = d.thread(Status::Suspended)?;
        let other = d.called(FrameKind::Native).map(|(_, callee, _)| callee.link.native());
        let exact = other.filter(|then| then.contract.is_some_and(|c| c.results.wanted() >= 0))?;
        // SAFETY: the thread exists.
        d.poke(unsafe { &raw mut (*t).then }, Some(exact))
    }),
    ("a native's frame keeps its continuation's contract", |d| {
        let (stack, callee, caller) = d.called_with(FrameKind::Native, |_, callee, caller| {
            callee.func_slot() > caller.base && std::ptr::eq(callee.link.native(), &PCALL_THEN)
        })?;
        let _ = callee;
        d.poke(slot(&stack, caller.base), Value::int(1))
    }),
    ("a native's frame keeps its continuation's contract", |d| {
        let t = d.thread(Status::Suspended)?;
        let stack = d.stack(t)?;
        let top = stack.top;
        // SAFETY: the thread exists; the slot above its top is on its stack.
        unsafe {
            d.poke(slot(&stack, top), stale_link())?;
            d.poke(&raw mut (*t).top, (*t).top.add(1))
        }
    }),
    ("a native's frame keeps its continuation's contract", |d| {
        d.vm.pending?;
        let above = d.vm.top.wrapping_add(1);
        let at = &raw mut d.vm.top;
        d.poke(d.vm.top, stale_link())?;
        d.poke(at, above)
    }),
    ("who catches errors has a slot for the outcome", |d| {
        let (stack, callee, _) = d.called_with(FrameKind::Native, |_, callee, _| {
            std::ptr::eq(callee.link.native(), &PCALL_THEN)
        })?;
        d.poke(slot(&stack, callee.func_slot() - 1), Value::FALSE)
    }),
    ("a call between two instructions keeps a note and the top", |d| {
        let (stack, callee, _) = between(d)?;
        d.poke(slot(&stack, callee.func_slot() - 2), Value::NIL)
    }),
    ("a call between two instructions keeps a note and the top", |d| {
        let (stack, callee, _) = between(d)?;
        d.poke(slot(&stack, callee.func_slot() - 1), Value::int(-1))
    }),
    ("a call between two instructions is above the frame", |d| {
        let (stack, callee, caller) = between(d)?;
        let above = callee.func_slot() - caller.base;
        d.poke(slot(&stack, callee.func_slot() - 1), Value::int(above as i64))
    }),
    ("a finalizer is called between two instructions", |d| {
        let (stack, callee, _) =
            d.called_with(FrameKind::Gc, |_, _, caller| caller.pc.is_some())?;
        d.poke(payload(&stack, callee.start - 1), 0)
    }),
    ("a variable is closed by CLOSE or RETURN", |d| {
        let (stack, callee, caller) = d.called(FrameKind::Close)?;
        let other = find_instr(&caller, |_, _, op| op == Op::Call)?;
        d.poke(payload(&stack, callee.start - 1), instr_at(&caller, other)? as u64)
    }),
    ("a hook's note fits the function it interrupts", |d| {
        let (stack, callee, _) = d.called(FrameKind::Hook)?;
        d.poke(slot(&stack, callee.func_slot() - 2), Value::int(1 << 40))
    }),
    ("a native's frame holds values", |d| {
        let (stack, _, caller) = d.called_with(FrameKind::Hook, |stack, callee, caller| {
            let saved = stack.slot(callee.func_slot() - 1).as_int();
            caller.func.tag == tag::NATIVE && saved.is_some_and(|saved| saved > 0)
        })?;
        d.poke(slot(&stack, caller.base), stale_link())
    }),
    ("a handler has one result", |d| {
        let (stack, callee, _) = d.called(FrameKind::Handler)?;
        set_results(d, &stack, callee.start - 1, 3)
    }),
    ("a handler is above the frame that failed", |d| {
        let (stack, callee, _) =
            d.called_with(FrameKind::Handler, |_, _, caller| caller.proto.is_some())?;
        d.poke(payload(&stack, callee.start - 1), 0)
    }),
    ("an error that unwinds has a level", |d| {
        let (stack, callee, _) = d.called(FrameKind::Unwind)?;
        d.poke(payload(&stack, callee.start - 1), i64::MIN as u64)
    }),
    ("a variable that an error closes is a value", |d| {
        let (stack, callee, _) = d.called(FrameKind::Unwind)?;
        d.poke(slot(&stack, callee.func_slot() - 1), stale_link())
    }),
    ("an error that unwinds is caught at its level", |d| {
        let (stack, callee, caller) = d.called(FrameKind::Unwind)?;
        let level = unwinding_level(&callee, &caller)?;
        let below = caller.base as i64 - level as i64;
        let wrong = if below > 0 { -1 } else { callee.link.payload as i64 + 1 };
        d.poke(payload(&stack, callee.start - 1), wrong as u64)
    }),
    ("an error that unwinds is caught at its level", |d| {
        // The link of the frame that is gone.
        let (stack, callee, caller) =
            d.called_with(FrameKind::Unwind, |_, _, caller| caller.func.tag == tag::NATIVE)?;
        let level = unwinding_level(&callee, &caller)?;
        d.poke(slot(&stack, level + 1), Value::NIL)
    }),
    // Registers.
    ("registers that are set hold values", |d| {
        let (stack, frame) = d.top()?;
        let register = set_register(&frame, usize::MAX)?;
        d.poke(slot(&stack, frame.base + register), stale_link())
    }),
    ("registers that are set hold values", |d| {
        let (stack, callee, caller) = d.called_with(FrameKind::Lua, |_, callee, caller| {
            set_register(caller, callee.func_slot() - caller.base).is_some()
        })?;
        let register = set_register(&caller, callee.func_slot() - caller.base)?;
        d.poke(slot(&stack, caller.base + register), stale_link())
    }),
    ("values up to the top are there", |d| {
        let (_, left) = open_window(d)?;
        let at = &raw mut d.vm.top;
        d.poke(at, left.wrapping_sub(1))
    }),
    ("values up to the top are there", |d| {
        let (stack, left) = open_window(d)?;
        let first = (left as usize - slot(&stack, 0) as usize) / size_of::<Value>();
        if first >= stack.top {
            return None;
        }
        d.poke(slot(&stack, first), stale_link())
    }),
    ("variable arguments are values", |d| {
        let (stack, frame) = moved(d)?;
        // SAFETY: prototypes of frames exist.
        let first = frame.start + unsafe { (*frame.proto?).num_params as usize };
        if first + HEADER >= frame.base {
            return None;
        }
        d.poke(slot(&stack, first), stale_link())
    }),
    // What refers to slots.
    ("open upvalues are in order, one for a slot", |d| {
        let stack = d.stacks().into_iter().find(|stack| {
            // SAFETY: the thread and its open upvalues exist.
            unsafe {
                !(*stack.thread).open.is_null() && !(*(*stack.thread).open).next_open.is_null()
            }
        })?;
        // SAFETY: as above.
        unsafe {
            let first = (*stack.thread).open;
            let second = (*first).next_open;
            d.poke(&raw mut (*second).v, (*first).v)
        }
    }),
    ("an open upvalue is a captured register", |d| {
        let uv = open_upvalue(d)?;
        let (stack, frame) = d.top()?;
        // SAFETY: the upvalue exists; the slot above a frame is no register.
        unsafe { d.poke(&raw mut (*uv).v, slot(&stack, frame.end())) }
    }),
    ("open upvalues are in the list of their thread", |d| {
        let t = d.stacks().into_iter().map(|s| s.thread).find(|&t| {
            // SAFETY: the thread exists.
            unsafe { !(*t).open.is_null() }
        })?;
        // SAFETY: as above.
        unsafe { d.poke(&raw mut (*t).open, (*(*t).open).next_open) }
    }),
    ("open upvalues of a black thread were met with it", |d| {
        let threads = d.threads();
        let epoch = d.vm.heap.epoch;
        // SAFETY: the threads exist.
        let t = threads.into_iter().find(|&t| unsafe {
            let marked = (*t).hdr.marked;
            marked & epoch != 0 && marked & crate::heap::mark::BLACK != 0 && !(*t).open.is_null()
        })?;
        // SAFETY: as above.
        unsafe { d.poke(&raw mut (*(*t).open).hdr.flags, 0) }
    }),
    ("variables to be closed are in order", |d| {
        let stack = pending(d)?;
        push_tbc(d, &stack, |tbc| tbc.last().copied())
    }),
    ("a variable to be closed is one of its function's", |d| {
        let (stack, frame) = d.top()?;
        // The first register that no analysis has to be closed: the one above all.
        let slot = frame.end() as u32;
        push_tbc(d, &stack, |_| Some(slot))
    }),
];

fn is_call(op: Op) -> bool {
    matches!(op.info().class, Class::Call | Class::TailCall | Class::GenericCall)
}

/// A frame that has moved above its variable arguments.
fn moved(d: &Damage) -> Option<(Stack, Frame)> {
    d.stacks().into_iter().find_map(|stack| {
        let frame = *stack.frames.iter().find(|frame| frame.base != frame.start)?;
        Some((stack, frame))
    })
}

/// A frame that was called between two instructions.
fn between(d: &Damage) -> Option<(Stack, Frame, Frame)> {
    let kinds = [FrameKind::Gc, FrameKind::Hook, FrameKind::Close];
    kinds.into_iter().find_map(|kind| d.called(kind))
}

/// A thread with variables to be closed.
fn pending(d: &Damage) -> Option<Stack> {
    // SAFETY: the threads exist.
    d.stacks().into_iter().find(|stack| unsafe { !(*stack.thread).tbc.is_empty() })
}

fn push_tbc(d: &mut Damage, stack: &Stack, new: impl Fn(&[u32]) -> Option<u32>) -> Option<()> {
    let t = stack.thread;
    // SAFETY: the thread exists.
    unsafe {
        let tbc = &raw mut (*t).tbc;
        let slot = new(&*tbc)?;
        (*tbc).push(slot);
        d.undo.push(Box::new(move |_| {
            (*tbc).pop();
        }));
    }
    Some(())
}

/// The topmost of the running thread's open upvalues.
fn open_upvalue(d: &Damage) -> Option<*mut crate::Upval> {
    let uv = d.vm.thread.open;
    (!uv.is_null()).then_some(uv)
}

/// The running frame's first register of values up to the top.
fn open_window(d: &Damage) -> Option<(Stack, *mut Value)> {
    let (stack, frame) = d.top()?;
    let pc = frame.pc?;
    let plain = |pc: u32| -> Option<Instr> {
        // SAFETY: the instruction is one of the frame's function.
        let mut one = [unsafe { *instr_at(&frame, pc)? }];
        unlink(&mut one);
        Some(one[0])
    };
    takes_from(plain(pc)?)?;
    let left = leaves_from(plain(pc.checked_sub(1)?)?)?;
    let at = slot(&stack, frame.base + left);
    Some((stack, at))
}

/// A register below `end` that is set where a frame is.
fn set_register(frame: &Frame, end: usize) -> Option<usize> {
    let site = (frame.proto?, frame.pc?);
    let mut code = Code::default();
    code.want(site);
    // SAFETY: prototypes of frames exist.
    unsafe { code.learn() };
    code.at(site)?.set.iter().find(|&register| register < end)
}

fn max_stack(frame: &Frame) -> Option<*mut u16> {
    // SAFETY: prototypes of frames exist.
    Some(unsafe { std::ptr::from_ref(&(&*frame.proto?).data.max_stack).cast_mut() })
}

fn set_kind(d: &mut Damage, stack: &Stack, i: usize, kind: FrameKind) -> Option<()> {
    let at = word(stack, i);
    // SAFETY: the link is on the stack.
    d.poke(at, unsafe { *at } & !0xff00 | (kind as u64) << 8)
}

fn set_results(d: &mut Damage, stack: &Stack, i: usize, results: u64) -> Option<()> {
    let at = word(stack, i);
    // SAFETY: the link is on the stack.
    let old = unsafe { *at };
    d.poke(at, old & !(0x7fff << 16) | results << 16 | old & TAIL)
}
