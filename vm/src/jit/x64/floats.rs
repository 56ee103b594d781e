//! Operations on floats.

use super::asm::*;
use crate::jit::alloc::Place;
use crate::jit::emit::Emit;
use crate::jit::ir::*;
use crate::value::tag;

impl Emit<'_> {
    /// The operands stay in this order: of two NaNs the first is the result.
    pub(super) fn two_floats(&mut self, i: &Ins, sse: Sse) {
        let d = self.target_of(i.d, X15);
        let (own, y) = (Place::Float(d), self.place(i.b));
        let x = self.float_rm(i.a);
        if y == own && self.place(i.a) != own {
            self.a.movsd(X15, x);
            self.a.sse(sse, X15, Rm::Reg(d));
            self.a.movsd(d, Rm::Reg(X15));
        } else {
            self.a.movsd(d, x);
            let rm = self.float_rm(i.b);
            self.a.sse(sse, d, rm);
        }
        self.defined(i.d, d);
    }

    /// Changes the sign, or takes it off.
    pub(super) fn sign(&mut self, i: &Ins) {
        let d = self.target_of(i.d, X15);
        let x = self.float_rm(i.a);
        self.a.movsd(X14, x);
        let mask = self.a.pool(if i.op == Op::NegF { 1 << 63 } else { !0 >> 1 });
        self.a.movsd(X15, mask);
        if i.op == Op::NegF {
            self.a.xorps(X15, X14);
        } else {
            self.a.andps(X15, X14);
        }
        self.a.movsd(d, Rm::Reg(X15));
        self.defined(i.d, d);
    }

    pub(super) fn number_to_float(&mut self, i: &Ins) {
        let d = self.target_of(i.d, X15);
        let payload = self.general(i.a, RAX);
        let t = self.general(i.b, RCX);
        let (float, done) = (self.a.label(), self.a.label());
        self.a.cmp8_k(Rm::Reg(t), tag::FLOAT);
        self.a.jump_if(Cond::Equal, float);
        self.a.cmp8_k(Rm::Reg(t), tag::INT);
        let exit = self.exit_label(i.x);
        self.a.jump_if(Cond::NotEqual, exit);
        self.a.cvtsi2sd(d, Rm::Reg(payload));
        self.a.jump(done);
        self.a.bind(float);
        self.a.movq_to_float(d, payload);
        self.a.bind(done);
        self.defined(i.d, d);
    }

    pub(super) fn floor_to_int(&mut self, i: &Ins) {
        const EXACT: f64 = 4503599627370496.0;
        let x = self.float(i.a, X15);
        let exit = self.exit_label(i.x);
        for (bound, cond) in [(EXACT, Cond::AboveEqual), (-EXACT, Cond::BelowEqual)] {
            let rm = self.a.pool(bound.to_bits());
            self.a.ucomisd(x, rm);
            self.a.jump_if_unordered(exit);
            self.a.jump_if(cond, exit);
        }
        let below = self.a.label();
        self.a.cvttsd2si(RAX, x);
        self.a.cvtsi2sd(X14, Rm::Reg(RAX));
        self.a.ucomisd(X14, Rm::Reg(x));
        self.a.jump_if(Cond::BelowEqual, below);
        self.a.alu_k(Alu::Sub, Rm::Reg(RAX), 1);
        self.a.bind(below);
        let d = self.target_of(i.d, RAX);
        self.a.mov(d, Rm::Reg(RAX));
        self.defined(i.d, d);
    }

    pub(super) fn branch_float(&mut self, i: &Ins, n: usize) {
        // Not ordered is neither above nor equal.
        let (x, y, cond) = match i.cond {
            Cond::Below => (i.b, i.a, Cond::Above),
            Cond::BelowEqual => (i.b, i.a, Cond::AboveEqual),
            cond => (i.a, i.b, cond),
        };
        let x = self.float(x, X15);
        let y = self.float_rm(y);
        self.a.ucomisd(x, y);
        if cond == Cond::Equal {
            let other = self.label_of(i.f);
            self.a.jump_if_unordered(other);
            self.a.jump_if(Cond::NotEqual, other);
            self.jump_to(i.t, n);
        } else {
            self.branch(cond, i.t, i.f, n);
        }
    }
}
