//! What native code does with the collector's heap: stores that it is told of, and cells for new objects.

use super::asm::*;
use super::emit::{of_tier, of_vm};
use crate::heap::cells::{Class as CellClass, cell_size};
use crate::heap::heap::Heap;
use crate::heap::{Header, mark};
use crate::jit::emit::Emit;
use crate::jit::ir::*;
use crate::vm::Vm;
use crate::vm::tier::{Stubs, Tier};
use std::mem::offset_of;

impl Emit<'_> {
    pub(super) fn barrier(&mut self, i: &Ins) {
        let (black, on) = (self.a.label(), self.a.label());
        let object = self.general(i.a, RAX);
        self.a.test8_k(Rm::At(object, offset_of!(Header, marked) as i32), mark::BLACK);
        self.a.jump_if(Cond::NotEqual, black);
        self.a.bind(on);
        self.barriers.push((black, on, *i));
    }

    /// What barriers jump to.
    pub fn barrier_stubs(&mut self) {
        for (black, on, i) in std::mem::take(&mut self.barriers) {
            self.a.bind(black);
            let object = self.general_rm(i.a, RAX);
            self.a.mov(RAX, object);
            match i.b {
                NONE => self.a.zero(RDX),
                payload => {
                    let payload = self.general_rm(payload, RDX);
                    self.a.mov(RDX, payload);
                }
            }
            match i.c {
                NONE => self.a.imm(RCX, i.k | i64::from(i.y)),
                tag => {
                    let tag = self.general_rm(tag, RCX);
                    self.a.mov(RCX, tag);
                    self.a.alu_k(Alu::And, Rm::Reg(RCX), 0xff);
                    self.a.alu_k(Alu::Or, Rm::Reg(RCX), i.k as i32);
                }
            }
            self.a.call_rm(of_tier(offset_of!(Tier, stubs) + offset_of!(Stubs, barrier)));
            self.a.jump(on);
        }
    }

    pub(super) fn free_cell(&mut self, i: &Ins) {
        let class = i.k as usize;
        let (none, on) = (self.a.label(), self.a.label());
        self.a.mov(RAX, of_class(class, offset_of!(CellClass, next)));
        self.a.alu(Alu::Cmp, RAX, of_class(class, offset_of!(CellClass, end)));
        self.a.jump_if(Cond::Equal, none);
        let debt = of_vm(offset_of!(Vm, heap) + offset_of!(Heap, debt));
        self.a.alu_k(Alu::Cmp, debt, -(cell_size(class) as i32));
        self.a.jump_if(Cond::Greater, none);
        self.a.bind(on);
        if i.d != NONE {
            let d = self.target_of(i.d, RAX);
            self.a.mov(d, Rm::Reg(RAX));
            self.defined(i.d, d);
        }
        self.cells.push((none, on, *i));
    }

    /// Where a cell is looked for.
    pub fn cell_stubs(&mut self) {
        for (none, on, i) in std::mem::take(&mut self.cells) {
            self.a.bind(none);
            self.a.imm(RAX, i.k);
            self.a.call_rm(of_tier(offset_of!(Tier, stubs) + offset_of!(Stubs, free_cell)));
            self.a.jump(on);
        }
    }
}

/// A field of a class of cells.
fn of_class(class: usize, field: usize) -> Rm {
    let class = offset_of!(Heap, cells) + class * size_of::<CellClass>();
    of_vm(offset_of!(Vm, heap) + class + field)
}
