//! Comparisons off the fast paths.

use super::call::{Next, opcode};
use super::operand::*;
use crate::error::Raise;
use crate::heap::Gc;
use crate::meta::Event;
use crate::object::{bytes, string::Str};
use crate::value::{Value, number, tag};
use crate::vm::{Vm, meter::BYTES_COMPARED};
use luka_bytecode::{Class, Op, Relation};

/// Raw equality with a constant.
///
/// # Safety
/// Both point to values, and a heap value is live.
#[inline(always)]
pub unsafe fn equal_const(a: *const Value, k: *const Value) -> bool {
    // SAFETY: The caller: both can be read.
    unsafe {
        if (*a).tag == (*k).tag {
            if (*a).tag <= tag::TRUE {
                return true;
            }
            if (*a).payload == (*k).payload && (*a).tag != tag::FLOAT {
                return true;
            }
            if (*a).tag != tag::FLOAT && (*a).tag != tag::LSTR {
                return false;
            }
        } else if (*a).is_heap() || (*k).is_heap() {
            return false;
        }
        equal_slow(*a, *k)
    }
}

#[cold]
#[inline(never)]
fn equal_slow(a: Value, b: Value) -> bool {
    a.raw_eq(b)
}

/// `a < b` of numbers.
pub fn number_lt(a: Value, b: Value) -> bool {
    match (a.as_int(), a.as_float(), b.as_int(), b.as_float()) {
        (Some(x), _, Some(y), _) => x < y,
        (_, Some(x), _, Some(y)) => x < y,
        (Some(x), _, _, Some(y)) => number::int_lt_float(x, y),
        (_, Some(x), Some(y), _) => number::float_lt_int(x, y),
        _ => false,
    }
}

/// `a <= b` of numbers.
pub fn number_le(a: Value, b: Value) -> bool {
    match (a.as_int(), a.as_float(), b.as_int(), b.as_float()) {
        (Some(x), _, Some(y), _) => x <= y,
        (_, Some(x), _, Some(y)) => x <= y,
        (Some(x), _, _, Some(y)) => number::int_le_float(x, y),
        (_, Some(x), Some(y), _) => number::float_le_int(x, y),
        _ => false,
    }
}

/// The order of two strings: below, at or above 0.
///
/// # Safety
/// Both point to values that are live strings.
#[inline(never)]
pub unsafe fn order_strings(a: *const Value, b: *const Value) -> i32 {
    // SAFETY: the caller says what the values are.
    unsafe {
        if (*a).payload == (*b).payload {
            return 0;
        }
        let (a, b) = (Gc::<Str>::from_payload((*a).payload), Gc::<Str>::from_payload((*b).payload));
        bytes::order(a.bytes(), b.bytes()) as i32
    }
}

/// What an order comparison came to.
pub enum Ordered {
    /// The result.
    Known(bool),
    /// Call this with the operands. `negate` (only for `<=`): with the operands exchanged, and its
    /// result is negated.
    Call {
        /// The metamethod to call.
        handler: Value,
        /// The result is to be negated.
        negate: bool,
    },
}

/// Note for [`Vm::call_meta`]: the comparison holds when the metamethod says no.
pub const NEGATE: i32 = 1;

impl Vm {
    /// `a < b` (`event` = `Lt`) or `a <= b` (`Le`), up to a metamethod.
    pub fn order(&mut self, event: Event, a: Value, b: Value) -> Result<Ordered, Raise> {
        if a.is_number() && b.is_number() {
            let r = if event == Event::Lt { number_lt(a, b) } else { number_le(a, b) };
            return Ok(Ordered::Known(r));
        }
        if let (Some(x), Some(y)) = (a.as_str(), b.as_str()) {
            self.charge_many(x.len().min(y.len()), BYTES_COMPARED);
            let order = bytes::order(x.bytes(), y.bytes());
            let r = if event == Event::Lt { order.is_lt() } else { order.is_le() };
            return Ok(Ordered::Known(r));
        }
        let mut handler = self.metamethod(a, event);
        if handler.is_nil() {
            handler = self.metamethod(b, event);
        }
        if !handler.is_nil() {
            return Ok(Ordered::Call { handler, negate: false });
        }
        if event == Event::Le {
            // `not (b < a)` stands in for a missing `__le` in stock builds of 5.4
            // (LUA_COMPAT_LT_LE).
            let mut less = self.metamethod(b, Event::Lt);
            if less.is_nil() {
                less = self.metamethod(a, Event::Lt);
            }
            if !less.is_nil() {
                return Ok(Ordered::Call { handler: less, negate: true });
            }
        }
        Err(self.order_error(a, b))
    }

    /// `a == b` up to a metamethod.
    pub fn equal(&mut self, a: Value, b: Value) -> Ordered {
        if let (Some(x), Some(y)) = (a.as_str(), b.as_str())
            && x.len() == y.len()
            && x != y
        {
            self.charge_many(x.len(), BYTES_COMPARED);
        }
        if a.raw_eq(b) {
            return Ordered::Known(true);
        }
        let both = |t: u8| a.tag() == t && b.tag() == t;
        if both(tag::TABLE) || both(tag::USERDATA) {
            let mut handler = self.metamethod(a, Event::Eq);
            if handler.is_nil() {
                handler = self.metamethod(b, Event::Eq);
            }
            if !handler.is_nil() {
                return Ordered::Call { handler, negate: false };
            }
        }
        Ordered::Known(false)
    }

    /// Equality of a long string with a constant that is one.
    pub(crate) fn equal_long_constant(&mut self) -> Result<Next, Raise> {
        let i = self.instr();
        let op = opcode(i);
        // SAFETY: operands are verified.
        let [x, y, _] = unsafe { inputs(self.ip, self.base, op.info()) };
        let Ordered::Known(equal) = self.equal(x, y) else {
            return Err(self.runtime_error("bad comparing instruction"));
        };
        self.finish_compare(op, i.c as i16, equal);
        Ok(Next::Lua)
    }

    /// Any comparing jump.
    pub(crate) fn compare_slow(&mut self) -> Result<Next, Raise> {
        let i = self.instr();
        let op = opcode(i);
        let info = op.info();
        let Class::Compare(relation, _) = info.class else {
            return Err(self.runtime_error("bad comparing instruction"));
        };
        // SAFETY: operands are verified.
        let [x, y, _] = unsafe { inputs(self.ip, self.base, info) };
        let outcome = match relation {
            Relation::Eq => self.equal(x, y),
            Relation::Lt | Relation::Le | Relation::Gt | Relation::Ge => {
                self.order(relation.event(), x, y)?
            }
        };
        match outcome {
            Ordered::Known(r) => {
                self.finish_compare(op, i.c as i16, r);
                Ok(Next::Lua)
            }
            Ordered::Call { handler, negate: false } => self.call_meta(handler, &[x, y], 0),
            Ordered::Call { handler, negate: true } => self.call_meta(handler, &[y, x], NEGATE),
        }
    }

    /// Takes or passes the jump of a comparison with this outcome.
    #[inline(always)]
    pub(crate) fn finish_compare(&mut self, op: Op, offset: i16, result: bool) {
        let jumps = super::finish::JUMPS_IF_TRUE[op as usize] == result;
        let distance = if jumps { 1 + offset as isize } else { 1 };
        // SAFETY: jump targets are verified.
        self.ip = unsafe { self.ip.offset(distance) };
    }
}
