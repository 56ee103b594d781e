//! Native code changes nothing but the time: machines that compile do what machines that interpret do,
//! in lockstep, to the last byte of their snapshots. Where this build has no native code, the tests say
//! that they are skipped.

#[path = "jit/programs.rs"]
mod programs;

use libtest_mimic::{Arguments, Failed, Trial};
use luka_tests::lockstep::{Compared, Lockstep};
use luka_tests::script::{Script, files};
use luka_tests::snapshot::Program;
use luka_tests::stopped;
use luka_vm::{Config, Jit};
use programs::PROGRAMS;
use std::path::Path;
use std::process::ExitCode;

/// Everything is compiled; pauses are up to `most` units apart.
fn always(most: usize, seed: u64) -> Lockstep {
    Lockstep {
        finishes: true,
        jit: Jit::Always,
        fail: 0,
        least: 1,
        most,
        pauses: 60,
        every: 1,
        seed,
        gc_stress: 0,
        marks: 0,
    }
}

/// Compares; how often debuggers were asked.
fn compared(program: &str, name: &str, how: Lockstep, units: &mut u64) -> Result<usize, Failed> {
    let Compared { units: made, asked, .. } = how.run(program, name)?;
    *units += made;
    Ok(asked)
}

/// A program with random pauses, in several ways; every way compiles something.
fn random_pauses(name: &str, program: &str) -> Result<(), Failed> {
    let mut units = [0; 4];
    for seed in 0..3 {
        compared(program, name, always(500, seed), &mut units[0])?;
        compared(program, name, always(9_000, seed), &mut units[0])?;
        // Guards fail that would hold.
        for fail in [2, 7, 61] {
            let how = Lockstep { fail, ..always(2_500, seed + fail as u64) };
            compared(program, name, how, &mut units[1])?;
        }
        let stress = Lockstep { gc_stress: 3, pauses: 20, ..always(3_000, seed) };
        compared(program, name, stress, &mut units[2])?;
    }
    let mut asked = 0;
    for (seed, marks) in [(0, 5), (1, 12), (2, 30), (3, 30), (4, 80)] {
        let how = Lockstep { marks, pauses: 90, ..always(2_000, seed) };
        asked += compared(program, name, how, &mut units[3])?;
    }
    assert!(asked > 0, "{name}: nothing was marked");
    assert!(units.iter().all(|made| *made > 0), "{name}: nothing was compiled: {units:?}");
    Ok(())
}

/// Every budget up to some: a pause at every distance from where native code begins.
fn every_budget(name: &str, program: &str) -> Result<(), Failed> {
    for budget in 65..230 {
        let how = Lockstep { least: budget, every: 5, pauses: 200, ..always(budget, 0) };
        how.run(program, name)?;
    }
    Ok(())
}

/// Sections of a conformance file.
fn suite(path: &Path) -> Result<(), Failed> {
    let text = std::fs::read_to_string(path).expect("a readable file");
    let name = path.file_name().expect("a file").to_string_lossy();
    let mut units = 0;
    for (i, section) in Script::parse(&name, &text).sections.iter().enumerate() {
        // (What is not to be paused is about time or threads of the system.)
        let paused = section.directives.skips("paused").is_none();
        // (Both machines would use the same temporary files at once.)
        let shares = section.program.contains("tmpname");
        if !paused || shares || Program::start(&section.program, &name, Config::default()).is_none()
        {
            continue;
        }
        let title = format!("{name}, {}", section.title);
        let how = Lockstep { every: 4, pauses: 25, ..always(1_500, i as u64) };
        compared(&section.program, &title, how, &mut units)?;
        let failing = Lockstep { fail: 3, pauses: 8, ..always(6_000, i as u64) };
        compared(&section.program, &title, failing, &mut units)?;
    }
    Ok(())
}

/// Programs that are in every state that the rules of snapshots are about.
fn states() -> Result<(), Failed> {
    for (i, program) in stopped::PROGRAMS.iter().enumerate() {
        let how = Lockstep { pauses: 150, ..always(700, i as u64) };
        how.run(program, &format!("program {i}"))?;
    }
    Ok(())
}

/// What polls find running is compiled, too.
fn by_polls() -> Result<(), Failed> {
    let program = "local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end \
        print(fib(23)) local s = 0 for i = 1, 60000 do s = s + i % 7 end print(s)";
    let how = Lockstep { jit: Jit::On, pauses: 200, ..always(20_000, 1) };
    let Compared { units, .. } = how.run(program, "polls")?;
    assert!(units >= 2, "{units} units");
    Ok(())
}

/// What is refused is not tried again at each poll: a function of 1,600 loops took a minute where the
/// interpreter takes two seconds.
fn long_functions() -> Result<(), Failed> {
    let one = "for i = 1, 2 do s = s + #tostring(i) end ";
    for (loops, most) in [(200, 0), (800, 1), (1_600, 1)] {
        let program = format!(
            "local function f(s) {} return s end local s = 0 for r = 1, 400 do s = f(s) end print(s)",
            one.repeat(loops)
        );
        let config = Config { jit: Jit::On, ..Config::default() };
        let mut program = Program::start(&program, "long", config).expect("a program");
        while program.is_running() {
            program.go_on(1_000_000);
        }
        let stats = program.vm.jit_stats();
        let refused: u64 = stats.refused.iter().map(|(_, times)| times).sum();
        assert!(refused <= most, "{loops} loops: {:?}", stats.refused);
        assert!(most > 0 || stats.units > 0, "{loops} loops: nothing was compiled");
    }
    Ok(())
}

/// The compiler notes nothing of the main function of a data file: that took four times the memory of its code.
fn data_files() -> Result<(), Failed> {
    let data =
        format!("local n = 0 for r = 1, 3 do n = n + #{{{}}} end print(n)", "{1}, ".repeat(40_000));
    let config = Config { jit: Jit::Always, ..Config::default() };
    let mut program = Program::start(&data, "data", config).expect("a program");
    while program.is_running() {
        program.go_on(1_000_000);
    }
    let stats = program.vm.jit_stats();
    let refused: u64 = stats.refused.iter().map(|(_, times)| times).sum();
    assert_eq!((stats.units, refused), (0, 0), "it is not even tried");
    Ok(())
}

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let config = Config { jit: Jit::On, ..Config::default() };
    let native = Program::start("", "empty", config).is_some_and(|mut p| p.vm.has_jit());
    let mut trials = vec![
        Trial::test("by_polls", by_polls),
        Trial::test("long_functions", long_functions),
        Trial::test("data_files", data_files),
        Trial::test("states", states),
    ];
    for &(name, program) in PROGRAMS {
        let title = name.replace(' ', "_");
        let random = move || random_pauses(name, program);
        trials.push(Trial::test(format!("random_pauses::{title}"), random));
        trials.push(Trial::test(format!("every_budget::{title}"), move || {
            every_budget(name, program)
        }));
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("suite");
    for path in files(&root) {
        let name = path.strip_prefix(&root).expect("below the root").display().to_string();
        if !name.starts_with("wishlist/") {
            trials.push(Trial::test(format!("suite::{name}"), move || suite(&path)));
        }
    }
    if !native {
        eprintln!("this build makes no native code: skipped");
        trials = trials.into_iter().map(|trial| trial.with_ignored_flag(true)).collect();
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}
