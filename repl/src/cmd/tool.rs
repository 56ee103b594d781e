//! Files as the verbs that are tools read and write them.

use luka_compiler::source::{Source, SourceKind};
use luka_compiler::{Options, Std};
use std::ffi::OsStr;
use std::io::{Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

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

/// Replaces the content of a file. It is written beside the file first, so that neither a full disk
/// nor a crash can lose the old content.
///
/// # Errors
/// The file cannot be written.
pub fn replace(path: &[u8], bytes: &[u8]) -> Result<(), CliError> {
    replaced(Path::new(OsStr::from_bytes(path)), bytes)
        .map_err(|error| failed("write", path, error))
}

fn replaced(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    // A link stays a link.
    let path = path.canonicalize()?;
    let mut name = OsStr::new(".").to_os_string();
    name.push(path.file_name().unwrap_or_default());
    name.push(format!(".{}.tmp", std::process::id()));
    let new = path.with_file_name(name);
    let written = std::fs::metadata(&path).and_then(|old| {
        if old.permissions().readonly() {
            return Err(std::io::ErrorKind::PermissionDenied.into());
        }
        let mut file = std::fs::File::create_new(&new)?;
        file.write_all(bytes)?;
        file.set_permissions(old.permissions())?;
        file.sync_all()?;
        std::fs::rename(&new, &path)
    });
    if written.is_err() {
        let _ = std::fs::remove_file(&new);
    }
    written
}

/// `cannot open a.lua: No such file or directory`
pub fn failed(what: &str, path: &[u8], error: std::io::Error) -> CliError {
    let path = String::from_utf8_lossy(path);
    CliError::Failed(format!("cannot {what} {path}: {}", describe(error).message))
}

/// A source file as the compiler takes it.
pub fn source(path: &[u8], bytes: Vec<u8>) -> Source<'static> {
    let name = if path == b"-" { b"=stdin".to_vec() } else { [b"@", path].concat() };
    Source::new(name, bytes, SourceKind::File)
}

/// The compiler's options for a language mode.
pub fn options(std: Std) -> Options {
    Options { std, ..Options::default() }
}
