//! Arguments of a jump to the places of parameters, all at once.

use super::asm::*;
use super::emit::Emit;
use crate::jit::alloc::Place;

impl Emit<'_> {
    pub(super) fn moves(&mut self, from: usize, to: usize) {
        let (args, params) = (&self.f.blocks[from].args, &self.f.blocks[to].params);
        debug_assert_eq!(args.len(), params.len(), "arguments of block {to}");
        let pairs =
            args.iter().zip(params).map(|(&arg, &param)| (self.place(param), self.place(arg)));
        let mut left: Vec<(Place, Place)> =
            pairs.filter(|(to, from)| to != from && *to != Place::Nowhere).collect();
        while !left.is_empty() {
            // A place that nobody needs any more can be written.
            let ready = left.iter().position(|(to, _)| left.iter().all(|(_, from)| from != to));
            if let Some(ready) = ready {
                let (to, from) = left.swap_remove(ready);
                self.move_one(to, from);
                continue;
            }
            // All are in cycles: one begins with a copy.
            let to = left[0].0;
            let copy = match to {
                Place::Float(_) => Place::Float(X15),
                _ => Place::General(RAX),
            };
            self.move_one(copy, to);
            for (_, from) in left.iter_mut().filter(|(_, from)| *from == to) {
                *from = copy;
            }
        }
    }

    /// Uses `rcx` between two slots of the native frame.
    fn move_one(&mut self, to: Place, from: Place) {
        match (to, from) {
            (Place::General(to), Place::General(from)) => self.a.mov(to, Rm::Reg(from)),
            (Place::General(to), Place::Frame(from)) => self.a.mov(to, Self::frame_slot(from)),
            (Place::General(to), Place::Int(k)) => self.a.imm(to, k),
            (Place::Float(to), Place::Float(from)) => self.a.movsd(to, Rm::Reg(from)),
            (Place::Float(to), Place::Frame(from)) => self.a.movsd(to, Self::frame_slot(from)),
            (Place::Float(to), Place::FloatBits(bits)) => {
                let rm = self.a.pool(bits);
                self.a.movsd(to, rm);
            }
            (Place::Frame(to), Place::General(from)) => self.a.store(Self::frame_slot(to), from),
            (Place::Frame(to), Place::Float(from)) => self.a.store_sd(Self::frame_slot(to), from),
            (Place::Frame(to), Place::Frame(from)) => {
                self.a.mov(RCX, Self::frame_slot(from));
                self.a.store(Self::frame_slot(to), RCX);
            }
            (Place::Frame(to), Place::Int(bits)) => {
                self.a.imm(RCX, bits);
                self.a.store(Self::frame_slot(to), RCX);
            }
            (Place::Frame(to), Place::FloatBits(bits)) => {
                self.a.imm(RCX, bits as i64);
                self.a.store(Self::frame_slot(to), RCX);
            }
            (to, from) => unreachable!("no move from {from:?} to {to:?}"),
        }
    }
}
