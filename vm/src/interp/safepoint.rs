//! Between two instructions: collection and finalizers.

use super::call::Next;
use super::frame::FrameKind;
use crate::error::Raise;
use crate::meta::Event;
use crate::value::Value;
use crate::vm::Vm;

impl Vm {
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
        self.settle_top();
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
        if !repeatable {
            return Err(Raise::Memory);
        }
        self.settle_top();
        self.make_room(usize::MAX).ok();
        helper(self)
    }

    /// Sets the top to what the instruction at `vm.ip` of the running Lua frame needs, for a host
    /// that finds the machine stopped there.
    pub(crate) fn settle_top(&mut self) {
        self.top = self.free_slot_keeping_top();
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

    /// Calls the next finalizer that waits, unless one is running: they do not interrupt each other.
    fn after_finalizer_or(&mut self, next: Next) -> Result<Next, Raise> {
        if !self.heap.can_collect() {
            return Ok(next);
        }
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
