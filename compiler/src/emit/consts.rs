//! The constant table of a function: every constant once, by type and bits.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use luka_bytecode::{Constant, MAX_CONST_OPERAND, MAX_SHORT_STRING};

use super::Emitter;
use crate::Sym;

/// A constant as a key: what kind it is and its bits.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Key {
    Nil,
    False,
    True,
    Int(i64),
    Float(u64),
    Str(u32),
}

/// Constants of the function being emitted.
#[derive(Default)]
pub(super) struct Constants {
    pub values: Vec<Constant>,
    index: HashMap<Key, u32, BuildHasherDefault<Mixer>>,
}

impl Constants {
    /// Forgets everything, keeping the memory, and returns the table.
    pub fn take(&mut self) -> Vec<Constant> {
        self.index.clear();
        std::mem::take(&mut self.values)
    }

    fn add(&mut self, key: Key, value: impl FnOnce() -> Constant) -> u32 {
        let next = self.values.len() as u32;
        let at = *self.index.entry(key).or_insert(next);
        if at == next {
            self.values.push(value());
        }
        at
    }
}

impl Emitter<'_> {
    pub fn nil_const(&mut self) -> u32 {
        self.consts.add(Key::Nil, || Constant::Nil)
    }

    pub fn bool_const(&mut self, value: bool) -> u32 {
        match value {
            false => self.consts.add(Key::False, || Constant::False),
            true => self.consts.add(Key::True, || Constant::True),
        }
    }

    pub fn int_const(&mut self, value: i64) -> u32 {
        self.consts.add(Key::Int(value), || Constant::Int(value))
    }

    pub fn float_const(&mut self, value: f64) -> u32 {
        self.consts.add(Key::Float(value.to_bits()), || Constant::Float(value))
    }

    pub fn str_const(&mut self, value: Sym) -> u32 {
        let names = self.names;
        self.consts.add(Key::Str(value.raw()), || Constant::Str(names.bytes(value).into()))
    }

    /// The constant that names field `name` in an instruction, if it may.
    pub fn field_const(&mut self, name: Sym) -> Option<u16> {
        if self.names.bytes(name).len() > MAX_SHORT_STRING {
            return None;
        }
        operand(self.str_const(name))
    }
}

/// A constant index as a 16-bit operand, if it fits.
pub(super) fn operand(index: u32) -> Option<u16> {
    (index <= MAX_CONST_OPERAND).then_some(index as u16)
}

/// A fast hash for keys of a few bytes; collisions cost time, never correctness, and the table
/// is never iterated.
#[derive(Default)]
pub(super) struct Mixer(u64);

impl Mixer {
    fn mix(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(0x517c_c1b7_2722_0a95);
    }
}

impl Hasher for Mixer {
    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.mix(byte as u64);
        }
    }

    fn write_u32(&mut self, n: u32) {
        self.mix(n as u64);
    }

    fn write_u64(&mut self, n: u64) {
        self.mix(n);
    }

    fn write_i64(&mut self, n: i64) {
        self.mix(n as u64);
    }

    fn write_isize(&mut self, n: isize) {
        self.mix(n as u64);
    }

    fn write_usize(&mut self, n: usize) {
        self.mix(n as u64);
    }

    fn finish(&self) -> u64 {
        self.0 ^ self.0 >> 32
    }
}
