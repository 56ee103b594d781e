//! The constants of a function, each once.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use crate::bytes::Bytes;
use crate::proto::Constant;

/// A constant as a key: equal keys are equal in type and bits.
#[derive(PartialEq, Eq, Hash)]
enum Key {
    Plain(u8),
    Int(i64),
    Float(u64),
    Str(Bytes),
}

/// The table under construction.
#[derive(Default)]
pub(super) struct Constants {
    known: HashMap<Key, u32>,
    pub list: Vec<Constant>,
}

impl Constants {
    /// The number of a constant, which is added if it is new.
    pub fn add(&mut self, constant: Constant) -> u32 {
        let key = match &constant {
            Constant::Nil => Key::Plain(0),
            Constant::False => Key::Plain(1),
            Constant::True => Key::Plain(2),
            Constant::Int(value) => Key::Int(*value),
            Constant::Float(value) => Key::Float(value.to_bits()),
            Constant::Str(value) => Key::Str(value.clone()),
        };
        match self.known.entry(key) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(new) => {
                let index = self.list.len() as u32;
                self.list.push(constant);
                *new.insert(index)
            }
        }
    }
}
