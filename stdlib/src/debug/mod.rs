//! The library `debug`: what `luka_vm::debug` knows, as functions of the language.
//!
//! Errors and corner cases are those of PUC Lua 5.4's `ldblib.c`. Most functions take a thread
//! before their other arguments and then work on its stack instead of the running one.

mod console;
mod hooks;
mod inspect;
mod values;

use luka_vm::natives;
use luka_vm::{Gc, Native, NativeResult, Thread, Value, Vm};

natives! {
    pub static DEBUG = "debug";
    debug: "debug.debug()"
        "Reads lines from standard input and runs them, until a line `cont` or the end of input."
        = console::debug,
    gethook: "debug.gethook([thread]) -> function, string, integer"
        "The hook of a thread: the function, the mask and the count given to `debug.sethook`."
        = hooks::gethook,
    getinfo: "debug.getinfo([thread,] f [, what]) -> table|nil"
        "A table about a function or about the function running at a level of the stack.\n\n`what` \
         selects fields: `S` source, `l` current line, `u` upvalues and parameters, `n` name, `t` \
         tail call, `r` values passed or returned, `L` lines with code, `f` the function itself. \
         `nil` for a level that does not exist."
        = inspect::getinfo,
    getlocal: "debug.getlocal([thread,] f, local) -> string|nil, value"
        "Name and value of a local variable of the function at a stack level, or the name of a \
         parameter of a function. Negative numbers are variable arguments."
        = values::getlocal,
    getmetatable: "debug.getmetatable(value) -> table|nil"
        "The metatable of a value, whatever its `__metatable` says."
        = values::getmetatable,
    getregistry: "debug.getregistry() -> table"
        "The registry: the table in which the library keeps loaded modules and the like."
        = values::getregistry,
    getupvalue: "debug.getupvalue(f, up) -> string, value"
        "Name and value of a function's upvalue; nothing if it has no such upvalue."
        = values::getupvalue,
    getuservalue: "debug.getuservalue(u [, n]) -> value, boolean"
        "The n-th user value of a userdata and true; `nil` if it has none."
        = values::getuservalue,
    sethook: "debug.sethook([thread,] hook, mask [, count])"
        "Calls `hook` with the name of the event and the line: `c` at every call, `r` at every \
         return, `l` at every new line, and after every `count` instructions. Without arguments \
         turns the hook off."
        = hooks::sethook,
    setlocal: "debug.setlocal([thread,] level, local, value) -> string|nil"
        "Assigns to a local variable of the function at a stack level; returns its name."
        = values::setlocal,
    setmetatable: "debug.setmetatable(value, table) -> value"
        "Sets the metatable of a value of any type, shared by all values of a type other than \
         table and userdata; `nil` removes it."
        = values::setmetatable,
    setupvalue: "debug.setupvalue(f, up, value) -> string"
        "Assigns to a function's upvalue; returns its name, nothing if there is none."
        = values::setupvalue,
    setuservalue: "debug.setuservalue(udata, value [, n]) -> userdata|nil"
        "Sets the n-th user value of a userdata and returns it; `nil` if it has none."
        = values::setuservalue,
    setcstacklimit: "debug.setcstacklimit(limit) -> integer"
        "Does nothing and returns the limit of nested calls through natives; kept for old code."
        = values::setcstacklimit,
    traceback: "debug.traceback([thread,] [message [, level]]) -> string"
        "The message with a list of the active functions below it. A message that is no string is \
         returned as it is."
        = inspect::traceback,
    upvalueid: "debug.upvalueid(f, n) -> userdata|nil"
        "A value that is equal for upvalues that are the same variable."
        = values::upvalueid,
    upvaluejoin: "debug.upvaluejoin(f1, n1, f2, n2)"
        "Makes the n1-th upvalue of f1 refer to the n2-th upvalue of f2."
        = values::upvaluejoin,
}

/// The continuations of this library.
pub static THEN: &[&Native] = &[&console::RAN, &console::SHOWN];

/// Makes the library and publishes it.
pub fn open(vm: &mut Vm) {
    crate::register(vm, "debug", DEBUG);
}

/// The thread to work on and the number of arguments it takes up (0 or 1).
fn target(vm: &Vm) -> (Gc<Thread>, usize) {
    match vm.arg(1).as_thread() {
        Some(thread) => (thread, 1),
        None => (vm.current_thread(), 0),
    }
}

/// A string as C sees it: up to the first zero byte.
fn c_string(bytes: &[u8]) -> &[u8] {
    bytes.split(|&c| c == 0).next().unwrap_or_default()
}

/// Returns a name, or `nil` where there is none.
fn ret_name(vm: &mut Vm, name: Option<Vec<u8>>) -> NativeResult {
    let name = match name {
        Some(name) => vm.str(&name)?,
        None => Value::NIL,
    };
    vm.ret1(name)
}
