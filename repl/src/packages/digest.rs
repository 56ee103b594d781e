//! The content of a folder as one number, as Go's `h1`: the SHA-256 of the sorted list of the files' own.

use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// The digits of a text's SHA-256.
pub fn text(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |mut digits, byte| {
        // (Writing to a string does not fail.)
        let _ = write!(digits, "{byte:02x}");
        digits
    })
}

/// The files of a folder, relative to it and in order, with `/` between names. `.git` is left out.
///
/// # Errors
/// A file cannot be read, or is a link, which could lead anywhere; a name is not in UTF-8.
pub fn files(root: &Path) -> Result<Vec<String>, String> {
    let mut found = Vec::new();
    let mut folders = vec![(root.to_path_buf(), String::new())];
    while let Some((folder, prefix)) = folders.pop() {
        let failed = |e: std::io::Error| {
            format!("cannot read {}: {}", folder.display(), luka::host::describe(e).message)
        };
        for entry in std::fs::read_dir(&folder).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let kind = entry.file_type().map_err(failed)?;
            let name = entry.file_name();
            let name = name.to_str().ok_or_else(|| format!("a name in {prefix} is not UTF-8"))?;
            let path = format!("{prefix}{name}");
            if kind.is_symlink() {
                return Err(format!("{path} is a link"));
            } else if kind.is_dir() && name != ".git" {
                folders.push((entry.path(), format!("{path}/")));
            } else if kind.is_file() {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// The digits of a folder's content.
///
/// # Errors
/// As [`files`].
pub fn tree(root: &Path) -> Result<String, String> {
    let mut list = String::new();
    for path in files(root)? {
        let place: PathBuf = root.join(&path);
        let bytes = std::fs::read(&place).map_err(|e| {
            format!("cannot read {}: {}", place.display(), luka::host::describe(e).message)
        })?;
        list.push_str(&format!("{}  {path}\n", text(&bytes)));
    }
    Ok(text(list.as_bytes()))
}
