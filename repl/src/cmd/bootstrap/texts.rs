//! The texts that are compiled: those packed into the program, and those in directories.

use luka_compiler::Std;
use luka_compiler::source::SourceKind;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What the build packed; see `build.rs`.
static PACKED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/texts.deflate"));

/// An upper bound of the size of all texts, in bytes.
const MOST: usize = 64 << 20;

/// A program, as both compilers get it.
#[derive(Clone)]
pub struct Text {
    /// As reports call it.
    pub label: String,
    /// The chunk's name.
    pub name: String,
    pub std: Std,
    pub bytes: Vec<u8>,
}

impl Text {
    /// Every text is taken as a file's.
    pub const KIND: SourceKind = SourceKind::File;

    /// How many lines it has.
    pub fn lines(&self) -> usize {
        memchr::memchr_iter(b'\n', &self.bytes).count()
    }
}

/// Texts that are counted together.
pub struct Group {
    pub title: String,
    pub texts: Vec<Text>,
}

/// The texts that come with the program, by path.
pub struct Packed(BTreeMap<String, Vec<u8>>);

impl Packed {
    /// # Errors
    /// The program is damaged.
    pub fn open() -> Result<Packed, String> {
        let damaged = || "the packed texts are damaged".to_string();
        let all = miniz_oxide::inflate::decompress_to_vec_with_limit(PACKED, MOST);
        let all = all.map_err(|_| damaged())?;
        let mut texts = BTreeMap::new();
        let mut rest = all.as_slice();
        while let Some(end) = memchr::memchr(b'\n', rest) {
            let line = std::str::from_utf8(&rest[..end]).map_err(|_| damaged())?;
            let (path, size) = line.rsplit_once(' ').ok_or_else(damaged)?;
            let size: usize = size.parse().map_err(|_| damaged())?;
            let text = rest.get(end + 1..end + 1 + size).ok_or_else(damaged)?;
            texts.insert(path.to_string(), text.to_vec());
            rest = &rest[end + 1 + size..];
        }
        Ok(Packed(texts))
    }

    /// Relative paths and texts of the files below a folder.
    fn below<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = (&'a str, &'a [u8])> {
        self.0.iter().filter_map(move |(path, text)| {
            let rest = path.strip_prefix(folder)?.strip_prefix('/')?;
            Some((rest, text.as_slice()))
        })
    }

    /// The files of the compiler in its own language.
    pub fn selfhost(&self) -> Vec<(String, Vec<u8>)> {
        self.below("compiler/selfhost").map(|(path, text)| (path.into(), text.into())).collect()
    }

    /// The modules of the library written in the language, as the build compiles them.
    pub fn library(&self) -> Vec<Text> {
        self.below("stdlib/lib").map(|(path, text)| module(path, "", Std::Luka, text)).collect()
    }

    /// The conformance suite, each section a program as the suite runs it.
    pub fn suite(&self) -> Vec<Text> {
        self.below("tests/suite").flat_map(|(path, text)| sections(path, text)).collect()
    }
}

/// The modules among the compiler's files: all but the command line for PUC Lua.
pub fn modules(files: &[(String, Vec<u8>)]) -> Vec<Text> {
    files
        .iter()
        .filter(|(path, _)| path != "main.lua")
        .map(|(path, text)| module(path, "luka.compiler", Std::Lua54, text))
        .collect()
}

/// A module as the build of the library compiles it: named `=luka.compiler.lex.scan`.
fn module(path: &str, prefix: &str, std: Std, text: &[u8]) -> Text {
    let stem = path.rsplit_once('.').map_or(path, |(stem, _)| stem);
    let mut parts: Vec<&str> = stem.split('/').collect();
    if !prefix.is_empty() {
        parts.insert(0, prefix);
    }
    if parts.len() > 1 && parts.last() == Some(&"init") {
        parts.pop();
    }
    let name = parts.join(".");
    Text { label: name.clone(), name: format!("={name}"), std, bytes: text.to_vec() }
}

/// The programs of a file of the suite. The text before the first line `--- title ---` is part of
/// each, and every line keeps its number.
fn sections(path: &str, text: &[u8]) -> Vec<Text> {
    let is_title = |line: &&[u8]| line.starts_with(b"--- ") && line.ends_with(b" ---");
    let name = format!("@{}", path.rsplit('/').next().unwrap_or(path));
    let lines: Vec<&[u8]> = text.split(|&b| b == b'\n').collect();
    let starts: Vec<usize> = (0..lines.len()).filter(|&n| is_title(&lines[n])).collect();
    let Some(&first) = starts.first() else {
        return vec![Text { label: path.into(), name, std: Std::Luka, bytes: text.into() }];
    };
    let mut programs = Vec::new();
    for (n, &start) in starts.iter().enumerate() {
        let end = starts.get(n + 1).copied().unwrap_or(lines.len());
        let mut bytes = lines[..first].join(&b'\n');
        bytes.resize(bytes.len() + start + 1 - first + usize::from(first > 0), b'\n');
        bytes.extend_from_slice(&lines[start + 1..end].join(&b'\n'));
        bytes.push(b'\n');
        let title = String::from_utf8_lossy(lines[start]);
        let label = format!("{path} [{}]", title.trim_matches(['-', ' ']));
        programs.push(Text { label, name: name.clone(), std: Std::Luka, bytes });
    }
    programs
}

/// The Lua files below a folder, or the file itself.
///
/// # Errors
/// What cannot be read.
pub fn folder(path: &Path) -> Result<Group, String> {
    let mut files = Vec::new();
    if path.is_dir() {
        collect(path, &mut files).map_err(|e| format!("{}: {e}", path.display()))?;
    } else {
        files.push(path.to_path_buf());
    }
    files.sort();
    let mut texts = Vec::new();
    for file in files {
        // Lists of programs have a line each.
        let label = file.display().to_string().replace(char::is_control, "?");
        let bytes = std::fs::read(&file).map_err(|e| format!("{label}: {e}"))?;
        texts.push(Text { name: format!("@{label}"), label, std: Std::Luka, bytes });
    }
    Ok(Group { title: path.display().to_string(), texts })
}

/// The files of a folder that holds another version of the compiler.
///
/// # Errors
/// What cannot be read.
pub fn selfhost_in(folder: &Path) -> Result<Vec<(String, Vec<u8>)>, String> {
    let mut files = Vec::new();
    collect(folder, &mut files).map_err(|e| format!("{}: {e}", folder.display()))?;
    files.sort();
    files
        .iter()
        .map(|file| {
            let bytes = std::fs::read(file).map_err(|e| format!("{}: {e}", file.display()))?;
            let path = file.strip_prefix(folder).unwrap_or(file).display().to_string();
            Ok((path.replace('\\', "/"), bytes))
        })
        .collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        if entry.file_type()?.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|e| e == "lua" || e == "luka") {
            files.push(path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed() {
        let packed = Packed::open().unwrap();
        let names: Vec<String> = modules(&packed.selfhost()).into_iter().map(|t| t.name).collect();
        for name in ["=luka.compiler", "=luka.compiler.emit", "=luka.compiler.emit.expr"] {
            assert!(names.iter().any(|n| n == name), "{name}");
        }
        assert!(!names.iter().any(|name| name.contains("main")));
        assert!(packed.suite().len() > 300);
    }

    #[test]
    fn sections_keep_their_lines() {
        let text = b"-- about\nlocal x = 1\n\n--- one ---\nprint(x)\n--- two ---\nprint(2)\n";
        let programs = sections("topic/t.lua", text);
        assert_eq!(programs[1].label, "topic/t.lua [two]");
        let lines: Vec<&[u8]> = programs[1].bytes.split(|&b| b == b'\n').collect();
        assert_eq!((lines[1], lines[6]), (&b"local x = 1"[..], &b"print(2)"[..]));
        assert_eq!(sections("t.lua", b"return 1")[0].bytes, b"return 1");
    }
}
