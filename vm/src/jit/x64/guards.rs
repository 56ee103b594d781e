//! Guards: a comparison, and a jump to an exit.

use super::asm::*;
use super::emit::{of_tier, of_vm, slot};
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
                let x = self.float(i.a, X15);
                let y = self.float_rm(i.b);
                self.a.ucomisd(x, y);
                self.a.jump_if_unordered(exit);
            }
            Op::GuardByte => {
                let r = self.general(i.a, RAX);
                self.a.cmp8_k(Rm::Reg(r), i.y as u8);
            }
            Op::GuardSlotTag => self.a.cmp8_k(slot(i.k), i.y as u8),
            Op::GuardMem1 => {
                let rm = self.at(i);
                self.a.cmp8_k(rm, i.y as u8);
            }
            Op::GuardMem2 => {
                let rm = self.at(i);
                self.a.cmp16_k(rm, i.y as u16);
            }
            Op::GuardMem4 => {
                let rm = self.at(i);
                self.a.cmp32_k(rm, i.y);
            }
            Op::GuardMem8 => {
                let rm = self.at(i);
                let r = self.general(i.b, RCX);
                self.a.cmp_rm(rm, r);
            }
            Op::GuardMemX1 => {
                let rm = self.indexed(i, 0);
                self.a.cmp8_k(rm, i.y as u8);
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
            self.a.dec32(of_tier(offset_of!(Tier, fail)));
            self.a.jump_if(Cond::Equal, exit);
        }
    }

    /// Bytes of code that look at fuel.
    pub(super) fn fuel_bytes(k: i64) -> usize {
        if i8::try_from(k).is_ok() { 4 + 6 } else { 7 + 6 }
    }

    pub fn compare_fuel(&mut self, k: i64) {
        self.a.alu_k(Alu::Cmp, Rm::Reg(R14), k as i32);
    }

    fn guard_stack(&mut self, i: &Ins, exit: Label) {
        self.a.lea(RAX, slot(i.k));
        self.a.alu(Alu::Cmp, RAX, of_vm(offset_of!(Vm, stack_end)));
        self.a.jump_if(Cond::Above, exit);
        if i.y != 0 {
            self.a.alu(Alu::Cmp, RSP, of_tier(offset_of!(Tier, limit)));
            self.a.jump_if(Cond::Below, exit);
        }
    }
}
