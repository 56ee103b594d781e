//! When a debug hook runs and what it is told (`luaG_traceexec`, `luaD_hook` of PUC Lua 5.4).
//!
//! The interpreter asks; the call of the hook function is an ordinary frame of kind `Hook` that it
//! sets up above the frame being traced:
//!
//! * [`Vm::hook_on_call`] once a callee's frame stands (for a vararg function: after VARARGPREP);
//! * [`Vm::hook_before_instr`] before each instruction, and again for the same instruction when a
//!   hook it asked for has returned;
//! * [`Vm::hook_on_return`] when results are about to be handed to the caller; again if the
//!   interpreter executes the RETURN again after the hook.
//!
//! Around the call of the hook function: [`Vm::hook_begin`], then [`Vm::hook_end`] or, when an
//! error unwinds past it, [`Vm::hook_abort`].

use super::visible_code;
use crate::function::ProtoData;
use crate::heap::Gc;
use crate::object::proto::unmarked;
use crate::object::thread::{Hook, Stage, Thread};
use crate::stack::FrameKind;
use crate::value::Value;
use crate::vm::Vm;
use luka_bytecode::{Instr, Op};

/// How far a line is followed at once: each instruction of a run is looked at when it begins.
const LONGEST_RUN: usize = 64;

/// Bits of [`Hook::mask`] (`LUA_MASKCALL`…).
pub mod mask {
    /// Calls.
    pub const CALL: u8 = 1;
    /// Returns.
    pub const RETURN: u8 = 2;
    /// Lines.
    pub const LINE: u8 = 4;
    /// Every so many instructions.
    pub const COUNT: u8 = 8;
}

/// Why a hook is called.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum HookEvent {
    /// A function has been called.
    Call,
    /// A function is about to return.
    Return,
    /// A new line is about to be executed.
    Line,
    /// The number of instructions asked for has been executed.
    Count,
    /// A function has been called by a tail call.
    TailCall,
}

impl HookEvent {
    /// The event's name, the hook function's first argument.
    pub fn name(self) -> &'static str {
        match self {
            HookEvent::Call => "call",
            HookEvent::Return => "return",
            HookEvent::Line => "line",
            HookEvent::Count => "count",
            HookEvent::TailCall => "tail call",
        }
    }
}

/// What the interpreter is to do at a point where a hook may run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum HookAction {
    /// Go on.
    Run,
    /// Call the hook function first. `line` is its second argument, nil if `None`.
    Call {
        /// Why.
        event: HookEvent,
        /// The line, for line events.
        line: Option<u32>,
    },
}

impl Vm {
    /// Sets or clears (`mask` 0) a thread's hook.
    pub fn set_hook(&mut self, thread: Gc<Thread>, func: Value, mask: u8, count: u32) {
        let func = if mask == 0 { Value::NIL } else { func };
        self.touch_thread(thread);
        if thread == self.thread {
            self.suspend_hook();
        }
        thread.update_hook(|h| {
            h.func = func;
            h.mask = mask;
            h.count = count;
            // An instruction that a hook has interrupted is not counted when it is executed.
            let interrupted = matches!(h.stage, Stage::Traced | Stage::Counted);
            h.left = if h.active && interrupted { count } else { count.saturating_sub(1) };
            if !h.active {
                h.stage = Stage::Fresh;
            }
        });
        if thread == self.thread {
            self.apply_hook();
        }
    }

    /// Keeps hooks from running while a finalizer does; returns what [`Vm::allow_hooks`] is to be
    /// told at its end.
    pub(crate) fn forbid_hooks(&mut self) -> i64 {
        self.suspend_hook();
        self.thread.update_hook(|h| std::mem::replace(&mut h.active, true)) as i64
    }

    pub(crate) fn allow_hooks(&mut self, before: i64) {
        self.thread.update_hook(|h| h.active = before != 0);
        self.apply_hook();
    }

    /// Asks about the instruction the running function is at, with the hook in force.
    pub(crate) fn hook_before_instr(&mut self) -> HookAction {
        self.settle_run();
        let f = self.lua_fn();
        let Some(proto) = super::visible_proto(f.into()) else { return HookAction::Run };
        let p = &proto.data;
        let pc = (self.ip as usize - f.code as usize) / size_of::<Instr>();
        let Some(&instr) = p.code.get(pc) else { return HookAction::Run };
        let instr = unmarked(instr);
        let mut hook = self.thread.hook;
        if !hook.sees(&instr) {
            return HookAction::Run;
        }
        let action = self.hook_event(&mut hook, p, pc);
        if hook.mask & mask::LINE != 0 && action == HookAction::Run {
            self.begin_run(p, pc);
        }
        self.thread.update_hook(|h| *h = hook);
        action
    }

    /// The event of an instruction that the hook sees.
    fn hook_event(&mut self, h: &mut Hook, p: &ProtoData, pc: usize) -> HookAction {
        match h.stage {
            Stage::Returning => return HookAction::Run,
            Stage::Traced => {
                h.stage = Stage::Fresh;
                return HookAction::Run;
            }
            Stage::Fresh | Stage::Counted => h.stage = Stage::Fresh,
        }
        let total = self.total();
        if h.mask & mask::COUNT != 0 && total >= self.meter.count_event {
            self.meter.count_event = total + i64::from(h.count);
            let line_too = h.mask & mask::LINE != 0;
            h.stage = if line_too { Stage::Counted } else { Stage::Traced };
            // (As PUC's: for the line event, the return from a count hook counts as having been here.)
            h.old_pc = pc as u32;
            h.no_transfer();
            return HookAction::Call { event: HookEvent::Count, line: None };
        }
        if h.mask & mask::LINE == 0 {
            return HookAction::Run;
        }
        // The last instruction traced may belong to another function: any valid one will do, a wrong
        // one costs at most an event more.
        let old = if (h.old_pc as usize) < p.code.len() { h.old_pc as usize } else { 0 };
        h.old_pc = pc as u32;
        let lines = &p.debug.lines;
        if pc > old && lines.get(old) == lines.get(pc) {
            return HookAction::Run;
        }
        h.stage = Stage::Traced;
        h.no_transfer();
        HookAction::Call { event: HookEvent::Line, line: lines.get(pc).copied() }
    }

    /// The instruction at `pc` of the running function has been traced: no event until control
    /// moves back or beyond its line.
    fn begin_run(&mut self, p: &ProtoData, pc: usize) {
        let lines = &p.debug.lines;
        let line = lines.get(pc);
        let near = (pc + 1..p.code.len()).take(LONGEST_RUN);
        let more = near.take_while(|&next| lines.get(next) == line).count();
        let code = self.lua_fn().code;
        let run = &mut self.hook_state.run;
        run.code = code;
        run.last = self.ip;
        run.end = code.wrapping_add(pc + 1 + more);
    }

    /// What was traced last within a run goes to the hook, which may run now, or the run ends.
    pub(crate) fn settle_run(&mut self) {
        let run = std::mem::take(&mut self.hook_state.run);
        if !run.code.is_null() {
            let pc = (run.last as usize - run.code as usize) / size_of::<Instr>();
            self.thread.update_hook(|h| h.old_pc = pc as u32);
        }
    }

    /// Asks about the function whose frame is on top and has not begun.
    pub(crate) fn hook_on_call(&mut self) -> HookAction {
        self.settle_run();
        let hook = self.thread.hook;
        let Some(frame) = self.frames(self.thread).next() else { return HookAction::Run };
        if hook.active || hook.mask == 0 {
            return HookAction::Run;
        }
        let proto = super::visible_proto(frame.func);
        let passed = match proto {
            Some(p) => p.num_params as usize,
            None => frame.top.saturating_sub(frame.base),
        };
        self.thread.update_hook(|h| {
            if let Some(p) = proto {
                // The first instruction to come counts as a new line.
                h.old_pc = p.is_vararg as u32;
            }
            h.stage = Stage::Fresh;
            if h.mask & mask::CALL == 0 {
                return HookAction::Run;
            }
            h.transfer(1, passed);
            let tail = frame.is_tail && proto.is_some();
            let event = if tail { HookEvent::TailCall } else { HookEvent::Call };
            HookAction::Call { event, line: None }
        })
    }

    /// Asks about the function on top, which returns `count` values from slot `first` of its frame
    /// (0-based) on.
    pub(crate) fn hook_on_return(&mut self, first: usize, count: usize) -> HookAction {
        self.settle_run();
        let hook = self.thread.hook;
        if hook.active || hook.mask == 0 {
            return HookAction::Run;
        }
        if hook.mask & mask::RETURN != 0 && hook.stage != Stage::Returning {
            return self.thread.update_hook(|h| {
                h.stage = Stage::Returning;
                h.transfer(first + 1, count);
                HookAction::Call { event: HookEvent::Return, line: None }
            });
        }
        if hook.stage == Stage::Returning && !self.ip.is_null() {
            // The RETURN has been executed twice.
            self.does_not_count();
        }
        let kind = self.running_kind();
        let lines = hook.mask & mask::LINE != 0;
        // After a `__close` its instruction is executed again, traced as it is.
        let again = lines && kind == FrameKind::Close;
        let stage = if again { Stage::Traced } else { Stage::Fresh };
        // The line hook goes on from the caller's instruction (which, under a finalizer, has not been
        // reached).
        let caller =
            (lines && kind != FrameKind::Gc).then(|| self.frames(self.thread).nth(1)).flatten();
        let caller_pc = caller.as_ref().and_then(visible_code).map(|(_, pc)| pc);
        self.thread.update_hook(|h| {
            h.stage = stage;
            if let Some(pc) = caller_pc {
                h.old_pc = pc as u32;
            }
        });
        HookAction::Run
    }

    /// The instruction just paid for counts for no event.
    pub(crate) fn does_not_count(&mut self) {
        self.meter.count_event = self.meter.count_event.saturating_add(1);
    }

    /// The hook function and its arguments. From now on no hook runs in this thread.
    pub(crate) fn hook_begin(
        &mut self,
        event: HookEvent,
        line: Option<u32>,
    ) -> (Value, [Value; 2]) {
        let name = self.small_str(event.name());
        let line = line.map_or(Value::NIL, |n| Value::int(n.into()));
        self.suspend_hook();
        self.thread.update_hook(|h| h.active = true);
        (self.thread.hook.func, [name, line])
    }

    /// The hook function has returned to the instruction at `vm.ip`, or to a native.
    pub(crate) fn hook_end(&mut self) {
        let again = !self.ip.is_null();
        self.thread.update_hook(|h| {
            h.active = false;
            // The stage is for the events that the hook (which may have been changed) asks for.
            let asks = match h.stage {
                Stage::Fresh => true,
                Stage::Counted | Stage::Traced => h.mask & mask::LINE != 0,
                Stage::Returning => h.mask & !mask::COUNT != 0,
            };
            if !asks {
                if h.stage == Stage::Returning && again {
                    h.left = h.left.saturating_add(1);
                }
                h.stage = Stage::Fresh;
            }
        });
        self.apply_hook();
    }

    /// An error unwinds past the hook function.
    pub(crate) fn hook_abort(&mut self) {
        self.suspend_hook();
        self.thread.update_hook(|h| {
            h.active = false;
            h.stage = Stage::Fresh;
            h.in_loop_head = false;
        });
        self.apply_hook();
    }
}

impl Hook {
    /// What a new thread takes over: the settings, but not the function, which `debug.sethook`
    /// knows by thread.
    pub(crate) fn inherited(&self) -> Hook {
        let left = self.count.saturating_sub(1);
        Hook { mask: self.mask, count: self.count, left, ..Hook::NONE }
    }

    /// Whether the instruction counts for an event: some are halves of one in PUC's machine.
    pub(crate) fn sees(&self, instr: &Instr) -> bool {
        match instr.opcode() {
            Some(Op::VarargPrep | Op::TForLoop) => false,
            Some(Op::TForCall) => !self.in_loop_head,
            _ => true,
        }
    }

    fn transfer(&mut self, first: usize, count: usize) {
        // Without values there is nothing to tell.
        (self.first_transfer, self.transfers) =
            if count == 0 { (0, 0) } else { (first as u32, count as u32) };
    }

    fn no_transfer(&mut self) {
        self.transfer(0, 0);
    }
}
