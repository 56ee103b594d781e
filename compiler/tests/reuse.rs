//! A compiler that keeps its memory from chunk to chunk makes the same of each as a fresh one.

#![allow(clippy::disallowed_methods, reason = "the chunks are the goldens' files")]

use std::path::Path;

use luka_bytecode::image::encode;
use luka_compiler::source::{Source, SourceKind};
use luka_compiler::{Compiler, Options, compile};

/// The goldens' texts, invalid ones among them, and some that fail in every stage.
fn texts() -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = entries.filter(|p| p.extension().is_some_and(|e| e == "lua")).collect();
    files.sort();
    let mut texts: Vec<_> = files.iter().map(|file| std::fs::read(file).unwrap()).collect();
    texts.extend(
        [
            "return 5",
            "local x <const> = 1; x = 2",
            "goto nowhere",
            "::a:: ::a::",
            "local a <close> = nil; for i = 1, 3 do local function f() return i, a end end",
            "x = 'unfinished",
            "return function() return function() return x end end",
            "for i = 1, 2 do while true do break end end repeat local z until z",
        ]
        .map(|text| text.as_bytes().to_vec()),
    );
    texts.push(b"f(".iter().copied().chain(b"a,".repeat(300)).chain(*b"a)").collect());
    texts.push([b"local t = {".as_slice(), &b"{1, 'x', y = 2.5}, ".repeat(2000), b"}"].concat());
    texts
}

#[test]
fn as_a_fresh_one() {
    let texts = texts();
    let options = Options::default();
    let mut compiler = Compiler::default();
    // Every text after every other would be long; strides bring different neighbours.
    for stride in [1, 2, 3, 5, 7] {
        for n in 0..texts.len() {
            let text = &texts[n * stride % texts.len()];
            let source = Source::new("=reuse", text.clone(), SourceKind::File);
            let show = |result: Result<luka_bytecode::Verified<_>, Vec<_>>| match result {
                Ok(module) => Ok(encode(module.get())),
                Err(diagnostics) => Err(format!("{diagnostics:?}")),
            };
            assert_eq!(show(compiler.compile(&source, &options)), show(compile(&source, &options)));
        }
    }
}
