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
use luka_vm::api::BYTES_PER_UNIT;
use luka_vm::interp::natives;
use luka_vm::{Gc, Native, NativeResult, Raise, Table, Type, Value, Vm};

luka_vm::natives! { pub static BASE = "base";
    assert: "assert(v [, message, ...]) -> ..."
        "Raises an error if `v` is nil or false: `message`, by default \"assertion failed!\". Otherwise returns all its arguments." = assert => Assert,
    collectgarbage: "collectgarbage([option [, arg, ...]]) -> ..."
        "Controls the garbage collector: \"collect\" (the default), \"stop\", \"restart\", \"count\" (memory in use, in kilobytes), \"step\", \"isrunning\", \"incremental\" or \"generational\"." = gc::collectgarbage,
    dofile: "dofile([path]) -> ..."
        "Runs a file, by default standard input, and returns its results." = chunk::dofile,
    error: "error([message [, level]])"
        "Raises an error. A string is prefixed with a position in the source: that of the caller of `error` at level 1 (the default), of the caller's caller at level 2, none at level 0." = error,
    getmetatable: "getmetatable(v) -> table|nil|any"
        "Returns the metatable of a value, or the metatable's `__metatable` field if it has one." = object::getmetatable => GetMetatable,
    ipairs: "ipairs(t) -> function, t, 0"
        "Iterates over `t[1]`, `t[2]`, … up to the first nil." [pure] = iterate::ipairs => Ipairs,
    load: "load(chunk [, name [, mode [, env]]]) -> function | nil, string"
        "Compiles a chunk without running it. The chunk is a string, or a function that returns its pieces one after the other. `mode` allows text (\"t\"), images (\"b\") or both; `env` is the value of the first upvalue, by default the globals." = chunk::load,
    loadfile: "loadfile([path [, mode [, env]]]) -> function | nil, string"
        "Compiles a file, by default standard input, without running it; see `load`." = chunk::loadfile,
    pairs: "pairs(t) -> function, t, nil"
        "Iterates over all keys and values of a table, or calls its `__pairs` metamethod." = iterate::pairs => Pairs,
    print: "print(...)"
        "Writes its arguments to standard output, converted by `tostring`, separated by tabs and followed by a newline." = print::print,
    rawequal: "rawequal(a, b) -> boolean"
        "Compares two values without metamethods." [pure] = object::rawequal => RawEqual,
    rawget: "rawget(t, key) -> any"
        "Returns `t[key]` without metamethods." [pure] = object::rawget => RawGet,
    rawlen: "rawlen(v) -> integer"
        "Returns the length of a table or string without metamethods." [pure] = object::rawlen,
    rawset: "rawset(t, key, value) -> table"
        "Assigns `t[key] = value` without metamethods and returns the table." = object::rawset,
    select: "select(n, ...) -> ..."
        "Returns all arguments from the `n`-th on, counted from the end if `n` is negative; with \"#\", the number of arguments." [pure] = select => Select,
    setmetatable: "setmetatable(t, metatable|nil) -> table"
        "Sets the metatable of a table, or removes it with nil, and returns the table." = object::setmetatable => SetMetatable,
    tonumber: "tonumber(v [, base]) -> number|nil"
        "Converts a string to a number, or to an integer in a base from 2 to 36; nil if it is not a numeral." [pure] = tonumber => ToNumber,
    tostring: "tostring(v) -> string"
        "Converts any value to a string, with the `__tostring` metamethod if there is one." = print::tostring => ToString,
    type: "type(v) -> string"
        "Returns the name of a value's basic type." [pure] = object::type_ => Type,
    warn: "warn(message, ...)"
        "Emits a warning, the concatenation of its arguments. \"@on\" and \"@off\" turn warnings on and off." = warn,
}

/// What programs reach only through other functions, and the continuations.
pub static INNER: &[&[&Native]] =
    &[iterate::INNER, chunk::THEN, gc::THEN, iterate::THEN, print::THEN];

fn assert(vm: &mut Vm) -> NativeResult {
    if !vm.arg(1).is_falsy() {
        let n = vm.nargs();
        vm.charge_values(n);
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
    let level = usize::try_from(level).unwrap_or(0);
    if level > NEAR {
        let depth = vm.activations(vm.current_thread()).take(level).count();
        vm.charge(4 * depth as u64);
    }
    vm.charge_key(message);
    vm.raise_value(message, level)
}

/// Levels to which the walk down is not charged.
const NEAR: usize = 32;

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
    vm.charge_values((n - i) as usize);
    Ok(luka_vm::Action::Return((n - i) as u32))
}

fn tonumber(vm: &mut Vm) -> NativeResult {
    if vm.arg(2).is_nil() {
        let v = vm.check_any(1)?;
        let n = vm.to_number(v);
        return vm.ret1(n.unwrap_or(Value::NIL));
    }
    let base = vm.check_int(2)?;
    let Some(s) = vm.arg(1).as_str() else {
        return Err(vm.type_error(1, "string"));
    };
    if !(2..=36).contains(&base) {
        return Err(vm.arg_error(2, "base out of range"));
    }
    vm.charge_bytes(s.len());
    match luka_vm::value::parse::str_to_int_base(s.bytes(), base as u32) {
        Some(n) => vm.ret1(n),
        None => vm.ret1(Value::NIL),
    }
}

/// What it costs to write a piece of a warning.
const WARNING: u64 = 50;

fn warn(vm: &mut Vm) -> NativeResult {
    let n = vm.nargs();
    vm.check_str(1)?;
    for i in 2..=n {
        vm.check_str(i)?;
    }
    for i in 1..=n {
        let piece = vm.check_str(i)?;
        vm.charge(WARNING + piece.len() as u64 / BYTES_PER_UNIT);
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
        // Some functions return values that are their upvalues.
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
