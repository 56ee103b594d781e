//! The functions of the module. JavaScript puts bytes where [`room`] says, calls a function, and finds
//! the result at [`output`]. What is more than one text goes in and out as a list of files, for each
//! the lengths of name and contents (4 bytes each, little-endian), the name, the contents.

use std::cell::RefCell;

use serde_json::{Value, json};

use crate::host::Page;
use crate::machine::{Machine, Setting, Status, unpack};
use crate::tools;

#[link(wasm_import_module = "luka")]
unsafe extern "C" {
    fn write(file: u32, at: *const u8, length: usize);
    fn now() -> f64;
    fn offset(time: f64) -> f64;
}

/// The functions of the page around the module.
struct Imports;

impl Page for Imports {
    fn write(&mut self, file: u32, bytes: &[u8]) {
        // SAFETY: the page copies the bytes before it returns.
        unsafe { write(file, bytes.as_ptr(), bytes.len()) }
    }
    fn now(&mut self) -> f64 {
        // SAFETY: it touches no memory.
        unsafe { now() }
    }
    fn offset(&mut self, time: f64) -> f64 {
        // SAFETY: it touches no memory.
        unsafe { offset(time) }
    }
}

#[derive(Default)]
struct State {
    input: Vec<u8>,
    output: Vec<u8>,
    stdin: Vec<u8>,
    machine: Option<Machine>,
}

thread_local! { static STATE: RefCell<State> = RefCell::default(); }

/// A function failed: the output says why.
const REFUSED: u32 = 4;

/// Lets a function turn the input into output.
fn answer(work: impl FnOnce(&mut State, Vec<u8>) -> Result<Vec<u8>, Value>) -> u32 {
    STATE.with_borrow_mut(|state| {
        let input = std::mem::take(&mut state.input);
        let (status, output) = match work(state, input) {
            Ok(output) => (0, output),
            Err(why) => (REFUSED, why.to_string().into_bytes()),
        };
        state.output = output;
        status
    })
}

/// The only file of the input: a text and its name.
fn text(input: &[u8]) -> Result<(String, Vec<u8>), Value> {
    let files = unpack(input).unwrap_or_default();
    files.into_iter().next().ok_or_else(|| json!("there is no text"))
}

/// Where so many bytes of input go.
// SAFETY: no other symbol has this name.
#[unsafe(no_mangle)]
pub extern "C" fn room(bytes: usize) -> *mut u8 {
    STATE.with_borrow_mut(|state| {
        state.input = vec![0; bytes];
        state.input.as_mut_ptr()
    })
}

/// Where the output of the last function is.
// SAFETY: no other symbol has this name.
#[unsafe(no_mangle)]
pub extern "C" fn output() -> *const u8 {
    STATE.with_borrow(|state| state.output.as_ptr())
}

/// How many bytes it is.
// SAFETY: no other symbol has this name.
#[unsafe(no_mangle)]
pub extern "C" fn output_length() -> usize {
    STATE.with_borrow(|state| state.output.len())
}

/// [`tools::diagnostics`].
// SAFETY: no other symbol has this name.
#[unsafe(no_mangle)]
pub extern "C" fn diagnostics() -> u32 {
    answer(|_, input| {
        let (name, text) = text(&input)?;
        Ok(tools::diagnostics(&name, &text).to_string().into_bytes())
    })
}

/// [`tools::build`].
// SAFETY: no other symbol has this name.
#[unsafe(no_mangle)]
pub extern "C" fn build() -> u32 {
    answer(|_, input| {
        let (name, text) = text(&input)?;
        tools::build(&name, &text)
    })
}

/// [`tools::format`].
// SAFETY: no other symbol has this name.
#[unsafe(no_mangle)]
pub extern "C" fn format() -> u32 {
    answer(|_, input| {
        let (name, text) = text(&input)?;
        tools::format(&name, &text)
    })
}

/// [`tools::tokens`].
// SAFETY: no other symbol has this name.
#[unsafe(no_mangle)]
pub extern "C" fn tokens() -> u32 {
    answer(|_, input| {
        let (name, text) = text(&input)?;
        Ok(tools::tokens(&name, &text).to_string().into_bytes())
    })
}

/// [`tools::tree`].
// SAFETY: no other symbol has this name.
#[unsafe(no_mangle)]
pub extern "C" fn tree() -> u32 {
    answer(|_, input| {
        let (name, text) = text(&input)?;
        Ok(tools::tree(&name, &text).into_bytes())
    })
}

/// [`tools::listing`].
// SAFETY: no other symbol has this name.
#[unsafe(no_mangle)]
pub extern "C" fn listing() -> u32 {
    answer(|_, input| {
        let (name, text) = text(&input)?;
        Ok(tools::listing(&name, &text)?.to_string().into_bytes())
    })
}

/// The input is what the next program reads from standard input.
// SAFETY: no other symbol has this name.
#[unsafe(no_mangle)]
pub extern "C" fn stdin() -> u32 {
    answer(|state, input| {
        state.stdin = input;
        Ok(Vec::new())
    })
}

/// The program is the first of these files: [`Machine::start`].
// SAFETY: no other symbol has this name.
#[unsafe(no_mangle)]
pub extern "C" fn start(memory: f64, seed: f64, more_seed: f64) -> u32 {
    answer(|state, input| {
        state.machine = None;
        let files = unpack(&input).unwrap_or_default();
        let seed = (seed.to_bits(), more_seed.to_bits());
        let stdin = std::mem::take(&mut state.stdin);
        let setting = Setting { files, stdin, memory: memory as u64, seed };
        state.machine = Some(Machine::start(setting, Box::new(Imports))?);
        Ok(Vec::new())
    })
}

/// The input is a snapshot: [`Machine::restore`].
// SAFETY: no other symbol has this name.
#[unsafe(no_mangle)]
pub extern "C" fn restore(memory: f64) -> u32 {
    answer(|state, input| {
        state.machine = None;
        state.machine = Some(Machine::restore(&input, memory as u64, Box::new(Imports))?);
        Ok(Vec::new())
    })
}

/// The machine, if a program runs.
fn running(state: &mut State) -> Result<&mut Machine, Value> {
    state.machine.as_mut().ok_or_else(|| json!("no program runs"))
}

/// [`Machine::run`]: the status, or 4 where no program runs.
// SAFETY: no other symbol has this name.
#[unsafe(no_mangle)]
pub extern "C" fn run(fuel: f64) -> u32 {
    let mut status = Status::Done;
    let answered = answer(|state, _| {
        let (ended, end) = running(state)?.run(fuel as u64);
        status = ended;
        if ended != Status::More {
            state.machine = None;
        }
        Ok(end.to_string().into_bytes())
    });
    if answered == REFUSED { REFUSED } else { status as u32 }
}

/// [`Machine::state`].
// SAFETY: no other symbol has this name.
#[unsafe(no_mangle)]
pub extern "C" fn state() -> u32 {
    answer(|state, _| Ok(running(state)?.state().to_string().into_bytes()))
}

/// [`Machine::snapshot`].
// SAFETY: no other symbol has this name.
#[unsafe(no_mangle)]
pub extern "C" fn snapshot() -> u32 {
    answer(|state, _| running(state)?.snapshot())
}

/// Gives up the program.
// SAFETY: no other symbol has this name.
#[unsafe(no_mangle)]
pub extern "C" fn stop() -> u32 {
    answer(|state, _| {
        state.machine = None;
        Ok(Vec::new())
    })
}
