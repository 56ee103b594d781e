//! What refers to slots of a stack: open upvalues and variables to be closed. A slot of anything but
//! a captured register would let a program write a link, or a running function.

use super::chain::{Frame, Stack};
use super::code::Code;
use super::links::unwinding_level;
use super::violation::{Verdict, rule};
use crate::heap::mark;
use crate::object::function::Upval;
use crate::stack::link::{FrameKind, SLOT};
use luka_bytecode::verify::Facts;

/// Checks a thread's open upvalues and variables to be closed; counts the upvalues.
///
/// `epoch` is the heap's.
pub(super) fn check(stack: &Stack, code: &Code, epoch: u8, count: &mut usize) -> Verdict {
    check_open(stack, code, epoch, count)?;
    check_pending(stack, code)
}

/// The facts at the frame that a slot is in, and the register; `frames` begins with a frame above it
/// or with that one.
fn register<'a>(frames: &mut &[Frame], code: &'a Code, slot: usize) -> Option<(&'a Facts, usize)> {
    while frames.first()?.base > slot {
        *frames = &frames[1..];
    }
    let frame = frames.first()?;
    let facts = code.at((frame.proto?, frame.pc?))?;
    Some((facts, slot - frame.base))
}

fn check_open(stack: &Stack, code: &Code, epoch: u8, count: &mut usize) -> Verdict {
    let mut frames = &stack.frames[..];
    // SAFETY: the thread and its upvalues exist (the reader); that each points to a lower slot than
    // the one before ends the walk.
    unsafe {
        let bottom = (*stack.thread).stack;
        let mut above = bottom.add((*stack.thread).size);
        let mut uv = (*stack.thread).open;
        let marked = (*stack.thread).hdr.marked;
        let visited = marked & epoch != 0 && marked & mark::BLACK != 0;
        while !uv.is_null() {
            let v = (*uv).v;
            let open = Upval::is_open(uv) && bottom <= v && v < above;
            let n = stack.number;
            rule!(Upvalues, open, "open upvalues are in order, one for a slot", "thread {n}");
            above = v;
            let slot = (v as usize - bottom as usize) / SLOT;
            let found = register(&mut frames, code, slot);
            let captured = found.is_some_and(|(facts, r)| facts.captured.contains(r));
            let right = captured && stack.is_value(slot);
            rule!(
                Upvalues,
                right,
                "an open upvalue is a captured register",
                "thread {n}, slot {slot}"
            );
            // (The collector closes upvalues of threads it has not met in this epoch.)
            let met = !visited || (*uv).hdr.flags == epoch;
            rule!(Upvalues, met, "open upvalues of a black thread were met with it", "thread {n}");
            *count += 1;
            uv = (*uv).next_open;
        }
    }
    Ok(())
}

fn check_pending(stack: &Stack, code: &Code) -> Verdict {
    let mut frames = &stack.frames[..];
    // (There are as few as there may be nested calls.)
    let left: Vec<(usize, usize)> =
        stack.frames.windows(2).filter_map(|pair| left_slots(&pair[0], &pair[1])).collect();
    // SAFETY: the thread exists (the reader).
    let tbc = unsafe { &(*stack.thread).tbc };
    let mut above = usize::MAX;
    for slot in tbc.iter().rev().map(|&slot| slot as usize) {
        let n = stack.number;
        rule!(Upvalues, slot < above, "variables to be closed are in order", "thread {n}");
        above = slot;
        let found = register(&mut frames, code, slot);
        let marked = found.is_some_and(|(facts, r)| facts.to_close.contains(r));
        let left = || left.iter().any(|&(from, to)| from <= slot && slot < to);
        let right = (marked || left()) && stack.is_value(slot);
        rule!(
            Upvalues,
            right,
            "a variable to be closed is one of its function's",
            "thread {n}, \
            slot {slot}"
        );
    }
    Ok(())
}

/// The slots that an error has left which `callee`, a `__close` method, runs for.
fn left_slots(callee: &Frame, caller: &Frame) -> Option<(usize, usize)> {
    if callee.link.kind() != FrameKind::Unwind {
        return None;
    }
    // Below the method are the error and the variable it closes, which is off the list.
    Some((unwinding_level(callee, caller)?, callee.func_slot().checked_sub(2)?))
}
