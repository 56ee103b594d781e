//! Moves between the places of values.

use super::asm::*;
use super::registers::S1;
use crate::jit::alloc::Place;
use crate::jit::emit::Emit;

impl Emit<'_> {
    /// Uses `S1` between two slots of the native frame.
    pub fn move_one(&mut self, to: Place, from: Place) {
        match (to, from) {
            (Place::General(to), Place::General(from)) => self.a.mov(to, from),
            (Place::General(to), Place::Frame(from)) => self.a.load(to, Self::frame_slot(from)),
            (Place::General(to), Place::Int(k)) => self.a.imm(to, k),
            (Place::Float(to), Place::Float(from)) => self.a.mov_float(to, from),
            (Place::Float(to), Place::Frame(from)) => {
                self.a.access(Access::LoadF, to, Self::frame_slot(from));
            }
            (Place::Float(to), Place::FloatBits(bits)) => self.a.float(to, bits),
            (Place::Frame(to), Place::General(from)) => self.a.store(Self::frame_slot(to), from),
            (Place::Frame(to), Place::Float(from)) => {
                self.a.access(Access::StoreF, from, Self::frame_slot(to));
            }
            (Place::Frame(to), Place::Frame(from)) => {
                self.a.load(S1, Self::frame_slot(from));
                self.a.store(Self::frame_slot(to), S1);
            }
            (Place::Frame(to), Place::Int(bits)) => self.store_bits(to, bits),
            (Place::Frame(to), Place::FloatBits(bits)) => self.store_bits(to, bits as i64),
            (to, from) => unreachable!("no move from {from:?} to {to:?}"),
        }
    }

    fn store_bits(&mut self, to: u32, bits: i64) {
        self.a.imm(S1, bits);
        self.a.store(Self::frame_slot(to), S1);
    }
}
