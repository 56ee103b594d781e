//! `luka --help`, `luka help [VERB]`.

use super::tool;
use crate::cli::{Arguments, MISUSE, SUCCESS, commands, near_verb};

pub fn main(args: &[Vec<u8>]) -> i32 {
    let args = match Arguments::of("help", args) {
        Ok(args) => args,
        Err(code) => return code,
    };
    let mut command = match args.files.first() {
        None => commands::luka(),
        Some(name) => match verb(name) {
            Some(verb) => verb,
            None => return unknown(name),
        },
    };
    tool::print(command.render_help().to_string().as_bytes());
    SUCCESS
}

/// The definition of a verb.
pub(super) fn verb(name: &[u8]) -> Option<clap::Command> {
    let name = str::from_utf8(name).ok()?;
    commands::luka().find_subcommand(name)?;
    Some(commands::verb(name))
}

/// Complains of a name that is no verb; the exit code of it.
pub(super) fn unknown(name: &[u8]) -> i32 {
    let near = near_verb(name).map(|near| format!(", did you mean {near}?")).unwrap_or_default();
    eprintln!("luka help: there is no verb '{}'{near}", String::from_utf8_lossy(name));
    eprintln!("(luka --help lists them)");
    MISUSE
}
