//! Natives at work: calling one, and carrying out what it asks for.

use super::call::{NATIVE_SLOTS, Next, place};
use super::dispatch::CONTINUE;
use super::frame::{FrameKind, HEADER, Link, SLOT};
use super::operand::*;
use crate::error::Raise;
use crate::native::{Action, Catches, Native, NativeResult};
use crate::value::Value;
use crate::vm::Vm;

impl Vm {
    /// Carries out what a native asks for.
    fn act(&mut self, result: NativeResult) -> Result<Next, Raise> {
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
            }
        }
    }

    /// Follows natives and errors until the machine can run Lua code or exits.
    #[inline(never)]
    pub(crate) fn settle(&mut self, mut next: Result<Next, Raise>) -> u32 {
        loop {
            next = match next {
                Ok(Next::Lua) => return CONTINUE,
                Ok(Next::Poll) => self.poll(),
                Ok(Next::Exit(status)) => return status,
                Ok(Next::Native(r)) => self.act(r),
                Err(raise) => Ok(self.throw(raise)),
            };
        }
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
pub(crate) fn call_native(vm: &mut Vm, mut f: *mut Value, nargs: usize) -> u32 {
    // SAFETY: the instruction is verified; `f` and the arguments are its window.
    unsafe {
        let ip = vm.ip;
        let mut base = f.add(HEADER);
        if base.add(nargs + NATIVE_SLOTS) > vm.stack_end {
            f = match vm.reserve(f, HEADER + nargs + NATIVE_SLOTS) {
                Ok(f) => f,
                Err(e) => return vm.settle(Err(e)),
            };
            base = f.add(HEADER);
        }
        if vm.hooks_on() {
            let next = vm.call_instr();
            return vm.settle(next);
        }
        let delta = (base as usize) - (vm.base as usize);
        Link::new(FrameKind::Lua, ip as u64, delta, 0).write(base);
        vm.base = base;
        vm.top = base.add(nargs);
        vm.ip = std::ptr::null();
        let native: &'static Native =
            (*((*f).payload as usize as *const crate::function::NativeObj)).def;
        match (native.func)(vm) {
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
                } else if wanted == 0 {
                    std::ptr::copy(first, f, n);
                    vm.top = f.add(n);
                } else {
                    place(first, n, f, wanted - 1);
                }
                if vm.heap.debt > 0 {
                    // (With no result wanted, the last slot in use is below the function's.)
                    let next = match wanted {
                        0 => vm.safepoint(),
                        n => vm.safepoint_above(f.add(n).sub(2)),
                    };
                    return vm.settle(next);
                }
                CONTINUE
            }
            other => vm.settle(Ok(Next::Native(other))),
        }
    }
}
