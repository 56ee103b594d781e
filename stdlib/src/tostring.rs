//! Values as text, for `tostring`, `print`, `%s`, error messages and the like (`luaL_tolstring`).
//!
//! `__tostring` may have to be called, which a native cannot do itself: [`start`] says so, and the
//! caller passes the metamethod's result through [`check_result`].

use luka_vm::value::tag;
use luka_vm::{Event, Gc, Raise, Str, Type, Value, Vm};

/// The text of a value, or how to get it.
pub enum Text {
    Done(Gc<Str>),
    /// Call this with the value; its one result goes through [`check_result`].
    Call(Value),
}

/// Converts a value unless it has a `__tostring`.
pub fn start(vm: &mut Vm, v: Value) -> Result<Text, Raise> {
    let metamethod = vm.metamethod(v, Event::ToString);
    if metamethod.is_nil() { plain(vm, v).map(Text::Done) } else { Ok(Text::Call(metamethod)) }
}

/// Checks what a `__tostring` returned.
pub fn check_result(vm: &mut Vm, result: Value) -> Result<Gc<Str>, Raise> {
    match result.as_str() {
        Some(s) => Ok(s),
        None if result.is_number() => Ok(vm.number_to_str(result)),
        None => Err(vm.error("'__tostring' must return a string")),
    }
}

/// Converts a value without asking `__tostring`; `__name` counts.
pub fn plain(vm: &mut Vm, v: Value) -> Result<Gc<Str>, Raise> {
    if let Some(s) = v.as_str() {
        return Ok(s);
    }
    match v.type_of() {
        Type::Number => Ok(vm.number_to_str(v)),
        Type::Nil => vm.heap.new_str(b"nil"),
        Type::Boolean => vm.heap.new_str(if v.is_falsy() { b"false" } else { b"true" }),
        t => {
            let name = vm.metamethod(v, Event::Name).as_str();
            let name = name.map_or(t.name().as_bytes(), |name| name.bytes());
            let mut text = Vec::new();
            vm.heap.grow(&mut text, name.len() + 16)?;
            text.extend_from_slice(name);
            text.extend_from_slice(b": ");
            vm.charge_bytes(text.len());
            text.extend_from_slice(pointer(vm, v).unwrap_or_default().as_bytes());
            vm.heap.new_str(&text)
        }
    }
}

/// What `%p` shows of a value: its serial number in the guise of an address. `None` for values
/// that are no objects.
pub fn pointer(vm: &mut Vm, v: Value) -> Option<String> {
    if !v.is_heap() && v.tag() != tag::LIGHT {
        return None;
    }
    Some(format!("0x{:012x}", vm.heap.serial_of(v)))
}
