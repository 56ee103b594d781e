//! `debug.debug`: lines from standard input, run one by one.
//!
//! [`debug`] reads a line and has it called; [`RAN`] looks at the outcome, [`SHOWN`] prints what an
//! error value's `__tostring` made of it; both read on.

use crate::load::load_bytes;
use crate::os::c_str;
use crate::tostring::{self, Text};
use luka_vm::host::FileId;
use luka_vm::{NativeResult, Vm, continuations, frame};

continuations! { pub static THEN;
    RAN: "debug.debug:ran" (running, 1) [catching] = ran;
    SHOWN: "debug.debug:shown" (nothing, 1) = shown;
}

frame! {
    /// Slots while a command runs.
    mod running {
        /// Whether it has not failed.
        OUTCOME: bool,
    }
}

frame! {
    /// No slots.
    mod nothing {}
}

const STDIN: FileId = FileId(0);
const STDOUT: FileId = FileId(1);
const STDERR: FileId = FileId(2);

/// Longest piece of a line that is run as one command (PUC's buffer).
const MAX_LINE: usize = 249;

pub fn debug(vm: &mut Vm) -> NativeResult {
    loop {
        vm.set_top(0);
        print_error(vm, b"lua_debug> ");
        let line = read_line(vm);
        if line.is_empty() || line == b"cont\n" {
            return vm.ret0();
        }
        match load_bytes(vm, c_str(&line), b"=(debug command)", None) {
            Ok(command) => {
                running::FRAME.prepare(vm, 0);
                running::OUTCOME.set(vm, true);
                vm.push_fn(command.into());
                return vm.call(0, 1, &RAN);
            }
            Err(message) => report(vm, &message),
        }
    }
}

/// The command has run; if it failed, the result is its error.
fn ran(vm: &mut Vm) -> NativeResult {
    let error = vm.pop();
    let ok = running::OUTCOME.get(vm);
    vm.set_top(0);
    if !ok {
        match tostring::start(vm, error)? {
            Text::Done(text) => report(vm, text.bytes()),
            Text::Call(method) => {
                vm.push_call(method, [error]);
                return vm.call(1, 1, &SHOWN);
            }
        }
    }
    debug(vm)
}

fn shown(vm: &mut Vm) -> NativeResult {
    let made = vm.pop();
    let text = tostring::check_result(vm, made)?;
    report(vm, text.bytes());
    debug(vm)
}

/// One line with its end, or as much of it as a command can be; empty at the end of input.
fn read_line(vm: &mut Vm) -> Vec<u8> {
    let mut line = Vec::new();
    while line.len() < MAX_LINE && line.last() != Some(&b'\n') {
        let Ok(seen) = vm.host().peek(STDIN) else { break };
        let room = seen.len().min(MAX_LINE - line.len());
        let end = seen[..room].iter().position(|&c| c == b'\n').map_or(room, |i| i + 1);
        if end == 0 {
            break;
        }
        line.extend_from_slice(&seen[..end]);
        vm.host().consume(STDIN, end);
    }
    line
}

fn report(vm: &mut Vm, message: &[u8]) {
    let line = [c_str(message), b"\n"].concat();
    print_error(vm, &line);
}

/// Writes to standard error; a failure is ignored, for there is nowhere to report it.
fn print_error(vm: &mut Vm, text: &[u8]) {
    let _ = vm.host().flush(STDOUT);
    let _ = vm.host().write(STDERR, text);
    let _ = vm.host().flush(STDERR);
}
