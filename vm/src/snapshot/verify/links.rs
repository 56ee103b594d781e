//! Links: each says how its function was called, and fits the frame of who has called it.
//!
//! What a return does is read from the link and the calling instruction without a check; so is what
//! an error finds on its way down.

use super::chain::{Frame, Stack};
use super::code;
use super::violation::{Area, Verdict, Violation, rule};
use crate::interp::compare::NEGATE;
use crate::object::native::contract::{Results, SlotType};
use crate::object::native::{Catches, Native};
use crate::stack::link::{FrameKind, HEADER, Link, SLOT};
use crate::value::{Value, tag};
use luka_bytecode::Op;
use luka_bytecode::semantics::Completion;

/// Slots that a call between two instructions keeps below its function: a note and the top.
const KEPT: usize = 2;

/// What a hook's note says (see `interp::hooks`): the next instruction follows, the function starts,
/// or so many results and more are returned.
const NOTE_INSTR: i64 = 0;
const NOTE_START: i64 = 1;
const NOTE_RETURN: i64 = 2;

/// Checks how each frame's function was called by that of the frame below it.
pub(super) fn check(stack: &Stack) -> Verdict {
    for pair in stack.frames.windows(2) {
        check_call(stack, &pair[0], &pair[1])?;
    }
    Ok(())
}

/// The number that a slot below a function holds.
fn number(stack: &Stack, slot: usize) -> Option<i64> {
    stack.slot(slot).as_int()
}

/// The top that a call between two instructions has saved, as a slot.
pub(super) fn saved_top(stack: &Stack, callee: &Frame, caller: &Frame) -> Option<usize> {
    let saved = number(stack, callee.func_slot().checked_sub(1)?)?;
    Some(caller.base + usize::try_from(saved).ok().filter(|&n| n <= stack.size())?)
}

/// Where the variables begin that the error which `callee` runs for leaves: for `__close` methods.
pub(super) fn unwinding_level(callee: &Frame, caller: &Frame) -> Option<usize> {
    let from_base = callee.link.payload as i64;
    usize::try_from((caller.base as i64).checked_add(from_base)?).ok()
}

fn check_call(stack: &Stack, callee: &Frame, caller: &Frame) -> Verdict {
    let place = || format!("thread {}, frame at slot {}", stack.number, callee.base);
    let broken = |rule| Violation::new(Area::Links, rule, place());
    let f = callee.func_slot();
    // The instruction that the caller is at.
    let instr = match (caller.proto, caller.pc) {
        // SAFETY: prototypes of frames exist (the reader).
        (Some(p), Some(pc)) => Some(code::instr(unsafe { &*p }, pc)),
        _ => None,
    };
    let native = (caller.func.tag == tag::NATIVE).then_some(());
    match callee.link.kind() {
        FrameKind::Lua => {
            let (i, op) = instr.ok_or_else(|| broken("a call is a call instruction's"))?;
            let window = code::window(i, op);
            let window = window.ok_or_else(|| broken("a call is a call instruction's"))?;
            rule!(Links, f == caller.base + window, "a call is in its window", "{}", place());
        }
        FrameKind::Meta => {
            let rule = "a metamethod is called by an instruction that completes with its result";
            let (i, op) = instr.ok_or_else(|| broken(rule))?;
            let completion = op.info().completion().ok_or_else(|| broken(rule))?;
            let note = callee.link.nres();
            let known = match completion {
                Completion::Result | Completion::Drop => note == 0,
                Completion::Condition => note == 0 || note == NEGATE,
                Completion::Concat => 2 <= note && note <= i.b as i32,
            };
            rule!(Links, known, "a metamethod's note fits its instruction", "{}", place());
            rule!(Links, f == caller.end(), "a metamethod is above the registers", "{}", place());
        }
        FrameKind::Native => {
            native.ok_or_else(|| broken("a continuation is a native's"))?;
            let (then, nres) = (callee.link.native(), callee.link.nres());
            check_waiting(stack, then, Some(nres), caller.base..f, &place)?;
        }
        FrameKind::Hook | FrameKind::Gc | FrameKind::Close => {
            check_between(stack, callee, caller, instr.map(|(i, op)| (i.n, op)), &place)?;
        }
        FrameKind::Handler => {
            rule!(Links, callee.link.nres() == 1, "a handler has one result", "{}", place());
            let fits = match caller.pc {
                Some(_) => caller.end() <= f,
                None => native.is_some() && caller.base <= f,
            };
            rule!(Links, fits, "a handler is above the frame that failed", "{}", place());
        }
        FrameKind::Unwind => check_unwinding(stack, callee, caller, &place)?,
        FrameKind::Base | FrameKind::Vararg => {
            return Err(broken("the first frame of a thread has no caller"));
        }
    }
    Ok(())
}

/// What waits in a native's frame for its continuation is what the contract says.
fn check_waiting(
    stack: &Stack,
    then: &Native,
    nres: Option<i32>,
    slots: std::ops::Range<usize>,
    place: &dyn Fn() -> String,
) -> Verdict {
    let contract = then.contract.ok_or_else(|| {
        Violation::new(Area::Links, "what goes on in a native's frame is a continuation", place())
    })?;
    if let Some(nres) = nres {
        let fits = nres == contract.results.wanted() && contract.results != Results::Outcome;
        rule!(Links, fits, "a continuation gets the results it wants", "{then:?}, {}", place());
    }
    let (below, slots) = (slots.end.wrapping_sub(1), stack.slots(slots));
    let kept = match contract.results {
        // Values may wait below the results.
        Results::Any => contract.check(slots),
        Results::Exactly(_) | Results::Outcome => contract.frame.check(slots),
    };
    if let Err(fault) = kept {
        let place = format!("{then:?}: {fault}, {}", place());
        return Err(Violation::new(
            Area::Links,
            "a native's frame keeps its continuation's contract",
            place,
        ));
    }
    if then.catches != Catches::No {
        // An error is one result.
        let one = matches!(contract.results, Results::Any | Results::Exactly(1));
        let noted = !slots.is_empty() && stack.slot(below).as_bool() == Some(true);
        rule!(Links, one && noted, "who catches errors has a slot for the outcome", "{}", place());
    }
    Ok(())
}

/// Hooks, finalizers and `__close` methods run between two instructions (or where a native starts or
/// ends).
fn check_between(
    stack: &Stack,
    callee: &Frame,
    caller: &Frame,
    instr: Option<(u8, Op)>,
    place: &dyn Fn() -> String,
) -> Verdict {
    let broken = |rule| Violation::new(Area::Links, rule, place());
    let f = callee.func_slot();
    let rule = "a call between two instructions keeps a note and the top";
    rule!(Links, caller.base + KEPT <= f, rule, "{}", place());
    let note = number(stack, f - KEPT).ok_or_else(|| broken(rule))?;
    let top = saved_top(stack, callee, caller).ok_or_else(|| broken(rule))?;
    let above = caller.end().max(top) + KEPT <= f;
    rule!(Links, above, "a call between two instructions is above the frame", "{}", place());
    let kind = callee.link.kind();
    if kind == FrameKind::Gc {
        let rule = "a finalizer is called between two instructions";
        rule!(Links, instr.is_some(), rule, "{}", place());
        return Ok(());
    }
    if kind == FrameKind::Close {
        let closes = instr.is_some_and(|(n, op)| op == Op::Close || op == Op::Return && n != 0);
        rule!(Links, closes, "a variable is closed by CLOSE or RETURN", "{}", place());
        return Ok(());
    }
    let rule = "a hook's note fits the function it interrupts";
    let fits = match (instr, note) {
        (Some(_), NOTE_INSTR) => true,
        (Some(_), NOTE_START) => caller.pc == Some(0),
        (None, NOTE_START) => caller.func.tag == tag::NATIVE,
        (None, n) if n >= NOTE_RETURN => {
            let results = (n - NOTE_RETURN) as u64;
            caller.func.tag == tag::NATIVE && results <= (top - caller.base) as u64
        }
        _ => false,
    };
    rule!(Links, fits, rule, "note {note}, {}", place());
    let values = instr.is_some() || stack.are_values(caller.base..top);
    rule!(Links, values, "a native's frame holds values", "{}", place());
    Ok(())
}

/// A `__close` method that runs because of an error: the link above the level says who catches it,
/// though the frame it belonged to is gone.
fn check_unwinding(
    stack: &Stack,
    callee: &Frame,
    caller: &Frame,
    place: &dyn Fn() -> String,
) -> Verdict {
    let broken = |rule| Violation::new(Area::Links, rule, place());
    let rule = "an error that unwinds has a level";
    let level = unwinding_level(callee, caller).ok_or_else(|| broken(rule))?;
    let f = callee.func_slot();
    // The variable is below the error, which is below the method.
    rule!(Links, level + KEPT <= f, rule, "{}", place());
    let values = stack.is_value(f - 1) && stack.is_value(f - KEPT);
    rule!(Links, values, "a variable that an error closes is a value", "{}", place());
    let bottom = caller.base == level + HEADER && caller.start == caller.base;
    let rule = "an error that unwinds is caught at its level";
    if bottom && caller.link.kind() == FrameKind::Base {
        // SAFETY: the thread exists (the reader).
        rule!(Links, unsafe { (*stack.thread).closing }, rule, "{}", place());
        return Ok(());
    }
    if bottom && caller.link.kind() == FrameKind::Gc {
        return Ok(());
    }
    let native = caller.func.tag == tag::NATIVE && caller.base <= level;
    rule!(Links, native && level + HEADER <= f, rule, "{}", place());
    let ghost: Link = stack.link(level + 1).ok_or_else(|| broken(rule))?;
    let distance = (level + HEADER - caller.base) * SLOT;
    let leads = ghost.kind() == FrameKind::Native && ghost.delta() == distance;
    rule!(Links, leads && ghost.native().catches != Catches::No, rule, "{}", place());
    check_waiting(stack, ghost.native(), Some(ghost.nres()), caller.base..level, place)
}

/// The topmost frame of a thread that goes on with a continuation.
pub(super) fn check_continuation(stack: &Stack, then: &Native, wanted: Option<Results>) -> Verdict {
    let place = || format!("thread {}", stack.number);
    let Some(top) = stack.frames.first() else { return Ok(()) };
    let native = top.func.tag == tag::NATIVE && top.base <= stack.top;
    rule!(Links, native, "a continuation is a native's", "{}", place());
    if let Some(wanted) = wanted {
        let fits = then.contract.is_some_and(|contract| contract.results == wanted);
        rule!(Links, fits, "a continuation gets the results it wants", "{then:?}, {}", place());
        return check_waiting(stack, then, None, top.base..stack.top, &place);
    }
    // It runs as it is.
    let slots: &[Value] = stack.slots(top.base..stack.top);
    let kept = then.contract.map(|contract| contract.check(slots));
    if kept == Some(Ok(())) && slots.iter().all(|v| SlotType::Any.admits(*v)) {
        return Ok(());
    }
    let place = format!("{then:?}: {kept:?}, {}", place());
    Err(Violation::new(Area::Links, "a native's frame keeps its continuation's contract", place))
}
