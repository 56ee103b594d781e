//! Where the interpreter may come in again: behind calls and handlers. When a function that was called has left
//! native code, or a handler has gone elsewhere, the frames of native code are forgotten; what they would
//! have gone on with goes on here.

use super::Builder;
use super::state::{Tag, tag_slot};
use crate::jit::ir::*;

/// The result of a call that the interpreter leaves in memory: it becomes the parameters of a block.
pub(super) struct Loaded {
    pub resume: usize,
    pub slot: i64,
}

impl Builder<'_> {
    /// Begins a block at the instruction at `pc`, where all registers are in memory.
    pub(super) fn resume_in_block(&mut self, pc: u32) {
        let t = self.new_block();
        self.push(Ins { t, ..Ins::new(Op::Jump) });
        self.block = t;
        self.resume(pc);
    }

    /// The block has just begun: the interpreter may come in here.
    pub(super) fn resume(&mut self, pc: u32) {
        let known = self.func.resumes.iter().any(|resume| resume.pc == pc);
        if known || pc <= self.entry || pc >= self.end {
            return;
        }
        let registers = self.state.registers.iter().enumerate();
        let tags = registers.filter_map(|(r, reg)| Some((tag_slot(r) as i32, reg.known()?)));
        let tags = tags.collect();
        self.exit_here = None;
        let exit = self.exit_to(pc, Why::End);
        self.exit_here = None;
        self.func.resumes.push(Resume { pc, block: self.block, tags, exit });
    }

    /// A call has left its result in registers of the processor: register `r` is to hold it, or what is in
    /// memory when the interpreter comes in behind the call.
    pub(super) fn resume_with_result(&mut self, pc: u32, r: usize, payload: V, tag: V) {
        let before = self.block;
        let t = self.new_block();
        self.push(Ins { t, ..Ins::new(Op::Jump) });
        self.func.blocks[before as usize].args = vec![payload, tag];
        let payload = self.parameter(t, Class::General);
        let tag = self.parameter(t, Class::General);
        self.block = t;
        let resume = self.func.resumes.len();
        self.resume(pc);
        if self.func.resumes.len() > resume {
            self.loaded.push(Loaded { resume, slot: super::state::slot(r) });
        }
        self.set(r, payload, Tag::Value(tag));
    }

    /// The blocks in which results are loaded, behind all others.
    pub(super) fn load_results(&mut self) {
        for Loaded { resume, slot } in std::mem::take(&mut self.loaded) {
            self.block = self.new_block();
            let load = |op, k| Ins { k, ..Ins::new(op) };
            let payload = self.define(Class::General, load(Op::LoadSlot, slot));
            let tag = self.define(Class::General, load(Op::LoadSlotTag, slot + 8));
            let t = std::mem::replace(&mut self.func.resumes[resume].block, self.block);
            self.push(Ins { t, ..Ins::new(Op::Jump) });
            self.func.blocks[self.block as usize].args = vec![payload, tag];
        }
    }
}
