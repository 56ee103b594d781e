//! JSON: the module `cjson`, whose functions and settings are those of lua-cjson as OpenResty has it,
//! and the parts of `luka.json` that are written in Rust.

mod config;
mod decode;
mod encode;
mod number;

use self::config::{CJSON, EMPTY_ARRAY, NULL, STRICT, Setting};
use crate::prim::{self, Entry};
use luka_vm::{Gc, Native, NativeResult, Raise, Table, Value, Vm, inner_natives, natives};

natives! { pub static FUNCTIONS = "cjson";
    encode: "cjson.encode(value) -> string"
        "Writes a value as JSON." = encode_value,
    decode: "cjson.decode(text) -> value"
        "Reads JSON; `null` is `cjson.null`." = decode_text,
    new: "cjson.new() -> table"
        "Makes another module with settings of its own." = open,
    encode_sparse_array: "cjson.encode_sparse_array([convert [, ratio [, safe]]]) -> boolean, integer, integer"
        "Sets what is done with arrays that have many holes: above index `safe`, if the largest index is more than `ratio` times the number of elements, an error or, with `convert`, an object." = sparse_array,
    encode_max_depth: "cjson.encode_max_depth([depth]) -> integer"
        "Sets how deep tables may be nested that are written." = |vm| integer(vm, Setting::EncodeMaxDepth, i32::MAX),
    decode_max_depth: "cjson.decode_max_depth([depth]) -> integer"
        "Sets how deep arrays and objects may be nested that are read." = |vm| integer(vm, Setting::DecodeMaxDepth, i32::MAX),
    encode_number_precision: "cjson.encode_number_precision([digits]) -> integer"
        "Sets with how many significant digits, 1 to 16, floats are written." = |vm| integer(vm, Setting::Precision, 16),
    encode_keep_buffer: "cjson.encode_keep_buffer([keep]) -> boolean"
        "Is there for programs that set it; it has no effect." = |vm| switch(vm, Setting::KeepBuffer),
    encode_invalid_numbers: "cjson.encode_invalid_numbers([how]) -> boolean | string"
        "Sets what infinities and NaN are when they are written: false, an error; true, words of JavaScript; \"null\", null." = encode_invalid_numbers,
    decode_invalid_numbers: "cjson.decode_invalid_numbers([allow]) -> boolean"
        "Sets whether numbers may be read that JSON does not have." = |vm| switch(vm, Setting::DecodeInvalidNumbers),
    encode_empty_table_as_object: "cjson.encode_empty_table_as_object([object]) -> boolean"
        "Sets whether an empty table is written as an object, or as an array." = |vm| switch(vm, Setting::EmptyTableAsObject),
    decode_array_with_array_mt: "cjson.decode_array_with_array_mt([mark]) -> boolean"
        "Sets whether arrays that are read have the metatable `cjson.array_mt`." = |vm| switch(vm, Setting::ArrayWithArrayMt),
    decode_allow_comment: "cjson.decode_allow_comment([allow]) -> boolean"
        "Sets whether comments, as JavaScript has them, may be read." = |vm| switch(vm, Setting::AllowComment),
    encode_escape_forward_slash: "cjson.encode_escape_forward_slash([escape]) -> boolean"
        "Sets whether `/` is written as `\\/`." = |vm| switch(vm, Setting::EscapeSlash),
    encode_skip_unsupported_value_types: "cjson.encode_skip_unsupported_value_types([skip]) -> boolean"
        "Sets whether functions and other values that JSON does not have are left out, or an error." = |vm| switch(vm, Setting::SkipUnsupported),
    encode_indent: "cjson.encode_indent([text]) -> string"
        "Sets with what nested lines are indented; with an empty text all is one line." = indent,
}

natives! { pub static CORE = "luka.json.core";
    encode: "luka.json.core.encode(value, indent, sorted) -> string"
        "Writes a value; `sorted` is `table.sort`, or nil." = core_encode,
    decode: "luka.json.core.decode(text) -> value | nil, string, integer"
        "Reads a text." = core_decode,
}

inner_natives! { pub static INNER;
    /// Opens the module when it is required.
    OPEN: "cjson.open" "" "Makes the module cjson." = open;
    OPEN_CORE: "luka.json.core.open" "" "Makes the module luka.json.core." = open_core;
}

pub use decode::THEN as DECODE;
pub use encode::THEN as ENCODE;

fn open(vm: &mut Vm) -> NativeResult {
    let module = module(vm, FUNCTIONS, &CJSON)?;
    let (name, version) = (vm.small_str("cjson"), vm.small_str("2.1.0.11"));
    prim::set_field(vm, module, "_NAME", name)?;
    prim::set_field(vm, module, "_VERSION", version)?;
    vm.ret1(module)
}

fn open_core(vm: &mut Vm) -> NativeResult {
    let module = module(vm, CORE, &STRICT)?;
    vm.ret1(module)
}

/// A module whose functions share new settings.
fn module(vm: &mut Vm, functions: &[Entry], defaults: &[i64]) -> Result<Gc<Table>, Raise> {
    let settings = config::new(vm, defaults)?;
    let (array_mt, empty_array_mt) = config::array_metatables(vm)?;
    let module = prim::new_table(vm, 0, functions.len() as u32 + 8)?;
    for (name, native) in functions {
        let f = prim::new_native(vm, native, &[settings.into()]);
        prim::set_field(vm, module, name, f)?;
    }
    for (name, value) in [
        ("null", NULL),
        ("empty_array", EMPTY_ARRAY),
        ("array_mt", array_mt.into()),
        ("empty_array_mt", empty_array_mt.into()),
    ] {
        prim::set_field(vm, module, name, value)?;
    }
    Ok(module)
}

fn settings(vm: &mut Vm) -> Option<Gc<Table>> {
    vm.upvalue(1).as_table()
}

fn one_argument(vm: &mut Vm) -> Result<(), Raise> {
    if vm.nargs() == 1 { Ok(()) } else { Err(vm.arg_error(1, "expected 1 argument")) }
}

fn encode_value(vm: &mut Vm) -> NativeResult {
    one_argument(vm)?;
    let (settings, value) = (settings(vm), vm.arg(1));
    encode::encode(vm, settings, value)
}

fn decode_text(vm: &mut Vm) -> NativeResult {
    one_argument(vm)?;
    let text = vm.check_str(1)?;
    let settings = settings(vm);
    decode::decode(vm, settings, text, false)
}

fn core_encode(vm: &mut Vm) -> NativeResult {
    let settings = config::new(vm, &STRICT)?;
    let (value, indent, sort) = (vm.arg(1), vm.arg(2), vm.arg(3));
    for (setting, v) in
        [(Setting::Indent, indent), (Setting::Strict, Value::int(1)), (Setting::Sort, sort)]
    {
        prim::set_int(vm, settings, setting as i64, v)?;
    }
    encode::encode(vm, Some(settings), value)
}

fn core_decode(vm: &mut Vm) -> NativeResult {
    let text = vm.check_str(1)?;
    let settings = config::new(vm, &STRICT)?;
    prim::set_int(vm, settings, Setting::Strict as i64, Value::int(1))?;
    decode::decode(vm, Some(settings), text, true)
}

// ------------------------------------------------------------------ settings

/// Checks that there are at most so many arguments.
fn at_most(vm: &mut Vm, n: usize) -> Result<(), Raise> {
    if vm.nargs() > n { Err(vm.arg_error(n + 1, "found too many arguments")) } else { Ok(()) }
}

fn get(vm: &mut Vm, setting: Setting) -> i64 {
    settings(vm).and_then(|t| t.get_int(setting as i64).as_int()).unwrap_or(0)
}

fn set(vm: &mut Vm, setting: Setting, value: Value) -> Result<(), Raise> {
    match settings(vm) {
        Some(table) => prim::set_int(vm, table, setting as i64, value),
        None => Ok(()),
    }
}

/// Sets an integer if argument `i` is there; pushes it.
fn set_integer(vm: &mut Vm, i: usize, setting: Setting, min: i64, max: i32) -> Result<(), Raise> {
    if let Some(n) = vm.opt_int(i)? {
        if n < min || n > i64::from(max) {
            return Err(vm.arg_error(1, format!("expected integer between {min} and {max}")));
        }
        set(vm, setting, Value::int(n))?;
    }
    Ok(())
}

/// Sets one of some options if argument `i` is there; a boolean is one of the first two.
fn set_option(vm: &mut Vm, i: usize, setting: Setting, options: &[&str]) -> Result<(), Raise> {
    let v = vm.arg(i);
    if v.is_nil() {
        return Ok(());
    }
    let chosen = match v.as_bool() {
        Some(on) => i64::from(on),
        None => vm.check_option(i, None, options)? as i64,
    };
    set(vm, setting, Value::int(chosen))
}

fn integer(vm: &mut Vm, setting: Setting, max: i32) -> NativeResult {
    at_most(vm, 1)?;
    set_integer(vm, 1, setting, 1, max)?;
    let n = get(vm, setting);
    vm.ret1(n)
}

fn switch(vm: &mut Vm, setting: Setting) -> NativeResult {
    at_most(vm, 1)?;
    set_option(vm, 1, setting, &["off", "on"])?;
    let on = get(vm, setting) != 0;
    vm.ret1(on)
}

fn encode_invalid_numbers(vm: &mut Vm) -> NativeResult {
    at_most(vm, 1)?;
    set_option(vm, 1, Setting::EncodeInvalidNumbers, &["off", "on", "null"])?;
    match get(vm, Setting::EncodeInvalidNumbers) {
        2 => {
            let null = vm.small_str("null");
            vm.ret1(null)
        }
        n => vm.ret1(n != 0),
    }
}

fn sparse_array(vm: &mut Vm) -> NativeResult {
    at_most(vm, 3)?;
    set_option(vm, 1, Setting::SparseConvert, &["off", "on"])?;
    set_integer(vm, 2, Setting::SparseRatio, 0, i32::MAX)?;
    set_integer(vm, 3, Setting::SparseSafe, 0, i32::MAX)?;
    let convert = get(vm, Setting::SparseConvert) != 0;
    let (ratio, safe) = (get(vm, Setting::SparseRatio), get(vm, Setting::SparseSafe));
    vm.push(Value::bool(convert));
    vm.push(Value::int(ratio));
    vm.push(Value::int(safe));
    Ok(luka_vm::Action::Return(3))
}

fn indent(vm: &mut Vm) -> NativeResult {
    at_most(vm, 1)?;
    if let Some(text) = vm.opt_str(1)? {
        set(vm, Setting::Indent, text.into())?;
    }
    let text = settings(vm).map_or(Value::NIL, |t| t.get_int(Setting::Indent as i64));
    let text = if text.is_string() { text } else { vm.small_str("") };
    vm.ret1(text)
}

/// What opens the modules of this folder.
pub static OPENERS: &[(&str, &Native)] = &[("cjson", &OPEN), ("luka.json.core", &OPEN_CORE)];
