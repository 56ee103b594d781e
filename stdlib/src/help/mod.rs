//! `luka.help`: what is known about a value, for people. A native says its usage and documentation
//! itself; of a function written in the language there are its parameters, its place and the
//! comment above it; of a table, a library for one, its functions.
//!
//! No metamethod runs: help is safe to ask about anything.

mod comments;

pub use comments::comment_above;

use luka_vm::debug::FuncInfo;
use luka_vm::host::FileId;
use luka_vm::{Native, NativeResult, Value, Vm};

/// Opens the module when it is required: the module is the function.
pub static OPEN: Native = Native::new("luka.help.open", "", "Makes the module luka.help.", open);

pub static HELP: Native = Native::new(
    "luka.help",
    "luka.help([x])",
    "Prints what is known about a function, a library, or what a text as \"string.rep\" names.",
    help,
);

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
after require, luka.bytecode, luka.compiler, luka.help.
";

fn open(vm: &mut Vm) -> NativeResult {
    let help = vm.heap.new_native(&HELP, &[]);
    vm.ret1(help)
}

fn help(vm: &mut Vm) -> NativeResult {
    let text = match vm.nargs() {
        0 => OVERVIEW.as_bytes().to_vec(),
        _ => {
            let asked = vm.arg(1);
            let value = named(vm, asked).unwrap_or(asked);
            let mut text = describe(vm, value);
            text.push(b'\n');
            text
        }
    };
    vm.charge(text.len() as u64);
    const STDOUT: FileId = FileId(1);
    if let Err(error) = vm.host().write(STDOUT, &text) {
        return Err(vm.error(error.message));
    }
    vm.ret0()
}

/// The value that a text names as a path from the globals, read without metamethods.
fn named(vm: &mut Vm, text: Value) -> Option<Value> {
    let path = text.as_str()?.bytes().to_vec();
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

/// What is known about a value: its usage in the first line, then, behind an empty line, its
/// documentation. Any bytes: names are the program's. No line feed at the end.
pub fn describe(vm: &mut Vm, value: Value) -> Vec<u8> {
    let mut text = usage(value);
    if let Some(doc) = documentation(vm, value) {
        text.extend_from_slice(b"\n\n");
        text.extend_from_slice(doc.as_bytes());
    }
    if let Some(table) = value.as_table() {
        let mut names: Vec<Vec<u8>> = Vec::new();
        let mut key = Value::NIL;
        let mut seen = 0;
        while let Ok(Some((next, held))) = table.next(key) {
            key = next;
            seen += 1;
            if let Some(name) = next.as_str() {
                let mark: &[u8] = if is_function(held) { b"()" } else { b"" };
                names.push([name.bytes(), mark].concat());
            }
            if names.len() > MOST_NAMES || seen >= MOST_KEYS {
                break;
            }
        }
        vm.charge(seen as u64);
        names.sort();
        let more = names.len() > MOST_NAMES;
        names.truncate(MOST_NAMES);
        if !names.is_empty() {
            text.extend_from_slice(b" with ");
            text.extend_from_slice(&names.join(&b", "[..]));
            if more {
                text.extend_from_slice(b", and more");
            }
        }
    }
    text
}

fn is_function(value: Value) -> bool {
    value.as_native().is_some() || value.as_lua_fn().is_some()
}

/// How a function is called and where it is; of another value its type.
pub fn usage(value: Value) -> Vec<u8> {
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
    let mut text = b"function (".to_vec();
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

/// The documentation of a function: what comes with it, else the comment above its text, if the
/// host has the text.
pub fn documentation(vm: &mut Vm, function: Value) -> Option<String> {
    if let Some(doc) = known(function) {
        return Some(doc.to_string());
    }
    function.as_lua_fn()?;
    let info = FuncInfo::of(function);
    let line = usize::try_from(info.line_defined).ok().filter(|&line| line > 0)?;
    let text = beginning(vm, info.source.strip_prefix(b"@")?)?;
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
