//! Arithmetic off the fast paths: strings as numbers, floats as integers, metamethods, errors;
//! and concatenation and length.

use super::call::{Next, opcode};
use super::operand::*;
use crate::debug::fault::FaultKind;
use crate::error::Raise;
use crate::meta::Event;
use crate::object::bytes;
use crate::object::proto::unmarked;
use crate::value::{Value, format, number, tag};
use crate::vm::Vm;

/// The arithmetic and bitwise operators of the language.
pub use luka_bytecode::Operator;

/// Why two numbers cannot be combined.
pub enum ArithError {
    /// Integer division by zero.
    DivideByZero,
    /// Integer remainder by zero.
    ModuloByZero,
    /// An operand of a bitwise operator has no integer value.
    NoInteger,
}

/// Applies an operator to two numbers (`luaO_rawarith`).
pub fn raw_arith(operator: Operator, x: Value, y: Value) -> Result<Value, ArithError> {
    use Operator::*;
    match operator {
        BAnd | BOr | BXor | Shl | Shr | BNot => match (x.to_int_exact(), y.to_int_exact()) {
            (Some(a), Some(b)) => Ok(Value::int(integers(operator, a, b)?)),
            _ => Err(ArithError::NoInteger),
        },
        Add | Sub | Mul | Unm | IDiv | Mod => match (x.as_int(), y.as_int()) {
            (Some(a), Some(b)) => Ok(Value::int(integers(operator, a, b)?)),
            _ => Ok(Value::float(floats(operator, x, y))),
        },
        Div | Pow => Ok(Value::float(floats(operator, x, y))),
    }
}

/// An operator whose result of two integers is an integer; others make them floats.
fn integers(operator: Operator, a: i64, b: i64) -> Result<i64, ArithError> {
    use Operator::*;
    Ok(match operator {
        Add => a.wrapping_add(b),
        Sub => a.wrapping_sub(b),
        Mul => a.wrapping_mul(b),
        Unm => a.wrapping_neg(),
        IDiv if b == 0 => return Err(ArithError::DivideByZero),
        Mod if b == 0 => return Err(ArithError::ModuloByZero),
        IDiv => number::int_idiv(a, b),
        Mod => number::int_mod(a, b),
        BAnd => a & b,
        BOr => a | b,
        BXor => a ^ b,
        Shl => number::shift_left(a, b),
        Shr => number::shift_right(a, b),
        BNot => !a,
        Div | Pow => return Err(ArithError::NoInteger),
    })
}

/// An operator on two numbers as floats; bitwise ones have no such result.
fn floats(operator: Operator, x: Value, y: Value) -> f64 {
    use Operator::*;
    let float = |v: Value| v.as_float().unwrap_or_else(|| v.as_int().unwrap_or(0) as f64);
    let (a, b) = (float(x), float(y));
    match operator {
        Add => a + b,
        Sub => a - b,
        Mul => a * b,
        Div => a / b,
        Mod => number::float_mod(a, b),
        Pow => number::float_pow(a, b),
        IDiv => number::float_idiv(a, b),
        Unm => -a,
        BAnd | BOr | BXor | Shl | Shr | BNot => f64::NAN,
    }
}

impl Vm {
    /// Any arithmetic instruction. String operands are left to the metamethods of strings, as in
    /// PUC 5.4 (`lstrlib.c`).
    pub(crate) fn arith_slow(&mut self) -> Result<Next, Raise> {
        // SAFETY: operands are verified.
        unsafe {
            let (ip, base) = (self.ip, self.base);
            let info = opcode(unmarked(*ip)).info();
            let Some(operator) = info.operator((*ip).n) else {
                return Err(self.runtime_error("bad arithmetic instruction"));
            };
            let [x, y, _] = inputs(ip, base, info);
            // Strings are not taken: arithmetic on them is a metamethod of theirs, and bitwise
            // operators have none.
            if x.is_number() && y.is_number() {
                match raw_arith(operator, x, y) {
                    Ok(v) => {
                        *ra(ip, base) = v;
                        self.advance();
                        return Ok(Next::Lua);
                    }
                    Err(ArithError::DivideByZero) => {
                        return Err(self.zero_error(FaultKind::DivideByZero, x, y));
                    }
                    Err(ArithError::ModuloByZero) => {
                        return Err(self.zero_error(FaultKind::ModuloByZero, x, y));
                    }
                    Err(ArithError::NoInteger) => {}
                }
            }
            let event = operator.event();
            let mut handler = self.metamethod(x, event);
            if handler.is_nil() {
                handler = self.metamethod(y, event);
            }
            if handler.is_nil() {
                return Err(self.arith_error(event, x, y));
            }
            self.call_meta(handler, &[x, y], 0)
        }
    }

    /// LEN of anything but a plain table.
    pub(crate) fn len_slow(&mut self) -> Result<Next, Raise> {
        // SAFETY: operands are verified.
        unsafe {
            let v = *rb(self.ip, self.base);
            let result = if let Some(s) = v.as_str() {
                Value::int(s.len() as i64)
            } else {
                let handler = self.metamethod(v, Event::Len);
                match (handler.is_nil(), v.as_table()) {
                    (true, Some(t)) => Value::int(t.len()),
                    (true, None) => return Err(self.length_error(v)),
                    _ => return self.call_meta(handler, &[v, v], 0),
                }
            };
            *ra(self.ip, self.base) = result;
            self.advance();
            Ok(Next::Lua)
        }
    }

    /// CONCAT from its start.
    pub(crate) fn concat_instr(&mut self) -> Result<Next, Raise> {
        let n = self.instr().b as usize;
        self.concat(n)
    }

    /// Goes on with a CONCAT of which `n` operands are left in its window, from the right.
    pub(crate) fn concat(&mut self, mut n: usize) -> Result<Next, Raise> {
        // SAFETY: the window is verified; `n` only shrinks.
        unsafe {
            let a = ra(self.ip, self.base);
            while n > 1 {
                let (x, y) = (*a.add(n - 2), *a.add(n - 1));
                let text = |v: Value| v.is_string() || v.is_number();
                if !text(x) || !text(y) {
                    let mut handler = self.metamethod(x, Event::Concat);
                    if handler.is_nil() {
                        handler = self.metamethod(y, Event::Concat);
                    }
                    if handler.is_nil() {
                        return Err(self.concat_error(a.add(n - 2)));
                    }
                    return self.call_meta(handler, &[x, y], n as i32);
                }
                // as many as are strings or numbers, in one piece
                let mut first = n - 1;
                while first > 0 && text(*a.add(first - 1)) {
                    first -= 1;
                }
                *a.add(first) = self.join_piece(a.add(first), n - first)?;
                n = first + 1;
            }
            self.advance();
            self.safepoint_above(a)
        }
    }

    /// One string of `n` strings and numbers in registers; its fuel is charged.
    ///
    /// # Safety
    /// `first` and what follows are registers of the running frame.
    #[inline(always)]
    pub(crate) unsafe fn join_piece(
        &mut self,
        first: *mut Value,
        n: usize,
    ) -> Result<Value, Raise> {
        // SAFETY: the caller.
        unsafe {
            let parts = std::slice::from_raw_parts(first, n);
            if let Some((result, len)) = self.join_little(parts) {
                self.charge(len as u64 / 64);
                return Ok(result);
            }
            let mut total = 0usize;
            for j in 0..n {
                if (*first.add(j)).is_number() {
                    let s = self.number_to_str(*first.add(j));
                    *first.add(j) = s.into();
                }
                if let Some(s) = (*first.add(j)).as_str() {
                    total = match total.checked_add(s.len()) {
                        Some(t) if t <= i64::MAX as usize => t,
                        _ => return Err(self.runtime_error("string length overflow")),
                    };
                }
            }
            let result = self.join(first, n, total)?;
            self.charge(total as u64 / 64);
            Ok(result)
        }
    }

    /// Joins strings and integers in one go if the result is not long; with its length.
    #[inline]
    fn join_little(&mut self, parts: &[Value]) -> Option<(Value, usize)> {
        const ROOM: usize = 128;
        let mut buffer = [0u8; ROOM];
        let mut digits = [0; 20];
        let mut at = 0;
        for v in parts {
            let text = match v.as_str() {
                Some(s) => s.bytes(),
                None => format::signed_decimal(v.as_int()?, &mut digits),
            };
            if text.len() > ROOM - at {
                return None;
            }
            // SAFETY: the text fits into the rest of the buffer.
            unsafe { bytes::copy(text.as_ptr(), buffer.as_mut_ptr().add(at), text.len()) };
            at += text.len();
        }
        if at > luka_bytecode::MAX_SHORT_STRING
            && let Some(v) = parts.iter().find(|v| v.as_str().is_some_and(|s| s.len() == at))
        {
            return Some((*v, at)); // all others are empty
        }
        Some((self.heap.new_str(&buffer[..at]).ok()?.into(), at))
    }

    /// Joins `n` strings of `total` bytes.
    unsafe fn join(&mut self, first: *mut Value, n: usize, total: usize) -> Result<Value, Raise> {
        // SAFETY: the caller's `n` values lie on the stack, which does not move here; `total` is the
        // sum of their lengths, so both buffers hold them.
        unsafe {
            let parts = std::slice::from_raw_parts(first, n);
            // Nothing to do when all but one are empty.
            if let Some(v) = parts.iter().find(|v| v.as_str().is_some_and(|s| s.len() == total)) {
                return Ok(*v);
            }
            if total <= luka_bytecode::MAX_SHORT_STRING {
                let mut buffer = [0u8; luka_bytecode::MAX_SHORT_STRING];
                let mut at = 0;
                for v in parts {
                    if let Some(s) = v.as_str() {
                        buffer[at..at + s.len()].copy_from_slice(s.bytes());
                        at += s.len();
                    }
                }
                return Ok(self.heap.intern_or_long(&buffer[..total]).into());
            }
            if self.heap.reserve(total + 64).is_err() {
                // The operands are registers.
                self.top = self.frame_end();
                self.make_room(total + 64)?;
            }
            let (s, mut to) = self.heap.new_long_uninit(total)?;
            for v in parts {
                if let Some(s) = v.as_str() {
                    std::ptr::copy_nonoverlapping(s.bytes().as_ptr(), to, s.len());
                    to = to.add(s.len());
                }
            }
            Ok(s.into())
        }
    }
}

/// Whether two tags are of the same kind for comparisons of strings.
pub fn both_strings(a: Value, b: Value) -> bool {
    a.tag() | 1 == tag::LSTR && b.tag() | 1 == tag::LSTR
}
