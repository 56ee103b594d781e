//! Operations on floats.

use super::asm::*;
use super::registers::*;
use crate::jit::emit::Emit;
use crate::jit::ir::*;
use crate::value::tag;

impl Emit<'_> {
    /// The operands stay in this order: of two NaNs the first is the result.
    pub(super) fn two_floats(&mut self, i: &Ins, fpu: Fpu) {
        let x = self.float(i.a, F0);
        let y = self.float(i.b, F1);
        let d = self.target_of(i.d, F1);
        self.a.fpu(fpu, d, x, y);
        self.defined(i.d, d);
    }

    pub(super) fn one_float(&mut self, i: &Ins, unary: Unary) {
        let x = self.float(i.a, F0);
        let d = self.target_of(i.d, F1);
        self.a.unary(unary, d, x);
        self.defined(i.d, d);
    }

    /// From a general register.
    pub(super) fn float_from(&mut self, i: &Ins, unary: Unary) {
        let x = self.general(i.a, S0);
        let d = self.target_of(i.d, F1);
        self.a.unary(unary, d, x);
        self.defined(i.d, d);
    }

    pub(super) fn number_to_float(&mut self, i: &Ins) {
        let payload = self.general(i.a, S1);
        let d = self.target_of(i.d, F1);
        let (float, done) = (self.a.label(), self.a.label());
        self.compare_byte(i.b, tag::FLOAT);
        self.a.jump_if(Cond::Equal, float);
        self.compare_byte(i.b, tag::INT);
        let exit = self.exit_label(i.x);
        self.a.jump_if(Cond::NotEqual, exit);
        self.a.unary(Unary::IntToFloat, d, payload);
        self.a.jump(done);
        self.a.bind(float);
        self.a.unary(Unary::BitsToFloat, d, payload);
        self.a.bind(done);
        self.defined(i.d, d);
    }

    pub(super) fn floor_to_int(&mut self, i: &Ins) {
        const EXACT: f64 = 4503599627370496.0;
        let x = self.float(i.a, F0);
        let exit = self.exit_label(i.x);
        self.a.unary(Unary::Abs, F1, x);
        self.a.unary(Unary::FloorToInt, S0, x);
        self.a.float(F0, EXACT.to_bits());
        self.a.compare_floats(F1, F0);
        // What is not ordered is above.
        self.a.jump_if(Cond::AboveEqual, exit);
        self.result(i, S0);
    }

    pub(super) fn branch_float(&mut self, i: &Ins, n: usize) {
        // Not ordered is neither below nor equal.
        let (x, y, cond) = match i.cond {
            Cond::Above => (i.b, i.a, Cond::Below),
            Cond::AboveEqual => (i.b, i.a, Cond::BelowEqual),
            cond => (i.a, i.b, cond),
        };
        let x = self.float(x, F0);
        let y = self.float(y, F1);
        self.a.compare_floats(x, y);
        self.branch(cond, i.t, i.f, n);
    }
}
