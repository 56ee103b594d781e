//! Tail calls, top in a register: as before, and the value on the stack's top is an argument, too, so that
//! most instructions write nothing to memory and wait for nothing to come back from there. Below it, the
//! value number k, counted from the bottom, is in word k; word 0 takes what is in the register while the
//! stack is empty.

use super::code::Op;
use super::programs::Program;
use super::tail_registers::{
    Code, Function, Memory, at, broken, cells, go, halt, lowest, run, target,
};
use crate::technique::{Refused, Run, Stop};

/// Decodes, and finds functions.
pub fn make<const CHECK: bool>(program: &Program) -> Result<Run, Refused> {
    let code = cells::<CHECK, u32>(program, function::<CHECK>)?;
    Ok(Box::new(move |steps| run::<CHECK, u32>(&code, steps)))
}

/// As those of `tail_registers`; the block's value is where the code goes on, and the new top. `$here` is the
/// number of values below those that the instruction takes.
macro_rules! functions {
    ($($name:ident($takes:literal, $leaves:literal, $memory:ident, $code:ident, $pc:ident, $top:ident, $here:ident) $body:block)*) => {$(
        fn $name<const CHECK: bool>(
            $memory: &mut Memory,
            $code: &Code,
            $pc: usize,
            height: usize,
            steps: u64,
            $top: u32,
        ) {
            let Some($here) = lowest::<CHECK>(height, $takes, $leaves) else {
                return $memory.stop(Stop::Stack);
            };
            let (next, top) = $body;
            go::<CHECK, u32>($memory, $code, next, $here + $leaves, steps, top)
        }
    )*};
}

functions! {
    push(0, 1, memory, code, pc, top, here) {
        let Some(cell) = at::<CHECK, u32>(code, pc) else { return };
        memory.stack[here] = top;
        (pc + 2, cell.operand as u32)
    }
    print(1, 0, memory, code, pc, top, here) {
        memory.printed += i64::from(top);
        (pc + 1, memory.stack[here])
    }
    swap(2, 2, memory, code, pc, top, here) {
        (pc + 1, std::mem::replace(&mut memory.stack[here + 1], top))
    }
    over(2, 3, memory, code, pc, top, here) {
        memory.stack[here + 2] = top;
        (pc + 1, memory.stack[here + 1])
    }
    sub(2, 1, memory, code, pc, top, here) {
        (pc + 1, top.wrapping_sub(memory.stack[here + 1]))
    }
    modulo(2, 1, memory, code, pc, top, here) {
        let Some(value) = top.checked_rem(memory.stack[here + 1]) else {
            return memory.stop(Stop::Division);
        };
        (pc + 1, value)
    }
    inc(1, 1, memory, code, pc, top, _here) {
        (pc + 1, top.wrapping_add(1))
    }
    discard(1, 0, memory, code, pc, _top, here) {
        (pc + 1, memory.stack[here])
    }
    jump(0, 0, memory, code, pc, top, _here) {
        let Some(cell) = at::<CHECK, u32>(code, pc) else { return };
        (target(pc, cell.operand), top)
    }
    jump_zero(1, 0, memory, code, pc, top, here) {
        let Some(cell) = at::<CHECK, u32>(code, pc) else { return };
        let to = if top == 0 { target(pc, cell.operand) } else { pc + 2 };
        (to, memory.stack[here])
    }
}

/// The function of an instruction.
pub fn function<const CHECK: bool>(op: Op) -> Function {
    match op {
        Op::Break => broken,
        Op::Halt => halt,
        Op::Push => push::<CHECK>,
        Op::Print => print::<CHECK>,
        Op::Swap => swap::<CHECK>,
        Op::Over => over::<CHECK>,
        Op::Sub => sub::<CHECK>,
        Op::Mod => modulo::<CHECK>,
        Op::Inc => inc::<CHECK>,
        Op::Drop => discard::<CHECK>,
        Op::Jump => jump::<CHECK>,
        Op::JumpZero => jump_zero::<CHECK>,
    }
}
