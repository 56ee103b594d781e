//! Snapshots nobody made: of programs stopped anywhere, with bytes changed at random and checksums
//! that fit. What reader and verifier let pass is run, with little fuel; it may do anything but bring
//! the machine down.
//!
//! `FUZZ_FROM`, `FUZZ_COUNT`, `FUZZ_SECONDS` and `FUZZ_TRACE` as `luka_tests::fuzz::seeds` says.

use luka_stdlib::CompilerLoader;
use luka_tests::capture::Capture;
use luka_tests::fuzz::seeds::{is_default, seeds};
use luka_tests::random::Random;
use luka_tests::snapshot::{NATIVES_BY_NAME, Program, TYPES};
use luka_tests::stopped::PROGRAMS;
use luka_vm::snapshot::format::seal_again;
use luka_vm::snapshot::{Setting, SnapshotErrorKind, restore};
use luka_vm::{Config, Outcome, Vm};

/// Programs stopped at some places, as bytes.
fn corpus() -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    for (number, program) in PROGRAMS.iter().enumerate() {
        let mut stopped = Program::start(program, "program", Config::default()).expect("a program");
        let mut fuel = 1;
        while stopped.is_running() && all.len() < 12 * (number + 1) {
            all.push(stopped.save().into_bytes());
            stopped.go_on(fuel);
            fuel = 2 * fuel + 1;
        }
    }
    all
}

fn read(bytes: &[u8]) -> Result<Vm, SnapshotErrorKind> {
    let (host, ..) = Capture::frozen();
    let loader = Box::<CompilerLoader>::default();
    let setting = Setting {
        natives: &NATIVES_BY_NAME,
        types: TYPES,
        memory_limit: Some(32 << 20),
        host: Box::new(host),
        loader,
    };
    restore(bytes, setting).map(|(vm, _)| vm).map_err(|error| error.kind())
}

/// Changes a field or two.
fn change(bytes: &mut [u8], r: &mut Random) {
    for _ in 0..1 + r.below(3) {
        // Sections of little length are changed as often as long ones.
        let at = match r.below(3) {
            0 => bytes.len() - 1 - r.below(bytes.len().min(4_000)),
            _ => r.below(bytes.len()),
        };
        match r.below(6) {
            0 => bytes[at] ^= 1 << r.below(8),
            1 => bytes[at] = r.below(256) as u8,
            2 => bytes[at] = r.below(16) as u8,
            3 => bytes[at] = bytes[at].wrapping_add(if r.once_in(2) { 1 } else { 255 }),
            // Another field's contents.
            4 => {
                let len = [1, 2, 4, 8, 9, 16][r.below(6)].min(bytes.len() - at);
                let from = r.below(bytes.len() - len);
                bytes.copy_within(from..from + len, at);
            }
            _ => {
                let len = [4, 8, 9][r.below(3)].min(bytes.len() - at);
                let from = (at + r.below(60)).min(bytes.len() - len);
                let (a, b) = (bytes[at..at + len].to_vec(), bytes[from..from + len].to_vec());
                bytes[at..at + len].copy_from_slice(&b);
                if from >= at + len {
                    bytes[from..from + len].copy_from_slice(&a);
                }
            }
        }
    }
}

/// Runs a machine for a while, collects its garbage, and closes it.
fn run(mut vm: Vm) {
    vm.set_fuel(Some(2_000));
    let mut outcome = vm.resume_run();
    for _ in 0..4 {
        let Outcome::OutOfFuel = outcome else { break };
        vm.gc_full();
        vm.add_fuel(3_000);
        outcome = vm.resume_run();
    }
    vm.gc_full();
    vm.set_fuel(Some(3_000));
    vm.close();
    vm.gc_full();
}

#[test]
fn changed_snapshots_run_or_are_refused() {
    let corpus = corpus();
    for bytes in &corpus {
        let mut same = bytes.clone();
        assert!(seal_again(&mut same));
        assert!(same == *bytes, "sealed again, a snapshot is as it was");
        assert!(read(bytes).is_ok(), "a snapshot is not refused");
    }
    let (mut passed, mut refused) = (0, 0);
    for seed in seeds(3_000) {
        let mut r = Random::new(seed);
        let mut bytes = corpus[r.below(corpus.len())].clone();
        change(&mut bytes, &mut r);
        if !seal_again(&mut bytes) {
            refused += 1;
            continue;
        }
        match read(&bytes) {
            Ok(vm) => {
                passed += 1;
                run(vm);
            }
            Err(_) => refused += 1,
        }
    }
    let both = passed > 100 && refused > 500;
    assert!(!is_default() || both, "{passed} passed, {refused} refused");
}
