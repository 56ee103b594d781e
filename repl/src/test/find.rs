//! Which files are tests, and what kind of file each is.

use std::path::Path;

use super::examples;
use super::job::Kind;
use crate::cli::CliError;
use crate::cmd::{files, tool};

/// The folders that are searched where nothing says which.
const FOLDERS: [&str; 4] = ["spec", "specs", "test", "tests"];

/// A file of tests.
pub struct TestFile {
    pub path: String,
    pub kind: Kind,
    /// The lines that the command line names.
    pub lines: Vec<u32>,
    /// Nothing in it can register a test: it is a test itself.
    pub is_program: bool,
}

/// How files of tests are recognized in folders.
pub struct Names {
    /// Parts of which one is in the name; empty: the usual names.
    pub patterns: Vec<String>,
    pub excluded: Vec<String>,
}

impl Names {
    fn has(&self, path: &str) -> bool {
        let name = path.rsplit('/').next().unwrap_or(path);
        let Some((stem, suffix)) = name.rsplit_once('.') else { return false };
        if !matches!(suffix, "lua" | "luka") || self.excluded.iter().any(|part| name.contains(part))
        {
            return false;
        }
        if self.patterns.is_empty() {
            let ends = stem.ends_with("_spec") || stem.ends_with("_test");
            return ends || stem.starts_with("test_");
        }
        self.patterns.iter().any(|part| name.contains(part.as_str()))
    }
}

/// `FILE:LINE`, if there is such a file.
fn with_line(word: &str) -> Option<(&str, u32)> {
    let (path, line) = word.rsplit_once(':')?;
    let line = line.parse().ok().filter(|&line| line > 0)?;
    (!Path::new(word).exists()).then_some((path, line))
}

/// The files of tests that words name: files as they are, those of folders by their names. Without
/// words, those of the usual folders.
///
/// # Errors
/// There is no such file, or it cannot be read.
pub fn tests(words: &[String], names: &Names) -> Result<Vec<TestFile>, CliError> {
    let there = FOLDERS.iter().filter(|folder| Path::new(folder).is_dir());
    let mut usual: Vec<String> = there.map(|folder| folder.to_string()).collect();
    if usual.is_empty() {
        usual.push(".".into());
    }
    let words = if words.is_empty() { &usual } else { words };
    let mut found: Vec<TestFile> = Vec::new();
    for word in words {
        let (word, line) = match with_line(word) {
            Some((path, line)) => (path, Some(line)),
            None => (word.as_str(), None),
        };
        let is_folder = Path::new(word).is_dir();
        for path in files::sources(&[word.as_bytes().to_vec()]) {
            let path = String::from_utf8_lossy(&path).into_owned();
            let path = path.strip_prefix("./").unwrap_or(&path).to_string();
            if is_folder && !names.has(&path) {
                continue;
            }
            if let Some(known) = found.iter_mut().find(|known| known.path == path) {
                known.lines.extend(line);
                continue;
            }
            let text = tool::read(path.as_bytes())?;
            let (kind, is_program) = kind_of(&path, &text);
            found.push(TestFile { kind, is_program, path, lines: line.into_iter().collect() });
        }
    }
    Ok(found)
}

/// The files with examples that words name: pages (`.md`) and sources. Without words, all below the
/// current folder.
///
/// # Errors
/// A file cannot be read.
pub fn examples(words: &[String]) -> Result<Vec<TestFile>, CliError> {
    let here = [".".to_string()];
    let words = if words.is_empty() { &here[..] } else { words };
    let mut found = Vec::new();
    for word in words {
        for path in files::with_suffixes(&[word.as_bytes().to_vec()], &["md", "lua", "luka"]) {
            let path = String::from_utf8_lossy(&path).into_owned();
            let path = path.strip_prefix("./").unwrap_or(&path).to_string();
            let text = tool::read(path.as_bytes())?;
            let examples = examples::of_file(&path, &String::from_utf8_lossy(&text));
            if !examples.is_empty() {
                let kind = Kind::Examples(examples);
                found.push(TestFile { path, kind, lines: Vec::new(), is_program: false });
            }
        }
    }
    Ok(found)
}

/// The kind of a file, and whether it can only be a program. Whatever is called `…_spec`, or calls
/// `describe` or `it`, is a spec.
fn kind_of(path: &str, text: &[u8]) -> (Kind, bool) {
    let stem = path.rsplit('/').next().unwrap_or(path);
    let stem = stem.rsplit_once('.').map_or(stem, |(stem, _)| stem);
    let uses_module = has_word(text, b"luka.test");
    if stem.ends_with("_spec") {
        return (Kind::Spec, false);
    }
    if !uses_module && (calls(text, b"describe") || calls(text, b"it")) {
        return (Kind::Spec, false);
    }
    let has_functions = memchr::memmem::find(text, b"test_").is_some();
    (Kind::Plain, !uses_module && !has_functions)
}

fn is_name(byte: Option<&u8>) -> bool {
    byte.is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_')
}

fn has_word(text: &[u8], word: &[u8]) -> bool {
    memchr::memmem::find_iter(text, word).any(|at| {
        let before = at.checked_sub(1).and_then(|at| text.get(at));
        !is_name(before) && !is_name(text.get(at + word.len()))
    })
}

/// Whether a text calls a function of this name, with a name or a function as its first argument, at
/// the beginning of a line.
fn calls(text: &[u8], name: &[u8]) -> bool {
    text.split(|&b| b == b'\n').any(|line| {
        let line = line.trim_ascii_start();
        let Some(rest) = line.strip_prefix(name) else { return false };
        let rest = rest.trim_ascii_start();
        let rest = rest.strip_prefix(b"(").unwrap_or(rest).trim_ascii_start();
        rest.starts_with(b"\"") || rest.starts_with(b"'") || rest.starts_with(b"[")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_told_by_names_and_calls() {
        let spec = b"describe('x', function() it('y', function() end) end)\n";
        assert_eq!(kind_of("a/b_spec.lua", b""), (Kind::Spec, false));
        assert_eq!(kind_of("b_test.lua", spec), (Kind::Spec, false));
        assert_eq!(kind_of("b_test.lua", b"function test_a() end"), (Kind::Plain, false));
        assert_eq!(kind_of("b_test.lua", b"local t = require 'luka.test'"), (Kind::Plain, false));
        assert_eq!(kind_of("b_test.lua", b"assert(exit)\n"), (Kind::Plain, true));
    }

    #[test]
    fn names_of_tests() {
        let names = Names { patterns: Vec::new(), excluded: vec!["old".into()] };
        for path in ["spec/a_spec.lua", "a_test.luka", "x/test_a.lua"] {
            assert!(names.has(path), "{path}");
        }
        for path in ["a.lua", "spec/helper.lua", "test/a_spec.txt", "old_test.lua", "mytest.lua"] {
            assert!(!names.has(path), "{path}");
        }
        let names = Names { patterns: vec!["_check".into()], excluded: Vec::new() };
        assert!(names.has("a_check.lua") && !names.has("a_spec.lua"));
    }
}
