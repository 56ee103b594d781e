//! What follows a verb, read by its definition.

use clap::ArgMatches;
use luka_compiler::Std;
use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;

use super::{CliError, commands};
use crate::report::Color;

/// What the command line asks a verb for.
pub enum Request {
    /// To do its work.
    Run(Arguments),
    /// To print this help.
    Help(String),
}

/// The arguments of a verb. `--std` and `--color`, which several verbs have, are read already.
#[derive(Debug)]
pub struct Arguments {
    /// What is not an option, in order: files, mostly.
    pub files: Vec<Vec<u8>>,
    /// `--std`
    pub std: Std,
    /// The other options in order, by their long names if they have one (`--strip`, `-o`), with
    /// their values.
    pub flags: Vec<(String, Option<Vec<u8>>)>,
}

impl Arguments {
    /// Reads the arguments of a verb.
    ///
    /// # Errors
    /// [`CliError::Usage`], if its definition does not allow them.
    pub fn of(verb: &str, args: &[Vec<u8>]) -> Result<Request, CliError> {
        let command = commands::verb(verb);
        let words = args.iter().cloned().map(OsString::from_vec);
        let words = std::iter::once(OsString::from(verb)).chain(words);
        let mut out = Arguments { files: Vec::new(), std: Std::default(), flags: Vec::new() };
        match command.clone().try_get_matches_from(words) {
            Ok(matches) => {
                out.take(&command, &matches);
                out.check_program(&command, args)?;
                Ok(Request::Run(out))
            }
            Err(error) if !error.use_stderr() => Ok(Request::Help(error.render().to_string())),
            Err(error) => Err(CliError::Usage(message(&error))),
        }
    }

    /// What follows a program is its own, so that a wrong option before it would be taken for the program.
    fn check_program(&self, command: &clap::Command, args: &[Vec<u8>]) -> Result<(), CliError> {
        let has_program = command.get_positionals().any(|arg| arg.is_trailing_var_arg_set());
        let first = self.files.first().filter(|first| first.len() > 1 && first.starts_with(b"-"));
        match first {
            Some(first) if has_program && !args.contains(&b"--".to_vec()) => {
                let shown = String::from_utf8_lossy(first);
                Err(CliError::Usage(format!("unexpected argument '{shown}' found\n")))
            }
            _ => Ok(()),
        }
    }

    fn take(&mut self, command: &clap::Command, matches: &ArgMatches) {
        let mut found = Vec::new();
        for arg in command.get_arguments() {
            let id = arg.get_id().as_str();
            if !matches.ids().any(|known| known == id)
                || matches.value_source(id) != Some(clap::parser::ValueSource::CommandLine)
            {
                continue;
            }
            let name = match (arg.get_long(), arg.get_short()) {
                (Some(long), _) => format!("--{long}"),
                (None, Some(short)) => format!("-{short}"),
                (None, None) => String::new(),
            };
            let places = matches.indices_of(id).into_iter().flatten();
            let values = matches.get_raw(id).into_iter().flatten();
            let takes_value = arg.get_action().takes_values();
            for (place, value) in places.zip(values) {
                let value = takes_value.then(|| value.to_os_string().into_vec());
                found.push((place, name.clone(), value));
            }
        }
        found.sort_by_key(|(place, ..)| *place);
        for (_, name, value) in found {
            match (name.as_str(), value.as_deref()) {
                ("", Some(value)) => self.files.push(value.to_vec()),
                ("--std", Some(b"5.4")) => self.std = Std::Lua54,
                ("--std", _) => self.std = Std::Luka,
                ("--color", Some(when)) => {
                    if let Some(color) = str::from_utf8(when).ok().and_then(Color::parse) {
                        color.choose();
                    }
                }
                _ => self.flags.push((name, value)),
            }
        }
    }

    /// Whether an option was given.
    pub fn has(&self, name: &str) -> bool {
        self.flags.iter().any(|(flag, _)| flag == name)
    }

    /// The last value of an option.
    pub fn value(&self, name: &str) -> Option<&[u8]> {
        let last = self.flags.iter().rev().find(|(flag, _)| flag == name);
        last.and_then(|(_, value)| value.as_deref())
    }
}

/// The message without its first word, `error:`, and without its last line, which says where to
/// find help: both are the same for every error ([`super::Console::fail`]).
fn message(error: &clap::Error) -> String {
    let text = error.render().to_string();
    let text = text.strip_prefix("error: ").unwrap_or(&text).trim_end();
    let (text, _) = text.split_once("\n\nFor more information").unwrap_or((text, ""));
    format!("{text}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(verb: &str, line: &str) -> Result<Arguments, CliError> {
        let words: Vec<Vec<u8>> = line.split(' ').map(|w| w.as_bytes().to_vec()).collect();
        match Arguments::of(verb, &words)? {
            Request::Run(arguments) => Ok(arguments),
            Request::Help(text) => panic!("help: {text}"),
        }
    }

    #[test]
    fn options_keep_their_order() {
        let args = read("check", "-A all a.lua -W L0202 --fix - -Aunused-local").unwrap();
        let flags: Vec<_> = args.flags.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(flags, ["-A", "-W", "--fix", "-A"]);
        assert_eq!(args.flags[3].1.as_deref(), Some(&b"unused-local"[..]));
        assert_eq!(args.files, [b"a.lua".to_vec(), b"-".to_vec()]);
        assert!(args.has("--fix") && !args.has("--emit"));
    }

    #[test]
    fn a_wrong_option_is_no_program() {
        for verb in ["profile", "debug"] {
            let Err(CliError::Usage(message)) = read(verb, "--svg a.lua") else {
                panic!("{verb} takes it");
            };
            assert_eq!(message, "unexpected argument '--svg' found\n");
            assert_eq!(read(verb, "a.lua --svg").unwrap().files.len(), 2);
            assert_eq!(read(verb, "-- --svg").unwrap().files, [b"--svg"]);
        }
    }

    #[test]
    fn bytes_that_are_no_text_are_files_too() {
        let Ok(Request::Run(args)) = Arguments::of("check", &[b"\xff.lua".to_vec()]) else {
            panic!("not read");
        };
        assert_eq!(args.files, [b"\xff.lua".to_vec()]);
    }

    #[test]
    fn what_the_definition_does_not_allow_is_wrong_usage() {
        for (verb, line) in [
            ("build", "a.lua"),
            ("build", "a.lua -o"),
            ("build", "-o x"),
            ("check", "--fixx a.lua"),
            ("check", "--emit lua55 a.lua"),
            ("dis", "--stage hirr a.lua"),
            ("completions", "tcsh"),
        ] {
            let error = read(verb, line).expect_err(line);
            assert!(matches!(error, CliError::Usage(_)), "{verb} {line}");
        }
    }
}
