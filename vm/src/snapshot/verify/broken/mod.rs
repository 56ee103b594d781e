//! Machines that break one rule: for tests of the verifier. Not in release builds.
//!
//! A [`Breakage`] changes something in a machine so that one rule does not hold, lets the verifier look,
//! and takes the change back.

mod collector;
mod frames;
mod heap;
mod machine;
mod threads;

use super::chain::{Frame, Stack};
use super::code::Code;
use super::{Violation, verify};
use crate::object::thread::{Status, Thread};
use crate::stack::link::{FrameKind, SLOT};
use crate::value::{Value, tag};
use crate::vm::Vm;
use luka_bytecode::Instr;

/// A way to break a rule.
pub struct Breakage {
    /// The rule that the verifier must name.
    pub rule: &'static str,
    /// Breaks it, if there is something in the machine to break it with.
    apply: fn(&mut Damage) -> Option<()>,
}

/// All ways, for every rule at least one.
pub fn breakages() -> Vec<Breakage> {
    let lists = [machine::ALL, threads::ALL, frames::ALL, heap::ALL, collector::ALL];
    let all = lists.into_iter().flatten();
    all.map(|&(rule, apply)| Breakage { rule, apply }).collect()
}

type Row = (&'static str, fn(&mut Damage) -> Option<()>);

impl Breakage {
    /// Breaks the rule, and says what the verifier thinks of it; the machine is as before then. `None`:
    /// there is nothing in this machine to break it with.
    pub fn try_on(&self, vm: &mut Vm) -> Option<Result<(), Violation>> {
        let mut damage = Damage { vm, undo: Vec::new() };
        let applied = (self.apply)(&mut damage);
        let verdict = applied.map(|()| verify(damage.vm));
        let Damage { vm, undo } = damage;
        undo.into_iter().rev().for_each(|undo| undo(vm));
        verdict
    }
}

/// A machine that is being broken.
struct Damage<'a> {
    vm: &'a mut Vm,
    undo: Vec<Undo>,
}

/// Takes a change back.
type Undo = Box<dyn FnOnce(&mut Vm)>;

impl Damage<'_> {
    /// Overwrites something of the machine's.
    fn poke<T: Copy + 'static>(&mut self, at: *mut T, new: T) -> Option<()> {
        // SAFETY: callers pass places in the machine, which does not change before it is undone.
        unsafe {
            let old = *at;
            *at = new;
            self.undo.push(Box::new(move |_| *at = old));
        }
        Some(())
    }

    /// Changes something in a way that `undo` takes back.
    fn change(&mut self, change: impl FnOnce(&mut Vm), undo: impl FnOnce(&mut Vm) + 'static) {
        change(self.vm);
        self.undo.push(Box::new(undo));
    }

    /// The threads that are no garbage.
    fn threads(&self) -> Vec<*mut Thread> {
        let mut all = Vec::new();
        heap::each(self, |o| {
            // SAFETY: the object exists.
            if unsafe { (*o).kind } == tag::THREAD {
                all.push(o as *mut Thread);
            }
        });
        all
    }

    /// A thread with this status, other than the main thread.
    fn thread(&self, status: Status) -> Option<*mut Thread> {
        let main = self.vm.main_thread.as_ptr();
        // SAFETY: the threads exist.
        self.threads().into_iter().find(|&t| t != main && unsafe { (*t).status } == status)
    }

    /// The frames of a thread.
    fn stack(&self, thread: *mut Thread) -> Option<Stack> {
        // SAFETY: the thread is the machine's.
        let mut stack = unsafe { Stack::new(self.vm, thread, 0) };
        stack.walk(&mut Code::default()).ok()?;
        Some(stack)
    }

    /// The stacks of threads that will go on: the running one and those that wait.
    fn stacks(&self) -> Vec<Stack> {
        let mut all = Vec::new();
        let mut t = self.vm.thread.as_ptr();
        while !t.is_null() {
            all.extend(self.stack(t));
            // SAFETY: the running thread's resumers exist.
            t = unsafe { (*t).resumer };
        }
        all
    }

    /// The running thread's topmost frame, if it is at an instruction that comes next.
    fn top(&self) -> Option<(Stack, Frame)> {
        let stack = self.stack(self.vm.thread.as_ptr())?;
        let frame = *stack.frames.first()?;
        (frame.pc.is_some() && self.vm.pending.is_none()).then_some((stack, frame))
    }

    /// A frame that was called in this way, with its caller.
    fn called(&self, kind: FrameKind) -> Option<(Stack, Frame, Frame)> {
        self.called_with(kind, |_, _, _| true)
    }

    /// A frame that was called in this way and is as wanted, with its caller.
    fn called_with(
        &self,
        kind: FrameKind,
        wanted: impl Fn(&Stack, &Frame, &Frame) -> bool,
    ) -> Option<(Stack, Frame, Frame)> {
        for stack in self.stacks() {
            let pairs = stack.frames.windows(2).map(|pair| (pair[0], pair[1]));
            let found = pairs.into_iter().find(|(callee, caller)| {
                callee.link.kind() == kind && wanted(&stack, callee, caller)
            });
            if let Some((callee, caller)) = found {
                return Some((stack, callee, caller));
            }
        }
        None
    }
}

/// The place of a slot.
fn slot(stack: &Stack, i: usize) -> *mut Value {
    // SAFETY: the slot is on the stack, as `Stack::slot` checks.
    unsafe {
        stack.slot(i);
        (*stack.thread).stack.add(i)
    }
}

/// The payload of a slot or link.
fn payload(stack: &Stack, i: usize) -> *mut u64 {
    slot(stack, i) as *mut u64
}

/// The second word of a link.
fn word(stack: &Stack, i: usize) -> *mut u64 {
    payload(stack, i).wrapping_add(1)
}

/// A slot that holds a link to nowhere.
fn stale_link() -> Value {
    Value { payload: 0, tag: tag::FRAME }
}

/// The instruction of a frame's function.
fn instr_at(frame: &Frame, pc: u32) -> Option<*const Instr> {
    // SAFETY: prototypes of frames exist.
    let p = unsafe { &*frame.proto? };
    ((pc as usize) < p.data.code.len()).then(|| p.code.wrapping_add(pc as usize).cast_const())
}

/// The number of an instruction of a frame's function of which this holds.
fn find_instr(
    frame: &Frame,
    wanted: impl Fn(u32, Instr, luka_bytecode::Op) -> bool,
) -> Option<u32> {
    // SAFETY: prototypes of frames exist.
    let p = unsafe { &*frame.proto? };
    (0..p.data.code.len() as u32).find(|&pc| {
        let (i, op) = super::code::instr(p, pc);
        wanted(pc, i, op)
    })
}

/// So many slots in bytes, for distances in links.
const fn bytes(slots: usize) -> u64 {
    (slots * SLOT) as u64
}
