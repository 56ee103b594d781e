//! The two natives at the bottom of every program: the protected call of a chunk and the message
//! handler that adds the traceback (`docall` and `msghandler` in `lua.c`). What the handler returns
//! is PUC's text, which programs may see; the report for people is kept in the host's data.

use luka_vm::interp::natives::XPCALL_THEN;
use luka_vm::native::registry::Registry;
use luka_vm::{Event, NativeResult, Value, Vm, continuations, frame, inner_natives};

use crate::report::runtime::{HandledError, report};

inner_natives! { pub static FUNCTIONS;
    /// Called with a function, a message handler and the function's arguments: true and its results,
    /// or false and what the handler made of the error. Tracebacks end with it, as `[C]: in ?`.
    DOCALL: "luka.docall" = docall;
    /// Makes the message of an error, its text and the traceback, and keeps the report in the host's data.
    MESSAGE: "luka.message" = message;
    /// The same without a report, for sessions that must look like `lua`'s.
    PLAIN_MESSAGE: "luka.plain_message" = plain_message;
}

continuations! { static THEN;
    /// An error value's `__tostring` has returned.
    MESSAGE_THEN: "luka.message:then" (message_frame, 1) = message_then;
}

frame! {
    /// Slots of the message handler: the error.
    mod message_frame { ERROR: Value, }
}

/// The natives by name of machines that the command line makes: those of the libraries, of the
/// embedding crate and its own.
pub fn registry() -> Registry {
    let mut registry = luka::natives();
    let added = registry.add(FUNCTIONS.iter().chain(THEN).copied());
    debug_assert_eq!(added, Ok(()), "two natives have one name");
    registry
}

fn docall(vm: &mut Vm) -> NativeResult {
    // f h a… → h true f · a…
    let n = (vm.nargs() as u32).saturating_sub(2);
    let (f, h) = (vm.arg(1), vm.arg(2));
    vm.insert(3, &[f, Value::NIL]);
    vm.set_arg(1, h);
    vm.set_arg(2, Value::TRUE);
    vm.call(n, -1, &XPCALL_THEN)
}

fn message(vm: &mut Vm) -> NativeResult {
    make_message(vm, true)
}

fn plain_message(vm: &mut Vm) -> NativeResult {
    make_message(vm, false)
}

fn make_message(vm: &mut Vm, picture: bool) -> NativeResult {
    vm.set_top(1);
    let error = vm.arg(1);
    if !error.is_string() && !error.is_number() {
        let method = vm.metamethod(error, Event::ToString);
        if !method.is_nil() {
            vm.push_fn(method);
            vm.push(error);
            return vm.call(1, 1, &MESSAGE_THEN);
        }
    }
    finish(vm, picture)
}

/// `__tostring` has returned: a string is the whole message.
fn message_then(vm: &mut Vm) -> NativeResult {
    let text = vm.pop();
    if text.is_string() {
        return vm.ret1(text);
    }
    finish(vm, false)
}

fn finish(vm: &mut Vm, picture: bool) -> NativeResult {
    let error = vm.arg(1);
    let text = if error.is_string() || error.is_number() {
        // A C string there.
        let text = vm.check_str(1)?.bytes();
        text.split(|&c| c == 0).next().unwrap_or_default().to_vec()
    } else {
        format!("(error object is a {} value)", error.type_of().name()).into_bytes()
    };
    let thread = vm.current_thread();
    let mut whole = text.clone();
    whole.push(b'\n');
    whole.extend_from_slice(&vm.traceback(thread, None, 1));
    if picture {
        let report = report(vm, error, &text);
        vm.host_data = Some(Box::new(HandledError { text: whole.clone(), report }));
    }
    let whole = vm.str(&whole)?;
    vm.ret1(whole)
}
