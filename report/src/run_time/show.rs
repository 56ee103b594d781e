//! Values in reports: short, on one line, without running any code of the program.

use luka_vm::value::format::write_number;
use luka_vm::{Type, Value, Vm};

/// Characters shown of a string, entries of a table.
const TEXT: usize = 40;
const ENTRIES: usize = 3;

/// A value as a report shows it: `nil`, `12`, `"text"`, `{ x = 1, y = 2, … }`, `function 'f'`.
pub fn shown(vm: &Vm, value: Value) -> String {
    match value.as_table() {
        Some(_) if vm.metatable_name(value).is_some() => kind(vm, value),
        Some(table) => {
            // What `t[1]`, `t[2]`… are comes first, as a constructor would have it.
            let list = (1..).map(|n| table.get_int(n)).take_while(|v| !v.is_nil());
            let list: Vec<Value> = list.take(ENTRIES + 1).collect();
            let in_list = |key: Value| key.as_int().is_some_and(|n| n >= 1 && n <= table.len());
            let rest = table.entries().filter(|(key, _)| list.is_empty() || !in_list(*key));
            let rest = rest.take(ENTRIES + 1).map(|(key, value)| match key.as_str() {
                Some(name) if is_name(name.bytes()) => {
                    format!("{} = {}", text(name.bytes()), simple(vm, value))
                }
                _ => format!("[{}] = {}", simple(vm, key), simple(vm, value)),
            });
            let items = list.iter().map(|value| simple(vm, *value));
            let mut parts: Vec<String> = items.chain(rest).take(ENTRIES + 1).collect();
            if parts.len() > ENTRIES {
                parts[ENTRIES] = "…".to_string();
            }
            if parts.is_empty() { "{}".to_string() } else { format!("{{ {} }}", parts.join(", ")) }
        }
        None => simple(vm, value),
    }
}

/// The value with its type, where its look does not tell: `the number 3`, `false`.
pub fn described(vm: &Vm, value: Value) -> String {
    match value.type_of() {
        Type::Nil | Type::Boolean => shown(vm, value),
        Type::Number | Type::String => {
            format!("the {} {}", value.type_of().name(), shown(vm, value))
        }
        Type::Table if vm.metatable_name(value).is_none() => {
            format!("the table {}", shown(vm, value))
        }
        _ => kind(vm, value),
    }
}

/// `a string`, `a table`, `an Account` (by the `__name` of its metatable).
pub fn kind(vm: &Vm, value: Value) -> String {
    if value.is_nil() {
        return "nil".to_string();
    }
    let name = String::from_utf8_lossy(&vm.type_name_of(value)).into_owned();
    article(&name)
}

/// The word with its article.
pub fn article(word: &str) -> String {
    let vowel = word.starts_with(['a', 'e', 'i', 'o', 'A', 'E', 'I', 'O']);
    format!("{} {word}", if vowel { "an" } else { "a" })
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
    match value.as_bool() {
        Some(b) => b.to_string(),
        None if value.is_nil() => "nil".to_string(),
        None if value.as_table().is_some_and(|t| t.entries().next().is_none()) => "{}".to_string(),
        None if value.type_of() == Type::Table => "{…}".to_string(),
        None if value.is_function() => match vm.name_in_modules(value) {
            Some(name) => format!("function '{}'", text(&name)),
            None => "a function".to_string(),
        },
        None => kind(vm, value),
    }
}

/// A string in quotes, cut after `most` characters, 100 at most.
pub fn quoted(bytes: &[u8], most: usize) -> String {
    let all = text(bytes);
    let mut out = String::from("\"");
    for c in all.chars().take(most) {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if c.is_control() => out.push_str(&format!("\\{}", c as u32)),
            c => out.push(c),
        }
    }
    out.push('"');
    if all.chars().count() > most {
        out.push_str(&format!("… ({} bytes)", bytes.len()));
    }
    out
}

/// Bytes as text; no more of them than a report can have use for.
pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(&bytes[..bytes.len().min(400)]).into_owned()
}

fn is_name(name: &[u8]) -> bool {
    let start = name.first().is_some_and(|c| c.is_ascii_alphabetic() || *c == b'_');
    start && name.len() <= TEXT && name.iter().all(|c| c.is_ascii_alphanumeric() || *c == b'_')
}
