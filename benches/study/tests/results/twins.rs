//! Programs of the stack machine that must not do harm.

use luka_study::stack::code::{Words, assemble};
use luka_study::stack::programs::Program;
use luka_study::technique::Stop;

/// A program of a text.
pub fn program_of(text: &str) -> Program {
    of_words(assemble(text).unwrap())
}

fn of_words(words: Words) -> Program {
    Program { words, native: |_| 0, n: 0 }
}

/// A hostile program, and why it is stopped.
pub fn twins() -> Vec<(&'static str, Program, Stop)> {
    let mut words = [0; 512];
    words[0] = 99;
    let unknown = of_words(words);
    let mut words = [0; 512];
    // A push at the very end, whose operand would be outside.
    (words[0], words[1], words[511]) = (10, 509, 2);
    let cut = of_words(words);
    // Only pushes of 2, up to the end of the program and beyond, after a jump over the first half.
    let mut words = [9; 512];
    (words[0], words[1]) = (2, 1);
    let under = of_words(words);
    vec![
        ("a word that is no instruction", unknown, Stop::Code),
        ("an operand outside", cut, Stop::Code),
        ("a run of drops", under, Stop::Stack),
        ("nothing at all", of_words([0; 512]), Stop::Code),
        ("a jump far away", program_of("jump 100000 halt"), Stop::Code),
        ("a jump before the beginning", program_of("jump -3 halt"), Stop::Code),
        ("a jump that wraps around", program_of("push 1 jump -2147483648 halt"), Stop::Code),
        ("a jump to the first word behind", program_of("jump 510 halt"), Stop::Code),
        ("swap of one value", program_of("push 1 swap halt"), Stop::Stack),
        ("over of one value", program_of("push 1 over halt"), Stop::Stack),
        ("mod of one value", program_of("push 1 mod halt"), Stop::Stack),
        ("print of nothing", program_of("print halt"), Stop::Stack),
        ("a branch on nothing", program_of("jz 0 halt"), Stop::Stack),
        ("a stack that grows", program_of("again: push 1 jump again"), Stop::Stack),
        (
            "over on a full stack",
            program_of(&format!("{} over halt", "push 1 ".repeat(32))),
            Stop::Stack,
        ),
    ]
}
