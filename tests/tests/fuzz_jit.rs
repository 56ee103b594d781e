//! Modules nobody compiled, generated or changed at random, on machines that interpret and on machines
//! that make native code of everything, some with guards that fail although they hold: the same state
//! at every pause.
//!
//! `FUZZ_FROM`, `FUZZ_COUNT`, `FUZZ_SECONDS` and `FUZZ_TRACE` as `luka_tests::fuzz::seeds` says.

use luka_bytecode::Module;
use luka_bytecode::verify::verify;
use luka_tests::fuzz::change::change;
use luka_tests::fuzz::corpus::modules;
use luka_tests::fuzz::generate;
use luka_tests::fuzz::objects;
use luka_tests::fuzz::seeds::{is_default, seeds};
use luka_tests::lockstep::Lockstep;
use luka_tests::random::Random;
use luka_tests::snapshot::Program;
use luka_vm::{Config, Jit};

/// A generated module, or one of the corpus with changes that the verifier takes.
fn any(corpus: &[Module], r: &mut Random) -> Module {
    if r.once_in(2) {
        return generate::module(r);
    }
    let mut module = corpus[r.below(corpus.len())].clone();
    for _ in 0..r.below(8) {
        let mut changed = module.clone();
        change(&mut changed, r);
        if verify(changed.clone()).is_ok() {
            module = changed;
        }
    }
    module
}

/// Whether this build makes native code; that it does not is said.
fn makes_native_code() -> bool {
    let config = Config { jit: Jit::On, ..Config::default() };
    let makes = Program::start("", "empty", config).is_none_or(|mut program| program.vm.has_jit());
    if !makes {
        eprintln!("SKIPPED: this build makes no native code");
    }
    makes
}

#[test]
fn compiled_or_not_modules_do_the_same() {
    if !makes_native_code() {
        return;
    }
    let corpus = modules();
    let (mut units, mut ran) = (0, 0);
    for seed in seeds(600) {
        let mut r = Random::new(seed);
        let module = any(&corpus, &mut r);
        let how = Lockstep {
            jit: Jit::Always,
            fail: [0, 0, 2, 5, 30][r.below(5)],
            least: 1,
            most: [300, 2_000, 8_000][r.below(3)],
            pauses: 12,
            finishes: false,
            every: 3,
            seed,
            gc_stress: if r.once_in(5) { 1 + r.below(9) as u32 } else { 0 },
            marks: if r.once_in(4) { 2 + r.below(30) as u64 } else { 0 },
        };
        match how.run_module(&module, &format!("seed {seed}")) {
            Some(Ok(compared)) => {
                units += compared.units;
                ran += 1;
            }
            Some(Err(why)) => panic!("{why}"),
            None => {}
        }
    }
    println!("{ran} modules, {units} units");
    assert!(!is_default() || units > 200, "{units} units of {ran} modules");
}

/// Programs of objects and loops, which guesses of native code are about.
#[test]
fn compiled_or_not_programs_do_the_same() {
    if !makes_native_code() {
        return;
    }
    let (mut units, mut pauses) = (0, 0);
    for seed in seeds(300) {
        let mut r = Random::new(seed);
        let program = objects::program(&mut r);
        let how = Lockstep {
            jit: Jit::Always,
            fail: [0, 0, 0, 2, 5, 30][r.below(6)],
            least: 1,
            most: [700, 4_000, 30_000][r.below(3)],
            pauses: 40,
            finishes: false,
            every: 3,
            seed,
            gc_stress: if r.once_in(6) { 1 + r.below(9) as u32 } else { 0 },
            marks: if r.once_in(6) { 2 + r.below(30) as u64 } else { 0 },
        };
        match how.run(&program, &format!("seed {seed}")) {
            Ok(compared) => {
                units += compared.units;
                pauses += compared.pauses;
            }
            Err(why) => panic!("{why}\n{program}"),
        }
    }
    println!("{pauses} pauses, {units} units");
    assert!(!is_default() || units > 1_000, "{units} units, {pauses} pauses");
}
