//! Switched: fetch a word, decode it, `match` on it, again. What everyone writes first.

use super::code::Instruction;
use super::machine::Machine;
use super::programs::Program;
use crate::technique::{Refused, Run};

/// Keeps a copy of the words.
pub fn make(program: &Program) -> Result<Run, Refused> {
    let words = program.words;
    Ok(Box::new(move |steps| {
        let mut machine = Machine::new(steps);
        while machine.pay() {
            machine.execute(Instruction::decode(&words, machine.pc));
        }
        machine.result()
    }))
}
