//! `luka resume FILE`: goes on with a program that `luka run` has saved.

use super::jit;
use crate::cli::{Arguments, CliError, Console, Exit, Outcome};
use crate::limits::Limits;
use crate::program::Plan;
use crate::session::{Session, exit_of, path_of};
use luka::host::describe;
use luka::{Snapshot, toolchain};
use luka_vm::Jit;

pub fn main(args: &Arguments, _: &Console) -> Outcome {
    let Settings { limits, jit, jit_stats } = settings(args)?;
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
    let is_in_sandbox = session.program.plan.sandbox.is_some();
    let machine = toolchain::machine(&mut session.vm);
    machine.set_jit(jit.unwrap_or(if is_in_sandbox { Jit::Off } else { Jit::On }));
    if jit_stats {
        // (Then compiling is timed, too.)
        machine.heap.record_pauses();
    }
    let (code, close) = match session.program.plan.end {
        Some(code) => (code, true),
        None => exit_of(session.resume_plan()),
    };
    if jit_stats {
        jit::print(&mut session.vm);
    }
    session.end(code, close).map(Exit).map_err(CliError::Output)
}

/// What the command line asks for.
#[derive(Default)]
struct Settings {
    limits: Limits,
    jit: Option<Jit>,
    jit_stats: bool,
}

fn settings(args: &Arguments) -> Result<Settings, CliError> {
    let mut settings = Settings::default();
    for (name, value) in &args.flags {
        let name = name.trim_start_matches('-');
        match (name, value.as_deref()) {
            ("jit", Some(b"on")) => settings.jit = Some(Jit::On),
            ("jit", Some(b"always")) => settings.jit = Some(Jit::Always),
            ("jit", _) => settings.jit = Some(Jit::Off),
            ("jit-stats", _) => settings.jit_stats = true,
            (_, None) if settings.limits.set(name) => {}
            (_, value) => {
                settings.limits.read(name, value).map_err(CliError::Usage)?;
            }
        }
    }
    settings.limits.finish().map_err(CliError::Usage)?;
    Ok(settings)
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
