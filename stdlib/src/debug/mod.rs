//! The library `debug`: what `luka_vm::debug` knows, as functions of the language.
//!
//! Errors and corner cases are those of PUC Lua 5.4's `ldblib.c`. Most functions take a thread
//! before their other arguments and then work on its stack instead of the running one.

mod console;
mod hooks;
mod inspect;
mod values;

use luka_vm::debug::info::Activation;
use luka_vm::natives;
use luka_vm::{Gc, NativeResult, Thread, Value, Vm};

natives! {
    pub static DEBUG = "debug";
    debug: "debug.debug()"
        "Reads lines from standard input and runs each, until a line `cont` or the end of input."
        = console::debug,
    gethook: "debug.gethook([thread]) -> function, string, integer"
        "Returns the hook of a thread: the function, the mask and the count given to `debug.sethook`."
        = hooks::gethook,
    getinfo: "debug.getinfo([thread,] f [, what]) -> table|nil"
        "Returns a table about a function, or about the function at a level of the stack.\n\n`what` \
         selects fields: `S` source, `l` current line, `u` upvalues and parameters, `n` name, `t` \
         tail call, `r` values passed or returned, `L` lines with code, `f` the function itself. \
         Returns nil for a level that does not exist."
        = inspect::getinfo,
    getlocal: "debug.getlocal([thread,] f, local) -> string|nil, value"
        "Returns name and value of a local variable of the function at a stack level, or the name of a \
         parameter of a function. Negative numbers are variable arguments."
        = values::getlocal,
    getmetatable: "debug.getmetatable(value) -> table|nil"
        "Returns the metatable of a value, whatever its `__metatable` field says."
        = values::getmetatable,
    getregistry: "debug.getregistry() -> table"
        "Returns the registry, a table in which the library keeps loaded modules and its own data."
        = values::getregistry,
    getupvalue: "debug.getupvalue(f, up) -> string, value"
        "Returns name and value of a function's upvalue; nothing if there is no such upvalue."
        = values::getupvalue,
    getuservalue: "debug.getuservalue(u [, n]) -> value, boolean"
        "Returns the `n`-th user value of a userdata and true; nil if there is none."
        = values::getuservalue,
    sethook: "debug.sethook([thread,] [hook, mask [, count]])"
        "Sets a hook, which is called with the name of the event and the line: `c` at every call, `r` at every \
         return, `l` at every new line, and after every `count` instructions. Without arguments, \
         removes the hook."
        = hooks::sethook,
    setlocal: "debug.setlocal([thread,] level, local, value) -> string|nil"
        "Assigns to a local variable of the function at a stack level and returns its name."
        = values::setlocal,
    setmetatable: "debug.setmetatable(value, table) -> value"
        "Sets the metatable of a value of any type, shared by all values of a type other than \
         table and userdata. Nil removes it."
        = values::setmetatable,
    setupvalue: "debug.setupvalue(f, up, value) -> string"
        "Assigns to a function's upvalue and returns its name; nothing if there is no such upvalue."
        = values::setupvalue,
    setuservalue: "debug.setuservalue(udata, value [, n]) -> userdata|nil"
        "Sets the `n`-th user value of a userdata and returns the userdata; nil if there is none."
        = values::setuservalue,
    setcstacklimit: "debug.setcstacklimit(limit) -> integer"
        "Does nothing and returns the limit of nested native calls. Kept for compatibility."
        = values::setcstacklimit,
    traceback: "debug.traceback([thread,] [message [, level]]) -> string"
        "Returns the message followed by a traceback of the stack. A message that is not a string is \
         returned unchanged."
        = inspect::traceback,
    upvalueid: "debug.upvalueid(f, n) -> userdata|nil"
        "Returns a value that identifies an upvalue: equal for upvalues that are the same variable."
        = values::upvalueid,
    upvaluejoin: "debug.upvaluejoin(f1, n1, f2, n2)"
        "Makes the `n1`-th upvalue of `f1` refer to the `n2`-th upvalue of `f2`."
        = values::upvaluejoin,
}

/// The continuations of this library.
pub use console::THEN;

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

/// The function at a level of a thread's stack; the walk down to it is charged.
fn activation(vm: &mut Vm, thread: Gc<Thread>, level: i32) -> Option<Activation> {
    let found = vm.activation(thread, level);
    let walked = match &found {
        Some(_) => usize::try_from(level).unwrap_or(0),
        None if level < 0 => 0,
        None => vm.activations(thread).count() * 2,
    };
    vm.charge(20 + 2 * walked as u64);
    found
}

/// Returns a name, or `nil` where there is none.
fn ret_name(vm: &mut Vm, name: Option<Vec<u8>>) -> NativeResult {
    let name = match name {
        Some(name) => vm.str(&name)?,
        None => Value::NIL,
    };
    vm.ret1(name)
}
