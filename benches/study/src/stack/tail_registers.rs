//! Tail calls, state in registers: where the code goes on, the height of the stack and the steps that are
//! left are arguments of every function and stay in the processor's registers from one to the next. In
//! memory are the stack's values, and what is seldom needed.

use super::code::{Instruction, Op, SIZE, STACK};
use super::programs::Program;
use super::verify::Verified;
use crate::technique::{Refused, Run, Stop};

/// The part of the machine in memory.
pub struct Memory {
    pub stack: [u32; STACK],
    pub printed: i64,
    pub stopped: Option<Stop>,
}

impl Memory {
    #[cold]
    #[inline(never)]
    pub fn stop(&mut self, why: Stop) {
        self.stopped = Some(why);
    }
}

/// An instruction's function: memory, all code, where the instruction is, values on the stack, steps that
/// are left, and what is on the stack's top for those who keep it in a register.
pub type Function<Top = u32> = fn(&mut Memory, &Code<Top>, usize, usize, u64, Top);
pub type Code<Top = u32> = [Cell<Top>; SIZE];

/// A decoded instruction.
#[derive(Clone, Copy)]
pub struct Cell<Top> {
    pub function: Function<Top>,
    /// What is pushed, or how far a jump goes.
    pub operand: i32,
    /// Steps that a jump pays which is taken, and one that is not: for those who pay so.
    pub costs: (u16, u16),
}

/// Decodes a program. Without checks, only one that a verifier has accepted.
pub fn cells<const CHECK: bool, Top>(
    program: &Program,
    function: fn(Op) -> Function<Top>,
) -> Result<Code<Top>, Refused> {
    if !CHECK {
        Verified::new(&program.words)?;
    }
    Ok(std::array::from_fn(|pc| {
        let Instruction { op, operand, .. } = Instruction::decode(&program.words, pc as u32);
        Cell { function: function(op), operand, costs: (0, 0) }
    }))
}

/// Runs decoded code. Without checks, it must be what a verifier has accepted.
pub fn run<const CHECK: bool, Top: Default>(code: &Code<Top>, steps: u64) -> Result<i64, Stop> {
    let mut memory = Memory { stack: [0; STACK], printed: 0, stopped: None };
    go::<CHECK, Top>(&mut memory, code, 0, 0, steps, Top::default());
    memory.stopped.map_or(Ok(memory.printed), Err)
}

/// The instruction at a place.
#[inline(always)]
pub fn at<const CHECK: bool, Top>(code: &Code<Top>, pc: usize) -> Option<&Cell<Top>> {
    let cell = code.get(pc);
    if cell.is_none() && !CHECK {
        // SAFETY: the verifier has found that the code goes on inside.
        unsafe { std::hint::unreachable_unchecked() }
    }
    cell
}

/// Goes on at a place: the end of each function. The place is counted up from the one before, not read from
/// the code, so that the processor need not wait for memory to know it.
#[inline(always)]
pub fn go<const CHECK: bool, Top>(
    memory: &mut Memory,
    code: &Code<Top>,
    pc: usize,
    height: usize,
    steps: u64,
    top: Top,
) {
    let mut left = steps;
    if CHECK {
        if steps == 0 {
            return memory.stop(Stop::Steps);
        }
        left = steps - 1;
    }
    match at::<CHECK, Top>(code, pc) {
        Some(cell) => (cell.function)(memory, code, pc, height, left, top),
        None => memory.stop(Stop::Code),
    }
}

/// Where a jump of two words leads that is so far.
#[inline(always)]
pub fn target(pc: usize, distance: i32) -> usize {
    (pc + 2).wrapping_add_signed(distance as isize)
}

/// The lowest of the values that an instruction takes, if there are so many, and room for what it leaves
/// in their place.
#[inline(always)]
pub fn lowest<const CHECK: bool>(height: usize, takes: usize, leaves: usize) -> Option<usize> {
    let lowest = height.wrapping_sub(takes);
    let fits = lowest <= STACK - takes.max(leaves);
    if !fits && !CHECK {
        // SAFETY: the verifier has found that all instructions have their values and room.
        unsafe { std::hint::unreachable_unchecked() }
    }
    fits.then_some(lowest)
}

/// Decodes, and finds functions.
pub fn make<const CHECK: bool>(program: &Program) -> Result<Run, Refused> {
    let code = cells::<CHECK, u32>(program, function::<CHECK>)?;
    Ok(Box::new(move |steps| run::<CHECK, u32>(&code, steps)))
}

/// A function from what its instruction takes and leaves, and what it does to the stack from the lowest of
/// these values on. The block's value is where the code goes on. (That there is an instruction at `$pc` is
/// known: `go` has found it.)
macro_rules! functions {
    ($($name:ident($takes:literal, $leaves:literal, $memory:ident, $code:ident, $pc:ident, $at:ident) $body:block)*) => {$(
        fn $name<const CHECK: bool>(
            $memory: &mut Memory,
            $code: &Code,
            $pc: usize,
            height: usize,
            steps: u64,
            top: u32,
        ) {
            let Some($at) = lowest::<CHECK>(height, $takes, $leaves) else {
                return $memory.stop(Stop::Stack);
            };
            let next = $body;
            go::<CHECK, u32>($memory, $code, next, $at + $leaves, steps, top)
        }
    )*};
}

functions! {
    push(0, 1, memory, code, pc, here) {
        let Some(cell) = at::<CHECK, u32>(code, pc) else { return };
        memory.stack[here] = cell.operand as u32;
        pc + 2
    }
    print(1, 0, memory, code, pc, here) {
        memory.printed += i64::from(memory.stack[here]);
        pc + 1
    }
    swap(2, 2, memory, code, pc, here) {
        memory.stack.swap(here, here + 1);
        pc + 1
    }
    over(2, 3, memory, code, pc, here) {
        memory.stack[here + 2] = memory.stack[here];
        pc + 1
    }
    sub(2, 1, memory, code, pc, here) {
        memory.stack[here] = memory.stack[here + 1].wrapping_sub(memory.stack[here]);
        pc + 1
    }
    modulo(2, 1, memory, code, pc, here) {
        let Some(value) = memory.stack[here + 1].checked_rem(memory.stack[here]) else {
            return memory.stop(Stop::Division);
        };
        memory.stack[here] = value;
        pc + 1
    }
    inc(1, 1, memory, code, pc, here) {
        memory.stack[here] = memory.stack[here].wrapping_add(1);
        pc + 1
    }
    discard(1, 0, memory, code, pc, _here) {
        pc + 1
    }
    jump(0, 0, memory, code, pc, _here) {
        let Some(cell) = at::<CHECK, u32>(code, pc) else { return };
        target(pc, cell.operand)
    }
    jump_zero(1, 0, memory, code, pc, here) {
        let Some(cell) = at::<CHECK, u32>(code, pc) else { return };
        if memory.stack[here] == 0 { target(pc, cell.operand) } else { pc + 2 }
    }
}

/// The program is over.
pub fn halt<Top>(_: &mut Memory, _: &Code<Top>, _: usize, _: usize, _: u64, _: Top) {}

/// The word is no instruction.
pub fn broken<Top>(memory: &mut Memory, _: &Code<Top>, _: usize, _: usize, _: u64, _: Top) {
    memory.stop(Stop::Code);
}

fn function<const CHECK: bool>(op: Op) -> Function {
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
