//! Sessions with tools: files of parts (`=== name`), the last of which is what came of the others and is
//! rewritten by `BLESS=1`.

use std::path::{Path, PathBuf};

/// The parts of a text: their names and texts.
pub fn parts(text: &str) -> Vec<(String, String)> {
    let mut parts: Vec<(String, String)> = Vec::new();
    for line in text.lines() {
        match (line.strip_prefix("=== "), parts.last_mut()) {
            (Some(name), _) => parts.push((name.to_string(), String::new())),
            (None, Some((_, part))) => part.push_str(&format!("{line}\n")),
            (None, None) => {}
        }
    }
    parts
}

/// The part with a name; empty if there is none.
pub fn part(parts: &[(String, String)], name: &str) -> String {
    parts.iter().find(|(known, _)| known == name).map_or(String::new(), |(_, text)| text.clone())
}

/// The files of a folder of `tests`, in the order of their names.
pub fn files(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let entries = std::fs::read_dir(folder).expect("a folder");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("read").path()).collect();
    files.sort();
    files
}

/// Compares what was found with the last part of a file, or writes it there.
///
/// # Errors
/// Both texts, if they differ.
pub fn compare(path: &Path, last: &str, found: &str) -> Result<(), String> {
    let text = std::fs::read_to_string(path).expect("a file");
    if std::env::var_os("BLESS").is_some() {
        let mark = format!("=== {last}");
        let head = text.split(mark.as_str()).next().unwrap_or_default();
        std::fs::write(path, format!("{head}{mark}\n{found}")).expect("written");
        return Ok(());
    }
    let expected = part(&parts(&text), last);
    if expected == found {
        return Ok(());
    }
    Err(format!("{}:\n--- expected\n{expected}--- found\n{found}", path.display()))
}

/// A text without long numbers: fuel, sizes, cells of the heap, which are other ones in other versions.
pub fn without_sizes(text: &str) -> String {
    let mut out = String::new();
    let mut digits = String::new();
    for c in text.chars().chain(['\0']) {
        if c.is_ascii_hexdigit() && (!digits.is_empty() || c.is_ascii_digit()) {
            digits.push(c);
            continue;
        }
        out.push_str(if digits.len() > 3 { "#" } else { &digits });
        digits.clear();
        if c != '\0' {
            out.push(c);
        }
    }
    out
}
