//! Modules made at random after the verifier's own rules: it must pass them all, they must come
//! through an image, a listing and a copy unchanged, and run without harm.
//!
//! `FUZZ_FROM`, `FUZZ_COUNT`, `FUZZ_SECONDS` and `FUZZ_TRACE` as `luka_tests::fuzz::seeds` says.

use luka_bytecode::image::{decode, encode};
use luka_bytecode::ops::{OPS, Op};
use luka_bytecode::text::{Options, disassemble};
use luka_bytecode::verify::verify;
use luka_tests::fuzz::generate::module;
use luka_tests::fuzz::machine::run;
use luka_tests::fuzz::seeds::{is_default, seeds};
use luka_tests::random::Random;

#[test]
fn generated_modules_verify_and_run() {
    let mut met = [0u64; Op::COUNT];
    for seed in seeds(1500) {
        let mut r = Random::new(seed);
        let module = module(&mut r);
        for instr in module.protos.iter().flat_map(|proto| &proto.code) {
            met[instr.op as usize] += 1;
        }
        let listing = || disassemble(&module, Options::default());
        let verified = match verify(module.clone()) {
            Ok(verified) => verified,
            Err(error) => panic!("seed {seed}: {error}\n{}", listing()),
        };
        assert!(decode(&encode(&module)).as_ref() == Ok(&module), "seed {seed}");
        assert!(listing().len() > 20);
        run(verified, &mut r);
    }
    if is_default() {
        for info in OPS {
            assert!(met[info.op as usize] > 20, "{} is hardly met", info.mnemonic);
        }
    }
}
