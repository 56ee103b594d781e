//! The machine where there is no operating system: a WebAssembly module that runs one program on
//! the test suite's host in memory and keeps what it printed. `tests/wasm/run.mjs` is its driver.
//!
//! The driver asks for [`room`], puts the program's text there, calls [`run`], and reads the
//! printed bytes at [`output`].

// The names under which the driver finds the functions.
#![allow(unsafe_code)]

#[path = "../../src/memory_host.rs"]
#[allow(dead_code)]
mod memory_host;

use luka_compiler::source::{Source, SourceKind};
use luka_compiler::{Options, compile};
use luka_report::{Style, render_all, report_error};
use luka_stdlib::{CompilerLoader, open_libs};
use luka_vm::Outcome;
use luka_vm::{Config, Vm};
use memory_host::MemoryHost;
use std::cell::RefCell;

thread_local! {
    static PROGRAM: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    static OUTPUT: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Where the driver puts a program of so many bytes.
// SAFETY: no other symbol has this name.
#[unsafe(no_mangle)]
pub extern "C" fn room(bytes: usize) -> *mut u8 {
    PROGRAM.with_borrow_mut(|program| {
        *program = vec![0; bytes];
        program.as_mut_ptr()
    })
}

/// Runs the program; 0 if it ended well.
// SAFETY: no other symbol has this name.
#[unsafe(no_mangle)]
pub extern "C" fn run() -> i32 {
    let host = MemoryHost::new(b"");
    let printed = host.stdout.clone();
    let text = PROGRAM.with_borrow_mut(std::mem::take);
    let result = run_on(host, &text);
    let mut bytes = printed.borrow().clone();
    if let Err(message) = &result {
        bytes.extend_from_slice(format!("{message}\n").as_bytes());
    }
    OUTPUT.set(bytes);
    i32::from(result.is_err())
}

/// Where the printed bytes are; the next [`run`] replaces them.
// SAFETY: no other symbol has this name.
#[unsafe(no_mangle)]
pub extern "C" fn output() -> *const u8 {
    OUTPUT.with_borrow(|output| output.as_ptr())
}

/// How many there are.
// SAFETY: no other symbol has this name.
#[unsafe(no_mangle)]
pub extern "C" fn output_length() -> usize {
    OUTPUT.with_borrow(Vec::len)
}

fn run_on(host: MemoryHost, text: &[u8]) -> Result<(), String> {
    let source = Source::new("@program.lua", text, SourceKind::File);
    let module = compile(&source, &Options::default())
        .map_err(|diagnostics| render_all(&diagnostics, &source, Style::PLAIN))?;
    let started = |_| "the machine does not start".to_string();
    let mut vm = Vm::new(Config::default(), Box::new(host), Box::<CompilerLoader>::default())
        .map_err(started)?;
    open_libs(&mut vm).map_err(started)?;
    let f = vm.instantiate(module, None).map_err(started)?;
    let outcome = vm.run(f.into(), &[]);
    vm.check_heap().map_err(|e| format!("the heap is broken: {e}"))?;
    let ended = match outcome {
        Outcome::Finished(_) => Ok(()),
        Outcome::Failed(error) => {
            let message = error.as_str().map_or(&b"an error value"[..], |s| s.bytes());
            let file = |name: &[u8]| (name == b"program.lua").then(|| text.to_vec());
            let report = report_error(&vm, error, message, 0, &file).render(Style::PLAIN);
            Err(String::from_utf8_lossy(&report).into_owned())
        }
        other => Err(format!("{other:?}")),
    };
    vm.close();
    ended
}
