//! Calls of short functions, built in place: frames are made only where such code is left early. What
//! the call would have left in the window stays there as what registers hold.

use super::facts::Fact;
use super::state::{Reg, State, Tag, slot};
use super::{Builder, Inlining, Source};
use crate::function::ProtoObj;
use crate::jit::feedback::Callee;
use crate::jit::flow::{COST, Flow, target};
use crate::jit::ir::*;
use crate::jit::state::Function;
use crate::stack::link::HEADER;
use crate::value::tag;
use luka_bytecode::{Instr, Op as B};

/// Instructions of functions that may be inlined, at most.
const LONGEST: usize = 40;

/// Calls that are inlined in one another, tail calls as well, at most.
pub(super) const DEEPEST: usize = 6;

/// Instructions of inlined functions in one call of a unit's function, and in a unit, at most.
const MOST_IN_A_CALL: u32 = 160;
const MOST_IN_A_UNIT: u32 = 800;

/// Whether a function's code may be inlined: short, without loops, and nothing in it changes or captures variables
/// that others may see.
pub(in crate::jit) fn may_be_inlined(proto: &ProtoObj, plain: &[Instr]) -> bool {
    let may_be = |(pc, i): (usize, &Instr)| {
        let back = target(*i, pc as u32).is_some_and(|to| to as usize <= pc);
        let kept = matches!(
            i.opcode(),
            None | Some(B::SetUpval | B::Closure | B::Vararg | B::Close | B::Tbc)
        );
        !back && !kept
    };
    plain.len() <= LONGEST
        && !proto.is_vararg
        && proto.data.protos.is_empty()
        && plain.iter().enumerate().all(may_be)
}

impl<'a> Builder<'a> {
    /// What is known of the code of the function that is called at `pc`, if the call is inlined.
    pub(super) fn inlines(&self, pc: u32, number: u32, function: &'a Function) -> Option<&'a Flow> {
        let flow = function.inlined.as_deref()?;
        let (call, within) = match self.inlining.first() {
            Some(outer) => (outer.call, self.inlined_here),
            None => (pc, 0),
        };
        let length = flow.code.len() as u32;
        let callers = self.inlining.iter().map(|inlining| inlining.caller.number);
        let inlines = !self.plan.keeps_all
            && !self.plan.kept.contains(&call)
            && self.depth < DEEPEST
            && within + length <= MOST_IN_A_CALL
            && self.inlined + length <= MOST_IN_A_UNIT
            && callers.chain([self.source.number]).all(|caller| caller != number)
            && function.feedback.sites.iter().any(|site| site.reached);
        inlines.then_some(flow)
    }

    /// Whether an inlined function would have to have a frame for the instruction, which ends the block: the call
    /// is not inlined, unless it is not known yet whether control comes here.
    pub(super) fn is_kept(&mut self) -> bool {
        let Some(outer) = self.inlining.first() else { return false };
        if self.site().reached {
            self.plan.kept.insert(outer.call);
            self.again = true;
            self.open = false;
        } else {
            self.unseen();
        }
        true
    }

    /// The call, which is paid for; its closure has been checked, and it is with the arguments in the window.
    pub(super) fn inline(
        &mut self,
        window: usize,
        is_meta: bool,
        (number, function, flow): (u32, &'a Function, &'a Flow),
        closure: V,
    ) -> Option<()> {
        if self.inlining.is_empty() {
            for r in 0..self.flow.registers {
                // Upvalues of the function may be registers of this frame.
                if self.is_captured(r) {
                    self.flush(r);
                }
            }
        }
        let call = self.pc;
        if self.inlining.is_empty() {
            self.inlined_here = 0;
        }
        self.begin_inlining(flow);
        // (What lies there above the arguments is what the function finds in its registers.)
        let source = self.source_of(number, function);
        let caller = std::mem::replace(&mut self.source, source);
        let incoming = std::mem::take(&mut self.incoming);
        let first = std::mem::replace(&mut self.first, window + HEADER);
        self.inlining.push(Inlining {
            caller,
            call,
            first,
            incoming,
            window,
            closure,
            flow,
            is_tail: false,
            is_meta,
            registers: flow.registers,
            returns: Vec::new(),
        });
        self.walk_inlined();
        let inlining = self.inlining.pop()?;
        self.source = inlining.caller;
        self.incoming = inlining.incoming;
        self.first = inlining.first;
        if self.inlining.is_empty() {
            let most = self.inlined_in.entry(call).or_insert(0);
            *most = self.inlined_here.max(*most);
        }
        if !self.begin_block_of(call + 1, inlining.returns) {
            self.open = false;
        }
        (self.pc, self.exit_here) = (call, None);
        Some(())
    }

    /// A function that is inlined.
    fn source_of(&self, number: u32, function: &'a Function) -> Source<'a> {
        // SAFETY: functions that are listed are live.
        let proto: &'a ProtoObj = unsafe { &*function.proto };
        Source {
            number,
            proto,
            plain: &function.plain,
            linked: &function.linked,
            marks: &function.marks,
            feedback: &function.feedback,
            lines: if self.source.lines.is_empty() { &[] } else { &proto.data.debug.lines },
        }
    }

    fn begin_inlining(&mut self, flow: &Flow) {
        self.inlined += flow.code.len() as u32;
        self.inlined_here += flow.code.len() as u32;
    }

    /// Walks over the code of the function that is inlined.
    fn walk_inlined(&mut self) {
        self.depth += 1;
        self.exit_here = None;
        for pc in 0..self.source.plain.len() as u32 {
            let leads_here = self.inlining.last().is_some_and(|i| i.flow.leader[pc as usize]);
            if leads_here && pc != 0 {
                if self.open {
                    self.jump_to(pc);
                }
                self.begin_block(pc);
            }
            if self.open {
                self.pc = pc;
                self.exit_here = None;
                self.translate();
            }
        }
        self.depth -= 1;
        self.open = false;
    }

    /// A RETURN0 or RETURN1 of a function that is inlined.
    pub(super) fn inlined_return(&mut self, op: B, i: Instr) -> Option<()> {
        let result = match op {
            B::Return0 => None,
            _ => Some(self.inlined_result(self.a(i))?),
        };
        self.state.pending += COST;
        // (The interpreter writes the one result even if nobody wants it.)
        let least = result.iter().len();
        self.returned(result.as_slice(), least);
        Some(())
    }

    /// Its RETURN of a number of values.
    pub(super) fn inlined_return_many(&mut self, i: Instr) -> Option<()> {
        if i.b == 0 || i.n != 0 {
            return self.is_kept().then_some(());
        }
        let first = self.a(i);
        let results: Vec<Reg> = (first..first + i.b as usize - 1).map(|r| self.any(r)).collect();
        self.state.pending += COST;
        self.returned(&results, 0);
        Some(())
    }

    /// The value in a register that is returned.
    fn inlined_result(&mut self, r: usize) -> Option<Reg> {
        if self.known(r).is_none()
            && let Some(tag) = self.site().a.only()
        {
            self.want(r, tag)?;
        }
        let reg = self.any(r);
        let tag = if reg.tag == Tag::Memory { Tag::Known(tag::NIL) } else { reg.tag };
        Some(Reg { tag, ..reg })
    }

    /// A TAILCALL of a function that is inlined, and the RETURN behind it: of a native in place, or what is not
    /// inlined.
    pub(super) fn inlined_tail_call(&mut self, i: Instr) -> Option<()> {
        if !self.site().reached {
            return self.unseen();
        }
        let native = match self.source.feedback.callees.get(&self.pc) {
            Some(Callee::Native(native)) if i.n == 0 => native,
            Some(Callee::Function(number)) if i.n == 0 => {
                return self.inlined_take_over(i, *number);
            }
            _ => return self.is_kept().then_some(()),
        };
        if self.tail_call_native(i, native).is_none() {
            return self.is_kept().then_some(());
        }
        if self.open {
            self.pc += 1;
            self.exit_here = None;
            let result = self.any(self.a(i));
            self.state.pending += COST;
            self.returned(&[result], 0);
        }
        Some(())
    }

    /// A TAILCALL by which another function takes the frame over.
    fn inlined_take_over(&mut self, i: Instr, number: u32) -> Option<()> {
        let (pc, a, first) = (self.pc, self.a(i), self.first);
        let function: &'a Function = self.functions.get(number)?;
        // SAFETY: functions that are listed are live.
        let proto: &'a ProtoObj = unsafe { &*function.proto };
        let flow = self.inlines(pc, number, function);
        let Some(flow) = flow.filter(|_| proto.exact_b == i.b && !proto.is_vararg) else {
            return self.is_kept().then_some(());
        };
        let closure = self.want(a, tag::LUA_FN)?;
        self.is_function(closure, number);
        self.stack_reaches(slot(first) + i64::from(proto.frame_bytes));
        self.paid();
        self.set_known(first - HEADER, closure, tag::LUA_FN);
        for n in 0..i.b as usize - 1 {
            let v = self.any(a + HEADER + n);
            self.set(first + n, v.payload, v.tag);
        }
        self.begin_inlining(flow);
        let source = self.source_of(number, function);
        let before = std::mem::replace(&mut self.source, source);
        let incoming = std::mem::take(&mut self.incoming);
        let frame = self.inlining.last_mut()?;
        let before_it = (frame.flow, frame.closure, frame.is_tail);
        (frame.flow, frame.closure, frame.is_tail) = (flow, closure, true);
        frame.registers = frame.registers.max(flow.registers);
        self.walk_inlined();
        let frame = self.inlining.last_mut()?;
        (frame.flow, frame.closure, frame.is_tail) = before_it;
        self.source = before;
        self.incoming = incoming;
        (self.pc, self.exit_here) = (pc, None);
        Some(())
    }

    /// Checks that the stack goes on for so many bytes behind the frame's first register.
    pub(super) fn stack_reaches(&mut self, end: i64) {
        self.check(Fact::StackReaches(end), |s| {
            let x = s.exit(Why::End);
            s.push(Ins { k: end, x, ..Ins::new(Op::GuardStack) });
        });
    }

    /// The block ends: the function that is inlined has returned, and has been paid for. So many results are written
    /// at least.
    fn returned(&mut self, results: &[Reg], least: usize) {
        let Some(inlining) = self.inlining.last() else { return };
        let (a, registers) = (inlining.window, inlining.registers);
        let call = inlining.caller.plain[inlining.call as usize];
        let (to, written) = match inlining.is_meta {
            true => (inlining.first + call.a as usize, 1),
            false => (a, least.max(usize::from(call.c) - 1)),
        };
        // The link that the call has left.
        self.set_known(a + 1, NONE, tag::FRAME);
        for n in 0..written {
            match results.get(n) {
                Some(reg) => self.set(to + n, reg.payload, reg.tag),
                None => self.set_known(to + n, NONE, tag::NIL),
            }
        }
        if self.is_in_calling_loop() {
            let registers = a + 1..a + registers.max(written) + HEADER;
            registers.for_each(|r| self.flush(r));
        }
        let state: State = self.state.clone();
        let block = self.block;
        if let Some(inlining) = self.inlining.last_mut() {
            inlining.returns.push((block, state));
        }
        self.open = false;
    }

    /// Whether a register may be read from an instruction of the function that is built on.
    pub(super) fn is_live(&self, r: usize, pc: u32) -> bool {
        match self.inlining.last() {
            None => self.flow.is_live(r, pc),
            // (Those of callers are not looked at.)
            Some(inlining) => r < self.first || inlining.flow.is_live(r - self.first, pc),
        }
    }

    /// The calls that lead to an exit.
    pub(super) fn frames_at_exit(&self) -> Box<[Inlined]> {
        let inlined = self.inlining.iter().enumerate().map(|(n, inlining)| {
            let source = self.inlining.get(n + 1).map_or(self.source, |next| next.caller);
            Inlined {
                call: inlining.call,
                window: (inlining.window - inlining.first) as u32 * 16,
                code: source.proto.code as usize,
                is_tail: inlining.is_tail,
                is_meta: inlining.is_meta,
            }
        });
        inlined.collect()
    }

    /// Says of each look at fuel how far it is to the next, with what was inlined.
    pub(super) fn measure_ways(&mut self) {
        let inlined = &self.inlined_in;
        let extra = |pc: u32| inlined.get(&pc).map_or(0, |n| i64::from(*n) * COST);
        let Some(cost) = self.flow.costs(extra) else {
            (self.plan.keeps_all, self.again) = (true, true);
            return;
        };
        let looks = self.func.blocks.iter_mut().flat_map(|block| &mut block.ins);
        for look in looks.filter(|i| i.op == Op::GuardFuel) {
            (look.k, look.y) = (cost[look.y as usize], 0);
        }
    }
}
