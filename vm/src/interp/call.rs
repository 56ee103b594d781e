//! Calls and returns: how frames are pushed and what happens when they end.
//!
//! Everything here works on the machine's state and says with a [`Next`] how to go on; the loop
//! that follows a chain of native continuations is [`Vm::continue_with`]. No function here calls into the
//! interpreter.

use super::frame::{FrameKind, HEADER, Link, SLOT};
use super::operand::*;
use crate::debug::fault::FaultKind;
use crate::error::Raise;
use crate::function::LuaFn;
use crate::heap::Gc;
use crate::meta::Event;
use crate::object::native::{Native, NativeResult};
use crate::object::proto::unmarked;
use crate::object::thread::{ERROR_C_DEPTH, MAX_C_DEPTH, Status};
use crate::value::{Value, tag};
use crate::vm::{Vm, meter::VALUES_MOVED};
use luka_bytecode::{Instr, Op};

/// How the machine goes on.
pub enum Next {
    /// Execute `vm.ip` in the Lua frame `vm.base`.
    Lua,
    /// A native in frame `vm.base` has returned this.
    Native(NativeResult),
    /// Leave the machine with a status (see [`crate::vm::exit`]).
    Exit(u32),
}

/// Free slots a native finds beyond its arguments (`LUA_MINSTACK`).
pub const NATIVE_SLOTS: usize = 20;

/// The instruction's opcode; the code is verified.
#[inline(always)]
pub fn opcode(i: Instr) -> Op {
    i.opcode().unwrap_or(Op::Jmp)
}

/// Whether the instruction takes its values up to the stack top.
pub fn reads_top(i: Instr) -> bool {
    luka_bytecode::effects::takes_from(i).is_some()
}

impl Vm {
    /// The running function, when it is a Lua function.
    #[inline(always)]
    pub(crate) fn lua_fn(&self) -> Gc<LuaFn> {
        // SAFETY: called in slow paths of instructions: the frame's function is a Lua closure.
        unsafe { Gc::from_payload((*self.base.sub(HEADER)).payload) }
    }

    /// The instruction at `vm.ip`.
    #[inline(always)]
    pub(crate) fn instr(&self) -> Instr {
        // SAFETY: `ip` points into the running function's code.
        unmarked(unsafe { *self.ip })
    }

    #[inline(always)]
    pub(crate) fn advance(&mut self) {
        // SAFETY: the verifier has checked that control cannot run off the end.
        self.ip = unsafe { self.ip.add(1) };
    }

    /// End of the registers of the running Lua frame.
    #[inline(always)]
    pub(crate) fn frame_end(&self) -> *mut Value {
        // SAFETY: the frame's registers are within the stack.
        unsafe {
            (self.base as *mut u8).add((*self.lua_fn().proto).frame_bytes as usize) as *mut Value
        }
    }

    /// First slot above everything the running frame still needs.
    pub(crate) fn free_slot(&self) -> *mut Value {
        // SAFETY: `base` is a frame's base.
        match unsafe { *self.base.sub(HEADER) }.tag() {
            tag::LUA_FN if !self.ip.is_null() => {
                let end = self.frame_end();
                if reads_top(self.instr()) { end.max(self.top) } else { end }
            }
            _ => self.top,
        }
    }

    /// Calls the value in `f` with the `nargs` values from `f + 2` on. The running frame must be
    /// in a state errors can be reported in.
    pub(super) fn begin_call(
        &mut self,
        f: *mut Value,
        nargs: usize,
        kind: FrameKind,
        payload: u64,
        nres: i32,
    ) -> Result<Next, Raise> {
        let depth = self.thread_mut().c_depth;
        if kind.is_c_call() {
            self.enter_c()?;
        }
        // SAFETY: `f` is a slot of the running stack above `base`.
        let delta = unsafe { f.add(HEADER).offset_from(self.base) } as usize * SLOT;
        let running = self.base_slot();
        let link = Link::new(kind, payload, delta, nres);
        // SAFETY: as above, and link and arguments follow it.
        let next = unsafe { self.begin_call_with(f, nargs, link) };
        if next.is_err() && self.base_slot() == running {
            // No frame was pushed: nothing will take the count back.
            self.thread_mut().c_depth = depth;
        }
        next
    }

    /// Which slot of the stack the running frame begins at; survives a move of the stack.
    pub(crate) fn base_slot(&self) -> usize {
        (self.base as usize).wrapping_sub(self.thread.stack as usize)
    }

    /// Counts a nested C call; fails at PUC's limit.
    pub(crate) fn enter_c(&mut self) -> Result<(), Raise> {
        let depth = self.thread_mut().c_depth + 1;
        if depth == MAX_C_DEPTH {
            return Err(self.raise_plain(FaultKind::CStackOverflow));
        }
        if depth >= ERROR_C_DEPTH {
            return Err(Raise::InHandler);
        }
        self.thread_mut().c_depth = depth;
        Ok(())
    }

    #[inline]
    pub(crate) fn leave_c(&mut self) {
        let t = self.thread_mut();
        t.c_depth = t.c_depth.saturating_sub(1);
    }

    /// As [`Vm::begin_call`], with the link given.
    ///
    /// # Safety
    /// `f` is a slot of the running stack, followed by that of the link and the arguments.
    pub(crate) unsafe fn begin_call_with(
        &mut self,
        mut f: *mut Value,
        mut nargs: usize,
        link: Link,
    ) -> Result<Next, Raise> {
        // SAFETY: `f` and the arguments are live slots of the running stack; room beyond them is
        // checked before it is used.
        unsafe {
            loop {
                match (*f).tag {
                    tag::LUA_FN => {
                        self.enter_lua(f, nargs, link)?;
                        if self.hooks_on() {
                            return self.call_hook(link.is_tail());
                        }
                        return Ok(Next::Lua);
                    }
                    tag::NATIVE => {
                        f = self.reserve(f, HEADER + nargs + NATIVE_SLOTS)?;
                        let base = f.add(HEADER);
                        link.write(base);
                        self.base = base;
                        self.top = base.add(nargs);
                        self.ip = std::ptr::null();
                        if self.hooks_on() {
                            return self.call_hook(link.is_tail());
                        }
                        let native: &'static Native =
                            (*((*f).payload as usize as *const crate::function::NativeObj)).def;
                        return Ok(Next::Native(native.call(self)));
                    }
                    _ => {
                        let handler = self.metamethod(*f, Event::Call);
                        if handler.is_nil() {
                            return Err(self.call_error(f));
                        }
                        f = self.reserve(f, HEADER + nargs + 1 + NATIVE_SLOTS)?;
                        let args = f.add(HEADER);
                        std::ptr::copy(args, args.add(1), nargs);
                        *args = *f;
                        *f = handler;
                        nargs += 1;
                        self.charge_many(nargs, VALUES_MOVED);
                    }
                }
            }
        }
    }

    /// Calls the value in `f` if that is a plain matter: a Lua function without variable arguments
    /// that fits on the stack, no hook. False: nothing has happened, [`Vm::begin_call`] knows.
    #[inline(always)]
    pub(crate) unsafe fn push_call_frame(
        &mut self,
        f: *mut Value,
        nargs: usize,
        kind: FrameKind,
        payload: u64,
        nres: i32,
    ) -> bool {
        // SAFETY: as in `begin_call`.
        unsafe {
            if (*f).tag != tag::LUA_FN || self.hooks_on() {
                return false;
            }
            let cl = (*f).payload as usize as *const LuaFn;
            let proto = (*cl).proto;
            let base = f.add(HEADER);
            let top = base.wrapping_byte_add((*proto).frame_bytes as usize);
            let t = self.thread.as_ptr();
            if (*proto).is_vararg || top > self.stack_end || (*t).c_depth + 1 >= MAX_C_DEPTH {
                return false;
            }
            (*t).c_depth += 1;
            let params = base.add((*proto).num_params as usize);
            let mut end = base.add(nargs);
            while end < params {
                rolled();
                *end = Value::NIL;
                end = end.add(1);
            }
            let delta = base as usize - self.base as usize;
            Link::new(kind, payload, delta, nres).write(base);
            self.base = base;
            self.top = top;
            self.ip = (*cl).code;
            true
        }
    }

    /// Pushes the frame of a Lua function: fills missing parameters, moves vararg frames.
    unsafe fn enter_lua(&mut self, f: *mut Value, nargs: usize, link: Link) -> Result<(), Raise> {
        // SAFETY: the callers: `f` holds a Lua function and its arguments follow the header;
        // `reserve` makes room for all that is written, and says where `f` is then.
        unsafe {
            let cl = (*f).payload as usize as *const LuaFn;
            let proto = (*cl).proto;
            let params = (*proto).num_params as usize;
            let frame = (*proto).frame_bytes as usize / SLOT;
            let mut nargs = nargs;
            let vararg = (*proto).is_vararg;
            let extra = if vararg { nargs.max(params) + HEADER } else { 0 };
            let f = self.reserve(f, HEADER + extra + frame.max(nargs))?;
            let mut base = f.add(HEADER);
            while nargs < params {
                *base.add(nargs) = Value::NIL;
                nargs += 1;
            }
            link.write(base);
            if vararg {
                let moved = base.add(nargs + HEADER);
                *moved.sub(HEADER) = *f;
                for i in 0..params {
                    *moved.add(i) = *base.add(i);
                    *base.add(i) = Value::NIL;
                }
                let shift = nargs + HEADER;
                let moved_link =
                    Link::new(FrameKind::Vararg, shift as u64, link.delta() + shift * SLOT, 0);
                moved_link.write(moved);
                base = moved;
            }
            self.base = base;
            self.top = base.add(frame);
            self.ip = (*cl).code;
            Ok(())
        }
    }

    /// Ends the running frame with `n` values from `first` on.
    pub(super) fn finish_frame(&mut self, first: *mut Value, n: usize) -> Result<Next, Raise> {
        // SAFETY: links describe the frames (invariant of calls); results are moved downwards
        // within the running stack.
        unsafe {
            let mut base = self.base;
            let mut link = Link::read(base);
            if link.kind() == FrameKind::Vararg {
                base = base.sub(link.payload as usize);
                link = Link::read(base);
            }
            let f = base.sub(HEADER);
            let caller = (base as *mut u8).wrapping_sub(link.delta()) as *mut Value;
            match link.kind() {
                FrameKind::Lua => {
                    let ip = link.ip();
                    let wanted = (*ip).c as usize;
                    self.base = caller;
                    self.ip = ip.add(1);
                    if wanted == 0 {
                        self.charge_many(n, VALUES_MOVED);
                        std::ptr::copy(first, f, n);
                        self.top = f.add(n);
                    } else {
                        place(first, n, f, wanted - 1);
                    }
                    Ok(Next::Lua)
                }
                FrameKind::Meta => {
                    self.leave_c();
                    self.base = caller;
                    self.ip = link.ip();
                    self.finish_instr(first, n, link.nres())
                }
                FrameKind::Native => {
                    self.leave_c();
                    let count = if link.nres() < 0 { n } else { link.nres() as usize };
                    self.charge_many(count, VALUES_MOVED);
                    place(first, n, f, count);
                    self.base = caller;
                    self.top = f.add(count);
                    self.ip = std::ptr::null();
                    let then = link.native();
                    if self.heap.debt > 0 {
                        self.collect_garbage_step();
                    }
                    if self.top.add(NATIVE_SLOTS) > self.stack_end {
                        self.grow_stack_unchecked(NATIVE_SLOTS);
                    }
                    Ok(Next::Native(self.run_continuation(then)))
                }
                FrameKind::Base => self.finish_thread(first, n),
                FrameKind::Hook => {
                    self.leave_c();
                    let note = (*f.sub(2)).payload as i64;
                    self.return_between(f, caller, link);
                    self.after_hook(note)
                }
                FrameKind::Gc => {
                    self.leave_c();
                    self.allow_hooks((*f.sub(2)).payload as i64);
                    self.return_between(f, caller, link);
                    self.after_finalizer()
                }
                FrameKind::Close => {
                    self.leave_c();
                    self.does_not_count();
                    self.return_between(f, caller, link);
                    Ok(Next::Lua)
                }
                FrameKind::Handler => {
                    self.leave_c();
                    let error = if n > 0 { *first } else { Value::NIL };
                    self.release_fault(self.offset_of(f), error);
                    self.base = caller;
                    self.top = f;
                    Ok(self.unwind(Raise::Error(error)))
                }
                FrameKind::Unwind => {
                    self.leave_c();
                    let error = *f.sub(1);
                    self.release_fault(self.offset_of(f), error);
                    self.base = caller;
                    self.top = f;
                    self.ip = std::ptr::null();
                    let level = caller.offset(link.payload as i64 as isize);
                    Ok(self.unwind_on(caller, level, error))
                }
                FrameKind::Vararg => Ok(Next::Exit(crate::vm::exit::BROKEN)),
            }
        }
    }

    /// Back to an instruction that did not call: its values up to the top are as they were. The
    /// slot below the callee remembers the top.
    unsafe fn return_between(&mut self, f: *mut Value, caller: *mut Value, link: Link) {
        // SAFETY: the caller: the frame at `f` was pushed by `call_between`, which put the note
        // with the old top below it.
        unsafe {
            self.base = caller;
            self.ip = link.ip();
            self.top = caller.add((*f.sub(1)).payload as usize);
        }
    }

    /// Pushes a call between two instructions of the running frame (or before a native starts):
    /// function and arguments go above everything in use, below them the saved top and a note.
    pub(crate) fn call_between(
        &mut self,
        func: Value,
        args: &[Value],
        kind: FrameKind,
        note: i64,
    ) -> Result<Next, Raise> {
        // SAFETY: room is made before the slots are written.
        unsafe {
            let at = self.free_slot().max(self.top);
            let at = self.reserve(at, 4 + args.len() + NATIVE_SLOTS)?;
            *at = Value::int(note);
            *at.add(1) = Value::int(self.top.offset_from(self.base) as i64);
            let f = at.add(2);
            write_call(f, func, args);
            self.begin_call(f, args.len(), kind, self.ip as u64, 0)
        }
    }

    /// Calls a metamethod for the instruction at `vm.ip`, which its result completes.
    #[inline(always)]
    pub(crate) fn call_meta(
        &mut self,
        handler: Value,
        args: &[Value],
        note: i32,
    ) -> Result<Next, Raise> {
        // SAFETY: `vm.ip` is an instruction of the running Lua frame.
        if unsafe { self.push_meta_frame(handler, args, note) } {
            return Ok(Next::Lua);
        }
        self.begin_call_of_meta(handler, args, note)
    }

    /// The same if that is a plain matter, see [`Vm::push_call_frame`]. False: nothing has happened.
    ///
    /// # Safety
    /// `vm.ip` is an instruction of the running Lua frame.
    #[inline(always)]
    pub(super) unsafe fn push_meta_frame(
        &mut self,
        handler: Value,
        args: &[Value],
        note: i32,
    ) -> bool {
        let f = self.frame_end();
        if f.wrapping_add(HEADER + args.len() + NATIVE_SLOTS) > self.stack_end {
            return false;
        }
        // SAFETY: the slots above the frame are free and on the stack.
        unsafe {
            write_call(f, handler, args);
            self.push_call_frame(f, args.len(), FrameKind::Meta, self.ip as u64, note)
        }
    }

    #[inline(never)]
    fn begin_call_of_meta(
        &mut self,
        handler: Value,
        args: &[Value],
        note: i32,
    ) -> Result<Next, Raise> {
        // SAFETY: room is made before the slots are written.
        let f = unsafe {
            let f = self.reserve(self.frame_end(), HEADER + args.len() + NATIVE_SLOTS)?;
            write_call(f, handler, args);
            f
        };
        self.begin_call(f, args.len(), FrameKind::Meta, self.ip as u64, note)
    }
}

/// Writes a function and its arguments as a call finds them.
///
/// # Safety
/// There is room for them from `f` on.
#[inline(always)]
unsafe fn write_call(f: *mut Value, func: Value, args: &[Value]) {
    // SAFETY: the caller.
    unsafe {
        *f = func;
        *f.add(1) = Value::NIL;
        for (i, &v) in args.iter().enumerate() {
            *f.add(HEADER + i) = v;
        }
    }
}

/// Moves `n` values to `to`, cut or filled with nil to `wanted`.
#[inline(always)]
pub(crate) unsafe fn place(first: *mut Value, n: usize, to: *mut Value, wanted: usize) {
    // SAFETY: the callers: `n` values stand at `first` and there is room for `wanted` at `to`, on
    // one stack; where the two overlap, `to` is not above `first`.
    unsafe {
        let m = n.min(wanted);
        for i in 0..m {
            copy(to.add(i), first.add(i));
        }
        for i in m..wanted {
            *to.add(i) = Value::NIL;
        }
    }
}

/// Whether a thread may be resumed.
pub(crate) fn resumable(status: Status) -> bool {
    matches!(status, Status::New | Status::Suspended)
}
