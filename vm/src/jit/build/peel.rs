//! The first iteration of inner loops, built apart: what it checks of objects that stay the same, the others
//! need not.

use super::Builder;

/// Instructions of loops whose first iteration is built apart, at most.
const LONGEST: u32 = 100;

impl Builder<'_> {
    /// The block goes on at the head of a loop. True: the first iteration is built now.
    pub(super) fn peel(&mut self, number: usize) -> bool {
        let l = &self.flow.loops[number];
        let inner = self.flow.loops.iter().all(|other| other.head <= l.head || l.last < other.head);
        if self.peeled || !inner || l.last - l.head >= LONGEST || self.calls_in(number) {
            return false;
        }
        let head = l.head;
        self.settle();
        self.peeling = Some(number);
        self.check_fuel(head);
        true
    }

    /// Whether a jump back to this instruction ends the iteration that is built apart.
    pub(super) fn ends_peeling(&self, pc: u32) -> bool {
        self.peeling.is_some_and(|l| self.flow.loops[l].head == pc && pc <= self.pc)
    }

    /// The head of the loop whose first iteration ends before `pc`: the loop is built next.
    pub(super) fn peeled_to(&mut self, pc: u32) -> Option<u32> {
        self.peeled = false;
        let l = &self.flow.loops[self.peeling?];
        if pc <= l.last {
            return None;
        }
        if self.open {
            self.jump_to(pc);
        }
        self.peeling = None;
        self.peeled = true;
        Some(l.head)
    }
}
