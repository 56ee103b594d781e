//! Natives that work on the machine itself: protected calls and coroutines.

use crate::continuations;
use crate::error::Raise;
use crate::frame;
use crate::heap::Gc;
use crate::inner_natives;
use crate::natives;
use crate::object::native::{Action, NativeResult};
use crate::object::thread::{Status, Thread};
use crate::value::{Value, tag};
use crate::vm::Vm;

inner_natives! { pub static PROTECTED;
    /// `pcall`, a global.
    PCALL: "pcall" "pcall(f [, arg1, ...]) -> boolean, ..."
        "Calls `f` in protected mode. Returns true and its results, or false and the error." = pcall;
    /// `xpcall`, a global.
    XPCALL: "xpcall" "xpcall(f, msgh [, arg1, ...]) -> boolean, ..."
        "Calls `f` as `pcall` does; `msgh` is called with the error before the stack unwinds, and its result is returned as the error." = xpcall;
    /// What `coroutine.wrap` returns; upvalue 1 is the coroutine.
    WRAPPED: "coroutine.wrap:function" = wrapped;
}

frame! {
    /// Slots of `pcall`.
    mod protected {
        /// Whether no error has ended here.
        OUTCOME: bool,
    }
}
frame! {
    /// Slots of `xpcall`.
    mod handled {
        /// The message handler, which the unwinder finds here.
        HANDLER: Value,
        OUTCOME: bool,
    }
}
frame! {
    /// A frame without slots.
    mod nothing {}
}
frame! {
    /// Slots of `coroutine.close`.
    mod closing { COROUTINE: Gc<Thread>, }
}
frame! {
    /// Slots of a wrapped coroutine that has failed and is closed: what the resume returned.
    mod failed {
        OUTCOME: bool,
        ERROR: Value,
    }
}

continuations! { pub static CONTINUATIONS;
    /// Where an error below a `pcall` ends (known to the unwinder).
    PCALL_THEN: "pcall:then" (protected, any) [yieldable, catching] = |vm| vm.ret_from(1);
    /// Where an error below an `xpcall` ends; slot 1 of its frame is the message handler.
    XPCALL_THEN: "xpcall:then" (handled, any) [yieldable, catching] = |vm| vm.ret_from(2);
    /// A coroutine has yielded, returned or failed.
    RESUME_THEN: "coroutine.resume:then" (nothing, outcome) [yieldable] = |vm| vm.ret_from(1);
    /// The coroutine that yielded is resumed.
    YIELD_THEN: "coroutine.yield:then" (nothing, any) [yieldable] = |vm| vm.ret_from(1);
    /// A coroutine is closed.
    CLOSE_THEN: "coroutine.close:then" (closing, outcome) = close_then;
    /// As `RESUME_THEN`, for what `coroutine.wrap` returns.
    WRAP_THEN: "coroutine.wrap:then" (nothing, outcome) [yieldable] = wrap_then;
    /// A wrapped coroutine that failed is closed.
    WRAP_CLOSED: "coroutine.wrap:closed" (failed, outcome) = |vm| wrap_fail(vm, 4);
}

fn pcall(vm: &mut Vm) -> NativeResult {
    vm.check_any(1)?;
    // f a… → true f · a…
    let n = vm.nargs() as u32 - 1;
    vm.charge_values(n as usize);
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
    vm.charge_values(n as usize);
    let (f, h) = (vm.arg(1), vm.arg(2));
    vm.insert(3, &[f, Value::NIL]);
    vm.set_arg(1, h);
    vm.set_arg(2, Value::TRUE);
    vm.call(n, -1, &XPCALL_THEN)
}

natives! {
    pub static COROUTINE = "coroutine";
    close: "coroutine.close(co) -> boolean [, error]"
        "Closes a suspended or dead coroutine and its pending to-be-closed variables. Returns true, or false and the error."
        = close,
    create: "coroutine.create(f) -> thread" "Creates a coroutine that will run `f`." [pure] = create,
    isyieldable: "coroutine.isyieldable([co]) -> boolean"
        "Whether a coroutine, by default the running one, can yield." [pure] = isyieldable,
    resume: "coroutine.resume(co [, val1, ...]) -> boolean, ..."
        "Starts or resumes a coroutine. Returns true and the values it yields or returns, or false and the error."
        = resume,
    running: "coroutine.running() -> thread, boolean"
        "Returns the running coroutine, and whether it is the main one." [pure] = running,
    status: "coroutine.status(co) -> string"
        "Returns the status of a coroutine: \"running\", \"suspended\", \"normal\" or \"dead\"." [pure] = status,
    wrap: "coroutine.wrap(f) -> function"
        "Creates a coroutine that will run `f` and returns a function that resumes it and raises its errors." [pure] = wrap,
    yield: "coroutine.yield(...) -> ..."
        "Suspends the running coroutine. Its arguments become results of `coroutine.resume`; the arguments of the next one are its results." = yield_,
}

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
    vm.charge_values(nargs as usize);
    Ok(Action::Resume { nargs, then: &RESUME_THEN })
}

fn yield_(vm: &mut Vm) -> NativeResult {
    let n = vm.nargs();
    vm.charge_values(n);
    Ok(Action::Yield { n: n as u32, then: &YIELD_THEN })
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
    vm.charge_values(nargs as usize);
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
