//! Images nobody compiled: functions of the conformance suite with instructions, constants and
//! frames changed at random. What the verifier lets pass is run, with little fuel and memory; it
//! may do anything but bring the machine down.
//!
//! `FUZZ_FROM` and `FUZZ_COUNT` choose other seeds; with `FUZZ_TRACE` each seed is printed before
//! it runs, so that a crash can be told from the last line.

use luka_bytecode::verify::verify;
use luka_bytecode::{Constant, Instr, Module, Op, UpvalueDesc, UpvalueKind};
use luka_compiler::source::{Source, SourceKind};
use luka_compiler::{Options, compile};
use luka_stdlib::{CompilerLoader, open_libs};
use luka_tests::memory_host::MemoryHost;
use luka_tests::random::Random;
use luka_tests::script::Script;
use luka_vm::vm::run::Outcome;
use luka_vm::{Config, Vm};
use std::path::Path;

/// Modules of all sections of the suite.
fn corpus() -> Vec<Module> {
    let mut modules = Vec::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("suite");
    let mut folders = vec![root];
    while let Some(folder) = folders.pop() {
        let mut paths: Vec<_> = std::fs::read_dir(folder)
            .expect("a folder")
            .map(|e| e.expect("an entry").path())
            .collect();
        paths.sort();
        for path in paths {
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(&path).expect("a readable file");
            for section in Script::parse("t.lua", &text).sections {
                let source = Source::new("=t", section.program.as_bytes(), SourceKind::File);
                if let Ok(module) = compile(&source, &Options::default()) {
                    modules.push(module.into_inner());
                }
            }
        }
    }
    modules
}

/// Changes one thing.
fn mutate(module: &mut Module, r: &mut Random) {
    let at = r.below(module.protos.len());
    let count = module.protos.len();
    let proto = &mut module.protos[at];
    let pc = r.below(proto.code.len());
    match r.below(16) {
        0 => {
            let other = r.below(proto.code.len());
            proto.code.swap(pc, other);
        }
        1 => {
            let other = r.below(proto.code.len());
            proto.code[pc] = proto.code[other];
        }
        2 => {
            let op = r.below(Op::COUNT) as u8;
            proto.code[pc].op = op;
        }
        3 if proto.max_stack > 2 => proto.max_stack -= 1 + r.below(2) as u16,
        3 => proto.max_stack += 1,
        4 => proto.num_params = r.below(proto.max_stack as usize + 1) as u8,
        5 if !proto.constants.is_empty() => {
            let k = r.below(proto.constants.len());
            proto.constants[k] = match r.below(6) {
                0 => Constant::Nil,
                1 => Constant::Int(r.next() as i64 >> r.below(64)),
                2 => Constant::Float(f64::from_bits(r.next())),
                3 => Constant::Str(vec![b'x'; r.below(60)].into()),
                4 => Constant::Str(
                    r.pick(&["__index", "__gc", "__close", "__mode"]).as_bytes().into(),
                ),
                _ => Constant::True,
            };
        }
        6 if !proto.upvalues.is_empty() => {
            let u = r.below(proto.upvalues.len());
            proto.upvalues[u] = UpvalueDesc {
                in_stack: r.once_in(2),
                index: r.below(8) as u8,
                kind: UpvalueKind::Regular,
            };
        }
        7 => {
            // Another opcode in the place of a jump, or the other way round.
            proto.code[pc].set_sbx(r.below(7) as i32 - 3);
        }
        8 if !proto.code.is_empty() => {
            let i = proto.code[pc];
            let fresh = Instr { n: i.n ^ 1, ..i };
            proto.code[pc] = fresh;
        }
        9 => {
            let a = r.below(proto.max_stack as usize + 1) as u16;
            let op = [Op::Tbc, Op::Close, Op::Closure, Op::TailCall, Op::SetList, Op::Vararg]
                [r.below(6)];
            proto.code[pc] = Instr::abc(op, a, r.below(4) as u16, r.below(4) as u16);
        }
        10 if at + 1 < count && r.once_in(4) => {
            proto.is_vararg = !proto.is_vararg;
        }
        _ => {
            let mut bytes = proto.code[pc].to_bytes();
            let stack = proto.max_stack as u8;
            let byte = [0, 1, 2, 3, 255, stack, stack.wrapping_sub(1), r.next() as u8][r.below(8)];
            bytes[r.below(8)] = byte;
            proto.code[pc] = Instr::from_bytes(bytes);
        }
    }
}

/// Runs a module; false if the verifier refused it.
fn run(module: Module, r: &mut Random) -> bool {
    let Ok(module) = verify(module) else { return false };
    let config = Config {
        fuel: Some(if r.once_in(4) { 100_000 } else { 10_000 }),
        memory_limit: Some(8 << 20),
        gc_stress: if r.once_in(3) { 1 + r.below(20) as u32 } else { 0 },
        ..Config::default()
    };
    let host = MemoryHost::new(b"input\n");
    let mut vm =
        Vm::new(config, Box::new(host), Box::new(CompilerLoader::default())).expect("a machine");
    open_libs(&mut vm).expect("libraries");
    let Ok(f) = vm.instantiate(module, None) else { return true };
    let mut outcome = vm.run(f.into(), &[]);
    if let Outcome::OutOfFuel = outcome {
        luka_vm::heap::check::check(&vm).expect("an intact heap");
        vm.add_fuel(1_000);
        outcome = vm.resume_run();
    }
    drop(outcome);
    luka_vm::heap::check::check(&vm).expect("an intact heap");
    true
}

#[test]
fn changed_functions_run_or_are_refused() {
    let number = |name| std::env::var(name).ok().and_then(|v| v.parse::<u64>().ok());
    let (from, count) = (number("FUZZ_FROM").unwrap_or(0), number("FUZZ_COUNT").unwrap_or(5000));
    let trace = std::env::var_os("FUZZ_TRACE").is_some();
    let corpus = corpus();
    assert!(corpus.len() > 100);
    let (mut passed, mut refused) = (0, 0);
    for seed in from..from + count {
        if trace {
            eprintln!("{seed}");
        }
        let mut r = Random::new(seed);
        let mut module = corpus[r.below(corpus.len())].clone();
        // Changes add up as long as the verifier takes them.
        for _ in 0..1 + r.below(12) {
            let mut changed = module.clone();
            mutate(&mut changed, &mut r);
            if verify(changed.clone()).is_ok() {
                module = changed;
                passed += 1;
            } else {
                refused += 1;
            }
        }
        assert!(run(module, &mut r));
    }
    assert!(count < 1000 || (passed > 300 && refused > 300), "{passed} passed, {refused} refused");
}
