//! `luka completions SHELL`: what lets a shell complete verbs and options.

use clap_complete::{Generator, Shell};
use std::str::FromStr;

use super::tool;
use crate::cli::{Arguments, MISUSE, SUCCESS, commands};

pub fn main(args: &[Vec<u8>]) -> i32 {
    let args = match Arguments::of("completions", args) {
        Ok(args) => args,
        Err(code) => return code,
    };
    let shell = args.files.first().and_then(|name| str::from_utf8(name).ok());
    let Some(shell) = shell.and_then(|name| Shell::from_str(name).ok()) else { return MISUSE };
    let mut luka = commands::luka().bin_name("luka");
    luka.build();
    let mut script = Vec::new();
    // (Writing to memory does not fail.)
    if shell.try_generate(&luka, &mut script).is_err() {
        return MISUSE;
    }
    tool::print(&script);
    SUCCESS
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
