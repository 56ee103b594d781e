//! `luka.help`: what is known about a value, for people. A native says its usage and documentation
//! itself; of a function written in the language there are its parameters, its place and the
//! comment above it; of a table, for example a library, its functions. The prompt's `:doc` shows
//! the same.
//!
//! No metamethod runs: help is safe to ask about anything.

mod comments;

pub use comments::comment_above;

use luka_vm::debug::FuncInfo;
use luka_vm::host::FileId;
use luka_vm::{Gc, NativeResult, Table, Value, Vm, inner_natives};
use std::rc::Rc;

inner_natives! { pub static INNER;
    /// Opens the module when it is required: the module is the function.
    OPEN: "luka.help.open" "" "Makes the module luka.help." = open;
    /// The function `luka.help`.
    HELP: "luka.help" "luka.help([x])"
        "Prints the documentation of a function or library, given as a value or by name, as in \"string.rep\"."
        = help;
}

/// Line and two texts of each function of a module.
type Comments = &'static [(u32, &'static str, &'static str)];

/// Line and comment of each function of the modules written in the language, by module.
static DOCS: &[(&str, Comments)] = include!(concat!(env!("OUT_DIR"), "/docs.rs"));

/// Most bytes of a file that are searched for the comment above a function.
const MOST_TEXT: usize = 1 << 22;

/// Most keys of a table that are looked at: libraries have fewer.
const MOST_KEYS: usize = 10_000;

/// Most names of a table that are listed.
const MOST_NAMES: usize = 200;

const OVERVIEW: &str = "\
help(f) says what a function does, help(t) what a table holds: help(string.rep), help(string),
help(\"string.rep\"). The libraries: _G coroutine debug io math os package string table utf8, and,
after require, luka.bytecode, luka.compiler, luka.help, luka.test, and of files, programs, JSON and more the
modules that docs/batteries.md describes: luka.fs, luka.process, luka.json ...
";

fn open(vm: &mut Vm) -> NativeResult {
    let help = vm.heap.new_native(&HELP, &[]);
    vm.ret1(help)
}

/// Fuel for looking up what a value is.
const LOOKED_UP: u64 = 8_000;

fn help(vm: &mut Vm) -> NativeResult {
    let text = match vm.nargs() {
        0 => OVERVIEW.as_bytes().to_vec(),
        _ => {
            let asked = vm.arg(1);
            let value = named(vm, asked).unwrap_or(asked);
            let name = is_function(value).then(|| vm.name_in_modules(value)).flatten();
            let mut text = describe(vm, value, name.as_deref());
            text.push(b'\n');
            text
        }
    };
    vm.charge(LOOKED_UP + text.len() as u64);
    const STDOUT: FileId = FileId(1);
    if let Err(error) = vm.host().write(STDOUT, &text) {
        return Err(vm.error(error.message));
    }
    vm.ret0()
}

/// The value that a text names as a path from the globals, read without metamethods.
fn named(vm: &mut Vm, text: Value) -> Option<Value> {
    let path = text.as_str()?.bytes().to_vec();
    vm.charge_bytes(path.len());
    let mut value = Value::from(vm.globals());
    for name in path.split(|&c| c == b'.' || c == b':') {
        let key = vm.heap.intern_or_long(name);
        value = value.as_table()?.get(Value::from(key));
        if value.is_nil() {
            return None;
        }
    }
    Some(value)
}

/// What is known about a value, which may have a name: the usage of a function in the first line,
/// then, behind an empty line, its documentation; the functions of a table with their summaries, and
/// its other fields. Any bytes: names are the program's. No line feed at the end.
pub fn describe(vm: &mut Vm, value: Value, name: Option<&[u8]>) -> Vec<u8> {
    let mut text = usage(value, name.unwrap_or(b"function "));
    if let Some(doc) = documentation(vm, value) {
        text.extend_from_slice(b"\n\n");
        text.extend_from_slice(doc.as_bytes());
    }
    if let Some(table) = value.as_table() {
        contents(vm, table, &mut text);
    }
    text
}

/// The functions of a table, each with the first line of its documentation, and the names of its
/// other fields.
fn contents(vm: &mut Vm, table: Gc<Table>, text: &mut Vec<u8>) {
    let mut fields: Vec<(Vec<u8>, Value)> = Vec::new();
    let mut key = Value::NIL;
    let mut seen = 0;
    while let Ok(Some((next, held))) = table.next(key) {
        key = next;
        seen += 1;
        if let Some(name) = next.as_str() {
            fields.push((name.bytes().to_vec(), held));
        }
        if fields.len() > MOST_NAMES || seen >= MOST_KEYS {
            break;
        }
    }
    vm.charge(seen as u64);
    luka_bytecode::order::sort_by(&mut fields, |a, b| a.0.cmp(&b.0));
    let more = fields.len() > MOST_NAMES;
    fields.truncate(MOST_NAMES);
    let (functions, others): (Vec<_>, Vec<_>) = fields.into_iter().partition(|f| is_function(f.1));
    for (name, function) in functions {
        text.extend_from_slice(b"\n  ");
        text.extend_from_slice(&usage(function, &name));
        let doc = known(function).map(str::to_string).or_else(|| kept_comment(vm, function));
        if let Some(first) = doc.as_deref().and_then(|doc| doc.lines().next()) {
            text.extend_from_slice(format!("\n      {first}").as_bytes());
        }
    }
    if !others.is_empty() {
        let names: Vec<Vec<u8>> = others.into_iter().map(|(name, _)| name).collect();
        text.extend_from_slice(b"\n  other fields: ");
        text.extend_from_slice(&names.join(&b", "[..]));
    }
    if more {
        text.extend_from_slice(b"\n  and more");
    }
}

fn is_function(value: Value) -> bool {
    value.as_native().is_some() || value.as_lua_fn().is_some()
}

/// How a function with this name is called and where it is; of another value its type.
fn usage(value: Value, name: &[u8]) -> Vec<u8> {
    if let Some(native) = value.as_native() {
        let native = native.native();
        let text = if native.sig.is_empty() { native.name } else { native.sig };
        return text.as_bytes().to_vec();
    }
    let Some(function) = value.as_lua_fn() else {
        return format!("a {}", value.type_of().name()).into_bytes();
    };
    let info = FuncInfo::of(value);
    if let Some((usage, _)) = documented(&info) {
        return usage.as_bytes().to_vec();
    }
    let mut text = name.to_vec();
    text.push(b'(');
    let mut names = parameters(function, info.params);
    if info.is_vararg {
        names.push(b"...".to_vec());
    }
    text.extend_from_slice(&names.join(&b", "[..]));
    text.extend_from_slice(b")  -- ");
    text.extend_from_slice(&info.short_src);
    if info.line_defined > 0 {
        text.extend_from_slice(format!(":{}", info.line_defined).as_bytes());
    }
    text
}

/// The names of a function's parameters; `?` in a stripped one.
fn parameters(function: luka_vm::Gc<luka_vm::LuaFn>, count: u8) -> Vec<Vec<u8>> {
    let object = function.proto();
    let proto = object.data();
    let locals = &proto.debug.locals;
    let name = |n: usize| locals.get(n).map_or(b"?".to_vec(), |local| local.name.to_vec());
    (0..count as usize).map(name).collect()
}

/// The documentation that comes with a function: a native's own, or that of a function of the
/// modules written in the language.
pub fn known(function: Value) -> Option<&'static str> {
    if let Some(native) = function.as_native() {
        return Some(native.native().doc).filter(|doc| !doc.is_empty());
    }
    function.as_lua_fn()?;
    documented(&FuncInfo::of(function)).map(|(_, doc)| doc)
}

/// The documentation of a function: what comes with it, else the comment above its text. If the text
/// was not kept, the host is asked for the file.
pub fn documentation(vm: &mut Vm, function: Value) -> Option<String> {
    if let Some(doc) = known(function) {
        return Some(doc.to_string());
    }
    if kept_text(function).is_some() {
        return kept_comment(vm, function);
    }
    function.as_lua_fn()?;
    let info = FuncInfo::of(function);
    let line = usize::try_from(info.line_defined).ok().filter(|&line| line > 0)?;
    let text = beginning(vm, info.source.strip_prefix(b"@")?)?;
    vm.charge(text.len() as u64);
    comment_above(&String::from_utf8_lossy(&text), line)
}

/// The text a function was compiled from, if it was kept: that of an input at the prompt is.
pub fn kept_text(function: Value) -> Option<Rc<[u8]>> {
    let object = function.as_lua_fn()?.proto();
    object.data().chunk.source_text.clone()
}

/// The comment above a function in its text, if that was kept.
fn kept_comment(vm: &mut Vm, function: Value) -> Option<String> {
    let text = kept_text(function)?;
    let line = FuncInfo::of(function).line_defined;
    let line = usize::try_from(line).ok().filter(|&line| line > 0)?;
    vm.charge(text.len() as u64);
    comment_above(&String::from_utf8_lossy(&text), line)
}

/// The beginning of a file. A program chooses its chunks' names: the file may have no end.
fn beginning(vm: &mut Vm, path: &[u8]) -> Option<Vec<u8>> {
    let file = vm.host().open(path, b"rb").ok()?;
    let (mut text, mut part) = (Vec::new(), [0; 1 << 12]);
    while text.len() < MOST_TEXT {
        match vm.host().read(file, &mut part) {
            Ok(n @ 1..) => text.extend_from_slice(&part[..n]),
            _ => break,
        }
    }
    // (It was only read.)
    let _ = vm.host().close(file);
    Some(text)
}

/// Usage and documentation of a function of the modules written in the language.
fn documented(info: &FuncInfo) -> Option<(&'static str, &'static str)> {
    let module = info.source.strip_prefix(b"=")?;
    let (_, rows) = DOCS.iter().find(|(name, _)| name.as_bytes() == module)?;
    let row = rows.iter().find(|(line, ..)| i64::from(*line) == info.line_defined)?;
    Some((row.1, row.2))
}

/// Usage and documentation of all functions of the modules written in the language, by module.
pub fn modules() -> impl Iterator<Item = (&'static str, Vec<(&'static str, &'static str)>)> {
    DOCS.iter().map(|(name, rows)| (*name, rows.iter().map(|row| (row.1, row.2)).collect()))
}
