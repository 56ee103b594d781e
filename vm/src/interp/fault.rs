//! Errors of instructions: which operand is to blame, and the text (see [`crate::debug::fault`]).

use super::call::opcode;
use super::frame::{FrameKind, HEADER, SLOT};
use crate::debug::fault::{FaultKind, ForPart, Operand};
use crate::error::Raise;
use crate::meta::Event;
use crate::value::{Value, tag};
use crate::vm::Vm;
use luka_bytecode::{Class, Role, operand};
use std::borrow::Cow;

/// The operands of the running instruction in the order of the source, as messages name them.
struct BlamedOperands {
    first: Operand,
    second: Operand,
}

impl Vm {
    /// An error of the running instruction or native in other words, with the position in front.
    #[cold]
    pub fn runtime_error(&mut self, message: &'static str) -> Raise {
        self.raise_plain(FaultKind::Message(Cow::Borrowed(message.as_bytes())))
    }

    fn in_lua(&self) -> bool {
        // SAFETY: `base` is a frame's base.
        !self.ip.is_null() && unsafe { (*self.base.sub(HEADER)).tag } == tag::LUA_FN
    }

    fn blamed_operands(&self) -> BlamedOperands {
        if !self.in_lua() {
            return BlamedOperands { first: Operand::None, second: Operand::None };
        }
        let i = self.instr();
        let [first, second, _] = opcode(i).info().arguments(i.n).map(|input| {
            let Some(input) = input else { return Operand::None };
            let raw = operand::raw(i, input.field);
            if input.role == Role::Src {
                Operand::Reg(raw as u16 / SLOT as u16)
            } else if input.role == Role::Upvalue {
                Operand::Upvalue(raw as u8)
            } else {
                Operand::None
            }
        });
        BlamedOperands { first, second }
    }

    /// `#v`: "attempt to get length of a nil value (local 'x')".
    #[cold]
    pub(crate) fn length_error(&mut self, v: Value) -> Raise {
        let found = self.blamed_operands().first;
        self.raise(FaultKind::Length, &[(v, found)], 0)
    }

    /// "attempt to index a nil value (local 'x')".
    #[cold]
    pub(crate) fn index_error(&mut self, object: Value, key: Value) -> Raise {
        let mut found = Operand::None;
        if self.in_lua() {
            // After a step along an `__index` chain the operand is another value.
            let blame = self.blamed_operands().first;
            let same = match blame {
                Operand::Reg(r) => {
                    // SAFETY: a register of the running frame.
                    let v = unsafe { *self.base.add(r as usize) };
                    v.tag() == object.tag() && v.payload() == object.payload()
                }
                Operand::Upvalue(_) | Operand::None => true,
            };
            if same {
                found = blame;
            }
        }
        self.raise(FaultKind::Index, &[(object, found), (key, Operand::None)], 0)
    }

    /// "attempt to call a nil value (global 'f')": `f` is the slot of the called value.
    #[cold]
    pub(super) fn call_error(&mut self, f: *mut Value) -> Raise {
        // SAFETY: a slot of the running stack.
        let (v, register) = unsafe { (*f, f.offset_from(self.base)) };
        let kind = if !self.in_lua() {
            FrameKind::Native
        } else {
            // The callee of a TFORCALL has no name in its register.
            let class = opcode(self.instr()).info().class;
            let names = matches!(class, Class::Call | Class::TailCall);
            if names { FrameKind::Lua } else { FrameKind::Meta }
        };
        let found = match u16::try_from(register) {
            Ok(r) if kind == FrameKind::Lua => Operand::Reg(r),
            _ => Operand::None,
        };
        self.raise_call(v, found, kind)
    }

    #[cold]
    pub(crate) fn arith_error(&mut self, event: Event, x: Value, y: Value) -> Raise {
        let blame = self.blamed_operands();
        self.raise_arithmetic(event, (x, blame.first), (y, blame.second))
    }

    /// Division by the integer zero.
    #[cold]
    pub(crate) fn zero_error(&mut self, kind: FaultKind, x: Value, y: Value) -> Raise {
        let blame = self.blamed_operands();
        let operands = [(x, blame.first), (y, blame.second)];
        // The message names nothing.
        self.raise(kind, &operands, operands.len())
    }

    /// The operands at `slot` and the one above it cannot be concatenated: blames the first that is
    /// not a string (`luaG_concaterror`).
    #[cold]
    pub(super) fn concat_error(&mut self, slot: *mut Value) -> Raise {
        let i = self.instr();
        // SAFETY: registers of the running frame.
        let (x, y, r) = unsafe { (*slot, *slot.add(1), slot.offset_from(self.base) as u16) };
        let operands = [(x, Operand::Reg(r)), (y, Operand::Reg(r + 1))];
        let blamed = usize::from(x.is_string() || x.is_number());
        let part = r.saturating_sub(i.a / SLOT as u16) as usize;
        self.raise(FaultKind::Concat { part, parts: i.b as usize }, &operands, blamed)
    }

    #[cold]
    pub(crate) fn order_error(&mut self, x: Value, y: Value) -> Raise {
        let operands = [(x, Operand::None), (y, Operand::None)];
        self.raise(FaultKind::Compare, &operands, 0)
    }

    #[cold]
    pub(crate) fn for_error(&mut self, v: Value, part: ForPart) -> Raise {
        self.raise(FaultKind::ForLoop(part), &[(v, Operand::None)], 0)
    }

    #[cold]
    pub(super) fn not_closable_error(&mut self, slot: *mut Value) -> Raise {
        // SAFETY: a register of the running frame.
        let (v, register) = unsafe { (*slot, slot.offset_from(self.base) as u16) };
        self.raise_not_closable(v, register)
    }
}
