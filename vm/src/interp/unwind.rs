//! Errors: finding who catches, running message handlers, closing what the error leaves.
//!
//! Nothing is thrown on the Rust stack. [`Vm::throw`] runs where the error happened, all frames
//! still there; a message handler is called on top of them (`FrameKind::Handler`) and its result
//! continues in [`Vm::unwind`], which cuts frames down to the catching one, calling `__close`
//! methods one after the other (`FrameKind::Unwind`).

use super::call::{NATIVE_SLOTS, Next};
use super::frame::{FrameKind, HEADER, Link, SLOT};
use crate::debug::fault::{FaultKind, Raised};
use crate::error::Raise;
use crate::interp::natives::XPCALL_THEN;
use crate::meta::Event;
use crate::object::native::{Catches, Native};
use crate::object::thread::{ERROR_C_DEPTH, MAX_C_DEPTH};
use crate::value::Value;
use crate::vm::Vm;

/// What the frame called with the link above `level` says about errors below it; `base` is its
/// caller's.
unsafe fn catch_at(base: *mut Value, level: *mut Value) -> Option<Catch> {
    // SAFETY: The caller: above `level` stands a frame with its link.
    unsafe {
        let start = level.add(HEADER);
        let link = Link::read(start);
        match link.kind() {
            FrameKind::Native if link.native().catches != Catches::No => {
                Some(Catch::Protected { base, level, then: link.native() })
            }
            FrameKind::Gc => Some(Catch::Finalizer { base: start, level }),
            FrameKind::Base => Some(Catch::Thread),
            FrameKind::Native | FrameKind::Lua | FrameKind::Meta | FrameKind::Vararg => None,
            FrameKind::Hook | FrameKind::Close | FrameKind::Handler | FrameKind::Unwind => None,
        }
    }
}

/// Where an error ends up.
pub(super) enum Catch {
    /// At a continuation that catches: base of its frame, slot of the function it called.
    Protected { base: *mut Value, level: *mut Value, then: &'static Native },
    /// A finalizer: its base and the slot of its function.
    Finalizer { base: *mut Value, level: *mut Value },
    /// Nobody in this thread.
    Thread,
}

/// What closing variables for an error came to.
pub(crate) enum Closing {
    /// A `__close` method runs first and comes back to [`Vm::unwind_on`].
    Call(Next),
    /// Nothing is left to close: the frame that catches and the level, wherever the stack is now,
    /// and the error; `replaced` by that of a method that could not even be called.
    Done { base: *mut Value, level: *mut Value, error: Value, replaced: bool },
}

impl Vm {
    /// Walks the links down from a frame of the running thread, lowering the count of C calls.
    pub(super) fn find_catch(&self, from: *mut Value, mut depth: Option<&mut u32>) -> Catch {
        // SAFETY: frames form a chain down to a `Base` link.
        unsafe {
            let mut base = from;
            loop {
                let mut link = Link::read(base);
                let caller = (base as *mut u8).wrapping_sub(link.delta()) as *mut Value;
                let mut start = base;
                if link.kind() == FrameKind::Vararg {
                    start = base.sub(link.payload as usize);
                    link = Link::read(start);
                }
                if link.kind().is_c_call()
                    && let Some(d) = depth.as_deref_mut()
                {
                    *d = d.saturating_sub(1);
                }
                let mut level = start.sub(HEADER);
                if link.kind() == FrameKind::Unwind {
                    level = caller.offset(link.payload as i64 as isize);
                }
                if let Some(catch) = catch_at(caller, level) {
                    return catch;
                }
                base = caller;
            }
        }
    }

    /// A `__close` method that ran for an error caught in the frame `base` has returned.
    pub(super) fn unwind_on(&mut self, base: *mut Value, level: *mut Value, error: Value) -> Next {
        // SAFETY: `level` came from the link of the method's frame.
        match unsafe { catch_at(base, level) } {
            Some(catch) => self.deliver(catch, error),
            None => self.unwind(Raise::Error(error)),
        }
    }

    /// Raises an error in the running frame.
    pub(crate) fn throw(&mut self, raise: Raise) -> Next {
        if self.debugging.is_some() && self.stops_at_error(&raise) {
            return Next::Exit(crate::vm::exit::STOPPED);
        }
        self.throw_on(raise)
    }

    /// Raises an error at which nobody stops.
    pub(super) fn throw_on(&mut self, mut raise: Raise) -> Next {
        // Each handler that cannot be called counts as a call deeper, so there is an end to it.
        let mut failed = 0;
        loop {
            if !matches!(raise, Raise::Error(_) | Raise::Memory) {
                return self.unwind(raise);
            }
            let Some(handler) = self.message_handler() else { return self.unwind(raise) };
            let value = match raise {
                Raise::Error(value) => value,
                Raise::Memory if failed == 0 && self.is_memory_handler(handler) => {
                    self.fixed_error(FaultKind::Memory)
                }
                Raise::Memory | Raise::InHandler | Raise::Exit { .. } => return self.unwind(raise),
            };
            match self.call_handler(handler, value, failed) {
                Ok(next) => return next,
                Err(again) => raise = again,
            }
            failed += 1;
        }
    }

    /// The message handler in force: that of the nearest `xpcall`, unless something else catches
    /// errors before it.
    fn message_handler(&self) -> Option<Value> {
        let mut from = self.base;
        loop {
            let Catch::Protected { base, then, .. } = self.find_catch(from, None) else {
                return None;
            };
            if std::ptr::eq(then, &XPCALL_THEN) {
                // SAFETY: it lies in the first slot of `xpcall`'s frame.
                return Some(unsafe { *base });
            }
            if then.catches == Catches::Errors {
                return None;
            }
            from = base;
        }
    }

    fn is_memory_handler(&self, handler: Value) -> bool {
        let native = handler.as_native().map(|native| native.def);
        native.zip(self.memory_handler).is_some_and(|(native, known)| std::ptr::eq(native, known))
    }

    fn call_handler(
        &mut self,
        handler: Value,
        mut value: Value,
        failed: u32,
    ) -> Result<Next, Raise> {
        let calls = self.thread_mut().c_depth;
        let depth = calls + 1 + failed;
        if depth >= ERROR_C_DEPTH {
            return Err(Raise::InHandler);
        }
        if depth == MAX_C_DEPTH
            && let Raise::Error(overflow) = self.raise_plain(FaultKind::CStackOverflow)
        {
            value = overflow;
        }
        // SAFETY: room is made before the slots are written; `f` is above `base`.
        unsafe {
            let f = self.reserve(self.free_slot(), HEADER + 1 + NATIVE_SLOTS)?;
            *f = handler;
            *f.add(1) = Value::NIL;
            *f.add(HEADER) = value;
            self.top = f.add(HEADER + 1);
            let delta = f.add(HEADER).offset_from(self.base) as usize * SLOT;
            let link = Link::new(FrameKind::Handler, self.ip as u64, delta, 1);
            let running = self.base_slot();
            self.thread_mut().c_depth = calls + 1;
            self.accompany(value);
            self.hold_fault(self.offset_of(f));
            let next = self.begin_call_with(f, 1, link);
            if next.is_err() && self.base_slot() == running {
                self.thread_mut().c_depth = calls;
            }
            next
        }
    }

    /// Cuts the stack down to whoever catches and delivers the error there.
    pub(crate) fn unwind(&mut self, raise: Raise) -> Next {
        let error = match raise {
            Raise::Error(v) => v,
            Raise::Memory => self.fixed_error(FaultKind::Memory),
            Raise::InHandler => self.fixed_error(FaultKind::InHandler),
            Raise::Exit { code, close } => {
                self.exit.code = code;
                self.exit.close = close;
                return Next::Exit(crate::vm::exit::EXIT);
            }
        };
        let mut depth = self.thread_mut().c_depth;
        let catch = self.find_catch(self.base, Some(&mut depth));
        if !matches!(catch, Catch::Thread) {
            self.thread_mut().c_depth = depth;
        } else if self.thread.closing {
            // A `__close` method failed; it is not running any more.
            let t = self.thread_mut();
            t.close_failed = true;
            t.c_depth = depth;
        }
        self.deliver(catch, error)
    }

    /// The value of an error whose message is made beforehand.
    fn fixed_error(&mut self, kind: FaultKind) -> Value {
        let is_memory = matches!(kind, FaultKind::Memory);
        let message = if is_memory { self.memory_message } else { self.in_handler_message };
        let error: Value = message.into();
        self.raised = Some(Raised::new(error, self.plain_fault(kind)));
        error
    }

    /// Closes what the error leaves, then hands it over.
    fn deliver(&mut self, catch: Catch, error: Value) -> Next {
        if let Catch::Protected { level, .. } | Catch::Finalizer { level, .. } = catch
            && self.has_tbc(level)
        {
            // Methods run for the error: it keeps its fault meanwhile.
            self.accompany(error);
        }
        match catch {
            Catch::Protected { base, level, then } => {
                // Values above the level are needed until they are closed.
                let (base, level, error) = match self.close_for_error(base, level, error) {
                    Closing::Call(next) => return next,
                    Closing::Done { base, level, error, .. } => (base, level, error),
                };
                self.base = base;
                self.ip = std::ptr::null();
                self.top = level;
                self.hook_unwound();
                self.drop_faults(self.offset_of(level));
                // SAFETY: below the function stands a slot for the outcome (see
                // `Native::catching`).
                unsafe { *level.sub(1) = Value::FALSE };
                self.shrink_stack();
                self.push(error);
                Next::Native(self.run_continuation(then))
            }
            Catch::Finalizer { base, level } => {
                let (base, level, error) = match self.close_for_error(base, level, error) {
                    Closing::Call(next) => return next,
                    Closing::Done { base, level, error, .. } => (base, level, error),
                };
                self.warn_finalizer(error);
                self.drop_faults(self.offset_of(level));
                self.base = base;
                self.top = level;
                self.shrink_stack();
                self.thread_mut().c_depth += 1; // the return takes one away
                self.hook_unwound();
                match self.finish_frame(self.top, 0) {
                    Ok(next) => next,
                    Err(_) => Next::Lua,
                }
            }
            Catch::Thread => self.fail_thread(error),
        }
    }

    /// Closes everything at `level` and above for an error that is caught in the frame `base`.
    pub(super) fn close_for_error(
        &mut self,
        mut base: *mut Value,
        mut level: *mut Value,
        mut error: Value,
    ) -> Closing {
        let mut replaced = false;
        // SAFETY: `level` is on the running stack.
        unsafe { self.close_upvalues(level) };
        // SAFETY: pending variables lie on the running stack; the slots above them belong to
        // frames that the error has ended. `level` is in the frame `base` or above.
        unsafe {
            let from_base = level.offset_from(base);
            while let Some(slot) = self.take_tbc(level) {
                self.base = base;
                self.ip = std::ptr::null();
                self.top = slot.add(1);
                let called = self.call_close(slot, from_base, error);
                // The stack may have moved.
                let failed = match called {
                    Ok(next) => return Closing::Call(next),
                    Err(e) => e,
                };
                base = self.base;
                level = base.offset(from_base);
                replaced = true;
                error = match failed {
                    Raise::Error(v) => v,
                    Raise::Memory => self.fixed_error(FaultKind::Memory),
                    Raise::InHandler | Raise::Exit { .. } => self.fixed_error(FaultKind::InHandler),
                };
            }
        }
        Closing::Done { base, level, error, replaced }
    }

    /// Calls the `__close` method of the variable in `slot`, the frame that catches running.
    unsafe fn call_close(
        &mut self,
        slot: *mut Value,
        level_from_base: isize,
        error: Value,
    ) -> Result<Next, Raise> {
        // SAFETY: the caller vouches for the slot; room above it is made before it is written.
        unsafe {
            let var = *slot;
            let method = self.metamethod(var, Event::Close);
            if method.is_nil() {
                return Err(self.raise_close_method());
            }
            let at = self.reserve(slot.add(1), 2 + HEADER + NATIVE_SLOTS)?;
            *at = error;
            let f = at.add(1);
            *f = method;
            *f.add(1) = Value::NIL;
            *f.add(2) = var;
            *f.add(3) = error;
            self.top = f.add(4);
            self.hold_fault(self.offset_of(f));
            self.begin_call(f, 2, FrameKind::Unwind, level_from_base as i64 as u64, 0)
        }
    }

    /// Closes the upvalues of the running frame, whose registers are at `base`, unless variables of it are to be
    /// closed: whether it was done.
    ///
    /// # Safety
    /// `base` is the running frame's.
    #[cfg(luka_jit)]
    pub(crate) unsafe fn close_plain_frame(&mut self, base: *mut Value) -> bool {
        let is_plain = !self.has_tbc(base);
        if is_plain {
            // SAFETY: the caller.
            unsafe { self.close_upvalues(base) };
        }
        is_plain
    }

    /// Whether variables at `level` or above are to be closed.
    fn has_tbc(&self, level: *mut Value) -> bool {
        let last = self.thread.tbc.last();
        last.is_some_and(|&slot| slot as usize * SLOT >= self.offset_of(level))
    }

    /// The highest pending to-be-closed variable at `level` or above, taken off the list.
    ///
    /// # Safety
    /// `level` is a slot of the running stack.
    pub(crate) unsafe fn take_tbc(&mut self, level: *mut Value) -> Option<*mut Value> {
        let t = self.thread_mut();
        let &slot = t.tbc.last()?;
        // SAFETY: pending slots are on the stack.
        let p = unsafe { t.stack.add(slot as usize) };
        if p >= level {
            t.tbc.pop();
            Some(p)
        } else {
            None
        }
    }

    /// Where a slot is in the running stack, in bytes.
    pub(super) fn offset_of(&self, slot: *mut Value) -> usize {
        (slot as usize).wrapping_sub(self.thread.stack as usize)
    }

    /// Starts the `__close` of the next pending variable at `level` or above, called by the
    /// instruction at `vm.ip`, which is executed again after it. `None`: nothing is pending.
    pub(super) fn close_next(&mut self, level: *mut Value) -> Result<Option<Next>, Raise> {
        // SAFETY: `level` is on the running stack.
        let Some(slot) = (unsafe { self.take_tbc(level) }) else { return Ok(None) };
        // SAFETY: a pending slot is on the stack.
        let var = unsafe { *slot };
        // as PUC: upvalues first, so that they see the variable's last value
        // SAFETY: as above.
        unsafe { self.close_upvalues(slot) };
        let method = self.metamethod(var, Event::Close);
        if method.is_nil() {
            return Err(self.raise_close_method());
        }
        self.call_between(method, &[var, Value::NIL], FrameKind::Close, 0).map(Some)
    }

    /// CLOSE
    pub(crate) fn close_instr(&mut self) -> Result<Next, Raise> {
        // SAFETY: operands are verified.
        let level = unsafe { super::operand::ra(self.ip, self.base) };
        self.top = self.frame_end();
        if let Some(next) = self.close_next(level)? {
            return Ok(next);
        }
        // SAFETY: as above.
        unsafe { self.close_upvalues(level) };
        self.advance();
        Ok(Next::Lua)
    }

    /// TBC
    pub(crate) fn tbc_instr(&mut self) -> Result<Next, Raise> {
        // SAFETY: operands are verified.
        let slot = unsafe { super::operand::ra(self.ip, self.base) };
        self.mark_tbc(slot)?;
        self.advance();
        Ok(Next::Lua)
    }

    /// Makes the variable in a slot of the running frame to-be-closed; nil and false are ignored.
    pub(super) fn mark_tbc(&mut self, slot: *mut Value) -> Result<(), Raise> {
        // SAFETY: a register of the running frame.
        let v = unsafe { *slot };
        if v.is_falsy() {
            return Ok(());
        }
        if self.metamethod(v, Event::Close).is_nil() {
            return Err(self.not_closable_error(slot));
        }
        let t = self.thread_mut();
        // SAFETY: same allocation.
        let index = unsafe { slot.offset_from(t.stack) } as u32;
        t.tbc.push(index);
        Ok(())
    }
}
