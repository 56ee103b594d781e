//! Programs of the conformance suite and of `fuzz/corpus` that run out of memory: each with a limit
//! little above what the libraries take, so that it is met at another instruction or native each time.
//! The program may fail; the machine must be whole, and go on to run another.
//!
//! `FUZZ_FROM`, `FUZZ_COUNT`, `FUZZ_SECONDS` and `FUZZ_TRACE` as `luka_tests::fuzz::seeds` says.

use luka_bytecode::verify::verify;
use luka_stdlib::{CompilerLoader, open_libs};
use luka_tests::fuzz::corpus::modules;
use luka_tests::fuzz::seeds::{is_default, seeds};
use luka_tests::host::memory_host;
use luka_tests::random::Random;
use luka_vm::Outcome;
use luka_vm::{Config, Vm};

fn machine(memory_limit: Option<u64>, gc_stress: u32) -> Option<Vm> {
    let config = Config { fuel: Some(300_000), memory_limit, gc_stress, ..Config::default() };
    let host = Box::new(memory_host(b"input\n"));
    let mut vm = Vm::new(config, host, Box::<CompilerLoader>::default()).ok()?;
    open_libs(&mut vm).ok()?;
    Some(vm)
}

#[test]
fn programs_run_out_of_memory_anywhere() {
    let corpus = modules();
    let libraries = machine(None, 0).expect("a machine").heap.bytes();
    let (mut failed, mut finished) = (0, 0);
    for seed in seeds(3000) {
        let mut r = Random::new(seed);
        let module = verify(corpus[r.below(corpus.len())].clone()).expect("verified");
        let most = [3_000, 10_000, 40_000, 300_000][r.below(4)];
        let more = r.below(most);
        let stress = if r.once_in(4) { 1 + r.below(20) as u32 } else { 0 };
        let Some(mut vm) = machine(Some((libraries + more) as u64), stress) else { continue };
        let Ok(f) = vm.instantiate(module, None) else { continue };
        let outcome = vm.run(f.into(), &[]);
        vm.check_heap().unwrap_or_else(|fault| panic!("seed {seed}: {fault}"));
        match outcome {
            Outcome::Failed(_) => failed += 1,
            _ => finished += 1,
        }
        drop(outcome);
        vm.gc_full();
        vm.check_heap().unwrap_or_else(|fault| panic!("seed {seed}, collected: {fault}"));
    }
    println!("{failed} failed, {finished} finished");
    assert!(!is_default() || (failed > 300 && finished > 300), "{failed}, {finished}");
}
