//! How native code calls functions, and returns.
//!
//! A body is called with the frame's first register in `rbx`. It returns `rax` the payload and `dl` the
//! tag of its first result, and in `rcx` the address of the RETURN that it has paid for but not executed:
//! who has called it moves the results. The address is complemented where the RETURN writes nothing for a
//! caller that takes no result.

use super::asm::*;
use super::emit::{of_tier, of_vm, slot};
use crate::function::{LuaFn, ProtoObj};
use crate::interp::native::interpreted;
use crate::jit::close::close;
use crate::jit::emit::Emit;
use crate::jit::ir::*;
use crate::jit::labels::Label;
use crate::jit::layout::handler_of;
use crate::jit::length::length;
use crate::object::proto::NATIVE;
use crate::stack::link::{FrameKind, HEADER, Link, SLOT, TAIL};
use crate::value::tag;
use crate::vm::Vm;
use crate::vm::tier::{Entries, Stubs, Tier};
use luka_bytecode::{Instr, Op as B};
use std::mem::offset_of;

impl Emit<'_> {
    /// Calls the function's body. When it comes back, all its registers are stored, and the interpreter
    /// executes the RETURN.
    pub(super) fn return_to_interpreter(&mut self) {
        let a = &mut self.a;
        a.alu_k(Alu::Sub, Rm::Reg(RSP), 8);
        a.call(self.body);
        a.bind(self.came_back);
        returned(a);
        a.mov(RDI, Rm::Reg(R15));
        a.mov(RDX, Rm::Reg(RBX));
        a.imm(RCX, self.target.constants as i64);
        a.lea(R8, Rm::Indexed(R14, RSI, 0, 0));
        a.mov(R9, of_tier(offset_of!(Tier, table)));
        a.store(of_vm(offset_of!(Vm, tb)), R9);
        a.mov(RSP, of_tier(offset_of!(Tier, sp)));
        a.jump_rm(Rm::Reg(RAX));
    }

    /// Returns to the code that has called the body.
    pub(super) fn give_back(&mut self, i: &Ins) {
        let ip = self.instr(i.x);
        if i.op != Op::Return {
            self.a.zero(RAX);
            self.a.imm(RDX, tag::NIL.into());
            if i.op == Op::ReturnMany {
                self.first_result(i);
            }
            self.a.imm(RCX, !ip);
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
            self.a.imm(RCX, ip);
        }
        self.a.alu_k(Alu::Add, Rm::Reg(RSP), self.frame);
        self.a.ret();
    }

    /// The first of many results, unless there is none.
    fn first_result(&mut self, i: &Ins) {
        if i.y == 1 {
            return;
        }
        let none = self.a.label();
        if i.y == 0 {
            self.a.lea(RCX, slot(i.k));
            self.a.alu(Alu::Cmp, RCX, of_vm(offset_of!(Vm, top)));
            self.a.jump_if(Cond::AboveEqual, none);
        }
        self.a.mov(RAX, slot(i.k));
        self.a.load8(RDX, slot(i.k + 8));
        self.a.bind(none);
    }

    pub(super) fn call(&mut self, i: &Ins) {
        let window = i64::from(i.y);
        let base = window + (HEADER * SLOT) as i64;
        self.link(i.x, window);
        if i.k == 0 {
            self.a.call(self.body);
        } else {
            self.a.imm(RAX, i.k + offset_of!(Entries, body) as i64);
            self.a.call_rm(Rm::At(RAX, 0));
        }
        self.a.alu_k(Alu::Sub, Rm::Reg(RBX), base as i32);
    }

    /// The instruction's handler calls whatever value it is, unless it is a function of the language with as many
    /// parameters as there are arguments.
    pub(super) fn call_any(&mut self, i: &Ins) {
        let base = i.y + (HEADER * SLOT) as i32;
        let next = self.instr(i.x + 1);
        let elsewhere = self.elsewhere;
        let (back, done, came_back) = (self.a.label(), self.a.label(), self.a.label());
        let exact = Exact::of_code(i.k);
        if let Some(call) = exact {
            self.call_exact(i, call, done, came_back);
        }
        self.run_handler(i.x, B::Call as i32);
        if exact.is_some_and(Exact::is_of_many) {
            self.a.jump(back);
            // The RETURN of the function that was called moves the results.
            self.a.bind(came_back);
            returned(&mut self.a);
            self.a.call_rm(of_tier(offset_of!(Tier, stubs) + offset_of!(Stubs, step)));
            self.a.alu_k(Alu::Sub, Rm::Reg(RBX), base);
            self.a.alu(Alu::Cmp, RDX, Rm::Reg(RBX));
            self.a.jump_if(Cond::NotEqual, elsewhere);
            self.fuel_of_handler();
            self.a.bind(back);
        }
        self.a.imm(RAX, next);
        self.a.alu(Alu::Cmp, RSI, Rm::Reg(RAX));
        self.a.jump_if(Cond::NotEqual, elsewhere);
        self.a.bind(done);
    }

    /// Calls a function of the language with as many parameters as there are arguments, and goes on at `done`, or
    /// at `came_back` if its RETURN has to move several results or none; behind this, if the window holds
    /// something else.
    fn call_exact(&mut self, i: &Ins, call: Exact, done: Label, came_back: Label) {
        let window = i64::from(i.y);
        let base = window + (HEADER * SLOT) as i64;
        let other = self.a.label();
        self.entries_of_window(window, call, base, other);
        self.link(i.x, window);
        self.a.call_rm(Rm::At(RDX, offset_of!(Entries, body) as i32));
        match call.results {
            Results::None | Results::One => {}
            Results::All => {
                self.a.test(RCX);
                self.a.jump_if(Cond::Less, came_back);
            }
            Results::Several => {
                self.a.jump(came_back);
                self.a.bind(other);
                return;
            }
        }
        self.a.alu_k(Alu::Sub, Rm::Reg(RBX), base as i32);
        if call.results == Results::None {
            self.keep_result(&Ins { k: window, ..*i });
        } else {
            self.a.store(slot(window), RAX);
            self.a.store8(slot(window + 8), RDX);
        }
        if call.results == Results::All {
            self.a.lea(RAX, slot(window + SLOT as i64));
            self.a.store(of_vm(offset_of!(Vm, top)), RAX);
        }
        self.a.jump(done);
        self.a.bind(other);
    }

    /// The same for a call that takes the frame over.
    fn tail_call_exact(&mut self, i: &Ins, call: Exact) {
        let window = i64::from(i.y);
        let other = self.a.label();
        self.entries_of_window(window, call, 0, other);
        // (The fourth byte of the link's word.)
        const { assert!(TAIL >> 24 == 0x80) };
        self.a.load8(RAX, slot(-8 + 3));
        self.a.alu_k(Alu::Or, Rm::Reg(RAX), 0x80);
        self.a.store8(slot(-8 + 3), RAX);
        let header = (HEADER * SLOT) as i64;
        self.copy(window, -header);
        for j in 0..i64::from(call.b) - 1 {
            let to = j * SLOT as i64;
            self.copy(window + header + to, to);
        }
        self.a.alu_k(Alu::Add, Rm::Reg(RSP), self.frame);
        self.a.jump_rm(Rm::At(RDX, offset_of!(Entries, body) as i32));
        self.a.bind(other);
    }

    /// Copies a slot; uses `rax` and `rcx`.
    fn copy(&mut self, from: i64, to: i64) {
        self.a.mov(RAX, slot(from));
        self.a.load8(RCX, slot(from + 8));
        self.a.store(slot(to), RAX);
        self.a.store8(slot(to + 8), RCX);
    }

    /// `rdx` := the [`Entries`] of the function in a window, and the call is paid for; to `other` if it is none
    /// of the language with as many parameters as arguments that the compiler knows, or has no room for its
    /// registers from `base` on.
    fn entries_of_window(&mut self, window: i64, call: Exact, base: i64, other: Label) {
        let a = &mut self.a;
        if call.is_open {
            let arguments = (HEADER + usize::from(call.b) - 1) * SLOT;
            a.lea(RAX, slot(window + arguments as i64));
            a.alu(Alu::Cmp, RAX, of_vm(offset_of!(Vm, top)));
            a.jump_if(Cond::NotEqual, other);
        }
        a.cmp8_k(slot(window + 8), tag::LUA_FN);
        a.jump_if(Cond::NotEqual, other);
        a.mov(RCX, slot(window));
        a.mov(RCX, Rm::At(RCX, offset_of!(LuaFn, proto) as i32));
        a.cmp16_k(Rm::At(RCX, offset_of!(ProtoObj, exact_b) as i32), call.b);
        a.jump_if(Cond::NotEqual, other);
        a.mov32(RDX, Rm::At(RCX, offset_of!(ProtoObj, native) as i32));
        a.test(RDX);
        a.jump_if(Cond::Equal, other);
        a.mov32(RAX, Rm::At(RCX, offset_of!(ProtoObj, frame_bytes) as i32));
        a.lea(RAX, Rm::Indexed(RBX, RAX, 0, base as i32));
        a.alu(Alu::Cmp, RAX, of_vm(offset_of!(Vm, stack_end)));
        a.jump_if(Cond::Above, other);
        a.mov(RAX, of_tier(offset_of!(Tier, functions)));
        a.mov(RDX, Rm::Indexed(RAX, RDX, 3, 0));
        a.alu_k(Alu::Sub, Rm::Reg(R14), size_of::<Instr>() as i32);
    }

    /// Writes the link of a call of the window, and goes to the frame behind it; uses `rax`.
    fn link(&mut self, pc: u32, window: i64) {
        let base = window + (HEADER * SLOT) as i64;
        let ip = self.instr(pc);
        self.a.imm(RAX, ip);
        self.a.store(slot(window + 16), RAX);
        let word = Link::new(FrameKind::Lua, 0, base as usize, -1).word;
        self.a.imm(RAX, word as i64);
        self.a.store(slot(window + 24), RAX);
        self.a.alu_k(Alu::Add, Rm::Reg(RBX), base as i32);
    }

    /// The same for a call that takes the frame over.
    pub(super) fn tail_call(&mut self, i: &Ins) {
        let elsewhere = self.elsewhere;
        let next = self.instr(i.x + 1);
        let native = self.a.label();
        if let Some(call) = Exact::of_code(i.k) {
            self.tail_call_exact(i, call);
        }
        self.step(i.x, B::TailCall);
        self.a.alu(Alu::Cmp, RDX, Rm::Reg(RBX));
        self.a.jump_if(Cond::NotEqual, elsewhere);
        self.a.imm(RAX, next);
        self.a.alu(Alu::Cmp, RSI, Rm::Reg(RAX));
        self.a.jump_if(Cond::Equal, native);
        entries_of_frame(&mut self.a, elsewhere);
        self.fuel_of_handler();
        self.a.alu_k(Alu::Add, Rm::Reg(RSP), self.frame);
        self.a.jump_rm(Rm::At(RAX, offset_of!(Entries, body) as i32));
        self.a.bind(native);
        self.fuel_of_handler();
    }

    pub(super) fn length(&mut self, i: &Ins) {
        let table = self.general_rm(i.a, RAX);
        self.a.mov(RDI, table);
        self.a.imm(RAX, length as *const () as usize as i64);
        self.a.call_rm(Rm::Reg(RAX));
    }

    pub(super) fn close(&mut self) {
        self.a.mov(RDI, Rm::Reg(R15));
        self.a.mov(RSI, Rm::Reg(RBX));
        self.a.imm(RAX, close as *const () as usize as i64);
        self.a.call_rm(Rm::Reg(RAX));
    }

    /// Has the handler of an instruction run, whatever frame it goes to.
    fn step(&mut self, pc: u32, op: B) {
        let ip = self.instr(pc);
        self.a.imm(RSI, ip);
        self.a.imm(RCX, self.target.constants as i64);
        self.a.imm(RAX, handler_of(op as i32));
        self.a.call_rm(of_tier(offset_of!(Tier, stubs) + offset_of!(Stubs, step)));
    }

    /// The fuel as a handler has left it.
    fn fuel_of_handler(&mut self) {
        self.a.mov(R14, Rm::Reg(R8));
        self.a.alu(Alu::Sub, R14, Rm::Reg(RSI));
    }

    pub(super) fn keep_result(&mut self, i: &Ins) {
        let none = self.a.label();
        self.a.test(RCX);
        self.a.jump_if(Cond::Less, none);
        self.a.store(slot(i.k), RAX);
        self.a.store8(slot(i.k + 8), RDX);
        self.a.bind(none);
    }
}

/// `rax` := the [`Entries`] of the function whose frame is at `rdx`; goes elsewhere if `rsi` is not its
/// first instruction, or the compiler does not know it.
pub(super) fn entries_of_frame(a: &mut Asm, elsewhere: Label) {
    a.mov(RAX, Rm::At(RDX, -((HEADER * SLOT) as i32)));
    a.alu(Alu::Cmp, RSI, Rm::At(RAX, offset_of!(LuaFn, code) as i32));
    a.jump_if(Cond::NotEqual, elsewhere);
    a.mov(RAX, Rm::At(RAX, offset_of!(LuaFn, proto) as i32));
    a.mov32(RAX, Rm::At(RAX, offset_of!(ProtoObj, native) as i32));
    a.test(RAX);
    a.jump_if(Cond::Equal, elsewhere);
    a.mov(RCX, of_tier(offset_of!(Tier, functions)));
    a.mov(RAX, Rm::Indexed(RCX, RAX, 3, 0));
}

/// A body has come back: `rsi` := the RETURN, which nobody has paid for any more, `rax` := its handler.
pub(super) fn returned(a: &mut Asm) {
    let some = a.label();
    a.mov(RSI, Rm::Reg(RCX));
    a.test(RSI);
    a.jump_if(Cond::GreaterEqual, some);
    a.not(RSI);
    a.bind(some);
    a.alu_k(Alu::Add, Rm::Reg(R14), size_of::<Instr>() as i32);
    a.load8(RAX, Rm::At(RSI, 0));
    a.alu_k(Alu::And, Rm::Reg(RAX), !NATIVE as i32);
    a.imm(R10, interpreted() as i64);
    a.mov(RAX, Rm::Indexed(R10, RAX, 3, 0));
}
