//! How a unit is entered, has handlers run and is left.

use super::asm::*;
use super::emit::{of_tier, of_vm};
use super::registers::*;
use crate::jit::emit::Emit;
use crate::jit::ir::*;
use crate::jit::layout::handler_of;
use crate::vm::Vm;
use crate::vm::tier::{Stubs, Tier};
use luka_bytecode::Instr;
use std::mem::offset_of;

/// Where the address of shared code is; the offset is that in [`Stubs`].
fn of_stubs(offset: usize) -> Mem {
    of_tier(offset_of!(Tier, stubs) + offset)
}

impl Asm {
    /// Calls shared code; uses `T`.
    pub(super) fn call_stub(&mut self, offset: usize) {
        self.load(T, of_stubs(offset));
        self.call_register(T);
    }

    fn jump_to_stub(&mut self, offset: usize) {
        self.load(T, of_stubs(offset));
        self.jump_register(T);
    }

    /// Forgets native frames: the stack pointer is where the machine was entered, and handlers return from
    /// there. Uses `T`.
    pub(super) fn forget_frames(&mut self) {
        self.load(T, of_tier(offset_of!(Tier, sp)));
        self.mov_sp(SP, T);
        self.load(LINK, Mem::At(SP, 0));
    }

    /// `TO_TABLE` := the table in use where native code does not run, from now on.
    pub(super) fn leave_native(&mut self) {
        self.load(TO_TABLE, of_tier(offset_of!(Tier, table)));
        self.store(of_vm(offset_of!(Vm, tb)), TO_TABLE);
    }
}

impl Emit<'_> {
    /// The interpreter comes in at the beginning.
    pub fn enter(&mut self) {
        self.come_in(0);
        if self.target.is_function {
            self.return_to_interpreter();
        }
        self.a.bind(self.body);
        self.make_frame();
    }

    fn make_frame(&mut self) {
        let frame = i64::from(self.frame);
        self.a.add_k(SP, SP, -frame);
        self.a.store(Mem::At(SP, frame - 8), LINK);
    }

    /// Takes the native frame off; the address to return to is in its register.
    pub(super) fn drop_frame(&mut self) {
        let frame = i64::from(self.frame);
        self.a.load(LINK, Mem::At(SP, frame - 8));
        self.a.add_k(SP, SP, frame);
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
                self.a.call(inside);
                self.a.jump(self.came_back);
                self.a.bind(inside);
            }
            self.make_frame();
            let exit = self.exit_label(resume.exit);
            for &(offset, tag) in &resume.tags {
                self.compare_byte_at(Mem::At(B, offset.into()), tag);
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
        a.mov(VM, TO_VM);
        a.mov(B, TO_BASE);
        a.alu(Alu::Sub, F, TO_FUEL, TO_IP);
        a.store(of_tier(offset_of!(Tier, entered)), F);
        a.imm(S0, entry as i64);
        a.store(of_tier(offset_of!(Tier, entry)), S0);
        a.forget_frames();
        a.load(S0, of_tier(offset_of!(Tier, back)));
        a.store(of_vm(offset_of!(Vm, tb)), S0);
    }

    /// Has a handler execute an instruction; when it comes back, `TO_IP` is where it goes on.
    pub(super) fn run_handler(&mut self, pc: u32, number: i32) {
        let ip = self.instr(pc);
        self.a.imm(TO_IP, ip);
        self.a.imm(TO_K, self.target.constants as i64);
        self.a.imm(S0, handler_of(number));
        self.a.call_stub(offset_of!(Stubs, handler));
    }

    pub(super) fn handler(&mut self, i: &Ins, n: usize) {
        let ip = self.instr(i.x);
        self.run_handler(i.x, i.y);
        // It has come back in this frame; `TO_IP` is where it goes on.
        let elsewhere = self.elsewhere;
        self.a.imm(S0, ip + size_of::<Instr>() as i64);
        self.a.compare(TO_IP, S0);
        if i.t == NONE {
            return self.a.jump_if(Cond::NotEqual, elsewhere);
        }
        if i.f != NONE {
            let label = self.label_of(i.f);
            self.a.jump_if(Cond::Equal, label);
        }
        let target = self.instr(i.k as u32);
        self.a.imm(S0, target);
        self.a.compare(TO_IP, S0);
        self.a.jump_if(Cond::NotEqual, elsewhere);
        self.jump_to(i.t, n);
    }

    /// What exits jump to.
    pub fn leave_stubs(&mut self) {
        let leave = self.a.label();
        for (x, label) in self.exits() {
            self.a.bind(label);
            self.a.imm(S0, x.into());
            self.a.jump(leave);
        }
        self.a.bind(leave);
        self.a.imm(S1, self.target.unit as i64);
        self.a.jump_to_stub(offset_of!(Stubs, leave));
        self.a.bind(self.elsewhere);
        self.a.jump_to_stub(offset_of!(Stubs, elsewhere));
    }
}
