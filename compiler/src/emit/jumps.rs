//! Jumps whose target is not known yet: lists, patching, conditional jumps and their negation.
//!
//! A conditional jump represents a place in a jump list by the pc of the instruction that jumps.
//! In normal mode that is the test itself. In wide mode (functions too long for 16-bit jumps) it
//! is a `JMP` after the test: a comparison is negated to skip it, and a `JTSET`/`JFSET`, which
//! acts when it jumps, is laid out as `JTSET +1; JMP +1; JMP target`.

use luka_bytecode::{Instr, Op, Role, Span};

use super::Emitter;

/// Register operand of a `JTSET`/`JFSET` whose destination is not decided yet.
pub(super) const NO_REG: u16 = u16::MAX;

const NONE: u32 = u32::MAX;

/// A list of jumps that go to one place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct JumpList {
    head: u32,
    tail: u32,
}

impl JumpList {
    pub const EMPTY: JumpList = JumpList { head: NONE, tail: NONE };

    pub fn is_empty(self) -> bool {
        self.head == NONE
    }
}

/// A node of a jump list, stored in [`Emitter::jump_nodes`].
pub(super) struct JumpNode {
    pc: u32,
    next: u32,
}

impl Emitter<'_> {
    /// Adds a jump to a list.
    pub fn add_jump(&mut self, list: &mut JumpList, pc: u32) {
        let link = self.jump_nodes.len() as u32;
        self.jump_nodes.push(JumpNode { pc, next: NONE });
        self.join(list, JumpList { head: link, tail: link });
    }

    /// Appends `more` to `list`.
    pub fn join(&mut self, list: &mut JumpList, more: JumpList) {
        if more.is_empty() {
        } else if list.is_empty() {
            *list = more;
        } else {
            self.jump_nodes[list.tail as usize].next = more.head;
            list.tail = more.tail;
        }
    }

    fn next_jump(&self, link: &mut u32) -> Option<u32> {
        let found = self.jump_nodes.get(*link as usize)?;
        *link = found.next;
        Some(found.pc)
    }

    /// Makes the jump at `pc` go to `target`.
    pub fn fix_jump(&mut self, pc: u32, target: u32) {
        let distance = target as i64 - (pc as i64 + 1);
        let needs_wide = !set_distance(self.instr_mut(pc), distance);
        self.f.needs_wide |= needs_wide;
    }

    /// The pc of the `JTSET`/`JFSET` a jump belongs to.
    fn test_set(&self, pc: u32) -> Option<u32> {
        let at = if self.f.wide { pc.checked_sub(2)? } else { pc };
        let op = self.instr(at).op;
        (op == Op::JTSet as u8 || op == Op::JFSet as u8).then_some(at)
    }

    /// Decides the destination of a `JTSET`/`JFSET`; `false` if the jump is not one. Without a
    /// destination, or if the value is there already, it becomes a plain test.
    fn patch_test(&mut self, pc: u32, reg: u16) -> bool {
        let Some(at) = self.test_set(pc) else { return false };
        let test = self.instr_mut(at);
        if reg != NO_REG && reg != test.b {
            test.a = reg;
        } else {
            let op = if test.op == Op::JTSet as u8 { Op::JT } else { Op::JF };
            *test = Instr::asbx(op, test.b, test.sc() as i32);
        }
        true
    }

    /// Makes no jump of the list produce a value.
    pub fn remove_values(&mut self, list: JumpList) {
        let mut link = list.head;
        while let Some(pc) = self.next_jump(&mut link) {
            self.patch_test(pc, NO_REG);
        }
    }

    /// Does some jump of the list produce no value?
    pub fn needs_value(&self, list: JumpList) -> bool {
        let mut link = list.head;
        while let Some(pc) = self.next_jump(&mut link) {
            if self.test_set(pc).is_none() {
                return true;
            }
        }
        false
    }

    /// Sends the jumps that put a value in `reg` to `with_value`, the others to `other`.
    pub fn patch_values(&mut self, list: JumpList, with_value: u32, reg: u16, other: u32) {
        let mut link = list.head;
        while let Some(pc) = self.next_jump(&mut link) {
            let target = if self.patch_test(pc, reg) { with_value } else { other };
            self.fix_jump(pc, target);
        }
    }

    /// Sends all jumps of the list to `target`.
    pub fn patch(&mut self, list: JumpList, target: u32) {
        self.patch_values(list, target, NO_REG, target);
    }

    /// Sends all jumps of the list to the next instruction.
    pub fn patch_here(&mut self, list: JumpList) {
        let here = self.here();
        self.patch(list, here);
    }

    /// Emits a comparison that jumps; returns the pc for a jump list.
    pub fn emit_compare(&mut self, instr: Instr, span: Span) -> u32 {
        if !self.f.wide {
            return self.emit(instr, span);
        }
        self.emit(Instr { op: negated(instr.op), c: 1, ..instr }, span);
        self.emit_jump(span)
    }

    /// Emits a jump taken when `R[reg]` is true (`on`) or false, which also produces the value
    /// where that turns out to be needed.
    pub fn emit_test_set(&mut self, reg: u16, on: bool, span: Span) -> u32 {
        let op = if on { Op::JTSet } else { Op::JFSet };
        if !self.f.wide {
            return self.emit(Instr::abc(op, NO_REG, reg, 0), span);
        }
        self.emit(Instr::abc(op, NO_REG, reg, 1), span);
        self.emit(Instr::asbx(Op::Jmp, 0, 1), span);
        self.emit_jump(span)
    }

    /// Emits a jump taken when `R[reg]` is true (`on`) or false.
    pub fn emit_test(&mut self, reg: u16, on: bool, span: Span) -> u32 {
        self.emit(Instr::asbx(if on { Op::JT } else { Op::JF }, reg, 0), span)
    }

    /// Makes the comparison after the jump at `pc` jump in the opposite case.
    pub fn negate(&mut self, pc: u32) {
        let at = if self.f.wide { pc - 1 } else { pc };
        let instr = self.instr_mut(at);
        instr.op = negated(instr.op);
    }
}

/// Stores a jump distance in the field its opcode has for it; `false` if it does not fit.
pub(super) fn set_distance(instr: &mut Instr, distance: i64) -> bool {
    if has_wide_jump(*instr) {
        instr.set_sbx(distance as i32);
        true
    } else if let Ok(distance) = i16::try_from(distance) {
        instr.c = distance as u16;
        true
    } else {
        false
    }
}

/// Does the instruction jump by a 32-bit distance (else by a 16-bit one)?
pub(super) fn has_wide_jump(instr: Instr) -> bool {
    let operands = instr.opcode().map_or(&[][..], |op| op.info().operands);
    operands.iter().any(|o| o.role == Role::JumpWide)
}

/// The comparison that jumps in the opposite case: the table has them side by side.
fn negated(op: u8) -> u8 {
    const FIRST: u8 = Op::JEq as u8;
    const _: () = assert!(Op::JNe as u8 == FIRST + 1 && Op::JNgeI as u8 == FIRST + 17);
    debug_assert!((FIRST..FIRST + 18).contains(&op));
    FIRST + (op.wrapping_sub(FIRST) ^ 1)
}
