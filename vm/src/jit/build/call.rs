//! Calls of functions of the language.

use super::Builder;
use super::facts::Fact;
use super::state::{class_of, slot};
use crate::function::{LuaFn, ProtoObj};
use crate::jit::feedback::Callee;
use crate::jit::ir::*;
use crate::jit::state::Function;
use crate::stack::link::HEADER;
use crate::value::tag;
use luka_bytecode::Instr;
use std::mem::offset_of;

impl<'a> Builder<'a> {
    pub(super) fn call(&mut self, i: Instr) -> Option<()> {
        let site = self.site();
        if !site.reached {
            return self.unseen();
        }
        match self.source.feedback.callees.get(&self.pc).copied() {
            Some(Callee::Native(native)) => self.call_native(i, native),
            Some(Callee::Function(number)) => {
                let function: &'a Function = self.functions.get(number)?;
                // SAFETY: functions that are listed are live.
                let proto: &'a ProtoObj = unsafe { &*function.proto };
                let usual = matches!(i.c, 1 | 2)
                    || i.c > 2 && self.inlines(self.pc, number, function).is_some();
                if proto.exact_b == i.b && !proto.is_vararg && usual {
                    return self.call_function(i, number, function, proto);
                }
                self.call_any(i)
            }
            Some(Callee::Many) | None => self.call_any(i),
        }
    }

    /// Checks that a closure is one of the function with this number.
    pub(super) fn is_function(&mut self, closure: V, number: u32) {
        self.check(Fact::IsFunction(closure, number), |s| {
            let proto = s.load(Op::Load8, Class::General, closure, offset_of!(LuaFn, proto));
            let k = offset_of!(ProtoObj, native) as i64;
            s.guard(Ins { a: proto, y: number as i32, k, ..Ins::new(Op::GuardMem4) });
        });
    }

    fn call_function(
        &mut self,
        i: Instr,
        number: u32,
        function: &'a Function,
        proto: &'a ProtoObj,
    ) -> Option<()> {
        let pc = self.pc;
        let a = self.a(i);
        let inlined = self.inlines(pc, number, function);
        if inlined.is_none() && self.is_kept() {
            return Some(());
        }
        let closure = self.want(a, tag::LUA_FN)?;
        self.is_function(closure, number);
        let end = slot(a + HEADER) + i64::from(proto.frame_bytes);
        if let Some(flow) = inlined {
            self.stack_reaches(end);
            self.paid();
            return self.inline(a, false, (number, function, flow), closure);
        }
        let x = self.exit(Why::End);
        self.push(Ins { k: end, y: 1, x, ..Ins::new(Op::GuardStack) });
        self.calls_here(pc);
        self.paid();
        self.flush_all();
        self.settle();
        let own = number == self.source.number && self.is_function;
        let entries = if own { 0 } else { &raw const *function.entries as i64 };
        self.push(Ins { k: entries, y: slot(a) as i32, x: pc, ..Ins::new(Op::Call) });
        self.forget(|r| r >= a);
        if i.c == 1 {
            self.push(Ins { k: slot(a), ..Ins::new(Op::KeepResult) });
            self.resume_in_block(pc + 1);
        } else {
            let payload = self.define(Class::General, Ins::new(Op::ResultPayload));
            let tag = self.define(Class::General, Ins::new(Op::ResultTag));
            self.resume_with_result(pc + 1, a, payload, tag);
        }
        self.exit_here = None;
        self.check_fuel(pc + 1);
        self.check_result(i)
    }

    /// Behind a call of one result, which has the type that was seen.
    pub(super) fn check_result(&mut self, i: Instr) -> Option<()> {
        let a = self.a(i);
        if i.c == 2
            && let Some(tag) = self.site().result.only()
        {
            self.want_at(a, tag, self.pc + 1, Why::Guard)?;
            if class_of(tag) == Class::Float {
                self.payload(a, tag);
            }
        }
        Some(())
    }

    /// The interpreter's handler makes the call, moves or fills up arguments, and later the results.
    fn call_any(&mut self, i: Instr) -> Option<()> {
        if self.is_kept() {
            return Some(());
        }
        let pc = self.pc;
        let a = self.a(i);
        let x = self.exit(Why::End);
        self.push(Ins { y: 1, x, ..Ins::new(Op::GuardStack) });
        self.calls_here(pc);
        self.settle();
        self.flush_all();
        let results = match i.c {
            0 => Results::All,
            1 => Results::None,
            2 => Results::One,
            _ => Results::Several,
        };
        let k = self.exact(i, results);
        self.push(Ins { y: slot(a) as i32, x: pc, k, ..Ins::new(Op::CallAny) });
        self.forget(|r| r >= a);
        self.resume_in_block(pc + 1);
        self.exit_here = None;
        self.check_fuel(pc + 1);
        self.check_result(i)
    }

    /// The code of the [`Exact`] form of a call, 0 if there is none: how many arguments there are up to the top is
    /// guessed from what was called.
    fn exact(&self, i: Instr, results: Results) -> i64 {
        if i.b > 0 {
            return Exact { b: i.b, is_open: false, results }.code();
        }
        let Some(Callee::Function(number)) = self.source.feedback.callees.get(&self.pc) else {
            return 0;
        };
        let Some(function) = self.functions.get(*number) else { return 0 };
        // SAFETY: functions that are listed are live.
        let proto = unsafe { &*function.proto };
        match proto.is_vararg {
            true => 0,
            false => Exact { b: proto.exact_b, is_open: true, results }.code(),
        }
    }

    pub(super) fn tail_call(&mut self, i: Instr) -> Option<()> {
        if !self.inlining.is_empty() {
            return self.inlined_tail_call(i);
        }
        if !self.is_function {
            return self.leaves();
        }
        let pc = self.pc;
        if let Some(Callee::Native(native)) = self.source.feedback.callees.get(&pc)
            && i.n == 0
            && let Some(()) = self.tail_call_native(i, native)
        {
            return Some(());
        }
        self.close_frame(i);
        let a = self.a(i);
        self.calls_here(pc);
        self.settle();
        self.flush_all();
        let k = self.exact(i, Results::All);
        self.push(Ins { y: slot(a) as i32, x: pc, k, ..Ins::new(Op::TailCall) });
        self.forget(|r| r >= a);
        self.resume_in_block(pc + 1);
        self.exit_here = None;
        self.check_fuel(pc + 1);
        Some(())
    }

    /// Closes what ends with the frame, if the instruction says so. (Who executes it again, to move results, finds
    /// nothing to close.)
    fn close_frame(&mut self, i: Instr) {
        if i.n == 0 {
            return;
        }
        self.flush_all();
        self.push(Ins::new(Op::Close));
        let a = self.define(Class::General, Ins::new(Op::ResultPayload));
        let (b, x) = (self.int(0), self.exit(Why::End));
        self.push(Ins { a, b, x, ..Ins::new(Op::Guard) });
        self.state.facts.clear();
    }

    /// Any number of results; the caller's code, or the interpreter, moves them.
    pub(super) fn return_many(&mut self, i: Instr) -> Option<()> {
        if !self.inlining.is_empty() {
            return self.inlined_return_many(i);
        }
        if !self.is_function {
            return self.leaves();
        }
        self.close_frame(i);
        let k = slot(self.a(i));
        self.flush_all();
        self.paid();
        self.settle();
        self.push(Ins { k, y: i.b.into(), x: self.pc, ..Ins::new(Op::ReturnMany) });
        self.open = false;
        Some(())
    }
}
