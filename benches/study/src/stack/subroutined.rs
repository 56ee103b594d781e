//! Subroutines: a function for each instruction, called through a pointer by a loop. What is decoded is the
//! function's address. Each step is a call and a return, and the machine is in memory, where both find it.

use super::code::{Instruction, Op, SIZE};
use super::machine::Machine;
use super::programs::Program;
use crate::technique::{Refused, Run, Stop};

type Routine = fn(&mut Machine, Instruction);

/// Finds the functions.
pub fn make(program: &Program) -> Result<Run, Refused> {
    let code: [(Routine, Instruction); SIZE] = std::array::from_fn(|pc| {
        let instruction = Instruction::decode(&program.words, pc as u32);
        (routine(instruction.op), instruction)
    });
    Ok(Box::new(move |steps| {
        let mut machine = Machine::new(steps);
        while machine.pay() {
            match code.get(machine.pc as usize) {
                Some(&(routine, instruction)) => routine(&mut machine, instruction),
                None => machine.stop(Stop::Code),
            }
        }
        machine.result()
    }))
}

macro_rules! routines {
    ($($op:ident),*) => {
        fn routine(op: Op) -> Routine {
            match op { $(Op::$op => {
                // The kind is a constant here, so that only its arm of the match is left.
                |machine, instruction| machine.execute(Instruction { op: Op::$op, ..instruction })
            })* }
        }
    };
}
routines!(Break, Halt, Push, Print, Swap, Over, Sub, Mod, Inc, Drop, Jump, JumpZero);
