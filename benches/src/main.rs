//! `cargo run --release -p luka-benches`: every program of `benches/programs` on `luka`, `lua5.4`,
//! `luajit -joff` and `luajit`, whichever are installed, and the table of ratios.
//!
//! The contenders run in turn, round by round, on one core; what counts is processor time, and of
//! it the ratio within a round, whose median is shown with its spread. Outputs are compared first.
#![deny(unsafe_code)]

mod contender;
mod measure;
mod options;
mod report;
mod stats;

use contender::Contender;
use options::Options;
use report::{Row, Table};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if args.first().is_some_and(|a| a == measure::CHILD) {
        return measure::child(&args[1..]);
    }
    let options = match Options::parse(&args) {
        Ok(options) => options,
        Err(message) => {
            eprintln!("{message}");
            return ExitCode::from(2);
        }
    };
    match run(&options) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

/// Measures everything; false if outputs differ.
fn run(options: &Options) -> Result<bool, String> {
    let pinned = measure::pin();
    let contenders = contender::find(options)?;
    let mut table = Table::new(&contenders, options.rounds, pinned);
    for program in programs(options)? {
        let name = program.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let row = race(&contenders, &name, &program, options.rounds)?;
        eprintln!("{}", table.line(&row));
        table.rows.push(row);
    }
    table.startup = Some(start(&contenders, options.rounds)?);
    let text = table.render();
    println!("{text}");
    if options.write {
        report::write(&text)?;
    }
    Ok(table.rows.iter().all(|row| row.differs.is_empty()))
}

/// The programs, by name.
fn programs(options: &Options) -> Result<Vec<PathBuf>, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("programs");
    let entries = std::fs::read_dir(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let mut found: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    found.retain(|path| {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        path.extension().is_some_and(|e| e == "lua")
            && (options.only.is_empty() || options.only.iter().any(|o| name.contains(o.as_str())))
    });
    found.sort();
    if found.is_empty() { Err("no such program".to_string()) } else { Ok(found) }
}

/// One program on every contender that can run it.
fn race(
    contenders: &[Contender],
    name: &str,
    program: &Path,
    rounds: usize,
) -> Result<Row, String> {
    let text = std::fs::read_to_string(program).map_err(|e| format!("{name}: {e}"))?;
    let only_54 = text.starts_with("-- lua: 5.4");
    let mut row = Row::new(name, contenders.len());
    let mut expected: Option<Vec<u8>> = None;
    for round in 0..rounds {
        for (i, contender) in contenders.iter().enumerate() {
            if only_54 && contender.is_51 {
                continue;
            }
            let run = measure::run(&contender.command(program))?;
            if round == 0 {
                let first = expected.get_or_insert_with(|| run.stdout.clone());
                if !run.success || *first != run.stdout {
                    row.differs.push(contender.name.clone());
                }
            }
            row.seconds[i].push(run.seconds);
            row.peak_kb[i] = row.peak_kb[i].max(run.peak_kb);
        }
    }
    Ok(row)
}

/// An empty program, often.
fn start(contenders: &[Contender], rounds: usize) -> Result<Row, String> {
    const TIMES: usize = 40;
    let mut row = Row::new("start-up (-e '')", contenders.len());
    for _ in 0..rounds {
        for (i, contender) in contenders.iter().enumerate() {
            let run = measure::run_many(&contender.empty(), TIMES)?;
            row.seconds[i].push(run.seconds / TIMES as f64);
            row.peak_kb[i] = row.peak_kb[i].max(run.peak_kb);
        }
    }
    Ok(row)
}
