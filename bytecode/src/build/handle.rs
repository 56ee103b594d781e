//! What the methods of a [`FunctionBuilder`](super::FunctionBuilder) give and take instead of
//! numbers.

/// A register of the function being built.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Reg(pub(super) u16);

impl Reg {
    /// The register with this number: for callers that keep account of registers themselves. A
    /// builder looks whether it has it when it is used.
    pub fn new(index: u16) -> Reg {
        Reg(index)
    }

    /// Its number in the frame.
    pub fn index(self) -> u16 {
        self.0
    }

    /// The register `n` further up: of a window, or of several made at once.
    pub fn plus(self, n: u16) -> Reg {
        Reg(self.0.saturating_add(n))
    }
}

/// A constant of the function being built.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Const(pub(super) u32);

impl Const {
    /// Its number in the function's table of constants.
    pub fn index(self) -> u32 {
        self.0
    }
}

/// An upvalue of the function being built.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Upvalue(pub(super) u8);

impl Upvalue {
    /// The upvalue with this number, as [`Reg::new`].
    pub fn new(index: u8) -> Upvalue {
        Upvalue(index)
    }

    /// Its number in the function's list of upvalues.
    pub fn index(self) -> u8 {
        self.0
    }
}

/// A place in the code that jumps go to, before or after them.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Label(pub(super) u32);

/// A function inside of the one being built.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Inner(pub(super) u32);

/// Where a closure takes an upvalue from when it is made.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Capture {
    /// A register of the enclosing function.
    Register(Reg),
    /// An upvalue of the enclosing function.
    Upvalue(Upvalue),
}

/// How many values a call or `...` gives, or a return takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Values {
    /// So many.
    Exactly(u16),
    /// As many as there are. The next instruction must take them.
    All,
}

impl From<u16> for Values {
    fn from(count: u16) -> Values {
        Values::Exactly(count)
    }
}

impl Values {
    /// As operands say it: one more than the count, 0 for all.
    pub(super) fn operand(self) -> u16 {
        match self {
            Values::Exactly(count) => count.saturating_add(1),
            Values::All => 0,
        }
    }
}

/// An operand whose kind is known at run time only, for
/// [`FunctionBuilder::emit`](super::FunctionBuilder::emit).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Arg {
    /// A register.
    Reg(Reg),
    /// A constant.
    Const(Const),
    /// An upvalue.
    Upvalue(Upvalue),
    /// An inner function.
    Inner(Inner),
    /// The target of a jump.
    Label(Label),
    /// A count, an immediate or a flag.
    Number(i64),
}

macro_rules! from {
    ($($kind:ident)*) => {
        $(impl From<$kind> for Arg {
            fn from(handle: $kind) -> Arg {
                Arg::$kind(handle)
            }
        })*
    };
}
from!(Reg Const Upvalue Inner Label);

macro_rules! from_number {
    ($($kind:ident)*) => {
        $(impl From<$kind> for Arg {
            fn from(number: $kind) -> Arg {
                Arg::Number(number.into())
            }
        })*
    };
}
from_number!(u8 u16 u32 i16 i32 i64);
