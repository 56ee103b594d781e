//! The `os` library. Everything it knows of the world comes from the [`Host`](luka_vm::Host).

mod date;
mod time;

use crate::prim;
use luka_vm::host::{ExitStatus, HostError, HostResult};
use luka_vm::{NativeResult, Raise, Value, Vm, natives};

natives! { pub static OS = "os";
    clock: "os.clock() -> number"
        "Returns the processor time the program has used, in seconds." [pure] = clock,
    date: "os.date([format [, time]]) -> string|table"
        "Returns a date and time, formatted as C's `strftime` does or, for \"*t\", as a table. A leading \"!\" means UTC instead of local time." [pure] = time::date,
    difftime: "os.difftime(t2, t1) -> number"
        "Returns the seconds from `t1` to `t2`." [pure] = time::difftime,
    execute: "os.execute([command]) -> true|nil, string, integer"
        "Runs a shell command and returns whether it succeeded, \"exit\" or \"signal\", and the code; without a command, whether there is a shell." = execute,
    exit: "os.exit([code [, close]])"
        "Ends the program with an exit code; true is success. With `close`, closes the state first." = exit,
    getenv: "os.getenv(name) -> string|nil"
        "Returns the value of an environment variable." [pure] = getenv,
    remove: "os.remove(path) -> true | nil, string, integer"
        "Deletes a file or an empty directory." = remove,
    rename: "os.rename(from, to) -> true | nil, string, integer"
        "Renames a file." = rename,
    setlocale: "os.setlocale([locale [, category]]) -> string|nil"
        "Sets the locale, or returns it for nil. The library itself always works in the C locale." = setlocale,
    time: "os.time([table]) -> integer"
        "Returns the current time, or the time of a local date in a table, whose fields are normalized." [pure] = time::time,
    tmpname: "os.tmpname() -> string"
        "Returns a name for a temporary file." = tmpname,
}

/// The continuations of this library.
pub use time::THEN;

/// What it costs to open, rename or delete a file, to start a process, and to ask the host for
/// anything else.
pub const OPENED: u64 = 200;
const STARTED: u64 = 400_000;
const ASKED: u64 = 20;

/// Argument `i` as a name for the host: up to the first zero byte, its length charged.
pub fn name(vm: &mut Vm, i: usize) -> Result<&'static [u8], Raise> {
    let name = c_arg(vm, i)?;
    vm.heap.room_for_message(name.len())?;
    Ok(name)
}

/// Argument `i`, a string, as C functions see it: up to the first zero byte; all of it is charged.
pub fn c_arg(vm: &mut Vm, i: usize) -> Result<&'static [u8], Raise> {
    let bytes = vm.check_str(i)?.bytes();
    vm.charge_bytes(bytes.len());
    Ok(c_str(bytes))
}

/// The same, if the argument is there.
pub fn opt_c_arg(vm: &mut Vm, i: usize) -> Result<Option<&'static [u8]>, Raise> {
    match vm.opt_str(i)? {
        Some(_) => c_arg(vm, i).map(Some),
        None => Ok(None),
    }
}

/// The part of a string that C functions see: up to the first zero byte.
pub fn c_str(bytes: &[u8]) -> &[u8] {
    &bytes[..memchr::memchr(0, bytes).unwrap_or(bytes.len())]
}

/// Success as `true`; failure as nil, message, error number (`luaL_fileresult`).
pub fn file_result(vm: &mut Vm, result: HostResult<()>, path: Option<&[u8]>) -> NativeResult {
    match result {
        Ok(()) => vm.ret1(true),
        Err(e) => failure(vm, &e, path),
    }
}

/// nil, message, error number.
pub fn failure(vm: &mut Vm, e: &HostError, path: Option<&[u8]>) -> NativeResult {
    let mut text = Vec::new();
    if let Some(p) = path {
        text.extend_from_slice(p);
        text.extend_from_slice(b": ");
    }
    text.extend_from_slice(e.message.as_bytes());
    let text = vm.str(&text)?;
    vm.push(Value::NIL);
    vm.push(text);
    vm.push(Value::int(e.code));
    Ok(luka_vm::Action::Return(3))
}

/// How a process ended: true or nil, "exit" or "signal", number (`luaL_execresult`).
pub fn exit_result(vm: &mut Vm, status: ExitStatus) -> NativeResult {
    let (what, code) = match status {
        ExitStatus::Exit(code) => ("exit", code),
        ExitStatus::Signal(code) => ("signal", code),
    };
    let ok = status == ExitStatus::Exit(0);
    let what = vm.small_str(what);
    vm.push(if ok { Value::TRUE } else { Value::NIL });
    vm.push(what);
    vm.push(Value::int(code.into()));
    Ok(luka_vm::Action::Return(3))
}

fn clock(vm: &mut Vm) -> NativeResult {
    vm.charge(ASKED);
    let t = vm.host().clock();
    vm.ret1(t)
}

fn execute(vm: &mut Vm) -> NativeResult {
    vm.charge(STARTED);
    match vm.opt_str(1)? {
        None => {
            let shell = matches!(vm.host().execute(None), Ok(Some(_)));
            vm.ret1(shell)
        }
        Some(command) => {
            vm.heap.room_for_message(command.len())?;
            match run_command(vm, command.bytes()) {
                Ok(status) => exit_result(vm, status.unwrap_or(ExitStatus::Exit(127))),
                Err(e) => failure(vm, &e, None),
            }
        }
    }
}

fn run_command(vm: &mut Vm, command: &[u8]) -> HostResult<Option<ExitStatus>> {
    vm.charge_bytes(command.len());
    vm.host().execute(Some(c_str(command)))
}

fn exit(vm: &mut Vm) -> NativeResult {
    let code = match vm.arg(1).as_bool() {
        Some(ok) => i32::from(!ok),
        None => vm.opt_int(1)?.unwrap_or(0) as i32,
    };
    Err(Raise::Exit { code, close: !vm.arg(2).is_falsy() })
}

fn getenv(vm: &mut Vm) -> NativeResult {
    let name = name(vm, 1)?;
    vm.charge(ASKED);
    match vm.host().getenv(name) {
        Some(value) => {
            let value = vm.str(&value)?;
            vm.ret1(value)
        }
        None => vm.ret1(Value::NIL),
    }
}

fn remove(vm: &mut Vm) -> NativeResult {
    let path = name(vm, 1)?;
    vm.charge(OPENED);
    let result = vm.host().remove(path);
    file_result(vm, result, Some(path))
}

fn rename(vm: &mut Vm) -> NativeResult {
    let (from, to) = (name(vm, 1)?, name(vm, 2)?);
    vm.charge(OPENED);
    let result = vm.host().rename(from, to);
    file_result(vm, result, None)
}

fn setlocale(vm: &mut Vm) -> NativeResult {
    const CATEGORIES: &[&str] = &["all", "collate", "ctype", "monetary", "numeric", "time"];
    let locale = vm.opt_str(1)?;
    vm.charge(ASKED);
    let len = locale.map_or(0, |l| l.len());
    vm.charge_bytes(len);
    vm.heap.room_for_message(len)?;
    let category = vm.check_option(2, Some("all"), CATEGORIES)?;
    let category = CATEGORIES[category].as_bytes();
    match vm.host().setlocale(locale.map(|l| c_str(l.bytes())), category) {
        Some(name) => {
            let name = vm.str(&name)?;
            vm.ret1(name)
        }
        None => vm.ret1(Value::NIL),
    }
}

fn tmpname(vm: &mut Vm) -> NativeResult {
    vm.charge(OPENED);
    match vm.host().tmpname() {
        Ok(name) => {
            let name = vm.str(&name)?;
            vm.ret1(name)
        }
        Err(_) => Err(vm.error("unable to generate a unique filename")),
    }
}

/// Makes the library table.
pub fn open(vm: &mut Vm) -> Result<Value, Raise> {
    prim::library(vm, OS)
}
