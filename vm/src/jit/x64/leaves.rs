//! How a unit is entered, has handlers run and is left.

use super::asm::*;
use super::emit::{of_tier, of_vm};
use crate::jit::emit::Emit;
use crate::jit::ir::*;
use crate::jit::layout::handler_of;
use crate::vm::Vm;
use crate::vm::tier::{Stubs, Tier};
use luka_bytecode::Instr;
use std::mem::offset_of;

impl Emit<'_> {
    /// The interpreter comes in at the beginning.
    pub fn enter(&mut self) {
        self.come_in(0);
        if self.target.is_function {
            self.return_to_interpreter();
        }
        self.a.bind(self.body);
        self.a.alu_k(Alu::Sub, Rm::Reg(RSP), self.frame);
    }

    /// The code where the interpreter comes in again, if the registers hold what the unit relies on.
    pub fn resume_stubs(&mut self) -> Vec<(u32, usize)> {
        let f = self.f;
        let mut resumes = Vec::new();
        for (n, resume) in f.resumes.iter().enumerate() {
            resumes.push((resume.pc, self.a.code.len()));
            self.come_in(n + 1);
            if self.target.is_function {
                let inside = self.a.label();
                self.a.alu_k(Alu::Sub, Rm::Reg(RSP), 8);
                self.a.call(inside);
                self.a.jump(self.came_back);
                self.a.bind(inside);
            }
            self.a.alu_k(Alu::Sub, Rm::Reg(RSP), self.frame);
            let exit = self.exit_label(resume.exit);
            for &(offset, tag) in &resume.tags {
                self.a.cmp8_k(Rm::At(RBX, offset), tag);
                self.a.jump_if(Cond::NotEqual, exit);
            }
            let block = self.label_of(resume.block);
            self.a.jump(block);
        }
        resumes
    }

    /// The interpreter comes in by an entry of the unit, with the registers that handlers have.
    fn come_in(&mut self, entry: usize) {
        let entry = self.target.entries.wrapping_add(entry) as usize;
        let a = &mut self.a;
        a.mov(R15, Rm::Reg(RDI));
        a.mov(RBX, Rm::Reg(RDX));
        a.mov(R14, Rm::Reg(R8));
        a.alu(Alu::Sub, R14, Rm::Reg(RSI));
        a.store(of_tier(offset_of!(Tier, entered)), R14);
        a.imm(RAX, entry as i64);
        a.store(of_tier(offset_of!(Tier, entry)), RAX);
        a.mov(RSP, of_tier(offset_of!(Tier, sp)));
        a.mov(RAX, of_tier(offset_of!(Tier, back)));
        a.store(of_vm(offset_of!(Vm, tb)), RAX);
    }

    /// Has a handler execute an instruction; when it comes back, `rsi` is where it goes on.
    pub(super) fn run_handler(&mut self, pc: u32, number: i32) {
        let ip = self.instr(pc);
        self.a.imm(RSI, ip);
        self.a.imm(RCX, self.target.constants as i64);
        self.a.imm(RAX, handler_of(number));
        self.a.call_rm(of_tier(offset_of!(Tier, stubs) + offset_of!(Stubs, handler)));
    }

    pub(super) fn handler(&mut self, i: &Ins, n: usize) {
        let ip = self.instr(i.x);
        self.run_handler(i.x, i.y);
        // It has come back in this frame; `rsi` is where it goes on.
        let elsewhere = self.elsewhere;
        self.a.imm(RAX, ip + size_of::<Instr>() as i64);
        self.a.alu(Alu::Cmp, RSI, Rm::Reg(RAX));
        if i.t == NONE {
            return self.a.jump_if(Cond::NotEqual, elsewhere);
        }
        if i.f != NONE {
            let label = self.label_of(i.f);
            self.a.jump_if(Cond::Equal, label);
        }
        let target = self.instr(i.k as u32);
        self.a.imm(RAX, target);
        self.a.alu(Alu::Cmp, RSI, Rm::Reg(RAX));
        self.a.jump_if(Cond::NotEqual, elsewhere);
        self.jump_to(i.t, n);
    }

    /// What exits jump to.
    pub fn leave_stubs(&mut self) {
        let leave = self.a.label();
        for (x, label) in self.exits() {
            self.a.bind(label);
            self.a.imm(RAX, x.into());
            self.a.jump(leave);
        }
        self.a.bind(leave);
        self.a.imm(RCX, self.target.unit as i64);
        self.a.jump_rm(of_tier(offset_of!(Tier, stubs) + offset_of!(Stubs, leave)));
        self.a.bind(self.elsewhere);
        self.a.jump_rm(of_tier(offset_of!(Tier, stubs) + offset_of!(Stubs, elsewhere)));
    }
}
