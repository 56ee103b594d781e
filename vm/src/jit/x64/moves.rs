//! Moves between the places of values.

use super::asm::*;
use crate::jit::alloc::Place;
use crate::jit::emit::Emit;

impl Emit<'_> {
    /// Uses `rcx` between two slots of the native frame.
    pub fn move_one(&mut self, to: Place, from: Place) {
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
