//! Methods of strings, and what native code does with strings itself.

use super::Builder;
use super::facts::Fact;
use super::state::Tag;
use crate::jit::ir::*;
use crate::object::string::{STR_HEADER, Str};
use crate::stack::link::HEADER;
use crate::value::{Type, tag};
use crate::vm::Vm;
use luka_bytecode::Instr;
use std::mem::offset_of;

impl Builder<'_> {
    /// A method of a string, where it was always found: the function to register A, the string behind the
    /// window's header.
    pub(super) fn string_method(&mut self, i: Instr) -> Option<()> {
        let place = self.source.feedback.method(self.pc)?;
        let key = self.source.constant(i.c as usize);
        let (a, b) = (self.a(i), self.b(i));
        self.want_string(b)?;
        let meta = self.string_metatable();
        let table = self.class_of_metatable(meta, place.index);
        let (nodes, offset) = self.node_at(table, place.node, key);
        let method = self.node_value(nodes, offset);
        self.paid();
        let string = self.any(b);
        self.set(a, method.payload, method.tag);
        self.set(a + HEADER, string.payload, string.tag);
        Some(())
    }

    /// The metatable of strings.
    fn string_metatable(&mut self) -> V {
        self.fact(Fact::StringMetatable, |s| {
            let k = offset_of!(Vm, type_meta) + Type::String as usize * size_of::<usize>();
            let load = Ins { k: k as i64, ..Ins::new(Op::LoadVm) };
            let meta = s.define(Class::General, load);
            let b = s.int(0);
            s.guard(Ins { a: meta, b, cond: Cond::Equal, ..Ins::new(Op::Guard) });
            meta
        })
    }

    /// The string in a register, which has to be one, short or long.
    pub(super) fn want_string(&mut self, r: usize) -> Option<V> {
        let reg = self.any(r);
        match reg.tag {
            Tag::Known(tag::STR | tag::LSTR) => {}
            Tag::Value(tag) => {
                // The two tags differ in their lowest bit.
                const { assert!(tag::STR | 1 == tag::LSTR) };
                let one = self.int(1);
                let a = self.ints(Op::Or, tag, one);
                self.guard(Ins { a, y: tag::LSTR.into(), ..Ins::new(Op::GuardByte) });
            }
            Tag::Known(_) | Tag::Memory => return None,
        }
        Some(self.any(r).payload)
    }

    /// The length of a string.
    pub(super) fn string_length(&mut self, s: V) -> V {
        self.load(Op::Load8, Class::General, s, offset_of!(Str, len))
    }

    /// The byte of a string at a position from 1 on, which is inside.
    pub(super) fn byte_at(&mut self, s: V, position: V) -> V {
        let one = self.int(1);
        let b = self.ints(Op::Sub, position, one);
        let length = self.string_length(s);
        self.guard(Ins { a: b, b: length, cond: Cond::AboveEqual, ..Ins::new(Op::Guard) });
        let header = self.int(STR_HEADER as i64);
        let a = self.ints(Op::Add, s, header);
        self.define(Class::General, Ins { a, b, ..Ins::new(Op::LoadX1) })
    }
}
