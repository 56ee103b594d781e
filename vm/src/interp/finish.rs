//! Completing an instruction with the result of a metamethod (`luaV_finishOp`).

use super::call::{Next, opcode};
use super::operand::*;
use crate::error::Raise;
use crate::value::Value;
use crate::vm::Vm;
use luka_bytecode::Op;
use luka_bytecode::ops::OPS;
use luka_bytecode::semantics::Completion;

/// [`OpInfo::completion`](luka_bytecode::ops::OpInfo::completion) by opcode.
pub(super) static COMPLETIONS: [Option<Completion>; Op::COUNT] = {
    let mut completions = [None; Op::COUNT];
    let mut op = 0;
    while op < Op::COUNT {
        completions[op] = OPS[op].completion();
        op += 1;
    }
    completions
};

/// Whether a comparison jumps if it holds, by opcode.
pub(super) static JUMPS_IF_TRUE: [bool; Op::COUNT] = {
    let mut jumps = [false; Op::COUNT];
    let mut op = 0;
    while op < Op::COUNT {
        jumps[op] = OPS[op].jumps_on(true);
        op += 1;
    }
    jumps
};

impl Vm {
    /// `vm.ip` is the instruction that called; its callee left `n` values at `first`. `note` is
    /// what [`Vm::call_meta`] was given.
    pub(super) fn finish_instr(
        &mut self,
        first: *mut Value,
        n: usize,
        note: i32,
    ) -> Result<Next, Raise> {
        // SAFETY: operands are verified; `n` values are at `first`.
        unsafe {
            let i = self.instr();
            let result = if n > 0 { *first } else { Value::NIL };
            if self.observer.is_some()
                && let Some(next) = self.observed_completion(result, note)
            {
                return next;
            }
            let op = opcode(i);
            match COMPLETIONS[op as usize] {
                Some(Completion::Result) => *ra(self.ip, self.base) = result,
                Some(Completion::Drop) => {}
                Some(Completion::Condition) => {
                    let negate = note == super::compare::NEGATE;
                    self.finish_compare(op, i.c as i16, result.is_falsy() == negate);
                    return Ok(Next::Lua);
                }
                Some(Completion::Concat) => {
                    let left = (note as usize).saturating_sub(1).max(1);
                    *ra(self.ip, self.base).add(left - 1) = result;
                    return self.concat(left);
                }
                None => return Err(self.runtime_error("bad instruction for a metamethod")),
            }
            self.advance();
            Ok(Next::Lua)
        }
    }
}
