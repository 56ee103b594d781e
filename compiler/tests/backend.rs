//! Resolved trees and bytecode of `golden/code/*.lua` against the files beside them.
//! `BLESS=1 cargo test` rewrites them; read the difference before committing it.

#![allow(
    clippy::disallowed_methods,
    reason = "goldens are files, and BLESS asks for them to be rewritten"
)]

use std::fs;
use std::path::Path;

use luka_bytecode::text::disassemble;
use luka_bytecode::verify::verify;
use luka_compiler::Options;
use luka_compiler::compile::stages;
use luka_compiler::resolve::dump_hir;
use luka_compiler::source::{Source, SourceKind};

fn check(path: &Path, text: &str, faults: &mut Vec<String>) {
    if std::env::var_os("BLESS").is_some() {
        fs::write(path, text).unwrap();
    } else if fs::read_to_string(path).unwrap_or_default() != text {
        faults.push(format!("{} differs; now:\n{text}", path.display()));
    }
}

#[test]
fn goldens() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/code");
    let mut files: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "lua"));
    files.sort();
    assert!(!files.is_empty());
    let mut faults = Vec::new();
    for file in files {
        let name = format!("@{}", file.file_name().unwrap().to_string_lossy());
        let source = Source::new(name, fs::read(&file).unwrap(), SourceKind::File);
        let stages = stages(&source, &Options::default());
        assert!(stages.diagnostics.is_empty(), "{}: {:?}", file.display(), stages.diagnostics);
        check(
            &file.with_extension("hir"),
            &dump_hir(&stages.hir, &stages.tokens.names),
            &mut faults,
        );
        let listing = disassemble(&stages.module, Default::default());
        check(&file.with_extension("bytecode"), &listing, &mut faults);
        if let Err(error) = verify(stages.module) {
            faults.push(format!("{}: {error:?}", file.display()));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
