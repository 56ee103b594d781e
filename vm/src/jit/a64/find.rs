//! Finding what a table has for a key: code that units share. The table is in `S0` and the key, a short string
//! or an integer, in `S1`; the address of the node, or 0, comes back in `S0`. All registers that values may be in are
//! kept.

use super::asm::*;
use super::emit::of_vm;
use super::registers::*;
use crate::heap::Header;
use crate::interp::nodes::{FAST_LINKS, TABLE_FIELD};
use crate::jit::emit::Emit;
use crate::jit::ir::*;
use crate::jit::labels::Label;
use crate::meta::Event;
use crate::object::lookup::{GOLDEN, REST};
use crate::object::table::{Node, SCATTERED};
use crate::table::Table;
use crate::value::tag;
use crate::vm::Vm;
use crate::vm::tier::Stubs;
use std::mem::offset_of;

/// The node that is looked at.
const NODE: u8 = S2;

const KEY: Mem = Mem::At(NODE, offset_of!(Node, key) as i64);
const KEY_TAG: Mem = Mem::At(NODE, offset_of!(Node, key_tag) as i64);
const VALUE: Mem = Mem::At(NODE, offset_of!(Node, val) as i64);
const VALUE_TAG: Mem = Mem::At(NODE, offset_of!(Node, val_tag) as i64);
const NEXT: Mem = Mem::At(NODE, offset_of!(Node, next) as i64);

/// Of the table in `S0`: the size of its array part, and its metatable.
const ASIZE: Mem = Mem::At(S0, offset_of!(Table, asize) as i64);
const META: Mem = Mem::At(S0, offset_of!(Table, meta) as i64);

impl Emit<'_> {
    pub(super) fn find(&mut self, i: &Ins) {
        let stub = match i.op {
            Op::FindOwn => offset_of!(Stubs, find_own),
            Op::ValueOfInt => offset_of!(Stubs, value_of_int),
            _ => offset_of!(Stubs, find_field),
        };
        self.general_to(S0, i.a);
        match i.b {
            NONE => self.a.imm(S1, i.k),
            key => self.general_to(S1, key),
        }
        self.a.call_stub(stub);
        if i.d != NONE {
            self.result(i, S0);
        }
    }
}

/// In the table itself.
pub(super) fn own(a: &mut Asm) {
    let (none, found) = (a.label(), a.label());
    main_node(a);
    search(a, tag::STR, none, found);
    a.bind(found);
    a.mov(S0, NODE);
    a.ret();
    a.bind(none);
    a.imm(S0, 0);
    a.ret();
}

/// In the table or in those behind it, as [`inherited`](crate::interp::index::inherited) finds it.
pub(super) fn field(a: &mut Asm) {
    /// How many tables may follow.
    const LEFT: u8 = S5;
    let (table, none, found) = (a.label(), a.label(), a.label());
    let (nothing, unknown) = (a.label(), a.label());
    a.imm(LEFT, FAST_LINKS as i64 + 1);
    a.bind(table);
    main_node(a);
    search(a, tag::STR, none, found);
    a.bind(found);
    // (A field that holds nil is none.)
    a.access(Access::Load1, S3, VALUE_TAG);
    a.compare32_k(S3, tag::NIL.into());
    a.jump_if(Cond::Equal, none);
    a.mov(S0, NODE);
    a.ret();

    a.bind(none);
    a.load(S0, META);
    a.jump_if_zero(S0, nothing);
    a.add_k(LEFT, LEFT, -1);
    a.jump_if_zero(LEFT, unknown);
    // The table in `__index`, where it was last time.
    a.access(Access::Load1, NODE, Mem::At(S0, offset_of!(Header, extra) as i64));
    node(a);
    a.load(S3, KEY);
    a.load(S4, of_vm(offset_of!(Vm, event_names) + Event::Index as usize * 8));
    a.compare(S3, S4);
    a.jump_if(Cond::NotEqual, unknown);
    a.access(Access::Load2, S3, VALUE_TAG);
    a.compare32_k(S3, (TABLE_FIELD as u16).into());
    a.jump_if(Cond::NotEqual, unknown);
    a.load(S0, VALUE);
    a.jump(table);

    a.bind(nothing);
    a.imm(S0, Table::no_nodes() as usize as i64);
    a.ret();
    a.bind(unknown);
    a.imm(S0, 0);
    a.ret();
}

/// The value of an integer key: its payload comes back in `S0`, its tag in `S2`, which is [`UNKNOWN`] where
/// the handler has to look.
pub(super) fn value_of_int(a: &mut Asm) {
    let (none, found, hash) = (a.label(), a.label(), a.label());
    let (empty, unknown) = (a.label(), a.label());
    a.access(Access::Load4, S3, ASIZE);
    a.add_k(S4, S1, -1);
    a.compare(S4, S3);
    a.jump_if(Cond::AboveEqual, hash);
    a.load(S5, Mem::At(S0, offset_of!(Table, arr) as i64));
    a.alu_shifted(Alu::Add, S3, S5, S3, 3);
    a.access(Access::Load1, S2, Mem::Indexed(S3, S4, false));
    a.compare32_k(S2, tag::NIL.into());
    a.jump_if(Cond::Equal, none);
    a.load(S0, Mem::Indexed(S5, S4, true));
    a.ret();

    a.bind(hash);
    search_int(a, none, found, unknown);
    a.bind(found);
    a.access(Access::Load1, S3, VALUE_TAG);
    a.compare32_k(S3, tag::NIL.into());
    a.jump_if(Cond::Equal, none);
    a.load(S0, VALUE);
    a.mov(S2, S3);
    a.ret();

    a.bind(none);
    a.load(S0, META);
    a.jump_if_zero(S0, empty);
    a.bind(unknown);
    a.imm(S2, UNKNOWN.into());
    a.ret();
    a.bind(empty);
    a.imm(S2, tag::NIL.into());
    a.ret();
}

/// Goes to `found` with the node of the integer in `S1` in `NODE`, to `none`, or, if numbers have scattered places,
/// to `unknown`: [`place_of_number`](crate::object::lookup) says where it belongs.
fn search_int(a: &mut Asm, none: Label, found: Label, unknown: Label) {
    a.access(Access::Load4, S3, Mem::At(S0, offset_of!(Table, last_free) as i64));
    a.test_k(S3, SCATTERED.into());
    a.jump_if(Cond::NotEqual, unknown);
    // The number of nodes is a power of two, and of a count six bits are taken.
    a.access(Access::Load4, S3, Mem::At(S0, offset_of!(Table, node_mask) as i64));
    a.add_k(S3, S3, 1);
    a.leading_zeros(S3, S3);
    a.alu(Alu::OrNot, S3, ZERO, S3);
    a.alu(Alu::ShiftRight, S4, S1, S3);
    a.alu(Alu::ShiftRight, NODE, S4, S3);
    a.imm(S5, GOLDEN as i64);
    a.mul(NODE, NODE, S5);
    a.shift_right_k(NODE, NODE, REST);
    a.alu(Alu::Add, NODE, NODE, S4);
    a.alu(Alu::Add, NODE, NODE, S1);
    node(a);
    search(a, tag::INT, none, found);
}

/// `NODE` := the node where the string at `S1` belongs in the table at `S0`.
fn main_node(a: &mut Asm) {
    a.access(Access::Load4, NODE, Mem::At(S1, offset_of!(Header, hash) as i64));
    node(a);
}

/// `NODE` := the node of the table at `S0` that has the number `NODE`, masked.
fn node(a: &mut Asm) {
    a.access(Access::Load4, S3, Mem::At(S0, offset_of!(Table, node_mask) as i64));
    a.alu(Alu::And, NODE, NODE, S3);
    a.load(S3, Mem::At(S0, offset_of!(Table, nodes) as i64));
    a.imm(S4, size_of::<Node>() as i64);
    a.mul_add(NODE, NODE, S4, S3);
}

/// Goes on from `NODE` to the one with the key in `S1` of the type `key_tag`, then to `found`, or to `none`.
fn search(a: &mut Asm, key_tag: u8, none: Label, found: Label) {
    let (look, other) = (a.label(), a.label());
    a.bind(look);
    a.load(S3, KEY);
    a.compare(S3, S1);
    a.jump_if(Cond::NotEqual, other);
    a.access(Access::Load1, S3, KEY_TAG);
    a.compare32_k(S3, key_tag.into());
    a.jump_if(Cond::Equal, found);
    a.bind(other);
    a.access(Access::Load4Signed, S3, NEXT);
    a.jump_if_zero(S3, none);
    const { assert!(size_of::<Node>() == 24) };
    a.alu_shifted(Alu::Add, S3, S3, S3, 1);
    a.alu_shifted(Alu::Add, NODE, NODE, S3, 3);
    a.jump(look);
}
