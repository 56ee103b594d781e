//! `mutate PATH… [--count N] [--seed S] [--most FILES] [--bad] [--kinds] [--pairs]`: changes one token of
//! Lua files at a time and measures how good the reports are. Prints a summary; with `--kinds` a
//! table by kind of token, with `--bad` each fault whose report is off; with `--pairs` two faults at
//! a time.

use luka_tests::mutate::{Pairs, Tally, lua_files, try_file, try_pairs};
use luka_tests::random::Random;
use std::path::Path;

fn main() {
    let mut args = std::env::args().skip(1);
    let (mut count, mut seed, mut most) = (20, 1, usize::MAX);
    let (mut bad, mut kinds, mut two) = (false, false, false);
    let mut paths = Vec::new();
    while let Some(arg) = args.next() {
        let mut number = || args.next().and_then(|n| n.parse().ok()).unwrap_or(1);
        match arg.as_str() {
            "--count" => count = number(),
            "--seed" => seed = number() as u64,
            "--most" => most = number(),
            "--bad" => bad = true,
            "--kinds" => kinds = true,
            "--pairs" => two = true,
            _ => paths.push(arg),
        }
    }
    let mut files: Vec<_> = paths.iter().flat_map(|path| lua_files(Path::new(path))).collect();
    let mut random = Random::new(seed);
    // A spread of the files, not their beginning.
    while files.len() > most {
        files.swap_remove(random.below(files.len()));
    }
    files.sort();
    let mut tally = Tally::default();
    let mut pairs = Pairs::default();
    for file in &files {
        let Ok(text) = std::fs::read(file) else { continue };
        let name = file.display().to_string();
        if text.len() < 300_000 && two {
            try_pairs(&name, &text, count, &mut random, &mut pairs);
        } else if text.len() < 300_000 {
            try_file(&name, &text, count, &mut random, &mut tally);
        }
    }
    if two {
        if bad {
            println!("{}", pairs.bad.join("\n"));
        }
        let both = 100.0 * pairs.both as f64 / pairs.pairs.max(1) as f64;
        let reports = pairs.reports as f64 / pairs.pairs.max(1) as f64;
        let n = pairs.pairs;
        println!("{n} pairs of faults: both reported {both:.1} %, {reports:.3} reports a pair");
        return;
    }
    if bad {
        for line in &tally.bad {
            println!("{line}");
        }
    }
    if kinds {
        for ((change, token), (faults, on_line, reports)) in &tally.by_kind {
            let rate = 100.0 * *on_line as f64 / *faults as f64;
            println!("{change:?} {token:10} {faults:5} {rate:5.1} % {reports:5}");
        }
    }
    println!("{}", tally.summary());
}
