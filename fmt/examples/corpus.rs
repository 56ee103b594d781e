//! Formats every `.lua` file below some folders, twice, and says which are refused, change at the
//! second pass, or are formatted wrongly; and how long the first pass takes.
//!
//! `cargo run --release -p luka-fmt --example corpus -- [--5.4] FOLDER…`

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use luka_compiler::Std;
use luka_compiler::source::{Source, SourceKind};
use luka_fmt::{Options, Refusal, format};

fn main() {
    let mut options = Options::default();
    let mut files = Vec::new();
    for argument in std::env::args().skip(1) {
        if argument == "--5.4" {
            options.std = Std::Lua54
        } else {
            collect(argument.as_ref(), &mut files)
        }
    }
    let (mut refused, mut wrong, mut unstable, mut bytes) = (0, 0, 0, 0);
    let mut time = Duration::ZERO;
    for file in &files {
        let Ok(text) = std::fs::read(file) else { continue };
        let source = source(file, text);
        let start = Instant::now();
        let formatted = format(&source, &options);
        time += start.elapsed();
        bytes += source.bytes().len();
        match formatted {
            Err(Refusal::Syntax(_)) => refused += 1,
            Err(Refusal::Internal(message)) => {
                wrong += 1;
                println!("{}: wrong: {message}", file.display());
            }
            Ok(first) => match format(&self::source(file, first.clone()), &options) {
                Ok(second) if second == first => {}
                Ok(second) => {
                    unstable += 1;
                    println!("{}: unstable: {}", file.display(), first_change(&first, &second));
                }
                Err(refusal) => {
                    wrong += 1;
                    println!("{}: second pass: {refusal:?}", file.display());
                }
            },
        }
    }
    let speed = bytes as f64 / 1e6 / time.as_secs_f64();
    println!(
        "{} files, {bytes} bytes: {refused} with syntax errors, {wrong} wrong, {unstable} unstable; \
         {:.2} s, {speed:.1} MB/s",
        files.len(),
        time.as_secs_f64()
    );
    std::process::exit(i32::from(wrong + unstable > 0));
}

fn source(file: &Path, text: Vec<u8>) -> Source<'static> {
    Source::new(format!("@{}", file.display()), text, SourceKind::File)
}

fn first_change(first: &[u8], second: &[u8]) -> String {
    let lines =
        |text: &[u8]| -> Vec<Vec<u8>> { text.split(|&b| b == b'\n').map(<[u8]>::to_vec).collect() };
    let (first, second) = (lines(first), lines(second));
    let at = first.iter().zip(&second).position(|(a, b)| a != b).unwrap_or(0);
    let show = |lines: &[Vec<u8>]| {
        String::from_utf8_lossy(lines.get(at).map_or(&[][..], |l| l)).into_owned()
    };
    format!("line {}: `{}` became `{}`", at + 1, show(&first), show(&second))
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) {
    if path.is_dir() {
        let Ok(entries) = std::fs::read_dir(path) else { return };
        let mut entries: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        entries.sort();
        entries.iter().for_each(|entry| collect(entry, files));
    } else if path.extension().is_some_and(|extension| extension == "lua") {
        files.push(path.to_path_buf());
    }
}
