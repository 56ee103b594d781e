//! Calls of short functions, built in place: a frame is made only where such code is left early. What
//! the call would have left in the window stays there as what registers hold.

use super::state::{Reg, Tag};
use super::{Builder, Inlining, Source};
use crate::function::ProtoObj;
use crate::jit::flow::COST;
use crate::jit::ir::*;
use crate::jit::state::Function;
use crate::stack::link::HEADER;
use crate::value::tag;
use luka_bytecode::{Instr, Op as B};

/// Instructions of functions that may be inlined, at most.
const LONGEST: usize = 24;

/// What a call of such a function costs at most.
pub(in crate::jit) const INLINED_COST: i64 = LONGEST as i64 * COST;

/// Whether a function's code may be inlined: short, without jumps, calls and functions in it.
pub(in crate::jit) fn may_be_inlined(proto: &ProtoObj, plain: &[Instr]) -> bool {
    let straight = |(pc, i): (usize, &Instr)| match i.opcode() {
        Some(B::Return0 | B::Return1) => pc + 2 >= plain.len(),
        Some(B::Return) => pc + 1 == plain.len(),
        Some(B::Move | B::LoadI | B::LoadF | B::LoadK | B::LoadNil | B::LoadTrue) => true,
        Some(B::LoadFalse | B::GetUpval | B::GetField | B::GetTable | B::GetI) => true,
        Some(B::NewTable | B::SetList) => true,
        Some(B::SetTable | B::SetTableK | B::SetI | B::SetIK | B::SetField) => true,
        Some(B::SetFieldK | B::AddI | B::AddK | B::SubK | B::MulK | B::ModK | B::PowK) => true,
        Some(B::DivK | B::IDivK | B::BAndK | B::BOrK | B::BXorK | B::ShlK | B::ShrK) => true,
        Some(B::Add | B::Sub | B::Mul | B::Mod | B::Pow | B::Div | B::IDiv) => true,
        Some(B::BAnd | B::BOr | B::BXor | B::Shl | B::Shr | B::Unm | B::BNot) => true,
        _ => false,
    };
    plain.len() <= LONGEST
        && !proto.is_vararg
        && proto.data.protos.is_empty()
        && plain.iter().enumerate().all(straight)
        && plain.iter().any(|i| matches!(i.opcode(), Some(B::Return0 | B::Return1)))
}

impl<'a> Builder<'a> {
    /// Whether the call at `pc` is inlined.
    pub(super) fn inlines(&self, pc: u32, number: u32, function: &Function) -> bool {
        number != self.source.number
            && self.inlining.is_none()
            && function.is_short
            && !self.plan.kept.contains(&pc)
            && function.feedback.sites.iter().any(|site| site.reached)
    }

    /// The call, which is paid for; its closure has been checked.
    pub(super) fn inline(
        &mut self,
        i: Instr,
        number: u32,
        function: &'a Function,
        proto: &'a ProtoObj,
        closure: V,
    ) -> Option<()> {
        let a = self.a(i);
        for r in 0..self.flow.registers {
            // Upvalues of the function may be registers of this frame.
            if self.is_captured(r) {
                self.flush(r);
            }
        }
        let first = a + HEADER;
        // (What lies there above the arguments is what the function finds in its registers.)
        let source = Source {
            number,
            proto,
            plain: &function.plain,
            linked: &function.linked,
            marks: &function.marks,
            feedback: &function.feedback,
            lines: if self.source.lines.is_empty() { &[] } else { &proto.data.debug.lines },
        };
        let caller = std::mem::replace(&mut self.source, source);
        let call = self.pc;
        self.inlining = Some(Inlining { caller, call, window: a, closure });
        self.first = first;
        let mut result = None;
        for pc in 0..source.plain.len() as u32 {
            self.pc = pc;
            self.exit_here = None;
            let i = source.plain[pc as usize];
            match i.opcode() {
                Some(B::Return0) => {
                    self.state.pending += COST;
                    result = Some(None);
                }
                Some(B::Return1) => {
                    result = self.inlined_result(i).map(Some);
                }
                _ => self.translate(),
            }
            if !self.open || result.is_some() {
                break;
            }
        }
        if let Some(inlining) = self.inlining.take() {
            self.source = inlining.caller;
        }
        (self.first, self.pc, self.exit_here) = (0, call, None);
        if !self.open {
            return Some(());
        }
        // The link that the call has left.
        self.set_known(a + 1, NONE, tag::FRAME);
        match result {
            Some(Some(reg)) => self.set(a, reg.payload, reg.tag),
            Some(None) if i.c == 2 => self.set_known(a, NONE, tag::NIL),
            _ => {}
        }
        if self.is_in_calling_loop() {
            let registers = a + 1..first + proto.data.max_stack as usize;
            registers.for_each(|r| self.flush(r));
        }
        Some(())
    }

    /// The value that a RETURN1 returns.
    fn inlined_result(&mut self, i: Instr) -> Option<Reg> {
        let r = self.a(i);
        if self.known(r).is_none()
            && let Some(tag) = self.site().a.only()
        {
            self.want(r, tag)?;
        }
        let reg = self.any(r);
        self.state.pending += COST;
        Some(Reg {
            tag: if reg.tag == Tag::Memory { Tag::Known(tag::NIL) } else { reg.tag },
            ..reg
        })
    }
}
