//! What is known of objects at a place of the code: it holds until something is called. Stores to
//! slots that exist change none of it.

use super::Builder;
use crate::jit::ir::V;

/// Something that is known; the value it is known with is beside it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Fact {
    /// The running closure.
    Closure,
    /// Of a closure: the upvalue with this number, and the address of its value.
    Upvalue(V, u16),
    UpvalueAt(V, u16),
    /// Its value, which has this tag.
    UpvalueIs(V, u16, u8),
    /// Of a table: array part, its size, its tags, nodes.
    Array(V),
    ArraySize(V),
    ArrayTags(V),
    Nodes(V),
    /// It has a node with this number; its key is the string with this address.
    HasNode(V, u8),
    NodeKey(V, u8, u64),
    /// It has no metatable; the metatable it has.
    NoMetatable(V),
    Metatable(V),
    /// The metatable of strings.
    StringMetatable,
    /// It has been made since something was called: the number of what is in it.
    New(V),
    /// It does not have the string with this address as a key.
    Absent(V, u64),
    /// The node with the string with this address as its key.
    Own(V, u64),
    /// What it has at the string with this address, and the node where that is found in it or behind it:
    /// unlike what is above, it may be another when fields are stored.
    Field(V, u64),
    Found(V, u64),
    /// One integer is less than another, without sign.
    Below(V, V),
    /// The index of an integer key.
    Index(V),
    /// There may be a few more calls between functions of the language and natives before it is an error.
    CallsAreLeft,
    /// The VM's stack goes on for so many bytes behind the frame's first register.
    StackReaches(i64),
    /// A closure is one of the function with this number.
    IsFunction(V, u32),
    /// A native function is the one defined at this address.
    IsNative(V, usize),
}

#[derive(Clone, Default)]
pub(super) struct Facts(Vec<(Fact, V)>);

impl Facts {
    pub fn get(&self, fact: Fact) -> Option<V> {
        self.0.iter().find(|(f, _)| *f == fact).map(|(_, v)| *v)
    }

    pub fn add(&mut self, fact: Fact, v: V) {
        self.0.push((fact, v));
    }

    /// Fields of this name have been stored, perhaps in metatables, which name with `index` where to go on.
    pub fn stored(&mut self, key: u64, index: u64) {
        self.0.retain(|(fact, _)| match *fact {
            Fact::Field(_, k) => k != key,
            Fact::Found(_, k) => k != key && key != index,
            _ => true,
        });
    }

    /// A field of this name has been stored in a table that did not have it.
    pub fn inserted(&mut self, t: V, key: u64, index: u64) {
        self.stored(key, index);
        self.0.retain(|(fact, _)| {
            !matches!(fact, Fact::Absent(_, k) if *k == key) && *fact != Fact::New(t)
        });
    }

    /// A new table has been given a metatable.
    pub fn has_metatable(&mut self, t: V, meta: V) {
        self.forget_fields();
        self.0.retain(|(fact, _)| !matches!(fact, Fact::NoMetatable(_)) && *fact != Fact::New(t));
        self.add(Fact::Metatable(t), meta);
    }

    /// What inserting fields in a new table relies on.
    pub fn forget_new(&mut self) {
        self.0.retain(|(fact, _)| !matches!(fact, Fact::New(_)));
    }

    /// Something holds, whether that is known or not.
    pub fn know(&mut self, fact: Fact) {
        if self.get(fact).is_none() {
            self.add(fact, 0);
        }
    }

    /// What may be another when fields are stored.
    pub fn of_fields(&self) -> Vec<(Fact, V)> {
        let of_fields = |fact: &Fact| matches!(fact, Fact::Field(..) | Fact::Found(..));
        self.0.iter().filter(|(fact, _)| of_fields(fact)).copied().collect()
    }

    /// Forgets that.
    pub fn forget_fields(&mut self) {
        self.0.retain(|(fact, _)| !matches!(fact, Fact::Field(..) | Fact::Found(..)));
    }

    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// What is known here and there.
    pub fn keep_common(&mut self, other: &Facts) {
        self.0.retain(|(fact, v)| other.get(*fact) == Some(*v));
    }
}

impl Builder<'_> {
    /// The value that is known, or is made now.
    pub(super) fn fact(&mut self, fact: Fact, make: impl FnOnce(&mut Self) -> V) -> V {
        if let Some(v) = self.state.facts.get(fact) {
            return v;
        }
        let v = make(self);
        self.state.facts.add(fact, v);
        v
    }

    /// Checks what is not known yet.
    pub(super) fn check(&mut self, fact: Fact, make: impl FnOnce(&mut Self)) {
        if self.state.facts.get(fact).is_none() {
            make(self);
            self.state.facts.add(fact, 0);
        }
    }
}
