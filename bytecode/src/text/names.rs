//! Which local variable a register is, where.

use crate::proto::LocalVar;

/// The variables of one function by register.
pub(super) struct Names<'a> {
    /// Of each register, its variables in order of their start.
    registers: Vec<Vec<&'a LocalVar>>,
}

impl<'a> Names<'a> {
    pub fn new(locals: &'a [LocalVar]) -> Names<'a> {
        let mut registers = vec![Vec::new(); 256];
        for local in locals {
            registers[local.register as usize].push(local);
        }
        for list in &mut registers {
            list.sort_by_key(|local| local.start_pc);
        }
        Names { registers }
    }

    /// The name of the variable in this register while the instruction at `pc` runs.
    pub fn at(&self, register: u32, pc: usize) -> Option<&'a [u8]> {
        let list = self.registers.get(register as usize)?;
        let after = list.partition_point(|local| local.start_pc as usize <= pc);
        let local = list.get(after.checked_sub(1)?)?;
        (pc < local.end_pc as usize).then_some(&*local.name)
    }
}
