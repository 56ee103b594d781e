//! Loads, and operations on integers.

use super::asm::*;
use super::emit::is_i32;
use crate::jit::alloc::Place;
use crate::jit::emit::Emit;
use crate::jit::ir::*;

impl Emit<'_> {
    pub(super) fn load(&mut self, i: &Ins, rm: Rm, load: fn(&mut Asm, u8, Rm)) {
        let d = self.target_of(i.d, RAX);
        load(&mut self.a, d, rm);
        self.defined(i.d, d);
    }

    pub(super) fn load_float(&mut self, i: &Ins, rm: Rm) {
        let d = self.target_of(i.d, X15);
        self.a.movsd(d, rm);
        self.defined(i.d, d);
    }

    pub(super) fn one_operand(&mut self, i: &Ins, change: impl FnOnce(&mut Asm, u8)) {
        let d = self.target_of(i.d, RAX);
        let rm = self.general_rm(i.a, d);
        self.a.mov(d, rm);
        change(&mut self.a, d);
        self.defined(i.d, d);
    }

    pub(super) fn add(&mut self, i: &Ins) {
        let d = self.target_of(i.d, RAX);
        if let (Place::General(x), Place::General(y)) = (self.place(i.a), self.place(i.b))
            && d != x
            && d != y
        {
            self.a.lea(d, Rm::Indexed(x, y, 0, 0));
            self.defined(i.d, d);
        } else {
            self.two_operands(i, Alu::Add, true);
        }
    }

    pub(super) fn two_operands(&mut self, i: &Ins, alu: Alu, commutes: bool) {
        let d = self.target_of(i.d, RAX);
        let own = Place::General(d);
        let (mut x, mut y) = (i.a, i.b);
        if commutes && (self.place(y) == own || matches!(self.place(x), Place::Int(_))) {
            std::mem::swap(&mut x, &mut y);
        }
        if let Place::Int(k) = self.place(y)
            && is_i32(k)
        {
            let added = match alu {
                Alu::Add => Some(k),
                Alu::Sub => Some(-k),
                _ => None,
            };
            match (self.place(x), added.filter(|k| is_i32(*k))) {
                (Place::General(r), Some(k)) if r != d => self.a.lea(d, Rm::At(r, k as i32)),
                _ => {
                    let rm = self.general_rm(x, d);
                    self.a.mov(d, rm);
                    self.a.alu_k(alu, Rm::Reg(d), k as i32);
                }
            }
        } else if self.place(y) == own && self.place(x) != own {
            let rm = self.general_rm(x, RAX);
            self.a.mov(RAX, rm);
            self.a.alu(alu, RAX, Rm::Reg(d));
            self.a.mov(d, Rm::Reg(RAX));
        } else {
            let rm = self.general_rm(x, d);
            self.a.mov(d, rm);
            let rm = self.general_rm(y, RCX);
            self.a.alu(alu, d, rm);
        }
        self.defined(i.d, d);
    }

    pub(super) fn multiply(&mut self, i: &Ins) {
        let d = self.target_of(i.d, RAX);
        let own = Place::General(d);
        let (mut x, mut y) = (i.a, i.b);
        if matches!(self.place(x), Place::Int(_)) || self.place(y) == own {
            std::mem::swap(&mut x, &mut y);
        }
        match self.place(y) {
            Place::Int(k) if is_i32(k) => {
                let rm = self.general_rm(x, RCX);
                self.a.imul_k(d, rm, k as i32);
            }
            y if y == own && self.place(x) != own => {
                let rm = self.general_rm(x, RAX);
                self.a.mov(RAX, rm);
                self.a.imul(RAX, Rm::Reg(d));
                self.a.mov(d, Rm::Reg(RAX));
            }
            _ => {
                let rm = self.general_rm(x, d);
                self.a.mov(d, rm);
                let rm = self.general_rm(y, RCX);
                self.a.imul(d, rm);
            }
        }
        self.defined(i.d, d);
    }

    /// As Lua's operators: counts of 64 and more give 0, negative ones shift the other way.
    pub(super) fn shift(&mut self, i: &Ins, way: Shift, other: Shift) {
        let (negative, far, done) = (self.a.label(), self.a.label(), self.a.label());
        let rm = self.general_rm(i.a, RAX);
        self.a.mov(RAX, rm);
        let rm = self.general_rm(i.b, RCX);
        self.a.mov(RCX, rm);
        self.a.alu_k(Alu::Cmp, Rm::Reg(RCX), 63);
        self.a.jump_if(Cond::Above, negative);
        self.a.shift_cl(way, RAX);
        self.a.jump(done);
        self.a.bind(negative);
        self.a.neg(RCX);
        self.a.alu_k(Alu::Cmp, Rm::Reg(RCX), 63);
        self.a.jump_if(Cond::Above, far);
        self.a.shift_cl(other, RAX);
        self.a.jump(done);
        self.a.bind(far);
        self.a.zero(RAX);
        self.a.bind(done);
        let d = self.target_of(i.d, RAX);
        self.a.mov(d, Rm::Reg(RAX));
        self.defined(i.d, d);
    }

    pub(super) fn floor_divide(&mut self, i: &Ins) {
        let is_mod = i.op == Op::FloorMod;
        let (exact, done) = (self.a.label(), self.a.label());
        let rm = self.general_rm(i.a, RAX);
        self.a.mov(RAX, rm);
        let rm = self.general_rm(i.b, RCX);
        self.a.mov(RCX, rm);
        self.a.idiv(RCX);
        // Rounded down: there is a remainder whose sign is not the divisor's.
        self.a.test(RDX);
        self.a.jump_if(Cond::Equal, exact);
        if is_mod {
            self.a.mov(RAX, Rm::Reg(RDX));
        }
        self.a.alu(Alu::Xor, RDX, Rm::Reg(RCX));
        self.a.jump_if_not_negative(done);
        if is_mod {
            self.a.alu(Alu::Add, RAX, Rm::Reg(RCX));
        } else {
            self.a.alu_k(Alu::Sub, Rm::Reg(RAX), 1);
        }
        self.a.jump(done);
        self.a.bind(exact);
        if is_mod {
            self.a.zero(RAX);
        }
        self.a.bind(done);
        let d = self.target_of(i.d, RAX);
        self.a.mov(d, Rm::Reg(RAX));
        self.defined(i.d, d);
    }
}
