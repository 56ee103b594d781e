//! What the libraries share: making and filling tables, registering functions, the registry.
//!
//! Natives see no collection while they run, so everything made here may be held in locals until
//! the native returns.

use luka_vm::table::SetError;
use luka_vm::{Gc, Native, Raise, Table, Userdata, Value, Vm};

/// A row of a library table: the field's name and the function.
pub type Entry = (&'static str, &'static Native);

pub fn new_table(vm: &mut Vm, narr: u32, nhash: u32) -> Result<Gc<Table>, Raise> {
    vm.heap.new_table(narr as usize, nhash as usize)
}

/// `t[key] = value`, raw; the key is neither nil nor NaN.
pub fn set(vm: &mut Vm, t: Gc<Table>, key: Value, value: Value) -> Result<(), Raise> {
    t.set(&mut vm.heap, key, value).map_err(|e| set_error(vm, e))
}

/// `t[i] = value`, raw.
#[inline]
pub fn set_int(vm: &mut Vm, t: Gc<Table>, i: i64, value: Value) -> Result<(), Raise> {
    t.set_int(&mut vm.heap, i, value).map_err(|e| set_error(vm, e))
}

/// As [`set_int`], but after a collection of everything if there is no memory: for natives that hold on
/// to their arguments only.
pub fn set_int_collecting(vm: &mut Vm, t: Gc<Table>, i: i64, value: Value) -> Result<(), Raise> {
    if t.set_int(&mut vm.heap, i, value).is_ok() {
        return Ok(());
    }
    let _ = vm.make_room(usize::MAX);
    set_int(vm, t, i, value)
}

#[cold]
fn set_error(vm: &mut Vm, e: SetError) -> Raise {
    match e {
        SetError::Memory => Raise::Memory,
        e => vm.error_plain(e.message()),
    }
}

/// `t.name = value`, raw.
pub fn set_field(vm: &mut Vm, t: Gc<Table>, name: &str, value: Value) -> Result<(), Raise> {
    let key = vm.small_str(name);
    set(vm, t, key, value)
}

/// `t.name`, raw.
pub fn field(vm: &mut Vm, t: Gc<Table>, name: &str) -> Value {
    t.get(vm.small_str(name))
}

pub fn registry_field(vm: &mut Vm, name: &str) -> Value {
    let registry = vm.registry();
    field(vm, registry, name)
}

pub fn set_registry_field(vm: &mut Vm, name: &str, value: Value) -> Result<(), Raise> {
    let registry = vm.registry();
    set_field(vm, registry, name, value)
}

/// The table in a field of the registry, made if it is not there.
pub fn registry_table(vm: &mut Vm, name: &str) -> Result<Gc<Table>, Raise> {
    if let Some(t) = registry_field(vm, name).as_table() {
        return Ok(t);
    }
    let t = new_table(vm, 0, 0)?;
    set_registry_field(vm, name, t.into())?;
    Ok(t)
}

pub fn new_native(vm: &mut Vm, def: &'static Native, upvalues: &[Value]) -> Value {
    vm.heap.new_native(def, upvalues).into()
}

/// Puts functions into a table.
pub fn register(vm: &mut Vm, t: Gc<Table>, entries: &[Entry]) -> Result<(), Raise> {
    for (name, def) in entries {
        let f = new_native(vm, def, &[]);
        set_field(vm, t, name, f)?;
    }
    Ok(())
}

/// A new table with functions.
pub fn library(vm: &mut Vm, entries: &[Entry]) -> Result<Value, Raise> {
    let t = new_table(vm, 0, entries.len() as u32)?;
    register(vm, t, entries)?;
    Ok(t.into())
}

pub fn new_userdata(vm: &mut Vm, type_name: &'static str, data: u64) -> Gc<Userdata> {
    vm.heap.new_userdata(type_name, data)
}

/// Room for `n` more values on the stack; false if that is over the limit of a coroutine.
pub fn ensure_stack(vm: &mut Vm, n: usize) -> bool {
    vm.ensure_stack(n, "").is_ok()
}

/// Raises "not enough memory" if `bytes` more would pass the limit: for buffers the heap does not
/// count.
pub fn check_room(vm: &mut Vm, bytes: usize) -> Result<(), Raise> {
    vm.heap.reserve(bytes)
}

/// A number as C's `"%lld"` and `"%.14g"` write it: floats without the `.0` of `tostring`.
pub fn c_number(out: &mut Vec<u8>, v: Value) {
    luka_vm::value::format::write_number(v, out);
    if v.as_float().is_some() && out.ends_with(b".0") {
        out.truncate(out.len() - 2);
    }
}
