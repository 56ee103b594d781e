//! The intermediate form: blocks of typed instructions in static single assignment form, close to the
//! processor. A value is a general register's 64 bits or a float; blocks have parameters, and a jump
//! brings the arguments.

/// A value.
pub(super) type V = u32;

/// No value, block or exit.
pub(super) const NONE: u32 = u32::MAX;

/// What kind of register a value is in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Class {
    General,
    Float,
}

/// Conditions; floats compare as integers without sign do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Cond {
    Below,
    AboveEqual,
    Equal,
    NotEqual,
    BelowEqual,
    Above,
    Less,
    GreaterEqual,
    LessEqual,
    Greater,
}

impl Cond {
    /// The opposite.
    pub fn inverted(self) -> Cond {
        match self {
            Cond::Below => Cond::AboveEqual,
            Cond::AboveEqual => Cond::Below,
            Cond::Equal => Cond::NotEqual,
            Cond::NotEqual => Cond::Equal,
            Cond::BelowEqual => Cond::Above,
            Cond::Above => Cond::BelowEqual,
            Cond::Less => Cond::GreaterEqual,
            Cond::GreaterEqual => Cond::Less,
            Cond::LessEqual => Cond::Greater,
            Cond::Greater => Cond::LessEqual,
        }
    }
}

/// Operations. `a`, `b`, `c`, `k`, `y` and so on are the fields of [`Ins`]; ``R[k]`` is the slot `k`
/// bytes from the frame's first register.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Op {
    /// d := payload of `R[k]`, as a general register or as a float.
    LoadSlot,
    LoadSlotF,
    /// d := tag of `R[k]`.
    LoadSlotTag,
    /// payload of `R[k]` := a, of either class.
    StoreSlot,
    /// payload of `R[k]` := 0.
    StoreSlotZero,
    /// tag of `R[k]` := a.
    StoreSlotTag,
    /// tag of `R[k]` := y.
    StoreSlotTagK,
    /// d := 8 bytes, or a byte, of the machine (see [`Vm`](crate::vm::Vm)) at k.
    LoadVm,
    LoadVm1,
    /// 8 bytes of the machine at k := a.
    StoreVm,
    /// d := the address of the next free cell of the class k, or 0 if a collection is due when it is taken.
    FreeCell,
    /// d := 8, 4, 1 bytes or a float at [a + k].
    Load8,
    Load4,
    Load1,
    LoadF,
    /// d := 8 bytes or a float at [a + b * 8], a byte at [a + b].
    LoadX8,
    LoadXF,
    LoadX1,
    /// [a + k] := b, of either class, or its lowest byte, or the byte y.
    Store8,
    Store1,
    Store1K,
    /// [a + b * 8] := c, of either class; [a + b] := the byte c, or y.
    StoreX8,
    StoreX1,
    StoreX1K,
    /// The value with payload b and the tag c, or y, is stored in the object a, a
    /// [`Parent`](super::barrier::Parent) of the kind k: the collector is told if it must be.
    Barrier,
    Add,
    Sub,
    Mul,
    And,
    Or,
    Xor,
    /// d := a + b * 8
    Scale8,
    /// d := a << k, a >> k (logical)
    ShiftLeftK,
    ShiftRightK,
    /// d := a << b, a >> b, as Lua's operators: any count.
    ShiftLeft,
    ShiftRight,
    Neg,
    Not,
    /// d := a // b, a % b, rounded down; b is neither 0 nor -1.
    FloorDiv,
    FloorMod,
    AddF,
    SubF,
    MulF,
    DivF,
    NegF,
    SqrtF,
    AbsF,
    /// d := the integer a as a float.
    IntToFloat,
    /// d := the number with payload a and tag b as a float; exit x if it is none.
    NumberToFloat,
    /// d := the float with the bits a.
    BitsToFloat,
    /// d := the largest integer that is at most the float a; exit x unless |a| < 2^52.
    FloorToInt,
    /// Guards. Exit x if the condition holds of a and b; of the byte a and y.
    Guard,
    /// Of the floats a and b, or if they are not ordered.
    GuardF,
    GuardByte,
    /// Exit x if the tag of `R[k]` is not y.
    GuardSlotTag,
    /// Exit x if the condition holds of 1, 2, 4 bytes at [a + k] and y, of 8 bytes and b.
    GuardMem1,
    GuardMem2,
    GuardMem4,
    GuardMem8,
    /// Exit x if the byte at [a + b] is not y.
    GuardMemX1,
    /// Exit x if less than k bytes of fuel are left. (While a unit is built, y is the index of the instruction from
    /// which k is to be measured.)
    GuardFuel,
    /// Exit x if the VM's stack ends less than k bytes above the frame's first register, or, unless y
    /// is 0, the native stack is short.
    GuardStack,
    /// k bytes of fuel are used.
    UseFuel,
    /// Calls the native code of the function whose entries are at k (0: this one) for the window at
    /// `R[y]`; the instruction is at the index x.
    Call,
    /// The CALL at the index x, of whatever value is in the window at `R[y]`. Functions of the language with
    /// as many parameters as there are arguments ([`Exact::of_code`] of k) are called as by [`Op::Call`]; all
    /// else, and everything if k is 0, by its handler. Results are where the interpreter puts them.
    CallAny,
    /// The TAILCALL at the index x, of whatever value is in the window at `R[y]`: a function of the language takes
    /// the frame over, and the code ends; a native has been called, and the next instruction comes. Functions
    /// with as many parameters as there are arguments (k as in [`Op::CallAny`]) need no handler.
    TailCall,
    /// d := the address of the node where the table a has the string with the address k, or in b, as a key;
    /// 0: there is none.
    FindOwn,
    /// The same of the node where the field is found, in the table or behind it; what it holds is nil if
    /// there is no field, and nowhere else. 0: the handler has to look.
    FindField,
    /// The value of the integer b in the table a is the result; its tag is [`UNKNOWN`] if the handler has to look.
    ValueOfInt,
    /// What `next` says of the table a and the control value of the generic loop with the window at `R[k]`: the pair goes
    /// to its places in memory, the key to the control value's, too, and the key's tag is the result, nil behind
    /// the last pair. [`UNKNOWN`]: the handler has to look, and nothing has changed.
    Next,
    /// The length of the table a, which has no metatable, is the result.
    Length,
    /// The VM's top := k bytes from the frame's first register.
    SetTop,
    /// Closes the frame's upvalues; the result is 1 if there are variables to be closed, and nothing was done.
    Close,
    /// After a call, [`Op::ValueOfInt`] or [`Op::Next`]: d := payload, tag of the result.
    ResultPayload,
    ResultTag,
    /// After a call whose result is not used: `R[k]` := the result, if there is one.
    KeepResult,
    /// The handler y (see [`handler_of`](super::layout::handler_of)) executes the instruction at the index x; then comes the next
    /// instruction, in the block f, or the one at the index k, in the block t. Without blocks, the
    /// next.
    Handler,
    // What ends a block.
    /// To the block t, with the block's arguments.
    Jump,
    /// To the block t if the condition holds of a and b, else f.
    Branch,
    BranchF,
    /// Of the byte a and y.
    BranchByte,
    /// Of the tag of `R[k]` and y.
    BranchSlotTag,
    /// Returns the payload a with the tag b, or y; the RETURN is at the index x.
    Return,
    /// Returns nothing.
    ReturnNone,
    /// Returns y - 1 values from `R[k]` on, or, if y is 0, those below the top; the RETURN is at the index x.
    ReturnMany,
    /// Leaves by x.
    Exit,
}

/// Instead of a tag: it is not known whether there is a value.
pub(super) const UNKNOWN: u8 = 0xff;

/// How many results a CALL takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Results {
    None,
    One,
    /// All there are, up to the top.
    All,
    /// More than one.
    Several,
}

/// A call whose number of arguments is known, or guessed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Exact {
    /// Arguments + 1, at least 1.
    pub b: u16,
    /// The arguments go up to the top: the number is a guess.
    pub is_open: bool,
    pub results: Results,
}

impl Exact {
    /// Whether there may be more than one result.
    pub fn is_of_many(self) -> bool {
        matches!(self.results, Results::All | Results::Several)
    }

    /// As a number that is not 0.
    pub fn code(self) -> i64 {
        i64::from(self.b) << 3 | i64::from(self.is_open) << 2 | self.results as i64
    }

    /// `None`: the number is 0.
    pub fn of_code(code: i64) -> Option<Exact> {
        let results =
            [Results::None, Results::One, Results::All, Results::Several][code as usize & 3];
        let exact = Exact { b: (code >> 3) as u16, is_open: code & 4 != 0, results };
        (code != 0).then_some(exact)
    }
}

/// An instruction. Which fields mean something is said by its [`Op`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Ins {
    pub op: Op,
    pub cond: Cond,
    pub y: i32,
    /// An exit, or the index of a bytecode instruction.
    pub x: u32,
    /// What it defines.
    pub d: V,
    pub a: V,
    pub b: V,
    pub c: V,
    pub k: i64,
    /// Blocks.
    pub t: u32,
    pub f: u32,
    /// The line of the source that it is for, or 0.
    pub line: u32,
}

impl Ins {
    pub fn new(op: Op) -> Ins {
        let cond = Cond::NotEqual;
        Ins {
            op,
            cond,
            y: 0,
            x: NONE,
            d: NONE,
            a: NONE,
            b: NONE,
            c: NONE,
            k: 0,
            t: NONE,
            f: NONE,
            line: 0,
        }
    }

    /// The exit it may leave by.
    pub fn exit(&self) -> Option<u32> {
        use Op::*;
        let leaves = matches!(
            self.op,
            Guard
                | GuardF
                | GuardByte
                | GuardSlotTag
                | GuardMem1
                | GuardMem2
                | GuardMem4
                | GuardMem8
                | GuardMemX1
                | GuardFuel
                | GuardStack
                | NumberToFloat
                | FloorToInt
                | Exit
        );
        leaves.then_some(self.x)
    }

    /// Whether no register of the processor survives it.
    pub fn is_call(&self) -> bool {
        matches!(
            self.op,
            Op::Call | Op::CallAny | Op::TailCall | Op::Length | Op::Close | Op::Handler
        )
    }

    /// Whether it is there for what it defines only.
    pub fn is_pure(&self) -> bool {
        self.d != NONE
            && !matches!(self.op, Op::ResultPayload | Op::ResultTag)
            && self.exit().is_none()
    }

    pub fn operands(&self) -> impl Iterator<Item = V> + use<> {
        [self.a, self.b, self.c].into_iter().filter(|v| *v != NONE)
    }
}

#[derive(Default, Debug)]
pub(super) struct Block {
    pub params: Vec<V>,
    /// Arguments for the parameters of the block it jumps to.
    pub args: Vec<V>,
    pub ins: Vec<Ins>,
}

/// What an exit leaves in a register of the frame.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Flush {
    /// Bytes from the frame's first register.
    pub slot: i32,
    /// The payload; [`NONE`]: 0.
    pub payload: V,
    /// The tag in a value; [`NONE`]: the next.
    pub tag_value: V,
    /// The tag; [`Flush::KEEPS`]: what is there.
    pub tag: u8,
}

impl Flush {
    pub const KEEPS: u8 = 0xff;

    pub fn values(&self) -> impl Iterator<Item = V> + use<> {
        [self.payload, self.tag_value].into_iter().filter(|v| *v != NONE)
    }
}

/// Why a unit may be left, as far as that matters for what is compiled next.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Why {
    /// A guard has failed: something else was seen before.
    Guard,
    /// Nothing was seen here before.
    Unseen,
    /// The unit ends here, or fuel or stack does: it is no failure.
    End,
}

/// How the interpreter goes on.
#[derive(Debug)]
pub(super) struct Exit {
    /// The index of the instruction.
    pub pc: u32,
    /// Bytes of fuel that are used but not yet counted.
    pub pending: i64,
    pub flush: Vec<Flush>,
    pub why: Why,
    /// In a function that is inlined: the calls that lead there, outer ones first.
    pub inlined: Box<[Inlined]>,
}

/// A call that was inlined.
#[derive(Clone, Copy, Debug)]
pub(super) struct Inlined {
    /// The index of the CALL, or of another instruction, in the caller.
    pub call: u32,
    /// Bytes from the first register of the caller to the call's window.
    pub window: u32,
    /// The function's code.
    pub code: usize,
    /// It has taken the frame over from the one that was called.
    pub is_tail: bool,
    /// It is a metamethod, and the call any instruction that has one.
    pub is_meta: bool,
}

/// Where the interpreter may come in again when something that was called has gone its own way: all
/// registers are in memory there.
#[derive(Debug)]
pub(super) struct Resume {
    /// The index of the instruction.
    pub pc: u32,
    /// At the beginning of this block.
    pub block: u32,
    /// Bytes from the frame's first register to tags, and what the code relies on them to be.
    pub tags: Vec<(i32, u8)>,
    /// Where to, if they are not.
    pub exit: u32,
}

/// The intermediate form of a unit.
#[derive(Default)]
pub(super) struct Func {
    pub blocks: Vec<Block>,
    pub exits: Vec<Exit>,
    pub resumes: Vec<Resume>,
    pub class: Vec<Class>,
    /// The constants that values are: integers, or the bits of floats.
    pub constant: Vec<Option<i64>>,
    /// First and last block of each loop.
    pub loops: Vec<(u32, u32)>,
    /// The instructions of bytecode it is made of.
    pub built: Vec<u32>,
}

impl Func {
    /// How many loops a block is in.
    pub fn depth(&self, block: usize) -> usize {
        self.loops.iter().filter(|l| (l.0..=l.1).contains(&(block as u32))).count()
    }

    pub fn is_loop_head(&self, block: usize) -> bool {
        self.loops.iter().any(|l| l.0 as usize == block)
    }

    /// Number of instructions.
    pub fn size(&self) -> usize {
        self.blocks.iter().map(|b| b.ins.len()).sum()
    }
}
