//! Threads: what each is doing, who has resumed whom, and what their stacks must be for that.

use super::chain::Stack;
use super::code::Code;
use super::violation::{Area, Verdict, Violation, rule};
use super::{links, registers, upvalues};
use crate::heap::Gc;
use crate::object::native::contract::Results;
use crate::object::thread::{ERROR_C_DEPTH, STACK_SLACK, Status, Thread};
use crate::stack::link::{FrameKind, HEADER, SLOT};
use crate::value::tag;
use crate::vm::Vm;
use std::collections::HashSet;

/// The threads of a machine and what they are doing.
pub(super) struct Threads {
    stacks: Vec<Stack>,
    /// The running thread and those that wait for it, down to the main thread.
    active: HashSet<*mut Thread>,
    code: Code,
}

/// Checks all threads; returns how many open upvalues they have.
///
/// # Safety
/// The machine is as the reader guarantees it; `threads` are those that are no garbage.
pub(super) unsafe fn check(vm: &Vm, threads: &[*mut Thread]) -> Result<usize, Violation> {
    // SAFETY: the caller's machine.
    unsafe {
        let active = active_threads(vm)?;
        let mut all = Threads { stacks: Vec::new(), active, code: Code::default() };
        for (number, &t) in threads.iter().enumerate() {
            check_stack(&*t, number)?;
            let mut stack = Stack::new(vm, t, number);
            match (*t).status {
                Status::New | Status::Dead => check_without_frames(&stack)?,
                Status::Suspended | Status::Running | Status::Normal | Status::Failed => {
                    stack.walk(&mut all.code)?;
                }
            }
            all.stacks.push(stack);
        }
        all.code.learn();
        let mut upvalues = 0;
        for stack in &all.stacks {
            all.check_thread(vm, stack)?;
            upvalues::check(stack, &all.code, vm.heap.epoch, &mut upvalues)?;
        }
        Ok(upvalues)
    }
}

/// Follows the running thread's resumers.
unsafe fn active_threads(vm: &Vm) -> Result<HashSet<*mut Thread>, Violation> {
    let mut active = HashSet::new();
    let mut t = vm.thread.as_ptr();
    // SAFETY: threads refer to threads that exist (the reader).
    unsafe {
        rule!(Threads, (*t).status == Status::Running, "the running thread is running");
        loop {
            let new = active.insert(t);
            rule!(Threads, new, "resumers lead to the main thread");
            let (main, resumer) = (t == vm.main_thread.as_ptr(), (*t).resumer);
            if main {
                rule!(Threads, resumer.is_null(), "nobody has resumed the main thread");
                return Ok(active);
            }
            rule!(Threads, !resumer.is_null(), "resumers lead to the main thread");
            let waits = (*resumer).status == Status::Normal;
            rule!(Threads, waits, "who has resumed a thread waits for it");
            t = resumer;
        }
    }
}

/// The stack of any thread.
fn check_stack(t: &Thread, n: usize) -> Verdict {
    let has = !t.stack.is_null() && !t.base.is_null() && !t.top.is_null();
    rule!(
        Threads,
        has || t.status == Status::Running && !t.stack.is_null(),
        "every thread has a stack",
        "thread {n}"
    );
    let size = STACK_SLACK + HEADER <= t.size && t.size <= u32::MAX as usize / SLOT;
    rule!(Threads, size, "a stack has the size of one", "thread {n}, {} slots", t.size);
    let depth = t.c_depth <= ERROR_C_DEPTH;
    rule!(Threads, depth, "calls are not nested too deeply", "thread {n}");
    Ok(())
}

/// A thread that has not begun, or has ended.
fn check_without_frames(stack: &Stack) -> Verdict {
    let n = stack.number;
    // SAFETY: the thread exists (the reader).
    let t = unsafe { &*stack.thread };
    let inside = HEADER <= stack.base && stack.base <= stack.top && stack.top <= t.size;
    rule!(Frames, inside, "a thread's registers are on its stack", "thread {n}");
    let open = !t.open.is_null() || !t.tbc.is_empty();
    rule!(Threads, !open, "what does not run has nothing open", "thread {n}");
    if t.status == Status::New {
        let right = stack.base == HEADER && stack.top == HEADER && t.ip.is_null();
        rule!(Threads, right, "a new thread holds its function only", "thread {n}");
        let value = stack.is_value(0);
        rule!(Threads, value, "a new thread holds its function only", "thread {n}");
    }
    Ok(())
}

impl Threads {
    /// A thread against what it is doing.
    unsafe fn check_thread(&self, vm: &Vm, stack: &Stack) -> Verdict {
        // SAFETY: the thread exists (the reader).
        let t = unsafe { &*stack.thread };
        let n = stack.number;
        let active = self.active.contains(&stack.thread);
        let is_main = std::ptr::eq(stack.thread, vm.main_thread.as_ptr());
        let goes_on = match t.status {
            Status::New | Status::Dead => {
                let alone = t.resumer.is_null() && !t.closing && !is_main;
                rule!(Threads, alone, "nobody waits for a thread that does not run", "thread {n}");
                return Ok(());
            }
            Status::Failed => {
                let alone = t.resumer.is_null() && !t.closing && !is_main;
                rule!(Threads, alone, "nobody waits for a thread that does not run", "thread {n}");
                false
            }
            Status::Suspended => {
                let alone = t.resumer.is_null() && !t.closing && !is_main;
                rule!(Threads, alone, "nobody waits for a thread that does not run", "thread {n}");
                let then = t.then.ok_or_else(|| no_continuation(n))?;
                links::check_continuation(stack, then, Some(Results::Any))?;
                true
            }
            Status::Normal if active => {
                let then = t.then.ok_or_else(|| no_continuation(n))?;
                links::check_continuation(stack, then, Some(Results::Outcome))?;
                true
            }
            // (Of those, one runs: all others were found waiting.)
            Status::Running if active => check_running(vm, stack)?,
            // Left behind when the host gave up a run: nothing can resume or close them.
            Status::Normal | Status::Running => false,
        };
        check_depth(stack, t)?;
        check_bottom(stack, t, active, is_main)?;
        links::check(stack)?;
        registers::check(stack, &self.code, goes_on)
    }
}

fn no_continuation(n: usize) -> Violation {
    Violation::new(Area::Threads, "a thread that waits has a continuation", format!("thread {n}"))
}

/// The running thread is at an instruction, in a native that has paused, or at rest.
fn check_running(vm: &Vm, stack: &Stack) -> Result<bool, Violation> {
    let Some(top) = stack.frames.first() else { return Ok(false) };
    if let Some(then) = vm.pending {
        links::check_continuation(stack, then, None)?;
        return Ok(true);
    }
    Ok(top.pc.is_some())
}

/// As many calls are counted as PUC would have on its C stack, at least.
fn check_depth(stack: &Stack, t: &Thread) -> Verdict {
    let calls = stack.frames.iter().filter(|frame| frame.link.kind().is_c_call()).count();
    let counted = calls <= t.c_depth as usize;
    rule!(
        Threads,
        counted,
        "nested calls are counted",
        "thread {}: {calls} of {}",
        stack.number,
        t.c_depth
    );
    Ok(())
}

/// The first frame of a thread.
fn check_bottom(stack: &Stack, t: &Thread, active: bool, is_main: bool) -> Verdict {
    let n = stack.number;
    let closes = !t.closing || !is_main && matches!(t.status, Status::Running | Status::Normal);
    rule!(Threads, closes, "a thread that is closed runs", "thread {n}");
    let Some(bottom) = stack.frames.last() else { return Ok(()) };
    let single = stack.frames.len() == 1;
    for (i, frame) in stack.frames.iter().enumerate() {
        let function = matches!(frame.func.tag, tag::LUA_FN | tag::NATIVE);
        // At the bottom there may be a place holder: before a run, and while a thread is closed.
        let holder = i + 1 == stack.frames.len() && frame.pc.is_none() && (single || t.closing);
        rule!(
            Frames,
            function || holder,
            "functions run in frames",
            "thread {n}, frame at slot {}",
            frame.base
        );
    }
    if t.closing && active {
        let above = stack.frames.len().checked_sub(2).and_then(|i| stack.frames.get(i));
        let unwinds = above.is_some_and(|frame| frame.link.kind() == FrameKind::Unwind);
        let right = unwinds && bottom.pc.is_none();
        rule!(Threads, right, "a thread that is closed closes a variable", "thread {n}");
    }
    Ok(())
}

/// The threads that the machine itself refers to.
pub(super) fn check_main(vm: &Vm) -> Verdict {
    let main: Gc<Thread> = vm.main_thread;
    let right = matches!(main.status, Status::Running | Status::Normal);
    rule!(Threads, right, "the main thread runs or waits");
    Ok(())
}
