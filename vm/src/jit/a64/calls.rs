//! How native code calls functions, and returns.
//!
//! A body is called with the frame's first register in `B`. It returns in `S0` the payload and in `S2` the
//! tag of its first result, and in `S1` the address of the RETURN that it has paid for but not executed:
//! who has called it moves the results. The address is complemented where the RETURN writes nothing for a
//! caller that takes no result.

use super::asm::*;
use super::emit::{of_tier, of_vm, slot};
use super::registers::*;
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

/// The frame's first register. (`B` are opcodes here.)
const FRAME: u8 = super::registers::B;

impl Emit<'_> {
    /// Calls the function's body. When it comes back, all its registers are stored, and the interpreter
    /// executes the RETURN.
    pub(super) fn return_to_interpreter(&mut self) {
        let constants = self.target.constants as i64;
        let a = &mut self.a;
        a.call(self.body);
        a.bind(self.came_back);
        returned(a);
        a.mov(TO_VM, VM);
        a.mov(TO_BASE, FRAME);
        a.imm(TO_K, constants);
        a.alu(Alu::Add, TO_FUEL, F, TO_IP);
        a.leave_native();
        a.forget_frames();
        a.jump_register(S0);
    }

    /// Returns to the code that has called the body.
    pub(super) fn give_back(&mut self, i: &Ins) {
        let ip = self.instr(i.x);
        if i.op != Op::Return {
            self.a.imm(S0, 0);
            self.a.imm(S2, tag::NIL.into());
            if i.op == Op::ReturnMany {
                self.first_result(i);
            }
            self.a.imm(S1, !ip);
        } else {
            match i.a {
                NONE => self.a.imm(S0, 0),
                a if self.f.class[a as usize] == Class::Float => {
                    let x = self.float(a, F1);
                    self.a.unary(Unary::FloatToBits, S0, x);
                }
                a => self.general_to(S0, a),
            }
            match i.b {
                NONE => self.a.imm(S2, i.y.into()),
                b => self.general_to(S2, b),
            }
            self.a.imm(S1, ip);
        }
        self.drop_frame();
        self.a.ret();
    }

    /// The first of many results, unless there is none.
    fn first_result(&mut self, i: &Ins) {
        if i.y == 1 {
            return;
        }
        let none = self.a.label();
        if i.y == 0 {
            self.a.add_k(S1, FRAME, i.k);
            self.a.load(S3, of_vm(offset_of!(Vm, top)));
            self.a.compare(S1, S3);
            self.a.jump_if(Cond::AboveEqual, none);
        }
        self.a.load(S0, slot(i.k));
        self.a.access(Access::Load1, S2, slot(i.k + 8));
        self.a.bind(none);
    }

    pub(super) fn call(&mut self, i: &Ins) {
        let window = i64::from(i.y);
        let base = window + (HEADER * SLOT) as i64;
        self.link(i.x, window);
        if i.k == 0 {
            self.a.call(self.body);
        } else {
            self.a.imm(S0, i.k);
            call_body(&mut self.a, S0);
        }
        self.a.add_k(FRAME, FRAME, -base);
    }

    /// The body of [`Entries`] comes in place of this frame; uses `T`.
    fn jump_to_body(&mut self, entries: u8) {
        self.drop_frame();
        self.a.load(T, Mem::At(entries, offset_of!(Entries, body) as i64));
        self.a.jump_register(T);
    }

    /// The instruction's handler calls whatever value it is, unless it is a function of the language with as many
    /// parameters as there are arguments.
    pub(super) fn call_any(&mut self, i: &Ins) {
        let base = i64::from(i.y) + (HEADER * SLOT) as i64;
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
            self.a.call_stub(offset_of!(Stubs, step));
            self.a.add_k(FRAME, FRAME, -base);
            self.a.compare(TO_BASE, FRAME);
            self.a.jump_if(Cond::NotEqual, elsewhere);
            self.fuel_of_handler();
            self.a.bind(back);
        }
        self.a.imm(S0, next);
        self.a.compare(TO_IP, S0);
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
        call_body(&mut self.a, S2);
        match call.results {
            Results::None | Results::One => {}
            Results::All => {
                self.a.compare_k(S1, 0);
                self.a.jump_if(Cond::Less, came_back);
            }
            Results::Several => {
                self.a.jump(came_back);
                self.a.bind(other);
                return;
            }
        }
        self.a.add_k(FRAME, FRAME, -base);
        if call.results == Results::None {
            self.keep_result(&Ins { k: window, ..*i });
        } else {
            self.a.store(slot(window), S0);
            self.a.access(Access::Store1, S2, slot(window + 8));
        }
        if call.results == Results::All {
            self.a.add_k(S0, FRAME, window + SLOT as i64);
            self.a.store(of_vm(offset_of!(Vm, top)), S0);
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
        self.a.access(Access::Load1, S0, slot(-8 + 3));
        self.a.logic_k(Alu::Or, S0, S0, 0x80);
        self.a.access(Access::Store1, S0, slot(-8 + 3));
        let header = (HEADER * SLOT) as i64;
        self.copy(window, -header);
        for j in 0..i64::from(call.b) - 1 {
            let to = j * SLOT as i64;
            self.copy(window + header + to, to);
        }
        self.jump_to_body(S2);
        self.a.bind(other);
    }

    /// Copies a slot; uses `S0` and `S1`.
    fn copy(&mut self, from: i64, to: i64) {
        self.a.load(S0, slot(from));
        self.a.access(Access::Load1, S1, slot(from + 8));
        self.a.store(slot(to), S0);
        self.a.access(Access::Store1, S1, slot(to + 8));
    }

    /// `S2` := the [`Entries`] of the function in a window, and the call is paid for; to `other` if it is none
    /// of the language with as many parameters as arguments that the compiler knows, or has no room for its
    /// registers from `base` on.
    fn entries_of_window(&mut self, window: i64, call: Exact, base: i64, other: Label) {
        let a = &mut self.a;
        if call.is_open {
            let arguments = (HEADER + usize::from(call.b) - 1) * SLOT;
            a.add_k(S0, FRAME, window + arguments as i64);
            a.load(S1, of_vm(offset_of!(Vm, top)));
            a.compare(S0, S1);
            a.jump_if(Cond::NotEqual, other);
        }
        a.access(Access::Load1, S0, slot(window + 8));
        a.compare32_k(S0, tag::LUA_FN.into());
        a.jump_if(Cond::NotEqual, other);
        a.load(S1, slot(window));
        a.load(S1, Mem::At(S1, offset_of!(LuaFn, proto) as i64));
        a.access(Access::Load2, S0, Mem::At(S1, offset_of!(ProtoObj, exact_b) as i64));
        a.compare32_k(S0, call.b.into());
        a.jump_if(Cond::NotEqual, other);
        a.access(Access::Load4, S2, Mem::At(S1, offset_of!(ProtoObj, native) as i64));
        a.jump_if_zero(S2, other);
        a.access(Access::Load4, S0, Mem::At(S1, offset_of!(ProtoObj, frame_bytes) as i64));
        a.alu(Alu::Add, S0, S0, FRAME);
        a.add_k(S0, S0, base);
        a.load(S1, of_vm(offset_of!(Vm, stack_end)));
        a.compare(S0, S1);
        a.jump_if(Cond::Above, other);
        a.load(S0, of_tier(offset_of!(Tier, functions)));
        a.load(S2, Mem::Indexed(S0, S2, true));
        a.add_k(F, F, -(size_of::<Instr>() as i64));
    }

    /// Writes the link of a call of the window, and goes to the frame behind it; uses `S0`.
    fn link(&mut self, pc: u32, window: i64) {
        let base = window + (HEADER * SLOT) as i64;
        let ip = self.instr(pc);
        self.a.imm(S0, ip);
        self.a.store(slot(window + 16), S0);
        let word = Link::new(FrameKind::Lua, 0, base as usize, -1).word;
        self.a.imm(S0, word as i64);
        self.a.store(slot(window + 24), S0);
        self.a.add_k(FRAME, FRAME, base);
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
        self.a.compare(TO_BASE, FRAME);
        self.a.jump_if(Cond::NotEqual, elsewhere);
        self.a.imm(S0, next);
        self.a.compare(TO_IP, S0);
        self.a.jump_if(Cond::Equal, native);
        entries_of_frame(&mut self.a, elsewhere);
        self.fuel_of_handler();
        self.jump_to_body(S0);
        self.a.bind(native);
        self.fuel_of_handler();
    }

    pub(super) fn length(&mut self, i: &Ins) {
        self.general_to(0, i.a);
        self.a.imm(S0, length as *const () as usize as i64);
        self.a.call_register(S0);
        self.a.mov(S0, 0);
    }

    pub(super) fn close(&mut self) {
        self.a.mov(0, VM);
        self.a.mov(1, FRAME);
        self.a.imm(S0, close as *const () as usize as i64);
        self.a.call_register(S0);
        self.a.mov(S0, 0);
    }

    /// Has the handler of an instruction run, whatever frame it goes to.
    fn step(&mut self, pc: u32, op: B) {
        let ip = self.instr(pc);
        self.a.imm(TO_IP, ip);
        self.a.imm(TO_K, self.target.constants as i64);
        self.a.imm(S0, handler_of(op as i32));
        self.a.call_stub(offset_of!(Stubs, step));
    }

    /// The fuel as a handler has left it.
    fn fuel_of_handler(&mut self) {
        self.a.alu(Alu::Sub, F, TO_FUEL, TO_IP);
    }

    pub(super) fn keep_result(&mut self, i: &Ins) {
        let none = self.a.label();
        self.a.compare_k(S1, 0);
        self.a.jump_if(Cond::Less, none);
        self.a.store(slot(i.k), S0);
        self.a.access(Access::Store1, S2, slot(i.k + 8));
        self.a.bind(none);
    }
}

/// Calls the body of [`Entries`]; uses `T`.
pub(super) fn call_body(a: &mut Asm, entries: u8) {
    a.load(T, Mem::At(entries, offset_of!(Entries, body) as i64));
    a.call_register(T);
}

/// `S0` := the [`Entries`] of the function whose frame is at `TO_BASE`; goes elsewhere if `TO_IP` is not
/// its first instruction, or the compiler does not know it.
pub(super) fn entries_of_frame(a: &mut Asm, elsewhere: Label) {
    a.load(S0, Mem::At(TO_BASE, -((HEADER * SLOT) as i64)));
    a.load(S1, Mem::At(S0, offset_of!(LuaFn, code) as i64));
    a.compare(TO_IP, S1);
    a.jump_if(Cond::NotEqual, elsewhere);
    a.load(S0, Mem::At(S0, offset_of!(LuaFn, proto) as i64));
    a.access(Access::Load4, S0, Mem::At(S0, offset_of!(ProtoObj, native) as i64));
    a.jump_if_zero(S0, elsewhere);
    a.load(S1, of_tier(offset_of!(Tier, functions)));
    a.load(S0, Mem::Indexed(S1, S0, true));
}

/// A body has come back: `TO_IP` := the RETURN, which nobody has paid for any more, `S0` := its handler.
pub(super) fn returned(a: &mut Asm) {
    let some = a.label();
    a.mov(TO_IP, S1);
    a.compare_k(TO_IP, 0);
    a.jump_if(Cond::GreaterEqual, some);
    a.alu(Alu::OrNot, TO_IP, ZERO, TO_IP);
    a.bind(some);
    a.add_k(F, F, size_of::<Instr>() as i64);
    a.access(Access::Load1, S0, Mem::At(TO_IP, 0));
    a.logic_k(Alu::And, S0, S0, u64::from(!NATIVE));
    a.imm(S1, interpreted() as i64);
    a.load(S0, Mem::Indexed(S1, S0, true));
}
