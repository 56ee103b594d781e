//! What an instruction does, as data: its [`Class`] and what follows from class and operands.
//!
//! A row of the opcode table says what kind of operation it is (`Arith(Mul)`) and where the values
//! come from (`{ a: Dst, b: Src, c: Int }`). From these two follow the metamethod event, the values
//! that a general implementation combines and that an error names, what the flag N means, and
//! whether the instruction can raise. All of it is computed when the crate is compiled and stored
//! in the row's [`OpInfo`].

use crate::event::Event;
use crate::ops::{Field, OpInfo, Operand, Role};

/// The kind of operation an instruction performs. A flag on a test or comparison is the outcome on
/// which it jumps.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Class {
    /// Copies a register.
    Move,
    /// Loads a constant or an immediate.
    Load,
    /// Sets a window to nil.
    LoadNil,
    /// Reads an upvalue.
    GetUpvalue,
    /// Writes an upvalue.
    SetUpvalue,
    /// `R[A] := object[key]`: object B, key C.
    Get,
    /// `object[key] := value`: object A, key B, value C.
    Set,
    /// Fetches a method and its receiver into a call window: object B, key C.
    Method,
    /// Makes a table.
    NewTable,
    /// Writes a window into the list part of a table.
    SetList,
    /// `R[A] := B operator C`, or of one operand `operator B`.
    Arith(Operator),
    /// `R[A] := not R[B]`
    Not,
    /// `R[A] := #R[B]`
    Length,
    /// Joins the values of a window.
    Concat,
    /// Jumps always.
    Jump,
    /// Jumps on the truth of `R[A]`.
    Test(bool),
    /// Jumps on the truth of `R[B]`, and then copies it to `R[A]`.
    TestSet(bool),
    /// Jumps on a comparison of A with B that may call a metamethod.
    Compare(Relation, bool),
    /// Jumps on the raw equality of A and B.
    RawEqual(bool),
    /// Calls a function.
    Call,
    /// Calls a function in place of the running one.
    TailCall,
    /// Returns from the function.
    Return,
    /// Begins a vararg function.
    VarargPrep,
    /// Copies variable arguments to a window.
    Vararg,
    /// Makes a closure.
    Closure,
    /// Closes upvalues and variables to be closed.
    Close,
    /// Marks a variable to be closed.
    ToBeClosed,
    /// Prepares a numeric loop.
    NumericPrep,
    /// Steps a numeric loop.
    NumericLoop,
    /// Prepares a generic loop.
    GenericPrep,
    /// Calls the iterator of a generic loop.
    GenericCall,
    /// Tests what the iterator returned.
    GenericLoop,
}

impl Class {
    /// Whether the destination is written only if the instruction jumps.
    pub const fn writes_if_taken(self) -> bool {
        matches!(self, Class::TestSet(_))
    }

    /// Whether instructions of this class work together as a loop.
    pub const fn is_part_of_loop(self) -> bool {
        matches!(self, Class::NumericPrep | Class::NumericLoop)
            || matches!(self, Class::GenericPrep | Class::GenericCall | Class::GenericLoop)
    }
}

/// An arithmetic or bitwise operator (Lua 5.4 manual §3.4.1, §3.4.2).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Operator {
    /// `+`
    Add,
    /// `-`
    Sub,
    /// `*`
    Mul,
    /// `%`
    Mod,
    /// `^`
    Pow,
    /// `/`
    Div,
    /// `//`
    IDiv,
    /// `&`
    BAnd,
    /// `|`
    BOr,
    /// `~`
    BXor,
    /// `<<`
    Shl,
    /// `>>`
    Shr,
    /// Unary `-`
    Unm,
    /// Unary `~`
    BNot,
}

impl Operator {
    /// Whether it works on integers only.
    pub const fn is_bitwise(self) -> bool {
        use Operator::*;
        matches!(self, BAnd | BOr | BXor | Shl | Shr | BNot)
    }

    /// Its metamethod.
    pub const fn event(self) -> Event {
        match self {
            Operator::Add => Event::Add,
            Operator::Sub => Event::Sub,
            Operator::Mul => Event::Mul,
            Operator::Mod => Event::Mod,
            Operator::Pow => Event::Pow,
            Operator::Div => Event::Div,
            Operator::IDiv => Event::IDiv,
            Operator::BAnd => Event::BAnd,
            Operator::BOr => Event::BOr,
            Operator::BXor => Event::BXor,
            Operator::Shl => Event::Shl,
            Operator::Shr => Event::Shr,
            Operator::Unm => Event::Unm,
            Operator::BNot => Event::BNot,
        }
    }
}

/// A comparison (Lua 5.4 manual §3.4.4).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Relation {
    /// `A == B`
    Eq,
    /// `A < B`
    Lt,
    /// `A <= B`
    Le,
    /// `A > B`, which is `B < A`
    Gt,
    /// `A >= B`, which is `B <= A`
    Ge,
}

impl Relation {
    /// Its metamethod.
    pub const fn event(self) -> Event {
        match self {
            Relation::Eq => Event::Eq,
            Relation::Lt | Relation::Gt => Event::Lt,
            Relation::Le | Relation::Ge => Event::Le,
        }
    }

    /// Whether the metamethod receives B first.
    pub const fn is_exchanged(self) -> bool {
        matches!(self, Relation::Gt | Relation::Ge)
    }
}

/// What the flag N of an instruction says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Flag {
    /// 1: the source had the operands in the other order.
    Order,
    /// 1: the source had the operands in the other order. 2: it had a subtraction of the negated
    /// immediate.
    Addition,
    /// 1: the source had a float where the immediate is.
    Float,
    /// 1: upvalues, and for RETURN variables to be closed, are closed first.
    Close,
}

impl Flag {
    /// What assembly calls the values 1, 2, …; 0 is not written. The last is the highest allowed.
    pub const fn words(self) -> &'static [&'static str] {
        match self {
            Flag::Order => &["flipped"],
            Flag::Addition => &["flipped", "minus"],
            Flag::Float => &["float"],
            Flag::Close => &["close"],
        }
    }
}

/// The operands an operation combines, in the order of the instruction.
pub type Inputs = [Option<Operand>; 3];

/// What becomes of the first result of a metamethod that an instruction has called.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Completion {
    /// `R[A]` receives it.
    Result,
    /// It is dropped.
    Drop,
    /// Its truth decides whether the instruction jumps.
    Condition,
    /// It replaces the two operands of a concatenation, which goes on.
    Concat,
}

/// The operand in a field.
pub(crate) const fn operand(operands: &[Operand], field: Field) -> Option<Operand> {
    let mut i = 0;
    while i < operands.len() {
        if operands[i].field as u8 == field as u8 {
            return Some(operands[i]);
        }
        i += 1;
    }
    None
}

/// What the flag of an instruction says, if it has one.
pub(crate) const fn flag(class: Class, operands: &[Operand]) -> Option<Flag> {
    match operand(operands, Field::n) {
        Some(Operand { role: Role::Flag, .. }) => {}
        _ => return None,
    }
    let immediate = matches!(operand(operands, Field::c), Some(Operand { role: Role::Int, .. }));
    match class {
        // `x - 5` is an addition of -5.
        Class::Arith(Operator::Add) if immediate => Some(Flag::Addition),
        Class::Arith(_) => Some(Flag::Order),
        Class::Compare(..) => Some(Flag::Float),
        Class::TailCall | Class::Return => Some(Flag::Close),
        Class::Move
        | Class::Load
        | Class::LoadNil
        | Class::GetUpvalue
        | Class::SetUpvalue
        | Class::Get
        | Class::Set
        | Class::Method
        | Class::NewTable
        | Class::SetList
        | Class::Not
        | Class::Length
        | Class::Concat
        | Class::Jump
        | Class::Test(_)
        | Class::TestSet(_)
        | Class::RawEqual(_)
        | Class::Call
        | Class::VarargPrep
        | Class::Vararg
        | Class::Closure
        | Class::Close
        | Class::ToBeClosed
        | Class::NumericPrep
        | Class::NumericLoop
        | Class::GenericPrep
        | Class::GenericCall
        | Class::GenericLoop => {
            panic!("no meaning is known of this class's flag")
        }
    }
}

/// The operands an operation combines.
pub(crate) const fn inputs(class: Class, operands: &[Operand]) -> Inputs {
    let [a, b, c] =
        [operand(operands, Field::a), operand(operands, Field::b), operand(operands, Field::c)];
    match class {
        Class::Get | Class::Method => [b, c, None],
        Class::Set => [a, b, c],
        // The metamethods of unary operators receive the operand twice.
        Class::Arith(_) | Class::Length => [b, if c.is_some() { c } else { b }, None],
        Class::Compare(..) | Class::RawEqual(_) => [a, b, None],
        // One operand, windows, or nothing that is computed with.
        Class::Move
        | Class::Load
        | Class::LoadNil
        | Class::GetUpvalue
        | Class::SetUpvalue
        | Class::NewTable
        | Class::SetList
        | Class::Not
        | Class::Concat
        | Class::Jump
        | Class::Test(_)
        | Class::TestSet(_)
        | Class::Call
        | Class::TailCall
        | Class::Return
        | Class::VarargPrep
        | Class::Vararg
        | Class::Closure
        | Class::Close
        | Class::ToBeClosed
        | Class::NumericPrep
        | Class::NumericLoop
        | Class::GenericPrep
        | Class::GenericCall
        | Class::GenericLoop => [None; 3],
    }
}

/// Whether an instruction can raise an error or call a metamethod.
pub(crate) const fn throws(class: Class, operands: &[Operand]) -> bool {
    match class {
        Class::Move | Class::Load | Class::LoadNil | Class::GetUpvalue | Class::SetUpvalue => false,
        Class::Not | Class::Jump | Class::Test(_) | Class::TestSet(_) | Class::RawEqual(_) => false,
        Class::NumericLoop | Class::GenericLoop => false,
        // Only those that close something.
        Class::Return => flag(class, operands).is_some(),
        Class::Get | Class::Set | Class::Method | Class::NewTable | Class::SetList => true,
        Class::Arith(_) | Class::Length | Class::Concat | Class::Compare(..) => true,
        Class::Call | Class::TailCall | Class::VarargPrep | Class::Vararg => true,
        Class::Closure | Class::Close | Class::ToBeClosed => true,
        Class::NumericPrep | Class::GenericPrep | Class::GenericCall => true,
    }
}

impl OpInfo {
    /// What assembly calls the values 1, 2, … of the flag N; empty if the instruction has none.
    pub const fn flag_words(&self) -> &'static [&'static str] {
        match self.flag {
            Some(flag) => flag.words(),
            None => &[],
        }
    }

    const fn arithmetic(&self) -> Option<Operator> {
        if let Class::Arith(operator) = self.class { Some(operator) } else { None }
    }

    /// The operator of an arithmetic instruction with this flag N.
    pub const fn operator(&self, n: u8) -> Option<Operator> {
        match self.arithmetic() {
            Some(Operator::Add) if self.is_negated(n) => Some(Operator::Sub),
            other => other,
        }
    }

    /// The metamethod that an instruction with this flag N may call.
    pub const fn event(&self, n: u8) -> Option<Event> {
        match self.class {
            Class::Get | Class::Method => Some(Event::Index),
            Class::Set => Some(Event::NewIndex),
            Class::Arith(operator) => match self.operator(n) {
                Some(written) => Some(written.event()),
                None => Some(operator.event()),
            },
            Class::Length => Some(Event::Len),
            Class::Concat => Some(Event::Concat),
            Class::Compare(relation, _) => Some(relation.event()),
            Class::Close => Some(Event::Close),
            // Only those that close something.
            Class::Return => {
                if self.throws {
                    Some(Event::Close)
                } else {
                    None
                }
            }
            // They call functions, not metamethods, or nothing.
            Class::Call | Class::TailCall | Class::GenericCall => None,
            Class::Move
            | Class::Load
            | Class::LoadNil
            | Class::GetUpvalue
            | Class::SetUpvalue
            | Class::NewTable
            | Class::SetList
            | Class::Not
            | Class::Jump
            | Class::Test(_)
            | Class::TestSet(_)
            | Class::RawEqual(_)
            | Class::VarargPrep
            | Class::Vararg
            | Class::Closure
            | Class::ToBeClosed
            | Class::NumericPrep
            | Class::NumericLoop
            | Class::GenericPrep
            | Class::GenericLoop => None,
        }
    }

    /// Whether the source had the operands in the other order than the instruction.
    pub const fn is_exchanged(&self, n: u8) -> bool {
        match (self.class, self.flag) {
            (Class::Compare(relation, _), _) => relation.is_exchanged(),
            (_, Some(Flag::Order | Flag::Addition)) => n == 1,
            _ => false,
        }
    }

    /// Whether the source had the immediate negated.
    pub const fn is_negated(&self, n: u8) -> bool {
        matches!(self.flag, Some(Flag::Addition)) && n == 2
    }

    /// The operands in the order of the source, which is the order of the metamethod's arguments.
    pub const fn arguments(&self, n: u8) -> Inputs {
        let [x, y, z] = self.inputs;
        if self.is_exchanged(n) { [y, x, z] } else { [x, y, z] }
    }

    /// Whether it reads or writes a field of a constant name: what inline caches are for.
    pub const fn accesses_field(&self) -> bool {
        matches!(self.inputs[1], Some(Operand { role: Role::ConstStr, .. }))
    }

    /// What becomes of the result of a metamethod; `None` if the instruction calls none whose
    /// result it uses.
    pub const fn completion(&self) -> Option<Completion> {
        match self.class {
            Class::Get | Class::Method | Class::Arith(_) | Class::Length => {
                Some(Completion::Result)
            }
            Class::Set => Some(Completion::Drop),
            Class::Compare(..) => Some(Completion::Condition),
            Class::Concat => Some(Completion::Concat),
            // What these call has frames of its own kind.
            Class::Call | Class::TailCall | Class::GenericCall | Class::Return | Class::Close => {
                None
            }
            Class::Move
            | Class::Load
            | Class::LoadNil
            | Class::GetUpvalue
            | Class::SetUpvalue
            | Class::NewTable
            | Class::SetList
            | Class::Not
            | Class::Jump
            | Class::Test(_)
            | Class::TestSet(_)
            | Class::RawEqual(_)
            | Class::VarargPrep
            | Class::Vararg
            | Class::Closure
            | Class::ToBeClosed
            | Class::NumericPrep
            | Class::NumericLoop
            | Class::GenericPrep
            | Class::GenericLoop => None,
        }
    }

    /// Whether a comparison jumps on this outcome; false for other instructions.
    pub const fn jumps_on(&self, outcome: bool) -> bool {
        if let Class::Compare(_, on) | Class::RawEqual(on) = self.class {
            on == outcome
        } else {
            false
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::OPS;

    #[test]
    fn flags_have_a_meaning_and_stand_last() {
        for info in OPS {
            let at = info.operands.iter().position(|operand| operand.role == Role::Flag);
            assert_eq!(at.is_some(), info.flag.is_some(), "{}", info.mnemonic);
            if let Some(at) = at {
                assert_eq!(at + 1, info.operands.len(), "{}", info.mnemonic);
            }
        }
    }

    #[test]
    fn inputs_are_values() {
        for info in OPS {
            for input in info.inputs.into_iter().flatten() {
                let is_value = match input.role {
                    Role::Src | Role::Const | Role::ConstNum | Role::ConstStr => true,
                    Role::Upvalue | Role::Uint | Role::Int => true,
                    Role::Dst | Role::Win | Role::ConstWide | Role::Proto | Role::IntWide => false,
                    Role::Count | Role::Flag | Role::Jump | Role::JumpWide => false,
                };
                assert!(is_value, "{}: {input:?}", info.mnemonic);
            }
        }
    }

    #[test]
    fn what_completes_an_instruction_has_an_event() {
        for info in OPS.iter().filter(|info| info.completion().is_some()) {
            assert!(info.event(0).is_some() && info.throws, "{}", info.mnemonic);
            let result = info.completion() == Some(Completion::Result);
            let writes = info.op.role(Field::a) == Some(Role::Dst) || info.class == Class::Method;
            assert_eq!(result, writes && info.class != Class::Concat, "{}", info.mnemonic);
        }
    }

    #[test]
    fn what_may_run_a_metamethod_can_raise() {
        for info in OPS.iter().filter(|info| info.event(0).is_some()) {
            assert!(info.throws, "{}", info.mnemonic);
        }
    }
}
