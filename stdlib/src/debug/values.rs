//! Local variables, upvalues, user values and metatables.

use super::{activation, ret_name, target};
use luka_vm::debug::locals::param_name;
use luka_vm::{NativeResult, Raise, Type, Value, Vm};

pub fn getlocal(vm: &mut Vm) -> NativeResult {
    let (thread, arg) = target(vm);
    let n = vm.check_int(arg + 2)? as i32;
    let func = vm.arg(arg + 1);
    if func.is_function() {
        return ret_name(vm, param_name(func, n));
    }
    let level = vm.check_int(arg + 1)? as i32;
    let Some(activation) = activation(vm, thread, level) else {
        return Err(vm.arg_error(arg + 1, "level out of range"));
    };
    match vm.get_local(thread, &activation.frame, n) {
        Some((name, value)) => {
            let name = vm.str(&name)?;
            vm.ret2(name, value)
        }
        None => vm.ret1(Value::NIL),
    }
}

pub fn setlocal(vm: &mut Vm) -> NativeResult {
    let (thread, arg) = target(vm);
    let level = vm.check_int(arg + 1)? as i32;
    let n = vm.check_int(arg + 2)? as i32;
    let Some(activation) = activation(vm, thread, level) else {
        return Err(vm.arg_error(arg + 1, "level out of range"));
    };
    let value = vm.check_any(arg + 3)?;
    let name = vm.set_local(thread, &activation, n, value);
    ret_name(vm, name)
}

/// The arguments at `f` and `n`: a function and the number of an upvalue.
fn upvalue_args(vm: &mut Vm, f: usize, n: usize) -> Result<(Value, i32), Raise> {
    let number = vm.check_int(n)? as i32;
    vm.check_type(f, Type::Function)?;
    Ok((vm.arg(f), number))
}

pub fn getupvalue(vm: &mut Vm) -> NativeResult {
    let (func, n) = upvalue_args(vm, 1, 2)?;
    match vm.get_upvalue(func, n) {
        Some((name, value)) => {
            let name = vm.str(&name)?;
            vm.ret2(name, value)
        }
        None => vm.ret0(),
    }
}

pub fn setupvalue(vm: &mut Vm) -> NativeResult {
    let value = vm.check_any(3)?;
    let (func, n) = upvalue_args(vm, 1, 2)?;
    match vm.set_upvalue(func, n, value) {
        Some(name) => ret_name(vm, Some(name)),
        None => vm.ret0(),
    }
}

pub fn upvalueid(vm: &mut Vm) -> NativeResult {
    let (func, n) = upvalue_args(vm, 1, 2)?;
    let id = vm.upvalue_id(func, n);
    vm.ret1(id.map_or(Value::NIL, Value::light))
}

pub fn upvaluejoin(vm: &mut Vm) -> NativeResult {
    let (f1, n1) = existing_upvalue(vm, 1, 2)?;
    let (f2, n2) = existing_upvalue(vm, 3, 4)?;
    for (i, func) in [(1, f1), (3, f2)] {
        if func.as_native().is_some() {
            return Err(vm.arg_error(i, "Lua function expected"));
        }
    }
    vm.upvalue_join(f1, n1, f2, n2);
    vm.ret0()
}

fn existing_upvalue(vm: &mut Vm, f: usize, n: usize) -> Result<(Value, i32), Raise> {
    let (func, number) = upvalue_args(vm, f, n)?;
    if vm.upvalue_id(func, number).is_none() {
        return Err(vm.arg_error(n, "invalid upvalue index"));
    }
    Ok((func, number))
}

pub fn getuservalue(vm: &mut Vm) -> NativeResult {
    let n = vm.opt_int(2)?.unwrap_or(1);
    let value = vm.arg(1).as_userdata().and_then(|u| u.user_value(usize::try_from(n).ok()?));
    match value {
        Some(value) => vm.ret2(value, true),
        None => vm.ret1(Value::NIL),
    }
}

pub fn setuservalue(vm: &mut Vm) -> NativeResult {
    let n = vm.opt_int(3)?.unwrap_or(1);
    vm.check_type(1, Type::Userdata)?;
    let value = vm.check_any(2)?;
    let udata = vm.arg(1);
    let set = match (udata.as_userdata(), usize::try_from(n)) {
        (Some(u), Ok(n)) => u.set_user_value(&mut vm.heap, n, value),
        _ => false,
    };
    vm.ret1(if set { udata } else { Value::NIL })
}

pub fn getmetatable(vm: &mut Vm) -> NativeResult {
    let value = vm.check_any(1)?;
    let meta = vm.metatable_of(value);
    vm.ret1(meta.map_or(Value::NIL, Value::from))
}

pub fn setmetatable(vm: &mut Vm) -> NativeResult {
    let meta = vm.arg(2);
    if vm.nargs() < 2 || !(meta.is_nil() || meta.as_table().is_some()) {
        return Err(vm.type_error(2, "nil or table"));
    }
    let (value, meta) = (vm.arg(1), meta.as_table());
    if let Some(t) = value.as_table() {
        t.set_metatable(&mut vm.heap, meta);
    } else if let Some(u) = value.as_userdata() {
        u.set_metatable(&mut vm.heap, meta);
    } else {
        vm.set_type_metatable(value.type_of(), meta);
    }
    vm.ret1(value)
}

pub fn getregistry(vm: &mut Vm) -> NativeResult {
    let registry = vm.registry();
    vm.ret1(registry)
}

/// Calls through natives are limited to this depth (`LUAI_MAXCCALLS`).
const C_STACK_LIMIT: i64 = 200;

pub fn setcstacklimit(vm: &mut Vm) -> NativeResult {
    vm.check_int(1)?;
    vm.ret1(C_STACK_LIMIT)
}
