//! Moves, constants, jumps.

use super::Builder;
use super::state::{Reg, Tag, has_payload};
use crate::jit::ir::*;
use crate::value::{Value, tag};
use luka_bytecode::{Instr, Op as B};

impl Builder<'_> {
    /// The registers of the operands.
    pub(super) fn a(&self, i: Instr) -> usize {
        self.first + i.a as usize
    }
    pub(super) fn b(&self, i: Instr) -> usize {
        self.first + i.b as usize
    }
    pub(super) fn c(&self, i: Instr) -> usize {
        self.first + i.c as usize
    }

    /// A constant, as what a register holds.
    pub(super) fn constant_reg(&mut self, v: Value) -> Reg {
        let payload = match v.tag {
            tag::FLOAT => self.float(f64::from_bits(v.payload)),
            tag if has_payload(tag) => self.int(v.payload as i64),
            _ => NONE,
        };
        Reg { payload, tag: Tag::Known(v.tag), dirty: true, stored: Reg::UNKNOWN }
    }

    pub(super) fn simple(&mut self, op: B, i: Instr) -> Option<()> {
        let a = self.a(i);
        match op {
            B::Move => {
                let b = self.b(i);
                if self.reg(b).tag == Tag::Memory
                    && let Some(tag) = self.site().result.only()
                {
                    self.want(b, tag)?;
                }
                let reg = self.any(b);
                self.paid();
                self.set(a, reg.payload, reg.tag);
            }
            B::LoadI => {
                let v = self.int(i.sbx().into());
                self.paid();
                self.set_known(a, v, tag::INT);
            }
            B::LoadF => {
                let v = self.float(i.sbx().into());
                self.paid();
                self.set_known(a, v, tag::FLOAT);
            }
            B::LoadK => {
                let reg = self.constant_reg(self.source.constant(i.bx() as usize));
                self.paid();
                self.set(a, reg.payload, reg.tag);
            }
            B::LoadNil => {
                self.paid();
                for r in a..=a + i.b as usize {
                    self.set_known(r, NONE, tag::NIL);
                }
            }
            B::LoadTrue => {
                self.paid();
                self.set_known(a, NONE, tag::TRUE);
            }
            B::LoadFalse => {
                self.paid();
                self.set_known(a, NONE, tag::FALSE);
            }
            B::LFalseSkip => {
                self.paid();
                self.set_known(a, NONE, tag::FALSE);
                self.jump_to(self.pc + 2);
            }
            B::Not => {
                let b = self.b(i);
                let tag = self.any(b).known()?;
                self.paid();
                self.set_known(a, NONE, if tag <= tag::FALSE { tag::TRUE } else { tag::FALSE });
            }
            B::Jmp => {
                self.paid();
                self.jump_to(crate::jit::flow::target(i, self.pc)?);
            }
            // (The call has moved the frame.)
            B::VarargPrep => self.paid(),
            _ => return None,
        }
        Some(())
    }
}
