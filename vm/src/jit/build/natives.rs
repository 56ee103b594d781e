//! Calls of native functions. Small ones are carried out in place, where what was seen is what their
//! intrinsics in the interpreter do; the others by the handlers of those.

use super::Builder;
use super::facts::Fact;
use super::state::{Tag, class_of, slot};
use crate::function::NativeObj;
use crate::heap::Header;
use crate::jit::feedback::Seen;
use crate::jit::ir::*;
use crate::jit::layout::intrinsic_handler;
use crate::object::native::{Intrinsic, Native};
use crate::stack::link::HEADER;
use crate::value::{Type, Value, tag};
use luka_bytecode::Instr;
use std::mem::offset_of;

/// The types of values, by their tags.
static TYPES: [u8; 256] = {
    let mut types = [0; 256];
    let mut tag = 0;
    while tag < 256 {
        types[tag] = Value { payload: 0, tag: tag as u8 }.type_of() as u8;
        tag += 1;
    }
    types
};

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
            (Intrinsic::Max | Intrinsic::Min, 3, 2) => self.numbers_of_one_type(first).is_some(),
            (Intrinsic::Type, 2, 2) => true,
            _ => false,
        }
    }

    /// The type of the two numbers in a register and the next, if it is the same.
    fn numbers_of_one_type(&self, first: usize) -> Option<u8> {
        let site = self.site();
        let tag = self.number_tag(first, site.b)?;
        (self.number_tag(first + 1, site.c) == Some(tag)).then_some(tag)
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
            Intrinsic::Max | Intrinsic::Min => {
                let tag = self.numbers_of_one_type(first)?;
                let (x, y) = (self.want(first, tag)?, self.want(first + 1, tag)?);
                let (a, b) = if native.intrinsic == Intrinsic::Max { (x, y) } else { (y, x) };
                // The second one if it is greater, or less: of floats that are not ordered, the first.
                let less = match class_of(tag) {
                    Class::General => Ins { a, b, cond: Cond::Less, ..Ins::new(Op::Branch) },
                    Class::Float => Ins { a, b, cond: Cond::Below, ..Ins::new(Op::BranchF) },
                };
                self.paid();
                (self.choose(less, y, x), tag)
            }
            Intrinsic::Type => return self.type_name(a),
            other => {
                let x = self.want(first, tag::FLOAT)?;
                self.of_float(other, x)?
            }
        };
        if !matches!(native.intrinsic, Intrinsic::Max | Intrinsic::Min) {
            self.paid();
        }
        self.set_known(a, v, result);
        Some(())
    }

    /// One of two values: the first if a branch is taken.
    pub(super) fn choose(&mut self, branch: Ins, yes: V, no: V) -> V {
        let from = self.block;
        let (t, f, next) = (self.new_block(), self.new_block(), self.new_block());
        self.block = from;
        self.push(Ins { t, f, ..branch });
        for (block, v) in [(t, yes), (f, no)] {
            self.block = block;
            self.push(Ins { t: next, ..Ins::new(Op::Jump) });
            self.func.blocks[block as usize].args = vec![v];
        }
        self.block = next;
        self.parameter(next, self.func.class[yes as usize])
    }

    /// The name of the type of `type`'s argument: an upvalue of the function in register `a`.
    fn type_name(&mut self, a: usize) -> Option<()> {
        let object = self.payload(a, tag::NATIVE);
        let k = offset_of!(NativeObj, hdr) + offset_of!(Header, extra);
        let count =
            Ins { a: object, y: Type::COUNT as i32, k: k as i64, ..Ins::new(Op::GuardMem1) };
        self.guard(count);
        let (names, slot) = (offset_of!(NativeObj, upvals), size_of::<Value>());
        let of = |t: usize| names + t * slot;
        let at = match self.any(a + HEADER).tag {
            Tag::Known(tag) => (object, of(TYPES[usize::from(tag)].into())),
            Tag::Value(tag) => {
                let types = self.int(TYPES.as_ptr() as i64);
                let byte = self.int(0xff);
                let b = self.ints(Op::And, tag, byte);
                let t = self.define(Class::General, Ins { a: types, b, ..Ins::new(Op::LoadX1) });
                let t = self.define(Class::General, Ins { a: t, k: 4, ..Ins::new(Op::ShiftLeftK) });
                (self.ints(Op::Add, object, t), of(0))
            }
            Tag::Memory => return None,
        };
        let payload = self.load(Op::Load8, Class::General, at.0, at.1);
        let tag = self.load(Op::Load1, Class::General, at.0, at.1 + offset_of!(Value, tag));
        self.paid();
        self.set(a, payload, Tag::Value(tag));
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
    pub(super) fn is_native(&mut self, r: usize, native: &'static Native) -> Option<()> {
        let reg = self.any(r);
        match reg.tag {
            Tag::Known(tag::NATIVE) => {}
            Tag::Value(_) => {
                self.want(r, tag::NATIVE)?;
            }
            Tag::Known(_) | Tag::Memory => return None,
        }
        let object = self.payload(r, tag::NATIVE);
        let address = &raw const *native as usize;
        self.check(Fact::IsNative(object, address), |s| {
            let b = s.int(address as i64);
            let k = offset_of!(NativeObj, def) as i64;
            s.guard(Ins { a: object, b, k, ..Ins::new(Op::GuardMem8) });
        });
        Some(())
    }
}
