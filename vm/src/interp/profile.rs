//! Counting what the machine executes: instructions, and pairs of instructions in succession
//! (`luka run --profile-ops`). While it counts, every instruction goes through [`op_count`] by
//! another handler table, as with debug hooks; otherwise it costs nothing.

use super::dispatch::{Handler, handlers};
use crate::vm::Vm;
use luka_bytecode::Op;

/// What a machine has counted.
pub struct OpProfile {
    /// By the opcode before and the opcode itself; row `Op::COUNT` is for the first of all.
    pairs: Box<[u64]>,
    last: usize,
}

impl OpProfile {
    fn new() -> OpProfile {
        OpProfile { pairs: vec![0; (Op::COUNT + 1) * Op::COUNT].into(), last: Op::COUNT }
    }

    /// How often each opcode was executed, most often first.
    pub fn ops(&self) -> Vec<(Op, u64)> {
        let count = |op: usize| self.pairs.iter().skip(op).step_by(Op::COUNT).sum::<u64>();
        let mut all: Vec<(Op, u64)> = (0..Op::COUNT)
            .filter_map(|op| Some((Op::from_u8(op as u8)?, count(op))))
            .filter(|(_, n)| *n > 0)
            .collect();
        all.sort_by_key(|(op, n)| (std::cmp::Reverse(*n), *op as u8));
        all
    }

    /// How often one opcode was executed right after another, most often first.
    pub fn pairs(&self) -> Vec<(Op, Op, u64)> {
        let mut all: Vec<(Op, Op, u64)> = Vec::new();
        for (row, counts) in self.pairs.chunks(Op::COUNT).enumerate().take(Op::COUNT) {
            for (column, &n) in counts.iter().enumerate().filter(|(_, n)| **n > 0) {
                if let (Some(a), Some(b)) = (Op::from_u8(row as u8), Op::from_u8(column as u8)) {
                    all.push((a, b, n));
                }
            }
        }
        all.sort_by_key(|(a, b, n)| (std::cmp::Reverse(*n), *a as u8, *b as u8));
        all
    }
}

impl Vm {
    /// Starts to count executed instructions; instructions while a hook is set are not counted.
    pub fn profile_ops(&mut self) {
        self.profile = Some(OpProfile::new());
        self.update_dispatch();
    }

    /// What was counted since [`Vm::profile_ops`].
    pub fn op_profile(&self) -> Option<&OpProfile> {
        self.profile.as_ref()
    }
}

handlers! {
    /// Every instruction while the machine counts.
    #[inline(never)]
    fn op_count(vm, ip, base, k, fuel, tb) {
        let op = (*ip).op;
        if let Some(profile) = &mut (*vm).profile {
            let op = op as usize;
            if let Some(count) = profile.pairs.get_mut(profile.last * Op::COUNT + op) {
                *count += 1;
            }
            profile.last = op;
        }
        let h: Handler =
            std::mem::transmute::<usize, Handler>(*super::table::handlers().add(op as usize));
        return h(vm, ip, base, k, fuel, tb);
    }
}
