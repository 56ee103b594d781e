//! `luka test`: finds files of tests, runs each in a process of its own and reports what came of it.
//!
//! * `settings`, `busted` — what is asked for
//! * `find`, `select`, `examples` — which files and which of their tests
//! * `job`, `pool`, `process`, `worker`, `capture` — processes that run a file, and what they tell
//! * `recall` — modules that several files load are compiled once
//! * `report` — for people and for programs
//! * `coverage` — which lines and branches were executed
//! * `memory` — what failed last
//!
//! What runs in the machine is written in the language: `stdlib/lib/luka/test`.

mod busted;
mod capture;
mod coverage;
mod examples;
mod find;
mod job;
mod memory;
mod pool;
mod process;
mod recall;
mod report;
mod select;
mod settings;
mod worker;

use crate::cli::{Arguments, CliError, Console, Exit, Outcome};
use crate::cmd::files;
use crate::watch::{self, What};
use coverage::Coverage;
use find::TestFile;
use job::{Job, Kind};
use pool::{FileResult, Pool, Rules};
use report::Reports;
use settings::Settings;
use std::mem::ManuallyDrop;
use worker::Prepared;

/// The verb.
pub fn main(args: &Arguments, console: &Console) -> Outcome {
    let settings = Settings::read(args, console)?;
    if args.has("--watch") {
        // (`FILE:LINE` is no file, but those are below the current folder.)
        return watch::again_and_again(What::Reader, &args.files, console);
    }
    run(&settings, console)
}

/// The files to run.
fn found(settings: &Settings) -> Result<Vec<TestFile>, CliError> {
    let mut found = match settings.doc {
        true => find::examples(&settings.words)?,
        false => find::tests(&settings.words, &settings.names)?,
    };
    if found.is_empty() {
        let what = match (settings.doc, settings.words.as_slice()) {
            (true, _) => "there are no examples".to_string(),
            (_, []) => {
                "there are no tests: files called *_spec.lua, *_test.lua or test_*.lua below \
                        spec, specs, test, tests"
                    .to_string()
            }
            (_, words) => format!("there are no tests in {}", words.join(" ")),
        };
        return Err(CliError::Failed(what));
    }
    let (part, parts) = settings.shard;
    let mut number = 0;
    found.retain(|_| {
        number += 1;
        (number - 1) % parts == part
    });
    Ok(found)
}

/// The jobs for files.
fn jobs(settings: &Settings, found: Vec<TestFile>, round: usize) -> Result<Vec<Job>, CliError> {
    let failed = match settings.only_failed {
        true => Some(memory::read().ok_or_else(|| {
            CliError::Failed("--failed: no failed tests are known; run all tests first".into())
        })?),
        false => None,
    };
    let mut jobs = Vec::new();
    for file in found {
        let mut selection = settings.selection.clone();
        selection.lines = file.lines;
        if let Some(failed) = &failed {
            let Some(names) = failed.get(&file.path) else { continue };
            selection.names = Some(names.clone());
        }
        let mut of_file = settings.file.clone();
        of_file.path = file.path.clone();
        of_file.spec = file.kind == Kind::Spec;
        of_file.seed = of_file.seed.wrapping_add(round as i64);
        of_file.all &= selection.is_all();
        jobs.push(Job {
            path: file.path,
            kind: file.kind,
            selection,
            settings: of_file,
            after: 0,
            lists: settings.lists,
            fails_fast: settings.fails_fast,
            covers: !settings.coverage.is_empty(),
            fuel: settings.fuel,
        });
    }
    Ok(jobs)
}

/// The files whose coverage is measured: those named, else all sources that are no tests.
fn sources(settings: &Settings, tests: &[Job]) -> Vec<String> {
    let named = match settings.sources.as_slice() {
        [] => vec![b".".to_vec()],
        sources => sources.iter().map(|path| path.as_bytes().to_vec()).collect(),
    };
    let all = files::sources(&named).into_iter();
    let all = all.map(|path| String::from_utf8_lossy(&path).into_owned());
    let all = all.map(|path| path.strip_prefix("./").map(str::to_string).unwrap_or(path));
    let is_test = |path: &String| {
        let mut folders = path.split('/').rev().skip(1);
        let is_beside = folders
            .any(|folder| matches!(folder, "spec" | "specs" | "test" | "tests" | "lua_modules"));
        is_beside || tests.iter().any(|job| job.path == *path)
    };
    let explicit = !settings.sources.is_empty();
    all.filter(|path| explicit || !is_test(path)).collect()
}

fn run(settings: &Settings, console: &Console) -> Outcome {
    let first = found(settings)?;
    let prepared = Prepared::new()
        .map_err(|error| CliError::Failed(format!("a machine cannot be prepared: {error}")))?;
    let rules = Rules {
        workers: settings.workers,
        timeout: settings.timeout,
        isolates: settings.isolates,
        fails_fast: settings.fails_fast,
    };
    // The process ends with the run: nothing is gained by giving the machine's memory back object by object.
    let mut pool = ManuallyDrop::new(Pool::new(rules, prepared));
    if settings.lists {
        return list(settings, first, &mut pool, console);
    }
    let mut first = Some(first);
    let mut reports = Reports::new(settings, console)?;
    let mut coverage = None;
    let mut results: Vec<(String, FileResult)> = Vec::new();
    for round in 0..settings.repeat {
        let found = match first.take() {
            Some(found) => found,
            None => found(settings)?,
        };
        let jobs = jobs(settings, found, round)?;
        if !settings.coverage.is_empty() && coverage.is_none() {
            coverage = Some(Coverage::new(&sources(settings, &jobs)));
        }
        let mut failed = None;
        reports.begin(jobs.len());
        pool.run(&jobs, |number, result| {
            let path = &jobs[number].path;
            if let Some(coverage) = &mut coverage {
                result.covered.iter().for_each(|file| coverage.add(file));
            }
            let reported = reports.file(path, &result);
            failed = failed.take().or(reported.err());
            results.push((path.clone(), result));
        });
        if let Some(error) = failed {
            return Err(error);
        }
        if settings.fails_fast && reports.sum().failed > 0 {
            break;
        }
    }
    memory::write(&results);
    if let Some(coverage) = &coverage {
        for format in &settings.coverage {
            coverage.write(*format, console)?;
        }
    }
    let sum = reports.end()?;
    if let (Some(coverage), Some(least)) = (&coverage, settings.coverage_min)
        && coverage.percent() < least
    {
        let percent = coverage.percent();
        return Err(CliError::Failed(format!(
            "{percent:.1} % of the lines are covered, less than {least} %"
        )));
    }
    if sum.all() == 0 && settings.shard.1 == 1 {
        return Err(CliError::Failed("no test is selected".into()));
    }
    Ok(if sum.failed > 0 { Exit::FAILURE } else { Exit::SUCCESS })
}

/// `--list`: the tests there are. Files that can only be programs are not run for that.
fn list(settings: &Settings, found: Vec<TestFile>, pool: &mut Pool, console: &Console) -> Outcome {
    let is_program: Vec<bool> = found.iter().map(|file| file.is_program).collect();
    let jobs = jobs(settings, found, 0)?;
    let (programs, jobs): (Vec<_>, Vec<_>) =
        jobs.into_iter().zip(is_program).partition(|(_, is_program)| *is_program);
    let jobs: Vec<Job> = jobs.into_iter().map(|(job, _)| job).collect();
    let mut lines: Vec<(String, String)> = Vec::new();
    for (job, _) in programs {
        lines.push((job.path.clone(), format!("{}\n", job.path)));
    }
    let mut failed = Vec::new();
    pool.run(&jobs, |number, result| {
        let path = &jobs[number].path;
        let mut text = String::new();
        for (name, line) in &result.listed {
            let line = line.map_or(String::new(), |line| format!(":{line}"));
            text.push_str(&format!("{path}{line}: {name}\n"));
        }
        lines.push((path.clone(), text));
        for ended in &result.ended {
            let message = ended.caught.first().and_then(|caught| caught.message.clone());
            failed.push(format!("{path}: {}\n", message.unwrap_or_default()));
        }
    });
    lines.sort_by(|a, b| a.0.cmp(&b.0));
    for (_, text) in &lines {
        console.print(text.as_bytes())?;
    }
    failed.iter().for_each(|text| console.note(text));
    Ok(if failed.is_empty() { Exit::SUCCESS } else { Exit::FAILURE })
}
