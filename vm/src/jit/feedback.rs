//! What the interpreter has seen of a function while the machine recorded.

use super::path::{Method, Path};
use crate::object::native::Native;
use crate::value::tag;
use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};

/// A set of types.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(super) struct Seen(pub u16);

impl Seen {
    pub const NIL: Seen = Seen(1);
    pub const BOOL: Seen = Seen(2);
    pub const INT: Seen = Seen(4);
    pub const FLOAT: Seen = Seen(8);
    pub const STR: Seen = Seen(16);
    pub const TABLE: Seen = Seen(32);
    pub const LUA_FN: Seen = Seen(64);
    pub const OTHER: Seen = Seen(128);
    pub const LSTR: Seen = Seen(256);
    pub const NUMBER: Seen = Seen(4 | 8);
    pub const STRING: Seen = Seen(16 | 256);

    /// The set of the type with this tag.
    pub fn of(tag: u8) -> Seen {
        match tag {
            tag::NIL => Seen::NIL,
            tag::FALSE | tag::TRUE => Seen::BOOL,
            tag::INT => Seen::INT,
            tag::FLOAT => Seen::FLOAT,
            tag::STR => Seen::STR,
            tag::LSTR => Seen::LSTR,
            tag::TABLE => Seen::TABLE,
            tag::LUA_FN => Seen::LUA_FN,
            _ => Seen::OTHER,
        }
    }

    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub fn add(&mut self, other: Seen) {
        self.0 |= other.0;
    }

    /// Whether all of them are among others.
    pub fn within(self, others: Seen) -> bool {
        self.0 & !others.0 == 0
    }

    /// The tag of the only type, if there is one and it is worth a guard.
    pub fn only(self) -> Option<u8> {
        Some(match self {
            Seen::INT => tag::INT,
            Seen::FLOAT => tag::FLOAT,
            Seen::STR => tag::STR,
            Seen::LSTR => tag::LSTR,
            Seen::TABLE => tag::TABLE,
            Seen::LUA_FN => tag::LUA_FN,
            _ => return None,
        })
    }

    /// The same if it is a number's.
    pub fn only_number(self) -> Option<u8> {
        self.only().filter(|tag| matches!(*tag, tag::INT | tag::FLOAT))
    }
}

/// How an instruction that accesses a table found what it looked for.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(super) struct Access(u8);

impl Access {
    /// Where the handler looks first: in the array part, or at the cached node.
    pub const HIT: Access = Access(1);
    /// Of a field: in the table, elsewhere.
    pub const OWN: Access = Access(16);
    /// Of a field: in a table behind it, or nowhere.
    pub const BEHIND: Access = Access(32);
    /// Otherwise.
    pub const MISS: Access = Access(2);
    /// In the array part, where nil was.
    pub const EMPTY: Access = Access(4);
    /// The table had a metatable.
    pub const META: Access = Access(8);

    pub fn add(&mut self, other: Access) {
        self.0 |= other.0;
    }

    /// Whether it was seen, and always a hit.
    pub fn hits(self) -> bool {
        self.0 & !Access::META.0 == Access::HIT.0
    }

    /// Whether it was seen, and a field was always in the table.
    pub fn is_own(self) -> bool {
        self.0 != 0 && self.0 & !(Access::HIT.0 | Access::OWN.0) == 0
    }

    /// Whether it was seen, and a field was always in the table, behind it or nowhere.
    pub fn is_found(self) -> bool {
        self.0 != 0 && self.0 & !(Access::HIT.0 | Access::OWN.0 | Access::BEHIND.0) == 0
    }

    /// Whether it was not seen, or not always found, nor seen that there is nothing.
    pub fn misses(self) -> bool {
        self.0 == 0 || self.0 & Access::MISS.0 != 0
    }

    /// Whether it was seen, and a field was never in the table.
    pub fn is_behind(self) -> bool {
        self == Access::BEHIND
    }

    /// Whether it was seen, and always inside the array part.
    pub fn is_inside(self) -> bool {
        self.0 & (Access::HIT.0 | Access::EMPTY.0) != 0 && self.0 & Access::MISS.0 == 0
    }

    /// Whether a table had a metatable.
    pub fn has_meta(self) -> bool {
        self.0 & Access::META.0 != 0
    }
}

/// Of one instruction: the types of its operands in the fields `a`, `b` and `c`, and of its result; of
/// one that stores a field, of the value before.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Site {
    pub a: Seen,
    pub b: Seen,
    pub c: Seen,
    pub result: Seen,
    pub access: Access,
    /// It was executed.
    pub reached: bool,
}

/// What a CALL has called.
#[derive(Clone, Copy)]
pub(super) enum Callee {
    /// Closures of the function with this number.
    Function(u32),
    /// This native.
    Native(&'static Native),
    /// Several, or something else.
    Many,
}

impl PartialEq for Callee {
    fn eq(&self, other: &Callee) -> bool {
        match (self, other) {
            (Callee::Function(a), Callee::Function(b)) => a == b,
            (Callee::Native(a), Callee::Native(b)) => std::ptr::eq(*a, *b),
            (Callee::Many, Callee::Many) => true,
            (Callee::Function(_) | Callee::Native(_) | Callee::Many, _) => false,
        }
    }
}

/// Of so many functions that one has called, native code is made with its own.
const MOST_CALLED: usize = 64;

/// All that was seen of a function.
#[derive(Default)]
pub(super) struct Feedback {
    pub sites: Vec<Site>,
    /// The types of all registers at the targets of jumps back.
    pub heads: HashMap<u32, Vec<Seen>>,
    pub callees: HashMap<u32, Callee>,
    /// Numbers of functions that it has called, by whatever instruction, or by a native function.
    pub called: BTreeSet<u32>,
    /// How fields were found that tables do not have themselves; `None`: in several ways, or in one that
    /// native code does not go.
    pub paths: HashMap<u32, Option<Path>>,
    /// Where methods of strings were found.
    pub methods: HashMap<u32, Option<Method>>,
}

impl Feedback {
    /// Of a function of so many instructions.
    pub fn new(instructions: usize) -> Feedback {
        Feedback { sites: vec![Site::default(); instructions], ..Feedback::default() }
    }

    /// The instruction at `pc` has called this.
    pub fn see_callee(&mut self, pc: u32, callee: Callee) {
        let known = *self.callees.entry(pc).or_insert(callee);
        if known != callee {
            self.callees.insert(pc, Callee::Many);
        }
    }

    /// A function was called.
    pub fn see_called(&mut self, number: u32) {
        if self.called.len() < MOST_CALLED {
            self.called.insert(number);
        }
    }

    /// A field was found by this way.
    pub fn see_path(&mut self, pc: u32, path: Option<Path>) {
        see(&mut self.paths, pc, path);
    }

    /// A method of a string was found at this place.
    pub fn see_method(&mut self, pc: u32, method: Option<Method>) {
        see(&mut self.methods, pc, method);
    }

    /// The way by which a field was always found.
    pub fn path(&self, pc: u32) -> Option<&Path> {
        self.paths.get(&pc)?.as_ref()
    }

    /// Where a method of strings was always found.
    pub fn method(&self, pc: u32) -> Option<Method> {
        *self.methods.get(&pc)?
    }

    /// What register `r` held at the head of the loop that begins at `head`.
    pub fn at_head(&self, head: u32, r: usize) -> Seen {
        self.heads.get(&head).and_then(|seen| seen.get(r)).copied().unwrap_or_default()
    }
}

/// Notes what was found at an instruction, which is nothing where it was not always the same.
fn see<T: PartialEq>(known: &mut HashMap<u32, Option<T>>, pc: u32, found: Option<T>) {
    match known.entry(pc) {
        Entry::Vacant(empty) => drop(empty.insert(found)),
        Entry::Occupied(mut known) => {
            if *known.get() != found {
                known.insert(None);
            }
        }
    }
}
