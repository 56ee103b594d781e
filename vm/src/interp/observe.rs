//! Watching a program instruction by instruction, and executing instructions in the machine's
//! place: what `luka run --trace` and the executable specification (`tests/src/spec`) stand on.
//!
//! While a machine has an [`Observer`], every instruction is shown to it first, by the other
//! handler table that debug hooks use too; otherwise it costs nothing. An observer that executes an
//! instruction itself says with an [`After`] how to go on: frames, natives, errors, coroutines and
//! the collector stay the machine's.

use super::call::{Next, opcode};
use super::call_native::call_native;
use super::frame::{FrameKind, HEADER, Link};
use crate::error::Raise;
use crate::value::{Value, tag};
use crate::vm::Vm;
pub use crate::vm::observer::{After, At, Observer, Outcome};
use luka_bytecode::Op;

impl Vm {
    /// Has every instruction of the program shown to an observer from now on. (Machines with an
    /// observer are slow.)
    pub fn observe(&mut self, observer: Box<dyn Observer>) {
        self.observer = Some(observer);
        self.update_dispatch();
    }

    /// Shows the instruction at `vm.ip` to the observer.
    fn show(&mut self) -> Option<Outcome> {
        let mut observer = self.observer.take()?;
        let outcome = observer.instruction(&mut At::new(self));
        self.observer = Some(observer);
        outcome
    }

    /// The observer's way to complete the instruction at `vm.ip`, if it has one.
    #[cold]
    #[inline(never)]
    pub(crate) fn observed_completion(
        &mut self,
        result: Value,
        note: i32,
    ) -> Option<Result<Next, Raise>> {
        let mut observer = self.observer.take()?;
        let outcome = observer.complete(&mut At::new(self), result, note as u16);
        self.observer = Some(observer);
        outcome.map(|outcome| self.conclude(outcome))
    }

    /// Goes on as an observer says that has executed the instruction at `vm.ip`.
    fn conclude(&mut self, outcome: Outcome) -> Result<Next, Raise> {
        // SAFETY: registers are checked to lie in the frame and jumps in the code.
        unsafe {
            match outcome? {
                After::Next => self.go_to(1),
                After::Skip => self.go_to(2),
                After::Jump(distance) => {
                    self.go_to(1 + distance as isize)?;
                    Ok(Next::Lua)
                }
                After::Made(register) => {
                    let register = self.checked(register as usize, 1);
                    self.go_to(1)?;
                    self.safepoint_above(register)
                }
                After::Call { window, arguments } => {
                    let f = self.checked(window as usize, HEADER + arguments);
                    self.begin_call(f, arguments, FrameKind::Lua, self.ip as u64, 0)
                }
                After::TailCall { window, arguments } => {
                    let f = self.checked(window as usize, HEADER + arguments);
                    self.tail_call(f, arguments)
                }
                After::Metamethod { handler, arguments, note } => {
                    self.call_meta(handler, &arguments, note as i32)
                }
                After::CloseLast(register) => {
                    let i = self.instr();
                    if opcode(i) != Op::Return {
                        self.top = self.frame_end();
                    } else if i.b != 0 {
                        self.top = super::operand::ra(self.ip, self.base).add(i.b as usize - 1);
                    }
                    let level = self.checked(register as usize, 1);
                    Ok(self.close_next(level)?.unwrap_or(Next::Lua))
                }
                After::Return { first, count } => {
                    let first = self.checked(first, count);
                    if self.hooks_on() {
                        return self.return_hook(first, count);
                    }
                    let mut link = Link::read(self.base);
                    if link.kind() == FrameKind::Vararg {
                        link = Link::read(self.base.sub(link.payload as usize));
                    }
                    let closed = opcode(self.instr()) == Op::Return && self.instr().n != 0;
                    let next = self.finish_frame(first, count)?;
                    match (link.kind(), next) {
                        (FrameKind::Lua, Next::Lua) if !closed => Ok(Next::Lua),
                        (_, next) => Ok(next),
                    }
                }
            }
        }
    }

    /// Moves `vm.ip`; an observer that leaves the function's code has lost its way.
    fn go_to(&mut self, distance: isize) -> Result<Next, Raise> {
        let f = self.lua_fn();
        // SAFETY: `ip` points into the function's code; the new one is checked to.
        unsafe {
            let pc = self.ip.offset_from(f.code) + distance;
            let length = f.proto().data.code.len();
            assert!(pc >= 0 && (pc as usize) < length, "an observer jumps out of its function");
            self.ip = f.code.offset(pc);
        }
        Ok(Next::Lua)
    }

    /// Register `first` of the running frame, which is followed by `count - 1` others or values
    /// up to the top.
    fn checked(&self, first: usize, count: usize) -> *mut Value {
        // SAFETY: the end is compared before anything is done with the address.
        let end = unsafe { self.frame_end().max(self.top).offset_from(self.base) } as usize;
        assert!(first + count <= end, "an observer uses registers beyond its frame");
        self.base.wrapping_add(first)
    }

    /// The native function that a call just made by an observer calls; natives without hooks have
    /// a shorter way.
    fn native_window(&self, outcome: &Outcome) -> Option<(*mut Value, usize)> {
        let (window, arguments) = match *outcome {
            Ok(After::Call { window, arguments }) => (window, arguments),
            Ok(After::TailCall { window, arguments }) if self.instr().n == 0 => (window, arguments),
            _ => return None,
        };
        let f = self.checked(window as usize, HEADER + arguments);
        // SAFETY: it has been checked to be a register.
        let is_native = unsafe { (*f).tag } == tag::NATIVE;
        (is_native && !self.hooks_on()).then_some((f, arguments))
    }
}

/// Before the instruction at `vm.ip`, hooks have run. The machine's status if the observer has
/// executed it; `None`: the machine executes it.
pub(super) fn observed(vm: &mut Vm) -> Option<u32> {
    super::profile::count(vm);
    let outcome = vm.show()?;
    vm.fuel -= 8;
    if let Some((f, arguments)) = vm.native_window(&outcome) {
        return Some(call_native(vm, f, arguments));
    }
    let next = vm.conclude(outcome);
    Some(vm.continue_with(next))
}
