//! Tests, comparisons and returns.

use super::Builder;
use super::state::{Tag, has_payload, tag_slot};
use crate::jit::flow::target;
use crate::jit::ir::*;
use crate::value::tag;
use luka_bytecode::{Instr, Op as B};

impl Builder<'_> {
    /// Where the instruction jumps.
    pub(super) fn target(&self, i: Instr) -> u32 {
        target(i, self.pc).unwrap_or(0)
    }

    /// Jumps if two values of a type compare. The condition is that of integers with sign.
    pub(super) fn compare(&mut self, tag: u8, a: V, b: V, cond: Cond, when: bool, to: u32) {
        let (op, cond) = match (tag, cond) {
            (tag::FLOAT, Cond::Less) => (Op::BranchF, Cond::Below),
            (tag::FLOAT, Cond::LessEqual) => (Op::BranchF, Cond::BelowEqual),
            (tag::FLOAT, Cond::Greater) => (Op::BranchF, Cond::Above),
            (tag::FLOAT, Cond::GreaterEqual) => (Op::BranchF, Cond::AboveEqual),
            (tag::FLOAT, cond) => (Op::BranchF, cond),
            (_, cond) => (Op::Branch, cond),
        };
        self.branch(Ins { a, b, cond, ..Ins::new(op) }, when, to, |_| ());
    }

    /// A branch on the tag of a register whose type is not known.
    fn tag_branch(&self, r: usize, y: u8, cond: Cond) -> Ins {
        match self.reg(r).tag {
            Tag::Value(a) => Ins { a, y: y.into(), cond, ..Ins::new(Op::BranchByte) },
            Tag::Known(_) | Tag::Memory => {
                Ins { k: tag_slot(r), y: y.into(), cond, ..Ins::new(Op::BranchSlotTag) }
            }
        }
    }

    pub(super) fn test(&mut self, op: B, i: Instr) -> Option<()> {
        let to = self.target(i);
        let copies = matches!(op, B::JTSet | B::JFSet);
        let when = matches!(op, B::JT | B::JTSet);
        let a = self.a(i);
        let tested = if copies { self.b(i) } else { a };
        let reg = if copies { self.any(tested) } else { self.reg(tested) };
        self.paid();
        if let Tag::Known(tag) = reg.tag {
            if (tag > tag::FALSE) == when {
                if copies {
                    self.set(a, reg.payload, reg.tag);
                }
                self.jump_to(to);
            }
            return Some(());
        }
        let test = self.tag_branch(tested, tag::FALSE, Cond::Above);
        self.branch(test, when, to, |s| {
            if copies {
                s.set(a, reg.payload, reg.tag);
            }
        });
        Some(())
    }

    pub(super) fn equality(&mut self, op: B, i: Instr) -> Option<()> {
        let (a, b, site) = (self.a(i), self.b(i), self.site());
        let tags = (self.known(a).or(site.a.only()), self.known(b).or(site.b.only()));
        match tags {
            (Some(t), Some(u)) if t == u && matches!(t, tag::INT | tag::STR | tag::FLOAT) => {
                let x = self.want(a, t)?;
                let y = self.want(b, t)?;
                self.paid();
                self.compare(t, x, y, Cond::Equal, op == B::JEq, self.target(i));
                Some(())
            }
            _ if !site.reached => self.unseen(),
            _ => None,
        }
    }

    pub(super) fn equality_constant(&mut self, op: B, i: Instr) -> Option<()> {
        let (a, site) = (self.a(i), self.site());
        let key = self.source.constant(i.b as usize);
        let (to, when) = (self.target(i), op == B::JEqK);
        if key.tag <= tag::TRUE {
            self.paid();
            if let Some(tag) = self.known(a) {
                if (tag == key.tag) == when {
                    self.jump_to(to);
                }
                return Some(());
            }
            let test = self.tag_branch(a, key.tag, Cond::Equal);
            self.branch(test, when, to, |_| ());
            return Some(());
        }
        let comparable = matches!(key.tag, tag::INT | tag::FLOAT | tag::STR);
        if comparable && self.known(a).or(site.a.only()) == Some(key.tag) {
            let x = self.want(a, key.tag)?;
            let y = self.constant_reg(key).payload;
            self.paid();
            self.compare(key.tag, x, y, Cond::Equal, when, to);
            return Some(());
        }
        if site.reached { None } else { self.unseen() }
    }

    pub(super) fn order_immediate(&mut self, op: B, i: Instr) -> Option<()> {
        let (a, site) = (self.a(i), self.site());
        let Some(tag) = self.number_tag(a, site.a) else {
            return if site.reached { None } else { self.unseen() };
        };
        let (cond, when) = match op {
            B::JEqI => (Cond::Equal, true),
            B::JNeI => (Cond::Equal, false),
            B::JLtI => (Cond::Less, true),
            B::JNltI => (Cond::Less, false),
            B::JLeI => (Cond::LessEqual, true),
            B::JNleI => (Cond::LessEqual, false),
            B::JGtI => (Cond::Greater, true),
            B::JNgtI => (Cond::Greater, false),
            B::JGeI => (Cond::GreaterEqual, true),
            B::JNgeI => (Cond::GreaterEqual, false),
            _ => return None,
        };
        let x = self.want(a, tag)?;
        let k = i.sb();
        let y = if tag == tag::INT { self.int(k.into()) } else { self.float(k.into()) };
        self.paid();
        self.compare(tag, x, y, cond, when, self.target(i));
        Some(())
    }

    pub(super) fn order(&mut self, op: B, i: Instr) -> Option<()> {
        let (a, b, site) = (self.a(i), self.b(i), self.site());
        let (Some(t), Some(u)) = (self.number_tag(a, site.a), self.number_tag(b, site.b)) else {
            return if site.reached { None } else { self.unseen() };
        };
        if t != u {
            return None;
        }
        let x = self.want(a, t)?;
        let y = self.want(b, t)?;
        self.paid();
        let cond = if matches!(op, B::JLt | B::JNlt) { Cond::Less } else { Cond::LessEqual };
        let when = matches!(op, B::JLt | B::JLe);
        self.compare(t, x, y, cond, when, self.target(i));
        Some(())
    }

    // ------------------------------------------------------------ returns

    pub(super) fn return_some(&mut self, op: B, i: Instr) -> Option<()> {
        if !self.inlining.is_empty() {
            return self.inlined_return(op, i);
        }
        if !self.is_function {
            return self.leaves();
        }
        if op == B::Return0 {
            self.flush_all();
            self.paid();
            self.settle();
            self.push(Ins { x: self.pc, ..Ins::new(Op::ReturnNone) });
            self.open = false;
            return Some(());
        }
        let a = self.a(i);
        if self.known(a).is_none()
            && let Some(tag) = self.site().a.only()
        {
            self.want(a, tag)?;
        }
        let reg = self.any(a);
        self.flush_all();
        self.paid();
        self.settle();
        let (b, y) = match reg.tag {
            Tag::Known(tag) => (NONE, tag),
            Tag::Value(b) => (b, 0),
            Tag::Memory => return None,
        };
        let a = if reg.known().is_some_and(|tag| !has_payload(tag)) { NONE } else { reg.payload };
        self.push(Ins { a, b, y: y.into(), x: self.pc, ..Ins::new(Op::Return) });
        self.open = false;
        Some(())
    }

    /// The interpreter does what ends the function in another way.
    pub(super) fn leaves(&mut self) -> Option<()> {
        self.leave(self.pc, Why::End);
        Some(())
    }
}
