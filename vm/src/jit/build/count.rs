//! Numeric loops: of integers, where FORPREP needs to know the step, and of floats.

use super::Builder;
use crate::jit::ir::*;
use crate::value::tag;
use luka_bytecode::Instr;

impl Builder<'_> {
    /// The type of index, limit and step of a loop, as far as is known or was seen, if it is one.
    fn counts(&self, a: usize) -> Option<u8> {
        let site = self.site();
        let seen = [site.a, site.b, site.c];
        let mut tags = (0..3).map(|j| self.number_tag(a + j, seen[j]));
        let first = tags.next()??;
        tags.all(|tag| tag == Some(first)).then_some(first)
    }

    pub(super) fn for_prep(&mut self, i: Instr) -> Option<()> {
        let a = self.a(i);
        let done = match self.counts(a) {
            Some(tag::INT) => self.prepares_integers(i),
            Some(_) => self.prepares_floats(i),
            None => None,
        };
        if done.is_none() && self.open && !self.site().reached {
            return self.unseen();
        }
        done
    }

    pub(super) fn for_loop(&mut self, i: Instr) -> Option<()> {
        match self.counts(self.a(i)) {
            Some(tag::INT) => self.counts_integers(i),
            Some(_) => self.counts_floats(i),
            None if self.site().reached => None,
            None => self.unseen(),
        }
    }

    /// `None`: the step is not known, or 0.
    fn prepares_integers(&mut self, i: Instr) -> Option<()> {
        let a = self.a(i);
        let to = self.target(i);
        let step = self.reg(a + 2);
        if step.known() != Some(tag::INT) || step.payload == NONE {
            return None;
        }
        let k = self.constant_of(step.payload).filter(|k| *k != 0 && *k != i64::MIN)?;
        let start = self.want(a, tag::INT)?;
        let limit = self.want(a + 1, tag::INT)?;
        let (from, up_to) = if k > 0 { (start, limit) } else { (limit, start) };
        let distance = self.ints(Op::Sub, up_to, from);
        let count = if k.abs() == 1 {
            distance
        } else {
            // (Of an empty loop it is not used; of one that is too long, the interpreter begins.)
            let (begins, zero) = (self.block, self.int(0));
            let (empty, long, next) = (self.new_block(), self.new_block(), self.new_block());
            self.block = begins;
            let none = Ins { a: from, b: up_to, cond: Cond::Greater, ..Ins::new(Op::Branch) };
            self.push(Ins { t: empty, f: long, ..none });
            self.block = empty;
            self.push(Ins { t: next, ..Ins::new(Op::Jump) });
            self.func.blocks[empty as usize].args = vec![zero];
            self.block = long;
            self.guard(Ins { a: distance, b: zero, cond: Cond::Less, ..Ins::new(Op::Guard) });
            let size = self.int(k.abs());
            let count = self.ints(Op::FloorDiv, distance, size);
            self.push(Ins { t: next, ..Ins::new(Op::Jump) });
            self.func.blocks[long as usize].args = vec![count];
            self.block = next;
            self.parameter(next, Class::General)
        };
        self.paid();
        self.compare(tag::INT, from, up_to, Cond::Greater, true, to);
        self.set_known(a + 1, count, tag::INT);
        self.set_known(a + 3, start, tag::INT);
        Some(())
    }

    fn counts_integers(&mut self, i: Instr) -> Option<()> {
        let a = self.a(i);
        let index = self.want(a, tag::INT)?;
        let count = self.want(a + 1, tag::INT)?;
        let step = self.want(a + 2, tag::INT)?;
        self.paid();
        let (zero, one) = (self.int(0), self.int(1));
        let more = Ins { a: count, b: zero, cond: Cond::NotEqual, ..Ins::new(Op::Branch) };
        self.branch(more, true, self.target(i), |s| {
            let count = s.ints(Op::Sub, count, one);
            s.set_known(a + 1, count, tag::INT);
            let index = s.ints(Op::Add, index, step);
            s.set_known(a, index, tag::INT);
            s.set_known(a + 3, index, tag::INT);
        });
        Some(())
    }

    fn prepares_floats(&mut self, i: Instr) -> Option<()> {
        let a = self.a(i);
        let start = self.want(a, tag::FLOAT)?;
        let limit = self.want(a + 1, tag::FLOAT)?;
        let step = self.want(a + 2, tag::FLOAT)?;
        let zero = self.float(0.0);
        self.guard(Ins { a: step, b: zero, cond: Cond::Equal, ..Ins::new(Op::GuardF) });
        let (less, more) = self.in_order(step, limit, start);
        self.paid();
        self.compare(tag::FLOAT, less, more, Cond::Less, true, self.target(i));
        self.set_known(a + 3, start, tag::FLOAT);
        Some(())
    }

    fn counts_floats(&mut self, i: Instr) -> Option<()> {
        let a = self.a(i);
        let index = self.want(a, tag::FLOAT)?;
        let limit = self.want(a + 1, tag::FLOAT)?;
        let step = self.want(a + 2, tag::FLOAT)?;
        let index = self.floats(Op::AddF, index, step);
        let (less, more) = self.in_order(step, index, limit);
        self.paid();
        let cond = Cond::BelowEqual;
        let go_on = Ins { a: less, b: more, cond, ..Ins::new(Op::BranchF) };
        self.branch(go_on, true, self.target(i), |s| {
            s.set_known(a, index, tag::FLOAT);
            s.set_known(a + 3, index, tag::FLOAT);
        });
        Some(())
    }

    /// Two floats, changed over unless a step is above 0.
    fn in_order(&mut self, step: V, a: V, b: V) -> (V, V) {
        if let Some(bits) = self.constant_of(step) {
            return if f64::from_bits(bits as u64) > 0.0 { (a, b) } else { (b, a) };
        }
        let zero = self.float(0.0);
        let above = Ins { a: step, b: zero, cond: Cond::Above, ..Ins::new(Op::BranchF) };
        (self.choose(above, a, b), self.choose(above, b, a))
    }
}
