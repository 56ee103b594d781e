//! The conformance suite: every file of `suite/` in every way, and under `lua5.4` as a witness.
//!
//! `cargo test -p luka-tests --test suite -- string` runs what has `string` in its name.

use libtest_mimic::{Arguments, Failed, Trial};
use luka_compiler::Options;
use luka_compiler::print::lua54;
use luka_compiler::source::{Source, SourceKind};
use luka_tests::oracle;
use luka_tests::run::{RunMode, run};
use luka_tests::script::Script;
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("suite");
    let mut trials = Vec::new();
    for path in luka_tests::script::files(&root) {
        let room = path.strip_prefix(&root).expect("below the root").with_extension("");
        let room = room.display().to_string();
        if room.starts_with("wishlist/") {
            continue;
        }
        for way in [
            RunMode::Plain,
            RunMode::Stress(1),
            RunMode::Image,
            RunMode::Paused,
            RunMode::Native,
            RunMode::Selfhost,
        ] {
            let path = path.clone();
            let name = format!("{}::{room}", way.name());
            trials.push(Trial::test(name, move || check(&path, way)));
        }
        let trial = Trial::test(format!("oracle::{room}"), move || ask_oracle(&path));
        trials.push(trial.with_ignored_flag(oracle::find().is_none()));
    }
    if oracle::find().is_none() {
        eprintln!("lua5.4 is not installed: it will not be asked for its opinion");
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn script(path: &Path) -> Script {
    let text = std::fs::read_to_string(path).expect("a readable file");
    let name = path.file_name().expect("a file").to_string_lossy();
    Script::parse(&name, &text)
}

/// Runs all sections in one way.
fn check(path: &Path, way: RunMode) -> Result<(), Failed> {
    let script = script(path);
    let mut faults = Vec::new();
    for section in &script.sections {
        if section.directives.skips(way.name()).is_some() {
            continue;
        }
        let way = match (way, section.directives.stress) {
            (RunMode::Stress(_), Some(n)) => RunMode::Stress(n),
            _ => way,
        };
        let ran = run(&section.program, &script.name, way);
        faults.extend(section.judge(&ran.stdout, ran.failure.as_deref()).err());
    }
    verdict(faults)
}

/// Asks PUC Lua whether the expectations are right.
fn ask_oracle(path: &Path) -> Result<(), Failed> {
    let Some(oracle) = oracle::find() else { return Ok(()) };
    let script = script(path);
    let is_extended = path.parent().is_some_and(|room| room.ends_with("language"));
    let mut faults = Vec::new();
    for section in &script.sections {
        let too_old = section.directives.lua.is_some_and(|least| oracle.version < least);
        if too_old || section.directives.skips("oracle").is_some() {
            continue;
        }
        let program = match is_extended {
            true => plain(&section.program, &script.name)?,
            false => section.program.clone(),
        };
        let (stdout, failure) = oracle.run(&program, &script.name);
        faults.extend(section.judge(&stdout, failure.as_deref()).err());
    }
    verdict(faults)
}

/// The program in plain Lua 5.4, for rooms about the extensions.
fn plain(program: &str, name: &str) -> Result<String, Failed> {
    let source = Source::new(format!("@{name}"), program.as_bytes(), SourceKind::File);
    lua54(&source, &Options::default()).map_err(|diagnostics| {
        let first = diagnostics.first().map(|d| d.message.clone());
        format!("not printed as Lua 5.4: {}", first.unwrap_or_default()).into()
    })
}

fn verdict(faults: Vec<String>) -> Result<(), Failed> {
    if faults.is_empty() { Ok(()) } else { Err(faults.join("\n").into()) }
}
