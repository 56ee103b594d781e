//! `debug.getinfo` and `debug.traceback`.

use super::{activation, target};
use crate::os::{c_str, opt_c_arg};
use crate::prim;
use luka_vm::debug::info::{Activation, FuncInfo, active_lines};
use luka_vm::{Gc, NativeResult, Raise, Table, Value, Vm};

/// The options of `getinfo`.
const OPTIONS: &[u8] = b"SlnrutLf";

pub fn getinfo(vm: &mut Vm) -> NativeResult {
    let (thread, arg) = target(vm);
    let options = opt_c_arg(vm, arg + 2)?.unwrap_or(b"flnSrtu").to_vec();
    if options.first() == Some(&b'>') {
        return Err(vm.arg_error(arg + 2, "invalid option '>'"));
    }
    let mut func = vm.arg(arg + 1);
    let mut level = None;
    if !func.is_function() {
        let n = vm.check_int(arg + 1)? as i32;
        let Some(activation) = activation(vm, thread, n) else { return vm.ret1(Value::NIL) };
        func = activation.func();
        level = Some(activation);
    }
    if options.iter().any(|o| !OPTIONS.contains(o)) {
        return Err(vm.arg_error(arg + 2, "invalid option"));
    }
    let has = |option| options.contains(&option);
    let t = prim::new_table(vm, 0, 16)?;
    let info = FuncInfo::of(func);
    vm.charge(50);
    vm.charge_bytes(info.source.len());
    if has(b'S') {
        let (source, short_src) = (vm.str(&info.source)?, vm.str(&info.short_src)?);
        put(vm, t, "source", source)?;
        put(vm, t, "short_src", short_src)?;
        put(vm, t, "linedefined", info.line_defined)?;
        put(vm, t, "lastlinedefined", info.last_line_defined)?;
        let what = vm.small_str(info.what);
        put(vm, t, "what", what)?;
    }
    if has(b'l') {
        let line = level.as_ref().and_then(Activation::current_line);
        put(vm, t, "currentline", line.map_or(-1, i64::from))?;
    }
    if has(b'u') {
        put(vm, t, "nups", info.upvalues as i64)?;
        put(vm, t, "nparams", i64::from(info.params))?;
        put(vm, t, "isvararg", info.is_vararg)?;
    }
    if has(b'n') {
        let (what, name) = match level.as_ref().and_then(Activation::name) {
            Some(n) => (n.what, vm.str(c_str(&n.name))?),
            None => ("", Value::NIL),
        };
        let what = vm.small_str(what);
        put(vm, t, "name", name)?;
        put(vm, t, "namewhat", what)?;
    }
    if has(b'r') {
        let (first, count) = level.as_ref().map_or((0, 0), |a| a.transfer(thread));
        put(vm, t, "ftransfer", i64::from(first))?;
        put(vm, t, "ntransfer", i64::from(count))?;
    }
    if has(b't') {
        put(vm, t, "istailcall", level.is_some_and(|a| a.frame.is_tail))?;
    }
    if has(b'L')
        && let Some(lines) = active_lines(func)
    {
        let set = prim::new_table(vm, 0, 0)?;
        for line in lines {
            vm.charge(2);
            prim::set_int(vm, set, line.into(), Value::TRUE)?;
        }
        put(vm, t, "activelines", set)?;
    }
    if has(b'f') {
        put(vm, t, "func", func)?;
    }
    vm.ret1(t)
}

/// `t.key = value`
fn put(vm: &mut Vm, t: Gc<Table>, key: &str, value: impl Into<Value>) -> Result<(), Raise> {
    prim::set_field(vm, t, key, value.into())
}

pub fn traceback(vm: &mut Vm) -> NativeResult {
    let (thread, arg) = target(vm);
    let message = vm.arg(arg + 1);
    if !message.is_nil() && !message.is_string() && !message.is_number() {
        return vm.ret1(message);
    }
    let message = match message.is_nil() {
        true => None,
        false => Some(vm.check_str(arg + 1)?.bytes()),
    };
    let first = if thread == vm.current_thread() { 1 } else { 0 };
    let level = vm.opt_int(arg + 2)?.unwrap_or(first) as i32;
    // (The stack is walked twice; each of the levels shown is looked up in the loaded modules.)
    let depth = vm.activations(thread).count();
    vm.charge(500 + 4 * depth as u64);
    vm.charge_bytes(message.map_or(0, <[u8]>::len));
    let text = vm.traceback(thread, message, level);
    let text = vm.str(&text)?;
    vm.ret1(text)
}
