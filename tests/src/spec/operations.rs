//! The operations of the reference: what may call a metamethod ends in a [`Step::Call`], whose
//! first result is the operation's.

use luka_vm::debug::{FaultKind, Operand};
use luka_vm::interp::at::At;
use luka_vm::{Event, Raise, Type, Value};
use std::cmp::Ordering;

use super::numbers::{self, NoResult, combine};

/// Longest chain of `__index` or `__newindex`.
const CHAIN: usize = 2000;

/// What an operation has come to.
pub enum Step<T> {
    Done(T),
    /// This is called with these.
    Call(Value, Vec<Value>),
}

pub type Stepped<T> = Result<Step<T>, Raise>;

/// The operators `arith` knows.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    Add,
    Sub,
    Mul,
    Mod,
    Pow,
    Div,
    Idiv,
    Band,
    Bor,
    Bxor,
    Shl,
    Shr,
    Unm,
    Bnot,
}

impl Operator {
    fn event(self) -> &'static str {
        match self {
            Operator::Add => "__add",
            Operator::Sub => "__sub",
            Operator::Mul => "__mul",
            Operator::Mod => "__mod",
            Operator::Pow => "__pow",
            Operator::Div => "__div",
            Operator::Idiv => "__idiv",
            Operator::Band => "__band",
            Operator::Bor => "__bor",
            Operator::Bxor => "__bxor",
            Operator::Shl => "__shl",
            Operator::Shr => "__shr",
            Operator::Unm => "__unm",
            Operator::Bnot => "__bnot",
        }
    }

    fn is_bitwise(self) -> bool {
        use Operator::*;
        matches!(self, Band | Bor | Bxor | Shl | Shr | Bnot)
    }
}

pub fn truthy(v: Value) -> bool {
    !(v.is_nil() || v.as_bool() == Some(false))
}

/// The raw field of this name in the value's metatable.
pub fn metamethod(at: &At<'_>, v: Value, event: &str) -> Value {
    let metatable = match (v.as_table(), v.as_userdata()) {
        (Some(t), _) => t.metatable(),
        (_, Some(u)) => u.metatable(),
        _ => at.vm().type_metatable(v.type_of()),
    };
    metatable.map_or(Value::NIL, |t| t.get_str_bytes(event.as_bytes()))
}

/// That of the first, or if it has none of the second.
fn metamethod_of_two(at: &At<'_>, x: Value, y: Value, event: &str) -> Value {
    let h = metamethod(at, x, event);
    if h.is_nil() { metamethod(at, y, event) } else { h }
}

fn is_function(v: Value) -> bool {
    v.type_of() == Type::Function
}

/// `o[k]`; `operand` is where the instruction has o from.
pub fn get(at: &mut At<'_>, o: Value, k: Value, operand: Operand) -> Stepped<Value> {
    let mut object = o;
    for step in 0..CHAIN {
        let h;
        if let Some(t) = object.as_table() {
            let v = t.get(k);
            if !v.is_nil() {
                return Ok(Step::Done(v));
            }
            h = metamethod(at, object, "__index");
            if h.is_nil() {
                return Ok(Step::Done(Value::NIL));
            }
        } else {
            h = metamethod(at, object, "__index");
            if h.is_nil() {
                let operand = if step == 0 { operand } else { Operand::None };
                return Err(at.fault(
                    FaultKind::Index,
                    &[(object, operand), (k, Operand::None)],
                    0,
                ));
            }
        }
        if is_function(h) {
            return Ok(Step::Call(h, vec![object, k]));
        }
        object = h;
    }
    Err(at.fault(FaultKind::ChainTooLong(Event::Index), &[], 0))
}

/// `o[k] = v`
pub fn set(at: &mut At<'_>, o: Value, k: Value, v: Value, operand: Operand) -> Stepped<()> {
    let mut object = o;
    for step in 0..CHAIN {
        let h;
        if let Some(t) = object.as_table() {
            h = if t.get(k).is_nil() { metamethod(at, object, "__newindex") } else { Value::NIL };
            if h.is_nil() {
                at.raw_set(t, k, v)?;
                return Ok(Step::Done(()));
            }
        } else {
            h = metamethod(at, object, "__newindex");
            if h.is_nil() {
                let operand = if step == 0 { operand } else { Operand::None };
                return Err(at.fault(
                    FaultKind::Index,
                    &[(object, operand), (k, Operand::None)],
                    0,
                ));
            }
        }
        if is_function(h) {
            return Ok(Step::Call(h, vec![object, k, v]));
        }
        object = h;
    }
    Err(at.fault(FaultKind::ChainTooLong(Event::NewIndex), &[], 0))
}

/// An operator on two values, each with its place.
pub fn arith(
    at: &mut At<'_>,
    operator: Operator,
    (x, from_x): (Value, Operand),
    (y, from_y): (Value, Operand),
) -> Stepped<Value> {
    let both = &[(x, from_x), (y, from_y)];
    if x.is_number() && y.is_number() {
        match combine(operator, x, y) {
            Ok(v) => return Ok(Step::Done(v)),
            Err(NoResult::DivideByZero) => return Err(at.fault(FaultKind::DivideByZero, both, 2)),
            Err(NoResult::ModuloByZero) => return Err(at.fault(FaultKind::ModuloByZero, both, 2)),
            Err(NoResult::NoInteger) => {}
        }
    }
    let h = metamethod_of_two(at, x, y, operator.event());
    if !h.is_nil() {
        return Ok(Step::Call(h, vec![x, y]));
    }
    if x.is_number() && y.is_number() {
        let blamed = if numbers::integer(x).is_none() { 0 } else { 1 };
        return Err(at.fault(FaultKind::NoInteger, both, blamed));
    }
    let event = Event::ALL.iter().copied().find(|event| event.name() == operator.event());
    let event = event.expect("operators are named as events are");
    let kind = match operator.is_bitwise() {
        true => FaultKind::Bitwise(event),
        false => FaultKind::Arithmetic(event),
    };
    Err(at.fault(kind, both, usize::from(x.is_number())))
}

pub fn len(at: &mut At<'_>, v: Value, operand: Operand) -> Stepped<Value> {
    if let Some(s) = v.as_str() {
        return Ok(Step::Done(Value::int(s.bytes().len() as i64)));
    }
    let h = metamethod(at, v, "__len");
    if !h.is_nil() {
        return Ok(Step::Call(h, vec![v, v]));
    }
    match v.as_table() {
        Some(t) => Ok(Step::Done(Value::int(t.len()))),
        None => Err(at.fault(FaultKind::Length, &[(v, operand)], 0)),
    }
}

/// Whether `..` takes it as it is.
pub fn is_text(v: Value) -> bool {
    v.is_string() || v.is_number()
}

/// What `..` of two values calls that are not both text.
///
/// They are the values number `part` and `part + 1` of `parts`.
pub fn concat_method(
    at: &mut At<'_>,
    (part, parts): (usize, usize),
    (x, from_x): (Value, Operand),
    (y, from_y): (Value, Operand),
) -> Result<Value, Raise> {
    let h = metamethod_of_two(at, x, y, "__concat");
    if !h.is_nil() {
        return Ok(h);
    }
    let kind = FaultKind::Concat { part, parts };
    Err(at.fault(kind, &[(x, from_x), (y, from_y)], usize::from(is_text(x))))
}

pub fn raw_equal(x: Value, y: Value) -> bool {
    if x.is_number() && y.is_number() {
        return numbers::order(x, y) == Some(Ordering::Equal);
    }
    match (x.as_str(), y.as_str()) {
        (Some(a), Some(b)) => a.bytes() == b.bytes(),
        (None, None) => {
            x.type_of() == y.type_of()
                && x.as_bool() == y.as_bool()
                && (x.is_nil() || x.as_bool().is_some() || x.payload() == y.payload())
        }
        _ => false,
    }
}

/// `x == y`, up to the metamethod, whose result counts as true or false.
pub fn eq(at: &At<'_>, x: Value, y: Value) -> Step<bool> {
    if raw_equal(x, y) {
        return Step::Done(true);
    }
    let both = |t: Type| x.type_of() == t && y.type_of() == t;
    if both(Type::Table) || both(Type::Userdata) {
        let h = metamethod_of_two(at, x, y, "__eq");
        if !h.is_nil() {
            return Step::Call(h, vec![x, y]);
        }
    }
    Step::Done(false)
}

/// `x < y`, or `x <= y`. With the call: whether the contrary of its result counts.
pub fn less(
    at: &mut At<'_>,
    or_equal: bool,
    x: Value,
    y: Value,
) -> Result<(Step<bool>, bool), Raise> {
    let holds = |order: Ordering| order.is_lt() || or_equal && order.is_eq();
    if x.is_number() && y.is_number() {
        return Ok((Step::Done(numbers::order(x, y).is_some_and(holds)), false));
    }
    if let (Some(a), Some(b)) = (x.as_str(), y.as_str()) {
        return Ok((Step::Done(holds(a.bytes().cmp(b.bytes()))), false));
    }
    let h = metamethod_of_two(at, x, y, if or_equal { "__le" } else { "__lt" });
    if !h.is_nil() {
        return Ok((Step::Call(h, vec![x, y]), false));
    }
    if or_equal {
        let h = metamethod_of_two(at, y, x, "__lt");
        if !h.is_nil() {
            return Ok((Step::Call(h, vec![y, x]), true));
        }
    }
    Err(at.fault(FaultKind::Compare, &[(x, Operand::None), (y, Operand::None)], 0))
}
