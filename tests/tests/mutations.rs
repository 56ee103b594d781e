//! The project's own programs with one token deleted, doubled or replaced: the first report is
//! about the true line, there is no second one, and nothing passes in silence. `mutate` (a binary
//! of this crate) does the same with any directory.

use luka_tests::mutate::{Tally, lua_files, try_file};
use luka_tests::random::Random;
use std::path::Path;

#[test]
fn reports_find_the_true_line() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let folders = ["tests/suite", "benches/programs", "examples", "stdlib/lib"];
    let files: Vec<_> = folders.iter().flat_map(|folder| lua_files(&root.join(folder))).collect();
    assert!(files.len() > 50, "{} files", files.len());
    let mut tally = Tally::default();
    let mut random = Random::new(4);
    for file in files {
        let text = std::fs::read(&file).expect("read");
        try_file(&file.display().to_string(), &text, 20, &mut random, &mut tally);
    }
    let summary = tally.summary();
    let bad = tally.bad.join("\n");
    assert_eq!(tally.silent, 0, "{summary}\n{bad}");
    assert_eq!(tally.false_reports, 0, "{summary}\n{bad}");
    assert!(tally.rate() >= 0.95, "{summary}\n{bad}");
    assert!(tally.reports_per_fault() <= 1.05, "{summary}\n{bad}");
    println!("{summary}");
}
