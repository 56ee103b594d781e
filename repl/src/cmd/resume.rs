//! `luka resume FILE`: goes on with a program that `luka run` has saved.

use crate::cli::{Arguments, CliError, Console, Exit, Outcome};
use crate::limits::Limits;
use crate::program::Plan;
use crate::session::{Session, exit_of, path_of};
use luka::Snapshot;
use luka::host::describe;

pub fn main(args: &Arguments, _: &Console) -> Outcome {
    let limits = limits(args)?;
    let file = args.files.first().map_or(&b""[..], Vec::as_slice);
    let bytes = read(file)?;
    let (mut plan, _) = plan(file, &bytes)?;
    if limits.sandbox.is_some() {
        plan.sandbox = limits.sandbox.clone();
    }
    plan.is_limited |= limits.memory.is_some();
    let mut session =
        Session::resumed(&bytes, plan, limits).map_err(|why| refused(file, &why.to_string()))?;
    drop(bytes);
    let (code, close) = match session.program.plan.end {
        Some(code) => (code, true),
        None => exit_of(session.resume_plan()),
    };
    session.end(code, close).map(Exit).map_err(CliError::Output)
}

fn limits(args: &Arguments) -> Result<Limits, CliError> {
    let mut limits = Limits::default();
    for (name, value) in &args.flags {
        let name = name.trim_start_matches('-');
        if value.is_some() || !limits.set(name) {
            limits.read(name, value.as_deref()).map_err(CliError::Usage)?;
        }
    }
    limits.finish().map_err(CliError::Usage)?;
    Ok(limits)
}

/// The bytes of a file with a program.
pub(super) fn read(file: &[u8]) -> Result<Vec<u8>, CliError> {
    std::fs::read(path_of(file)).map_err(|error| {
        let shown = String::from_utf8_lossy(file);
        CliError::Failed(format!("cannot open {shown}: {}", describe(error).message))
    })
}

/// The plan of the program in a file, and why it was saved.
pub(crate) fn plan(file: &[u8], bytes: &[u8]) -> Result<(Plan, crate::program::Why), CliError> {
    let attachment = Snapshot::attachment(bytes).map_err(|why| refused(file, &why.to_string()))?;
    Plan::of_bytes(&attachment).map_err(|why| refused(file, &why))
}

/// The error about a file that is refused.
pub(crate) fn refused(file: &[u8], why: &str) -> CliError {
    CliError::Failed(format!("{}: {why}", String::from_utf8_lossy(file)))
}
