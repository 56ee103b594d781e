//! Values as people read them. Nothing of the program runs, and nothing of it is changed.

use luka_report::run_time::quoted;
use luka_vm::debug::FuncInfo;
use luka_vm::value::format::write_number;
use luka_vm::{Value, Vm};

/// Characters shown of a string, entries of a table.
const TEXT: usize = 60;
const ENTRIES: usize = 4;

/// A value on one line.
pub fn shown(vm: &Vm, value: Value) -> String {
    let Some(table) = value.as_table() else { return simple(vm, value) };
    let list: Vec<Value> =
        (1..).map(|n| table.get_int(n)).take_while(|v| !v.is_nil()).take(ENTRIES + 1).collect();
    let in_list =
        |key: Value| key.as_int().is_some_and(|n| n >= 1 && n as usize <= list.len().min(ENTRIES));
    let mut parts: Vec<String> = list.iter().map(|value| simple(vm, *value)).collect();
    for (key, value) in table.entries() {
        if parts.len() > ENTRIES {
            break;
        }
        if in_list(key) || (list.len() > ENTRIES && key.as_int().is_some()) {
            continue;
        }
        parts.push(match key.as_str() {
            Some(name) if is_name(name.bytes()) => {
                format!("{} = {}", text(name.bytes()), simple(vm, value))
            }
            _ => format!("[{}] = {}", simple(vm, key), simple(vm, value)),
        });
    }
    if parts.len() > ENTRIES {
        parts.truncate(ENTRIES);
        parts.push("…".to_string());
    }
    let name = type_name(vm, value).map_or(String::new(), |name| format!("{name} "));
    if parts.is_empty() {
        format!("{name}{{}}")
    } else {
        format!("{name}{{ {} }}", parts.join(", "))
    }
}

/// The name that the metatable of a value gives its type.
fn type_name(vm: &Vm, value: Value) -> Option<String> {
    let name = vm.metatable_of(value)?.get_str_bytes(b"__name");
    Some(text(name.as_str()?.bytes()))
}

/// The type of a value, for editors.
pub fn kind(vm: &Vm, value: Value) -> String {
    type_name(vm, value).unwrap_or_else(|| value.type_of().name().to_string())
}

fn simple(vm: &Vm, value: Value) -> String {
    if let Some(string) = value.as_str() {
        return quoted(string.bytes(), TEXT);
    }
    if value.is_number() {
        let mut out = Vec::new();
        write_number(value, &mut out);
        return text(&out);
    }
    if let Some(b) = value.as_bool() {
        return b.to_string();
    }
    if value.is_nil() {
        return "nil".to_string();
    }
    if let Some(native) = value.as_native() {
        return format!("function {}", native.native().name);
    }
    if value.is_function() {
        let info = FuncInfo::of(value);
        return format!("function <{}:{}>", text(&info.short_src), info.line_defined);
    }
    if let Some(table) = value.as_table() {
        let name = type_name(vm, value).map_or(String::new(), |name| format!("{name} "));
        let dots = if table.entries().next().is_none() { "" } else { "…" };
        return format!("{name}{{{dots}}}");
    }
    kind(vm, value)
}

/// Bytes as text, those of long ones left out.
pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(&bytes[..bytes.len().min(1000)]).into_owned()
}

/// Whether a key can be written as a name.
pub fn is_name(name: &[u8]) -> bool {
    const WORDS: [&[u8]; 22] = [
        b"and",
        b"break",
        b"do",
        b"else",
        b"elseif",
        b"end",
        b"false",
        b"for",
        b"function",
        b"goto",
        b"if",
        b"in",
        b"local",
        b"nil",
        b"not",
        b"or",
        b"repeat",
        b"return",
        b"then",
        b"true",
        b"until",
        b"while",
    ];
    let start = name.first().is_some_and(|c| c.is_ascii_alphabetic() || *c == b'_');
    start && name.iter().all(|c| c.is_ascii_alphanumeric() || *c == b'_') && !WORDS.contains(&name)
}
