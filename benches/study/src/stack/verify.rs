//! The verifier: what is known about a program before it runs does not have to be checked while it does.

use super::code::{Instruction, Op, SIZE, STACK, Words};
use crate::technique::Refused;

/// A program whose jumps lead to instructions, that does not run over its end, and whose stack has the same
/// depth, never below 0 or above [`STACK`], each time an instruction is reached.
pub struct Verified {
    code: Vec<Instruction>,
    depths: Vec<Option<usize>>,
}

impl Verified {
    /// # Errors
    /// The rule that the program breaks, and where.
    pub fn new(words: &Words) -> Result<Verified, Refused> {
        let code = (0..SIZE as u32).map(|pc| Instruction::decode(words, pc)).collect();
        let mut verified = Verified { code, depths: vec![None; SIZE] };
        let mut to_do = vec![(0, 0)];
        while let Some((pc, depth)) = to_do.pop() {
            verified.reach(pc, depth, &mut to_do)?;
        }
        Ok(verified)
    }

    fn reach(
        &mut self,
        pc: u32,
        depth: usize,
        to_do: &mut Vec<(u32, usize)>,
    ) -> Result<(), Refused> {
        let refuse = |why: &str| Err(Refused(format!("at {pc}: {why}")));
        let Some(&instruction) = self.code.get(pc as usize) else {
            return refuse("outside of the program");
        };
        if let Some(known) = self.depths[pc as usize].replace(depth) {
            return if known == depth { Ok(()) } else { refuse("two depths of the stack") };
        }
        let (takes, leaves) = instruction.op.effect();
        let Some(after) = depth.checked_sub(takes).map(|rest| rest + leaves) else {
            return refuse("too few values on the stack");
        };
        if after > STACK {
            return refuse("too many values on the stack");
        }
        match instruction.op {
            Op::Break => return refuse("not an instruction"),
            Op::Halt => {}
            Op::Jump => to_do.push((instruction.target(pc), after)),
            Op::JumpZero => {
                to_do.push((instruction.target(pc), after));
                to_do.push((instruction.next(pc), after));
            }
            _ => to_do.push((instruction.next(pc), after)),
        }
        Ok(())
    }

    /// The instruction at a place, which is below [`SIZE`].
    pub fn instruction(&self, pc: u32) -> Instruction {
        self.code[pc as usize]
    }

    /// The depth of the stack before an instruction; `None` if none begins there or it is never reached.
    pub fn depth(&self, pc: u32) -> Option<usize> {
        self.depths.get(pc as usize).copied().flatten()
    }

    /// The places of all instructions that can be reached.
    pub fn places(&self) -> impl Iterator<Item = u32> {
        (0..SIZE as u32).filter(|&pc| self.depth(pc).is_some())
    }

    /// Steps from a place to the next jump or the end, which is counted: what a jump to there has to pay.
    pub fn cost(&self, mut pc: u32) -> u16 {
        let mut cost = 1;
        while !matches!(self.instruction(pc).op, Op::Jump | Op::JumpZero | Op::Halt) {
            pc = self.instruction(pc).next(pc);
            cost += 1;
        }
        cost
    }
}
