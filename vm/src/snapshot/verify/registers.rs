//! What frames hold: registers that instructions read without a check, and values up to the top.

use super::chain::{Frame, Stack};
use super::code::{self, Code};
use super::links::saved_top;
use super::violation::{Area, Verdict, Violation, rule};
use crate::stack::link::{FrameKind, HEADER};
use luka_bytecode::effects::{leaves_from, takes_from};

/// Checks the registers of all frames. `goes_on`: the topmost one does, too.
pub(super) fn check(stack: &Stack, code: &Code, goes_on: bool) -> Verdict {
    for (i, frame) in stack.frames.iter().enumerate() {
        check_varargs(stack, frame)?;
        let callee = i.checked_sub(1).map(|above| &stack.frames[above]);
        let (Some(proto), Some(pc)) = (frame.proto, frame.pc) else {
            continue;
        };
        let place = || format!("thread {}, frame at slot {}", stack.number, frame.base);
        let facts = code.at((proto, pc)).ok_or_else(|| {
            Violation::new(Area::Frames, "control comes to a frame's instruction", place())
        })?;
        // SAFETY: prototypes of frames exist (the reader).
        let (instr, op) = code::instr(unsafe { &*proto }, pc);
        // Registers from here on are the callee's; where values up to the top end, if they matter.
        let (end, top) = match callee.map(|callee| callee.link.kind()) {
            // What is wanted of a call is written when it returns.
            Some(FrameKind::Lua) => (code::window(instr, op).unwrap_or(0), None),
            Some(FrameKind::Hook | FrameKind::Gc | FrameKind::Close) => {
                (usize::MAX, callee.and_then(|callee| saved_top(stack, callee, frame)))
            }
            // Nothing of it is executed any more.
            Some(FrameKind::Handler) => continue,
            None if !goes_on => continue,
            None => (usize::MAX, Some(stack.top)),
            Some(_) => (usize::MAX, None),
        };
        let unset =
            facts.set.iter().take_while(|&r| r < end).find(|&r| !stack.is_value(frame.base + r));
        let register = unset.unwrap_or(0);
        rule!(
            Registers,
            unset.is_none(),
            "registers that are set hold values",
            "R{register}, {}",
            place()
        );
        let (Some(top), Some(_)) = (top, takes_from(instr)) else { continue };
        // SAFETY: as above.
        let before = pc.checked_sub(1).map(|before| code::instr(unsafe { &*proto }, before).0);
        let left = before.and_then(leaves_from).map(|register| frame.base + register);
        let values = left.is_some_and(|left| left <= top && stack.are_values(left..top));
        rule!(Registers, values, "values up to the top are there", "{}", place());
    }
    Ok(())
}

/// Variable arguments lie below the frame.
fn check_varargs(stack: &Stack, frame: &Frame) -> Verdict {
    let Some(proto) = frame.proto.filter(|_| frame.start != frame.base) else { return Ok(()) };
    // SAFETY: prototypes of frames exist (the reader).
    let params = unsafe { (*proto).num_params as usize };
    let values = stack.are_values(frame.start + params..frame.base - HEADER);
    rule!(
        Registers,
        values,
        "variable arguments are values",
        "thread {}, frame at slot {}",
        stack.number,
        frame.base
    );
    Ok(())
}
