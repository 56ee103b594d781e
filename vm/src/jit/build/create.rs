//! Constructors: tables and what they hold at first. Until something is called that may see it, a new table is
//! known in full: what is stored in it needs no checks.

use super::Builder;
use super::facts::Fact;
use super::new_nodes::{Key, NewNodes};
use super::state::{Reg, Tag};
use crate::heap::Header;
use crate::heap::cells::{Class as CellClass, cell_size};
use crate::heap::heap::Heap;
use crate::jit::ir::*;
use crate::meta::Event;
use crate::object::size;
use crate::object::table::Node;
use crate::stack::link::HEADER;
use crate::table::Table;
use crate::value::tag;
use crate::vm::Vm;
use luka_bytecode::{Instr, Op as B};
use std::mem::offset_of;

/// Bytes from the machine's beginning to something of its heap.
fn of_heap(offset: usize) -> i64 {
    (offset_of!(Vm, heap) + offset) as i64
}

impl Builder<'_> {
    pub(super) fn new_table(&mut self, i: Instr) -> Option<()> {
        if !self.site().reached {
            return self.unseen();
        }
        // (Linking has found the class of cells; 0: the table is too large for one.)
        let class = usize::from(self.source.linked[self.pc as usize].n).checked_sub(1)?;
        let nodes = if i.b == 0 { 0 } else { u32::from(i.b).next_power_of_two() };
        let slots = u32::from(i.c);
        let cell = cell_size(class) as i64;
        let t = self.define(Class::General, Ins { k: class as i64, ..Ins::new(Op::FreeCell) });
        let (b, x) = (self.int(0), self.exit(Why::End));
        self.push(Ins { a: t, b, x, cond: Cond::Equal, ..Ins::new(Op::Guard) });
        self.paid();
        self.take_cell(t, class, cell);
        self.write_table(t, slots, nodes, cell);
        self.know_table(t, slots, nodes);
        let a = self.a(i);
        self.set_known(a, t, tag::TABLE);
        Some(())
    }

    /// The next free cell of a class, at `t`, is used.
    fn take_cell(&mut self, t: V, class: usize, cell: i64) {
        let bytes = self.int(cell);
        let end = self.ints(Op::Add, t, bytes);
        let next = offset_of!(Heap, cells) + class * size_of::<CellClass>();
        let k = of_heap(next + offset_of!(CellClass, next));
        self.push(Ins { a: end, k, ..Ins::new(Op::StoreVm) });
        for counter in [offset_of!(Heap, bytes), offset_of!(Heap, debt)] {
            let k = of_heap(counter);
            let before = self.define(Class::General, Ins { k, ..Ins::new(Op::LoadVm) });
            let a = self.ints(Op::Add, before, bytes);
            self.push(Ins { a, k, ..Ins::new(Op::StoreVm) });
        }
    }

    fn write(&mut self, a: V, k: i64, word: i64) {
        let b = self.int(word);
        self.push(Ins { a, b, k, ..Ins::new(Op::Store8) });
    }

    /// What [`Heap::quick_table`] writes.
    fn write_table(&mut self, t: V, slots: u32, nodes: u32, cell: i64) {
        let header = i64::from(tag::TABLE) << (8 * offset_of!(Header, kind))
            | 0xff << (8 * offset_of!(Header, flags));
        const { assert!(size_of::<Header>() == 8 && cfg!(target_endian = "little")) };
        self.write(t, 0, header);
        let k = of_heap(offset_of!(Heap, current_white));
        let white = self.define(Class::General, Ins { k, ..Ins::new(Op::LoadVm1) });
        let k = offset_of!(Header, marked) as i64;
        self.push(Ins { a: t, b: white, k, ..Ins::new(Op::Store1) });
        let address = |s: &mut Self, field: usize, offset: Option<i64>, none: usize| {
            let b = match offset {
                Some(offset) => {
                    let offset = s.int(offset);
                    s.ints(Op::Add, t, offset)
                }
                None => s.int(none as i64),
            };
            s.push(Ins { a: t, b, k: field as i64, ..Ins::new(Op::Store8) });
            b
        };
        let array = (slots != 0).then(|| slot(nodes, 0));
        let none = std::ptr::NonNull::<u64>::dangling().as_ptr() as usize;
        let array = address(self, offset_of!(Table, arr), array, none);
        let first = (nodes != 0).then(|| node(0));
        let none = Table::no_nodes() as usize;
        let first = address(self, offset_of!(Table, nodes), first, none);
        let mask = nodes.saturating_sub(1);
        const { assert!(offset_of!(Table, node_mask) == offset_of!(Table, asize) + 4) };
        let sizes = i64::from(slots) | i64::from(mask) << 32;
        self.write(t, offset_of!(Table, asize) as i64, sizes);
        self.write(t, offset_of!(Table, meta) as i64, 0);
        const { assert!(offset_of!(Table, border) == offset_of!(Table, last_free) + 4) };
        let rest = i64::from(nodes) | i64::from(slots) << 32;
        self.write(t, offset_of!(Table, last_free) as i64, rest);
        if slots | nodes != 0 {
            for k in (size::TABLE as i64..cell).step_by(8) {
                self.write(t, k, 0);
            }
        }
        let facts = &mut self.state.facts;
        facts.add(Fact::Array(t), array);
        facts.add(Fact::Nodes(t), first);
    }

    /// What is known of a table that has just been made.
    fn know_table(&mut self, t: V, slots: u32, nodes: u32) {
        let size = self.int(slots.into());
        let facts = &mut self.state.facts;
        facts.add(Fact::ArraySize(t), size);
        facts.add(Fact::NoMetatable(t), 0);
        facts.add(Fact::New(t), self.made.len() as V);
        self.made.push(NewTable { slots, nodes: NewNodes::new(nodes), has_flags: true });
    }

    /// The table in a register, if it has been made since something was called, and what is in it.
    pub(super) fn new_table_in(&self, r: usize) -> Option<(V, &NewTable)> {
        let reg = self.reg(r);
        let t = (reg.tag == Tag::Known(tag::TABLE)).then_some(reg.payload)?;
        let made = self.state.facts.get(Fact::New(t))?;
        Some((t, self.made.get(made as usize)?))
    }

    /// Stores a field in a new table that does not have it; `None`: nothing has been done.
    pub(super) fn set_new_field(&mut self, op: B, i: Instr) -> Option<()> {
        let (t, made) = self.new_table_in(self.a(i))?;
        let key = self.source.constant(i.b as usize);
        // SAFETY: the verifier has checked that the constant is a short string; constants of a live function are live.
        let hash = unsafe { (*(key.payload as usize as *const Header)).hash };
        let mut made = made.clone();
        let inserted = made.nodes.insert(Key { payload: key.payload, hash })?;
        let v = self.stored_value(i, op == B::SetFieldK, self.site().c)?;
        match v.tag {
            Tag::Known(tag::NIL) | Tag::Memory => return None,
            Tag::Known(_) => {}
            Tag::Value(tag) => self.not_nil(tag),
        }
        self.paid();
        if let Some((from, to)) = inserted.moved {
            for k in (0..size_of::<Node>() as i64).step_by(8) {
                let b = self.load(Op::Load8, Class::General, t, (node(from) + k) as usize);
                self.push(Ins { a: t, b, k: node(to) + k, ..Ins::new(Op::Store8) });
            }
        }
        for (number, next) in inserted.linked {
            self.link_node(t, number, next);
        }
        let n = node(inserted.node);
        let tag = if let Tag::Known(tag) = v.tag { tag } else { 0 };
        let word = i64::from(tag) << (8 * (VALUE_TAG - WORD))
            | i64::from(tag::STR) << (8 * (KEY_TAG - WORD));
        self.write(t, n + WORD, word | i64::from(inserted.next) << 32);
        self.write(t, n + offset_of!(Node, key) as i64, key.payload as i64);
        if let Tag::Value(b) = v.tag {
            self.push(Ins { a: t, b, k: n + VALUE_TAG, ..Ins::new(Op::Store1) });
        }
        let b = self.payload_or_zero(v);
        self.push(Ins { a: t, b, k: n + offset_of!(Node, val) as i64, ..Ins::new(Op::Store8) });
        if let Some(end) = inserted.free_end {
            // (A new table has few nodes, so that the other bytes are 0.)
            let k = offset_of!(Table, last_free) as i64;
            self.push(Ins { a: t, y: end.into(), k, ..Ins::new(Op::Store1K) });
        }
        if std::mem::take(&mut made.has_flags) {
            let k = offset_of!(Header, flags) as i64;
            self.push(Ins { a: t, y: 0, k, ..Ins::new(Op::Store1K) });
        }
        let index = self.index_name().payload;
        let facts = &mut self.state.facts;
        facts.inserted(t, key.payload, index);
        for (number, key) in made.nodes.keys() {
            facts.know(Fact::HasNode(t, number));
            facts.know(Fact::NodeKey(t, number, key));
        }
        facts.add(Fact::New(t), self.made.len() as V);
        self.made.push(made);
        Some(())
    }

    /// `setmetatable` of a new table: to register `a`, behind which the arguments are.
    pub(super) fn set_metatable(&mut self, a: usize, t: V) -> Option<()> {
        let meta = self.want(a + HEADER + 1, tag::TABLE)?;
        // It is known to have no finalizer.
        let flags = self.load(Op::Load1, Class::General, meta, offset_of!(Header, flags));
        let gc = self.int(1 << Event::Gc as u8);
        let flags = self.ints(Op::And, flags, gc);
        let zero = self.int(0);
        self.guard(Ins { a: flags, b: zero, cond: Cond::Equal, ..Ins::new(Op::Guard) });
        // The native would collect first.
        let k = of_heap(offset_of!(Heap, debt));
        let debt = self.define(Class::General, Ins { k, ..Ins::new(Op::LoadVm) });
        let x = self.exit(Why::End);
        self.push(Ins { a: debt, b: zero, x, cond: Cond::Greater, ..Ins::new(Op::Guard) });
        self.paid();
        let k = offset_of!(Table, meta) as i64;
        self.push(Ins { a: t, b: meta, k, ..Ins::new(Op::Store8) });
        self.state.facts.has_metatable(t, meta);
        self.set_known(a, t, tag::TABLE);
        Some(())
    }

    /// Another node comes next in the chain of a node that has a key.
    fn link_node(&mut self, t: V, number: u32, next: i32) {
        let k = node(number) + WORD;
        let (low, next) = (self.int(0xffff_ffff), self.int(i64::from(next) << 32));
        let word = self.load(Op::Load8, Class::General, t, k as usize);
        let word = self.ints(Op::And, word, low);
        let b = self.ints(Op::Or, word, next);
        self.push(Ins { a: t, b, k, ..Ins::new(Op::Store8) });
    }

    /// Stores a value in the array part of a new table, which no collector has seen, at these distances.
    fn store_new(&mut self, t: V, payload: i64, tag: i64, v: Reg) {
        match v.tag {
            Tag::Value(b) => self.push(Ins { a: t, b, k: tag, ..Ins::new(Op::Store1) }),
            Tag::Known(y) => self.push(Ins { a: t, y: y.into(), k: tag, ..Ins::new(Op::Store1K) }),
            Tag::Memory => {}
        }
        let b = self.payload_or_zero(v);
        self.push(Ins { a: t, b, k: payload, ..Ins::new(Op::Store8) });
    }

    /// The values of a list, into the array part of a new table.
    pub(super) fn set_list(&mut self, i: Instr) -> Option<()> {
        let a = self.a(i);
        let (t, made) = self.new_table_in(a)?;
        let (slots, nodes) = (made.slots, made.nodes.len());
        let (first, count) = (i.bx(), u32::from(i.n));
        let fits = first.checked_add(count).is_some_and(|end| end <= slots);
        if count == 0 || !fits {
            return None;
        }
        self.paid();
        for j in 0..count {
            let v = self.any(a + 1 + j as usize);
            let tags = slot(nodes, slots) + i64::from(first + j);
            self.store_new(t, slot(nodes, first + j), tags, v);
        }
        Some(())
    }
}

/// A table that has just been made; its parts lie behind it in its cell, nodes first.
#[derive(Clone)]
pub(super) struct NewTable {
    /// Array slots.
    slots: u32,
    nodes: NewNodes,
    /// It is noted that it has no metamethods.
    has_flags: bool,
}

/// Bytes from a new table to a node.
fn node(number: u32) -> i64 {
    size::TABLE as i64 + i64::from(number) * size_of::<Node>() as i64
}

/// The same to the payload of an array slot, behind so many nodes.
fn slot(nodes: u32, index: u32) -> i64 {
    node(nodes) + i64::from(index) * 8
}

/// The word of a node that says the types of key and value, and how far the next node is, from bit 32 on.
const WORD: i64 = offset_of!(Node, val_tag) as i64;
const VALUE_TAG: i64 = offset_of!(Node, val_tag) as i64;
const KEY_TAG: i64 = offset_of!(Node, key_tag) as i64;
const _: () = assert!(offset_of!(Node, next) as i64 == WORD + 4);
