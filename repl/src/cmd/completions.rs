//! `luka completions SHELL`: a script that makes a shell complete verbs and options.

use clap_complete::{Generator, Shell};
use std::str::FromStr;

use crate::cli::{Arguments, CliError, Console, Exit, Outcome, commands};

pub fn main(args: &Arguments, console: &Console) -> Outcome {
    let shell = args.files.first().and_then(|name| str::from_utf8(name).ok());
    let Some(shell) = shell.and_then(|name| Shell::from_str(name).ok()) else {
        return Err(CliError::Usage("give the name of a shell".into()));
    };
    let mut luka = commands::luka().bin_name("luka");
    luka.build();
    let mut script = Vec::new();
    let made = shell.try_generate(&luka, &mut script);
    made.map_err(|error| CliError::Failed(format!("cannot make completions: {error}")))?;
    console.print(&script)?;
    Ok(Exit::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shell_has_completions() {
        for name in commands::SHELLS {
            assert!(Shell::from_str(name).is_ok(), "{name}");
        }
    }
}
