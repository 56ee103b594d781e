//! Tail calls, verified, steps paid by jumps: what a verifier can know (jumps lead inside, the stack is high
//! enough) is not checked again, and what it cannot (how long the program runs) is looked at where a loop
//! must come by: a jump pays for all instructions up to the next jump. The others are those without checks.

use super::code::Op;
use super::programs::Program;
use super::tail_registers::{Code, Function, Memory, at, cells, go, lowest, run, target};
use super::tail_top;
use super::verify::Verified;
use crate::technique::{Refused, Run, Stop};

/// Decodes, and has jumps know what they pay.
pub fn make(program: &Program) -> Result<Run, Refused> {
    let verified = Verified::new(&program.words)?;
    let mut code = cells::<false, u32>(program, function)?;
    for pc in verified.places() {
        let instruction = verified.instruction(pc);
        let (target, next) = (instruction.target(pc), instruction.next(pc));
        code[pc as usize].costs = match instruction.op {
            Op::Jump => (verified.cost(target), 0),
            Op::JumpZero => (verified.cost(target), verified.cost(next)),
            _ => (0, 0),
        };
    }
    let first = u64::from(verified.cost(0));
    Ok(Box::new(move |steps| match steps.checked_sub(first) {
        Some(left) => run::<false, u32>(&code, left),
        None => Err(Stop::Steps),
    }))
}

fn jump(memory: &mut Memory, code: &Code, pc: usize, height: usize, steps: u64, top: u32) {
    let Some(cell) = at::<false, u32>(code, pc) else { return };
    let Some(left) = steps.checked_sub(cell.costs.0.into()) else {
        return memory.stop(Stop::Steps);
    };
    go::<false, u32>(memory, code, target(pc, cell.operand), height, left, top)
}

fn jump_zero(memory: &mut Memory, code: &Code, pc: usize, height: usize, steps: u64, top: u32) {
    let (Some(cell), Some(here)) = (at::<false, u32>(code, pc), lowest::<false>(height, 1, 0))
    else {
        return;
    };
    let (to, cost) = match top {
        0 => (target(pc, cell.operand), cell.costs.0),
        _ => (pc + 2, cell.costs.1),
    };
    let Some(left) = steps.checked_sub(cost.into()) else {
        return memory.stop(Stop::Steps);
    };
    go::<false, u32>(memory, code, to, here, left, memory.stack[here])
}

fn function(op: Op) -> Function {
    match op {
        Op::Jump => jump,
        Op::JumpZero => jump_zero,
        op => tail_top::function::<false>(op),
    }
}
