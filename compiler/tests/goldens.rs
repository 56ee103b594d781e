//! Token and tree dumps of `tests/golden/*.lua` against the files beside them.
//! `BLESS=1 cargo test` rewrites them; read the difference before committing it.

#![allow(
    clippy::disallowed_methods,
    reason = "goldens are files, and BLESS asks for them to be rewritten"
)]

use std::fs;
use std::path::Path;

use luka_compiler::ast::dump_ast;
use luka_compiler::lex::dump_tokens;
use luka_compiler::parse::{Options, parse};
use luka_compiler::source::{Source, SourceKind};
use luka_report::{Style, render_all};

fn check(path: &Path, text: &str, faults: &mut Vec<String>) {
    if std::env::var_os("BLESS").is_some() {
        fs::write(path, text).unwrap();
    } else if fs::read_to_string(path).unwrap_or_default() != text {
        faults.push(format!("{} differs; now:\n{text}", path.display()));
    }
}

#[test]
fn dumps() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut files: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "lua"));
    files.sort();
    assert!(!files.is_empty());
    let mut faults = Vec::new();
    for file in files {
        let name = format!("@{}", file.file_name().unwrap().to_string_lossy());
        let source = Source::new(name, fs::read(&file).unwrap(), SourceKind::File);
        let parsed = parse(&source, &Options::default());
        check(&file.with_extension("tokens"), &dump_tokens(&parsed.tokens, &source), &mut faults);
        check(
            &file.with_extension("ast"),
            &dump_ast(&parsed.chunk, &parsed.tokens.names),
            &mut faults,
        );
        if !parsed.diagnostics.is_empty() {
            let report = render_all(&parsed.diagnostics, &source, Style::PLAIN);
            check(&file.with_extension("report"), &report, &mut faults);
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
