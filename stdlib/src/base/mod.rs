//! The basic library: the functions that are globals.
//!
//! `pcall` and `xpcall` are the VM's own ([`luka_vm::interp::natives`]), for they are the frames
//! that errors stop at.

mod chunk;
mod gc;
mod iterate;
mod object;
mod print;

use crate::prim;
use luka_vm::interp::natives;
use luka_vm::{Gc, Native, NativeResult, Raise, Table, Type, Value, Vm};

luka_vm::natives! { pub static BASE = "base";
    assert: "assert(v [, message]) -> ..."
        "Raises an error (the message, or \"assertion failed!\") if v is false; otherwise returns all its arguments." = assert => Assert,
    collectgarbage: "collectgarbage([option [, arg]]) -> ..."
        "Controls the garbage collector: collect, stop, restart, count, step, isrunning, incremental, generational." = gc::collectgarbage,
    dofile: "dofile([path]) -> ..."
        "Runs a file (by default standard input) and returns its values." = chunk::dofile,
    error: "error(message [, level])"
        "Raises an error. For strings, level says whose position is put in front: 1 the caller of error, 2 its caller, 0 none." = error,
    getmetatable: "getmetatable(v) -> table|nil|any"
        "The metatable of a value, or its __metatable field." = object::getmetatable => GetMetatable,
    ipairs: "ipairs(t) -> function, t, 0"
        "Iterates over t[1], t[2], … up to the first nil." = iterate::ipairs => Ipairs,
    load: "load(chunk [, name [, mode [, env]]]) -> function | nil, string"
        "Compiles a chunk, given as a string or as a function that returns it piece by piece." = chunk::load,
    loadfile: "loadfile([path [, mode [, env]]]) -> function | nil, string"
        "Compiles a file (by default standard input)." = chunk::loadfile,
    pairs: "pairs(t) -> function, t, nil"
        "Iterates over all pairs of a table, or as its __pairs says." = iterate::pairs => Pairs,
    print: "print(...)"
        "Writes its arguments, converted by tostring and separated by tabs, to standard output." = print::print,
    rawequal: "rawequal(a, b) -> boolean"
        "Equality without metamethods." = object::rawequal => RawEqual,
    rawget: "rawget(t, key) -> any"
        "t[key] without metamethods." = object::rawget => RawGet,
    rawlen: "rawlen(v) -> integer"
        "The length of a table or string without metamethods." = object::rawlen,
    rawset: "rawset(t, key, value) -> table"
        "t[key] = value without metamethods." = object::rawset,
    select: "select(n, ...) -> ..."
        "All arguments from the n-th on (negative: from the end); \"#\": how many there are." = select => Select,
    setmetatable: "setmetatable(t, metatable|nil) -> table"
        "Sets or removes the metatable of a table." = object::setmetatable => SetMetatable,
    tonumber: "tonumber(v [, base]) -> number|nil"
        "Converts a string to a number, in a base from 2 to 36 to an integer." = tonumber => ToNumber,
    tostring: "tostring(v) -> string"
        "Converts any value to a string, by __tostring if its metatable has one." = print::tostring => ToString,
    type: "type(v) -> string"
        "The name of a value's basic type." = object::type_ => Type,
    warn: "warn(message, ...)"
        "Emits a warning, the concatenation of its arguments; \"@on\" and \"@off\" switch warnings." = warn,
}

/// The continuations of this library, and functions that programs reach only through others.
pub static THEN: &[&Native] = &[
    &chunk::DOFILE_DONE,
    &chunk::LOAD_PIECE,
    &iterate::NEXT,
    &iterate::IPAIRS_NEXT,
    &iterate::IPAIRS_FOUND,
    &iterate::PAIRS_DONE,
    &print::PRINT_PIECE,
    &print::TOSTRING_DONE,
];

fn assert(vm: &mut Vm) -> NativeResult {
    if !vm.arg(1).is_falsy() {
        return vm.ret_from(1);
    }
    vm.check_any(1)?;
    let message = match vm.nargs() {
        1 => vm.small_str("assertion failed!"),
        _ => vm.arg(2),
    };
    Err(at_level(vm, message, 1))
}

fn error(vm: &mut Vm) -> NativeResult {
    let level = vm.opt_int(2)?.unwrap_or(1) as i32;
    let message = vm.arg(1);
    Err(at_level(vm, message, level))
}

/// The error `error(message, level)` raises.
fn at_level(vm: &mut Vm, message: Value, level: i32) -> Raise {
    vm.raise_value(message, usize::try_from(level).unwrap_or(0))
}

fn select(vm: &mut Vm) -> NativeResult {
    let n = vm.nargs() as i64;
    if vm.arg(1).as_str().is_some_and(|s| s.bytes().starts_with(b"#")) {
        return vm.ret1(n - 1);
    }
    let i = match vm.check_int(1)? {
        i if i < 0 => n.wrapping_add(i),
        i => i.min(n),
    };
    if i < 1 {
        return Err(vm.arg_error(1, "index out of range"));
    }
    Ok(luka_vm::Action::Return((n - i) as u32))
}

fn tonumber(vm: &mut Vm) -> NativeResult {
    if vm.arg(2).is_nil() {
        let v = vm.check_any(1)?;
        return vm.ret1(v.to_number().unwrap_or(Value::NIL));
    }
    let base = vm.check_int(2)?;
    let Some(s) = vm.arg(1).as_str() else {
        return Err(vm.type_error(1, "string"));
    };
    if !(2..=36).contains(&base) {
        return Err(vm.arg_error(2, "base out of range"));
    }
    match luka_vm::value::parse::str_to_int_base(s.bytes(), base as u32) {
        Some(n) => vm.ret1(n),
        None => vm.ret1(Value::NIL),
    }
}

fn warn(vm: &mut Vm) -> NativeResult {
    let n = vm.nargs();
    vm.check_str(1)?;
    for i in 2..=n {
        vm.check_str(i)?;
    }
    for i in 1..=n {
        let piece = vm.check_str(i)?;
        // Warnings are C strings.
        vm.warning(crate::os::c_str(piece.bytes()), i < n);
    }
    vm.ret0()
}

/// All types, in the order of their numbers.
const TYPES: [Type; Type::COUNT] = [
    Type::Nil,
    Type::Boolean,
    Type::LightUserdata,
    Type::Number,
    Type::String,
    Type::Table,
    Type::Function,
    Type::Userdata,
    Type::Thread,
];

/// Fills the globals.
pub fn open(vm: &mut Vm) -> Result<Value, Raise> {
    let globals: Gc<Table> = vm.globals();
    let pcall = prim::new_native(vm, &natives::PCALL, &[]);
    prim::set_field(vm, globals, "pcall", pcall)?;
    let xpcall = prim::new_native(vm, &natives::XPCALL, &[]);
    prim::set_field(vm, globals, "xpcall", xpcall)?;
    let next = prim::new_native(vm, &iterate::NEXT, &[]);
    prim::set_field(vm, globals, "next", next)?;
    for (name, def) in BASE {
        // Some functions carry what they hand out.
        let f = match *name {
            "ipairs" => {
                let step = prim::new_native(vm, &iterate::IPAIRS_NEXT, &[]);
                prim::new_native(vm, def, &[step])
            }
            "pairs" => prim::new_native(vm, def, &[next]),
            "type" => {
                let names = TYPES.map(|t| vm.small_str(t.name()));
                prim::new_native(vm, def, &names)
            }
            _ => prim::new_native(vm, def, &[]),
        };
        prim::set_field(vm, globals, name, f)?;
    }
    prim::set_field(vm, globals, "_G", globals.into())?;
    let version = vm.small_str("Lua 5.4");
    prim::set_field(vm, globals, "_VERSION", version)?;
    Ok(globals.into())
}
