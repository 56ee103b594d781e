//! Between two instructions: collection, finalizers, fuel, interrupts.

use super::call::Next;
use super::frame::FrameKind;
use crate::error::Raise;
use crate::meta::Event;
use crate::object::native::Native;
use crate::value::Value;
use crate::vm::{Vm, exit};
use std::sync::atomic::Ordering;

/// Instructions between two looks at the interrupt flag and the host's budget.
pub const SLICE: i64 = 20_000;

/// Bytes of an instruction: the unit `Vm::fuel` counts in.
const UNIT: i64 = 8;

impl Vm {
    /// Takes a slice from the budget and what natives have used up beyond the last one; all that
    /// is left if that is less.
    pub(crate) fn refill(&mut self) {
        let used = (-(self.fuel as i64)).max(0) / UNIT;
        let slice = match self.budget {
            Some(left) => (SLICE + used).min(left),
            None => SLICE + used,
        };
        if let Some(left) = &mut self.budget {
            *left -= slice;
        }
        self.fuel = self.fuel.saturating_add((slice * UNIT) as isize);
    }

    /// The slice is used up: `vm.ip` is the next instruction.
    pub(crate) fn poll(&mut self) -> Result<Next, Raise> {
        self.top = self.free_slot_keeping_top();
        if self.interrupt.swap(false, Ordering::Relaxed) {
            return Ok(Next::Exit(exit::INTERRUPTED));
        }
        if self.budget.is_some_and(|left| left <= 0) {
            return Ok(Next::Exit(exit::OUT_OF_FUEL));
        }
        if self.fuel < 0 {
            self.refill();
        }
        if self.heap.debt > 0 {
            return self.safepoint();
        }
        Ok(Next::Lua)
    }

    /// A native lets the host look and goes on with `then` ([`crate::Action::Pause`]).
    pub(crate) fn pause(&mut self, then: &'static Native) -> Result<Next, Raise> {
        let exit = if self.interrupt.swap(false, Ordering::Relaxed) {
            exit::INTERRUPTED
        } else if self.budget.is_some_and(|left| left <= 0) {
            exit::OUT_OF_FUEL
        } else {
            if self.fuel < 0 {
                self.refill();
            }
            if self.heap.debt > 0 {
                self.gc_safepoint()?;
            }
            return Ok(Next::Native(self.run_continuation(then)));
        };
        self.pending = Some(then);
        Ok(Next::Exit(exit))
    }

    /// Runs the native that paused, if one did.
    pub(crate) fn unpause(&mut self) -> Next {
        match self.pending.take() {
            Some(native) => Next::Native(self.run_continuation(native)),
            None => Next::Lua,
        }
    }

    /// Charges natives' work: `units` of fuel.
    #[inline]
    pub fn charge(&mut self, units: u64) {
        let bytes = (units as i64).saturating_mul(UNIT).min(i64::MAX / 4);
        self.fuel = self.fuel.saturating_sub(bytes as isize);
    }

    /// A safepoint after an instruction that made a table, string or closure in `result`, which
    /// the compiler has them do in the topmost register in use. What older values have left above it
    /// is cleared, so that it keeps nothing alive (nor does it in PUC, whose collector stops at
    /// this register).
    #[inline]
    pub(super) fn safepoint_above(&mut self, result: *mut Value) -> Result<Next, Raise> {
        if self.heap.debt <= 0 {
            return Ok(Next::Lua);
        }
        let end = self.frame_end();
        // SAFETY: `result` is a register of the running frame.
        unsafe {
            let mut dead = result.add(1);
            while dead < end {
                *dead = Value::NIL;
                dead = dead.add(1);
            }
        }
        self.safepoint()
    }

    /// A safepoint before the instruction at `vm.ip` of the running Lua frame.
    #[inline(never)]
    pub(crate) fn safepoint(&mut self) -> Result<Next, Raise> {
        if self.base.is_null() || self.ip.is_null() {
            return Ok(Next::Lua);
        }
        self.top = self.free_slot_keeping_top();
        self.gc_safepoint()?;
        self.after_finalizer_or(Next::Lua)
    }

    /// An instruction had no memory: once more after a collection of everything, if it is one that
    /// has done nothing before it fails.
    #[cold]
    pub(crate) fn retry_after_collection(
        &mut self,
        helper: super::dispatch::Helper,
    ) -> Result<Next, Raise> {
        use luka_bytecode::Class;
        let class = super::call::opcode(self.instr()).info().class;
        let repeatable = matches!(class, Class::NewTable | Class::SetList | Class::Set);
        if !repeatable || !self.heap.can_collect() {
            return Err(Raise::Memory);
        }
        self.top = self.free_slot_keeping_top();
        self.make_room(usize::MAX).ok();
        helper(self)
    }

    /// The top a collection may rely on; the values of a multi-result window stay below it.
    fn free_slot_keeping_top(&self) -> *mut Value {
        let end = self.frame_end();
        if super::call::reads_top(self.instr()) { self.top } else { end }
    }

    /// Work for the collector inside a native: no finalizer runs, errors wait.
    pub(crate) fn collect_garbage_step(&mut self) {
        self.gc_step();
    }

    /// A finalizer has returned (or failed): the next one, or on with the program.
    pub(crate) fn after_finalizer(&mut self) -> Result<Next, Raise> {
        self.heap.leave_finalizer();
        self.after_finalizer_or(Next::Lua)
    }

    fn after_finalizer_or(&mut self, next: Next) -> Result<Next, Raise> {
        while self.thread_mut().c_depth < crate::object::thread::MAX_C_DEPTH - 10 {
            let Some(object) = self.heap.take_finalizer() else { break };
            let method = self.metamethod(object, Event::Gc);
            if self.warned_of(method) {
                continue;
            }
            if !method.is_nil() {
                self.heap.enter_finalizer();
                let hooks = self.forbid_hooks();
                return match self.call_between(method, &[object], FrameKind::Gc, hooks) {
                    Ok(next) => Ok(next),
                    Err(e) => {
                        self.allow_hooks(hooks);
                        self.heap.leave_finalizer();
                        Err(e)
                    }
                };
            }
        }
        Ok(next)
    }

    /// Whether a `__gc` cannot be called, which is a warning.
    pub(crate) fn warned_of(&mut self, method: Value) -> bool {
        if method.is_nil() || method.is_function() || !self.metamethod(method, Event::Call).is_nil()
        {
            return false;
        }
        let text = self.finalizer_message(method);
        let error = self.heap.intern_or_long(&text).into();
        self.warn_finalizer(error);
        true
    }

    /// An error in a finalizer becomes a warning (`luaE_warnerror`).
    pub(crate) fn warn_finalizer(&mut self, error: Value) {
        let text = match error.as_str() {
            Some(s) => s.bytes().to_vec(),
            None => b"error object is not a string".to_vec(),
        };
        let message = [b"error in __gc (".as_slice(), &text, b")"].concat();
        self.warning(&message, false);
    }
}
