//! Registers for values: a linear scan over the blocks in order (Poletto and Sarkar, 1999), with lives
//! that have holes. A value is in one place for all of its life; what lives across a call is in the
//! native frame.

use super::ir::*;
use super::live::{Life, Lives, lives};
use super::machine::{FLOATS, GENERAL};

/// Where a value is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Place {
    Nowhere,
    /// A general register.
    General(u8),
    /// A float register.
    Float(u8),
    /// A slot of the native frame.
    Frame(u32),
    /// It is this constant: an integer, or the bits of a float.
    Int(i64),
    FloatBits(u64),
}

/// The places of all values.
pub(super) struct Places {
    pub of: Vec<Place>,
    /// Slots of the native frame.
    pub slots: u32,
    /// Of each block, whether no value lives at its beginning.
    pub blank: Vec<bool>,
}

/// The values in each register of a class that have not ended.
struct Registers {
    class: Class,
    /// The numbers of the registers, the first ones first.
    numbers: Vec<u8>,
    values: Vec<Vec<V>>,
}

impl Registers {
    fn new(class: Class) -> Registers {
        let numbers = match class {
            Class::General => GENERAL.to_vec(),
            Class::Float => (0..FLOATS).collect(),
        };
        let values = vec![Vec::new(); numbers.len()];
        Registers { class, numbers, values }
    }

    fn place(&self, r: usize) -> Place {
        match self.class {
            Class::General => Place::General(self.numbers[r]),
            Class::Float => Place::Float(self.numbers[r]),
        }
    }

    /// A register in which nothing lives at the same time; that of the parameter the value becomes or of
    /// an operand, if it can be.
    fn free(&self, life: &Life, lives: &[Life], places: &Places) -> Option<usize> {
        let is_free = |r: &usize| self.values[*r].iter().all(|&v| !lives[v as usize].meets(life));
        let wishes = [life.becomes, life.from].into_iter().filter(|wish| *wish != NONE);
        let wished = wishes.filter_map(|wish| {
            let place = places.of[wish as usize];
            (0..self.numbers.len()).find(|&r| self.place(r) == place)
        });
        wished.chain(0..self.numbers.len()).find(is_free)
    }

    /// The register whose values are used least, of those that live at the same time.
    fn least_used(&self, life: &Life, lives: &[Life]) -> (usize, f32) {
        let used = |r: usize| -> f32 {
            let met = self.values[r].iter().filter(|&&v| lives[v as usize].meets(life));
            met.map(|&v| lives[v as usize].density()).sum()
        };
        let all = (0..self.numbers.len()).map(|r| (r, used(r)));
        all.min_by(|a, b| a.1.total_cmp(&b.1)).unwrap_or((0, f32::INFINITY))
    }
}

pub(super) fn allocate(f: &Func) -> Places {
    let Lives { of: lives, calls, blank } = lives(f);
    let mut places = Places { of: vec![Place::Nowhere; f.class.len()], slots: 0, blank };
    let mut order = Vec::new();
    for (v, constant) in f.constant.iter().enumerate() {
        match (constant, f.class[v]) {
            (Some(k), Class::General) => places.of[v] = Place::Int(*k),
            (Some(k), Class::Float) => places.of[v] = Place::FloatBits(*k as u64),
            (None, _) if !lives[v].stretches.is_empty() => order.push(v as V),
            (None, _) => {}
        }
    }
    order.sort_by_key(|&v| lives[v as usize].start());
    let mut registers = [Registers::new(Class::General), Registers::new(Class::Float)];
    for v in order {
        let life = &lives[v as usize];
        if life.crosses(&calls) {
            places.spill(v);
            continue;
        }
        let registers = &mut registers[f.class[v as usize] as usize];
        for values in &mut registers.values {
            values.retain(|&a| lives[a as usize].end() >= life.start());
        }
        let r = match registers.free(life, &lives, &places) {
            Some(r) => r,
            None => {
                let (r, used) = registers.least_used(life, &lives);
                if used >= life.density() {
                    places.spill(v);
                    continue;
                }
                let (met, kept) =
                    registers.values[r].iter().partition(|&&a| lives[a as usize].meets(life));
                registers.values[r] = kept;
                let met: Vec<V> = met;
                met.into_iter().for_each(|a| places.spill(a));
                r
            }
        };
        places.of[v as usize] = registers.place(r);
        registers.values[r].push(v);
    }
    places
}

impl Places {
    fn spill(&mut self, v: V) {
        self.of[v as usize] = Place::Frame(self.slots);
        self.slots += 1;
    }
}
