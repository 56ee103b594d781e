//! The machine and the executable specification (`src/spec`) run the conformance suite and the
//! examples of docs/language.md, and agree on every instruction: the same function, index and
//! operands, the same values in the registers that are read, in the same order to the end; and the
//! specification prints what is expected.
//!
//! `cargo test -p luka-tests --test agreement -- string` runs what has `string` in its name;
//! `LUKA_AGREE=a.lua:b.lua` adds any programs, `LUKA_AGREEMENT=1` says how much was compared.

use libtest_mimic::{Arguments, Failed, Trial};
use luka_bytecode::Op;
use luka_bytecode::ops::OPS;
use luka_tests::oracle::{self, copy_folder};
use luka_tests::run::{Ran, run_observed};
use luka_tests::script::{Directives, Script, Section};
use luka_tests::spec::Spec;
use luka_tests::spec::trace::{Recorder, Trace};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Instructions of a section that are compared; beyond, only what is printed is. (Only sections that
/// fill the stack have more. The point where it is full is not quite the same: natives that the
/// machine carries out in place, and the specification calls, need less room there.)
const MOST: usize = 2_000_000;

/// How often the specification has executed each opcode.
static EXECUTED: [AtomicU64; Op::COUNT] = [const { AtomicU64::new(0) }; Op::COUNT];

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let everything = arguments.filter.is_none() && arguments.skip.is_empty() && !arguments.list;
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("suite");
    let mut trials = Vec::new();
    for path in luka_tests::script::files(&root) {
        let room = path.strip_prefix(&root).expect("below the root").with_extension("");
        let room = room.display().to_string();
        if !room.starts_with("wishlist/") {
            trials.push(Trial::test(format!("agreement::{room}"), move || agree(&path)));
        }
    }
    let trial = Trial::test("agreement::docs/language.md", the_page);
    trials.push(trial);
    let more = std::env::var_os("LUKA_AGREE");
    let mut more: Vec<PathBuf> =
        more.iter().flat_map(|paths| std::env::split_paths(paths)).collect();
    let official = std::env::var_os("LUA_TESTS").map(|suite| official(Path::new(&suite)));
    more.extend(official.iter().flat_map(|work| luka_tests::script::files_here(work)));
    for path in more {
        let name = format!("agreement::{}", path.display());
        trials.push(Trial::test(name, move || agree_on(&path)));
    }
    let conclusion = libtest_mimic::run(&arguments, trials);
    if let Some(work) = official {
        let _ = std::fs::remove_dir_all(work);
    }
    let counts = || OPS.iter().zip(EXECUTED.iter().map(|n| n.load(Relaxed)));
    let sum: u64 = counts().map(|(_, n)| n).sum();
    let never: Vec<&str> = counts().filter(|(_, n)| *n == 0).map(|(op, _)| op.mnemonic).collect();
    if everything {
        println!("{sum} instructions executed by the specification; never: {never:?}");
    }
    if everything && !never.is_empty() {
        return ExitCode::FAILURE;
    }
    conclusion.exit_code()
}

/// A copy of the official suite, which is also where programs run from now on, without its drivers
/// and what takes all memory.
fn official(suite: &Path) -> PathBuf {
    let work = oracle::scratch();
    copy_folder(suite, &work).expect("the suite can be copied");
    for name in ["all.lua", "main.lua", "heavy.lua", "verybig.lua"] {
        let _ = std::fs::remove_file(work.join(name));
    }
    std::env::set_current_dir(&work).expect("it is there");
    work
}

/// Any program: both ways it does the same, whatever that is.
fn agree_on(path: &Path) -> Result<(), Failed> {
    let text = std::fs::read(path)?;
    let text = String::from_utf8_lossy(&text);
    let text = if text.starts_with('#') { format!("--{text}") } else { text.into_owned() };
    let program = format!("_port, _soft = true, true {text}");
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let directives = Directives::default();
    let section = Section { title: name.to_string(), program, expected: Vec::new(), directives };
    trace_both(&section, &name).map(|_| ()).map_err(Failed::from)
}

/// The examples of docs/language.md, a section for each block.
fn the_page() -> Result<(), Failed> {
    let page = include_str!("../../docs/language.md");
    let mut text = "--- the beginning ---\n".to_string();
    for line in page.lines().map(|line| line.replace("--> ", "-- expect: ")) {
        match line.as_str() {
            "```lua" => text += "--- a block of the page ---\n",
            "```" => text += "--- what follows it ---\n--[==[\n",
            line => text += &format!("{line}\n"),
        }
    }
    let script = Script::parse("language.lua", &text);
    let blocks = script.sections.iter().filter(|s| s.title == "a block of the page");
    let faults: Vec<String> = blocks.filter_map(|s| compare(s, "language.lua").err()).collect();
    if faults.is_empty() { Ok(()) } else { Err(faults.join("\n").into()) }
}

/// A section, run by the machine or by the specification.
fn run(section: &Section, name: &str, by_spec: bool, show: Range<usize>) -> (Ran, Trace) {
    let (recorder, trace) = Recorder::new(by_spec.then_some(Spec), MOST, show);
    let ran = run_observed(&section.program, name, Box::new(recorder));
    (ran, trace.take())
}

fn agree(path: &PathBuf) -> Result<(), Failed> {
    let text = std::fs::read_to_string(path).expect("a readable file");
    let name = path.file_name().expect("a file").to_string_lossy().into_owned();
    let script = Script::parse(&name, &text);
    let mut faults = Vec::new();
    for section in &script.sections {
        if let Some(reason) = section.directives.skips("agreement") {
            eprintln!("{name} [{}] is left out: {reason}", section.title);
            continue;
        }
        faults.extend(compare(section, &name).err());
    }
    if faults.is_empty() { Ok(()) } else { Err(faults.join("\n").into()) }
}

/// Both ways agree, and the specification prints what is expected.
fn compare(section: &Section, name: &str) -> Result<(), String> {
    let ran = trace_both(section, name)?;
    let judged = section.judge(&ran.stdout, ran.failure.as_deref());
    judged.map_err(|e| format!("by the specification: {e}"))
}

/// What the specification's run has printed, if it was the machine's.
fn trace_both(section: &Section, name: &str) -> Result<Ran, String> {
    let (machine_ran, machine) = run(section, name, false, 0..0);
    let (ran, spec) = run(section, name, true, 0..0);
    for (n, total) in spec.executed.iter().zip(&EXECUTED) {
        total.fetch_add(*n, Relaxed);
    }
    let same = machine.steps.iter().zip(&spec.steps).take_while(|(x, y)| x == y).count();
    if same < machine.steps.len().max(spec.steps.len()) {
        let window = same.saturating_sub(6)..same + 3;
        let mut text = format!("[{}] they part at instruction {same}\n", section.title);
        for (who, by_spec) in [("the machine", false), ("the specification", true)] {
            let (_, trace) = run(section, name, by_spec, window.clone());
            text += &format!("{who}:\n  {}\n", trace.shown.join("\n  "));
        }
        text += section.judge(&ran.stdout, ran.failure.as_deref()).err().as_deref().unwrap_or("");
        return Err(text);
    }
    for (who, calls) in [("machine", &machine.calls), ("specification", &spec.calls)] {
        if !calls.faults.is_empty() {
            return Err(format!(
                "[{}] calls of the {who}: {}",
                section.title,
                calls.faults.join("; ")
            ));
        }
    }
    if std::env::var_os("LUKA_AGREEMENT").is_some() {
        let (steps, calls) = (spec.steps.len(), spec.calls.confirmed);
        let end = ran.failure.as_deref().map_or(String::new(), |e| format!(", it fails: {e}"));
        let title = &section.title;
        eprintln!("{name} [{title}]: {steps} instructions, {calls} calls and returns{end}");
    }
    let (printed, failed) = (machine_ran.stdout == ran.stdout, &machine_ran.failure);
    if !printed || *failed != ran.failure {
        return Err(format!("[{}] the machine prints something else, or fails", section.title));
    }
    Ok(ran)
}
