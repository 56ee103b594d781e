//! Calls of small native functions in place, where what was seen is what their intrinsics in the
//! interpreter do.

use super::Builder;
use super::state::Tag;
use crate::function::NativeObj;
use crate::jit::ir::*;
use crate::object::native::{Intrinsic, Native};
use crate::stack::link::HEADER;
use crate::value::tag;
use luka_bytecode::Instr;
use std::mem::offset_of;

impl Builder<'_> {
    pub(super) fn call_native(&mut self, i: Instr, native: &'static Native) -> Option<()> {
        let one = (i.b, i.c) == (2, 2);
        let (op, result) = match native.intrinsic {
            Intrinsic::Sqrt if one => (Op::SqrtF, tag::FLOAT),
            Intrinsic::Abs if one => (Op::AbsF, tag::FLOAT),
            Intrinsic::Floor if one => (Op::FloorToInt, tag::INT),
            _ => return None,
        };
        let a = self.a(i);
        // The argument's type, as the record of calls has it.
        if self.number_tag(a + HEADER, self.site().b) != Some(tag::FLOAT) {
            return None;
        }
        self.is_native(a, native)?;
        let x = self.want(a + HEADER, tag::FLOAT)?;
        if op == Op::SqrtF {
            // (Of anything else the native makes what it makes.)
            let b = self.float(0.0);
            let negative = Ins { a: x, b, cond: Cond::Below, ..Ins::new(Op::GuardF) };
            self.guard(negative);
        }
        let exit = self.exit(Why::Guard);
        let class = super::state::class_of(result);
        let leaves = if op == Op::FloorToInt { exit } else { NONE };
        let v = self.define(class, Ins { a: x, x: leaves, ..Ins::new(op) });
        self.paid();
        self.set_known(a, v, result);
        Some(())
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
