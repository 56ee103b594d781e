//! The four searchers. Upvalue 1 of each is the `package` table.

use super::path::search;
use super::{NO_C, PRELOAD};
use crate::access::{index, step};
use crate::embedded;
use crate::load::load_file;
use crate::os::{c_arg, c_str};
use crate::prim;
use luka_vm::{Gc, NativeResult, Raise, Str, Value, Vm, continuations, frame};

continuations! { pub static THEN;
    PRELOAD_FOUND: "package.searchers.preload:found" (arguments, 1) = |vm| {
        let found = vm.pop();
        preload_found(vm, found)
    };
}

frame! {
    /// Slots of the first searcher: its arguments.
    mod arguments { NAME: Gc<Str>, }
    rest: Value;
}

/// Where a module is that comes with the machine, as `require` says it.
const BUILT_IN: &str = ":built-in:";

/// A field of `package.preload`, else a module of the machine's own: a program can put its own in
/// the place of such a one.
pub fn preload(vm: &mut Vm) -> NativeResult {
    let name = vm.check_str(1)?;
    let table = prim::registry_field(vm, PRELOAD);
    let found = step!(index(vm, table, name.into()), &PRELOAD_FOUND);
    preload_found(vm, found)
}

fn preload_found(vm: &mut Vm, found: Value) -> NativeResult {
    if found.is_nil() {
        let name = arguments::NAME.get(vm);
        if embedded::is_own(name.bytes())
            && let Some(loader) = built_in(vm, name.bytes())?
        {
            let place = vm.small_str(BUILT_IN);
            return vm.ret2(loader, place);
        }
        let message = [b"no field package.preload['", c_str(name.bytes()), b"']"].concat();
        let message = vm.str(&message)?;
        return vm.ret1(message);
    }
    let place = vm.small_str(":preload:");
    vm.ret2(found, place)
}

/// The loader of a module that comes with the machine.
fn built_in(vm: &mut Vm, name: &[u8]) -> Result<Option<Value>, Raise> {
    embedded::loader(vm, name).map_err(|why| load_error(vm, name, BUILT_IN.as_bytes(), &why))
}

/// Searches along a field of `package`; the message of a failure as a value.
fn find(vm: &mut Vm, name: &[u8], field: &str) -> Result<Result<Vec<u8>, Value>, Raise> {
    let package = vm.upvalue(1);
    let path = match package.as_table() {
        Some(t) => prim::field(vm, t, field),
        None => Value::NIL,
    };
    let path = match (path.as_str(), path.is_number()) {
        (Some(s), _) => s,
        (None, true) => vm.number_to_str(path),
        _ => return Err(vm.error(format!("'package.{field}' must be a string"))),
    };
    match search(vm, name, c_str(path.bytes()), b".", b"/")? {
        Ok(file) => Ok(Ok(file)),
        Err(message) => Ok(Err(vm.str(&message)?)),
    }
}

#[cold]
fn load_error(vm: &mut Vm, name: &[u8], file: &[u8], why: &[u8]) -> Raise {
    let parts: [&[u8]; 6] =
        [b"error loading module '", name, b"' from file '", file, b"':\n\t", why];
    vm.error(parts.concat())
}

/// A file, else a module that stands in for a library of others.
pub fn lua(vm: &mut Vm) -> NativeResult {
    let name = c_arg(vm, 1)?;
    let file = match find(vm, name, "path")? {
        Ok(file) => file,
        Err(message) if embedded::is_own(name) => return vm.ret1(message),
        Err(message) => match built_in(vm, name)? {
            Some(loader) => {
                let place = vm.small_str(BUILT_IN);
                return vm.ret2(loader, place);
            }
            None => return vm.ret1(message),
        },
    };
    match load_file(vm, Some(&file), None) {
        Ok(f) => {
            let file = vm.str(&file)?;
            vm.ret2(Value::from(f), file)
        }
        Err(why) => Err(load_error(vm, name, &file, &why)),
    }
}

pub fn c(vm: &mut Vm) -> NativeResult {
    let name = c_arg(vm, 1)?;
    match find(vm, name, "cpath")? {
        Ok(file) => Err(load_error(vm, name, &file, NO_C.as_bytes())),
        Err(message) => vm.ret1(message),
    }
}

pub fn croot(vm: &mut Vm) -> NativeResult {
    let name = c_arg(vm, 1)?;
    let Some(dot) = memchr::memchr(b'.', name) else {
        return vm.ret0();
    };
    match find(vm, &name[..dot], "cpath")? {
        Ok(file) => Err(load_error(vm, name, &file, NO_C.as_bytes())),
        Err(message) => vm.ret1(message),
    }
}
