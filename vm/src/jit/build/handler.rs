//! Instructions that the interpreter's handlers do.

use super::Builder;
use crate::jit::flow::{changes, target};
use crate::jit::ir::*;
use luka_bytecode::{Flow as Goes, Instr, Op as B};

impl Builder<'_> {
    /// A generic loop is entered at its TFORCALL, in the middle. Here, the first TFORCALL and TFORLOOP are built
    /// apart, and lead to the first instruction of the loop, which is the head for the compiler: nothing leads
    /// into the loop but through its head, where it is checked what the loop relies on.
    pub(super) fn generic_for(&mut self, i: Instr) -> Option<()> {
        let pc = self.pc;
        let call = target(i, pc).filter(|call| *call < self.end)?;
        let next = self.source.plain[call as usize];
        // (The verifier takes loops of other shapes, too.)
        let usual =
            next.opcode() == Some(B::TForCall) && self.handled_target(next, call) == Some(pc + 1);
        if !usual || !self.inlining.is_empty() {
            return None;
        }
        if self.begins_over_table(i, call).is_some() {
            return Some(());
        }
        self.by_handler_at(i, pc, i.op.into(), |s| {
            s.pc = call;
            if s.stops_before(call) {
                s.leave(call, Why::End);
                return;
            }
            let to_head = |s: &mut Self| {
                let here = std::mem::replace(&mut s.pc, pc);
                s.jump_to(pc + 1);
                s.pc = here;
            };
            s.by_handler_at(next, call, next.op.into(), to_head);
            if !s.open {
                return;
            }
            s.pc = call + 1;
            if s.stops_before(call + 1) {
                s.leave(call + 1, Why::End);
                return;
            }
            let last = s.source.plain[call as usize + 1];
            s.by_handler_at(last, call + 1, last.op.into(), to_head);
            if s.open {
                s.jump_to(call + 2);
            }
        });
        self.pc = pc;
        Some(())
    }

    /// The interpreter's handler does the instruction.
    pub(super) fn by_handler(&mut self, i: Instr) {
        let pc = self.pc;
        let to = self.handled_target(i, pc);
        self.by_handler_at(i, pc, i.op.into(), |s| s.jump_to(to.unwrap_or(0)));
    }

    /// Where the handler of an instruction may go on but behind it. That of a TFORCALL may do the
    /// TFORLOOP behind it as well.
    fn handled_target(&self, i: Instr, pc: u32) -> Option<u32> {
        match i.opcode() {
            Some(B::TForCall) => target(self.source.plain[pc as usize + 1], pc + 1),
            _ => target(i, pc),
        }
    }

    /// The handler with this number (see [`Op::Handler`]) does the instruction at `pc`; `jumped` ends the block
    /// where it has jumped.
    pub(super) fn by_handler_at(
        &mut self,
        i: Instr,
        pc: u32,
        number: i32,
        jumped: impl FnOnce(&mut Self),
    ) {
        if self.is_kept() {
            return;
        }
        self.calls_here(pc);
        self.settle();
        self.flush_all();
        let op = i.opcode().unwrap_or(B::Jmp);
        let to = self.handled_target(i, pc);
        let from = self.block;
        let (mut there, mut next) = (NONE, NONE);
        if to.is_some() {
            there = self.new_block();
            if op.info().flow != Goes::Goto {
                next = self.new_block();
            }
        }
        self.block = from;
        let k = to.map_or(-1, i64::from);
        self.push(Ins { x: pc, y: number, k, t: there, f: next, ..Ins::new(Op::Handler) });
        let changed = changes(i, self.flow.registers);
        let inside = self.flow.registers;
        self.forget(|r| r >= inside || changed.contains(&r));
        self.exit_here = None;
        if let Some(to) = to {
            let state = self.state.clone();
            self.block = there;
            self.open = true;
            self.resume(to);
            self.check_fuel(to);
            jumped(self);
            self.open = false;
            if next == NONE {
                return;
            }
            self.block = next;
            self.state = state;
            self.open = true;
            self.resume(pc + 1);
        } else {
            self.resume_in_block(pc + 1);
        }
        self.check_fuel(pc + 1);
    }
}
