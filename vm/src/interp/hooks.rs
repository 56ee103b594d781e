//! Debug hooks in the machine: while a thread has one, every instruction goes through [`op_watch`]
//! (another handler table), calls and returns ask too. When and what is decided in
//! [`crate::debug::hook`].

use super::call::{Next, opcode};
use super::dispatch::{handlers, proceed, run_helper, tail};
use super::frame::FrameKind;
use super::fuel::op_exact;
use super::table::{COUNTED, EXACT, HANDLERS, WATCHED};
use crate::debug::hook::{HookAction, HookEvent};
use crate::error::Raise;
use crate::function::NativeObj;
use crate::object::native::Native;
use crate::value::{Value, tag};
use crate::vm::Vm;
use luka_bytecode::Class;

/// What to do when a hook function has returned (saved below its frame).
mod note {
    pub const INSTR: i64 = 0;
    pub const START: i64 = 1;
    /// Plus the number of values a native returns.
    pub const RETURN: i64 = 2;
}

impl Vm {
    #[inline(always)]
    pub(crate) fn hooks_on(&self) -> bool {
        self.hooked
    }

    /// Another thread runs, or its hook has changed: whether there is one.
    #[inline(always)]
    pub(crate) fn update_hooked(&mut self) {
        let hooked = self.thread.hook.mask != 0 && !self.thread.hook.func.is_nil();
        if hooked != self.hooked {
            self.hooked = hooked;
            self.update_dispatch();
        }
    }

    /// Chooses the handler table.
    #[cold]
    #[inline(never)]
    pub(crate) fn update_dispatch(&mut self) {
        self.tb = if self.hooked || self.observer.is_some() {
            &WATCHED
        } else if self.meter.exact {
            &EXACT
        } else if self.profile.is_some() {
            &COUNTED
        } else {
            &HANDLERS
        };
    }

    fn run_hook(&mut self, event: HookEvent, line: Option<u32>, note: i64) -> Result<Next, Raise> {
        let (func, args) = self.hook_begin(event, line);
        match self.call_between(func, &args, FrameKind::Hook, note) {
            Ok(next) => Ok(next),
            Err(e) => {
                self.hook_abort();
                Err(e)
            }
        }
    }

    /// Before the instruction at `vm.ip`. `None`: execute it.
    fn hooked_instr(&mut self) -> Option<Result<Next, Raise>> {
        if !super::call::reads_top(self.instr()) {
            self.top = self.frame_end();
        }
        match self.hook_before_instr() {
            HookAction::Run => None,
            HookAction::Call { event, line } => Some(self.run_hook(event, line, note::INSTR)),
        }
    }

    /// A frame has been pushed and is about to start.
    pub(crate) fn call_hook(&mut self, _tail: bool) -> Result<Next, Raise> {
        match self.hook_on_call() {
            HookAction::Run => self.start_frame(),
            HookAction::Call { event, line } => self.run_hook(event, line, note::START),
        }
    }

    /// The running function returns `n` values at `first`.
    pub(super) fn return_hook(&mut self, first: *mut Value, n: usize) -> Result<Next, Raise> {
        // SAFETY: `first` lies in the running frame.
        let index = unsafe { first.offset_from(self.base) }.max(0) as usize;
        match self.hook_on_return(index, n) {
            HookAction::Run => {
                let next = self.finish_frame(first, n)?;
                if self.heap.debt > 0 && matches!(next, Next::Lua) {
                    return self.safepoint();
                }
                Ok(next)
            }
            HookAction::Call { event, line } => {
                let lua = !self.ip.is_null();
                if lua {
                    // SAFETY: as above.
                    self.top = unsafe { first.add(n) };
                }
                let note = if lua { note::INSTR } else { note::RETURN + n as i64 };
                self.run_hook(event, line, note)
            }
        }
    }

    /// A hook function has returned; `note` says what it interrupted.
    pub(crate) fn after_hook(&mut self, note: i64) -> Result<Next, Raise> {
        self.hook_end();
        match note {
            note::INSTR => Ok(Next::Lua),
            note::START => self.start_frame(),
            n => {
                let n = (n - note::RETURN) as usize;
                // SAFETY: the native's results are on top of its frame.
                let first = unsafe { self.top.sub(n) };
                self.return_hook(first, n)
            }
        }
    }

    /// Starts the function whose frame stands.
    fn start_frame(&mut self) -> Result<Next, Raise> {
        // SAFETY: `base` is the frame's base; a native object's definition is static.
        unsafe {
            let f = *self.base.sub(super::frame::HEADER);
            if f.tag == tag::NATIVE {
                let native: &'static Native = (*(f.payload as usize as *const NativeObj)).def;
                return Ok(Next::Native(native.call(self)));
            }
            Ok(Next::Lua)
        }
    }

    /// An error has cut frames down: a hook function among them is over.
    pub(crate) fn hook_unwound(&mut self) {
        let forbids = |kind| matches!(kind, FrameKind::Hook | FrameKind::Gc);
        if self.thread.hook.active && !self.frames(self.thread).any(|f| forbids(f.kind)) {
            self.hook_abort();
        }
    }

    /// Whether the instruction has to be executed by its general helper while hooks are on (calls
    /// and returns tell the hooks).
    fn hooked_helper(&self) -> Option<super::dispatch::Helper> {
        let class = opcode(self.instr()).info().class;
        if class == Class::Call {
            Some(Vm::call_instr)
        } else if class == Class::Return {
            Some(Vm::return_instr)
        } else {
            None
        }
    }
}

handlers! {
    /// Every instruction while a debug hook is set or there is an observer.
    #[inline(never)]
    fn op_watch(m) {
        m.save();
        match watch(&mut *m.vm) {
            None => tail!(m, op_exact),
            Some(status) => proceed!(m.vm, status),
        }
    }
}

/// A look at the next stop, the hook's turn, then the observer's. The machine's status if the instruction at `vm.ip` is done
/// or has to wait; `None`: its handler executes it.
#[inline(never)]
fn watch(vm: &mut Vm) -> Option<u32> {
    if let Some(status) = vm.stop_before() {
        return Some(status);
    }
    if vm.hooked
        && let Some(next) = vm.hooked_instr()
    {
        return Some(vm.continue_with(next));
    }
    if vm.observer.is_some()
        && let Some(status) = super::observe::observed(vm)
    {
        return Some(status);
    }
    match vm.hooked_helper() {
        Some(helper) if vm.hooked => {
            vm.fuel -= 8;
            Some(run_helper(vm, helper))
        }
        _ => None,
    }
}
