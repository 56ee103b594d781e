//! Tail calls, two values in registers: as with one, and the value below the top is in a register, too, so
//! that an operation on both reads no memory. More arguments than registers would go over the stack, and
//! no call were a jump any more, so both share one of 64 bits. The value number k, counted from the bottom,
//! is in word k + 1; words 0 and 1 take what is in the register while the stack is empty.

use super::code::Op;
use super::programs::Program;
use super::tail_registers::{
    Code, Function, Memory, at, broken, cells, go, halt, lowest, run, target,
};
use crate::technique::{Refused, Run, Stop};

/// The top in the lower half, the value below it in the other.
type Pair = u64;

/// Decodes, and finds functions.
pub fn make<const CHECK: bool>(program: &Program) -> Result<Run, Refused> {
    let code = cells::<CHECK, Pair>(program, function::<CHECK>)?;
    Ok(Box::new(move |steps| run::<CHECK, Pair>(&code, steps)))
}

/// As those of `tail_top`; the block's value is where the code goes on, the new top and what is below it.
macro_rules! functions {
    ($($name:ident($takes:literal, $leaves:literal, $memory:ident, $code:ident, $pc:ident, $top:ident, $below:ident, $here:ident) $body:block)*) => {$(
        fn $name<const CHECK: bool>(
            $memory: &mut Memory,
            $code: &Code<Pair>,
            $pc: usize,
            height: usize,
            steps: u64,
            pair: Pair,
        ) {
            let Some($here) = lowest::<CHECK>(height, $takes, $leaves) else {
                return $memory.stop(Stop::Stack);
            };
            let ($top, $below) = (pair as u32, (pair >> 32) as u32);
            let (next, top, below): (usize, u32, u32) = $body;
            let pair = u64::from(top) | u64::from(below) << 32;
            go::<CHECK, Pair>($memory, $code, next, $here + $leaves, steps, pair)
        }
    )*};
}

functions! {
    push(0, 1, memory, code, pc, top, below, here) {
        let Some(cell) = at::<CHECK, Pair>(code, pc) else { return };
        memory.stack[here] = below;
        (pc + 2, cell.operand as u32, top)
    }
    print(1, 0, memory, code, pc, top, below, here) {
        memory.printed += i64::from(top);
        (pc + 1, below, memory.stack[here])
    }
    swap(2, 2, memory, code, pc, top, below, _here) {
        (pc + 1, below, top)
    }
    over(2, 3, memory, code, pc, top, below, here) {
        memory.stack[here + 2] = below;
        (pc + 1, below, top)
    }
    sub(2, 1, memory, code, pc, top, below, here) {
        (pc + 1, top.wrapping_sub(below), memory.stack[here + 1])
    }
    modulo(2, 1, memory, code, pc, top, below, here) {
        let Some(value) = top.checked_rem(below) else {
            return memory.stop(Stop::Division);
        };
        (pc + 1, value, memory.stack[here + 1])
    }
    inc(1, 1, memory, code, pc, top, below, _here) {
        (pc + 1, top.wrapping_add(1), below)
    }
    discard(1, 0, memory, code, pc, _top, below, here) {
        (pc + 1, below, memory.stack[here])
    }
    jump(0, 0, memory, code, pc, top, below, _here) {
        let Some(cell) = at::<CHECK, Pair>(code, pc) else { return };
        (target(pc, cell.operand), top, below)
    }
    jump_zero(1, 0, memory, code, pc, top, below, here) {
        let Some(cell) = at::<CHECK, Pair>(code, pc) else { return };
        let to = if top == 0 { target(pc, cell.operand) } else { pc + 2 };
        (to, below, memory.stack[here])
    }
}

fn function<const CHECK: bool>(op: Op) -> Function<Pair> {
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
