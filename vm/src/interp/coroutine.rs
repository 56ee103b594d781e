//! Switching between coroutines: resume, yield, the end of a thread.

use super::call::{NATIVE_SLOTS, Next, resumable};
use super::unwind::Closing;
use crate::debug::fault::FaultKind;
use crate::error::Raise;
use crate::heap::Gc;
use crate::object::native::{Action, Native};
use crate::object::thread::{FIRST_STACK, MAX_C_DEPTH, Status, Thread};
use crate::stack::{FrameKind, HEADER, Link};
use crate::value::Value;
use crate::vm::{Vm, exit};

/// So many frames are walked at every yield rather than marked.
const FEW_FRAMES: usize = 8;

/// Marks the links of the frames from `top` down to the one at `end`, which are yieldable: a
/// generator that yields from a deep recursion walks each frame once.
///
/// # Safety
/// The frames form a chain from `top` to `end`.
#[cold]
unsafe fn mark_yieldable(top: *mut Value, end: *mut Value) {
    let mut base = top;
    // SAFETY: the caller.
    unsafe {
        while base != end {
            Link::mark_yieldable(base);
            base = Link::read(base).caller(base);
        }
    }
}

impl Vm {
    /// A new coroutine that will run `f`.
    pub fn new_coroutine(&mut self, f: Value) -> Result<Gc<Thread>, Raise> {
        // (In this order no thread is ever without a stack.)
        let stack = self.heap.alloc_stack(FIRST_STACK)?;
        let co = self.heap.new_thread();
        // SAFETY: the thread is new; the stack has FIRST_STACK slots.
        unsafe {
            let t = co.as_ptr();
            (*t).stack = stack;
            (*t).size = FIRST_STACK;
            *stack = f;
            Link::new(FrameKind::Base, 0, 0, -1).write(stack.add(HEADER));
            (*t).base = stack.add(HEADER);
            (*t).top = stack.add(HEADER);
            (*t).hook = self.thread.hook.inherited();
        }
        Ok(co)
    }

    /// Why a thread cannot be resumed.
    fn resume_refusal(co: Gc<Thread>) -> &'static str {
        match co.status {
            Status::Dead | Status::Failed => "cannot resume dead coroutine",
            Status::New | Status::Suspended | Status::Running | Status::Normal => {
                "cannot resume non-suspended coroutine"
            }
        }
    }

    /// `Action::Resume`.
    pub(crate) fn resume(&mut self, nargs: usize, then: &'static Native) -> Result<Next, Raise> {
        // SAFETY: the coroutine and the arguments are on top of the native's frame.
        let (args, co) = unsafe {
            let args = self.top.sub(nargs);
            (args, (*args.sub(1)).as_thread())
        };
        let Some(co) = co else { return Err(self.runtime_error("coroutine expected")) };
        let depth = self.thread_mut().c_depth;
        let refusal = if !resumable(co.status) {
            Some(Self::resume_refusal(co))
        } else if depth >= MAX_C_DEPTH {
            Some("C stack overflow")
        } else if co.status == Status::New && depth + 1 == MAX_C_DEPTH {
            // Its first call would be one too deep: it ends of that.
            // SAFETY: the coroutine is live and not running.
            unsafe { (*co.as_ptr()).status = Status::Dead };
            Some("C stack overflow")
        } else {
            None
        };
        if let Some(text) = refusal {
            self.top = args;
            let message = self.small_str(text);
            self.set_top_value(1, Value::FALSE);
            self.push(message);
            return Ok(Next::Native(self.run_continuation(then)));
        }
        // SAFETY: both stacks are live; room is made on the coroutine's before copying.
        unsafe {
            let values: *const Value = args;
            self.top = args.sub(1);
            let from = self.thread.as_ptr();
            (*from).then = Some(then);
            (*from).status = Status::Normal;
            let t = co.as_ptr();
            let started = (*t).status == Status::Suspended;
            (*t).resumer = from;
            (*t).status = Status::Running;
            (*t).c_depth = (depth + 1).max(if started { (*t).c_depth } else { 0 });
            self.switch_to(co);
            let at = self.reserve(self.top, nargs + NATIVE_SLOTS)?;
            for i in 0..nargs {
                *at.add(i) = *values.add(i);
            }
            self.top = at.add(nargs);
            if started {
                let resumed = (*t).then.take();
                self.ip = std::ptr::null();
                match resumed {
                    Some(then) => Ok(Next::Native(self.run_continuation(then))),
                    None => Ok(Next::Native(Ok(Action::Return(nargs as u32)))),
                }
            } else {
                self.ip = std::ptr::null();
                let f = self.base.sub(HEADER);
                self.begin_call_with(f, nargs, Link::new(FrameKind::Base, 0, 0, -1))
            }
        }
    }

    /// Overwrites the slot `n` below the top.
    fn set_top_value(&mut self, n: usize, v: Value) {
        // SAFETY: the caller's frame has `n` values.
        unsafe { *self.top.sub(n) = v }
    }

    /// Whether a coroutine can yield: it is not the main one and no function that cannot be left is
    /// on its stack.
    pub fn is_yieldable(&self, thread: Gc<Thread>) -> bool {
        if thread == self.main_thread || thread.closing {
            return false;
        }
        let running = thread == self.thread;
        let top = if running { self.base } else { thread.base };
        if top.is_null() || (!running && !thread.has_frames()) {
            return true;
        }
        // SAFETY: frames form a chain down to a `Base` link (invariant of calls).
        unsafe {
            let mut base = top;
            let mut unmarked = 0;
            loop {
                // A library function written in the language, if it has called something, takes the
                // place of a C function.
                let func = *base.sub(HEADER);
                let calls = base != top || !running;
                if calls && func.as_lua_fn().is_some_and(|f| (*f.proto).is_native) {
                    return false;
                }
                let link = Link::read(base);
                if link.is_yieldable() {
                    break;
                }
                let called = if link.is(FrameKind::Vararg) {
                    Link::read(base.sub(link.payload as usize))
                } else {
                    link
                };
                match called.kind() {
                    FrameKind::Native if !called.native().yieldable => return false,
                    FrameKind::Hook | FrameKind::Gc | FrameKind::Handler => return false,
                    FrameKind::Base => break,
                    FrameKind::Native | FrameKind::Lua | FrameKind::Meta => {}
                    FrameKind::Vararg | FrameKind::Close | FrameKind::Unwind => {}
                }
                unmarked += 1;
                base = link.caller(base);
            }
            if unmarked > FEW_FRAMES {
                mark_yieldable(top, base);
            }
        }
        true
    }

    /// `Action::Yield`.
    pub(crate) fn yield_values(&mut self, n: usize, then: &'static Native) -> Result<Next, Raise> {
        if self.thread == self.main_thread {
            return Err(self.runtime_error("attempt to yield from outside a coroutine"));
        }
        if !self.is_yieldable(self.thread) {
            return Err(self.runtime_error("attempt to yield across a C-call boundary"));
        }
        // SAFETY: the values are on top of the native's frame.
        unsafe {
            let values = self.top.sub(n);
            self.top = values;
            let t = self.thread.as_ptr();
            (*t).then = Some(then);
            (*t).status = Status::Suspended;
            self.leave_thread(true, values, n)
        }
    }

    /// The first function of the running thread has returned.
    pub(super) fn finish_thread(&mut self, first: *mut Value, n: usize) -> Result<Next, Raise> {
        if self.thread == self.main_thread {
            self.exit.first = first;
            self.exit.count = n;
            return Ok(Next::Exit(exit::FINISHED));
        }
        let t = self.thread.as_ptr();
        // SAFETY: the running thread is live.
        unsafe {
            (*t).status = Status::Dead;
            self.top = self.base;
            self.leave_thread(true, first, n)
        }
    }

    /// The running thread ends with an error nobody caught.
    pub(crate) fn fail_thread(&mut self, error: Value) -> Next {
        self.leave_fault(error);
        // The stack stays, for tracebacks: the collector must find its last frame whole.
        if !self.base.is_null() {
            self.top = self.free_slot();
        }
        if self.thread == self.main_thread {
            self.exit.error = error;
            return Next::Exit(exit::FAILED);
        }
        let t = self.thread.as_ptr();
        // SAFETY: the running thread is live.
        unsafe {
            if (*t).closing {
                return match self.close_pending(error) {
                    Ok(next) => next,
                    Err(e) => self.throw(e),
                };
            }
            (*t).status = Status::Failed;
            (*t).error = error;
            let mut value = error;
            match self.leave_thread(false, &raw mut value, 1) {
                Ok(next) => next,
                Err(e) => self.throw(e),
            }
        }
    }

    /// Back to the resumer, which finds `ok` and the values on top of its frame.
    unsafe fn leave_thread(
        &mut self,
        ok: bool,
        values: *mut Value,
        n: usize,
    ) -> Result<Next, Raise> {
        // SAFETY: The callers: a coroutine runs, so its resumer exists and is live; room is made on
        // the resumer's stack before values are copied, and the coroutine's stack stays.
        unsafe {
            let t = self.thread.as_ptr();
            let resumer = Gc::from_ptr((*t).resumer);
            (*t).resumer = std::ptr::null_mut();
            self.switch_to(resumer);
            let r = resumer.as_ptr();
            (*r).status = Status::Running;
            match self.reserve(self.top, n + 1 + NATIVE_SLOTS) {
                Ok(at) => {
                    *at = Value::bool(ok);
                    for i in 0..n {
                        *at.add(1 + i) = *values.add(i);
                    }
                    self.top = at.add(n + 1);
                }
                Err(_) => {
                    self.push(Value::FALSE);
                    let message = self.small_str("too many results to resume");
                    self.push(message);
                }
            }
            match (*r).then.take() {
                Some(then) => {
                    if self.heap.debt > 0 {
                        self.collect_garbage_step();
                    }
                    Ok(Next::Native(self.run_continuation(then)))
                }
                None => Ok(Next::Native(Ok(Action::Return(n as u32 + 1)))),
            }
        }
    }

    /// `Action::Close`: closes the coroutine on top of the native's frame, whose place `true` or
    /// `false` and the error take.
    pub(crate) fn close_coroutine(&mut self, then: &'static Native) -> Result<Next, Raise> {
        // SAFETY: the coroutine is on top of the native's frame.
        let co = unsafe { (*self.top.sub(1)).as_thread() };
        let Some(co) = co else { return Err(self.runtime_error("coroutine expected")) };
        let depth = self.thread_mut().c_depth;
        if depth >= MAX_C_DEPTH {
            return Err(self.raise_plain(FaultKind::CStackOverflow));
        }
        self.raised = None;
        // SAFETY: both threads are live.
        unsafe {
            self.top = self.top.sub(1);
            let from = self.thread.as_ptr();
            (*from).then = Some(then);
            (*from).status = Status::Normal;
            let t = co.as_ptr();
            let error = if (*t).status == Status::Failed { (*t).error } else { Value::NIL };
            (*t).close_failed = (*t).status == Status::Failed;
            (*t).resumer = from;
            (*t).status = Status::Running;
            (*t).closing = true;
            (*t).c_depth = depth + 1;
            self.switch_to(co);
            self.hook_abort();
            // The function of the first frame must not be taken for a running Lua function.
            self.ip = std::ptr::null();
            self.base = (*t).stack.add(HEADER);
            self.close_pending(error)
        }
    }

    /// Closes what is pending in the thread `coroutine.close` works on.
    fn close_pending(&mut self, error: Value) -> Result<Next, Raise> {
        // SAFETY: the running thread is live; its first frame is at the bottom of its stack.
        unsafe {
            let t = self.thread.as_ptr();
            let base = (*t).stack.add(HEADER);
            Link::new(FrameKind::Base, 0, 0, -1).write(base);
            let error = match self.close_for_error(base, (*t).stack, error) {
                Closing::Call(next) => return Ok(next),
                Closing::Done { error, replaced, .. } => {
                    (*t).close_failed |= replaced;
                    error
                }
            };
            (*t).closing = false;
            (*t).status = Status::Dead;
            (*t).error = Value::NIL;
            let failed = (*t).close_failed;
            self.base = (*t).stack.add(HEADER);
            self.top = self.base;
            let mut value = error;
            self.leave_thread(!failed, &raw mut value, failed as usize)
        }
    }
}
