//! The stack machine, after the one of Grigory Rechistov's "Interpreters comparison" (Atakua): 32 words of 32
//! bits, twelve instructions, and a program that finds primes by trial division. A second program has a
//! branch that no predictor can guess.
//!
//! Rules. An instruction is a word, or two if it has an operand; a word that is none stops the machine, as
//! does a program counter outside, a stack that is too short or too long, and a division by zero. Each
//! instruction costs a step. What is printed is added up: the sum is the result.

mod blocks;
pub mod code;
mod machine;
mod native;
mod predecoded;
pub mod programs;
mod slots;
mod subroutined;
mod switched;
mod tail_memory;
mod tail_paid;
mod tail_registers;
mod tail_top;
mod tail_two;
pub mod translate;
pub mod verify;

use crate::technique::{Guard, Technique, technique};
use programs::Program;

/// All techniques, native code first.
pub fn techniques() -> Vec<Technique<Program>> {
    vec![
        technique!("native code", Native, ["native.rs"], native::make),
        technique!(
            "switched: decode, match",
            Checked,
            ["machine.rs", "switched.rs"],
            switched::make
        ),
        technique!("predecoded, match", Checked, ["machine.rs", "predecoded.rs"], predecoded::make),
        technique!(
            "subroutines in a loop",
            Checked,
            ["machine.rs", "subroutined.rs"],
            subroutined::make
        ),
        technique!(
            "tail calls, state in memory",
            Checked,
            ["machine.rs", "tail_memory.rs"],
            tail_memory::make
        ),
        technique!(
            "tail calls, state in registers",
            Checked,
            ["tail_registers.rs"],
            tail_registers::make::<true>
        ),
        technique!(
            "tail calls, state in registers",
            Bare,
            ["tail_registers.rs"],
            tail_registers::make::<false>
        ),
        technique!(
            "tail calls, top in a register",
            Checked,
            ["tail_registers.rs", "tail_top.rs"],
            tail_top::make::<true>
        ),
        technique!(
            "tail calls, top in a register",
            Bare,
            ["tail_registers.rs", "tail_top.rs"],
            tail_top::make::<false>
        ),
        technique!(
            "tail calls, top in a register",
            Paid,
            ["tail_registers.rs", "tail_top.rs", "tail_paid.rs"],
            tail_paid::make
        ),
        technique!(
            "tail calls, two values in registers",
            Checked,
            ["tail_registers.rs", "tail_two.rs"],
            tail_two::make::<true>
        ),
        technique!(
            "tail calls, two values in registers",
            Bare,
            ["tail_registers.rs", "tail_two.rs"],
            tail_two::make::<false>
        ),
        technique!("stack slots as registers, match", Paid, ["slots.rs"], slots::make),
        technique!("closures for blocks", Paid, ["blocks.rs"], blocks::make),
    ]
}

/// Steps that a program takes which comes to its end.
pub fn steps(program: &Program) -> u64 {
    let mut machine = machine::Machine::new(u64::MAX);
    while machine.pay() {
        machine.execute(code::Instruction::decode(&program.words, machine.pc));
    }
    u64::MAX - machine.steps
}
