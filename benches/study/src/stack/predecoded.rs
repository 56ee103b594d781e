//! Predecoded: as switched, but each word was decoded before the program runs, as the instruction that would
//! begin there. Needs memory for what is decoded, and programs that do not change.

use super::code::{Instruction, SIZE};
use super::machine::Machine;
use super::programs::Program;
use crate::technique::{Refused, Run, Stop};

/// Decodes all words.
pub fn make(program: &Program) -> Result<Run, Refused> {
    let code: [Instruction; SIZE] =
        std::array::from_fn(|pc| Instruction::decode(&program.words, pc as u32));
    Ok(Box::new(move |steps| {
        let mut machine = Machine::new(steps);
        while machine.pay() {
            match code.get(machine.pc as usize) {
                Some(&instruction) => machine.execute(instruction),
                None => machine.stop(Stop::Code),
            }
        }
        machine.result()
    }))
}
