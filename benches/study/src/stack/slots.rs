//! Stack slots as registers: the verifier knows how high the stack is before each instruction, so every value
//! has a fixed place and the stack pointer goes away, the first half of compiling to registers. (The second
//! would be not to move what only moves.) A `match` in a loop, steps paid by jumps.

use super::code::{Op, STACK};
use super::programs::Program;
use super::verify::Verified;
use crate::technique::{Refused, Run, Stop};

/// An instruction whose first operand is in slot `at`; the others follow.
#[derive(Clone, Copy)]
struct Fixed {
    op: Op,
    at: u8,
    /// Steps that a jump pays.
    taken: u16,
    /// Steps that a jump pays that goes on behind itself.
    passed: u16,
    /// What is pushed, or where in the code the jump leads.
    operand: u32,
}

/// Gives values their slots, and closes the gaps between instructions.
pub fn make(program: &Program) -> Result<Run, Refused> {
    let verified = Verified::new(&program.words)?;
    let places: Vec<u32> = verified.places().collect();
    let fixed = |&pc: &u32| {
        let instruction = verified.instruction(pc);
        let depth = verified.depth(pc).unwrap_or(0);
        let at = (depth - instruction.op.effect().0) as u8;
        let (mut taken, mut passed, mut operand) = (0, 0, instruction.operand as u32);
        if matches!(instruction.op, Op::Jump | Op::JumpZero) {
            let target = instruction.target(pc);
            taken = verified.cost(target);
            operand = places.binary_search(&target).unwrap_or(usize::MAX) as u32;
            if instruction.op == Op::JumpZero {
                passed = verified.cost(instruction.next(pc));
            }
        }
        Fixed { op: instruction.op, at, taken, passed, operand }
    };
    let code: Vec<Fixed> = places.iter().map(fixed).collect();
    let first = u64::from(verified.cost(0));
    Ok(Box::new(move |steps| run(&code, steps.checked_sub(first).ok_or(Stop::Steps)?)))
}

fn run(code: &[Fixed], mut steps: u64) -> Result<i64, Stop> {
    // Three more than the stack has, so that one check of `at` is enough for three slots.
    let mut slots = [0u32; STACK + 3];
    let mut printed = 0;
    let mut ip = 0;
    loop {
        let i = *code.get(ip).ok_or(Stop::Code)?;
        ip += 1;
        let at = i.at as usize;
        let [a, b, c] = slots.get_mut(at..at + 3).ok_or(Stop::Stack)? else {
            return Err(Stop::Stack);
        };
        match i.op {
            Op::Push => *a = i.operand,
            Op::Print => printed += i64::from(*a),
            Op::Swap => std::mem::swap(a, b),
            Op::Over => *c = *a,
            Op::Sub => *a = b.wrapping_sub(*a),
            Op::Mod => *a = b.checked_rem(*a).ok_or(Stop::Division)?,
            Op::Inc => *a = a.wrapping_add(1),
            Op::Drop => {}
            Op::Jump => {
                steps = steps.checked_sub(i.taken.into()).ok_or(Stop::Steps)?;
                ip = i.operand as usize;
            }
            Op::JumpZero if *a == 0 => {
                steps = steps.checked_sub(i.taken.into()).ok_or(Stop::Steps)?;
                ip = i.operand as usize;
            }
            Op::JumpZero => steps = steps.checked_sub(i.passed.into()).ok_or(Stop::Steps)?,
            Op::Halt => return Ok(printed),
            Op::Break => return Err(Stop::Code),
        }
    }
}
