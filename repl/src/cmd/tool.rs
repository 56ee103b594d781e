//! Files as the verbs that are tools read and write them.

use luka_compiler::source::{Source, SourceKind};
use luka_compiler::{Options, Std};
use std::ffi::OsStr;
use std::io::Read;
use std::os::unix::ffi::OsStrExt;

use crate::cli::{CliError, Console};
use luka::host::describe;

/// The bytes of a file, `-` being standard input.
///
/// # Errors
/// The file cannot be read.
pub fn read(path: &[u8]) -> Result<Vec<u8>, CliError> {
    let result = if path == b"-" {
        let mut bytes = Vec::new();
        std::io::stdin().read_to_end(&mut bytes).map(|_| bytes)
    } else {
        std::fs::read(OsStr::from_bytes(path))
    };
    result.map_err(|error| failed("open", path, error))
}

/// Writes a file, `-` being standard output.
///
/// # Errors
/// The file cannot be written.
pub fn write(path: &[u8], bytes: &[u8], console: &Console) -> Result<(), CliError> {
    match path {
        b"-" => console.print(bytes),
        _ => std::fs::write(OsStr::from_bytes(path), bytes)
            .map_err(|error| failed("write", path, error)),
    }
}

/// `cannot open a.lua: No such file or directory`
pub fn failed(what: &str, path: &[u8], error: std::io::Error) -> CliError {
    let path = String::from_utf8_lossy(path);
    CliError::Failed(format!("cannot {what} {path}: {}", describe(error).message))
}

/// A source file as the compiler takes it.
pub fn source(path: &[u8], bytes: Vec<u8>) -> Source {
    let name = if path == b"-" { b"=stdin".to_vec() } else { [b"@", path].concat() };
    Source::new(name, bytes, SourceKind::File)
}

/// The compiler's options for a language mode.
pub fn options(std: Std) -> Options {
    Options { std, ..Options::default() }
}
