//! Calls of native functions. Small ones are carried out in place, where what was seen is what their
//! intrinsics in the interpreter do; the others by the handlers of those.

use super::Builder;
use super::state::{Tag, class_of, slot};
use crate::function::NativeObj;
use crate::jit::feedback::Seen;
use crate::jit::ir::*;
use crate::jit::layout::intrinsic_handler;
use crate::object::native::{Intrinsic, Native};
use crate::stack::link::HEADER;
use crate::value::tag;
use luka_bytecode::Instr;
use std::mem::offset_of;

impl Builder<'_> {
    pub(super) fn call_native(&mut self, i: Instr, native: &'static Native) -> Option<()> {
        if let Some(done) = self.native_in_place(i, native) {
            return done;
        }
        self.is_native(self.a(i), native)?;
        self.by_handler_at(i, self.pc, intrinsic_handler(native.intrinsic), |_| {});
        if self.open {
            self.check_result(i)?;
        }
        Some(())
    }

    /// The same for a TAILCALL; `None`: nothing has been done. What comes next is the RETURN of all results.
    pub(super) fn tail_call_native(&mut self, i: Instr, native: &'static Native) -> Option<()> {
        let done = self.native_in_place(Instr { c: 2, ..i }, native)?;
        if self.open {
            let end = slot(self.a(i) + 1);
            self.push(Ins { k: end, ..Ins::new(Op::SetTop) });
        }
        done.or(Some(()))
    }

    /// Carries out a call for one result, if that is to be done here.
    fn native_in_place(&mut self, i: Instr, native: &'static Native) -> Option<Option<()>> {
        if self.is_in_place(i, native) {
            return Some(self.in_place(i, native));
        }
        let a = self.a(i);
        if native.intrinsic == Intrinsic::SetMetatable
            && (i.b, i.c) == (3, 2)
            && self.site().c == Seen::TABLE
            && let Some((t, _)) = self.new_table_in(a + HEADER)
        {
            let done = self.is_native(a, native).and_then(|()| self.set_metatable(a, t));
            return Some(done);
        }
        None
    }

    /// Whether the call is one that [`Builder::in_place`] carries out.
    fn is_in_place(&mut self, i: Instr, native: &Native) -> bool {
        let site = self.site();
        let first = self.a(i) + HEADER;
        let is_string = match self.known(first) {
            Some(tag) => matches!(tag, tag::STR | tag::LSTR),
            None => !site.b.is_empty() && site.b.within(Seen::STRING),
        };
        let is_float = |s: &Self| s.number_tag(first, site.b) == Some(tag::FLOAT);
        match (native.intrinsic, i.b, i.c) {
            (Intrinsic::Sqrt | Intrinsic::Abs | Intrinsic::Floor, 2, 2) => is_float(self),
            (Intrinsic::Len | Intrinsic::Byte, 2, 2) => is_string,
            (Intrinsic::Byte, 3, 2) => {
                is_string && self.number_tag(first + 1, site.c) == Some(tag::INT)
            }
            _ => false,
        }
    }

    fn in_place(&mut self, i: Instr, native: &'static Native) -> Option<()> {
        let a = self.a(i);
        self.is_native(a, native)?;
        let first = a + HEADER;
        let (v, result) = match native.intrinsic {
            Intrinsic::Len => {
                let s = self.want_string(first)?;
                (self.string_length(s), tag::INT)
            }
            Intrinsic::Byte => {
                let s = self.want_string(first)?;
                let position = match i.b {
                    2 => self.int(1),
                    _ => self.want(first + 1, tag::INT)?,
                };
                (self.byte_at(s, position), tag::INT)
            }
            other => {
                let x = self.want(first, tag::FLOAT)?;
                self.of_float(other, x)?
            }
        };
        self.paid();
        self.set_known(a, v, result);
        Some(())
    }

    /// A function of a float, and the type of its result.
    fn of_float(&mut self, intrinsic: Intrinsic, x: V) -> Option<(V, u8)> {
        let (op, result) = match intrinsic {
            Intrinsic::Sqrt => (Op::SqrtF, tag::FLOAT),
            Intrinsic::Abs => (Op::AbsF, tag::FLOAT),
            Intrinsic::Floor => (Op::FloorToInt, tag::INT),
            _ => return None,
        };
        if op == Op::SqrtF {
            // (Of anything else the native makes what it makes.)
            let b = self.float(0.0);
            let negative = Ins { a: x, b, cond: Cond::Below, ..Ins::new(Op::GuardF) };
            self.guard(negative);
        }
        let exit = self.exit(Why::Guard);
        let leaves = if op == Op::FloorToInt { exit } else { NONE };
        let v = self.define(class_of(result), Ins { a: x, x: leaves, ..Ins::new(op) });
        Some((v, result))
    }

    /// Checks that a register holds a function object of this native.
    fn is_native(&mut self, r: usize, native: &'static Native) -> Option<()> {
        let reg = self.any(r);
        match reg.tag {
            Tag::Known(tag::NATIVE) => {}
            Tag::Value(_) => {
                self.want(r, tag::NATIVE)?;
            }
            Tag::Known(_) | Tag::Memory => return None,
        }
        let b = self.int(&raw const *native as i64);
        let k = offset_of!(NativeObj, def) as i64;
        let object = self.payload(r, tag::NATIVE);
        self.guard(Ins { a: object, b, k, ..Ins::new(Op::GuardMem8) });
        Some(())
    }
}
