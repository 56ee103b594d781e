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
use crate::heap::Gc;
use crate::object::thread::{Hook, Stage, Thread};
use crate::stack::FrameKind;
use crate::value::Value;
use crate::vm::Vm;
use luka_bytecode::Op;

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
        thread.update_hook(|h| {
            h.func = func;
            h.mask = mask;
            h.count = count;
            h.left = count;
            if !h.active {
                h.stage = Stage::Fresh;
            }
        });
        if thread == self.thread {
            self.update_hooked();
        }
    }

    /// Keeps hooks from running while a finalizer does; returns what [`Vm::allow_hooks`] is to be
    /// told at its end.
    pub(crate) fn forbid_hooks(&mut self) -> i64 {
        self.thread.update_hook(|h| std::mem::replace(&mut h.active, true)) as i64
    }

    pub(crate) fn allow_hooks(&mut self, before: i64) {
        self.thread.update_hook(|h| h.active = before != 0);
    }

    /// Asks about the instruction the running function is at.
    pub(crate) fn hook_before_instr(&mut self) -> HookAction {
        let hook = self.thread.hook;
        if hook.active || hook.mask & (mask::LINE | mask::COUNT) == 0 {
            return HookAction::Run;
        }
        let frame = self.frames(self.thread).next();
        let Some((proto, pc)) = frame.as_ref().and_then(visible_code) else {
            return HookAction::Run;
        };
        let p = &proto.data;
        let op = p.code.get(pc).and_then(|i| i.opcode());
        self.thread.update_hook(|h| {
            // Some instructions are halves of one in PUC's machine.
            let in_loop_head = std::mem::replace(&mut h.in_loop_head, op == Some(Op::TForPrep));
            if matches!(op, Some(Op::VarargPrep | Op::TForLoop))
                || op == Some(Op::TForCall) && in_loop_head
            {
                return HookAction::Run;
            }
            let stage = std::mem::take(&mut h.stage);
            if matches!(stage, Stage::Traced | Stage::Returning) {
                if stage == Stage::Returning {
                    h.stage = Stage::Returning;
                }
                return HookAction::Run;
            }
            if stage == Stage::Fresh && h.mask & mask::COUNT != 0 {
                h.left = h.left.saturating_sub(1);
                if h.left == 0 {
                    h.left = h.count;
                    let line_too = h.mask & mask::LINE != 0;
                    h.stage = if line_too { Stage::Counted } else { Stage::Traced };
                    h.no_transfer();
                    return HookAction::Call { event: HookEvent::Count, line: None };
                }
            }
            if h.mask & mask::LINE == 0 {
                return HookAction::Run;
            }
            // The last instruction traced may belong to another function: any valid one will do,
            // a wrong one costs at most an event more.
            // (As PUC's: the return from a count hook counts as having been here.)
            if stage == Stage::Counted {
                h.old_pc = pc as u32;
            }
            let old = if (h.old_pc as usize) < p.code.len() { h.old_pc as usize } else { 0 };
            h.old_pc = pc as u32;
            let lines = &p.debug.lines;
            if pc > old && lines.get(old) == lines.get(pc) {
                return HookAction::Run;
            }
            h.stage = Stage::Traced;
            h.no_transfer();
            HookAction::Call { event: HookEvent::Line, line: lines.get(pc).copied() }
        })
    }

    /// Asks about the function whose frame is on top and has not begun.
    pub(crate) fn hook_on_call(&mut self) -> HookAction {
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
        let mut frames = self.frames(self.thread);
        let kind = frames.next().map(|f| f.kind);
        let caller = frames.next();
        let caller_pc = caller.as_ref().and_then(visible_code).map(|(_, pc)| pc);
        self.thread.update_hook(|h| {
            // After a `__close` its instruction is executed again, traced as it is.
            h.stage = if kind == Some(FrameKind::Close) { Stage::Traced } else { Stage::Fresh };
            // The line hook goes on from the caller's instruction (which, under a finalizer, has
            // not been reached).
            if let Some(pc) = caller_pc
                && kind != Some(FrameKind::Gc)
            {
                h.old_pc = pc as u32;
            }
        });
        HookAction::Run
    }

    /// The hook function and its arguments. From now on no hook runs in this thread.
    pub(crate) fn hook_begin(
        &mut self,
        event: HookEvent,
        line: Option<u32>,
    ) -> (Value, [Value; 2]) {
        let name = self.small_str(event.name());
        let line = line.map_or(Value::NIL, |n| Value::int(n.into()));
        self.thread.update_hook(|h| h.active = true);
        (self.thread.hook.func, [name, line])
    }

    /// The hook function has returned.
    pub(crate) fn hook_end(&mut self) {
        self.thread.update_hook(|h| {
            h.active = false;
            if h.mask == 0 {
                h.stage = Stage::Fresh;
            }
        });
    }

    /// An error unwinds past the hook function.
    pub(crate) fn hook_abort(&mut self) {
        self.thread.update_hook(|h| {
            h.active = false;
            h.stage = Stage::Fresh;
        });
    }
}

impl Hook {
    /// What a new thread takes over: the settings, but not the function, which `debug.sethook`
    /// knows by thread.
    pub(crate) fn inherited(&self) -> Hook {
        Hook { mask: self.mask, count: self.count, left: self.count, ..Hook::NONE }
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
