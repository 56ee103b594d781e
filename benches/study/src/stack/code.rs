//! Instructions, their words, and a small assembler.

use crate::technique::Refused;
use std::collections::BTreeMap;

/// What an instruction does. The comment is what it pops, and what it pushes instead; the stack's top is on
/// the right.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Op {
    /// Not an instruction: stops the machine.
    Break,
    /// The program is over.
    Halt,
    /// `- n`, where n is the operand
    Push,
    /// `a -`, and adds a to the result
    Print,
    /// `a b - b a`
    Swap,
    /// `a b - a b a`
    Over,
    /// `a b - (b - a)`
    Sub,
    /// `a b - (b mod a)`
    Mod,
    /// `a - (a + 1)`
    Inc,
    /// `a -`
    Drop,
    /// Goes on so many words behind its end.
    Jump,
    /// `a -`, and jumps if a is zero
    JumpZero,
}
use Op::{Break, Drop, Halt, Inc, Jump, JumpZero, Mod, Over, Print, Push, Sub, Swap};

/// Each with its word and its name in texts.
const OPS: [(Op, &str); 12] = [
    (Break, "break"),
    (Halt, "halt"),
    (Push, "push"),
    (Print, "print"),
    (Swap, "swap"),
    (Over, "over"),
    (Sub, "sub"),
    (Mod, "mod"),
    (Inc, "inc"),
    (Drop, "drop"),
    (Jump, "jump"),
    (JumpZero, "jz"),
];

impl Op {
    /// Whether a word with an operand follows.
    pub fn has_operand(self) -> bool {
        matches!(self, Push | Jump | JumpZero)
    }

    /// How many values it takes from the stack, and how many it leaves there.
    pub fn effect(self) -> (usize, usize) {
        match self {
            Break | Halt | Jump => (0, 0),
            Push => (0, 1),
            Print | Drop | JumpZero => (1, 0),
            Swap => (2, 2),
            Over => (2, 3),
            Sub | Mod => (2, 1),
            Inc => (1, 1),
        }
    }
}

/// Words that a stack has.
pub const STACK: usize = 32;
/// Words that a program has; shorter ones are filled up with `break`.
pub const SIZE: usize = 512;

/// A program's words.
pub type Words = [u32; SIZE];

/// An instruction of a program.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Instruction {
    /// What it does.
    pub op: Op,
    /// Its operand, 0 if it has none.
    pub operand: i32,
    /// How many words it has.
    pub length: u32,
}

impl Instruction {
    /// The instruction at a place in the code: `break` where there is none.
    #[inline(always)]
    pub fn decode(words: &Words, pc: u32) -> Instruction {
        let nothing = Instruction { op: Break, operand: 0, length: 1 };
        let Some(&word) = words.get(pc as usize) else { return nothing };
        let Some(&(op, _)) = OPS.get(word as usize) else { return nothing };
        if !op.has_operand() {
            return Instruction { op, operand: 0, length: 1 };
        }
        match words.get(pc as usize + 1) {
            Some(&operand) => Instruction { op, operand: operand as i32, length: 2 },
            None => nothing,
        }
    }

    /// Where the program goes on if it does not jump.
    pub fn next(self, pc: u32) -> u32 {
        pc.wrapping_add(self.length)
    }

    /// Where it jumps; for an instruction that does not, a place without meaning.
    pub fn target(self, pc: u32) -> u32 {
        self.next(pc).wrapping_add(self.operand as u32)
    }
}

/// Assembles a text: instructions with their operands, `name:` before the place of a jump's target,
/// comments from `;` to the end of a line.
///
/// # Errors
/// A word is no instruction, an operand or label is missing, or there are too many words.
pub fn assemble(text: &str) -> Result<Words, Refused> {
    let mut words = Vec::new();
    let mut labels = BTreeMap::new();
    let mut jumps = Vec::new();
    let mut tokens =
        text.lines().flat_map(|l| l.split(';').next().unwrap_or("").split_whitespace());
    while let Some(token) = tokens.next() {
        if let Some(label) = token.strip_suffix(':') {
            labels.insert(label, words.len());
            continue;
        }
        let Some(word) = OPS.iter().position(|&(_, name)| name == token) else {
            return Err(Refused(format!("no instruction is called {token}")));
        };
        words.push(word as u32);
        if OPS[word].0.has_operand() {
            let operand =
                tokens.next().ok_or_else(|| Refused(format!("{token} without operand")))?;
            words.push(operand.parse::<i32>().map_or(0, |n| n as u32));
            if operand.parse::<i32>().is_err() {
                jumps.push((words.len(), operand));
            }
        }
    }
    for (end, label) in jumps {
        let target = labels.get(label).ok_or_else(|| Refused(format!("no label {label}")))?;
        words[end - 1] = (*target as u32).wrapping_sub(end as u32);
    }
    if words.len() > SIZE {
        return Err(Refused(format!("more than {SIZE} words")));
    }
    words.resize(SIZE, 0);
    words.try_into().map_err(|_| Refused("a program of another size".to_string()))
}
