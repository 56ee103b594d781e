//! Types, metatables and raw access.

use luka_vm::{Event, NativeResult, Value, Vm};

pub fn type_(vm: &mut Vm) -> NativeResult {
    let v = vm.check_any(1)?;
    // The names are the function's upvalues.
    let name = vm.upvalue(v.type_of() as usize + 1);
    vm.ret1(name)
}

pub fn getmetatable(vm: &mut Vm) -> NativeResult {
    let v = vm.check_any(1)?;
    let Some(meta) = vm.metatable_of(v) else {
        return vm.ret1(Value::NIL);
    };
    let shown = vm.metamethod(v, Event::Metatable);
    if shown.is_nil() { vm.ret1(Value::from(meta)) } else { vm.ret1(shown) }
}

pub fn setmetatable(vm: &mut Vm) -> NativeResult {
    let t = vm.check_table(1)?;
    let meta = vm.arg(2);
    if vm.nargs() < 2 || !(meta.is_nil() || meta.as_table().is_some()) {
        return Err(vm.type_error(2, "nil or table"));
    }
    if !vm.metamethod(t.into(), Event::Metatable).is_nil() {
        return Err(vm.error("cannot change a protected metatable"));
    }
    t.set_metatable(&mut vm.heap, meta.as_table());
    vm.ret1(Value::from(t))
}

pub fn rawequal(vm: &mut Vm) -> NativeResult {
    let a = vm.check_any(1)?;
    let b = vm.check_any(2)?;
    if let (Some(a), Some(b)) = (a.as_str(), b.as_str()) {
        vm.charge_bytes(a.len().min(b.len()));
    }
    vm.ret1(a.raw_eq(b))
}

pub fn rawlen(vm: &mut Vm) -> NativeResult {
    let v = vm.arg(1);
    match (v.as_table(), v.as_str()) {
        (Some(t), _) => vm.ret1(t.len()),
        (_, Some(s)) => vm.ret1(s.len() as i64),
        _ => Err(vm.type_error(1, "table or string")),
    }
}

pub fn rawget(vm: &mut Vm) -> NativeResult {
    let t = vm.check_table(1)?;
    let key = vm.check_any(2)?;
    vm.charge_key(key);
    vm.ret1(t.get(key))
}

pub fn rawset(vm: &mut Vm) -> NativeResult {
    let t = vm.check_table(1)?;
    let key = vm.check_any(2)?;
    let value = vm.check_any(3)?;
    vm.charge_key(key);
    vm.raw_set(t, key, value)?;
    vm.ret1(Value::from(t))
}
