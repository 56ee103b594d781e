//! Generic loops over tables with `next` (`pairs`) and the iterator of `ipairs`. A TFORCALL does the TFORLOOP
//! behind it as well, as the interpreter's handler does.

use super::Builder;
use super::state::{Reg, Tag, slot};
use crate::jit::feedback::Callee;
use crate::jit::flow::{COST, target};
use crate::jit::ir::*;
use crate::object::native::{Native, Walk};
use crate::value::tag;
use luka_bytecode::{Instr, Op as B};

impl Builder<'_> {
    /// The TFORPREP of a loop over a table that begins with the TFORCALL at `call`, and that TFORCALL. `None`: it is
    /// no such loop, and nothing has been done.
    pub(super) fn begins_over_table(&mut self, i: Instr, call: u32) -> Option<()> {
        let prepares = self.pc;
        let first = self.source.plain[call as usize];
        self.walks(first, call)?;
        let a = self.a(i);
        self.want_no_closing(a + 3)?;
        self.paid();
        self.pc = call;
        if self.stops_before(call) {
            self.leave(call, Why::End);
        } else {
            let done = self.next_pair_to(first, |s| {
                // (So that this is no jump back.)
                s.pc = prepares;
                s.jump_to(prepares + 1);
            });
            if done.is_none() && self.open {
                self.leave(call, Why::Guard);
            }
        }
        self.pc = prepares;
        Some(())
    }

    /// A TFORCALL at the end of a loop.
    pub(super) fn next_pair(&mut self, i: Instr) -> Option<()> {
        let pc = self.pc;
        if !self.site().reached {
            return self.unseen();
        }
        self.walks(i, pc)?;
        let to = target(self.source.plain[pc as usize + 1], pc + 1)?;
        self.next_pair_to(i, |s| s.jump_to(to))
    }

    /// The iterator over tables that the TFORCALL at `pc` has called, if it is always one and the same.
    fn walks(&self, i: Instr, pc: u32) -> Option<&'static Native> {
        let Some(Callee::Native(native)) = self.source.feedback.callees.get(&pc) else {
            return None;
        };
        let next = *self.source.plain.get(pc as usize + 1)?;
        let usual = next.opcode() == Some(B::TForLoop) && next.a == i.a && i.c <= 2;
        let has_meta = self.source.feedback.sites[pc as usize].access.has_meta();
        let walks = match native.walk {
            Walk::Next => true,
            // (Behind the last element, it asks the metatable.)
            Walk::Ipairs => !has_meta,
            Walk::Other => false,
        };
        (usual && walks).then_some(native)
    }

    /// Checks that a loop has no variable to be closed.
    fn want_no_closing(&mut self, r: usize) -> Option<()> {
        match self.reg(r).tag {
            Tag::Known(tag::NIL) => Some(()),
            Tag::Known(_) => None,
            Tag::Value(_) | Tag::Memory => {
                self.want(r, tag::NIL)?;
                Some(())
            }
        }
    }

    /// The TFORCALL at the place of the walk, and the TFORLOOP: `to_head` ends the block if there is a pair. `None`: it
    /// cannot be done here, and nothing has been done.
    fn next_pair_to(&mut self, i: Instr, to_head: impl FnOnce(&mut Self)) -> Option<()> {
        let pc = self.pc;
        let native = self.walks(i, pc)?;
        let a = self.a(i);
        self.is_native(a, native)?;
        let t = self.want(a + 1, tag::TABLE)?;
        let (control, key, value) = (a + 2, a + 4, a + 5);
        let tag = if native.walk == Walk::Next {
            // (The control value is written with the pair.)
            self.flush(control);
            let exit = self.exit(Why::End);
            self.push(Ins { a: t, k: slot(a), ..Ins::new(Op::Next) });
            let tag = self.define(Class::General, Ins::new(Op::ResultTag));
            self.leave_if_unknown(tag, exit);
            for r in [control, key, value] {
                self.put(r, Reg::MEMORY);
            }
            tag
        } else {
            let index = self.want(control, tag::INT)?;
            let one = self.int(1);
            let next = self.ints(Op::Add, index, one);
            let (payload, tag) = self.item(t, index, next);
            self.set_known(key, next, tag::INT);
            self.set(value, payload, Tag::Value(tag));
            tag
        };
        self.state.pending += 2 * COST;
        self.exit_here = None;
        let walk = native.walk;
        let ended =
            Ins { a: tag, y: tag::NIL.into(), cond: Cond::Equal, ..Ins::new(Op::BranchByte) };
        self.branch(ended, true, pc + 2, |s| {
            if walk == Walk::Ipairs {
                s.set_known(key, NONE, tag::NIL);
                s.set_known(value, NONE, tag::NIL);
            }
        });
        if walk == Walk::Ipairs {
            let key = self.reg(key);
            self.set(control, key.payload, key.tag);
        }
        to_head(self);
        Some(())
    }

    /// Leaves if the handler has to look. (No guard: those may fail although they hold, and a pair would be left out.)
    fn leave_if_unknown(&mut self, tag: V, x: u32) {
        let from = self.block;
        let (unknown, known) = (self.new_block(), self.new_block());
        self.block = from;
        let branch = Ins { a: tag, y: UNKNOWN.into(), ..Ins::new(Op::BranchByte) };
        self.push(Ins { cond: Cond::Equal, t: unknown, f: known, ..branch });
        self.block = unknown;
        self.push(Ins { x, ..Ins::new(Op::Exit) });
        self.block = known;
    }

    /// The same of an element.
    fn guard_known(&mut self, tag: V, x: u32) {
        let unknown = Ins { a: tag, y: UNKNOWN.into(), x, ..Ins::new(Op::GuardByte) };
        self.push(Ins { cond: Cond::Equal, ..unknown });
    }

    /// Payload and tag of what a table has at the integer `key`, which is `index` + 1.
    fn item(&mut self, t: V, index: V, key: V) -> (V, V) {
        let (size, array, tags) = self.array_of(t);
        let exit = self.exit(Why::Guard);
        let from = self.block;
        let inside = self.new_block();
        let (there, elsewhere, next) = (self.new_block(), self.new_block(), self.new_block());
        self.block = from;
        let below = Ins { a: index, b: size, cond: Cond::Below, ..Ins::new(Op::Branch) };
        self.push(Ins { t: inside, f: elsewhere, ..below });
        self.block = inside;
        let at = Ins { a: tags, b: index, ..Ins::new(Op::LoadX1) };
        let tag = self.define(Class::General, at);
        let nil =
            Ins { a: tag, y: tag::NIL.into(), cond: Cond::NotEqual, ..Ins::new(Op::BranchByte) };
        self.push(Ins { t: there, f: elsewhere, ..nil });
        self.block = there;
        let at = Ins { a: array, b: index, ..Ins::new(Op::LoadX8) };
        let payload = self.define(Class::General, at);
        self.push(Ins { t: next, ..Ins::new(Op::Jump) });
        self.func.blocks[there as usize].args = vec![payload, tag];
        self.block = elsewhere;
        self.push(Ins { a: t, b: key, ..Ins::new(Op::ValueOfInt) });
        let payload = self.define(Class::General, Ins::new(Op::ResultPayload));
        let tag = self.define(Class::General, Ins::new(Op::ResultTag));
        self.guard_known(tag, exit);
        self.push(Ins { t: next, ..Ins::new(Op::Jump) });
        self.func.blocks[elsewhere as usize].args = vec![payload, tag];
        self.block = next;
        let payload = self.parameter(next, Class::General);
        (payload, self.parameter(next, Class::General))
    }
}
