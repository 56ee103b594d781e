//! The stacks of a program: coroutines, frames, variables. Reading them changes nothing.

use crate::show::{is_name, kind, shown, text};
use crate::watcher::{FunctionKey, ThreadId, thread_id};
use luka_vm::debug::position::line_of;
use luka_vm::debug::runs::code_of;
use luka_vm::object::thread::Status;
use luka_vm::run::look::{CellId, Key, Place};
use luka_vm::stack::FrameView;
use luka_vm::{Gc, ProtoObj, Thread, Value, Vm};

/// The most frames of a stack that are looked at.
const LEVELS: usize = 10_000;

/// A coroutine.
#[derive(Clone, Debug)]
pub struct Coroutine {
    pub id: ThreadId,
    pub name: String,
    /// Whether it runs.
    pub is_current: bool,
}

/// A function that is active.
#[derive(Clone)]
pub struct Frame {
    /// Its level in its coroutine, 0 the topmost.
    pub level: usize,
    /// The slot of its first register.
    pub base: usize,
    /// What it is: `main chunk`, `function 'f'`.
    pub name: String,
    /// The name of its chunk, `@file` or `=name` or the text; `None` for functions of the library.
    pub chunk: Option<Vec<u8>>,
    /// The current line.
    pub line: Option<u32>,
    /// The instruction it is at.
    pub pc: Option<usize>,
    /// Its code, as long as the program does not move.
    proto: Option<Gc<ProtoObj>>,
}

impl Frame {
    /// What tells its function from others.
    pub fn function(&self) -> Option<FunctionKey> {
        self.proto.map(|proto| FunctionKey::of(proto.data()))
    }
}

/// A variable, a field, a value.
#[derive(Clone, Debug)]
pub struct Variable {
    pub name: String,
    pub value: String,
    pub kind: String,
    /// The value itself.
    pub raw: Value,
    /// Where it is kept, if that is known.
    pub place: Option<Place>,
}

/// What kinds of variables a function has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scope {
    Locals,
    Upvalues,
    Globals,
}

/// The coroutine with an identity.
pub fn find_thread(vm: &mut Vm, id: ThreadId) -> Option<Gc<Thread>> {
    if id == ThreadId::Main {
        return Some(vm.main_thread());
    }
    vm.coroutines().into_iter().find(|thread| thread_id(vm, *thread) == id)
}

/// All coroutines, the running one first.
pub fn coroutines(vm: &mut Vm) -> Vec<Coroutine> {
    let all = vm.coroutines();
    let running = vm.current_thread();
    let name = |thread: Gc<Thread>| {
        let id = thread_id(vm, thread);
        let ThreadId::Cell(number) = id else { return "main".to_string() };
        let status = match thread.status() {
            Status::Running => "running",
            Status::Normal => "waits for another",
            _ => "suspended",
        };
        let function = vm.frames(thread).filter(FrameView::is_lua).last();
        let place = function.and_then(|frame| {
            let (proto, _) = code_of(&frame)?;
            let data = proto.data();
            let source = luka_vm::debug::position::short_source(&data.chunk);
            Some(format!(" {}:{}", text(&source), data.line_defined))
        });
        format!("coroutine {number:x}{} ({status})", place.unwrap_or_default())
    };
    all.iter()
        .map(|&thread| Coroutine {
            id: thread_id(vm, thread),
            name: name(thread),
            is_current: thread == running,
        })
        .collect()
}

/// The frames of a coroutine, the topmost first. Functions of the library are among them, those of
/// the host are not.
pub fn frames(vm: &mut Vm, id: ThreadId) -> Vec<Frame> {
    let Some(thread) = find_thread(vm, id) else { return Vec::new() };
    let levels: Vec<_> = vm.trace(thread, 0, LEVELS).collect();
    let views: Vec<FrameView> = vm.frames(thread).take(LEVELS).collect();
    let named = levels.len() == views.len();
    let frame = |(level, view): (usize, &FrameView)| {
        let code = code_of(view);
        let name = match named {
            true => levels[level].function.clone(),
            false => b"function".to_vec(),
        };
        Frame {
            level,
            base: view.base,
            name: text(&name),
            chunk: code.as_ref().and_then(|(proto, _)| {
                proto.data().chunk.source_name.as_deref().map(<[u8]>::to_vec)
            }),
            line: code.as_ref().and_then(|(proto, pc)| line_of(proto.data(), *pc)),
            pc: code.as_ref().map(|(_, pc)| *pc),
            proto: code.map(|(proto, _)| proto),
        }
    };
    let shown = views.iter().enumerate().filter(|(_, view)| !is_hosts(view));
    shown.map(frame).collect()
}

/// Whether it is the host's own, below the program.
fn is_hosts(view: &FrameView) -> bool {
    view.func.as_native().is_some_and(|native| native.native().name.starts_with("host."))
}

/// A frame by its coroutine and level.
pub fn view(vm: &mut Vm, id: ThreadId, level: usize) -> Option<(Gc<Thread>, FrameView)> {
    let thread = find_thread(vm, id)?;
    let view = vm.frames(thread).nth(level)?;
    Some((thread, view))
}

/// The variables of a function that are visible where it is.
pub fn variables(vm: &mut Vm, id: ThreadId, level: usize, scope: Scope) -> Vec<Variable> {
    let Some((thread, view)) = view(vm, id, level) else { return Vec::new() };
    match scope {
        Scope::Locals => locals(vm, thread, &view),
        Scope::Upvalues => upvalues(vm, &view),
        Scope::Globals => fields(vm, vm.globals().into()),
    }
}

fn variable(vm: &Vm, name: &[u8], raw: Value, place: Option<Place>) -> Variable {
    Variable { name: text(name), value: shown(vm, raw), kind: kind(vm, raw), raw, place }
}

fn locals(vm: &Vm, thread: Gc<Thread>, view: &FrameView) -> Vec<Variable> {
    let cell = vm.cell_of_thread(thread);
    let mut found: Vec<Variable> = Vec::new();
    for n in 1.. {
        let Some((name, slot)) = vm.local_slot(thread, view, n) else { break };
        if name.starts_with(b"(") {
            continue;
        }
        let place = cell.map(|cell| Place::Slot(cell, slot));
        let new = variable(vm, &name, vm.stack_slot(thread, slot), place);
        // The innermost of one name is the one that is meant.
        match found.iter_mut().find(|old| old.name == new.name) {
            Some(old) => *old = new,
            None => found.push(new),
        }
    }
    for n in 1.. {
        let Some((_, slot)) = vm.local_slot(thread, view, -n) else { break };
        let place = cell.map(|cell| Place::Slot(cell, slot));
        let name = format!("(vararg {n})");
        found.push(variable(vm, name.as_bytes(), vm.stack_slot(thread, slot), place));
    }
    found
}

fn upvalues(vm: &Vm, view: &FrameView) -> Vec<Variable> {
    let mut found = Vec::new();
    for n in 1.. {
        let Some((name, value)) = vm.get_upvalue(view.func, n) else { break };
        let upvalue = view.func.as_lua_fn().and_then(|f| f.upval(n as usize - 1));
        let place = upvalue.and_then(|upvalue| vm.cell_of_upvalue(upvalue)).map(Place::Upvalue);
        found.push(variable(vm, &name, value, place));
    }
    found
}

/// What is in a value: the fields of a table and its metatable.
pub fn fields(vm: &Vm, value: Value) -> Vec<Variable> {
    fields_within(vm, value, Part::All, 0, usize::MAX)
}

/// A part of what is in a table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Part {
    All,
    /// Fields whose keys are integers.
    Indexed,
    /// The others, and the metatable.
    Named,
}

/// How many fields of a table have integers for keys, and how many others there are, the metatable too.
pub fn count_fields(value: Value) -> (usize, usize) {
    let Some(table) = value.as_table() else { return (0, 0) };
    let (indexed, named): (Vec<_>, Vec<_>) =
        table.entries().map(|(key, _)| key.as_int().is_some()).partition(|is_int| *is_int);
    (indexed.len(), named.len() + usize::from(table.metatable().is_some()))
}

/// The same of a part of a table: so many fields from one on.
pub fn fields_within(
    vm: &Vm,
    value: Value,
    part: Part,
    start: usize,
    count: usize,
) -> Vec<Variable> {
    let Some(table) = value.as_table() else { return Vec::new() };
    let cell = vm.cell_of(value);
    let wanted = |key: Value| match part {
        Part::All => true,
        Part::Indexed => key.as_int().is_some(),
        Part::Named => key.as_int().is_none(),
    };
    let mut entries: Vec<(Value, Value)> =
        table.entries().filter(|(key, _)| wanted(*key)).collect();
    // Numbers first, then names, then what remains as it comes.
    entries.sort_by_cached_key(|(key, _)| order(*key));
    let total = entries.len();
    let end = start.saturating_add(count);
    let mut found: Vec<Variable> = entries
        .into_iter()
        .skip(start)
        .take(count)
        .map(|(key, value)| {
            let name = field_name(vm, key);
            let place =
                cell.zip(Key::of(key)).map(|(cell, key): (CellId, Key)| Place::Field(cell, key));
            variable(vm, name.as_bytes(), value, place)
        })
        .collect();
    if let Some(meta) = table.metatable().filter(|_| part != Part::Indexed)
        && (start..end).contains(&total)
    {
        found.push(variable(vm, b"(metatable)", meta.into(), None));
    }
    found
}

/// What a field is called: by its name, or `[1]`.
fn field_name(vm: &Vm, key: Value) -> String {
    match key.as_str() {
        Some(name) => text(name.bytes()),
        None => format!("[{}]", shown(vm, key)),
    }
}

fn order(key: Value) -> (u8, i64, Vec<u8>) {
    match (key.as_int(), key.as_str()) {
        (Some(n), _) => (0, n, Vec::new()),
        (None, Some(name)) => (1, 0, name.bytes().to_vec()),
        (None, None) => (2, 0, Vec::new()),
    }
}

/// A variable that is visible in a frame, or a field reached from one: `a.b[1]["c"]`. Nothing of the
/// program runs.
///
/// # Errors
/// There is no such variable or field, or it is written otherwise.
pub fn find(vm: &mut Vm, id: ThreadId, level: usize, path: &str) -> Result<Variable, String> {
    let path = path.trim();
    let end = path.find(['.', '[']).unwrap_or(path.len());
    let (name, mut rest) = path.split_at(end);
    let name = name.trim();
    let scopes = [Scope::Locals, Scope::Upvalues, Scope::Globals];
    let found = scopes.into_iter().find_map(|scope| {
        variables(vm, id, level, scope).into_iter().find(|variable| variable.name == name)
    });
    let mut variable = found.ok_or_else(|| format!("there is no variable '{name}' here"))?;
    while !rest.trim().is_empty() {
        let unclear = || format!("'{path}' is no path of fields, as a.b[1].c");
        let key;
        if let Some(after) = rest.trim_start().strip_prefix('.') {
            let end = after.find(['.', '[']).unwrap_or(after.len());
            key = after[..end].trim().to_string();
            rest = &after[end..];
        } else {
            let after = rest.trim_start().strip_prefix('[').ok_or_else(unclear)?;
            let end = after.find(']').ok_or_else(unclear)?;
            let inner = after[..end].trim();
            rest = &after[end + 1..];
            let quoted = inner.strip_prefix(['"', '\'']).and_then(|t| t.strip_suffix(['"', '\'']));
            key = match quoted {
                Some(text) => text.to_string(),
                // The value of a variable is a key, too.
                None if is_name(inner.as_bytes()) => {
                    let named = find(vm, id, level, inner)?.raw;
                    field_name(vm, named)
                }
                None => format!("[{inner}]"),
            };
        }
        let fields = fields(vm, variable.raw);
        let field = fields.into_iter().find(|field| field.name == key);
        variable = field.ok_or_else(|| format!("there is no field {key} in {}", variable.name))?;
    }
    Ok(variable)
}
