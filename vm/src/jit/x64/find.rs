//! Finding a field by its name: code that units share. The table is in `rax` and the name, a short string, in
//! `rcx`; the address of the node, or 0, comes back in `rax`. All registers that values may be in are
//! kept.

use super::asm::*;
use super::emit::{of_tier, of_vm};
use super::stubs::saved;
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
use crate::vm::tier::{Stubs, Tier};
use std::mem::offset_of;

const KEY: i32 = offset_of!(Node, key) as i32;
const KEY_TAG: i32 = offset_of!(Node, key_tag) as i32;
const VALUE: i32 = offset_of!(Node, val) as i32;
const VALUE_TAG: i32 = offset_of!(Node, val_tag) as i32;
const NEXT: i32 = offset_of!(Node, next) as i32;

/// Of the table in `rax`: the size of its array part, and its metatable.
const ASIZE: Rm = Rm::At(RAX, offset_of!(Table, asize) as i32);
const META: Rm = Rm::At(RAX, offset_of!(Table, meta) as i32);

impl Emit<'_> {
    pub(super) fn find(&mut self, i: &Ins) {
        let stub = match i.op {
            Op::FindOwn => offset_of!(Stubs, find_own),
            Op::ValueOfInt => offset_of!(Stubs, value_of_int),
            _ => offset_of!(Stubs, find_field),
        };
        let table = self.general_rm(i.a, RAX);
        self.a.mov(RAX, table);
        if i.b == NONE {
            self.a.imm(RCX, i.k);
        } else {
            let key = self.general_rm(i.b, RCX);
            self.a.mov(RCX, key);
        }
        self.a.call_rm(of_tier(offset_of!(Tier, stubs) + stub));
        if i.d != NONE {
            let d = self.target_of(i.d, RAX);
            self.a.mov(d, Rm::Reg(RAX));
            self.defined(i.d, d);
        }
    }
}

/// In the table itself.
pub(super) fn own(a: &mut Asm) {
    let (none, found) = (a.label(), a.label());
    main_node(a);
    search(a, tag::STR, RAX, none, found);
    a.bind(found);
    a.mov(RAX, Rm::Reg(RDX));
    a.ret();
    a.bind(none);
    a.zero(RAX);
    a.ret();
}

/// In the table or in those behind it, as [`inherited`](crate::interp::index::inherited) finds it.
pub(super) fn field(a: &mut Asm) {
    let (table, none, found) = (a.label(), a.label(), a.label());
    let (nothing, unknown, done) = (a.label(), a.label(), a.label());
    a.store(saved(RSI), RSI);
    a.store(saved(RDI), RDI);
    a.imm(RDI, FAST_LINKS as i64 + 1);
    a.bind(table);
    main_node(a);
    search(a, tag::STR, RSI, none, found);
    a.bind(found);
    // (A field that holds nil is none.)
    a.cmp8_k(Rm::At(RDX, VALUE_TAG), tag::NIL);
    a.jump_if(Cond::Equal, none);
    a.mov(RAX, Rm::Reg(RDX));
    a.jump(done);

    a.bind(none);
    a.mov(RAX, Rm::At(RAX, offset_of!(Table, meta) as i32));
    a.test(RAX);
    a.jump_if(Cond::Equal, nothing);
    a.alu_k(Alu::Sub, Rm::Reg(RDI), 1);
    a.jump_if(Cond::Equal, unknown);
    // The table in `__index`, where it was last time.
    a.load8(RDX, Rm::At(RAX, offset_of!(Header, extra) as i32));
    node(a);
    a.mov(RSI, of_vm(offset_of!(Vm, event_names) + Event::Index as usize * 8));
    a.cmp_rm(Rm::At(RDX, KEY), RSI);
    a.jump_if(Cond::NotEqual, unknown);
    a.cmp16_k(Rm::At(RDX, VALUE_TAG), TABLE_FIELD as u16);
    a.jump_if(Cond::NotEqual, unknown);
    a.mov(RAX, Rm::At(RDX, VALUE));
    a.jump(table);

    a.bind(nothing);
    a.imm(RAX, Table::no_nodes() as usize as i64);
    a.jump(done);
    a.bind(unknown);
    a.zero(RAX);
    a.bind(done);
    a.mov(RSI, saved(RSI));
    a.mov(RDI, saved(RDI));
    a.ret();
}

/// The value of the integer key in `rcx`: its payload comes back in `rax`, its tag in `rdx`, which is
/// [`UNKNOWN`] where the handler has to look.
pub(super) fn value_of_int(a: &mut Asm) {
    let (none, found, hash) = (a.label(), a.label(), a.label());
    let (empty, unknown, done) = (a.label(), a.label(), a.label());
    a.store(saved(RSI), RSI);
    a.mov32(RSI, ASIZE);
    a.lea(RDX, Rm::At(RCX, -1));
    a.alu(Alu::Cmp, RDX, Rm::Reg(RSI));
    a.jump_if(Cond::AboveEqual, hash);
    a.mov(RCX, Rm::At(RAX, offset_of!(Table, arr) as i32));
    a.lea(RSI, Rm::Indexed(RCX, RSI, 3, 0));
    a.load8(RSI, Rm::Indexed(RSI, RDX, 0, 0));
    a.alu_k(Alu::Cmp, Rm::Reg(RSI), tag::NIL.into());
    a.jump_if(Cond::Equal, none);
    a.mov(RAX, Rm::Indexed(RCX, RDX, 3, 0));
    a.mov(RDX, Rm::Reg(RSI));
    a.jump(done);

    a.bind(hash);
    search_int(a, none, found, unknown);
    a.bind(found);
    a.load8(RCX, Rm::At(RDX, VALUE_TAG));
    a.alu_k(Alu::Cmp, Rm::Reg(RCX), tag::NIL.into());
    a.jump_if(Cond::Equal, none);
    a.mov(RAX, Rm::At(RDX, VALUE));
    a.mov(RDX, Rm::Reg(RCX));
    a.jump(done);

    a.bind(none);
    a.mov(RAX, META);
    a.test(RAX);
    a.jump_if(Cond::Equal, empty);
    a.bind(unknown);
    a.imm(RDX, UNKNOWN.into());
    a.jump(done);
    a.bind(empty);
    a.imm(RDX, tag::NIL.into());
    a.bind(done);
    a.mov(RSI, saved(RSI));
    a.ret();
}

/// Goes to `found` with the node of the integer in `rcx` in `rdx`, to `none`, or, if numbers have scattered places, to
/// `unknown`: [`place_of_number`](crate::object::lookup) says where it belongs. Uses `rcx` and `rsi`.
fn search_int(a: &mut Asm, none: Label, found: Label, unknown: Label) {
    a.mov32(RDX, Rm::At(RAX, offset_of!(Table, last_free) as i32));
    a.imm(RSI, SCATTERED.into());
    a.alu(Alu::And, RDX, Rm::Reg(RSI));
    a.jump_if(Cond::NotEqual, unknown);
    for r in [RDI, R8] {
        a.store(saved(r), r);
    }
    a.mov(RSI, Rm::Reg(RCX));
    a.mov32(RDX, Rm::At(RAX, offset_of!(Table, node_mask) as i32));
    a.lea(RCX, Rm::Indexed(RDX, RDX, 0, 1));
    a.bsr(RCX, Rm::Reg(RCX));
    a.mov(RDI, Rm::Reg(RSI));
    a.shift_cl(Shift::Right, RDI);
    a.mov(RDX, Rm::Reg(RDI));
    a.shift_cl(Shift::Right, RDX);
    a.imm(R8, GOLDEN as i64);
    a.imul(RDX, Rm::Reg(R8));
    a.shift_k(Shift::Right, RDX, REST);
    a.alu(Alu::Add, RDX, Rm::Reg(RDI));
    a.alu(Alu::Add, RDX, Rm::Reg(RSI));
    a.mov32(RDX, Rm::Reg(RDX));
    node(a);
    a.mov(RCX, Rm::Reg(RSI));
    for r in [RDI, R8] {
        a.mov(r, saved(r));
    }
    search(a, tag::INT, RSI, none, found);
}

/// `rdx` := the node where the string at `rcx` belongs in the table at `rax`.
fn main_node(a: &mut Asm) {
    a.mov32(RDX, Rm::At(RCX, offset_of!(Header, hash) as i32));
    node(a);
}

/// `rdx` := the node of the table at `rax` that has the number `edx`, masked.
fn node(a: &mut Asm) {
    // (The upper half of `rdx` is 0, whatever lies behind the mask.)
    a.alu(Alu::And, RDX, Rm::At(RAX, offset_of!(Table, node_mask) as i32));
    a.imul_k(RDX, Rm::Reg(RDX), size_of::<Node>() as i32);
    a.alu(Alu::Add, RDX, Rm::At(RAX, offset_of!(Table, nodes) as i32));
}

/// Goes on from the node at `rdx` to the one with the key in `rcx` of the type `key_tag`, then to `found`, or to
/// `none`. Uses the register `next`.
fn search(a: &mut Asm, key_tag: u8, next: u8, none: Label, found: Label) {
    let (look, other) = (a.label(), a.label());
    a.bind(look);
    a.cmp_rm(Rm::At(RDX, KEY), RCX);
    a.jump_if(Cond::NotEqual, other);
    a.cmp8_k(Rm::At(RDX, KEY_TAG), key_tag);
    a.jump_if(Cond::Equal, found);
    a.bind(other);
    a.load32_signed(next, Rm::At(RDX, NEXT));
    a.test(next);
    a.jump_if(Cond::Equal, none);
    const { assert!(size_of::<Node>() == 24) };
    a.lea(next, Rm::Indexed(next, next, 1, 0));
    a.lea(RDX, Rm::Indexed(RDX, next, 3, 0));
    a.jump(look);
}
