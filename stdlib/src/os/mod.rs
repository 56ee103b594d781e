//! The `os` library. Everything it knows of the world comes from the [`Host`](luka_vm::Host).

mod date;
mod time;

use crate::prim;
use luka_vm::host::{ExitStatus, HostError, HostResult};
use luka_vm::{NativeResult, Raise, Value, Vm, natives};

natives! { pub static OS = "os";
    clock: "os.clock() -> number"
        "Processor time the program has used, in seconds." = clock,
    date: "os.date([format [, time]]) -> string|table"
        "A date and time, formatted as strftime does or, for \"*t\", as a table. A leading \"!\" asks for UTC." = time::date,
    difftime: "os.difftime(t2, t1) -> number"
        "Seconds from t1 to t2." = time::difftime,
    execute: "os.execute([command]) -> true|nil, string, integer"
        "Runs a shell command; without one, says whether there is a shell." = execute,
    exit: "os.exit([code [, close]])"
        "Ends the program; `true` is success. With `close`, closes the state before." = exit,
    getenv: "os.getenv(name) -> string|nil"
        "The value of an environment variable." = getenv,
    remove: "os.remove(path) -> true | nil, string, integer"
        "Deletes a file or an empty directory." = remove,
    rename: "os.rename(from, to) -> true | nil, string, integer"
        "Renames a file." = rename,
    setlocale: "os.setlocale([locale [, category]]) -> string|nil"
        "Sets or asks for the locale; the library works in the C locale whatever it is." = setlocale,
    time: "os.time([table]) -> integer"
        "The current time, or that of a local date and time in a table." = time::time,
    tmpname: "os.tmpname() -> string"
        "The name of a file for temporary use." = tmpname,
}

/// The continuations of this library.
pub static THEN: &[&luka_vm::Native] = &[&time::FIELDS];

/// The part of a string that C functions see: up to the first zero byte.
pub fn c_str(bytes: &[u8]) -> &[u8] {
    match bytes.iter().position(|&b| b == 0) {
        Some(n) => &bytes[..n],
        None => bytes,
    }
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
    let t = vm.host().clock();
    vm.ret1(t)
}

fn execute(vm: &mut Vm) -> NativeResult {
    match vm.opt_str(1)? {
        None => {
            let shell = matches!(vm.host().execute(None), Ok(Some(_)));
            vm.ret1(shell)
        }
        Some(command) => match vm.host().execute(Some(c_str(command.bytes()))) {
            Ok(status) => exit_result(vm, status.unwrap_or(ExitStatus::Exit(127))),
            Err(e) => failure(vm, &e, None),
        },
    }
}

fn exit(vm: &mut Vm) -> NativeResult {
    let code = match vm.arg(1).as_bool() {
        Some(ok) => i32::from(!ok),
        None => vm.opt_int(1)?.unwrap_or(0) as i32,
    };
    Err(Raise::Exit { code, close: !vm.arg(2).is_falsy() })
}

fn getenv(vm: &mut Vm) -> NativeResult {
    let name = vm.check_str(1)?;
    match vm.host().getenv(c_str(name.bytes())) {
        Some(value) => {
            let value = vm.str(&value)?;
            vm.ret1(value)
        }
        None => vm.ret1(Value::NIL),
    }
}

fn remove(vm: &mut Vm) -> NativeResult {
    let path = c_str(vm.check_str(1)?.bytes());
    let result = vm.host().remove(path);
    file_result(vm, result, Some(path))
}

fn rename(vm: &mut Vm) -> NativeResult {
    let from = vm.check_str(1)?;
    let to = vm.check_str(2)?;
    let result = vm.host().rename(c_str(from.bytes()), c_str(to.bytes()));
    file_result(vm, result, None)
}

fn setlocale(vm: &mut Vm) -> NativeResult {
    const CATEGORIES: &[&str] = &["all", "collate", "ctype", "monetary", "numeric", "time"];
    let locale = vm.opt_str(1)?;
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
