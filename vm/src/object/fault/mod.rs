//! Errors of the machine as data: what went wrong, with which values, and where.
//!
//! * this file — [`Fault`] and what it consists of
//! * [`message`] — the text a program sees, PUC Lua's, made of the data
//! * [`travel`] — a fault beside its error, from where it is raised to where it is caught
//!
//! How faults are made, and what becomes of them, is in `debug/fault`.

mod message;
mod travel;

use crate::meta::Event;
use crate::object::Gc;
use crate::object::native::Native;
use crate::object::thread::Thread;
use crate::value::Value;
use std::borrow::Cow;

pub use travel::{FailedCoroutine, Level, Location, Raised};
pub(crate) use travel::{Held, ThreadFaults};

/// What the code calls a value: `local 'x'`, `method 'insert'`, `metamethod 'add'`…
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OwnedName {
    /// `local`, `upvalue`, `global`, `field`, `method`, `constant`, `metamethod`…
    pub what: &'static str,
    /// The name. Any bytes.
    pub name: Vec<u8>,
}

/// Where an instruction found the value it fails on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Operand {
    /// In a register of the running function.
    Reg(u16),
    /// In an upvalue of the running function, without passing through a register.
    Upvalue(u8),
    /// In the constants, in a table, or nowhere: messages cannot name it.
    None,
}

/// Which of the three numbers of a numeric `for`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ForPart {
    /// The first value of the variable.
    Initial,
    /// The last one it may have.
    Limit,
    /// What is added to it.
    Step,
}

/// What went wrong. The comments say which operands the fault has.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum FaultKind {
    /// A value without fields was indexed: the value; the key, if it is known.
    Index,
    /// A value that is no function was called: the value.
    Call,
    /// An arithmetic operator: its operands, from left to right.
    Arithmetic(Event),
    /// A bitwise operator on something other than numbers: its operands.
    Bitwise(Event),
    /// A bitwise operator on a float that is no integer: its operands.
    NoInteger,
    /// `..`: two neighbours, of which the left one is the `part`-th (from 0) of `parts` joined.
    Concat {
        /// Index of the left operand among the values joined.
        part: usize,
        /// How many values the instruction joins.
        parts: usize,
    },
    /// An order comparison: both values, in the order of `<` or `<=`.
    Compare,
    /// `#`: the operand.
    Length,
    /// A part of a numeric `for` that is no number: the value.
    ForLoop(ForPart),
    /// The step of a numeric `for` is zero.
    ForStepZero,
    /// `//` by the integer zero: both operands, if known.
    DivideByZero,
    /// `%` by the integer zero: both operands, if known.
    ModuloByZero,
    /// Arithmetic of two values of which one is a string that spells no number, or no number at
    /// all: both operands.
    StringArithmetic(Event),
    /// A to-be-closed variable without a `__close` metamethod: its value.
    NotClosable,
    /// A table was given the key nil.
    NilKey,
    /// A table was given the key NaN.
    NanKey,
    /// A chain of `__index` or `__newindex` values that does not end.
    ChainTooLong(Event),
    /// The stack is as large as it may get.
    StackOverflow,
    /// Calls of natives, metamethods and coroutines are nested too deeply.
    CStackOverflow,
    /// An argument a native does not take: the argument.
    BadArgument(BadArgument),
    /// Any other error of the machine or a native, in its words.
    Message(Cow<'static, [u8]>),
    /// A value the program raised itself: `error`, `assert`.
    Raised,
    /// Not enough memory.
    Memory,
    /// An error while an error was being handled.
    InHandler,
}

/// What a native says about an argument.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BadArgument {
    /// Which argument, from 1 and as the call is written: the receiver of a method does not count,
    /// and is 0.
    pub index: usize,
    /// The native as its caller knows it; `None` if nobody called it.
    pub function: Option<Vec<u8>>,
    /// It was called as a method.
    pub is_method: bool,
    /// What is wrong.
    pub problem: Problem,
}

/// What is wrong with an argument.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Problem {
    /// A value of another type is needed.
    Type {
        /// The type needed.
        expected: Cow<'static, [u8]>,
        /// The type given; `None` if there is no such argument.
        got: Option<Cow<'static, [u8]>>,
    },
    /// Anything else, in the native's words.
    Other(Cow<'static, [u8]>),
}

/// A value a fault is about.
#[derive(Clone, Debug)]
pub struct FaultOperand {
    /// The value. Whoever holds a fault keeps it alive.
    pub value: Value,
    /// Where the instruction found it.
    pub found: Operand,
    /// Its type as messages name it: the `__name` of its metatable, or the basic type.
    pub type_name: Cow<'static, [u8]>,
    /// What the code calls it. Known of the operand to blame only.
    pub name: Option<OwnedName>,
}

/// Where a fault happened: an instruction of a function on the stack of [`Fault::thread`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FaultSite {
    /// The stack slot of the function's register 0, which tells frames apart.
    pub base: usize,
    /// The index of the instruction.
    pub pc: usize,
}

/// An error of the machine as data; `Display` is the message, without position.
///
/// Names and texts in a fault that travels are cut to [`Fault::MOST_BYTES`]: no memory limit
/// counts them. The message, a string of the program's, is always whole.
#[derive(Clone, Debug)]
pub struct Fault {
    /// What went wrong.
    pub kind: FaultKind,
    /// With which values; [`FaultKind`] says which.
    pub operands: Vec<FaultOperand>,
    /// Index of the operand the message is about.
    pub blamed: usize,
    /// The coroutine it happened in.
    pub thread: Gc<Thread>,
    /// The instruction its message names the line of; `None` if that is no function of the
    /// language.
    pub site: Option<FaultSite>,
    /// The native that raised it; `None`: the instruction itself.
    pub raiser: Option<&'static Native>,
}

impl Fault {
    /// Bytes of a name or a text in a fault that travels.
    pub const MOST_BYTES: usize = 200;

    /// The operand the message is about.
    pub fn blamed_operand(&self) -> Option<&FaultOperand> {
        self.operands.get(self.blamed)
    }

    /// The values the collector has to find.
    pub(crate) fn values(&self) -> impl Iterator<Item = Value> {
        let operands = self.operands.iter().map(|operand| operand.value);
        operands.chain([Value::from(self.thread)])
    }

    /// Cuts what is long, see [`Fault::MOST_BYTES`].
    pub(crate) fn shorten(&mut self) {
        for operand in &mut self.operands {
            cut_cow(&mut operand.type_name);
            if let Some(name) = &mut operand.name {
                cut(&mut name.name);
            }
        }
        #[allow(clippy::wildcard_enum_match_arm, reason = "the others hold no text")]
        match &mut self.kind {
            FaultKind::Message(text) => cut_cow(text),
            FaultKind::BadArgument(bad) => {
                if let Some(function) = &mut bad.function {
                    cut(function);
                }
                match &mut bad.problem {
                    Problem::Type { expected, got } => {
                        cut_cow(expected);
                        if let Some(got) = got {
                            cut_cow(got);
                        }
                    }
                    Problem::Other(text) => cut_cow(text),
                }
            }
            _ => {}
        }
    }
}

fn cut(text: &mut Vec<u8>) {
    if text.len() > Fault::MOST_BYTES {
        text.truncate(Fault::MOST_BYTES);
        text.shrink_to_fit();
    }
}

fn cut_cow(text: &mut Cow<'static, [u8]>) {
    if let Cow::Owned(text) = text {
        cut(text);
    }
}
