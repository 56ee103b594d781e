//! The constant table of a function: every constant once, by type and bits. Strings are found by
//! their symbols, without hashing.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use luka_bytecode::{Constant, MAX_CONST_OPERAND, MAX_SHORT_STRING};

use super::Emitter;
use crate::{Names, Sym};

/// A number as a key: its type and its bits.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Key {
    Int(i64),
    Float(u64),
    /// A string that is not UTF-8.
    Raw(u32),
}

/// Where a string is in the constants of the function whose number is `function`.
#[derive(Clone, Copy)]
struct Slot {
    function: u32,
    at: u32,
}

/// Constants of the function being emitted.
#[derive(Default)]
pub(super) struct Constants {
    values: Vec<Constant>,
    numbers: HashMap<Key, u32, BuildHasherDefault<Mixer>>,
    /// By symbol.
    strings: Vec<Slot>,
    /// `nil`, `false`, `true`.
    plain: [Option<u32>; 3],
    /// Functions so far: slots with another number are out of date.
    function: u32,
}

impl Constants {
    /// Prepares for a chunk; `names`: how many symbols of UTF-8 strings there are.
    pub fn prepare(&mut self, names: usize) {
        self.function = 0;
        self.strings.clear();
        self.strings.resize(names, Slot { function: 0, at: 0 });
    }

    /// So many symbols of UTF-8 strings there are by now.
    pub fn extend(&mut self, names: usize) {
        if self.strings.len() < names {
            self.strings.resize(names, Slot { function: 0, at: 0 });
        }
    }

    /// Begins another function.
    pub fn clear(&mut self) {
        self.values.clear();
        // Clearing takes time in proportion to the largest function so far.
        if self.numbers.capacity() > 16 * self.numbers.len() + 64 {
            self.numbers = HashMap::default();
        }
        self.numbers.clear();
        self.plain = [None; 3];
        self.function += 1;
    }

    /// The table of the function.
    pub fn take(&mut self) -> Vec<Constant> {
        const LARGE: usize = 1 << 12;
        if self.values.len() < LARGE {
            return self.values.drain(..).collect();
        }
        let mut taken = std::mem::take(&mut self.values);
        taken.shrink_to_fit();
        taken
    }

    fn push(&mut self, value: Constant) -> u32 {
        self.values.push(value);
        self.values.len() as u32 - 1
    }

    fn plain(&mut self, which: usize, value: Constant) -> u32 {
        if let Some(at) = self.plain[which] {
            return at;
        }
        let at = self.push(value);
        self.plain[which] = Some(at);
        at
    }

    fn keyed(&mut self, key: Key, value: impl FnOnce() -> Constant) -> u32 {
        let next = self.values.len() as u32;
        let at = *self.numbers.entry(key).or_insert(next);
        if at == next {
            self.values.push(value());
        }
        at
    }

    #[inline]
    fn string(&mut self, sym: Sym, names: &Names) -> u32 {
        let next = self.values.len() as u32;
        match self.strings.get_mut(sym.raw() as usize) {
            Some(slot) if slot.function == self.function => slot.at,
            Some(slot) => {
                *slot = Slot { function: self.function, at: next };
                self.push(Constant::Str(names.bytes(sym).into()))
            }
            None => self.keyed(Key::Raw(sym.raw()), || Constant::Str(names.bytes(sym).into())),
        }
    }
}

impl Emitter<'_> {
    pub fn nil_const(&mut self) -> u32 {
        self.consts.plain(0, Constant::Nil)
    }

    pub fn bool_const(&mut self, value: bool) -> u32 {
        match value {
            false => self.consts.plain(1, Constant::False),
            true => self.consts.plain(2, Constant::True),
        }
    }

    pub fn int_const(&mut self, value: i64) -> u32 {
        self.consts.keyed(Key::Int(value), || Constant::Int(value))
    }

    pub fn float_const(&mut self, value: f64) -> u32 {
        self.consts.keyed(Key::Float(value.to_bits()), || Constant::Float(value))
    }

    #[inline]
    pub fn str_const(&mut self, value: Sym) -> u32 {
        self.consts.string(value, self.names)
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
