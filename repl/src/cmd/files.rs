//! The files that a verb works on: those named, and the sources in directories.

use std::ffi::OsStr;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

/// The files that the arguments stand for, in order. Those of a directory are sorted by name;
/// hidden directories and links to directories are skipped.
pub fn sources(named: &[Vec<u8>]) -> Vec<Vec<u8>> {
    with_suffixes(named, &["lua", "luka"])
}

/// As [`sources`], with other suffixes.
pub fn with_suffixes(named: &[Vec<u8>], suffixes: &[&str]) -> Vec<Vec<u8>> {
    let mut out = Vec::new();
    for name in named {
        let path = Path::new(OsStr::from_bytes(name));
        if name != b"-" && path.is_dir() {
            out.extend(
                below(path, suffixes).into_iter().map(|path| path.into_os_string().into_vec()),
            );
        } else {
            out.push(name.clone());
        }
    }
    out
}

fn below(folder: &Path, suffixes: &[&str]) -> Vec<PathBuf> {
    let mut out = Vec::new();
    let mut waiting = vec![folder.to_path_buf()];
    while let Some(folder) = waiting.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else {
            // Reading it as a file will say why not.
            out.push(folder);
            continue;
        };
        for entry in entries.flatten() {
            let path = entry.path();
            let Ok(kind) = entry.file_type() else { continue };
            let hidden = entry.file_name().as_bytes().starts_with(b".");
            if kind.is_dir() && !hidden {
                waiting.push(path);
            } else if path.extension().is_some_and(|e| suffixes.iter().any(|s| e == *s))
                && path.is_file()
            {
                out.push(path);
            }
        }
    }
    out.sort();
    out
}
