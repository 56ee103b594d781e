//! The parts of `luka.process` and `luka.time` in Rust: starting programs, waiting, the environment.

use super::capability::{self, process};
use crate::os::{failure, file_result, name};
use crate::prim;
use luka_vm::api::frame::slot::Count;
use luka_vm::host::{Command, ExitStatus, Finished, Input, ProcessId, Redirect};
use luka_vm::{Action, Gc, Native, NativeResult, Raise, Str, Table, Value, Vm};
use luka_vm::{continuations, frame, inner_natives, natives};

natives! { pub static CORE = "luka.process.core";
    start: "luka.process.core.start(options) -> integer | nil, string, integer" "Starts a program." = start,
    wait: "luka.process.core.wait(process, timeout) -> table | nil, string, integer"
        "Waits for the end of a program; nil and \"timeout\" if it takes longer." = wait,
    read: "luka.process.core.read(process, error, timeout) -> string | nil, string, integer"
        "Takes what has come of a stream, at most 64 KB; an empty text is the end of it." = read,
    write: "luka.process.core.write(process, text, timeout) -> true | nil, string, integer"
        "Gives a program a text to read." = write,
    close: "luka.process.core.close(process) -> true | nil, string, integer" "Ends what a program is given to read." = |vm| {
        let process_id = process_argument(vm, 1)?;
        let closed = process(vm, |p| p.close_input(process_id))?;
        file_result(vm, closed, None)
    },
    signal: "luka.process.core.signal(process, signal) -> true | nil, string, integer" "Sends a signal." = signal,
    id: "luka.process.core.id([process]) -> integer | nil, string, integer" "The number of a process." = id,
    getenv: "luka.process.core.getenv(name) -> string | nil" "A variable of the environment." = getenv,
    setenv: "luka.process.core.setenv(name, value) -> true | nil, string, integer" "Sets a variable." = setenv,
    environ: "luka.process.core.environ() -> table | nil, string, integer" "All variables." = environ,
    now: "luka.process.core.now() -> integer, integer" "The time: seconds and nanoseconds." = |vm| {
        vm.charge(20);
        let (seconds, nanoseconds) = vm.host().time_exact();
        vm.ret2(seconds, i64::from(nanoseconds))
    },
    monotonic: "luka.process.core.monotonic() -> number" "Seconds of a clock that is never set." = |vm| {
        vm.charge(20);
        let seconds = vm.host().monotonic();
        vm.ret1(seconds)
    },
    sleep: "luka.process.core.sleep(seconds) -> true | nil, string, integer" "Waits." = sleep,
    entropy: "luka.process.core.entropy() -> integer, integer" "Two numbers that nobody can foresee." = |vm| {
        vm.charge(20);
        let (a, b) = vm.host().random_seed();
        vm.ret2(a as i64, b as i64)
    },
    isatty: "luka.process.core.isatty(n) -> boolean" "Whether a standard stream is a terminal." = |vm| {
        let file = standard(vm)?;
        let is_terminal = vm.host().is_terminal(file);
        vm.ret1(is_terminal)
    },
    termsize: "luka.process.core.termsize(n) -> integer, integer | nil" "Columns and rows of a terminal." = |vm| {
        let file = standard(vm)?;
        match vm.host().terminal_size(file) {
            Some((columns, rows)) => vm.ret2(i64::from(columns), i64::from(rows)),
            None => vm.ret1(Value::NIL),
        }
    },
}

continuations! { pub static THEN;
    WAIT_ON: "luka.process.core.wait:go_on" (at, 0) = |vm| {
        let left = at::LEFT.get(vm);
        wait_for(vm, left)
    };
    READ_ON: "luka.process.core.read:go_on" (reading, 0) = |vm| {
        let left = reading::LEFT.get(vm);
        read_some(vm, left)
    };
    WRITE_ON: "luka.process.core.write:go_on" (writing, 0) = |vm| {
        let left = writing::LEFT.get(vm);
        write_some(vm, left)
    };
    SLEEP_ON: "luka.process.core.sleep:go_on" (nap, 0) = |vm| {
        let left = nap::LEFT.get(vm);
        sleep_for(vm, left)
    };
}

frame! {
    /// Slots of `wait`: the process, and how many milliseconds are left, or -1.
    mod at { PROCESS: Count, LEFT: i64, }
}

frame! {
    /// Slots of `read`: the process, whether it is standard error, how many milliseconds are left, or -1.
    mod reading { PROCESS: Count, ERROR: bool, LEFT: i64, }
}

frame! {
    /// Slots of `write`: the process, the text, how much of it is given, how many milliseconds are left, or -1.
    mod writing { PROCESS: Count, TEXT: Gc<Str>, GIVEN: Count, LEFT: i64, }
}

frame! {
    /// Slots of `sleep`: how many microseconds are left.
    mod nap { LEFT: i64, }
}

inner_natives! { pub static INNER;
    OPEN: "luka.process.core.open" "" "Makes the module luka.process.core." = |vm| {
        let module = prim::library(vm, CORE)?;
        vm.ret1(module)
    };
}

/// What opens the module.
pub static OPENERS: &[(&str, &Native)] = &[("luka.process.core", &OPEN)];

/// What it costs to start a program.
const STARTED: u64 = 400_000;
/// How long the host waits at a time, in milliseconds: so long it is not heard.
const NAP: i64 = 20;

fn standard(vm: &mut Vm) -> Result<luka_vm::host::FileId, Raise> {
    vm.charge(20);
    match vm.check_int(1)? {
        n @ 0..=2 => Ok(luka_vm::host::FileId(n as u64)),
        _ => Err(vm.arg_error(1, "0, 1 or 2 expected")),
    }
}

/// A string that programs outside get: without a zero byte.
fn outside(vm: &mut Vm, s: Gc<Str>, what: &str) -> Result<Vec<u8>, Raise> {
    vm.heap.room_for_message(s.len())?;
    vm.charge_bytes(s.len());
    match memchr::memchr(0, s.bytes()) {
        None => Ok(s.bytes().to_vec()),
        Some(_) => Err(vm.error(format!("{what} has a zero byte"))),
    }
}

/// The strings of a list; numbers are converted.
fn strings(vm: &mut Vm, list: Gc<Table>, what: &str) -> Result<Vec<Vec<u8>>, Raise> {
    let mut strings = Vec::new();
    for i in 1..=list.len() {
        vm.charge(1);
        let v = list.get_int(i);
        let s = match v.as_str() {
            Some(s) => s,
            None if v.is_number() => vm.number_to_str(v),
            None => {
                let name = v.type_of().name();
                return Err(vm.error(format!("{what} {i} is a {name}")));
            }
        };
        strings.push(outside(vm, s, what)?);
    }
    Ok(strings)
}

fn redirect(vm: &mut Vm, options: Gc<Table>, field: &str) -> Result<Redirect, Raise> {
    let v = prim::field(vm, options, field);
    match v.as_str().map(|s| s.bytes()) {
        Some(b"inherit") => Ok(Redirect::Inherit),
        Some(b"discard") => Ok(Redirect::Discard),
        Some(b"stream") => Ok(Redirect::Stream),
        Some(b"merge") if field == "stderr" => Ok(Redirect::Merge),
        None | Some(b"capture") => Ok(Redirect::Capture),
        Some(_) => Err(vm.error(format!("invalid '{field}'"))),
    }
}

fn start(vm: &mut Vm) -> NativeResult {
    let options = vm.check_table(1)?;
    vm.charge(STARTED);
    let argv = strings(vm, options, "argument")?;
    if argv.first().is_none_or(Vec::is_empty) {
        return Err(vm.error("there is no program"));
    }
    let mut env = Vec::new();
    if let Some(variables) = prim::field(vm, options, "env").as_table() {
        for (name, value) in variables.entries() {
            let Some(name) = name.as_str() else { return Err(vm.error("invalid 'env'")) };
            let name = outside(vm, name, "a name in 'env'")?;
            let value = match (value.as_str(), value.as_bool()) {
                (Some(value), _) => Some(outside(vm, value, "a value in 'env'")?),
                (None, Some(false)) => None,
                _ => return Err(vm.error("invalid 'env': strings and false are expected")),
            };
            if name.is_empty() || name.contains(&b'=') {
                return Err(vm.error("invalid name in 'env'"));
            }
            env.push((name, value));
        }
    }
    let text = |vm: &mut Vm, field: &str| prim::field(vm, options, field).as_str();
    let folder = match text(vm, "cwd") {
        Some(folder) => Some(outside(vm, folder, "'cwd'")?),
        None => None,
    };
    let input = match text(vm, "stdin") {
        Some(input) => {
            vm.heap.reserve(input.len())?;
            vm.charge_bytes(input.len());
            Input::Text(input.bytes().to_vec())
        }
        None if prim::field(vm, options, "stdin").as_bool() == Some(true) => Input::Stream,
        None => Input::Inherit,
    };
    let (output, error) = (redirect(vm, options, "stdout")?, redirect(vm, options, "stderr")?);
    // What is kept becomes strings.
    let most = vm.heap.left() / 4;
    let command = Command { argv, env, folder, input, output, error, most };
    match process(vm, |p| p.start(&command))? {
        Ok(ProcessId(id)) => vm.ret1(id as i64),
        Err(e) => failure(vm, &e, command.argv.first().map(Vec::as_slice)),
    }
}

fn process_argument(vm: &mut Vm, i: usize) -> Result<ProcessId, Raise> {
    match u64::try_from(vm.check_int(i)?) {
        Ok(id) => Ok(ProcessId(id)),
        Err(_) => Err(vm.arg_error(i, "invalid process")),
    }
}

fn wait(vm: &mut Vm) -> NativeResult {
    let ProcessId(id) = process_argument(vm, 1)?;
    let left = milliseconds(vm, 2)?;
    vm.set_top(0);
    at::FRAME.prepare(vm, 0);
    at::PROCESS.set(vm, id as i64);
    wait_for(vm, left)
}

/// An optional number of seconds in milliseconds; -1 if it is not given.
fn milliseconds(vm: &mut Vm, i: usize) -> Result<i64, Raise> {
    let timeout = vm.opt_num(i)?;
    Ok(timeout.map_or(-1, |seconds| (seconds * 1000.0).ceil().clamp(0.0, 1e15) as i64))
}

/// How long the host may wait now, of the milliseconds that are left, and how many are left then; `None`: none
/// are.
fn nap_of(left: i64) -> (f64, Option<i64>) {
    let nap = if left < 0 { NAP } else { left.min(NAP) };
    let then = match left {
        ..0 => Some(-1),
        _ if left <= nap => None,
        _ => Some(left - nap),
    };
    (nap as f64 / 1000.0, then)
}

fn wait_for(vm: &mut Vm, left: i64) -> NativeResult {
    let id = ProcessId(at::PROCESS.get(vm) as u64);
    let (nap, then) = nap_of(left);
    match process(vm, |p| p.wait(id, nap))? {
        Ok(Some(finished)) => ended(vm, &finished),
        Ok(None) => match then {
            None => timeout(vm),
            Some(left) => {
                at::LEFT.set(vm, left);
                Ok(Action::Pause { then: &WAIT_ON })
            }
        },
        Err(e) => failure(vm, &e, None),
    }
}

fn timeout(vm: &mut Vm) -> NativeResult {
    let message = vm.small_str("timeout");
    vm.ret2(Value::NIL, message)
}

fn read(vm: &mut Vm) -> NativeResult {
    let ProcessId(id) = process_argument(vm, 1)?;
    let error = !vm.arg(2).is_falsy();
    let left = milliseconds(vm, 3)?;
    vm.set_top(0);
    reading::FRAME.prepare(vm, 0);
    reading::PROCESS.set(vm, id as i64);
    reading::ERROR.set(vm, error);
    read_some(vm, left)
}

fn read_some(vm: &mut Vm, left: i64) -> NativeResult {
    let (id, error) = (ProcessId(reading::PROCESS.get(vm) as u64), reading::ERROR.get(vm));
    // It becomes a string.
    let most = (vm.heap.left() / 4).clamp(1, 1 << 16);
    let (nap, then) = nap_of(left);
    match process(vm, |p| p.read_stream(id, error, most, nap))? {
        Ok(Some(bytes)) => {
            vm.charge_bytes(bytes.len());
            let bytes = vm.str(&bytes)?;
            vm.ret1(bytes)
        }
        Ok(None) => match then {
            None => timeout(vm),
            Some(left) => {
                reading::LEFT.set(vm, left);
                Ok(Action::Pause { then: &READ_ON })
            }
        },
        Err(e) => failure(vm, &e, None),
    }
}

fn write(vm: &mut Vm) -> NativeResult {
    let ProcessId(id) = process_argument(vm, 1)?;
    let text = vm.check_str(2)?;
    let left = milliseconds(vm, 3)?;
    vm.set_top(0);
    writing::FRAME.prepare(vm, 0);
    writing::PROCESS.set(vm, id as i64);
    writing::TEXT.set(vm, text);
    write_some(vm, left)
}

fn write_some(vm: &mut Vm, left: i64) -> NativeResult {
    /// The most bytes at a time.
    const PIECE: usize = 1 << 16;
    let id = ProcessId(writing::PROCESS.get(vm) as u64);
    let (text, given) = (writing::TEXT.get(vm), writing::GIVEN.get(vm) as usize);
    let rest = text.bytes().get(given..).unwrap_or(&[]);
    if rest.is_empty() {
        process(vm, |_| Ok(()))?.ok();
        return vm.ret1(true);
    }
    let piece = &rest[..rest.len().min(PIECE)];
    let (nap, then) = nap_of(left);
    let then = match process(vm, |p| p.write_input(id, piece, nap))? {
        Ok(Some(count)) => {
            vm.charge_bytes(count);
            writing::GIVEN.set(vm, (given + count) as i64);
            Some(left)
        }
        Ok(None) => then,
        Err(e) => return failure(vm, &e, None),
    };
    match then {
        None => timeout(vm),
        Some(left) => {
            writing::LEFT.set(vm, left);
            Ok(Action::Pause { then: &WRITE_ON })
        }
    }
}

fn ended(vm: &mut Vm, finished: &Finished) -> NativeResult {
    let table = prim::new_table(vm, 0, 6)?;
    let (field, code) = match finished.status {
        ExitStatus::Exit(code) => ("code", code),
        ExitStatus::Signal(code) => ("signal", code),
    };
    prim::set_field(vm, table, field, Value::int(code.into()))?;
    prim::set_field(vm, table, "ok", Value::bool(finished.status == ExitStatus::Exit(0)))?;
    prim::set_field(vm, table, "cut", Value::bool(finished.cut))?;
    for (field, bytes) in [("out", &finished.output), ("err", &finished.error)] {
        vm.charge_bytes(bytes.len());
        let bytes = vm.str(bytes)?;
        prim::set_field(vm, table, field, bytes)?;
    }
    vm.ret1(table)
}

fn signal(vm: &mut Vm) -> NativeResult {
    let (id, signal) = (process_argument(vm, 1)?, vm.check_int(2)?);
    let signal = i32::try_from(signal).unwrap_or(-1);
    let sent = process(vm, |p| p.signal(id, signal))?;
    file_result(vm, sent, None)
}

fn id(vm: &mut Vm) -> NativeResult {
    let id = if vm.arg(1).is_nil() { None } else { Some(process_argument(vm, 1)?) };
    match process(vm, |p| p.id(id))? {
        Ok(id) => vm.ret1(i64::from(id)),
        Err(e) => failure(vm, &e, None),
    }
}

fn getenv(vm: &mut Vm) -> NativeResult {
    let name = name(vm, 1)?;
    vm.charge(20);
    if vm.host().variables().is_err() {
        return Err(capability::missing(vm, "environment", "env"));
    }
    match vm.host().getenv(name) {
        Some(value) => {
            let value = vm.str(&value)?;
            vm.ret1(value)
        }
        None => vm.ret1(Value::NIL),
    }
}

fn setenv(vm: &mut Vm) -> NativeResult {
    let variable = name(vm, 1)?;
    let value = match vm.opt_str(2)? {
        Some(value) => Some(outside(vm, value, "the value")?),
        None => None,
    };
    vm.charge(20);
    match vm.host().set_env(variable, value.as_deref()) {
        Err(e) if e.code == 1 => Err(capability::missing(vm, "environment", "env")),
        result => file_result(vm, result, None),
    }
}

fn environ(vm: &mut Vm) -> NativeResult {
    vm.charge(200);
    let Ok(variables) = vm.host().variables() else {
        return Err(capability::missing(vm, "environment", "env"));
    };
    let table = prim::new_table(vm, 0, variables.len().min(1 << 16) as u32)?;
    for (name, value) in variables {
        vm.charge(1 + value.len() as u64 / 16);
        let (name, value) = (vm.str(&name)?, vm.str(&value)?);
        prim::set(vm, table, name, value)?;
    }
    vm.ret1(table)
}

fn sleep(vm: &mut Vm) -> NativeResult {
    let seconds = vm.check_num(1)?;
    if !(0.0..=1e9).contains(&seconds) {
        return Err(vm.arg_error(1, "seconds from 0 to 10^9 expected"));
    }
    vm.set_top(0);
    nap::FRAME.prepare(vm, 0);
    sleep_for(vm, (seconds * 1e6).ceil() as i64)
}

fn sleep_for(vm: &mut Vm, left: i64) -> NativeResult {
    vm.charge(20);
    let nap = left.clamp(0, NAP * 1000);
    match vm.host().sleep(nap as f64 / 1e6) {
        Err(e) if e.code == 1 => Err(capability::missing(vm, "clock", "clock")),
        Err(e) => failure(vm, &e, None),
        Ok(()) if left <= nap => vm.ret1(true),
        Ok(()) => {
            nap::LEFT.set(vm, left - nap);
            Ok(Action::Pause { then: &SLEEP_ON })
        }
    }
}
