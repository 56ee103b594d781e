//! Instructions that the interpreter's handlers do.

use super::Builder;
use crate::jit::flow::{changes, target};
use crate::jit::ir::*;
use luka_bytecode::{Flow as Goes, Instr, Op as B};

impl Builder<'_> {
    pub(super) fn by_handler(&mut self, i: Instr) {
        let pc = self.pc;
        if let Some(inlining) = &self.inlining {
            // The function has no frame it could run in.
            self.plan.kept.insert(inlining.call);
            self.again = true;
            self.open = false;
            return;
        }
        self.calls_here(pc);
        self.settle();
        self.flush_all();
        let op = i.opcode().unwrap_or(B::Jmp);
        // The handler of a TFORCALL may do the TFORLOOP behind it as well.
        let to = match op {
            B::TForCall => target(self.source.plain[pc as usize + 1], pc + 1),
            _ => target(i, pc),
        };
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
        self.push(Ins { x: pc, y: i.op.into(), k, t: there, f: next, ..Ins::new(Op::Handler) });
        let changed = changes(i, self.flow.registers);
        let inside = self.flow.registers;
        self.forget(|r| r >= inside || changed.contains(&r));
        self.exit_here = None;
        if let Some(to) = to {
            let state = self.state.clone();
            self.block = there;
            self.check_fuel(to);
            self.jump_to(to);
            if next == NONE {
                return;
            }
            self.block = next;
            self.state = state;
            self.open = true;
        }
        self.check_fuel(pc + 1);
    }
}
