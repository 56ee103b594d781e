//! The state of a paused program as JSON: who is active, and what is in the registers.

use luka::Vm;
use luka::toolchain::machine;
use luka_bytecode::Span;
use luka_bytecode::text::quote;
use luka_vm::debug::Activation;
use luka_vm::debug::position::chunk_id;
use luka_vm::value::format::write_number;
use luka_vm::{Gc, Thread, Type, Value as Raw};
use serde_json::{Value, json};

use crate::machine::File;
use crate::utf16::Utf16;

/// Active functions that are shown, at most.
const FRAMES: usize = 100;
/// Bytes of a string that are shown, at most.
const STRING: usize = 80;

/// `{"fuel": …, "memory": …, "frames": […]}`, the innermost function first. A frame is what
/// `luka.d.ts` says of it.
pub fn state(vm: &mut Vm, files: &[File]) -> Value {
    let (fuel, memory) = (vm.fuel_used(), vm.memory_used());
    let vm = machine(vm);
    let thread = vm.current_thread();
    // (The outermost function of a program is called by a native of the embedding crate.)
    let frames =
        vm.activations(thread).filter(|level| level.frame.is_lua() || !level.frame.is_last);
    let frames = frames.take(FRAMES);
    let frames = frames.map(|level| frame(vm, thread, &level, files));
    json!({ "fuel": fuel, "memory": memory, "frames": frames.collect::<Value>() })
}

fn frame(vm: &luka_vm::Vm, thread: Gc<Thread>, level: &Activation, files: &[File]) -> Value {
    let name = level.name().map(|name| String::from_utf8_lossy(&name.name).into_owned());
    let Some(place) = vm.location(level) else {
        let known = vm.name_in_modules(level.func());
        let name = known.map(|name| String::from_utf8_lossy(&name).into_owned()).or(name);
        return json!({ "kind": "native", "name": name, "registers": [] });
    };
    let chunk = place.chunk.source_name.as_deref().unwrap_or(b"=?");
    let file = String::from_utf8_lossy(&chunk_id(chunk)).trim_start_matches("./").to_string();
    let mut found = json!({
        "kind": "lua",
        "name": name,
        "file": file,
        "line": place.line,
        "pc": level.frame.pc,
        "registers": registers(vm, thread, level),
    });
    if let Some((_, text)) = files.iter().find(|(name, _)| *name == file)
        && place.span != Span::NONE
    {
        found = Utf16::new(text).range(place.span, found);
    }
    found
}

/// The registers from 0 on: a local variable's name, or null for a value of the compiler's own.
fn registers(vm: &luka_vm::Vm, thread: Gc<Thread>, level: &Activation) -> Value {
    let mut found = Vec::new();
    for number in 1.. {
        let Some((name, value)) = vm.get_local(thread, &level.frame, number) else { break };
        let name = (!name.starts_with(b"(")).then(|| String::from_utf8_lossy(&name).into_owned());
        found.push(json!({
            "name": name,
            "type": type_name(value.type_of()),
            "value": text(vm, value),
        }));
    }
    Value::Array(found)
}

/// A value as a person reads it; nothing of the program runs.
fn text(vm: &luka_vm::Vm, value: Raw) -> String {
    if value.is_number() {
        let mut out = Vec::new();
        write_number(value, &mut out);
        return String::from_utf8_lossy(&out).into_owned();
    }
    if let Some(string) = value.as_str() {
        return quoted(string.bytes());
    }
    if let Some(flag) = value.as_bool() {
        return flag.to_string();
    }
    if value.is_function()
        && let Some(name) = vm.name_in_modules(value)
    {
        return format!("function {}", String::from_utf8_lossy(&name));
    }
    type_name(value.type_of()).to_string()
}

/// A string as it would be written, cut where it is long.
fn quoted(bytes: &[u8]) -> String {
    let Ok(text) = str::from_utf8(bytes) else {
        let cut = if bytes.len() > STRING { "…" } else { "" };
        return quote(&bytes[..bytes.len().min(STRING)]) + cut;
    };
    let end = text.floor_char_boundary(STRING);
    let mut out = String::from('"');
    for c in text[..end].chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            c if c.is_control() => out.push_str(&format!("\\{}", c as u32)),
            c => out.push(c),
        }
    }
    out + "\"" + if end < text.len() { "…" } else { "" }
}

fn type_name(of: Type) -> &'static str {
    of.name()
}
