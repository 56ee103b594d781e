//! Texts of run-time errors: "attempt to index a nil value (field 'x')" and the like.
//!
//! All work on the running function at its current instruction. The `…_msg` functions give the
//! text without position; [`Vm::run_error`] makes an error of it.

use super::names::{frame_upvalue_name, name_from_call, register_name};
use crate::error::Raise;
use crate::meta::Event;
use crate::stack::{FrameKind, FrameView};
use crate::value::{Value, tag};
use crate::vm::Vm;

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

/// Instructions and variables of a function that a unit of fuel pays for when an error is worded.
const LOOKED_AT: u64 = 64;

impl Vm {
    /// The error of a failed instruction: the message, with the position in front if a function of
    /// the language runs (`luaG_runerror`).
    #[cold]
    pub fn run_error(&mut self, message: impl AsRef<[u8]>) -> Raise {
        // Words for a value are looked for in all the function's code and variables.
        if let Some((proto, pc)) = self.running_frame().as_ref().and_then(super::visible_code) {
            let looked_at = pc + proto.data.debug.locals.len();
            self.charge(looked_at as u64 / LOOKED_AT);
        }
        let text = self.with_position(message.as_ref());
        Raise::Error(self.heap.intern_or_long(&text).into())
    }

    /// The type of a value as messages name it: the `__name` of its metatable if it is a table or
    /// userdata and has one, else its basic type (`luaT_objtypename`).
    pub fn type_name_of(&self, v: Value) -> Vec<u8> {
        if matches!(v.tag(), tag::TABLE | tag::USERDATA)
            && let Some(name) = self.metatable_name(v)
        {
            return name;
        }
        v.type_of().name().as_bytes().to_vec()
    }

    /// "attempt to OP a TYPE value (local 'x')" (`luaG_typeerror`).
    #[cold]
    pub fn type_error_msg(&self, v: Value, at: Operand, op: &str) -> Vec<u8> {
        self.attempt_to(op, v, self.operand_info(at))
    }

    /// "attempt to call a TYPE value (global 'f')" (`luaG_callerror`). `how` is the kind of frame
    /// the call would have made, `at` the register of the called value.
    #[cold]
    pub fn call_error_msg(&self, v: Value, at: Operand, how: FrameKind) -> Vec<u8> {
        let frame = self.running_frame();
        let info = match frame.as_ref().and_then(|f| name_from_call(how, f)) {
            Some(name) => name.in_parentheses(),
            None => self.operand_info(at),
        };
        self.attempt_to("call", v, info)
    }

    /// "attempt to call a TYPE value (metamethod '__gc')": a finalizer that cannot be called.
    #[cold]
    pub(crate) fn finalizer_call_msg(&self, v: Value) -> Vec<u8> {
        self.attempt_to("call", v, b" (metamethod '__gc')".to_vec())
    }

    /// "bad 'for' limit (number expected, got TYPE)" (`luaG_forerror`). `what` is "initial value",
    /// "limit" or "step".
    #[cold]
    pub fn for_error_msg(&self, v: Value, what: &str) -> Vec<u8> {
        let name = self.type_name_of(v);
        [b"bad 'for' ", what.as_bytes(), b" (number expected, got ", &name, b")"].concat()
    }

    /// The error of a failed `..` (`luaG_concaterror`): blames the operand that is not a string.
    #[cold]
    pub fn concat_error_msg(&self, a: (Value, Operand), b: (Value, Operand)) -> Vec<u8> {
        let (v, at) = if a.0.is_string() || a.0.is_number() { b } else { a };
        self.type_error_msg(v, at, "concatenate")
    }

    /// The error of failed arithmetic (`luaT_trybinTM`): blames the second operand if the first is
    /// a number (`luaG_opinterror`), or tells of a number without integer representation.
    #[cold]
    pub fn arith_error_msg(
        &self,
        event: Event,
        a: (Value, Operand),
        b: (Value, Operand),
    ) -> Vec<u8> {
        use Event::*;
        if !matches!(event, BAnd | BOr | BXor | Shl | Shr | BNot) {
            let (v, at) = if a.0.is_number() { b } else { a };
            return self.type_error_msg(v, at, "perform arithmetic on");
        }
        if a.0.is_number() && b.0.is_number() {
            return self.to_int_error_msg(a, b);
        }
        let (v, at) = if a.0.is_number() { b } else { a };
        self.type_error_msg(v, at, "perform bitwise operation on")
    }

    /// "number (local 'x') has no integer representation" (`luaG_tointerror`).
    #[cold]
    pub fn to_int_error_msg(&self, a: (Value, Operand), b: (Value, Operand)) -> Vec<u8> {
        let (_, at) = if a.0.to_int_exact().is_none() { a } else { b };
        [b"number", &*self.operand_info(at), b" has no integer representation"].concat()
    }

    /// "attempt to compare two table values", "attempt to compare number with nil"
    /// (`luaG_ordererror`).
    #[cold]
    pub fn order_error_msg(&self, a: Value, b: Value) -> Vec<u8> {
        let (x, y) = (self.type_name_of(a), self.type_name_of(b));
        if x == y {
            [b"attempt to compare two ", &*x, b" values"].concat()
        } else {
            [b"attempt to compare ", &*x, b" with ", &*y].concat()
        }
    }

    /// "variable 'x' got a non-closable value" (`checkclosemth`).
    #[cold]
    pub fn not_closable_msg(&self, register: u16) -> Vec<u8> {
        let name = self
            .running_frame()
            .and_then(|f| self.find_local(self.thread, &f, register as i32 + 1))
            .map_or(b"?".to_vec(), |(name, _)| name);
        [b"variable '", &*name, b"' got a non-closable value"].concat()
    }

    fn attempt_to(&self, op: &str, v: Value, info: Vec<u8>) -> Vec<u8> {
        let name = self.type_name_of(v);
        [b"attempt to ", op.as_bytes(), b" a ", &name, b" value", &info].concat()
    }

    /// ` (local 'x')` or nothing.
    fn operand_info(&self, at: Operand) -> Vec<u8> {
        let frame = self.running_frame();
        let name = frame.and_then(|f| match at {
            Operand::Reg(r) => register_name(&f, r as usize),
            Operand::Upvalue(n) => frame_upvalue_name(&f, n as usize),
            Operand::None => None,
        });
        name.map_or_else(Vec::new, |n| n.in_parentheses())
    }

    fn running_frame(&self) -> Option<FrameView> {
        self.frames(self.thread).next()
    }
}
