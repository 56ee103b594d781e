//! Images nobody compiled: programs of the conformance suite and of `fuzz/corpus` with instructions,
//! constants, frames and debug information changed at random. What the verifier lets pass is run,
//! with little fuel and memory; it may do anything but bring the machine down.
//!
//! `FUZZ_FROM`, `FUZZ_COUNT`, `FUZZ_SECONDS` and `FUZZ_TRACE` as `luka_tests::fuzz::seeds` says.

use luka_bytecode::verify::verify;
use luka_tests::fuzz::change::change;
use luka_tests::fuzz::corpus::modules;
use luka_tests::fuzz::machine::survives;
use luka_tests::fuzz::seeds::{is_default, seeds};
use luka_tests::random::Random;

#[test]
fn changed_functions_run_or_are_refused() {
    let corpus = modules();
    assert!(corpus.len() > 100);
    let (mut passed, mut refused) = (0, 0);
    for seed in seeds(5000) {
        let mut r = Random::new(seed);
        let mut module = corpus[r.below(corpus.len())].clone();
        // Changes add up as long as the verifier takes them.
        for _ in 0..1 + r.below(12) {
            let mut changed = module.clone();
            change(&mut changed, &mut r);
            if verify(changed.clone()).is_ok() {
                module = changed;
                passed += 1;
            } else {
                refused += 1;
            }
        }
        assert!(survives(module, &mut r));
    }
    assert!(
        !is_default() || (passed > 3000 && refused > 3000),
        "{passed} passed, {refused} refused"
    );
}
