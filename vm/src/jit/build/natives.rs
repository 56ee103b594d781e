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
            (Intrinsic::Sqrt, 2, 2) => is_float(self),
            (Intrinsic::Abs | Intrinsic::Floor | Intrinsic::Ceil | Intrinsic::ToNumber, 2, 2) => {
                self.number_tag(first, site.b).is_some()
            }
            (Intrinsic::ToString, 2, 2) => is_string,
            (Intrinsic::Assert, 2.., 1 | 2) => self.known(first).is_none_or(|tag| tag > tag::FALSE),
            (Intrinsic::Ipairs, 2, 4) => true,
            (Intrinsic::Pairs, 2, 4..) => {
                let tag = self.known(first).or(site.b.only());
                tag == Some(tag::TABLE) && !site.access.has_meta()
            }
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
            Intrinsic::Assert => return self.asserted(a),
            Intrinsic::ToString => {
                self.want_string(first)?;
                return self.same(a);
            }
            Intrinsic::Ipairs | Intrinsic::Pairs => return self.iterator(i, native.intrinsic),
            Intrinsic::ToNumber => {
                let tag = self.number_tag(first, self.site().b)?;
                self.want(first, tag)?;
                return self.same(a);
            }
            other => match self.number_tag(first, self.site().b)? {
                tag::INT => {
                    let x = self.want(first, tag::INT)?;
                    (self.of_integer(other, x)?, tag::INT)
                }
                _ => {
                    let x = self.want(first, tag::FLOAT)?;
                    self.of_float(other, x)?
                }
            },
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

    /// The call has the argument as its result.
    fn same(&mut self, a: usize) -> Option<()> {
        let v = self.any(a + HEADER);
        self.paid();
        self.set(a, v.payload, v.tag);
        Some(())
    }

    /// `assert` of what is neither nil nor false.
    fn asserted(&mut self, a: usize) -> Option<()> {
        if let Tag::Value(v) = self.any(a + HEADER).tag {
            let falsy = Ins { a: v, y: tag::FALSE.into(), ..Ins::new(Op::GuardByte) };
            self.guard(Ins { cond: Cond::BelowEqual, ..falsy });
        }
        self.same(a)
    }

    /// `ipairs`, or `pairs` of a table without a metatable: iterator, value and first control value, and as many nils as
    /// are wanted besides.
    fn iterator(&mut self, i: Instr, intrinsic: Intrinsic) -> Option<()> {
        let a = self.a(i);
        let pairs = intrinsic == Intrinsic::Pairs;
        if pairs {
            let t = self.want(a + HEADER, tag::TABLE)?;
            self.no_metatable(t);
        }
        let object = self.payload(a, tag::NATIVE);
        let k = (offset_of!(NativeObj, hdr) + offset_of!(Header, extra)) as i64;
        let none = Ins { a: object, y: 0, k, ..Ins::new(Op::GuardMem1) };
        self.guard(Ins { cond: Cond::Equal, ..none });
        let at = offset_of!(NativeObj, upvals);
        let tag = self.load(Op::Load1, Class::General, object, at + offset_of!(Value, tag));
        let payload = self.load(Op::Load8, Class::General, object, at);
        let v = self.any(a + HEADER);
        let zero = self.int(0);
        self.paid();
        self.set(a, payload, Tag::Value(tag));
        self.set(a + 1, v.payload, v.tag);
        match pairs {
            true => (a + 2..a + i.c as usize - 1).for_each(|r| self.set_known(r, NONE, tag::NIL)),
            false => self.set_known(a + 2, zero, tag::INT),
        }
        Some(())
    }

    /// A function of an integer that has an integer as its result.
    fn of_integer(&mut self, intrinsic: Intrinsic, x: V) -> Option<V> {
        match intrinsic {
            Intrinsic::Floor | Intrinsic::Ceil => Some(x),
            Intrinsic::Abs => {
                let zero = self.int(0);
                let negated = self.ints(Op::Sub, zero, x);
                let less = Ins { a: x, b: zero, cond: Cond::Less, ..Ins::new(Op::Branch) };
                Some(self.choose(less, negated, x))
            }
            _ => None,
        }
    }

    /// A function of a float, and the type of its result.
    fn of_float(&mut self, intrinsic: Intrinsic, x: V) -> Option<(V, u8)> {
        let (op, result) = match intrinsic {
            Intrinsic::Sqrt => (Op::SqrtF, tag::FLOAT),
            Intrinsic::Abs => (Op::AbsF, tag::FLOAT),
            Intrinsic::Floor => (Op::FloorToInt, tag::INT),
            Intrinsic::Ceil => {
                // The opposite of the opposite, rounded down.
                let x = self.define(Class::Float, Ins { a: x, ..Ins::new(Op::NegF) });
                let (floor, tag) = self.of_float(Intrinsic::Floor, x)?;
                let zero = self.int(0);
                return Some((self.ints(Op::Sub, zero, floor), tag));
            }
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
