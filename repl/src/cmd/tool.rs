//! What the verbs that are tools share: reading files, reporting, printing.

use luka_compiler::diag::{Diagnostic, render_all};
use luka_compiler::source::{Source, SourceKind};
use luka_compiler::{Options, Std};
use std::ffi::OsStr;
use std::io::{Read, Write};
use std::os::unix::ffi::OsStrExt;

use crate::report::{Color, colour};

/// The arguments of a verb: its flags taken out by the verb, then these.
pub struct Arguments {
    pub files: Vec<Vec<u8>>,
    pub std: Std,
    /// Options with their values, in order.
    pub flags: Vec<(String, Option<Vec<u8>>)>,
}

/// Splits a verb's arguments. `valued` names the options that take a value, `plain` the others.
///
/// # Errors
/// What to tell the user.
pub fn arguments(args: &[Vec<u8>], valued: &[&str], plain: &[&str]) -> Result<Arguments, String> {
    let mut out = Arguments { files: Vec::new(), std: Std::default(), flags: Vec::new() };
    let mut rest = args.iter();
    let mut only_files = false;
    while let Some(arg) = rest.next() {
        let text = String::from_utf8_lossy(arg);
        let (name, attached) = match text.split_once('=') {
            Some((name, value)) if name.starts_with("--") => (name, Some(value)),
            _ => (&*text, None),
        };
        if only_files || !arg.starts_with(b"-") || arg == b"-" {
            out.files.push(arg.clone());
        } else if arg == b"--" {
            only_files = true;
        } else if name == "--std" {
            out.std = match attached {
                Some("5.4") => Std::Lua54,
                Some("luka") => Std::Luka,
                _ => return Err("--std is 5.4 or luka".to_string()),
            };
        } else if name == "--color" {
            match attached.and_then(Color::parse) {
                Some(color) => color.choose(),
                None => return Err("--color is auto, always or never".to_string()),
            }
        } else if valued.contains(&name) {
            let value = match attached {
                Some(value) => Some(value.as_bytes().to_vec()),
                None => rest.next().cloned(),
            };
            if value.is_none() {
                return Err(format!("'{name}' needs an argument"));
            }
            out.flags.push((name.to_string(), value));
        } else if plain.contains(&name) {
            out.flags.push((name.to_string(), None));
        } else {
            return Err(format!("unrecognized option '{text}'"));
        }
    }
    Ok(out)
}

/// The bytes of a file, `-` being standard input.
pub fn read(path: &[u8]) -> Result<Vec<u8>, String> {
    let result = if path == b"-" {
        let mut bytes = Vec::new();
        std::io::stdin().read_to_end(&mut bytes).map(|_| bytes)
    } else {
        std::fs::read(OsStr::from_bytes(path))
    };
    result.map_err(|error| {
        let why = crate::host::describe(error).message;
        format!("cannot open {}: {why}", String::from_utf8_lossy(path))
    })
}

/// A source file as the compiler takes it.
pub fn source(path: &[u8], bytes: Vec<u8>) -> Source {
    let name = if path == b"-" { b"=stdin".to_vec() } else { [b"@", path].concat() };
    Source::new(name, bytes, SourceKind::File)
}

pub fn options(std: Std) -> Options {
    Options { std, ..Options::default() }
}

/// Prints reports on standard error.
pub fn show(diagnostics: &[Diagnostic], source: &Source) {
    eprint!("{}", render_all(diagnostics, source, colour()));
}

/// Prints to standard output; a reader that has gone away is no failure.
pub fn print(text: &[u8]) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text).and_then(|()| out.flush());
}

/// Writes a file, `-` being standard output, for a verb; its exit code.
pub fn write(verb: &str, path: &[u8], bytes: &[u8]) -> i32 {
    if path == b"-" {
        print(bytes);
        return 0;
    }
    let Err(error) = std::fs::write(OsStr::from_bytes(path), bytes) else { return 0 };
    let why = crate::host::describe(error).message;
    eprintln!("luka {verb}: cannot write {}: {why}", String::from_utf8_lossy(path));
    1
}

/// Reports a misuse; the exit code of it.
pub fn misuse(verb: &str, message: &str) -> i32 {
    eprintln!("luka {verb}: {message}\n(luka --help says more)");
    2
}
