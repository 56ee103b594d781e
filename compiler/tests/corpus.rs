//! Every file of a checkout of the official test suite (`LUA_TESTS=/path/to/testes`) parses, and
//! the same texts cut off at any of many places end in a message without a panic.

#![allow(clippy::disallowed_methods, reason = "the corpus is a folder named by the environment")]

use std::path::PathBuf;

use luka_compiler::parse::{Options, parse};
use luka_compiler::source::{Source, SourceKind};

fn files() -> Vec<PathBuf> {
    let Some(folder) = std::env::var_os("LUA_TESTS") else {
        eprintln!("SKIPPED: LUA_TESTS does not name a checkout of the official test suite");
        return Vec::new();
    };
    let entries = std::fs::read_dir(folder).expect("LUA_TESTS names a folder");
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "lua"));
    files.sort();
    files
}

#[test]
fn official_suite_parses() {
    for file in files() {
        let bytes = std::fs::read(&file).unwrap();
        let source = Source::new("=test", bytes, SourceKind::File);
        let parsed = parse(&source, &Options::default());
        let texts: Vec<_> = parsed.diagnostics.iter().map(|d| &d.message).collect();
        assert!(texts.is_empty(), "{}: {texts:?}", file.display());
    }
}

#[test]
fn cut_texts_end_in_a_message() {
    for file in files() {
        let bytes = std::fs::read(&file).unwrap();
        for part in 1..40 {
            let cut = &bytes[..bytes.len() * part / 40];
            let source = Source::new("=test", cut, SourceKind::File);
            let parsed = parse(&source, &Options::default());
            for diagnostic in &parsed.diagnostics {
                assert!(diagnostic.puc.is_some() && diagnostic.puc_order.is_some());
            }
        }
    }
}
