//! `luka inspect FILE`: what is in a file that `luka run` has saved. Nothing of the program runs.

mod machine;
mod print;

use luka::host::{FileSource, FileState};
use luka::{Rebind, Restore, Vm};
use std::sync::{Arc, Mutex, PoisonError};

use super::resume::{plan, read, refused};
use crate::cli::{Arguments, CliError, Console, Exit, Outcome};
use crate::limits::amount;
use crate::loader::loader;
use crate::program::{Plan, Why};
use crate::session::REGISTRY;
use machine::Machine;

/// The most memory for a program without a limit of its own, in bytes, and for each byte of its file:
/// a file says little about empty tables.
const MEMORY: u64 = 256 << 20;
const MEMORY_PER_BYTE: u64 = 64;

/// What is found.
struct Inspection {
    /// The name of the file, and its size in bytes.
    file: String,
    size: usize,
    plan: Plan,
    why: Why,
    /// The hash of the state.
    hash: u64,
    fuel: u64,
    machine: Machine,
    /// Files the program had open, besides the standard ones.
    files: Vec<FileState>,
}

pub fn main(args: &Arguments, console: &Console) -> Outcome {
    let file = args.files.first().map_or(&b""[..], Vec::as_slice);
    let bytes = read(file)?;
    let (plan, why) = plan(file, &bytes)?;
    let memory = match args.value("--memory") {
        Some(text) => str::from_utf8(text).ok().and_then(amount::bytes).ok_or_else(|| {
            let shown = String::from_utf8_lossy(text);
            CliError::Usage(format!("--memory: bad value '{shown}': bytes, as 64M or 2G"))
        })?,
        None => MEMORY.max((bytes.len() as u64).saturating_mul(MEMORY_PER_BYTE)),
    };
    let opened = Arc::new(Mutex::new(Vec::new()));
    let found = opened.clone();
    let restore =
        Restore::new().memory(memory).std(plan.std).loader(loader(plan.std, plan.compiler)).files(
            move |file| {
                found.lock().unwrap_or_else(PoisonError::into_inner).push(file.clone());
                Rebind::Refuse
            },
        );
    let restored = Vm::restore(&REGISTRY, &bytes, restore);
    let mut vm = restored.map_err(|why| refused(file, &why.to_string()))?.vm;
    let hash = vm.state_hash().map_err(|why| refused(file, &why.to_string()))?;
    let mut files = std::mem::take(&mut *opened.lock().unwrap_or_else(PoisonError::into_inner));
    files.retain(|file| file.source != FileSource::Standard);
    let fuel = vm.fuel_used();
    let inspection = Inspection {
        file: String::from_utf8_lossy(file).into_owned(),
        size: bytes.len(),
        machine: Machine::of(&mut vm, why == Why::Error, plan.sandbox.is_none()),
        plan,
        why,
        hash,
        fuel,
        files,
    };
    let text = match args.has("--json") {
        true => format!("{:#}\n", inspection.json()),
        false => inspection.text(),
    };
    console.print(text.as_bytes())?;
    Ok(Exit::SUCCESS)
}
