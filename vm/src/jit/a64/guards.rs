//! Guards: a comparison, and a jump to an exit.

use super::asm::*;
use super::emit::{of_tier, of_vm};
use super::registers::*;
use crate::jit::emit::Emit;
use crate::jit::ir::*;
use crate::jit::labels::Label;
use crate::vm::Vm;
use crate::vm::tier::Tier;
use std::mem::offset_of;

impl Emit<'_> {
    pub fn guard(&mut self, i: &Ins, n: usize) {
        let exit = self.exit_label(i.x);
        match i.op {
            Op::Guard => self.compare(i.a, i.b),
            Op::GuardF => {
                let x = self.float(i.a, F0);
                let y = self.float(i.b, F1);
                self.a.compare_floats(x, y);
                self.a.jump_if_unordered(exit);
            }
            Op::GuardByte => self.compare_byte(i.a, i.y as u8),
            Op::GuardSlotTag => self.compare_byte_at(Mem::At(B, i.k), i.y as u8),
            Op::GuardMem1 => {
                let mem = self.at(i);
                self.compare_byte_at(mem, i.y as u8);
            }
            Op::GuardMem2 => {
                let mem = self.at(i);
                self.a.access(Access::Load2, S2, mem);
                self.a.compare32_k(S2, (i.y as u16).into());
            }
            Op::GuardMem4 => {
                let mem = self.at(i);
                self.a.access(Access::Load4, S2, mem);
                self.a.compare32_k(S2, i.y as u32);
            }
            Op::GuardMem8 => {
                let mem = self.at(i);
                self.a.load(S2, mem);
                let r = self.general(i.b, S1);
                self.a.compare(S2, r);
            }
            Op::GuardMemX1 => {
                let mem = self.indexed(i, false);
                self.compare_byte_at(mem, i.y as u8);
            }
            Op::GuardFuel => return self.guard_fuel(i, n, exit),
            Op::GuardStack => return self.guard_stack(i, exit),
            _ => unreachable!("{:?} is no guard", i.op),
        }
        self.a.jump_if(i.cond, exit);
        self.fail_at_times(exit);
    }

    /// In a test mode, a guard fails that holds.
    fn fail_at_times(&mut self, exit: Label) {
        if self.target.fails {
            let fail = of_tier(offset_of!(Tier, fail));
            self.a.access(Access::Load4, S2, fail);
            self.a.decrement32(S2);
            self.a.access(Access::Store4, S2, fail);
            self.a.jump_if(Cond::Equal, exit);
        }
    }

    pub fn compare_fuel(&mut self, k: i64) {
        self.a.compare_k(F, k);
    }

    fn guard_stack(&mut self, i: &Ins, exit: Label) {
        self.a.add_k(S0, B, i.k);
        self.a.load(S1, of_vm(offset_of!(Vm, stack_end)));
        self.a.compare(S0, S1);
        self.a.jump_if(Cond::Above, exit);
        if i.y != 0 {
            self.a.mov_sp(S0, SP);
            self.a.load(S1, of_tier(offset_of!(Tier, limit)));
            self.a.compare(S0, S1);
            self.a.jump_if(Cond::Below, exit);
        }
    }
}
