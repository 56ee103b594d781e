//! `cargo run --release -p luka-benches`: every program of `benches/programs` on `luka`, `lua5.4`,
//! `luajit -joff`, `luajit` and whatever else is installed, and the tables of ratios.
//!
//! In each round every competitor runs once, on one core. The tables show the median and spread of
//! the ratios of processor time within a round. Outputs are compared first.
#![deny(unsafe_code)]

mod competitor;
mod front;
mod instructions;
mod measure;
mod options;
mod programs;
mod report;
mod rounds;
mod selfhost;
mod stats;

use options::Options;
use programs::Set;
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
        let table = front::run(&competitor::luka(options)?, options)?;
        println!("{table}");
        if options.write {
            report::write(report::FRONT, &table)?;
        }
        return Ok(true);
    }
    if options.selfhost {
        measure::pin();
        let table = selfhost::run(&competitor::luka(options)?, options)?;
        println!("{table}");
        if options.write {
            report::write(report::SELFHOST, &table)?;
        }
        return Ok(true);
    }
    let programs = programs::find(options)?;
    let competitors = competitor::find(options)?;
    let pinned = measure::pin();
    let mut report = Report::new(&competitors, options, pinned);
    for program in &programs {
        let row = rounds::program(&competitors, program, options)?;
        eprintln!("{}", report.line(&row));
        report.add(program.set, row);
    }
    let places = options.sets == [Set::Places];
    if !places {
        report.startup = Some(rounds::start(&competitors, options.rounds)?);
    }
    let text = report.render();
    println!("{text}");
    if options.write {
        report::write(if places { report::PLACES } else { report::RUNS }, &text)?;
    }
    Ok(report.all_agree())
}
