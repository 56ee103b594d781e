//! Programs under the debugger.
#![allow(dead_code, reason = "each test uses a part")]

use luka::{Chunk, Jit, Libs, Registry, Vm};
use luka_debug::{Distances, Engine, Program, Recorder, Tape};
use std::sync::LazyLock;

static REGISTRY: LazyLock<Registry> = LazyLock::new(|| Registry::builder().libs(Libs::ALL).build());

/// The debugger of a text, at its first line.
pub fn debug(text: &str) -> Engine {
    debug_on(text, luka::host::Memory::new())
}

pub fn debug_on(text: &str, host: impl luka::host::Host + Send + 'static) -> Engine {
    let tape = Tape::new(Box::new(host));
    // Half of all programs have native code wherever there are no marks.
    let jit = if text.len().is_multiple_of(2) { Jit::Always } else { Jit::Off };
    let builder = Vm::builder(&REGISTRY).host(Recorder::new(tape.clone())).jit(jit);
    let mut vm = builder.build().unwrap();
    let function = vm.compile(Chunk::text(text).name("=test")).unwrap();
    vm.start(&function, ()).unwrap();
    drop(function);
    let mut engine = Engine::new(Program::new(vm, tape), &REGISTRY, 64 << 20).unwrap();
    // Programs of tests are short; the past of long ones is searched in parts.
    engine.timeline.distances = match text.len() % 3 {
        0 => Distances::default(),
        1 => Distances { approach: [2_000, 300, 20], narrow: 100 },
        _ => Distances { approach: [500, 60, 7], narrow: 10 },
    };
    engine
}

/// The line the program is at.
pub fn line(engine: &mut Engine) -> u32 {
    engine.position().map_or(0, |(_, line)| line)
}

pub fn hash(engine: &mut Engine) -> u64 {
    engine.timeline.program.vm().state_hash().unwrap()
}
