//! `require` and the `package` library.

mod path;
mod require;
mod search;

use crate::prim;
use luka_vm::{Gc, LuaFn, Native, NativeResult, Raise, Table, Value, Vm, natives};

natives! { pub static PACKAGE = "package";
    loadlib: "package.loadlib(path, name) -> nil, string, string"
        "Always fails: this virtual machine cannot load C libraries." = loadlib,
    searchpath: "package.searchpath(name, path [, sep [, rep]]) -> string | nil, string"
        "Returns the first file of a search path that can be read, with each `?` replaced by `name`, in which each `sep` is replaced by `rep`; otherwise nil and an error message." = path::searchpath,
}

natives! { pub static GLOBALS = "package";
    require: "require(name) -> any, any"
        "Loads a module, unless it is loaded already. Returns its value and where it was found." = require::require,
}

// The searchers in their order.
natives! { pub static SEARCHERS = "package.searchers";
    preload: "package.searchers[1](name) -> function, string | string" "Looks in `package.preload`, then among the built-in modules `luka.*`." = search::preload,
    lua: "package.searchers[2](name) -> function, string | string" "Looks for a file in `package.path`, then among the other built-in modules." = search::lua,
    c: "package.searchers[3](name) -> function, string | string" "Looks for a C library in `package.cpath`, which cannot be loaded." = search::c,
    croot: "package.searchers[4](name) -> function, string | string" "Looks for a C library with the module's root name, which cannot be loaded." = search::croot,
}

/// The continuations of this library.
pub static THEN: &[&[&Native]] = &[require::THEN, search::THEN];

/// Registry fields, as in PUC Lua.
pub(crate) const LOADED: &str = "_LOADED";
pub(crate) const PRELOAD: &str = "_PRELOAD";

/// Registry field with the main functions of loaded modules, by name.
const CODE: &str = "_CODE";

/// Notes the main function of a module, for who replaces it later ([`code`]).
///
/// # Errors
/// The memory limit is passed.
pub fn note_code(vm: &mut Vm, name: Value, main: Gc<LuaFn>) -> Result<(), Raise> {
    let table = prim::registry_table(vm, CODE)?;
    prim::set(vm, table, name, main.into())
}

/// The table of loaded modules, `package.loaded`.
///
/// # Errors
/// It is not there, and the memory limit forbids to make it.
pub fn loaded(vm: &mut Vm) -> Result<Gc<Table>, Raise> {
    prim::registry_table(vm, LOADED)
}

/// The main function of a loaded module that is written in the language.
pub fn code(vm: &mut Vm, name: &[u8]) -> Option<Gc<LuaFn>> {
    let table = prim::registry_field(vm, CODE).as_table()?;
    table.get_str_bytes(name).as_lua_fn()
}

pub(crate) const NO_C: &str = "dynamic libraries not enabled; check your Lua installation";

fn loadlib(vm: &mut Vm) -> NativeResult {
    vm.check_str(1)?;
    vm.check_str(2)?;
    let message = vm.small_str(NO_C);
    let place = vm.small_str("absent");
    vm.push(Value::NIL);
    vm.push(message);
    vm.push(place);
    Ok(luka_vm::Action::Return(3))
}

/// Makes the library table, and `require` in the globals.
pub fn open(vm: &mut Vm) -> Result<Value, Raise> {
    let package = prim::new_table(vm, 0, 8)?;
    prim::register(vm, package, PACKAGE)?;
    let searchers = prim::new_table(vm, SEARCHERS.len() as u32, 0)?;
    for (i, (_, def)) in SEARCHERS.iter().enumerate() {
        let searcher = prim::new_native(vm, def, &[package.into()]);
        prim::set_int(vm, searchers, i as i64 + 1, searcher)?;
    }
    prim::set_field(vm, package, "searchers", searchers.into())?;
    for (field, variables, default) in [
        ("path", &["LUA_PATH_5_4", "LUA_PATH", "LUKA_PATH"][..], path::DEFAULT),
        ("cpath", &["LUA_CPATH_5_4", "LUA_CPATH"], path::DEFAULT_C),
    ] {
        let path = path::from_environment(vm, variables, default);
        let path = vm.str(&path)?;
        prim::set_field(vm, package, field, path)?;
    }
    let config = vm.small_str("/\n;\n?\n!\n-\n");
    prim::set_field(vm, package, "config", config)?;
    let loaded = prim::registry_table(vm, LOADED)?;
    prim::set_field(vm, package, "loaded", loaded.into())?;
    let preload = prim::registry_table(vm, PRELOAD)?;
    prim::set_field(vm, package, "preload", preload.into())?;
    let globals = vm.globals();
    for (name, def) in GLOBALS {
        let f = prim::new_native(vm, def, &[package.into()]);
        prim::set_field(vm, globals, name, f)?;
    }
    Ok(package.into())
}
