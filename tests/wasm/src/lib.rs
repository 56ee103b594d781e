//! The crate `luka` where there is no operating system: a WebAssembly module that runs one program on
//! the host in memory and keeps what it printed. `tests/wasm/run.mjs` is its driver.
//!
//! The driver asks for [`room`], puts the program's text there, calls [`run`], and reads the
//! printed bytes at [`output`]. [`save_stops`] takes the program to pieces instead ([`stops`]).

// The names under which the driver finds the functions.
#![allow(unsafe_code)]

use luka::host::Memory;
use luka::{Budget, Chunk, Libs, Registry, Vm};
use std::cell::RefCell;

pub mod stops;

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
    let host = Memory::new();
    let view = host.view();
    let text = PROGRAM.with_borrow_mut(std::mem::take);
    let result = run_on(host, &text);
    let mut bytes = view.stdout();
    if let Err(error) = &result {
        bytes.extend_from_slice(error.report().as_bytes());
    }
    OUTPUT.set(bytes);
    i32::from(result.is_err())
}

/// Runs the program, or the snapshot of one, and saves it at its stops; 0 if that was possible. The
/// output is, for each file: length of the name and of the contents (4 bytes each, little-endian),
/// the name, the contents; or else a message.
// SAFETY: no other symbol has this name.
#[unsafe(no_mangle)]
pub extern "C" fn save_stops() -> i32 {
    let result = stops::stops(&PROGRAM.with_borrow_mut(std::mem::take));
    let failed = i32::from(result.is_err());
    OUTPUT.set(match result {
        Err(message) => message.into_bytes(),
        Ok(files) => {
            let mut out = Vec::new();
            for (name, contents) in files {
                out.extend((name.len() as u32).to_le_bytes());
                out.extend((contents.len() as u32).to_le_bytes());
                out.extend(name.into_bytes());
                out.extend(contents);
            }
            out
        }
    });
    failed
}

/// Where the printed bytes are; the next run replaces them.
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

fn run_on(host: Memory, text: &[u8]) -> luka::Result<()> {
    let registry = Registry::builder().libs(Libs::ALL).build();
    let mut vm = Vm::builder(&registry).host(host).build()?;
    let f = vm.compile(Chunk::text(text).name("@program.lua"))?;
    vm.start(&f, ())?;
    let outcome = vm.run(Budget::unlimited());
    vm.check_heap().expect("an intact heap");
    outcome.done()?;
    vm.close(Budget::unlimited()).done().map(drop)
}
