//! Operations on values that may run a program's metamethod: `t[k]`, `t[k] = v`, `#v`, `a < b`,
//! `a == b`.
//!
//! A native cannot call on the Rust stack, so each operation is a [`Step`]: either it is done and
//! here is its result, or a function and its arguments were pushed and the native must return
//! [`Action::Call`](luka_vm::Action::Call) for one result, which its continuation takes off the
//! frame. A state machine written as `loop { match state … }` with the last result in a variable
//! does not see the difference; [`step!`] is the glue.

use luka_vm::debug::FaultKind;
use luka_vm::interp::compare::Ordered;
use luka_vm::interp::index::{Got, Put};
use luka_vm::{Event, Raise, Value, Vm};

/// The outcome of an operation.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    /// Done; the result, nil if the operation has none.
    Done(Value),
    /// A function and so many arguments were pushed; one result is wanted.
    Call(u32),
}

/// The result of an operation when it is done, else returns the call with the continuation given.
/// `else` runs before that: it keeps the state in the frame.
macro_rules! step {
    ($op:expr, $then:expr $(, else $keep:expr)?) => {
        match $op? {
            $crate::access::Step::Done(result) => result,
            $crate::access::Step::Call(nargs) => {
                $($keep;)?
                return Ok(luka_vm::Action::Call { nargs, nres: 1, then: $then });
            }
        }
    };
}
pub(crate) use step;

fn push_call<const N: usize>(vm: &mut Vm, f: Value, args: [Value; N]) -> Step {
    vm.push_call(f, args);
    Step::Call(N as u32)
}

/// `obj[key]`.
pub fn index(vm: &mut Vm, obj: Value, key: Value) -> Result<Step, Raise> {
    match vm.index(obj, key)? {
        Got::Value(v) => Ok(Step::Done(v)),
        Got::Call { handler, object } => Ok(push_call(vm, handler, [object, key])),
    }
}

/// `obj[key] = value`, no result.
pub fn set_index(vm: &mut Vm, obj: Value, key: Value, value: Value) -> Result<Step, Raise> {
    match vm.set_index(obj, key, value)? {
        Put::Done => Ok(Step::Done(Value::NIL)),
        Put::Call { handler, object } => Ok(push_call(vm, handler, [object, key, value])),
    }
}

/// `#obj`. Natives that need a number check it with [`length_result`].
pub fn len(vm: &mut Vm, obj: Value) -> Result<Step, Raise> {
    if let Some(s) = obj.as_str() {
        return Ok(Step::Done(Value::int(s.len() as i64)));
    }
    let handler = vm.metamethod(obj, Event::Len);
    if !handler.is_nil() {
        return Ok(push_call(vm, handler, [obj, obj]));
    }
    match obj.as_table() {
        Some(t) => Ok(Step::Done(Value::int(t.len()))),
        None => Err(vm.raise_native(FaultKind::Length, &[obj], 0)),
    }
}

/// The result of [`len`] as an integer.
pub fn length_result(vm: &mut Vm, length: Value) -> Result<i64, Raise> {
    match length.to_number().and_then(Value::to_int_exact) {
        Some(n) => Ok(n),
        None => Err(vm.error("object length is not an integer")),
    }
}

/// `a < b`; the result counts by its truth.
pub fn less(vm: &mut Vm, a: Value, b: Value) -> Result<Step, Raise> {
    let ordered = vm.order(Event::Lt, a, b)?;
    Ok(compared(vm, ordered, a, b))
}

fn compared(vm: &mut Vm, ordered: Ordered, a: Value, b: Value) -> Step {
    match ordered {
        Ordered::Known(r) => Step::Done(Value::bool(r)),
        // (`<` never negates.)
        Ordered::Call { handler, .. } => push_call(vm, handler, [a, b]),
    }
}

/// `a < b` for two numbers or two strings.
#[inline]
pub fn raw_less(a: Value, b: Value) -> Option<bool> {
    use luka_vm::value::number::{float_lt_int, int_lt_float};
    if let (Some(x), Some(y)) = (a.as_int(), b.as_int()) {
        return Some(x < y);
    }
    if let (Some(x), Some(y)) = (a.as_float(), b.as_float()) {
        return Some(x < y);
    }
    if let (Some(x), Some(y)) = (a.as_int(), b.as_float()) {
        return Some(int_lt_float(x, y));
    }
    if let (Some(x), Some(y)) = (a.as_float(), b.as_int()) {
        return Some(float_lt_int(x, y));
    }
    match (a.as_str(), b.as_str()) {
        (Some(x), Some(y)) => Some(x.bytes() < y.bytes()),
        _ => None,
    }
}

/// `a == b`; the result counts by its truth.
pub fn equal(vm: &mut Vm, a: Value, b: Value) -> Result<Step, Raise> {
    let ordered = vm.equal(a, b);
    Ok(compared(vm, ordered, a, b))
}
