//! The examples of docs/isa.md: each chunk compiles to the instruction that is shown for it.

use luka_bytecode::ops::OPS;
use luka_bytecode::reference::{details, render};
use luka_compiler::source::{Source, SourceKind};
use luka_compiler::{Options, compile};

fn instructions(chunk: &str) -> Vec<String> {
    let text = format!("local a, b, c = ... {chunk}");
    let source = Source::new("=example", text.as_bytes(), SourceKind::Chunk);
    match compile(&source, &Options::default()) {
        Ok(module) => module.get().main().code.iter().map(|i| render(*i)).collect(),
        Err(faults) => panic!("{chunk}: {:?}", faults.first().map(|f| &f.message)),
    }
}

#[test]
fn every_instruction_has_an_example_that_makes_it() {
    let mut faults = Vec::new();
    for info in OPS {
        let Some((chunk, shown)) = details(info.op).example else {
            faults.push(format!("{} has no example", info.mnemonic));
            continue;
        };
        let name = shown.split(' ').next();
        let made = instructions(chunk);
        if name != Some(info.mnemonic) || !made.iter().any(|line| line == shown) {
            faults.push(format!("{}: `{chunk}` is not `{shown}`: {made:?}", info.mnemonic));
        }
    }
    let emitters = "compiler/src/emit and compiler/selfhost/emit";
    assert!(faults.is_empty(), "{}\n(code is emitted in {emitters})", faults.join("\n"));
}
