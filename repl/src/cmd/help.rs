//! `luka --help`, `luka help [VERB]`.

use crate::cli::{Arguments, CliError, Console, Exit, Outcome, commands, near_verb};

pub fn main(args: &Arguments, console: &Console) -> Outcome {
    let mut command = match args.files.first() {
        None => commands::luka(),
        Some(name) => verb(name)?,
    };
    console.print(command.render_help().to_string().as_bytes())?;
    Ok(Exit::SUCCESS)
}

/// The definition of the verb that an argument names.
///
/// # Errors
/// There is no such verb.
pub(super) fn verb(name: &[u8]) -> Result<clap::Command, CliError> {
    let name = String::from_utf8_lossy(name);
    if commands::luka().find_subcommand(&*name).is_some() {
        return Ok(commands::verb(&name));
    }
    let hint = match near_verb(&name) {
        Some(near) => format!("did you mean {near}?"),
        None => "`luka --help` lists the verbs".to_string(),
    };
    Err(CliError::Usage(format!("there is no verb '{name}'; {hint}")))
}
