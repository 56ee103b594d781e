//! The next pair of a table: code that units share, which does what the interpreter's handler of a TFORCALL does for
//! `next`. The table is in `S0` and the address of the loop's window in `S1`; the tag of the key, or [`UNKNOWN`], comes
//! back in `S2`. All registers that values may be in are kept.

use super::asm::*;
use super::registers::*;
use super::stubs::saved;
use crate::jit::emit::Emit;
use crate::jit::ir::*;
use crate::jit::labels::Label;
use crate::object::table::Node;
use crate::stack::link::SLOT;
use crate::table::Table;
use crate::value::tag;
use crate::vm::meter::MANY;
use crate::vm::tier::Stubs;
use std::mem::offset_of;

/// The place that is looked at: in the array part, or the number of a node.
const PLACE: u8 = S3;
/// How many places may still be empty: the handler pays for more.
const LEFT: u8 = S4;
/// The node.
const NODE: u8 = S5;
/// Registers that are used besides, and kept.
const X: u8 = 0;
const Y: u8 = 1;

const CONTROL: usize = 2;
const KEY: usize = 4;
const VALUE: usize = 5;

/// A slot of the loop's window, and its tag.
const fn payload(n: usize) -> Mem {
    Mem::At(S1, (n * SLOT) as i64)
}
const fn tag_of(n: usize) -> Mem {
    Mem::At(S1, (n * SLOT) as i64 + 8)
}

/// At which node the loop is.
const POSITION: Mem = Mem::At(S1, (CONTROL * SLOT) as i64 + 12);

fn of_table(offset: usize) -> Mem {
    Mem::At(S0, offset as i64)
}

fn of_node(offset: usize) -> Mem {
    Mem::At(NODE, offset as i64)
}

impl Emit<'_> {
    pub(super) fn next(&mut self, i: &Ins) {
        self.general_to(S0, i.a);
        self.a.add_k(S1, B, i.k);
        self.a.call_stub(offset_of!(Stubs, next));
    }
}

pub(super) fn next(a: &mut Asm) {
    let (behind_node, scan, nodes) = (a.label(), a.label(), a.label());
    let (ended, unknown, done) = (a.label(), a.label(), a.label());
    for r in [X, Y] {
        a.store(saved(r), r);
    }
    // The place behind the control value; `S2` is the size of the array part.
    a.access(Access::Load4, S2, of_table(offset_of!(Table, asize)));
    a.load(PLACE, payload(CONTROL));
    a.access(Access::Load1, X, tag_of(CONTROL));
    a.compare32_k(X, tag::INT.into());
    a.jump_if(Cond::NotEqual, behind_node);
    a.add_k(Y, PLACE, -1);
    a.compare(Y, S2);
    a.jump_if(Cond::Below, scan);
    a.bind(behind_node);
    a.mov(Y, PLACE);
    a.imm(PLACE, 0);
    a.compare32_k(X, tag::NIL.into());
    a.jump_if(Cond::Equal, scan);
    a.access(Access::Load4, PLACE, POSITION);
    a.access(Access::Load4, LEFT, of_table(offset_of!(Table, node_mask)));
    a.alu(Alu::And, PLACE, PLACE, LEFT);
    node(a);
    a.load(LEFT, of_node(offset_of!(Node, key)));
    a.compare(LEFT, Y);
    a.jump_if(Cond::NotEqual, unknown);
    a.access(Access::Load1, LEFT, of_node(offset_of!(Node, key_tag)));
    a.compare(LEFT, X);
    a.jump_if(Cond::NotEqual, unknown);
    a.alu(Alu::Add, PLACE, PLACE, S2);
    a.add_k(PLACE, PLACE, 1);

    a.bind(scan);
    array(a, nodes, unknown, done);

    a.bind(nodes);
    a.alu(Alu::Sub, PLACE, PLACE, S2);
    a.access(Access::Load4, S2, of_table(offset_of!(Table, node_mask)));
    node(a);
    let (look, found) = (a.label(), a.label());
    a.bind(look);
    a.compare(PLACE, S2);
    a.jump_if(Cond::Above, ended);
    a.jump_if_zero(LEFT, unknown);
    a.add_k(LEFT, LEFT, -1);
    a.access(Access::Load1, X, of_node(offset_of!(Node, val_tag)));
    a.compare32_k(X, tag::NIL.into());
    a.jump_if(Cond::NotEqual, found);
    a.add_k(PLACE, PLACE, 1);
    a.add_k(NODE, NODE, size_of::<Node>() as i64);
    a.jump(look);
    a.bind(found);
    a.access(Access::Store4, PLACE, POSITION);
    a.access(Access::Store1, X, tag_of(VALUE));
    a.load(X, of_node(offset_of!(Node, val)));
    a.store(payload(VALUE), X);
    a.load(X, of_node(offset_of!(Node, key)));
    a.access(Access::Load1, S2, of_node(offset_of!(Node, key_tag)));
    for slot in [CONTROL, KEY] {
        a.store(payload(slot), X);
        a.access(Access::Store1, S2, tag_of(slot));
    }
    a.jump(done);

    a.bind(ended);
    a.imm(S2, tag::NIL.into());
    a.access(Access::Store1, S2, tag_of(KEY));
    a.access(Access::Store1, S2, tag_of(VALUE));
    a.jump(done);
    a.bind(unknown);
    a.imm(S2, UNKNOWN.into());
    a.bind(done);
    for r in [X, Y] {
        a.load(r, saved(r));
    }
    a.ret();
}

/// `NODE` := the address of the node with the number `PLACE`.
fn node(a: &mut Asm) {
    const { assert!(size_of::<Node>() == 24) };
    a.load(NODE, of_table(offset_of!(Table, nodes)));
    a.alu_shifted(Alu::Add, NODE, NODE, PLACE, 3);
    a.alu_shifted(Alu::Add, NODE, NODE, PLACE, 4);
}

/// Looks from `PLACE` on in the array part, of the size `S2`; goes to `done` with what is found, or to `nodes`.
fn array(a: &mut Asm, nodes: Label, unknown: Label, done: Label) {
    let (look, found) = (a.label(), a.label());
    a.imm(LEFT, MANY as i64 + 1);
    a.load(X, of_table(offset_of!(Table, arr)));
    a.alu_shifted(Alu::Add, NODE, X, S2, 3);
    a.bind(look);
    a.compare(PLACE, S2);
    a.jump_if(Cond::AboveEqual, nodes);
    a.jump_if_zero(LEFT, unknown);
    a.add_k(LEFT, LEFT, -1);
    a.access(Access::Load1, Y, Mem::Indexed(NODE, PLACE, false));
    a.compare32_k(Y, tag::NIL.into());
    a.jump_if(Cond::NotEqual, found);
    a.add_k(PLACE, PLACE, 1);
    a.jump(look);
    a.bind(found);
    a.access(Access::Store1, Y, tag_of(VALUE));
    a.load(X, Mem::Indexed(X, PLACE, true));
    a.store(payload(VALUE), X);
    a.add_k(PLACE, PLACE, 1);
    a.imm(S2, tag::INT.into());
    for slot in [CONTROL, KEY] {
        a.store(payload(slot), PLACE);
        a.access(Access::Store1, S2, tag_of(slot));
    }
    a.jump(done);
}
