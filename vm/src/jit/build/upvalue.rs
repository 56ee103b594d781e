//! Reading upvalues.

use super::Builder;
use super::facts::Fact;
use super::state::{Tag, class_of};
use crate::function::{LuaFn, Upval};
use crate::jit::barrier::Parent;
use crate::jit::ir::*;
use crate::stack::link::HEADER;
use luka_bytecode::Instr;
use std::mem::offset_of;

impl Builder<'_> {
    /// The running closure.
    fn closure(&mut self) -> V {
        if let Some(inlining) = self.inlining.last() {
            return inlining.closure;
        }
        self.fact(Fact::Closure, |s| {
            let k = -super::state::slot(HEADER);
            s.define(Class::General, Ins { k, ..Ins::new(Op::LoadSlot) })
        })
    }

    /// An upvalue.
    fn upvalue(&mut self, n: u16) -> V {
        let closure = self.closure();
        self.fact(Fact::Upvalue(closure, n), |s| {
            let offset = offset_of!(LuaFn, upvals) + 8 * n as usize;
            s.load(Op::Load8, Class::General, closure, offset)
        })
    }

    /// The address of its value.
    pub(super) fn upvalue_at(&mut self, n: u16) -> V {
        let (closure, upvalue) = (self.closure(), self.upvalue(n));
        self.fact(Fact::UpvalueAt(closure, n), |s| {
            s.load(Op::Load8, Class::General, upvalue, offset_of!(Upval, v))
        })
    }

    /// The payload of an upvalue, which has to have this tag. It is the same until something is
    /// called, in units that set no upvalues.
    pub(super) fn upvalue_of(&mut self, n: u16, tag: u8) -> V {
        let at = self.upvalue_at(n);
        let closure = self.closure();
        // (That of an inlined function may be a register of this frame.)
        let is_stable = !self.sets_upvalues && self.inlining.is_empty();
        let fact = Fact::UpvalueIs(closure, n, tag);
        if is_stable && let Some(payload) = self.state.facts.get(fact) {
            return payload;
        }
        self.guard(Ins { a: at, y: tag.into(), k: 8, ..Ins::new(Op::GuardMem1) });
        let class = class_of(tag);
        let op = if class == Class::Float { Op::LoadF } else { Op::Load8 };
        let payload = self.load(op, class, at, 0);
        if is_stable {
            self.state.facts.add(fact, payload);
        }
        payload
    }

    pub(super) fn set_upvalue(&mut self, i: Instr) -> Option<()> {
        let site = self.site();
        if !site.reached {
            return self.unseen();
        }
        let r = self.a(i);
        if self.known(r).is_none()
            && let Some(tag) = site.a.only()
        {
            self.want(r, tag)?;
        }
        let v = self.any(r);
        let (upvalue, at) = (self.upvalue(i.b), self.upvalue_at(i.b));
        self.paid();
        self.barrier(upvalue, Parent::Upvalue, v);
        let store = Ins { a: at, k: 8, ..Ins::new(Op::Store1K) };
        match v.tag {
            Tag::Known(tag) => self.push(Ins { y: tag.into(), ..store }),
            Tag::Value(tag) => self.push(Ins { op: Op::Store1, b: tag, ..store }),
            Tag::Memory => return None,
        }
        let b = self.payload_or_zero(v);
        self.push(Ins { a: at, b, ..Ins::new(Op::Store8) });
        Some(())
    }

    pub(super) fn get_upvalue(&mut self, i: Instr) -> Option<()> {
        let a = self.a(i);
        if let Some(tag) = self.site().result.only() {
            let payload = self.upvalue_of(i.b, tag);
            self.paid();
            self.set_known(a, payload, tag);
        } else {
            let at = self.upvalue_at(i.b);
            let tag = self.load(Op::Load1, Class::General, at, 8);
            let payload = self.load(Op::Load8, Class::General, at, 0);
            self.paid();
            self.set(a, payload, Tag::Value(tag));
        }
        Some(())
    }
}
