//! How long programs take to compile, and how long their images take to load: reading and verifying.
//!
//! `cargo run --release -p luka-tests --bin loading -- PATH…` looks at all Lua files below the paths
//! and prints the best of several rounds. Files with faults are passed over; what the compiler makes
//! of the others must pass the verifier.

use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use luka_bytecode::Module;
use luka_bytecode::image::{decode, encode};
use luka_bytecode::verify::verify;
use luka_compiler::Options;
use luka_compiler::compile::stages;
use luka_compiler::source::{Source, SourceKind};
use luka_tests::mutate::lua_files;

const ROUNDS: usize = 5;

/// A program in its two forms.
struct Program {
    source: Source<'static>,
    image: Vec<u8>,
    stripped: Vec<u8>,
}

fn main() -> ExitCode {
    let (mut programs, mut refused) = (Vec::new(), 0);
    for path in std::env::args().skip(1).flat_map(|path| lua_files(Path::new(&path))) {
        let Ok(text) = std::fs::read(&path) else { continue };
        let source = Source::new(format!("@{}", path.display()), text, SourceKind::File);
        let stages = stages(&source, &Options::default());
        if !stages.diagnostics.is_empty() {
            continue;
        }
        if let Err(error) = verify(stages.module.clone()) {
            println!("{}: {error}", path.display());
            refused += 1;
            continue;
        }
        let mut module = stages.module;
        let image = encode(&module);
        module.strip();
        programs.push(Program { source, image, stripped: encode(&module) });
    }
    if programs.is_empty() {
        println!("no programs");
        return ExitCode::FAILURE;
    }

    let compile = best(&programs, |p| drop(stages(&p.source, &Options::default()).module));
    let read = best(&programs, |p| drop(decode(&p.image)));
    let load = best(&programs, |p| drop(decode(&p.image).map(verify)));
    let load_stripped = best(&programs, |p| drop(decode(&p.stripped).map(verify)));
    let modules: Vec<Module> = programs.iter().filter_map(|p| decode(&p.image).ok()).collect();
    let copy = best(&modules, |module| drop(module.clone()));
    let check = best(&modules, |module| drop(verify(module.clone()))).saturating_sub(copy);

    let code: usize = modules.iter().flat_map(|m| &m.protos).map(|p| p.code.len()).sum();
    let text: usize = programs.iter().map(|p| p.source.bytes().len()).sum();
    let image: usize = programs.iter().map(|p| p.image.len()).sum();
    println!(
        "{} programs, {text} bytes, {code} instructions, {image} bytes of images",
        programs.len()
    );
    let ms = |time: Duration| time.as_secs_f64() * 1e3;
    let ns = |time: Duration| time.as_nanos() as f64 / code as f64;
    println!("compile           {:9.2} ms {:7.1} ns an instruction", ms(compile), ns(compile));
    println!("read              {:9.2} ms {:7.1} ns", ms(read), ns(read));
    println!("verify            {:9.2} ms {:7.1} ns", ms(check), ns(check));
    for (name, time) in [("read and verify", load), ("the same, stripped", load_stripped)] {
        let times = compile.as_secs_f64() / time.as_secs_f64();
        println!("{name:<18}{:9.2} ms {:7.1} ns, {times:.1} times as fast", ms(time), ns(time));
    }
    if refused > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// The best time of several rounds over all items.
fn best<T>(items: &[T], what: impl Fn(&T)) -> Duration {
    let round = || {
        let start = Instant::now();
        items.iter().for_each(&what);
        start.elapsed()
    };
    (0..ROUNDS).map(|_| round()).min().unwrap_or_default()
}
