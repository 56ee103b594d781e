//! `cargo run --release -p luka-benches`: every program of `benches/programs` on `luka`, `lua5.4`,
//! `luajit -joff`, `luajit` and whatever else is installed, and the tables of ratios.
//!
//! The contenders run in turn, round by round, on one core; what counts is processor time, and of
//! it the ratio within a round, whose median is shown with its spread. Outputs are compared first.
#![deny(unsafe_code)]

mod contender;
mod front;
mod instructions;
mod measure;
mod options;
mod programs;
mod race;
mod report;
mod selfhost;
mod stats;

use options::Options;
use report::Report;
use std::process::ExitCode;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if args.first().is_some_and(|a| a == measure::CHILD) {
        return measure::child(&args[1..]);
    }
    if args.first().is_some_and(|a| a == front::CHILD) {
        return front::child(&args[1..]);
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
    if !options.front.is_empty() {
        measure::pin();
        let table = front::run(&contender::luka(options)?, options)?;
        println!("{table}");
        if options.write {
            report::write(report::FRONT, &table)?;
        }
        return Ok(true);
    }
    if options.selfhost {
        measure::pin();
        let table = selfhost::run(&contender::luka(options)?, options)?;
        println!("{table}");
        if options.write {
            report::write(report::SELFHOST, &table)?;
        }
        return Ok(true);
    }
    let programs = programs::find(options)?;
    let contenders = contender::find(options)?;
    let pinned = measure::pin();
    let mut report = Report::new(&contenders, options, pinned);
    for program in &programs {
        let row = race::program(&contenders, program, options)?;
        eprintln!("{}", report.line(&row));
        report.add(program.set, row);
    }
    report.startup = Some(race::start(&contenders, options.rounds)?);
    let text = report.render();
    println!("{text}");
    if options.write {
        report::write(report::RUNS, &text)?;
    }
    Ok(report.all_agree())
}
