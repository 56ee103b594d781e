//! What the verbs that are tools share: reading files, reporting, printing.

use luka_compiler::diag::Diagnostic;
use luka_compiler::source::{Source, SourceKind};
use luka_compiler::{Options, Std};
use luka_report::render_all;
use std::ffi::OsStr;
use std::io::{Read, Write};
use std::os::unix::ffi::OsStrExt;

use crate::report::style;

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
    eprint!("{}", render_all(diagnostics, source, style()));
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
    eprintln!("luka {verb}: {message}\n(luka help {verb} says more)");
    crate::cli::MISUSE
}
