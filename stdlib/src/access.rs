//! Operations on values that may run a program's metamethod: `t[k]`, `t[k] = v`, `#v`, `a < b`,
//! `a == b`.
//!
//! A native cannot call on the Rust stack, so each operation is a [`Step`]: either it is done and
//! its result is on top of the frame, or a function and its arguments were pushed and the native
//! must return [`Action::Call`](luka_vm::Action::Call); its continuation then finds the result in the same place. A state
//! machine written as `loop { match state … }` does not see the difference; [`step!`] is the glue.

use luka_vm::debug::FaultKind;
use luka_vm::interp::compare::Ordered;
use luka_vm::interp::index::{Got, Put};
use luka_vm::{Event, Raise, Value, Vm};

/// What became of an operation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    /// Done; the result (if the operation has one) is on top of the frame.
    Done,
    /// A function and `nargs` arguments were pushed; `nres` results belong on top of the frame.
    Call { nargs: u32, nres: i32 },
}

/// Runs an operation inside a state machine: falls through when it is done, else returns the
/// call with the continuation given. The state must be stored in the frame before.
macro_rules! step {
    ($op:expr, $then:expr) => {
        if let $crate::access::Step::Call { nargs, nres } = $op? {
            return Ok(luka_vm::Action::Call { nargs, nres, then: $then });
        }
    };
}
pub(crate) use step;

fn push_call(vm: &mut Vm, f: Value, args: &[Value], nres: i32) -> Step {
    vm.push_fn(f);
    for &a in args {
        vm.push(a);
    }
    Step::Call { nargs: args.len() as u32, nres }
}

/// `obj[key]`, result pushed.
pub fn index(vm: &mut Vm, obj: Value, key: Value) -> Result<Step, Raise> {
    match vm.index(obj, key)? {
        Got::Value(v) => {
            vm.push(v);
            Ok(Step::Done)
        }
        Got::Call { handler, object } => Ok(push_call(vm, handler, &[object, key], 1)),
    }
}

/// `obj[key] = value`, no result.
pub fn set_index(vm: &mut Vm, obj: Value, key: Value, value: Value) -> Result<Step, Raise> {
    match vm.set_index(obj, key, value)? {
        Put::Done => Ok(Step::Done),
        Put::Call { handler, object } => Ok(push_call(vm, handler, &[object, key, value], 0)),
    }
}

/// `#obj`, result pushed. Natives that need a number check it with [`length_result`].
pub fn len(vm: &mut Vm, obj: Value) -> Result<Step, Raise> {
    if let Some(s) = obj.as_str() {
        vm.push(Value::int(s.len() as i64));
        return Ok(Step::Done);
    }
    let handler = vm.metamethod(obj, Event::Len);
    if !handler.is_nil() {
        return Ok(push_call(vm, handler, &[obj, obj], 1));
    }
    match obj.as_table() {
        Some(t) => {
            vm.push(Value::int(t.len()));
            Ok(Step::Done)
        }
        None => Err(vm.raise_native(FaultKind::Length, &[obj], 0)),
    }
}

/// Takes the result of [`len`] off the frame.
pub fn length_result(vm: &mut Vm) -> Result<i64, Raise> {
    match vm.pop().to_number().and_then(Value::to_int_exact) {
        Some(n) => Ok(n),
        None => Err(vm.error("object length is not an integer")),
    }
}

/// `a < b`; the pushed result counts by its truth.
pub fn less(vm: &mut Vm, a: Value, b: Value) -> Result<Step, Raise> {
    let ordered = vm.order(Event::Lt, a, b)?;
    Ok(compared(vm, ordered, a, b))
}

fn compared(vm: &mut Vm, ordered: Ordered, a: Value, b: Value) -> Step {
    match ordered {
        Ordered::Known(r) => {
            vm.push(Value::bool(r));
            Step::Done
        }
        // (`<` never negates.)
        Ordered::Call { handler, .. } => push_call(vm, handler, &[a, b], 1),
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

/// `a == b`; the pushed result counts by its truth.
pub fn equal(vm: &mut Vm, a: Value, b: Value) -> Result<Step, Raise> {
    let ordered = vm.equal(a, b);
    Ok(compared(vm, ordered, a, b))
}
