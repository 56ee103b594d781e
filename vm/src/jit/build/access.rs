//! Reading and storing fields and elements of tables, where the interpreter's handlers look first.

use super::Builder;
use super::facts::Fact;
use super::state::{Reg, Tag, class_of};
use crate::jit::barrier::Parent;
use crate::jit::feedback::Seen;
use crate::jit::ir::*;
use crate::object::table::Node;
use crate::stack::link::HEADER;
use crate::table::Table;
use crate::value::{Value, tag};
use luka_bytecode::{Instr, Op as B};
use std::mem::offset_of;

/// The tags of a node in one word: the value's below, the key's, of a short string, above.
pub(super) fn node_tags(value: u8) -> i32 {
    i32::from(value) | i32::from(tag::STR) << 8
}

/// What a register holds that is given a value.
fn new_value(payload: V, tag: Tag) -> Reg {
    Reg { payload, tag, dirty: true, stored: Reg::UNKNOWN }
}

impl Builder<'_> {
    // ------------------------------------------------------------ array parts

    /// Size, payloads and tags of a table's array part.
    pub(super) fn array_of(&mut self, t: V) -> (V, V, V) {
        let size = self.fact(Fact::ArraySize(t), |s| {
            s.load(Op::Load4, Class::General, t, offset_of!(Table, asize))
        });
        let array = self
            .fact(Fact::Array(t), |s| s.load(Op::Load8, Class::General, t, offset_of!(Table, arr)));
        let tags = self.fact(Fact::ArrayTags(t), |s| s.ints(Op::Scale8, array, size));
        (size, array, tags)
    }

    pub(super) fn no_metatable(&mut self, t: V) {
        self.check(Fact::NoMetatable(t), |s| {
            let b = s.int(0);
            s.guard(Ins { a: t, b, k: offset_of!(Table, meta) as i64, ..Ins::new(Op::GuardMem8) });
        });
    }

    /// An element inside the array part: payloads, tags and index.
    fn element(&mut self, t: V, key: V) -> (V, V, V) {
        let (size, array, tags) = self.array_of(t);
        let one = self.int(1);
        let index = self.fact(Fact::Index(key), |s| s.ints(Op::Sub, key, one));
        self.check(Fact::Below(index, size), |s| {
            s.guard(Ins { a: index, b: size, cond: Cond::AboveEqual, ..Ins::new(Op::Guard) });
        });
        (array, tags, index)
    }

    pub(super) fn get_index(&mut self, op: B, i: Instr) -> Option<()> {
        let site = self.site();
        if !site.reached {
            return self.unseen();
        }
        let (a, b, c) = (self.a(i), self.b(i), self.c(i));
        if !site.access.hits() && site.access.misses() {
            return None;
        }
        match site.c.only() {
            Some(tag::STR) if op == B::GetTable => return self.get_by_string(i),
            Some(tag::INT) => {}
            _ if op == B::GetI => {}
            _ => return None,
        }
        let t = self.want(b, tag::TABLE)?;
        let key = if op == B::GetI { self.int(i.c.into()) } else { self.want(c, tag::INT)? };
        if !site.access.hits() {
            self.get_by_int(a, t, key);
            return Some(());
        }
        let (array, tags, index) = self.element(t, key);
        let at = Ins { a: array, b: index, ..Ins::new(Op::LoadX8) };
        if let Some(tag) = site.result.only() {
            self.guard(Ins { a: tags, b: index, y: tag.into(), ..Ins::new(Op::GuardMemX1) });
            let class = class_of(tag);
            let op = if class == Class::Float { Op::LoadXF } else { Op::LoadX8 };
            let payload = self.define(class, Ins { op, ..at });
            self.paid();
            self.set_known(a, payload, tag);
        } else {
            let tags = Ins { a: tags, b: index, ..Ins::new(Op::LoadX1) };
            let tag = self.define(Class::General, tags);
            self.not_nil(tag);
            let payload = self.define(Class::General, at);
            self.paid();
            self.set(a, payload, Tag::Value(tag));
        }
        Some(())
    }

    /// The value of a short string that is no constant.
    fn get_by_string(&mut self, i: Instr) -> Option<()> {
        let (a, b, c) = (self.a(i), self.b(i), self.c(i));
        let t = self.want(b, tag::TABLE)?;
        let key = self.want(c, tag::STR)?;
        let node = self.define(Class::General, Ins { a: t, b: key, ..Ins::new(Op::FindField) });
        self.is_there(node);
        let v = self.found_value(node);
        self.paid();
        self.set(a, v.payload, v.tag);
        Some(())
    }

    /// The value of an integer that is not always in the array part, or at which there is nil.
    fn get_by_int(&mut self, a: usize, t: V, key: V) {
        self.push(Ins { a: t, b: key, ..Ins::new(Op::ValueOfInt) });
        let payload = self.define(Class::General, Ins::new(Op::ResultPayload));
        let tag = self.define(Class::General, Ins::new(Op::ResultTag));
        let guard = Ins { a: tag, ..Ins::new(Op::GuardByte) };
        let Some(only) = self.site().result.only() else {
            self.guard(Ins { y: UNKNOWN.into(), cond: Cond::Equal, ..guard });
            self.paid();
            return self.set(a, payload, Tag::Value(tag));
        };
        self.guard(Ins { y: only.into(), ..guard });
        let payload = match class_of(only) {
            Class::Float => {
                self.define(Class::Float, Ins { a: payload, ..Ins::new(Op::BitsToFloat) })
            }
            Class::General => payload,
        };
        self.paid();
        self.set_known(a, payload, only);
    }

    pub(super) fn not_nil(&mut self, tag: V) {
        let nil = tag::NIL.into();
        self.guard(Ins { a: tag, y: nil, cond: Cond::Equal, ..Ins::new(Op::GuardByte) });
    }

    pub(super) fn set_index(&mut self, op: B, i: Instr) -> Option<()> {
        let site = self.site();
        if !site.reached {
            return self.unseen();
        }
        if site.access.is_own() && site.b.only() == Some(tag::STR) {
            return self.set_by_string(op, i);
        }
        if !site.access.is_inside() || site.access.has_meta() && !site.access.hits() {
            return None;
        }
        let (a, b) = (self.a(i), self.b(i));
        let t = self.want(a, tag::TABLE)?;
        let key = match op {
            B::SetI | B::SetIK => self.int(i.b.into()),
            _ => self.want(b, tag::INT)?,
        };
        let v = self.stored_value(i, matches!(op, B::SetTableK | B::SetIK), site.c)?;
        let (array, tags, index) = self.element(t, key);
        if site.access.has_meta() {
            // No `__newindex` is asked where there is a value.
            let nil = Ins { a: tags, b: index, y: tag::NIL.into(), ..Ins::new(Op::GuardMemX1) };
            self.guard(Ins { cond: Cond::Equal, ..nil });
        } else {
            self.no_metatable(t);
        }
        self.paid();
        self.barrier(t, Parent::Element, v);
        let at = Ins { a: tags, b: index, ..Ins::new(Op::StoreX1) };
        match v.tag {
            Tag::Value(tag) => self.push(Ins { c: tag, ..at }),
            Tag::Known(tag) => self.push(Ins { y: tag.into(), op: Op::StoreX1K, ..at }),
            Tag::Memory => return None,
        }
        let c = self.payload_or_zero(v);
        self.push(Ins { a: array, b: index, c, ..Ins::new(Op::StoreX8) });
        Some(())
    }

    /// Stores at a key that is always a short string that the table has.
    fn set_by_string(&mut self, op: B, i: Instr) -> Option<()> {
        let site = self.site();
        let (a, b) = (self.a(i), self.b(i));
        let t = self.want(a, tag::TABLE)?;
        let key = self.want(b, tag::STR)?;
        let v = self.stored_value(i, op == B::SetTableK, site.c)?;
        let node = self.define(Class::General, Ins { a: t, b: key, ..Ins::new(Op::FindOwn) });
        self.is_there(node);
        let k = offset_of!(Node, val_tag) as i64;
        let tags = Ins { a: node, k, y: tag::NIL.into(), ..Ins::new(Op::GuardMem1) };
        self.guard(Ins { cond: Cond::Equal, ..tags });
        self.paid();
        match v.tag {
            Tag::Value(tag) => self.push(Ins { b: tag, op: Op::Store1, ..tags }),
            Tag::Known(tag) => self.push(Ins { y: tag.into(), op: Op::Store1K, ..tags }),
            Tag::Memory => return None,
        }
        self.state.facts.forget_fields();
        self.barrier(t, Parent::Field, v);
        let b = self.payload_or_zero(v);
        self.push(Ins { a: node, b, k: 0, ..Ins::new(Op::Store8) });
        Some(())
    }

    // ------------------------------------------------------------ stored values

    /// The value that operand C says: a constant or a register.
    pub(super) fn stored_value(&mut self, i: Instr, is_constant: bool, seen: Seen) -> Option<Reg> {
        if is_constant {
            return Some(self.constant_reg(self.source.constant(i.c as usize)));
        }
        let c = self.c(i);
        if self.known(c).is_none()
            && let Some(tag) = seen.only()
        {
            self.want(c, tag)?;
        }
        Some(self.any(c))
    }

    pub(super) fn payload_or_zero(&mut self, v: Reg) -> V {
        if v.payload == NONE { self.int(0) } else { v.payload }
    }

    /// Tells the collector that a value is stored in an object.
    pub(super) fn barrier(&mut self, object: V, parent: Parent, v: Reg) {
        let store = Ins { a: object, b: v.payload, k: parent.code(0), ..Ins::new(Op::Barrier) };
        match v.tag {
            Tag::Known(tag) if tag & tag::HEAP == 0 => {}
            Tag::Known(tag) => self.push(Ins { y: tag.into(), ..store }),
            Tag::Value(c) => self.push(Ins { c, ..store }),
            Tag::Memory => {}
        }
    }

    // ------------------------------------------------------------ fields

    /// The nodes of a table.
    pub(super) fn nodes(&mut self, t: V) -> V {
        self.fact(Fact::Nodes(t), |s| {
            s.load(Op::Load8, Class::General, t, offset_of!(Table, nodes))
        })
    }

    /// The node that the instruction's cache points to.
    fn node(&mut self, t: V, key: Value) -> (V, i64) {
        let number = self.source.linked[self.pc as usize].n;
        self.node_at(t, number, key)
    }

    /// A node by its number, checked to be the key's: its address is the nodes' and an offset.
    pub(super) fn node_at(&mut self, t: V, number: u8, key: Value) -> (V, i64) {
        let nodes = self.nodes(t);
        if number != 0 {
            self.check(Fact::HasNode(t, number), |s| {
                let k = offset_of!(Table, node_mask) as i64;
                let guard = Ins { a: t, y: number.into(), k, ..Ins::new(Op::GuardMem4) };
                s.guard(Ins { cond: Cond::Below, ..guard });
            });
        }
        let offset = (number as usize * size_of::<Node>()) as i64;
        self.check(Fact::NodeKey(t, number, key.payload), |s| {
            let b = s.int(key.payload as i64);
            let k = offset + offset_of!(Node, key) as i64;
            s.guard(Ins { a: nodes, b, k, ..Ins::new(Op::GuardMem8) });
        });
        (nodes, offset)
    }

    pub(super) fn get_field(&mut self, op: B, i: Instr) -> Option<()> {
        let site = self.site();
        if !site.reached {
            return self.unseen();
        }
        let t = if op == B::GetTabUp {
            if !site.access.is_found() {
                return None;
            }
            let at = self.upvalue_at(i.b);
            self.guard(Ins { a: at, y: tag::TABLE.into(), k: 8, ..Ins::new(Op::GuardMem1) });
            self.load(Op::Load8, Class::General, at, 0)
        } else {
            self.object_with_field(i)?
        };
        let v = self.field(t, i);
        self.paid();
        let a = self.a(i);
        self.set(a, v.payload, v.tag);
        Some(())
    }

    /// A method: the function to register A, the object behind the window's header.
    pub(super) fn method(&mut self, i: Instr) -> Option<()> {
        if !self.site().reached {
            return self.unseen();
        }
        let seen = self.site().b;
        if !seen.is_empty() && seen.within(Seen::STRING) {
            return self.string_method(i);
        }
        let t = self.object_with_field(i)?;
        let v = self.field(t, i);
        self.paid();
        let a = self.a(i);
        self.set(a, v.payload, v.tag);
        self.set_known(a + HEADER, t, tag::TABLE);
        Some(())
    }

    /// The table in register B, if it is known how its fields are found.
    fn object_with_field(&mut self, i: Instr) -> Option<V> {
        if !self.site().access.is_found() {
            return None;
        }
        let b = self.b(i);
        self.want(b, tag::TABLE)
    }

    /// The field of a table with the name of operand C. Where it was always found at the same place, that is
    /// where it has to be.
    fn field(&mut self, t: V, i: Instr) -> Reg {
        let key = self.source.constant(i.c as usize);
        let source = self.source;
        if self.site().access.hits() {
            let (nodes, offset) = self.node(t, key);
            return self.node_value(nodes, offset);
        }
        if self.site().access.is_behind()
            && let Some(path) = source.feedback.path(self.pc)
        {
            return match self.inherited(t, key, path) {
                Some((nodes, offset)) => self.node_value(nodes, offset),
                None => self.constant_reg(Value::NIL),
            };
        }
        let k = key.payload as i64;
        let node = self.fact(Fact::Found(t, key.payload), |s| {
            let node = s.define(Class::General, Ins { a: t, k, ..Ins::new(Op::FindField) });
            s.is_there(node);
            node
        });
        self.found_value(node)
    }

    /// Checks that a node has been found.
    fn is_there(&mut self, node: V) {
        let b = self.int(0);
        self.guard(Ins { a: node, b, cond: Cond::Equal, ..Ins::new(Op::Guard) });
    }

    /// The value of a node whose key has been checked, which is not nil.
    pub(super) fn node_value(&mut self, nodes: V, offset: i64) -> Reg {
        let k = offset + offset_of!(Node, val_tag) as i64;
        let tags = Ins { a: nodes, k, ..Ins::new(Op::GuardMem2) };
        if let Some(tag) = self.site().result.only() {
            self.guard(Ins { y: node_tags(tag), ..tags });
            return self.value_of_type(nodes, offset, tag);
        }
        self.guard(Ins { y: tag::STR.into(), k: k + 1, op: Op::GuardMem1, ..tags });
        let tag = self.load(Op::Load1, Class::General, nodes, k as usize);
        self.not_nil(tag);
        let payload = self.load(Op::Load8, Class::General, nodes, offset as usize);
        new_value(payload, Tag::Value(tag))
    }

    /// The value of a node that has been found, or that holds nil because there is none.
    fn found_value(&mut self, node: V) -> Reg {
        let k = offset_of!(Node, val_tag);
        if let Some(tag) = self.site().result.only() {
            let y = tag.into();
            self.guard(Ins { a: node, y, k: k as i64, ..Ins::new(Op::GuardMem1) });
            return self.value_of_type(node, 0, tag);
        }
        let tag = self.load(Op::Load1, Class::General, node, k);
        let payload = self.load(Op::Load8, Class::General, node, 0);
        new_value(payload, Tag::Value(tag))
    }

    /// The value of a node, whose tag has been checked.
    fn value_of_type(&mut self, nodes: V, offset: i64, tag: u8) -> Reg {
        let class = class_of(tag);
        let op = if class == Class::Float { Op::LoadF } else { Op::Load8 };
        let payload = self.load(op, class, nodes, offset as usize);
        new_value(payload, Tag::Known(tag))
    }

    /// The node with this key, wherever it is.
    pub(super) fn own_node(&mut self, t: V, key: Value) -> V {
        let k = key.payload as i64;
        self.fact(Fact::Own(t, key.payload), |s| {
            let node = s.define(Class::General, Ins { a: t, k, ..Ins::new(Op::FindOwn) });
            s.is_there(node);
            node
        })
    }

    pub(super) fn set_field(&mut self, op: B, i: Instr) -> Option<()> {
        let site = self.site();
        if !site.reached {
            return self.unseen();
        }
        if let Some(()) = self.set_new_field(op, i) {
            return Some(());
        }
        if !self.open || !site.access.is_own() {
            return None;
        }
        let a = self.a(i);
        let t = self.want(a, tag::TABLE)?;
        let key = self.source.constant(i.b as usize);
        let v = self.stored_value(i, op == B::SetFieldK, site.c)?;
        let (nodes, offset) =
            if site.access.hits() { self.node(t, key) } else { (self.own_node(t, key), 0) };
        let k = offset + offset_of!(Node, val_tag) as i64;
        let tags = Ins { a: nodes, k, ..Ins::new(Op::GuardMem2) };
        if let Tag::Known(tag) = v.tag
            && site.result.only() == Some(tag)
        {
            // The value before is of the same type.
            self.guard(Ins { y: node_tags(tag), ..tags });
            self.paid();
        } else {
            self.guard(Ins { y: tag::STR.into(), k: k + 1, op: Op::GuardMem1, ..tags });
            let nil = Ins { y: tag::NIL.into(), op: Op::GuardMem1, cond: Cond::Equal, ..tags };
            self.guard(nil);
            self.paid();
            match v.tag {
                Tag::Value(tag) => self.push(Ins { b: tag, op: Op::Store1, ..tags }),
                Tag::Known(tag) => self.push(Ins { y: tag.into(), op: Op::Store1K, ..tags }),
                Tag::Memory => return None,
            }
        }
        self.state.facts.stored(key.payload, self.index_name().payload);
        self.barrier(t, Parent::Field, v);
        let b = self.payload_or_zero(v);
        self.push(Ins { a: nodes, b, k: offset, ..Ins::new(Op::Store8) });
        Some(())
    }
}
