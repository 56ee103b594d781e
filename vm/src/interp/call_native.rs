//! Natives at work: calling one, and carrying out what it asks for.

use super::call::{NATIVE_SLOTS, Next, place};
use super::dispatch::{CONTINUE, handlers, proceed, tail};
use super::frame::{FrameKind, HEADER, Link, SLOT};
use super::intrinsics::HANDLERS;
use super::operand::*;
use crate::error::Raise;
use crate::function::NativeObj;
use crate::object::native::{Action, Catches, Native, NativeResult};
use crate::value::Value;
use crate::vm::{Vm, exit, meter::VALUES_MOVED};

impl Vm {
    /// Carries out what a native asks for.
    fn act(&mut self, result: NativeResult) -> Result<Next, Raise> {
        self.check_request(&result);
        // SAFETY: natives leave `top` within their frame (`Vm::push` and its like).
        unsafe {
            match result? {
                Action::Return(n) => {
                    let n = n as usize;
                    if self.hooks_on() {
                        return self.return_hook(self.top.sub(n), n);
                    }
                    let next = self.finish_frame(self.top.sub(n), n)?;
                    if self.heap.debt > 0 && matches!(next, Next::Lua) {
                        return self.safepoint();
                    }
                    Ok(next)
                }
                Action::Call { nargs, nres, then } => {
                    let f = self.top.sub(nargs as usize + HEADER);
                    let payload = then as *const Native as u64;
                    let offset = f.offset_from(self.base);
                    let depth = self.thread_mut().c_depth;
                    let running = self.base_slot();
                    match self.begin_call(f, nargs as usize, FrameKind::Native, payload, nres) {
                        Err(e) if then.catches != Catches::No && self.base_slot() == running => {
                            // What cannot be called fails inside the protected call: its link
                            // must stand for the error to be caught.
                            let base = self.base.offset(offset).add(HEADER);
                            let delta = base.offset_from(self.base) as usize * SLOT;
                            Link::new(FrameKind::Native, payload, delta, nres).write(base);
                            self.base = base;
                            self.top = base;
                            self.ip = std::ptr::null();
                            self.thread_mut().c_depth = depth + 1;
                            Err(e)
                        }
                        other => other,
                    }
                }
                Action::TailCall { nargs } => {
                    let link = Link::read(self.base);
                    let from = self.top.sub(nargs as usize + HEADER);
                    let f = self.base.sub(HEADER);
                    std::ptr::copy(from, f, 1);
                    std::ptr::copy(from.add(HEADER), f.add(HEADER), nargs as usize);
                    // An error finds the native's frame still standing.
                    self.begin_call_with(f, nargs as usize, link)
                }
                Action::Yield { n, then } => self.yield_values(n as usize, then),
                Action::Resume { nargs, then } => self.resume(nargs as usize, then),
                Action::Close { then } => self.close_coroutine(then),
                Action::Pause { then } => self.pause(then),
                Action::Ask { then } => {
                    self.pending = Some(then);
                    Ok(Next::Exit(exit::ASKED))
                }
            }
        }
    }

    /// A safepoint after the CALL of a native in `f`; `wanted` is its C.
    fn safepoint_after(&mut self, f: *mut Value, wanted: usize) -> Result<Next, Raise> {
        match wanted {
            0 => self.safepoint(),
            // (With no result wanted, the last slot in use is below the function's.)
            // SAFETY: results lie from `f` on, which is not the first register of a stack.
            n => self.safepoint_above(unsafe { f.add(n).sub(2) }),
        }
    }

    /// The native called at `vm.ip` was carried out in place and has left one result: fills up what
    /// is wanted and collects.
    pub(crate) fn collect_after_native(&mut self) -> Result<Next, Raise> {
        // SAFETY: the CALL is verified: its results are registers of the frame.
        unsafe {
            let f = ra(self.ip, self.base);
            let wanted = (*self.ip).c as usize;
            if wanted == 0 {
                self.top = f.add(1);
            }
            for i in 2..wanted {
                *f.add(i - 1) = Value::NIL;
            }
            self.advance();
            self.safepoint_after(f, wanted)
        }
    }

    /// Follows natives and errors until the machine can run Lua code or exits.
    #[inline(never)]
    pub(crate) fn continue_with(&mut self, mut next: Result<Next, Raise>) -> u32 {
        loop {
            next = match next {
                Ok(Next::Lua) => return CONTINUE,
                Ok(Next::Exit(status)) => return status,
                Ok(Next::Native(r)) => self.act(r),
                Err(raise) => Ok(self.throw(raise)),
            };
        }
    }
}

handlers! {
    /// CALL or TAILCALL of a native: the handler for its plain cases, if it has one.
    #[inline(never)]
    fn op_call_native(m) {
        let native = (*((*m.a()).payload as usize as *const NativeObj)).def;
        if (*m.vm).hooked {
            tail!(m, op_call_native_any)
        }
        tail!(m, HANDLERS[native.intrinsic as usize])
    }
    /// The same in general.
    #[inline(never)]
    fn op_call_native_any(m) {
        m.charged().save();
        proceed!(m.vm, call_native_from_lua(&mut *m.vm))
    }
}

/// CALL of a native.
#[inline(always)]
pub(crate) fn call_native_from_lua(vm: &mut Vm) -> u32 {
    // SAFETY: the CALL instruction is verified; R[A] holds a native.
    unsafe {
        let f = ra(vm.ip, vm.base);
        let b = (*vm.ip).b as usize;
        let nargs = if b == 0 { vm.top.offset_from(f) as usize - HEADER } else { b - 1 };
        call_native(vm, f, nargs)
    }
}

/// Calls the native in slot `f` for the CALL or TFORCALL at `vm.ip`: the common case of a plain
/// return is finished here.
#[inline(never)]
pub(super) fn call_native(vm: &mut Vm, f: *mut Value, nargs: usize) -> u32 {
    // SAFETY: the instruction is verified; `f` and the arguments are its window.
    unsafe {
        let ip = vm.ip;
        let base = f.add(HEADER);
        if base.add(nargs + NATIVE_SLOTS) > vm.stack_end || vm.hooks_on() {
            return call_native_slow(vm, f, nargs);
        }
        let delta = (base as usize) - (vm.base as usize);
        Link::new(FrameKind::Lua, ip as u64, delta, 0).write(base);
        vm.base = base;
        vm.top = base.add(nargs);
        vm.ip = std::ptr::null();
        let native: &'static Native =
            (*((*f).payload as usize as *const crate::function::NativeObj)).def;
        match native.call(vm) {
            Ok(Action::Return(n)) if !vm.hooks_on() => {
                let n = n as usize;
                // The stack may have moved: everything from the frame's own registers.
                let f = vm.base.sub(HEADER);
                let first = vm.top.sub(n);
                let link = Link::read(vm.base);
                let wanted = (*ip).c as usize;
                vm.base = (vm.base as *mut u8).sub(link.delta()) as *mut Value;
                vm.ip = ip.add(1);
                if wanted == 2 {
                    if n > 0 { copy(f, first) } else { *f = Value::NIL }
                } else {
                    let count = if wanted == 0 { n } else { wanted - 1 };
                    vm.charge_many(count, VALUES_MOVED);
                    let (mut from, mut to) = (first, f);
                    let (end, last) = (first.add(n), f.add(count));
                    while to < last {
                        rolled();
                        if from < end {
                            copy(to, from)
                        } else {
                            *to = Value::NIL
                        }
                        from = from.add(1);
                        to = to.add(1);
                    }
                    if wanted == 0 {
                        vm.top = to;
                    }
                }
                if vm.heap.debt > 0 {
                    return collect_after(vm, f, wanted);
                }
                CONTINUE
            }
            other => drive(vm, other),
        }
    }
}

/// As [`call_native`] when the stack is short or a hook is set.
#[cold]
#[inline(never)]
fn call_native_slow(vm: &mut Vm, f: *mut Value, nargs: usize) -> u32 {
    if vm.hooks_on() {
        let next = vm.call_instr();
        return vm.continue_with(next);
    }
    // SAFETY: `f` is a slot of the running stack.
    match unsafe { vm.reserve(f, HEADER + nargs + NATIVE_SLOTS) } {
        Ok(f) => call_native(vm, f, nargs),
        Err(e) => vm.continue_with(Err(e)),
    }
}

#[cold]
#[inline(never)]
fn collect_after(vm: &mut Vm, f: *mut Value, wanted: usize) -> u32 {
    let next = vm.safepoint_after(f, wanted);
    vm.continue_with(next)
}

/// Goes on with what a native has returned, as long as that is what functions with callbacks do:
/// call a Lua function, return to Lua or to another native, switch coroutines. The rest is for
/// [`Vm::continue_with`].
#[inline(never)]
pub(crate) fn drive(vm: &mut Vm, mut result: NativeResult) -> u32 {
    // SAFETY: natives leave `top` within their frame; links describe the frames.
    unsafe {
        while !vm.hooks_on() {
            vm.check_request(&result);
            match result {
                Ok(Action::Call { nargs, nres, then }) => {
                    let f = vm.top.sub(nargs as usize + HEADER);
                    let payload = then as *const Native as u64;
                    if !vm.push_call_frame(f, nargs as usize, FrameKind::Native, payload, nres) {
                        break;
                    }
                    return CONTINUE;
                }
                Ok(Action::Return(n)) => {
                    let link = Link::read(vm.base);
                    let first = vm.top.sub(n as usize);
                    match link.kind() {
                        FrameKind::Native => result = vm.resume_native(link, first, n as usize),
                        FrameKind::Lua => {
                            let f = vm.base.sub(HEADER);
                            let ip = link.ip();
                            vm.base = vm.base.byte_sub(link.delta());
                            vm.ip = ip.add(1);
                            let wanted = (*ip).c as usize;
                            if wanted == 0 {
                                vm.charge_many(n as usize, VALUES_MOVED);
                                place(first, n as usize, f, n as usize);
                                vm.top = f.add(n as usize);
                            } else {
                                place(first, n as usize, f, wanted - 1);
                            }
                            if vm.heap.debt > 0 {
                                let next = vm.safepoint();
                                return vm.continue_with(next);
                            }
                            return CONTINUE;
                        }
                        FrameKind::Meta | FrameKind::Base | FrameKind::Vararg | FrameKind::Hook => {
                            break;
                        }
                        FrameKind::Gc | FrameKind::Close | FrameKind::Handler => break,
                        FrameKind::Unwind => break,
                    }
                }
                Ok(Action::Resume { nargs, then }) => match vm.resume(nargs as usize, then) {
                    Ok(Next::Native(r)) => result = r,
                    Ok(Next::Lua) => return CONTINUE,
                    other => return vm.continue_with(other),
                },
                Ok(Action::Yield { n, then }) => match vm.yield_values(n as usize, then) {
                    Ok(Next::Native(r)) => result = r,
                    other => return vm.continue_with(other),
                },
                _ => break,
            }
        }
    }
    vm.continue_with(Ok(Next::Native(result)))
}

impl Vm {
    /// The running frame, which a native has called, ends with `n` values from `first` on: puts
    /// them where its continuation expects them and runs that.
    #[inline(always)]
    unsafe fn resume_native(&mut self, link: Link, first: *mut Value, n: usize) -> NativeResult {
        // SAFETY: the callers: `link` is the running frame's and of kind `Native`.
        unsafe {
            self.leave_c();
            let f = self.base.sub(HEADER);
            let count = if link.nres() < 0 { n } else { link.nres() as usize };
            self.charge_many(count, VALUES_MOVED);
            place(first, n, f, count);
            self.base = self.base.byte_sub(link.delta());
            self.top = f.add(count);
            self.ip = std::ptr::null();
            if self.heap.debt > 0 {
                self.collect_garbage_step();
            }
            if self.top.add(NATIVE_SLOTS) > self.stack_end {
                self.grow_stack_unchecked(NATIVE_SLOTS);
            }
            self.run_continuation(link.native())
        }
    }
}

/// A RETURN at `vm.ip` to a native or an instruction that called a metamethod: there is nothing to
/// close and no hook.
#[inline(never)]
pub(crate) fn return_to_caller(vm: &mut Vm) -> u32 {
    // SAFETY: operands are verified; the link is the frame's.
    unsafe {
        let i = vm.instr();
        let (first, n) = super::call_instr::returned(vm, i);
        let mut link = Link::read(vm.base);
        if link.kind() == FrameKind::Vararg {
            vm.base = vm.base.sub(link.payload as usize);
            link = Link::read(vm.base);
        }
        if link.kind() == FrameKind::Meta {
            vm.leave_c();
            vm.base = vm.base.byte_sub(link.delta());
            vm.ip = link.ip();
            match vm.finish_instr(first, n, link.nres()) {
                Ok(Next::Lua) => CONTINUE,
                other => vm.continue_with(other),
            }
        } else {
            let result = vm.resume_native(link, first, n);
            drive(vm, result)
        }
    }
}
