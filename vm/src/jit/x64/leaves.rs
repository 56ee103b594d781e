//! How a unit is entered, calls, has handlers run, returns and is left.

use super::asm::*;
use super::emit::{Emit, of_tier, of_vm, slot};
use crate::interp::native::interpreted;
use crate::jit::ir::*;
use crate::stack::link::{FrameKind, Link};
use crate::value::tag;
use crate::vm::Vm;
use crate::vm::handler::Handler;
use crate::vm::tier::{Entries, Stubs, Tier};
use luka_bytecode::Instr;
use std::mem::offset_of;

/// The address of the handler of an opcode.
fn handler_of(op: u8) -> i64 {
    // SAFETY: the table has 256 handlers.
    let handler: Handler = unsafe { (*interpreted()).0[op as usize] };
    handler as usize as i64
}

impl Emit<'_> {
    /// The address of an instruction of bytecode.
    fn instr(&self, pc: u32) -> i64 {
        self.target.code as i64 + i64::from(pc) * size_of::<Instr>() as i64
    }

    /// The interpreter comes in, with the registers that handlers have.
    pub(super) fn enter(&mut self) {
        let a = &mut self.a;
        a.mov(R15, Rm::Reg(RDI));
        a.mov(RBX, Rm::Reg(RDX));
        a.mov(R14, Rm::Reg(R8));
        a.alu(Alu::Sub, R14, Rm::Reg(RSI));
        a.mov(RSP, of_tier(offset_of!(Tier, sp)));
        a.mov(RAX, of_tier(offset_of!(Tier, back)));
        a.store(of_vm(offset_of!(Vm, tb)), RAX);
        if self.target.is_function {
            self.return_to_interpreter();
        }
        self.a.bind(self.body);
        self.a.alu_k(Alu::Sub, Rm::Reg(RSP), self.frame);
    }

    /// Calls the function's body. When it comes back, all its registers are stored, and the interpreter
    /// executes the RETURN, whose index `ecx` tells; [`Emit::give_back`] has paid for it.
    fn return_to_interpreter(&mut self) {
        let a = &mut self.a;
        a.alu_k(Alu::Sub, Rm::Reg(RSP), 8);
        a.call(self.body);
        let some = a.label();
        a.test(RCX);
        a.jump_if(Cond::GreaterEqual, some);
        a.not(RCX);
        a.bind(some);
        a.imm(RSI, self.target.code as i64);
        a.alu(Alu::Add, RSI, Rm::Reg(RCX));
        a.alu_k(Alu::Add, Rm::Reg(R14), size_of::<Instr>() as i32);
        a.mov(RDI, Rm::Reg(R15));
        a.mov(RDX, Rm::Reg(RBX));
        a.imm(RCX, self.target.constants as i64);
        a.lea(R8, Rm::Indexed(R14, RSI, 0, 0));
        a.mov(R9, of_tier(offset_of!(Tier, table)));
        a.store(of_vm(offset_of!(Vm, tb)), R9);
        a.mov(RSP, of_tier(offset_of!(Tier, sp)));
        a.load8(RAX, Rm::At(RSI, 0));
        a.alu_k(Alu::And, Rm::Reg(RAX), 0x7f);
        a.imm(R10, interpreted() as i64);
        a.jump_rm(Rm::Indexed(R10, RAX, 3, 0));
    }

    /// Returns to the code that has called the body: `rax` the payload, `dl` the tag, `rcx` the offset
    /// of the RETURN, complemented if it returns nothing.
    pub(super) fn give_back(&mut self, i: &Ins) {
        let offset = i64::from(i.x) * size_of::<Instr>() as i64;
        if i.op == Op::ReturnNone {
            self.a.zero(RAX);
            self.a.imm(RDX, tag::NIL.into());
            self.a.imm(RCX, !offset);
        } else {
            if i.a == NONE {
                self.a.zero(RAX);
            } else if self.f.class[i.a as usize] == Class::Float {
                let x = self.float(i.a, X15);
                self.a.movq_from_float(RAX, x);
            } else {
                let rm = self.general_rm(i.a, RAX);
                self.a.mov(RAX, rm);
            }
            if i.b == NONE {
                self.a.imm(RDX, i.y.into());
            } else {
                let rm = self.general_rm(i.b, RDX);
                self.a.mov(RDX, rm);
            }
            self.a.imm(RCX, offset);
        }
        self.a.alu_k(Alu::Add, Rm::Reg(RSP), self.frame);
        self.a.ret();
    }

    pub(super) fn call(&mut self, i: &Ins) {
        let window = i64::from(i.y);
        let base = window + 32;
        let ip = self.instr(i.x);
        self.a.imm(RAX, ip);
        self.a.store(slot(window + 16), RAX);
        let word = Link::new(FrameKind::Lua, 0, base as usize, -1).word;
        self.a.imm(RAX, word as i64);
        self.a.store(slot(window + 24), RAX);
        self.a.alu_k(Alu::Add, Rm::Reg(RBX), base as i32);
        if i.k == 0 {
            self.a.call(self.body);
        } else {
            self.a.imm(RAX, i.k + offset_of!(Entries, body) as i64);
            self.a.call_rm(Rm::At(RAX, 0));
        }
        self.a.alu_k(Alu::Sub, Rm::Reg(RBX), base as i32);
    }

    pub(super) fn keep_result(&mut self, i: &Ins) {
        let none = self.a.label();
        self.a.test(RCX);
        self.a.jump_if(Cond::Less, none);
        self.a.store(slot(i.k), RAX);
        self.a.store8(slot(i.k + 8), RDX);
        self.a.bind(none);
    }

    pub(super) fn handler(&mut self, i: &Ins, n: usize) {
        let ip = self.instr(i.x);
        self.a.imm(RSI, ip);
        self.a.imm(RCX, self.target.constants as i64);
        self.a.imm(RAX, handler_of(i.y as u8));
        self.a.call_rm(of_tier(offset_of!(Tier, stubs) + offset_of!(Stubs, handler)));
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
    pub(super) fn leave_stubs(&mut self) {
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
