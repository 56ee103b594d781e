//! Tail calls, state in memory: each function ends with a jump to the next one's, so that there is no loop to
//! come back to and every function has a jump of its own to be predicted. The machine is as it was. (Rust
//! makes jumps of such calls when it optimizes; without, each is a frame of the stack.)

use super::code::{Instruction, Op, SIZE};
use super::machine::Machine;
use super::programs::Program;
use crate::technique::{Refused, Run, Stop};

type Code = [Link; SIZE];

#[derive(Clone, Copy)]
struct Link {
    function: fn(&mut Machine, &Code, &Instruction),
    instruction: Instruction,
}

/// Finds the functions.
pub fn make(program: &Program) -> Result<Run, Refused> {
    let code: Code = std::array::from_fn(|pc| {
        let instruction = Instruction::decode(&program.words, pc as u32);
        Link { function: function(instruction.op), instruction }
    });
    Ok(Box::new(move |steps| {
        let mut machine = Machine::new(steps);
        next(&mut machine, &code);
        machine.result()
    }))
}

#[inline(always)]
fn next(machine: &mut Machine, code: &Code) {
    if !machine.pay() {
        return;
    }
    match code.get(machine.pc as usize) {
        Some(link) => (link.function)(machine, code, &link.instruction),
        None => machine.stop(Stop::Code),
    }
}

macro_rules! functions {
    ($($op:ident),*) => {
        fn function(op: Op) -> fn(&mut Machine, &Code, &Instruction) {
            match op { $(Op::$op => |machine, code, instruction| {
                machine.execute(Instruction { op: Op::$op, ..*instruction });
                next(machine, code)
            }),* }
        }
    };
}
functions!(Break, Halt, Push, Print, Swap, Over, Sub, Mod, Inc, Drop, Jump, JumpZero);
