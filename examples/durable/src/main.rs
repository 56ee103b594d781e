//! Durable execution: scripts that wait for hours, in a database between their steps. README.md says
//! how to use it and what it guarantees.
//!
//! * [`job`] — a script as a paused machine, and how it advances
//! * [`tools`] — what scripts may call
//! * [`worker`] — takes what can be done from the store, and does it
//! * [`store`] — jobs and calls in SQLite or PostgreSQL

mod job;
mod store;
mod tools;
mod worker;

use serde_json::Value as Json;
use std::process::ExitCode;
use store::{Answer, Store};
use worker::Until;

/// Whatever goes wrong ends the command with a message.
type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

const USAGE: &str = "\
Usage: durable submit FILE [ARG]...   store a script as a job, and print the job's number
       durable work [--until idle|done]   advance jobs and carry out their calls; without --until for ever
       durable answer JOB TEXT        answer the question that a job waits with
       durable list                   print the jobs: number, state, step, name
       durable show JOB               print a job's output and result
       durable ledger                 print the entries of the ledger
Environment: DATABASE_URL (postgres://...: PostgreSQL; otherwise SQLite), DURABLE_STORE (SQLite's file, durable.db),
DURABLE_OUTBOX (where tool.notify appends, notifications.txt), DURABLE_LEASE (milliseconds that a worker has for a
slice or a call before others take it over, 30000)";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    match run(&words) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprint!("durable: {error}");
            // Databases say why in what is below.
            if let Some(why) = error.source() {
                eprint!(": {why}");
            }
            eprintln!();
            ExitCode::FAILURE
        }
    }
}

fn run(words: &[&str]) -> Result<()> {
    match words {
        ["submit", file, args @ ..] => {
            let text = std::fs::read_to_string(file).map_err(|e| format!("{file}: {e}"))?;
            let snapshot = job::start(&text, file, args)?;
            println!("{}", store::open()?.submit(file, &snapshot)?);
        }
        ["work"] => worker::work(&mut *store::open()?, Until::Stopped)?,
        ["work", "--until", "idle"] => worker::work(&mut *store::open()?, Until::Idle)?,
        ["work", "--until", "done"] => worker::work(&mut *store::open()?, Until::Done)?,
        ["answer", job, text] => answer(&mut *store::open()?, job.parse()?, text)?,
        ["list"] => {
            for job in store::open()?.list()? {
                println!("{}\t{}\t{}\t{}", job.id, job.state, job.step, job.name);
            }
        }
        ["show", job] => {
            let shown = store::open()?.show(job.parse()?)?.ok_or("there is no such job")?;
            print!("{}", shown.output);
            println!("{}: {}", shown.state, shown.result);
        }
        ["ledger"] => {
            for entry in store::open()?.ledger()? {
                println!("{}\t{}\t{}", entry.key, entry.account, entry.cents);
            }
        }
        _ => return Err(USAGE.into()),
    }
    Ok(())
}

/// Answers the question that a job waits with.
fn answer(store: &mut dyn Store, job: i64, text: &str) -> Result<()> {
    let waits = store.question(job)?.ok_or("the job does not wait with a question")?;
    let answer = Answer::Value(Json::from(text).to_string());
    match store.answer(&waits, &answer)? {
        true => Ok(()),
        false => Err("the question has been answered meanwhile".into()),
    }
}
