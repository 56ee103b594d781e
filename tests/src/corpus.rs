//! Every program in the repository.

use std::fs;
use std::path::{Path, PathBuf};

use luka_bytecode::Module;
use luka_compiler::Options;
use luka_compiler::compile::stages;
use luka_compiler::source::{Source, SourceKind};

/// The sources in these folders of the workspace and the folders in them, sorted by path. What
/// `LUA_TESTS` points at, a checkout of the official suite, comes with them.
pub fn sources(folders: &[&str]) -> Vec<(PathBuf, Vec<u8>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace");
    let mut folders: Vec<PathBuf> = folders.iter().map(|folder| root.join(folder)).collect();
    folders.extend(std::env::var_os("LUA_TESTS").map(PathBuf::from));
    let mut sources = Vec::new();
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        for entry in entries {
            let entry = entry.expect("an entry");
            let path = entry.path();
            // Links are not followed: they may lead in circles.
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                folders.push(path);
            } else if path.extension().is_some_and(|ext| ext == "lua" || ext == "luka") {
                let text = fs::read(&path).expect("readable");
                sources.push((path, text));
            }
        }
    }
    sources.sort();
    sources
}

/// The module of a program, or nothing if the program has a fault.
pub fn compile(text: &[u8], name: &str) -> Option<Module> {
    let source = Source::new(name.as_bytes(), text, SourceKind::File);
    let stages = stages(&source, &Options::default());
    stages.diagnostics.is_empty().then_some(stages.module)
}
