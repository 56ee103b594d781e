//! Bytes nobody wrote: noise, and images with bytes changed, cut, doubled and mixed. Reading them is
//! total, and takes memory in proportion to them; what is read and verified is run as
//! `fuzz_images.rs` does.
//!
//! `FUZZ_FROM`, `FUZZ_COUNT`, `FUZZ_SECONDS` and `FUZZ_TRACE` as `luka_tests::fuzz::seeds` says.

use luka_bytecode::Module;
use luka_bytecode::image::{decode, encode};
use luka_bytecode::text::{Options, disassemble};
use luka_bytecode::verify::verify;
use luka_tests::fuzz::corpus::modules;
use luka_tests::fuzz::seeds::{is_default, seeds};
use luka_tests::fuzz::{debris, generate, machine};
use luka_tests::random::Random;

/// Images of the corpus, with debug information and without, and of generated modules. Small ones:
/// in those a change hits something.
fn images() -> Vec<Vec<u8>> {
    let mut modules: Vec<Module> = modules();
    modules.extend((0..100).map(|seed| generate::module(&mut Random::new(seed))));
    let mut images: Vec<Vec<u8>> = modules.iter().map(encode).collect();
    modules.iter_mut().for_each(Module::strip);
    images.extend(modules.iter().map(encode));
    images.retain(|image| image.len() < 3000);
    images
}

/// Bytes that a module holds on to, roughly: what is counted is what a count in an image decides.
fn size(module: &Module) -> usize {
    let protos = module.protos.iter().map(|p| {
        200 + p.code.capacity() * 8
            + p.constants.capacity() * 24
            + p.upvalues.memory()
            + p.protos.capacity() * 4
            + p.debug.memory()
    });
    protos.sum()
}

/// Most bytes of a module for a byte of its image (docs/security.md).
const GROWTH: usize = 100;

/// How far the bytes got: decoded, verified and run.
fn try_bytes(bytes: &[u8], r: &mut Random) -> (bool, bool) {
    let Ok(module) = decode(bytes) else { return (false, false) };
    assert!(size(&module) <= GROWTH * bytes.len());
    // Unpacks debug information.
    disassemble(&module, Options { editable: r.once_in(2), ..Options::default() });
    assert!(size(&module) <= GROWTH * bytes.len());
    let Ok(verified) = verify(module) else { return (true, false) };
    // What is fine is written and read again as it is.
    assert!(decode(&encode(verified.get())).as_ref() == Ok(verified.get()));
    machine::run(verified, r);
    (true, true)
}

#[test]
fn noise_is_refused_or_runs() {
    let images = images();
    let mut decoded = 0;
    for seed in seeds(20_000) {
        let mut r = Random::new(seed);
        let image = &images[r.below(images.len())];
        decoded += try_bytes(&debris::noise(image, &mut r), &mut r).0 as u32;
    }
    assert!(!is_default() || decoded > 0);
}

#[test]
fn changed_images_are_refused_or_run() {
    let images = images();
    let (mut decoded, mut verified) = (0, 0);
    for seed in seeds(6000) {
        let mut r = Random::new(seed);
        let (image, other) = (r.below(images.len()), r.below(images.len()));
        let bytes = debris::changed(&images[image], &images[other], &mut r);
        let (read, fine) = try_bytes(&bytes, &mut r);
        decoded += read as u32;
        verified += fine as u32;
    }
    assert!(!is_default() || (decoded > 600 && verified > 200), "{decoded}, {verified}");
}
