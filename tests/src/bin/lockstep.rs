//! Runs programs on an interpreting and a compiling machine in lockstep:
//! `lockstep MODE FAIL MOST SEEDS PAUSES EVERY MARKS FILE…` (see `luka_tests::lockstep`).

use luka_tests::lockstep::Lockstep;
use luka_vm::Jit;
use std::process::ExitCode;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [mode, numbers @ ..] = args.as_slice() else { return ExitCode::from(2) };
    let [fail, most, seeds, pauses, every, marks, files @ ..] = numbers else {
        return ExitCode::from(2);
    };
    let number = |text: &String| text.parse::<usize>().unwrap_or(0);
    let jit = if mode == "on" { Jit::On } else { Jit::Always };
    let mut failed = false;
    for file in files {
        let text = std::fs::read_to_string(file).unwrap_or_default();
        for seed in 0..number(seeds) as u64 {
            let lockstep = Lockstep {
                jit,
                fail: number(fail) as u32,
                least: 1,
                most: number(most),
                finishes: true,
                pauses: number(pauses),
                every: number(every).max(1),
                seed,
                gc_stress: 0,
                marks: number(marks) as u64,
            };
            match lockstep.run(&text, file) {
                Ok(compared) => println!("{file} seed {seed}: {compared:?}"),
                Err(why) => {
                    println!("{why}");
                    failed = true;
                }
            }
        }
    }
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
