//! What native code does with the collector's heap: stores that it is told of, and cells for new objects.

use super::asm::*;
use super::emit::of_vm;
use super::registers::*;
use crate::heap::cells::{Class as CellClass, cell_size};
use crate::heap::heap::Heap;
use crate::heap::{Header, mark};
use crate::jit::emit::Emit;
use crate::jit::ir::*;
use crate::vm::Vm;
use crate::vm::tier::Stubs;
use std::mem::offset_of;

impl Emit<'_> {
    pub(super) fn barrier(&mut self, i: &Ins) {
        let (black, on) = (self.a.label(), self.a.label());
        let object = self.general(i.a, S0);
        self.a.access(Access::Load1, S2, Mem::At(object, offset_of!(Header, marked) as i64));
        self.a.test_k(S2, mark::BLACK.into());
        self.a.jump_if(Cond::NotEqual, black);
        self.a.bind(on);
        self.barriers.push((black, on, *i));
    }

    /// What barriers jump to.
    pub fn barrier_stubs(&mut self) {
        for (black, on, i) in std::mem::take(&mut self.barriers) {
            self.a.bind(black);
            self.general_to(S0, i.a);
            match i.b {
                NONE => self.a.imm(S2, 0),
                payload => self.general_to(S2, payload),
            }
            match i.c {
                NONE => self.a.imm(S1, i.k | i64::from(i.y)),
                tag => {
                    let tag = self.general(tag, S1);
                    self.a.logic_k(Alu::And, S1, tag, 0xff);
                    self.a.logic_k(Alu::Or, S1, S1, i.k as u64);
                }
            }
            self.a.call_stub(offset_of!(Stubs, barrier));
            self.a.jump(on);
        }
    }

    pub(super) fn free_cell(&mut self, i: &Ins) {
        let class = i.k as usize;
        let (none, on) = (self.a.label(), self.a.label());
        self.a.load(S0, of_class(class, offset_of!(CellClass, next)));
        self.a.load(S1, of_class(class, offset_of!(CellClass, end)));
        self.a.compare(S0, S1);
        self.a.jump_if(Cond::Equal, none);
        self.a.load(S1, of_vm(offset_of!(Vm, heap) + offset_of!(Heap, debt)));
        self.a.compare_k(S1, -(cell_size(class) as i64));
        self.a.jump_if(Cond::Greater, none);
        self.a.bind(on);
        if i.d != NONE {
            let d = self.target_of(i.d, S0);
            self.a.mov(d, S0);
            self.defined(i.d, d);
        }
        self.cells.push((none, on, *i));
    }

    /// Where a cell is looked for.
    pub fn cell_stubs(&mut self) {
        for (none, on, i) in std::mem::take(&mut self.cells) {
            self.a.bind(none);
            self.a.imm(S0, i.k);
            self.a.call_stub(offset_of!(Stubs, free_cell));
            self.a.jump(on);
        }
    }
}

/// A field of a class of cells.
fn of_class(class: usize, field: usize) -> Mem {
    let class = offset_of!(Heap, cells) + class * size_of::<CellClass>();
    of_vm(offset_of!(Vm, heap) + class + field)
}
