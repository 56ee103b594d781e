//! Frame contracts: what a continuation finds in its native's frame, as plain data.
//!
//! A native that waits for a callback keeps its state in the slots of its frame, as values. The
//! contract of its continuation says how many slots there are and what each holds, and how many
//! results the callback leaves above them. Natives keep it (debug builds check every call and every
//! continuation), programs cannot break it, and whoever restores a machine from outside must check
//! it: a continuation may rely on its contract and on nothing else.

use crate::value::{Value, tag};

/// What a slot of a frame holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SlotType {
    /// Any value of a program.
    Any,
    /// `true` or `false`.
    Bool,
    /// An integer between these, both included.
    Int {
        /// The least one.
        min: i64,
        /// The largest one.
        max: i64,
    },
    /// A string.
    Str,
    /// A string or nil.
    StrOrNil,
    /// A table.
    Table,
    /// A table or nil.
    TableOrNil,
    /// A function, of the language or native.
    Function,
    /// A function or nil.
    FunctionOrNil,
    /// A coroutine.
    Thread,
    /// Userdata of type [`BUFFER`], which natives keep bytes in.
    Buffer,
    /// As `Buffer`, or nil.
    BufferOrNil,
}

/// The type of userdata whose bytes are part of a native's state.
pub const BUFFER: &str = "buffer";

impl SlotType {
    /// Whether a slot of this type may hold the value.
    pub fn admits(self, v: Value) -> bool {
        let buffer = || v.as_userdata().is_some_and(|u| u.type_name == BUFFER);
        match self {
            SlotType::Any => !matches!(v.tag(), tag::FRAME | tag::DEAD | tag::UPVAL | tag::PROTO),
            SlotType::Bool => v.as_bool().is_some(),
            SlotType::Int { min, max } => v.as_int().is_some_and(|n| min <= n && n <= max),
            SlotType::Str => v.is_string(),
            SlotType::StrOrNil => v.is_nil() || v.is_string(),
            SlotType::Table => v.as_table().is_some(),
            SlotType::TableOrNil => v.is_nil() || v.as_table().is_some(),
            SlotType::Function => v.is_function(),
            SlotType::FunctionOrNil => v.is_nil() || v.is_function(),
            SlotType::Thread => v.as_thread().is_some(),
            SlotType::Buffer => buffer(),
            SlotType::BufferOrNil => v.is_nil() || buffer(),
        }
    }

    /// What a slot holds before anything is put there; nil for types that have no such value.
    pub const fn empty(self) -> Value {
        match self {
            SlotType::Bool => Value::FALSE,
            SlotType::Int { min, max } => Value::int(if min > 0 {
                min
            } else if max < 0 {
                max
            } else {
                0
            }),
            SlotType::Any
            | SlotType::Str
            | SlotType::StrOrNil
            | SlotType::Table
            | SlotType::TableOrNil
            | SlotType::Function
            | SlotType::FunctionOrNil
            | SlotType::Thread
            | SlotType::Buffer
            | SlotType::BufferOrNil => Value::NIL,
        }
    }
}

/// The slots of a frame: some at its beginning, any number of one type, some at its end.
#[derive(Clone, Copy, Debug)]
pub struct Frame {
    /// Names and types of the first slots.
    pub first: &'static [(&'static str, SlotType)],
    /// The type of the slots in the middle; `None`: there are none.
    pub rest: Option<SlotType>,
    /// Names and types of the last slots.
    pub last: &'static [(&'static str, SlotType)],
}

impl Frame {
    /// The type of slot `i` (from 0) of a frame of `len` slots; `None` if it cannot have that many.
    fn slot_type(&self, i: usize, len: usize) -> Option<(&'static str, SlotType)> {
        let from_end = len - i;
        match self.first.get(i) {
            Some(named) => Some(*named),
            None if from_end <= self.last.len() => Some(self.last[self.last.len() - from_end]),
            None => self.rest.map(|slot_type| ("…", slot_type)),
        }
    }

    /// Checks the slots of a frame.
    ///
    /// # Errors
    /// Says what is wrong with the first slot that is wrong.
    pub fn check(&self, slots: &[Value]) -> Result<(), String> {
        if slots.len() < self.first.len() + self.last.len() {
            return Err(format!("{} slots are too few", slots.len()));
        }
        for (i, &v) in slots.iter().enumerate() {
            let Some((name, wanted)) = self.slot_type(i, slots.len()) else {
                return Err(format!("{} slots are too many", slots.len()));
            };
            if !wanted.admits(v) {
                return Err(format!("slot {} ({name}) must be {wanted:?}, not {v:?}", i + 1));
            }
        }
        Ok(())
    }
}

/// How many values lie above its frame's slots when a continuation begins.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Results {
    /// So many: the results of a call ([`Action::Call`](super::Action::Call)), 0 after a pause.
    Exactly(u8),
    /// Any number: all results of a call, or the arguments of a resume after a yield. Below them
    /// other values may wait that have no slots.
    Any,
    /// `true` and any number of values, or `false` and an error: after
    /// [`Action::Resume`](super::Action::Resume) and [`Action::Close`](super::Action::Close).
    Outcome,
}

impl Results {
    /// How a call asks for these results (`nres` of [`Action::Call`](super::Action::Call)).
    pub const fn wanted(self) -> i32 {
        match self {
            Results::Exactly(n) => n as i32,
            Results::Any | Results::Outcome => -1,
        }
    }
}

/// What a continuation relies on.
#[derive(Clone, Copy, Debug)]
pub struct Contract {
    /// The slots that wait while the callback runs.
    pub frame: Frame,
    /// What the callback leaves above them.
    pub results: Results,
}

impl Contract {
    /// A contract; refuses at compile time one that cannot tell results from slots.
    pub const fn new(frame: Frame, results: Results) -> Contract {
        let fixed = frame.rest.is_none() && frame.last.is_empty();
        assert!(fixed || matches!(results, Results::Exactly(_)), "no telling where results begin");
        Contract { frame, results }
    }

    /// Whether the slot below the called function is a boolean, as continuations that catch errors
    /// need it.
    pub(super) const fn ends_in_bool(&self) -> bool {
        let Frame { first, rest, last } = self.frame;
        match (last, rest, first) {
            ([.., (_, slot_type)], _, _) | ([], None, [.., (_, slot_type)]) => {
                matches!(slot_type, SlotType::Bool)
            }
            _ => false,
        }
    }

    /// Checks slots and results of a continuation that is about to run.
    ///
    /// # Errors
    /// Says what is wrong with the first value that is wrong.
    pub fn check(&self, slots: &[Value]) -> Result<(), String> {
        let count = match self.results {
            Results::Exactly(n) => slots.len().checked_sub(n as usize),
            Results::Any | Results::Outcome => Some(self.frame.first.len()),
        };
        let Some((frame, results)) = count.and_then(|count| slots.split_at_checked(count)) else {
            return Err(format!("{} slots are too few", slots.len()));
        };
        self.frame.check(frame)?;
        if self.results == Results::Outcome && results.first().is_none_or(|v| v.as_bool().is_none())
        {
            return Err("the first result is no boolean".to_string());
        }
        match results.iter().position(|v| !SlotType::Any.admits(*v)) {
            Some(i) => Err(format!("result {} is no value", i + 1)),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: Frame = Frame {
        first: &[("a", SlotType::Int { min: 0, max: 9 })],
        rest: Some(SlotType::Any),
        last: &[("z", SlotType::Bool)],
    };

    #[test]
    fn slots_are_checked_from_both_ends() {
        let (one, ten) = (Value::int(1), Value::int(10));
        assert_eq!(FRAME.check(&[one, Value::TRUE]), Ok(()));
        assert_eq!(FRAME.check(&[one, Value::NIL, ten, Value::TRUE]), Ok(()));
        assert!(FRAME.check(&[one]).is_err());
        assert!(FRAME.check(&[ten, Value::TRUE]).is_err());
        assert!(FRAME.check(&[one, Value::TRUE, Value::NIL]).is_err());
    }

    #[test]
    fn results_lie_above_the_slots() {
        let exact = Contract::new(FRAME, Results::Exactly(1));
        assert_eq!(exact.check(&[Value::int(1), Value::TRUE, Value::NIL]), Ok(()));
        assert!(exact.check(&[Value::int(1), Value::TRUE]).is_err());
        let none = Frame { first: &[], rest: None, last: &[] };
        let outcome = Contract::new(none, Results::Outcome);
        assert_eq!(outcome.check(&[Value::FALSE, Value::NIL]), Ok(()));
        assert!(outcome.check(&[]).is_err());
        assert!(outcome.check(&[Value::NIL]).is_err());
    }
}
