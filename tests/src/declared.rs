//! The natives that the sources declare, read off their text: what the registry of names must have.

use std::path::{Path, PathBuf};

/// Folders of the crates whose natives programs can reach.
const CRATES: [&str; 4] = ["vm/src", "stdlib/src", "embed/src", "repl/src"];

/// The registered names in the rows of `natives!`, `inner_natives!` and `continuations!`, with the
/// file of each.
///
/// # Panics
/// If a source cannot be read, or makes a native without one of the macros.
pub fn names() -> Vec<(String, PathBuf)> {
    let mut names = Vec::new();
    for file in sources() {
        let text = std::fs::read_to_string(&file).expect("a source");
        let text = text.split("#[cfg(test)]").next().unwrap_or_default();
        names.extend(rows(text).into_iter().map(|name| (name, file.clone())));
        let by_hand = ["Native::new(", "Native::then(", "Native::plain("];
        for line in text.lines().map(str::trim).filter(|line| !line.starts_with("//")) {
            let declares = by_hand.iter().any(|made| line.contains(made));
            let defines = file.ends_with("object/native/mod.rs") || file.ends_with("vm/native.rs");
            assert!(!declares || defines, "{}: a native in no table: {line}", file.display());
        }
    }
    names
}

fn sources() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut folders: Vec<PathBuf> = CRATES.iter().map(|name| root.join(name)).collect();
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            let is_tests =
                path.file_name().is_some_and(|name| name == "tests.rs" || name == "tests");
            if path.is_dir() && !is_tests {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") && !is_tests {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

/// The names in the declaring macros of a source.
fn rows(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let line = line.trim();
        let Some((name, _)) = line.split_once("! {") else { continue };
        let library = match name.rsplit(':').next() {
            _ if name.starts_with("//") => continue,
            Some("natives") => true,
            Some("inner_natives" | "continuations") => false,
            _ => continue,
        };
        let mut header = line.to_string();
        while !header.ends_with(';') {
            header += lines.next().expect("a table's header").trim();
        }
        let library = library.then(|| quoted(&header).expect("a library's name"));
        for row in lines.by_ref().take_while(|line| *line != "}") {
            let row = row.trim();
            let Some((field, rest)) = row.split_once(": \"") else { continue };
            if row.starts_with("//") || !field.chars().all(|c| c.is_alphanumeric() || c == '_') {
                continue;
            }
            names.push(match &library {
                Some(library) => format!("{library}.{field}"),
                None => rest.split('"').next().unwrap_or_default().to_string(),
            });
        }
    }
    names
}

fn quoted(text: &str) -> Option<&str> {
    text.split('"').nth(1)
}
