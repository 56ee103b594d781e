//! Natives that work on the machine itself: protected calls and coroutines.

use crate::error::Raise;
use crate::heap::Gc;
use crate::natives;
use crate::object::native::{Action, Native, NativeResult};
use crate::object::thread::{Status, Thread};
use crate::value::{Value, tag};
use crate::vm::Vm;

/// `pcall`
pub static PCALL: Native = Native::new(
    "pcall",
    "pcall(f [, arg1, ...]) -> boolean, ...",
    "Calls f in protected mode: true and its results, or false and the error value.",
    pcall,
);
/// Where an error below a `pcall` ends (known to the unwinder).
pub static PCALL_THEN: Native =
    Native::then_yieldable("pcall:then", |vm| vm.ret_from(1)).catching();

/// `xpcall`
pub static XPCALL: Native = Native::new(
    "xpcall",
    "xpcall(f, msgh [, arg1, ...]) -> boolean, ...",
    "Like pcall, with a message handler that is called where the error happened.",
    xpcall,
);
/// Where an error below an `xpcall` ends; slot 1 of its frame is the message handler.
pub static XPCALL_THEN: Native =
    Native::then_yieldable("xpcall:then", |vm| vm.ret_from(2)).catching();

fn pcall(vm: &mut Vm) -> NativeResult {
    vm.check_any(1)?;
    // f a… → true f · a…
    let n = vm.nargs() as u32 - 1;
    let f = vm.arg(1);
    vm.insert(2, &[f, Value::NIL]);
    vm.set_arg(1, Value::TRUE);
    vm.call(n, -1, &PCALL_THEN)
}

fn xpcall(vm: &mut Vm) -> NativeResult {
    if !vm.arg(2).is_function() {
        return Err(vm.type_error(2, "function"));
    }
    // f h a… → h true f · a…
    let n = vm.nargs() as u32 - 2;
    let (f, h) = (vm.arg(1), vm.arg(2));
    vm.insert(3, &[f, Value::NIL]);
    vm.set_arg(1, h);
    vm.set_arg(2, Value::TRUE);
    vm.call(n, -1, &XPCALL_THEN)
}

natives! {
    pub static COROUTINE = "coroutine";
    close: "coroutine.close(co) -> boolean [, error]"
        "Closes a coroutine: runs its pending to-be-closed variables and puts it in a dead state."
        = close,
    create: "coroutine.create(f) -> thread" "Makes a new coroutine with body f." = create,
    isyieldable: "coroutine.isyieldable([co]) -> boolean"
        "Whether the coroutine (default: the running one) can yield." = isyieldable,
    resume: "coroutine.resume(co [, val1, ...]) -> boolean, ..."
        "Starts or continues a coroutine: true and the values it yields or returns, or false and the error."
        = resume,
    running: "coroutine.running() -> thread, boolean"
        "The running coroutine and whether it is the main one." = running,
    status: "coroutine.status(co) -> string"
        "The state of a coroutine: running, suspended, normal or dead." = status,
    wrap: "coroutine.wrap(f) -> function"
        "Makes a coroutine and returns a function that resumes it and raises its errors." = wrap,
    yield: "coroutine.yield(...) -> ..."
        "Suspends the running coroutine; its arguments are the results of the resume." = yield_,
}

static RESUME_THEN: Native = Native::then_yieldable("coroutine.resume:then", |vm| vm.ret_from(1));
static YIELD_THEN: Native = Native::then_yieldable("coroutine.yield:then", |vm| vm.ret_from(1));
static CLOSE_THEN: Native = Native::then("coroutine.close:then", close_then);
static WRAPPED: Native =
    Native::new("coroutine.wrap:function", "", "Resumes the coroutine it wraps.", wrapped);
static WRAP_THEN: Native = Native::then_yieldable("coroutine.wrap:then", wrap_then);
static WRAP_CLOSED: Native = Native::then("coroutine.wrap:closed", wrap_closed);

/// The continuations of this module, for the registry.
pub static CONTINUATIONS: &[&Native] = &[
    &PCALL_THEN,
    &XPCALL_THEN,
    &RESUME_THEN,
    &YIELD_THEN,
    &CLOSE_THEN,
    &WRAPPED,
    &WRAP_THEN,
    &WRAP_CLOSED,
];

fn check_co(vm: &mut Vm, i: usize) -> Result<Gc<Thread>, Raise> {
    match vm.arg(i).as_thread() {
        Some(co) => Ok(co),
        None => Err(vm.type_error(i, "thread")),
    }
}

fn create(vm: &mut Vm) -> NativeResult {
    if !vm.arg(1).is_function() {
        return Err(vm.type_error(1, "function"));
    }
    let f = vm.arg(1);
    let co = vm.new_coroutine(f)?;
    vm.ret1(co)
}

fn resume(vm: &mut Vm) -> NativeResult {
    check_co(vm, 1)?;
    let nargs = vm.nargs() as u32 - 1;
    Ok(Action::Resume { nargs, then: &RESUME_THEN })
}

fn yield_(vm: &mut Vm) -> NativeResult {
    Ok(Action::Yield { n: vm.nargs() as u32, then: &YIELD_THEN })
}

fn wrap(vm: &mut Vm) -> NativeResult {
    if !vm.arg(1).is_function() {
        return Err(vm.type_error(1, "function"));
    }
    let f = vm.arg(1);
    let co = vm.new_coroutine(f)?;
    let w = vm.heap.new_native(&WRAPPED, &[co.into()]);
    vm.ret1(w)
}

fn wrapped(vm: &mut Vm) -> NativeResult {
    let co = vm.upvalue(1);
    let nargs = vm.nargs() as u32;
    vm.insert(1, &[co]);
    Ok(Action::Resume { nargs, then: &WRAP_THEN })
}

fn wrap_then(vm: &mut Vm) -> NativeResult {
    if !vm.arg(1).is_falsy() {
        return vm.ret_from(2);
    }
    let co = vm.upvalue(1);
    if let Some(thread) = co.as_thread()
        && thread.status == Status::Failed
    {
        vm.before_closing(thread);
        // The coroutine ended with an error: close it, the error may become another one.
        vm.set_top(2);
        vm.push(co);
        return Ok(Action::Close { then: &WRAP_CLOSED });
    }
    wrap_fail(vm, 2)
}

fn wrap_closed(vm: &mut Vm) -> NativeResult {
    // false, error, false, error of closing
    wrap_fail(vm, 4)
}

fn wrap_fail(vm: &mut Vm, slot: usize) -> NativeResult {
    let (error, co) = (vm.arg(slot), vm.upvalue(1).as_thread());
    let raise = vm.raise_value(error, 1);
    if let (Some(co), Raise::Error(error)) = (co, raise) {
        vm.comes_from_closed(co, error);
    }
    Err(raise)
}

/// The state of a coroutine as `coroutine.status` names it.
pub fn status_name(vm: &Vm, co: Gc<Thread>) -> &'static str {
    if co == vm.thread {
        return "running";
    }
    match co.status {
        Status::New | Status::Suspended => "suspended",
        Status::Running => "running",
        Status::Normal => "normal",
        Status::Dead | Status::Failed => "dead",
    }
}

fn status(vm: &mut Vm) -> NativeResult {
    let co = check_co(vm, 1)?;
    let name = status_name(vm, co);
    let v = vm.small_str(name);
    vm.ret1(v)
}

fn running(vm: &mut Vm) -> NativeResult {
    let (t, main) = (vm.thread, vm.thread == vm.main_thread);
    vm.ret2(t, main)
}

fn isyieldable(vm: &mut Vm) -> NativeResult {
    let co = if vm.arg(1).tag() == tag::THREAD { check_co(vm, 1)? } else { vm.thread };
    let y = vm.is_yieldable(co);
    vm.ret1(y)
}

fn close(vm: &mut Vm) -> NativeResult {
    let co = check_co(vm, 1)?;
    match status_name(vm, co) {
        "suspended" | "dead" => {
            vm.set_top(1);
            vm.push(co.into());
            // co, then true or false and the error
            Ok(Action::Close { then: &CLOSE_THEN })
        }
        other => Err(vm.error(format!("cannot close a {other} coroutine"))),
    }
}

fn close_then(vm: &mut Vm) -> NativeResult {
    if let Some(co) = vm.arg(1).as_thread() {
        vm.drop_failure(co);
    }
    vm.ret_from(2)
}
