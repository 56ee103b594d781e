//! The machine in memory, as those techniques have it that do not keep it in registers.

use super::code::{Instruction, Op, STACK};
use crate::technique::Stop;

/// The state of a program that runs.
pub struct Machine {
    /// Where the next instruction is.
    pub pc: u32,
    /// Steps that are left.
    pub steps: u64,
    /// Whether the program is over.
    pub halted: bool,
    /// Why it was stopped.
    pub stopped: Option<Stop>,
    sp: usize,
    stack: [u32; STACK],
    printed: i64,
}

impl Machine {
    /// A machine at the beginning of a program.
    pub fn new(steps: u64) -> Machine {
        Machine { pc: 0, steps, halted: false, stopped: None, sp: 0, stack: [0; STACK], printed: 0 }
    }

    /// Stops the program.
    #[cold]
    pub fn stop(&mut self, why: Stop) {
        self.halted = true;
        self.stopped.get_or_insert(why);
    }

    /// Pays for an instruction. Returns whether it is to be executed.
    #[inline(always)]
    pub fn pay(&mut self) -> bool {
        if self.halted {
            return false;
        }
        match self.steps.checked_sub(1) {
            Some(left) => self.steps = left,
            None => self.stop(Stop::Steps),
        }
        !self.halted
    }

    /// What the program has printed.
    ///
    /// # Errors
    /// It was stopped.
    pub fn result(&self) -> Result<i64, Stop> {
        self.stopped.map_or(Ok(self.printed), Err)
    }

    #[inline(always)]
    fn push(&mut self, value: u32) {
        match self.stack.get_mut(self.sp) {
            Some(slot) => {
                *slot = value;
                self.sp += 1;
            }
            None => self.stop(Stop::Stack),
        }
    }

    #[inline(always)]
    fn pop(&mut self) -> u32 {
        match self.stack.get(self.sp.wrapping_sub(1)) {
            Some(&value) => {
                self.sp -= 1;
                value
            }
            None => {
                self.stop(Stop::Stack);
                0
            }
        }
    }

    /// Executes an instruction and goes on behind it, or where it jumps.
    #[inline(always)]
    pub fn execute(&mut self, instruction: Instruction) {
        let pc = self.pc;
        self.pc = instruction.next(pc);
        match instruction.op {
            Op::Break => self.stop(Stop::Code),
            Op::Halt => self.halted = true,
            Op::Push => self.push(instruction.operand as u32),
            Op::Print => {
                let value = self.pop();
                self.printed += i64::from(value);
            }
            Op::Swap => {
                let (b, a) = (self.pop(), self.pop());
                self.push(b);
                self.push(a);
            }
            Op::Over => {
                let (b, a) = (self.pop(), self.pop());
                self.push(a);
                self.push(b);
                self.push(a);
            }
            Op::Sub => {
                let (b, a) = (self.pop(), self.pop());
                self.push(b.wrapping_sub(a));
            }
            Op::Mod => {
                let (b, a) = (self.pop(), self.pop());
                match b.checked_rem(a) {
                    Some(value) => self.push(value),
                    None => self.stop(Stop::Division),
                }
            }
            Op::Inc => {
                let a = self.pop();
                self.push(a.wrapping_add(1));
            }
            Op::Drop => drop(self.pop()),
            Op::Jump => self.pc = instruction.target(pc),
            Op::JumpZero => {
                if self.pop() == 0 {
                    self.pc = instruction.target(pc);
                }
            }
        }
    }
}
