//! Debug hooks in the machine. When and what is decided in [`crate::debug::hook`].
//!
//! A thread's hook is *in force* while the thread runs and no hook function or finalizer does
//! ([`Vm::apply_hook`], [`Vm::suspend_hook`]); only then does it cost anything, by other handler
//! tables:
//!
//! * A count hook has its turn at a total of fuel, as the end of what is granted has: nothing looks at
//!   instructions before it is near. The few instructions that do not count move the total
//!   ([`COUNTING`]).
//! * For call and return hooks, calls and returns go through their general helpers ([`HOOKED`]).
//! * For line hooks, every instruction is compared with the end of its line first ([`op_line`]).

use super::call::{Next, opcode};
use super::dispatch::{Table, handlers, proceed, tail};
use super::frame::FrameKind;
use super::fuel::{op_at, op_exact_end};
use super::ops_call::op_varargprep;
use super::ops_loop::{op_tforloop, op_tforprep};
use super::table::{COUNTED, COUNTING, COVERED, EXACT, HANDLERS, HOOKED, LINES, SINGLE, WATCHED};
use crate::debug::hook::{HookAction, HookEvent, mask};
use crate::error::Raise;
use crate::function::NativeObj;
use crate::object::native::Native;
use crate::value::{Value, tag};
use crate::vm::Vm;
use crate::vm::meter::NEVER;
use luka_bytecode::Op;

/// What to do when a hook function has returned (saved below its frame).
mod note {
    pub const INSTR: i64 = 0;
    pub const START: i64 = 1;
    /// Plus the number of values a native returns.
    pub const RETURN: i64 = 2;
}

impl Vm {
    /// Whether calls and returns concern the hook in force.
    #[inline(always)]
    pub(crate) fn hooks_on(&self) -> bool {
        self.hooked
    }

    /// Puts the running thread's hook in force, if it has one that may run.
    pub(crate) fn apply_hook(&mut self) {
        let hook = &self.thread.hook;
        if hook.mask == 0 || hook.func.is_nil() || hook.active {
            return;
        }
        self.hook_state.live = true;
        self.hook_state.lines = hook.mask & mask::LINE != 0;
        self.hooked = hook.mask & !mask::COUNT != 0;
        if hook.mask & mask::COUNT != 0 {
            self.meter.count_event = self.total() + i64::from(hook.left);
        }
        self.plan();
        self.update_dispatch();
    }

    /// The hook in force, if there is one, is no longer.
    pub(crate) fn suspend_hook(&mut self) {
        if !self.hook_state.live {
            return;
        }
        self.settle_run();
        if self.meter.count_event < NEVER {
            let left = (self.meter.count_event - self.total()).max(0);
            self.thread.update_hook(|h| h.left = left.try_into().unwrap_or(u32::MAX));
            self.meter.count_event = NEVER;
        }
        self.hook_state.live = false;
        self.hook_state.lines = false;
        self.hooked = false;
        self.plan();
        self.update_dispatch();
    }

    /// Chooses the handler tables.
    pub(crate) fn update_dispatch(&mut self) {
        self.plain = if self.hooked {
            &raw const HOOKED
        } else if self.hook_state.live {
            &COUNTING
        } else if self.debugging.is_some() {
            &SINGLE
        } else {
            &HANDLERS
        };
        let table = if self.observer.is_some() {
            &WATCHED
        } else if self.hook_state.lines {
            &LINES
        } else if self.meter.exact {
            &EXACT
        } else if self.profile.is_some() {
            &COUNTED
        } else if self.coverage.is_some() {
            &COVERED
        } else {
            self.usual_table()
        };
        self.tb = self.marked(table);
        #[cfg(luka_jit)]
        {
            self.tier.table = self.tb;
        }
    }

    /// Whether native code is entered where these handlers are in use.
    #[cfg(luka_jit)]
    pub(super) fn enters_native(&self, handlers: *const Table) -> bool {
        let plain: [*const Table; 3] = [&HANDLERS, &SINGLE, &super::table::RECORDED];
        plain.contains(&handlers)
    }

    /// The table where nothing looks at every instruction for the program or the host.
    fn usual_table(&self) -> *const Table {
        #[cfg(luka_jit)]
        if self.tier.recording && !self.hook_state.live {
            return &super::table::RECORDED;
        }
        self.plain
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

    /// Before the instruction at `vm.ip`: the hook's turn, if it has an event. `None`: execute it.
    fn hooked_instr(&mut self) -> Option<Result<Next, Raise>> {
        match self.hook_before_instr() {
            HookAction::Run => None,
            HookAction::Call { event, line } => {
                self.settle_top();
                Some(self.run_hook(event, line, note::INSTR))
            }
        }
    }

    /// The machine's status if the hook in force has had its turn before the instruction at `vm.ip`,
    /// or failed; `None`: execute the instruction.
    pub(super) fn event_before(&mut self) -> Option<u32> {
        let lines = self.hook_state.lines;
        if !lines && self.total() < self.meter.count_event {
            return None;
        }
        let next = self.hooked_instr()?;
        Some(self.continue_with(next))
    }

    /// Has the instruction at `vm.ip` shown to the observer, which may execute it. Then what its
    /// handler in [`COUNTING`] does beside is done here.
    fn watched_instr(&mut self) -> Option<u32> {
        let op = opcode(self.instr());
        if self.hook_state.live {
            if op == Op::TForPrep {
                self.thread.update_hook(|h| h.in_loop_head = true);
            } else if op == Op::TForCall {
                self.first_of_loop();
            }
        }
        let status = super::observe::observed(self)?;
        if self.hook_state.live && matches!(op, Op::VarargPrep | Op::TForLoop) {
            self.does_not_count();
        }
        Some(status)
    }

    /// A TFORCALL does not count if it is the first of its loop.
    pub(super) fn first_of_loop(&mut self) {
        if self.thread.update_hook(|h| std::mem::take(&mut h.in_loop_head)) {
            self.does_not_count();
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
        if self.hook_state.live {
            self.thread.update_hook(|h| h.in_loop_head = false);
        }
        let forbids = |kind| matches!(kind, FrameKind::Hook | FrameKind::Gc);
        if self.thread.hook.active && !self.frames(self.thread).any(|f| forbids(f.kind)) {
            self.hook_abort();
        }
    }
}

handlers! {
    /// Every instruction while a line hook is in force.
    #[inline(never)]
    fn op_line(m) {
        let run = &raw mut (*m.vm).hook_state.run;
        if m.has_less_than(2) || m.ip <= (*run).last || m.ip >= (*run).end {
            tail!(m, op_exact_end)
        }
        (*run).last = m.ip;
        tail!(m, Table::interpreted((*m.vm).plain, m.ip))
    }
    /// VARARGPREP with a hook in force.
    fn op_varargprep_uncounted(m) {
        (*m.vm).does_not_count();
        tail!(m, op_varargprep)
    }
    /// TFORLOOP with a hook in force.
    fn op_tforloop_uncounted(m) {
        (*m.vm).does_not_count();
        tail!(m, op_tforloop)
    }
    /// TFORPREP with a hook in force.
    fn op_tforprep_noted(m) {
        (*(*m.vm).thread.as_ptr()).hook.in_loop_head = true;
        tail!(m, op_tforprep)
    }
    /// Every instruction while there is an observer.
    #[inline(never)]
    fn op_watch(m) {
        m.save();
        if let Some(status) = watch(&mut *m.vm) {
            proceed!(m.vm, status)
        }
        if m.has_less_than(2) {
            tail!(m, op_at)
        }
        tail!(m, Table::interpreted((*m.vm).plain, m.ip))
    }
}

/// A look at the next stop, the hook's turn, then the observer's. The machine's status if the
/// instruction at `vm.ip` is done or has to wait; `None`: its handler executes it.
#[inline(never)]
fn watch(vm: &mut Vm) -> Option<u32> {
    if let Some(status) = vm.stop_before() {
        return Some(status);
    }
    if let Some(status) = vm.event_before() {
        return Some(status);
    }
    vm.watched_instr()
}
