//! Completing an instruction with the result of a metamethod (`luaV_finishOp`).

use super::call::{Next, opcode};
use super::operand::*;
use crate::error::Raise;
use crate::value::Value;
use crate::vm::Vm;
use luka_bytecode::Op;

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
            let i = *self.ip;
            let result = if n > 0 { *first } else { Value::NIL };
            if self.observer.is_some()
                && let Some(next) = self.observed_completion(result, note)
            {
                return next;
            }
            match opcode(i) {
                Op::SetTabUp
                | Op::SetTabUpK
                | Op::SetTable
                | Op::SetTableK
                | Op::SetI
                | Op::SetIK
                | Op::SetField
                | Op::SetFieldK => {}
                op @ (Op::JEq
                | Op::JNe
                | Op::JLt
                | Op::JNlt
                | Op::JLe
                | Op::JNle
                | Op::JLtI
                | Op::JNltI
                | Op::JLeI
                | Op::JNleI
                | Op::JGtI
                | Op::JNgtI
                | Op::JGeI
                | Op::JNgeI) => {
                    let negate = note == super::compare::NEGATE;
                    self.finish_compare(op, i.c as i16, result.is_falsy() == negate);
                    return Ok(self.entered());
                }
                Op::Concat => {
                    let left = (note as usize).saturating_sub(1).max(1);
                    *ra(self.ip, self.base).add(left - 1) = result;
                    return self.concat(left);
                }
                _ => *ra(self.ip, self.base) = result,
            }
            self.advance();
            Ok(Next::Lua)
        }
    }
}
