//! `luka debug FILE`: the debugger at a terminal, or for commands from standard input.
//!
//! * `launch` — programs begun under the debugger; `record` — recordings;
//!   `saved` — programs that were saved
//! * `command` — what people type; `run` — what it does; `screen`, `paint`, `progress` — what they see
//! * `input` — where commands come from

mod command;
mod input;
pub mod launch;
mod paint;
mod progress;
pub mod record;
mod run;
mod saved;
mod screen;

use luka_debug::MEMORY;

use crate::cli::{Arguments, CliError, Console, Exit, Outcome};
use crate::limits::amount;
use input::Input;
use launch::Launch;
use run::Session;

/// The verb.
pub fn main(args: &Arguments, console: &Console) -> Outcome {
    let Some((file, rest)) = args.files.split_first() else {
        return Err(CliError::Usage("give the FILE of a program".into()));
    };
    let memory = match args.value("--record-memory") {
        Some(text) => {
            let bytes = str::from_utf8(text).ok().and_then(amount::bytes).ok_or_else(|| {
                let shown = String::from_utf8_lossy(text);
                CliError::Usage(format!(
                    "--record-memory: bad value '{shown}': bytes, as 64M or 2G"
                ))
            })?;
            bytes as usize
        }
        None => MEMORY,
    };
    let first = args.flags.iter().filter(|(name, _)| name == "--command");
    let first = first.filter_map(|(_, value)| value.as_deref().map(String::from_utf8_lossy));
    let input = Input::new(first.map(|text| text.into_owned()).collect());
    let input = input.map_err(|error| CliError::Failed(error.to_string()))?;
    if record::is_recording(file) {
        if !rest.is_empty() {
            return Err(CliError::Usage("a recording has its arguments".into()));
        }
        let engine = record::open(file, memory).map_err(CliError::Failed)?;
        Session::new(engine, console, input, String::from_utf8_lossy(file).into_owned()).run()?;
        return Ok(Exit::SUCCESS);
    }
    if let Some(engine) = saved::open(file, memory)? {
        Session::new(engine, console, input, String::from_utf8_lossy(file).into_owned()).run()?;
        return Ok(Exit::SUCCESS);
    }
    let launch = Launch { file: file.clone(), args: rest.to_vec(), std: args.std, memory };
    let engine = match launch.begin() {
        Ok(engine) => engine,
        Err(why) if why.is_empty() => return Ok(Exit::FAILURE),
        Err(why) => return Err(CliError::Failed(why)),
    };
    Session::new(engine, console, input, String::from_utf8_lossy(file).into_owned()).run()?;
    Ok(Exit::SUCCESS)
}
