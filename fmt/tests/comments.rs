//! Comments in every place: behind each token of the style files in turn. The formatter itself
//! checks that no token and no comment is lost; that the output stays as it is is checked here.

use luka_compiler::Std;
use luka_compiler::lex::{TokenKind, lex};
use luka_compiler::source::{Source, SourceKind};
use luka_fmt::{Options, Refusal, format};
use std::path::Path;

fn source(text: &[u8]) -> Source<'static> {
    Source::new("@test.lua", text, SourceKind::File)
}

/// The style files with `insert` behind each token in turn. Returns how many texts were formatted.
fn everywhere(insert: &str) -> usize {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/style");
    let mut count = 0;
    for name in ["statements", "comments", "wrapping", "extensions"] {
        let text = std::fs::read(folder.join(format!("{name}.in.lua"))).unwrap();
        let tokens = lex(&source(&text), Std::Luka);
        for (token, span) in tokens.tokens.iter().zip(&tokens.spans) {
            if token.kind == TokenKind::Eof {
                continue;
            }
            let (before, after) = text.split_at(span.end as usize);
            let changed = [before, insert.as_bytes(), after].concat();
            let once = match format(&source(&changed), &Options::default()) {
                Ok(once) => once,
                // A comment between `->` and the like can change how the rest is read.
                Err(Refusal::Syntax(_)) => continue,
                Err(refusal) => panic!("{name}: {refusal:?} in\n{}", show(&changed, span.end)),
            };
            let twice = format(&source(&once), &Options::default());
            let twice = twice.unwrap_or_else(|refusal| {
                panic!("{name}: second pass: {refusal:?} of\n{}", show(&changed, span.end))
            });
            assert!(
                once == twice,
                "{name}: not stable:\n{}\nbecame\n{}\nand\n{}",
                show(&changed, span.end),
                differing(&once, &twice),
                differing(&twice, &once),
            );
            count += 1;
        }
    }
    count
}

/// The lines around a byte.
fn show(text: &[u8], at: u32) -> String {
    let at = at as usize;
    let from = text[..at].iter().rposition(|&b| b == b'\n').map_or(0, |n| n + 1);
    String::from_utf8_lossy(&text[from..text.len().min(at + 60)]).into_owned()
}

/// The first line of `text` that is not in `other`, and its neighbours.
fn differing(text: &[u8], other: &[u8]) -> String {
    let lines: Vec<&[u8]> = text.split(|&b| b == b'\n').collect();
    let at = lines.iter().zip(other.split(|&b| b == b'\n')).position(|(a, b)| *a != b);
    let at = at.unwrap_or(0);
    let part = &lines[at.saturating_sub(2)..lines.len().min(at + 3)];
    String::from_utf8_lossy(&part.join(&b'\n')).into_owned()
}

#[test]
fn line_comments() {
    assert!(everywhere(" --c\n") > 1000);
}

#[test]
fn comments_on_lines_of_their_own() {
    assert!(everywhere("\n--c\n") > 1000);
}

#[test]
fn block_comments() {
    assert!(everywhere(" --[[c]] ") > 1000);
}

#[test]
fn block_comments_on_lines_of_their_own() {
    assert!(everywhere("\n\n--[[c\nd]]\n") > 1000);
}

#[test]
fn blank_lines() {
    assert!(everywhere("\n\n\n") > 1000);
}
