//! Which local variable a register is, where.

use crate::proto::LocalVar;

/// The variables of one function, by register and in order of their start.
pub(super) struct Names<'a> {
    locals: Vec<&'a LocalVar>,
}

impl<'a> Names<'a> {
    pub fn new(locals: &'a [LocalVar]) -> Names<'a> {
        let mut locals: Vec<_> = locals.iter().collect();
        crate::order::sort_by_key(&mut locals, |local| (local.register, local.start_pc));
        Names { locals }
    }

    /// The name of the variable in this register while the instruction at `pc` runs.
    pub fn at(&self, register: u32, pc: usize) -> Option<&'a [u8]> {
        let place = |local: &&LocalVar| (local.register as u32, local.start_pc as usize);
        let after = self.locals.partition_point(|local| place(local) <= (register, pc));
        let local = self.locals.get(after.checked_sub(1)?)?;
        let lives = local.register as u32 == register && pc < local.end_pc as usize;
        lives.then_some(&*local.name)
    }
}
