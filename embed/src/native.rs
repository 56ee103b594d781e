//! The natives through which programs reach the host: each stands for any number of registered
//! functions, whose name is its upvalue. What happens between two steps lies in frame slots, so that
//! a machine that waits is plain data.

use crate::call::{Call, Next};
use crate::convert::{ValueList, ValueStack};
use crate::cx::{Cx, handle_bytes};
use crate::error::{Error, ErrorKind, Result};
use crate::registry::{Kind, Module};
use crate::state::State;
use crate::userdata::{Borrowed, METATABLES, TypeInfo};
use luka_stdlib::{Libs, load, package};
use luka_vm::api::frame::slot::Count;
use luka_vm::interp::natives::XPCALL_THEN;
use luka_vm::native::registry::Registry as Natives;
use luka_vm::{Action, Event, Gc, Native, NativeResult, Raise, Str, Table, Value, Vm as Machine};
use luka_vm::{continuations, frame, inner_natives};
use std::panic::{AssertUnwindSafe, catch_unwind};

inner_natives! { pub(crate) static FUNCTIONS;
    /// A host function; upvalue 1 is its name.
    FUNCTION: "host.function" = call_function;
    /// A function the host answers later; upvalue 1 is its name.
    ASK: "host.call" = ask;
    /// A method of userdata; upvalues: the type's name, its own name.
    METHOD: "host.method" = call_method;
    /// A metamethod of userdata; upvalues as those of a method.
    METAMETHOD: "host.metamethod" = call_metamethod;
    /// `__index` of userdata with fields; upvalues: the type's name, the table of methods.
    INDEX: "host.index" = read_field;
    /// `__newindex` of userdata; upvalue: the type's name.
    NEW_INDEX: "host.newindex" = write_field;
    /// Loads a registered module; upvalue: its number.
    MODULE: "host.module" = load_module;
    /// Runs a program's function with a message handler.
    MAIN: "host.main" = main;
    /// Notes where an error happened while its stack is there; the error stays as it is.
    MESSAGE: "host.message" = note_error;
    /// Resumes a coroutine for the host.
    RESUME: "host.resume" = resume;
}

continuations! { pub(crate) static CONTINUATIONS;
    /// The answer has come: slot 1 says whether it is one, the others are its values.
    ANSWER: "host.call:answer" (nothing, any) = answered;
    /// A call that a host function asked for has returned.
    THEN: "host.function:then" (calling, any) [yieldable] = go_on;
    RESUMED: "host.resume:then" (nothing, outcome) = |vm| vm.ret_from(1);
    /// The host has seen the stack of an error.
    STOPPED: "host.message:stopped" (failed, any) = |vm| { vm.set_top(1); tell(vm) };
    /// An error value's `__tostring` has returned.
    TOLD: "host.message:then" (failed, 1) = note_told;
}

frame! {
    /// Slots of the message handler: the error.
    mod failed { ERROR: Value, }
}

frame! {
    /// No slots.
    mod nothing {}
}

frame! {
    /// Slots of a call that a host function asks for; above them lie the values of its state, below
    /// the results.
    mod calling {
        /// The continuation's name.
        NAME: Gc<Str>,
        /// The number of values of the state.
        STATE: Count,
    }
}

/// The natives of machines that this crate makes, by name.
pub fn natives() -> Natives {
    let mut natives = luka_stdlib::registry();
    let added = natives.add(FUNCTIONS.iter().chain(CONTINUATIONS).copied());
    debug_assert_eq!(added, Ok(()), "two natives have one name");
    natives
}

// ---------------------------------------------------------------------- installation

/// Opens libraries and makes everything the registry of the machine's state names.
pub(crate) fn install(
    machine: &mut Machine,
    default_paths: bool,
) -> std::result::Result<(), Raise> {
    if default_paths {
        let root = machine.registry();
        set(machine, root, "LUA_NOENV", Value::TRUE)?;
    }
    let registry = State::of(machine).registry.clone();
    let entries = registry.entries();
    luka_stdlib::open(machine, entries.libs)?;
    for &(name, kind) in &entries.names {
        let native = match kind {
            Kind::Function => &FUNCTION,
            Kind::Call => &ASK,
        };
        let function = named(machine, native, &[name]);
        set_path(machine, name, function)?;
    }
    let tables = machine.heap.new_table(0, entries.types.len())?;
    let root = machine.registry();
    set(machine, root, METATABLES, tables.into())?;
    for info in &entries.types {
        let meta = metatable(machine, info)?;
        set(machine, tables, info.name, meta.into())?;
    }
    if entries.libs.contains(Libs::PACKAGE) {
        let globals = machine.globals();
        let package = globals.get_str_bytes(b"package").as_table();
        let preload = package.and_then(|t| t.get_str_bytes(b"preload").as_table());
        for (i, (name, _)) in entries.modules.iter().enumerate() {
            let loader = machine.heap.new_native(&MODULE, &[Value::int(i as i64)]);
            if let Some(preload) = preload {
                set(machine, preload, name, loader.into())?;
            }
        }
    }
    if machine.heap.over_limit() { Err(Raise::Memory) } else { Ok(()) }
}

fn named(machine: &mut Machine, native: &'static Native, names: &[&str]) -> Value {
    let upvalues: Vec<Value> = names.iter().map(|name| machine.small_str(name)).collect();
    machine.heap.new_native(native, &upvalues).into()
}

fn set(
    machine: &mut Machine,
    table: Gc<Table>,
    key: &str,
    value: Value,
) -> std::result::Result<(), Raise> {
    let key = machine.small_str(key);
    machine.raw_set(table, key, value)
}

/// Sets the global of a name, or the field of a table when the name has dots.
fn set_path(machine: &mut Machine, path: &str, value: Value) -> std::result::Result<(), Raise> {
    let mut table = machine.globals();
    let mut rest = path;
    while let Some((first, last)) = rest.split_once('.') {
        table = match table.get_str_bytes(first.as_bytes()).as_table() {
            Some(inner) => inner,
            None => {
                let inner = machine.heap.new_table(0, 1)?;
                set(machine, table, first, inner.into())?;
                inner
            }
        };
        rest = last;
    }
    set(machine, table, rest, value)
}

fn metatable(machine: &mut Machine, info: &TypeInfo) -> std::result::Result<Gc<Table>, Raise> {
    let meta = machine.heap.new_table(0, 4)?;
    let methods = machine.heap.new_table(0, info.methods.len())?;
    for (name, _) in &info.methods {
        let method = named(machine, &METHOD, &[info.name, name]);
        set(machine, methods, name, method)?;
    }
    let type_name = machine.small_str(info.name);
    let index: Value = if info.getters.is_empty() {
        methods.into()
    } else {
        machine.heap.new_native(&INDEX, &[type_name, methods.into()]).into()
    };
    set(machine, meta, "__index", index)?;
    let new_index = machine.heap.new_native(&NEW_INDEX, &[type_name]);
    set(machine, meta, "__newindex", new_index.into())?;
    set(machine, meta, "__name", type_name)?;
    // Programs see that there is a metatable, not what is in it.
    set(machine, meta, "__metatable", type_name)?;
    for (event, _) in &info.metamethods {
        let method = named(machine, &METAMETHOD, &[info.name, event]);
        set(machine, meta, event, method)?;
    }
    Ok(meta)
}

// ---------------------------------------------------------------------- calls

/// The text of an upvalue or slot of the running native, which keeps it alive.
fn text_of(value: Value) -> &'static str {
    value.as_str().and_then(|s| std::str::from_utf8(s.bytes()).ok()).unwrap_or_default()
}

/// How a program reached code of the host's: what errors of its arguments look like.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reached {
    Function,
    /// The first argument is the object.
    Method,
    Field,
}

/// Runs code of the host's: its values become the results, its error one of the program, a panic an
/// error, too. `name` is the function's in messages; `reached` says how its arguments are counted.
fn host_code(
    machine: &mut Machine,
    name: &str,
    args: &[Value],
    reached: Reached,
    f: impl for<'a, 'vm> FnOnce(
        &'a mut Cx<'vm>,
        ValueList<'a>,
        &'a mut ValueStack<'vm>,
    ) -> Result<Option<Next>>,
) -> NativeResult {
    if reached != Reached::Field && State::of(machine).is_copy {
        let message = format!("'{name}' is the host's: it is not called to look at something");
        return Err(machine.error(message));
    }
    // Garbage is no reason to refuse handles of the arguments.
    let bytes = handle_bytes(machine, args.len());
    machine.make_room(bytes)?;
    let owner = State::of(machine).releases.clone();
    let mut cx = Cx::of(machine);
    let mut out = ValueStack::new();
    let list = ValueList::new(args, owner);
    let done = catch_unwind(AssertUnwindSafe(|| f(&mut cx, list, &mut out)));
    match done {
        Ok(Ok(None)) => {
            let values = out.raw();
            machine.ensure_stack(values.len(), "too many results")?;
            for &value in values {
                machine.push(value);
            }
            Ok(Action::Return(values.len() as u32))
        }
        Ok(Ok(Some(Next::Return(values)))) => {
            let cx = Cx::of(machine);
            let raw = values.iter().map(|value| value.raw(&cx)).collect::<Result<Vec<_>>>();
            match raw {
                Ok(raw) => {
                    machine.ensure_stack(raw.len(), "too many results")?;
                    for &value in &raw {
                        machine.push(value);
                    }
                    Ok(Action::Return(raw.len() as u32))
                }
                Err(error) => Err(raise(machine, name, reached, error)),
            }
        }
        Ok(Ok(Some(Next::Call(call)))) => match prepare(machine, call) {
            Ok(action) => Ok(action),
            Err(error) => Err(raise(machine, name, reached, error)),
        },
        Ok(Err(error)) => Err(raise(machine, name, reached, error)),
        Err(payload) => {
            let text = payload
                .downcast_ref::<&str>()
                .map(|text| text.to_string())
                .or_else(|| payload.downcast_ref::<String>().cloned())
                .unwrap_or_else(|| "no message".to_string());
            let error = Error::panic(format!("host function '{name}' panicked: {text}"));
            Err(raise(machine, name, reached, error))
        }
    }
}

/// An error of the host's as one of the program.
fn raise(machine: &mut Machine, name: &str, reached: Reached, error: Error) -> Raise {
    if error.kind() == ErrorKind::Memory {
        return Raise::Memory;
    }
    if let Some(value) = error.value() {
        let raw = value.raw(&Cx::of(machine));
        if let Ok(raw) = raw {
            return Raise::Error(raw);
        }
    }
    match (error.number(), reached) {
        (Some(n), Reached::Function) => machine.arg_error(n, error.message()),
        (Some(n), Reached::Method) => machine.arg_error(n + 1, error.message()),
        (Some(_), Reached::Field) => {
            let begin = format!("bad value for field '{name}' (");
            machine.error([begin.as_bytes(), error.message(), b")"].concat())
        }
        (None, _) => machine.error(error.message()),
    }
}

/// Function, arguments and state of a call.
fn raw_call(cx: &Cx, call: &Call) -> Result<(Value, Vec<Value>, Vec<Value>)> {
    if !cx.with_state(|state| state.registry.entries().thens.contains_key(call.then)) {
        return Err(Error::msg(format!("there is no continuation '{}'", call.then)));
    }
    let raw = |values: &crate::convert::Values| {
        values.iter().map(|value| value.raw(cx)).collect::<Result<Vec<_>>>()
    };
    Ok((call.function.handle().raw(cx)?, raw(&call.args)?, raw(&call.state)?))
}

/// Puts a call that a host function asks for on the stack.
fn prepare(machine: &mut Machine, call: Call) -> Result<Action> {
    let (function, args, state) = raw_call(&Cx::of(machine), &call)?;
    let n = args.len() + state.len() + 4;
    machine.ensure_stack(n, "too many arguments").map_err(|_| Error::runtime("stack overflow"))?;
    machine.set_top(0);
    let name = machine.small_str(call.then);
    machine.push(name);
    machine.push(Value::int(state.len() as i64));
    for &value in &state {
        machine.push(value);
    }
    machine.push_fn(function);
    for &value in &args {
        machine.push(value);
    }
    Ok(Action::Call { nargs: args.len() as u32, nres: -1, then: &THEN })
}

/// The arguments of the running native.
fn arguments(machine: &mut Machine) -> Vec<Value> {
    machine.slots().to_vec()
}

fn call_function(machine: &mut Machine) -> NativeResult {
    let name = text_of(machine.upvalue(1));
    let args = arguments(machine);
    let registry = State::of(machine).registry.clone();
    let Some(function) = registry.entries().functions.get(name) else {
        return Err(machine.error(format!("the host has no function '{name}'")));
    };
    host_code(machine, name, &args, Reached::Function, function)
}

fn go_on(machine: &mut Machine) -> NativeResult {
    let args = arguments(machine);
    let name = args.first().map_or("", |name| text_of(*name));
    let n = args.get(1).and_then(|n| n.as_int()).and_then(|n| usize::try_from(n).ok());
    let rest = args.get(2..).unwrap_or_default();
    let (state, results) = rest.split_at(n.unwrap_or(0).min(rest.len()));
    let registry = State::of(machine).registry.clone();
    let Some(then) = registry.entries().thens.get(name) else {
        return Err(machine.error(format!("the host has no continuation '{name}'")));
    };
    let owner = State::of(machine).releases.clone();
    machine.set_top(0);
    host_code(machine, name, results, Reached::Function, |cx, results, out| {
        then(cx, ValueList::new(state, owner), results, out)
    })
}

// ---------------------------------------------------------------------- answered calls

fn ask(machine: &mut Machine) -> NativeResult {
    let name = text_of(machine.upvalue(1));
    let state = State::of(machine);
    let names = &state.registry.clone();
    let Some(&(name, _)) = names.entries().names.iter().find(|(known, _)| *known == name) else {
        return Err(machine.error(format!("the host has no function '{name}'")));
    };
    if state.is_copy {
        let message = format!("'{name}' is the host's: it is not called to look at something");
        return Err(machine.error(message));
    }
    state.calls += 1;
    state.asked = Some((state.calls, name));
    Ok(Action::Ask { then: &ANSWER })
}

fn answered(machine: &mut Machine) -> NativeResult {
    machine.ret_from(1)
}

// ---------------------------------------------------------------------- userdata

/// The handle of the object in slot 1, if it is of this type; else an error of the program.
fn object(machine: &mut Machine, type_name: &str) -> std::result::Result<u64, Raise> {
    match machine.arg(1).as_userdata() {
        Some(u) if u.is_host_owned() && u.type_name == type_name => Ok(u.data()),
        _ => Err(machine.type_error(1, type_name)),
    }
}

fn type_info<'a>(registry: &'a crate::registry::Registry, name: &str) -> Option<&'a TypeInfo> {
    registry.entries().types.iter().find(|info| info.name == name)
}

fn call_method(machine: &mut Machine) -> NativeResult {
    method(machine, |info| &info.methods)
}

fn method(
    machine: &mut Machine,
    list: impl Fn(&TypeInfo) -> &Vec<(&'static str, crate::userdata::MethodFn)>,
) -> NativeResult {
    let (type_name, name) = (text_of(machine.upvalue(1)), text_of(machine.upvalue(2)));
    let registry = State::of(machine).registry.clone();
    let methods = type_info(&registry, type_name).map(list);
    let found = methods.and_then(|methods| methods.iter().find(|(known, _)| *known == name));
    let Some((_, method)) = found else {
        return Err(machine.error(format!("the host has no method '{name}' of {type_name}")));
    };
    let handle = object(machine, type_name)?;
    let args = arguments(machine);
    host_code(machine, name, &args[1..], Reached::Method, |cx, args, out| {
        let mut object = Borrowed::new(cx, handle)?;
        method(object.get(), &mut cx.again(), args, out)
    })
}

/// Operators may have the object on either side, and then work on the first one.
fn call_metamethod(machine: &mut Machine) -> NativeResult {
    method(machine, |info| &info.metamethods)
}

fn read_field(machine: &mut Machine) -> NativeResult {
    let type_name = text_of(machine.upvalue(1));
    let key = machine.arg(2);
    if let Some(methods) = machine.upvalue(2).as_table() {
        let method = methods.get(key);
        if !method.is_nil() {
            return machine.ret1(method);
        }
    }
    let registry = State::of(machine).registry.clone();
    let name = text_of(key);
    let getter = type_info(&registry, type_name).and_then(|info| info.getters.get(name));
    let Some(getter) = getter else { return machine.ret1(Value::NIL) };
    let handle = object(machine, type_name)?;
    host_code(machine, name, &[], Reached::Field, |cx, args, out| {
        let mut object = Borrowed::new(cx, handle)?;
        getter(object.get(), &mut cx.again(), args, out)
    })
}

fn write_field(machine: &mut Machine) -> NativeResult {
    let type_name = text_of(machine.upvalue(1));
    let name = text_of(machine.arg(2));
    let registry = State::of(machine).registry.clone();
    let setter = type_info(&registry, type_name).and_then(|info| info.setters.get(name));
    let Some(setter) = setter.filter(|_| !State::of(machine).is_copy) else {
        let message = format!("cannot assign to field '{name}' of {type_name}");
        return Err(machine.error(message));
    };
    let handle = object(machine, type_name)?;
    let value = machine.arg(3);
    host_code(machine, name, &[value], Reached::Field, |cx, args, out| {
        let mut object = Borrowed::new(cx, handle)?;
        setter(object.get(), &mut cx.again(), args, out)
    })
}

// ---------------------------------------------------------------------- running

/// Called with a function and its arguments.
fn main(machine: &mut Machine) -> NativeResult {
    // f a… → h true f · a…
    let n = (machine.nargs() as u32).saturating_sub(1);
    let f = machine.arg(1);
    let handler = machine.heap.new_native(&MESSAGE, &[]).into();
    machine.insert(1, &[handler, Value::TRUE]);
    machine.insert(4, &[Value::NIL]);
    machine.set_arg(3, f);
    machine.call(n, -1, &XPCALL_THEN)
}

fn note_error(machine: &mut Machine) -> NativeResult {
    machine.set_top(1);
    if State::of(machine).stops_at_errors {
        return Ok(Action::Ask { then: &STOPPED });
    }
    tell(machine)
}

/// Finds the words for the error in slot 1.
fn tell(machine: &mut Machine) -> NativeResult {
    let error = machine.arg(1);
    let method = if error.is_string() || error.is_number() {
        Value::NIL
    } else {
        machine.metamethod(error, Event::ToString)
    };
    if !method.is_nil() {
        machine.push_fn(method);
        machine.push(error);
        return machine.call(1, 1, &TOLD);
    }
    noted(machine, error, None)
}

fn noted(machine: &mut Machine, error: Value, told: Option<Vec<u8>>) -> NativeResult {
    let value = match crate::run::note_failure(machine, error, told) {
        Some(text) => machine.str(&text)?,
        None => error,
    };
    machine.ret1(value)
}

/// `__tostring` has returned: a string is the message.
fn note_told(machine: &mut Machine) -> NativeResult {
    let told = machine.pop().as_str().map(|text| text.bytes().to_vec());
    let error = machine.arg(1);
    noted(machine, error, told)
}

/// Called with a coroutine and what its `yield` is to return.
fn resume(machine: &mut Machine) -> NativeResult {
    let n = (machine.nargs() as u32).saturating_sub(1);
    if machine.arg(1).as_thread().is_none() {
        return Err(machine.type_error(1, "coroutine"));
    }
    Ok(Action::Resume { nargs: n, then: &RESUMED })
}

fn load_module(machine: &mut Machine) -> NativeResult {
    let name = machine.arg(1);
    let number = machine.upvalue(1).as_int().and_then(|n| usize::try_from(n).ok());
    let registry = State::of(machine).registry.clone();
    let module = number.and_then(|n| registry.entries().modules.get(n));
    let Some((module_name, Module { text })) = module else {
        return Err(machine.error("the host has no such module"));
    };
    let chunk_name = format!("@{module_name}");
    let function = match load::load_bytes(machine, text, chunk_name.as_bytes(), Some(b"t")) {
        Ok(function) => function,
        Err(message) => return Err(machine.error_plain(message)),
    };
    package::note_code(machine, name, function)?;
    machine.push_call(function.into(), [name]);
    Ok(Action::TailCall { nargs: 1 })
}
