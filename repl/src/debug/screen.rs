//! What is shown: the source around the place, variables, the stack.

use luka_debug::{Engine, Frame, Reason, Scope, ThreadId, Variable, variables};
use std::collections::HashMap;

/// Lines shown before and behind the place.
const AROUND: u32 = 3;

/// Values at the last stop, by function and name.
pub type Before = HashMap<(String, String), String>;

/// The lines of a text around one, which is marked.
pub fn source(text: &[u8], line: u32, around: u32, marks: bool) -> String {
    let mut out = String::new();
    let lines = String::from_utf8_lossy(text).into_owned();
    let first = line.saturating_sub(around).max(1);
    for (n, text) in (1..).zip(lines.lines()).skip(first as usize - 1) {
        if n > line + around {
            break;
        }
        let mark = if n == line && marks { "→" } else { " " };
        out.push_str(format!("{mark} {n:>4}  {text}").trim_end());
        out.push('\n');
    }
    out
}

/// The place where the program has stopped, with its source.
pub fn place(engine: &mut Engine) -> String {
    let Some((chunk, line)) = engine.position() else { return String::new() };
    let shown = luka_vm::debug::position::chunk_id(&chunk);
    let head = format!("{}:{line}\n", String::from_utf8_lossy(&shown));
    match engine.text_of(&chunk) {
        Some(text) => head + &source(&text, line, AROUND, true),
        None => head,
    }
}

/// Why the program has stopped.
pub fn reason(reason: &Reason) -> Option<String> {
    Some(match reason {
        Reason::Entry | Reason::Step | Reason::Goto | Reason::Pause => return None,
        Reason::Breakpoint(ids) => {
            let ids: Vec<String> = ids.iter().map(u32::to_string).collect();
            format!("breakpoint {}", ids.join(", "))
        }
        Reason::Change(_, text) => text.clone(),
        Reason::Error { message, caught } => {
            let what = if *caught { "error, which is caught" } else { "error" };
            format!("{what}: {message}")
        }
        Reason::Beginning => "the recording begins here".to_string(),
        Reason::End => "the program has ended".to_string(),
    })
}

/// The variables of a frame; those with another value than at the last stop are marked.
pub fn locals(engine: &mut Engine, thread: ThreadId, frame: &Frame, before: &mut Before) -> String {
    let machine = engine.timeline.program.machine();
    let mut list: Vec<Variable> = variables(machine, thread, frame.level, Scope::Locals);
    let upvalues = variables(machine, thread, frame.level, Scope::Upvalues);
    list.extend(upvalues.into_iter().filter(|variable| variable.name != "_ENV"));
    let mut out = String::new();
    for variable in list {
        let key = (frame.name.clone(), variable.name.clone());
        let old = before.insert(key, variable.value.clone());
        let mark = if old.is_some_and(|old| old != variable.value) { "*" } else { " " };
        out.push_str(&format!("{mark} {} = {}\n", variable.name, variable.value));
    }
    if out.is_empty() { "  no variables\n".to_string() } else { out }
}

/// A stack, one of whose frames is looked at.
pub fn stack(frames: &[Frame], level: usize) -> String {
    let mut out = String::new();
    for frame in frames {
        let mark = if frame.level == level { "→" } else { " " };
        let place = match (&frame.chunk, frame.line) {
            (Some(chunk), Some(line)) => {
                let shown = luka_vm::debug::position::chunk_id(chunk);
                format!(" {}:{line}", String::from_utf8_lossy(&shown))
            }
            _ => String::new(),
        };
        out.push_str(&format!("{mark} {:>3}  {}{place}\n", frame.level, frame.name));
    }
    out
}
