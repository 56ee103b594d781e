//! The next pair of a table: code that units share, which does what the interpreter's handler of a TFORCALL does for
//! `next`. The table is in `rax` and the address of the loop's window in `rcx`; the tag of the key, or [`UNKNOWN`], comes
//! back in `rdx`. All registers that values may be in are kept.

use super::asm::*;
use super::emit::of_tier;
use super::stubs::saved;
use crate::jit::emit::Emit;
use crate::jit::ir::*;
use crate::jit::labels::Label;
use crate::object::table::Node;
use crate::stack::link::SLOT;
use crate::table::Table;
use crate::value::tag;
use crate::vm::meter::MANY;
use crate::vm::tier::{Stubs, Tier};
use std::mem::offset_of;

/// Registers that are used besides, and kept.
const KEPT: [u8; 5] = [RSI, RDI, R8, R9, R10];

/// A slot of the loop's window, and its tag.
const fn payload(n: usize) -> Rm {
    Rm::At(RCX, (n * SLOT) as i32)
}
const fn tag_of(n: usize) -> Rm {
    Rm::At(RCX, (n * SLOT) as i32 + 8)
}

const CONTROL: usize = 2;
const KEY: usize = 4;
const VALUE: usize = 5;

/// At which node the loop is.
const POSITION: Rm = Rm::At(RCX, (CONTROL * SLOT) as i32 + 12);

impl Emit<'_> {
    pub(super) fn next(&mut self, i: &Ins) {
        let table = self.general_rm(i.a, RAX);
        self.a.mov(RAX, table);
        self.a.lea(RCX, Rm::At(RBX, i.k as i32));
        self.a.call_rm(of_tier(offset_of!(Tier, stubs) + offset_of!(Stubs, next)));
    }
}

pub(super) fn next(a: &mut Asm) {
    let of_table = |offset: usize| Rm::At(RAX, offset as i32);
    let of_node = |offset: usize| Rm::At(R9, offset as i32);
    let (behind_node, scan, nodes) = (a.label(), a.label(), a.label());
    let (ended, unknown, done) = (a.label(), a.label(), a.label());
    for r in KEPT {
        a.store(saved(r), r);
    }
    // `rdx`: the place behind the control value; `rsi`: the size of the array part.
    a.mov32(RSI, of_table(offset_of!(Table, asize)));
    a.mov(RDX, payload(CONTROL));
    a.load8(RDI, tag_of(CONTROL));
    a.alu_k(Alu::Cmp, Rm::Reg(RDI), tag::INT.into());
    a.jump_if(Cond::NotEqual, behind_node);
    a.lea(R8, Rm::At(RDX, -1));
    a.alu(Alu::Cmp, R8, Rm::Reg(RSI));
    a.jump_if(Cond::Below, scan);
    a.bind(behind_node);
    a.alu_k(Alu::Cmp, Rm::Reg(RDI), tag::NIL.into());
    a.mov(R8, Rm::Reg(RDX));
    a.imm(RDX, 0);
    a.jump_if(Cond::Equal, scan);
    a.mov(RDX, Rm::Reg(R8));
    a.mov32(R8, POSITION);
    a.mov32(R9, of_table(offset_of!(Table, node_mask)));
    a.alu(Alu::And, R8, Rm::Reg(R9));
    a.imul_k(R9, Rm::Reg(R8), size_of::<Node>() as i32);
    a.alu(Alu::Add, R9, of_table(offset_of!(Table, nodes)));
    a.cmp_rm(of_node(offset_of!(Node, key)), RDX);
    a.jump_if(Cond::NotEqual, unknown);
    a.load8(R10, of_node(offset_of!(Node, key_tag)));
    a.alu(Alu::Cmp, R10, Rm::Reg(RDI));
    a.jump_if(Cond::NotEqual, unknown);
    a.lea(RDX, Rm::Indexed(RSI, R8, 0, 1));

    a.bind(scan);
    array(a, nodes, unknown, done);

    // `rdx`: the number of a node; `r9`: its address.
    a.bind(nodes);
    a.alu(Alu::Sub, RDX, Rm::Reg(RSI));
    a.mov32(RSI, of_table(offset_of!(Table, node_mask)));
    a.imul_k(R9, Rm::Reg(RDX), size_of::<Node>() as i32);
    a.alu(Alu::Add, R9, of_table(offset_of!(Table, nodes)));
    let (look, found) = (a.label(), a.label());
    a.bind(look);
    a.alu(Alu::Cmp, RDX, Rm::Reg(RSI));
    a.jump_if(Cond::Above, ended);
    a.alu_k(Alu::Sub, Rm::Reg(R8), 1);
    a.jump_if(Cond::Below, unknown);
    a.cmp8_k(of_node(offset_of!(Node, val_tag)), tag::NIL);
    a.jump_if(Cond::NotEqual, found);
    a.alu_k(Alu::Add, Rm::Reg(RDX), 1);
    a.alu_k(Alu::Add, Rm::Reg(R9), size_of::<Node>() as i32);
    a.jump(look);
    a.bind(found);
    a.store32(POSITION, RDX);
    a.mov(RSI, of_node(offset_of!(Node, key)));
    a.load8(RDX, of_node(offset_of!(Node, key_tag)));
    a.mov(RDI, of_node(offset_of!(Node, val)));
    a.load8(R8, of_node(offset_of!(Node, val_tag)));
    for slot in [CONTROL, KEY] {
        a.store(payload(slot), RSI);
        a.store8(tag_of(slot), RDX);
    }
    a.store(payload(VALUE), RDI);
    a.store8(tag_of(VALUE), R8);
    a.jump(done);

    a.bind(ended);
    a.store8_k(tag_of(KEY), tag::NIL);
    a.store8_k(tag_of(VALUE), tag::NIL);
    a.imm(RDX, tag::NIL.into());
    a.jump(done);
    a.bind(unknown);
    a.imm(RDX, UNKNOWN.into());
    a.bind(done);
    for r in KEPT {
        a.mov(r, saved(r));
    }
    a.ret();
}

/// Looks from the place `rdx` on in the array part, of the size `rsi`; goes to `done` with what is found, or to `nodes`.
/// `r8` becomes how many places may still be empty: the handler pays for more.
fn array(a: &mut Asm, nodes: Label, unknown: Label, done: Label) {
    let (look, found) = (a.label(), a.label());
    a.imm(R8, MANY as i64 + 1);
    a.mov(R9, Rm::At(RAX, offset_of!(Table, arr) as i32));
    a.lea(RDI, Rm::Indexed(R9, RSI, 3, 0));
    a.bind(look);
    a.alu(Alu::Cmp, RDX, Rm::Reg(RSI));
    a.jump_if(Cond::AboveEqual, nodes);
    a.alu_k(Alu::Sub, Rm::Reg(R8), 1);
    a.jump_if(Cond::Below, unknown);
    a.load8(R10, Rm::Indexed(RDI, RDX, 0, 0));
    a.alu_k(Alu::Cmp, Rm::Reg(R10), tag::NIL.into());
    a.jump_if(Cond::NotEqual, found);
    a.alu_k(Alu::Add, Rm::Reg(RDX), 1);
    a.jump(look);
    a.bind(found);
    a.mov(R9, Rm::Indexed(R9, RDX, 3, 0));
    a.store(payload(VALUE), R9);
    a.store8(tag_of(VALUE), R10);
    a.alu_k(Alu::Add, Rm::Reg(RDX), 1);
    for slot in [CONTROL, KEY] {
        a.store(payload(slot), RDX);
        a.store8_k(tag_of(slot), tag::INT);
    }
    a.imm(RDX, tag::INT.into());
    a.jump(done);
}
