//! Running what nobody compiled.

use luka_bytecode::verify::verify;
use luka_bytecode::{Module, Verified};
use luka_stdlib::{CompilerLoader, open_libs};
use luka_vm::Outcome;
use luka_vm::{Config, Vm, continuations, frame, inner_natives};

use crate::host::memory_host;
use crate::random::Random;

/// Runs a module on a machine of its own, with little fuel and memory, sometimes collecting at
/// every few allocations; false if the verifier refuses it. Panics if the machine is not whole
/// afterwards.
pub fn survives(module: Module, r: &mut Random) -> bool {
    let Ok(module) = verify(module) else { return false };
    run(module, r);
    true
}

/// As [`survives`], of what the verifier has passed.
pub fn run(module: Verified<Module>, r: &mut Random) {
    let config = Config {
        fuel: Some(if r.once_in(4) { 100_000 } else { 10_000 }),
        memory_limit: Some(8 << 20),
        gc_stress: if r.once_in(3) { 1 + r.below(20) as u32 } else { 0 },
        ..Config::default()
    };
    let host = memory_host(b"input\n");
    let mut vm =
        Vm::new(config, Box::new(host), Box::new(CompilerLoader::default())).expect("a machine");
    open_libs(&mut vm).expect("libraries");
    let Ok(f) = vm.instantiate(module, None) else { return };
    // The error's own words, from under a message handler, look at everything debuggers look at.
    let mut outcome = if r.once_in(2) {
        vm.run(f.into(), &[])
    } else {
        let main = vm.heap.new_native(&EXPLAINED, &[]);
        vm.run(main.into(), &[f.into()])
    };
    // Stopping and going on, a few times.
    for _ in 0..3 {
        vm.check_heap().expect("an intact heap");
        match outcome {
            Outcome::OutOfFuel => {
                vm.add_fuel(1 + r.below(1_000) as u64);
                outcome = vm.resume_run();
            }
            _ => break,
        }
    }
    drop(outcome);
    vm.check_heap().expect("an intact heap");
}

inner_natives! { pub static NATIVES;
    /// Calls its argument under `xpcall(…, debug.traceback)`.
    EXPLAINED: "tests.explained" = |vm| {
        let program = vm.pop();
        let globals = vm.globals();
        let xpcall = globals.get_str_bytes(b"xpcall");
        let debug = globals.get_str_bytes(b"debug").as_table();
        let traceback = debug.map(|debug| debug.get_str_bytes(b"traceback"));
        vm.push_call(xpcall, [program, traceback.unwrap_or(xpcall)]);
        vm.call(2, 0, &DONE)
    };
}
continuations! { pub static THEN;
    DONE: "tests.explained:done" (nothing, 0) = |vm| vm.ret0();
}
frame! { mod nothing {} }
