//! The verifier of snapshots names each rule when that alone is broken.
#![cfg(debug_assertions)]

use luka_stdlib::load::load_bytes;
use luka_stdlib::{CompilerLoader, open_libs};
use luka_tests::capture::Capture;
use luka_tests::stopped::PROGRAMS;
use luka_vm::snapshot::verify::broken::breakages;
use luka_vm::snapshot::verify::verify;
use luka_vm::{Config, Outcome, Vm};
use std::collections::BTreeMap;

/// How often each way is tried.
const TRIES: u32 = 4;

fn machine(program: &str) -> (Vm, luka_vm::Value) {
    let config = Config { fuel: Some(1), ..Config::default() };
    let loader = Box::<CompilerLoader>::default();
    let mut vm = Vm::new(config, Box::new(Capture::frozen().0), loader).expect("a machine");
    open_libs(&mut vm).expect("libraries");
    let f = load_bytes(&mut vm, program.as_bytes(), b"=program", None).expect("a program");
    (vm, f.into())
}

#[test]
fn each_rule_is_named_when_it_is_broken() {
    let all = breakages();
    let mut tried: BTreeMap<usize, u32> = BTreeMap::new();
    let mut wrong = Vec::new();
    for (number, program) in PROGRAMS.iter().enumerate() {
        let (mut vm, f) = machine(program);
        let mut outcome = vm.run(f, &[]);
        let (mut stops, mut step) = (0, 1);
        while let Outcome::OutOfFuel = outcome {
            stops += 1;
            if stops > 1_200 {
                step += step / 12 + 1;
            }
            let mut any = false;
            for (i, breakage) in all.iter().enumerate() {
                let count = tried.entry(i).or_default();
                if *count >= TRIES * (number as u32 + 1) {
                    continue;
                }
                let Some(verdict) = breakage.try_on(&mut vm) else { continue };
                (*count, any) = (*count + 1, true);
                let found = match &verdict {
                    Ok(()) => "nothing",
                    Err(violation) => violation.rule(),
                };
                if found != breakage.rule && wrong.len() < 40 {
                    let rule = breakage.rule;
                    wrong.push(format!(
                        "way {i}, program {number}, stop {stops}: {rule}: {verdict:?}"
                    ));
                }
            }
            if any {
                let after = verify(&vm);
                if let Err(violation) = after
                    && wrong.len() < 40
                {
                    wrong.push(format!("program {number}, stop {stops}, whole: {violation}"));
                }
            }
            // (Loading has used more than was granted.)
            vm.set_fuel(None);
            vm.set_fuel(Some(step));
            outcome = vm.resume_run();
        }
        assert!(!matches!(outcome, Outcome::Failed(_)), "program {number}: {outcome:?}");
    }
    let never: Vec<String> = all
        .iter()
        .enumerate()
        .filter(|(i, _)| tried.get(i).is_none_or(|count| *count == 0))
        .map(|(i, breakage)| format!("way {i}: {}", breakage.rule))
        .collect();
    assert!(wrong.is_empty(), "{} named otherwise:\n{}", wrong.len(), wrong.join("\n"));
    assert!(never.is_empty(), "never applied:\n{}", never.join("\n"));
}
