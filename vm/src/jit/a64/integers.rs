//! Loads, and operations on integers.

use super::asm::*;
use super::registers::*;
use crate::jit::alloc::Place;
use crate::jit::emit::Emit;
use crate::jit::ir::*;

impl Emit<'_> {
    pub(super) fn load(&mut self, i: &Ins, mem: Mem, access: Access) {
        let d = self.target_of(i.d, S0);
        self.a.access(access, d, mem);
        self.defined(i.d, d);
    }

    pub(super) fn load_float(&mut self, i: &Ins, mem: Mem) {
        let d = self.target_of(i.d, F1);
        self.a.access(Access::LoadF, d, mem);
        self.defined(i.d, d);
    }

    pub(super) fn one_operand(&mut self, i: &Ins, make: impl FnOnce(&mut Asm, u8, u8)) {
        let x = self.general(i.a, S0);
        let d = self.target_of(i.d, S0);
        make(&mut self.a, d, x);
        self.defined(i.d, d);
    }

    pub(super) fn two_operands(&mut self, i: &Ins, make: impl FnOnce(&mut Asm, u8, u8, u8)) {
        let x = self.general(i.a, S0);
        let y = self.general(i.b, S1);
        let d = self.target_of(i.d, S0);
        make(&mut self.a, d, x, y);
        self.defined(i.d, d);
    }

    /// Adds or subtracts.
    pub(super) fn add(&mut self, i: &Ins, is_sub: bool) {
        let (mut x, mut y) = (i.a, i.b);
        if !is_sub && matches!(self.place(x), Place::Int(_)) {
            std::mem::swap(&mut x, &mut y);
        }
        // (What is larger takes as many instructions in a register.)
        let short = |k: &i64| k.unsigned_abs() < 1 << 12;
        match self.place(y) {
            Place::Int(k) if short(&k) => {
                let k = if is_sub { -k } else { k };
                let i = Ins { a: x, ..*i };
                self.one_operand(&i, |a, d, x| a.add_k(d, x, k));
            }
            _ => {
                let alu = if is_sub { Alu::Sub } else { Alu::Add };
                self.two_operands(&Ins { a: x, b: y, ..*i }, |a, d, x, y| a.alu(alu, d, x, y));
            }
        }
    }

    /// On bits.
    pub(super) fn logic(&mut self, i: &Ins, alu: Alu) {
        let (mut x, mut y) = (i.a, i.b);
        if matches!(self.place(x), Place::Int(_)) {
            std::mem::swap(&mut x, &mut y);
        }
        let i = Ins { a: x, b: y, ..*i };
        match self.place(y) {
            Place::Int(k) => self.one_operand(&i, |a, d, x| a.logic_k(alu, d, x, k as u64)),
            _ => self.two_operands(&i, |a, d, x, y| a.alu(alu, d, x, y)),
        }
    }

    /// As Lua's operators: counts of 64 and more give 0, negative ones shift the other way.
    pub(super) fn shift(&mut self, i: &Ins, way: Alu, other: Alu) {
        let x = self.general(i.a, S0);
        let y = self.general(i.b, S1);
        // (The processor takes six bits of a count.)
        self.a.alu(Alu::Sub, S2, ZERO, y);
        self.a.alu(other, S3, x, S2);
        self.a.compare_k(S2, 64);
        self.a.select(Cond::Below, S3, S3, ZERO);
        self.a.alu(way, S2, x, y);
        self.a.compare_k(y, 64);
        let d = self.target_of(i.d, S0);
        self.a.select(Cond::Below, d, S2, S3);
        self.defined(i.d, d);
    }

    /// Rounded down: one less, or the divisor more, if there is a remainder whose sign is not the divisor's.
    pub(super) fn floor_divide(&mut self, i: &Ins) {
        let x = self.general(i.a, S0);
        let y = self.general(i.b, S1);
        let done = self.a.label();
        self.a.alu(Alu::Div, S2, x, y);
        // The remainder.
        self.a.mul_sub(S3, S2, y, x);
        let result = if i.op == Op::FloorMod { S3 } else { S2 };
        self.a.jump_if_zero(S3, done);
        self.a.alu(Alu::Xor, S4, S3, y);
        self.a.compare_k(S4, 0);
        self.a.jump_if(Cond::GreaterEqual, done);
        if i.op == Op::FloorMod {
            self.a.alu(Alu::Add, S3, S3, y);
        } else {
            self.a.add_k(S2, S2, -1);
        }
        self.a.bind(done);
        let d = self.target_of(i.d, result);
        self.a.mov(d, result);
        self.defined(i.d, d);
    }

    pub(super) fn result(&mut self, i: &Ins, r: u8) {
        let d = self.target_of(i.d, r);
        self.a.mov(d, r);
        self.defined(i.d, d);
    }
}
