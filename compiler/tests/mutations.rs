//! Damaged texts never panic any stage, and always end in a message: the golden texts with bytes
//! changed, removed, doubled and cut, by a fixed sequence of pseudo-random numbers.

#![allow(clippy::disallowed_methods, reason = "the texts to damage are files")]

use std::fs;
use std::path::Path;

use luka_compiler::ast::dump_ast;
use luka_compiler::compile::{diagnose, stages};
use luka_compiler::parse::Options;
use luka_compiler::source::{Source, SourceKind};
use luka_report::{Style, render_all};

/// A 64-bit linear congruential generator.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 33) as usize % limit.max(1)
    }
}

fn mutate(text: &mut Vec<u8>, random: &mut Random) {
    const BYTES: &[u8] = b"`?|+&\0\n\r\t \"'\\[]=-(){}<>:.,;#~xue0z9_\x7f\x85\xc2\xe2\xff";
    if text.is_empty() {
        return;
    }
    let at = random.below(text.len());
    match random.below(6) {
        0 => text[at] = BYTES[random.below(BYTES.len())],
        1 => text.insert(at, BYTES[random.below(BYTES.len())]),
        2 => {
            text.remove(at);
        }
        3 => text.truncate(at),
        4 => {
            let end = (at + 1 + random.below(30)).min(text.len());
            text.drain(at..end);
        }
        _ => {
            let end = (at + 1 + random.below(30)).min(text.len());
            let piece = text[at..end].to_vec();
            let to = random.below(text.len());
            text.splice(to..to, piece);
        }
    }
}

#[test]
fn damaged_texts_end_in_a_message() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut files: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "lua"));
    files.sort();
    let mut random = Random(1);
    for file in files {
        let original = fs::read(&file).unwrap();
        for _ in 0..400 {
            let mut text = original.clone();
            for _ in 0..1 + random.below(4) {
                mutate(&mut text, &mut random);
            }
            let source = Source::new("@damaged.lua", text, SourceKind::File);
            let found = stages(&source, &Options::default());
            dump_ast(&found.chunk, &found.tokens.names);
            for diagnostic in &found.diagnostics {
                let text = diagnostic.load_message(&source);
                assert!(!text.is_empty());
                assert!(diagnostic.span.start <= diagnostic.span.end);
                assert!(diagnostic.span.end as usize <= source.bytes().len());
            }
            render_all(&found.diagnostics, &source, Style::with_color(true));
            let reports = diagnose(&source, &Options::default());
            assert_eq!(reports.is_empty(), found.diagnostics.is_empty());
            render_all(&reports, &source, Style::with_color(true));
        }
    }
}
