//! `luka debug FILE`: the debugger at a terminal, or for commands from standard input.
//!
//! * `launch` — programs begun under the debugger; `record` — recordings;
//!   `saved` — programs that were saved
//! * `alone` — the host of recordings and of saved programs
//! * `command` — what people type; `run` — what it does; `screen`, `paint`, `progress` — what they see
//! * `input` — where commands come from

mod alone;
mod command;
mod input;
pub mod launch;
mod paint;
mod progress;
pub mod record;
mod run;
mod saved;
mod screen;

use luka::Jit;
use luka_debug::{Engine, MEMORY};

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
    let jit = args.value("--jit").map(String::from_utf8_lossy);
    let jit = jit_of(jit.as_deref()).map_err(CliError::Usage)?;
    let first = args.flags.iter().filter(|(name, _)| name == "--command");
    let first = first.filter_map(|(_, value)| value.as_deref().map(String::from_utf8_lossy));
    let input = Input::new(first.map(|text| text.into_owned()).collect());
    let input = input.map_err(|error| CliError::Failed(error.to_string()))?;
    let launch = Launch { file: file.clone(), args: rest.to_vec(), std: args.std, memory, jit };
    let Some(engine) = open(&launch)? else { return Ok(Exit::FAILURE) };
    Session::new(engine, console, input, String::from_utf8_lossy(file).into_owned()).run()?;
    Ok(Exit::SUCCESS)
}

/// When native code is made, by the word for it.
///
/// # Errors
/// It is no such word.
pub fn jit_of(word: Option<&str>) -> Result<Jit, String> {
    match word {
        None | Some("on") => Ok(Jit::On),
        Some("off") => Ok(Jit::Off),
        Some("always") => Ok(Jit::Always),
        Some(word) => Err(format!("jit: bad value '{word}': on, off or always")),
    }
}

/// The debugger of what is in a file: a recording at its first line, a program that was saved where it
/// stood, or a program to be begun; `None`: what is wrong with its text has been shown.
///
/// # Errors
/// It cannot be read or debugged; it has its arguments, and there are others.
pub fn open(launch: &Launch) -> Result<Option<Engine>, CliError> {
    let &Launch { ref file, ref args, memory, jit, .. } = launch;
    if record::is_recording(file) {
        if !args.is_empty() {
            return Err(CliError::Usage("a recording has its arguments".into()));
        }
        return record::open(file, memory, jit).map(Some).map_err(CliError::Failed);
    }
    if let Some(engine) = saved::open(file, memory, jit)? {
        return Ok(Some(engine));
    }
    match launch.begin() {
        Ok(engine) => Ok(Some(engine)),
        Err(why) if why.is_empty() => Ok(None),
        Err(why) => Err(CliError::Failed(why)),
    }
}
