//! The table of codes and the corpus of broken programs: docs/diagnostics.md is made from the
//! table, every example does what it says, and the reports about the corpus are goldens that point
//! at the true lines. `BLESS=1 cargo test` rewrites the document and the goldens.

use luka_compiler::diag::{Code, Diagnostic, document};
use luka_compiler::source::{Source, SourceKind};
use luka_compiler::{Options, Std, diagnose};
use luka_report::{Style, render_all};
use luka_tests::broken::{Broken, sections};
use std::path::{Path, PathBuf};

fn check_file(path: &Path, text: &str) {
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(path, text).expect("written");
    }
    let file = std::fs::read_to_string(path).unwrap_or_default();
    let stale = file.lines().zip(text.lines()).find(|(old, new)| old != new);
    assert!(
        file == text,
        "{} is stale ({stale:?}): BLESS=1 cargo test --test diagnostics",
        path.display()
    );
}

fn source(text: &str) -> Source<'static> {
    Source::new("@example.lua", text.as_bytes(), SourceKind::File)
}

#[test]
fn the_document_is_fresh() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/diagnostics.md");
    check_file(Path::new(path), &document());
}

#[test]
fn wrong_examples_get_their_code_and_fixed_ones_nothing() {
    let mut faults = Vec::new();
    for row in Code::rows() {
        // Lints and errors of running programs have tests of their own.
        if row.wrong.is_empty() || matches!(row.code.number() / 100, 2 | 5) {
            continue;
        }
        let diagnose = |text: &str| match row.code.number() / 100 {
            7 => luka_tests::assembly::read(text.as_bytes()).err().unwrap_or_default(),
            _ => diagnose(&source(text), &Options::default()),
        };
        let wrong: Vec<Code> = diagnose(row.wrong).iter().map(|d| d.code).collect();
        if wrong != [row.code] {
            faults.push(format!("{}: the wrong example gives {wrong:?}", row.code));
        }
        let fixed = diagnose(row.fixed);
        if !fixed.is_empty() {
            faults.push(format!("{}: the fixed example gives {:?}", row.code, fixed[0].code));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

fn corpus() -> Vec<(PathBuf, Vec<Broken>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("diagnostics");
    let entries = std::fs::read_dir(folder).expect("the corpus");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("entry").path()).collect();
    files.retain(|path| path.extension().is_some_and(|e| e == "broken"));
    files.sort();
    let read = |path: &PathBuf| sections(&std::fs::read_to_string(path).expect("read"));
    files.iter().map(|path| (path.clone(), read(path))).collect()
}

/// The options of a file of the corpus.
fn options(path: &Path) -> Options {
    match path.file_stem().is_some_and(|stem| stem == "extensions") {
        true => Options { std: Std::Lua54, ..Options::default() },
        false => Options::default(),
    }
}

fn lines(diagnostics: &[Diagnostic], source: &Source) -> Vec<u32> {
    diagnostics.iter().map(|d| source.line(d.span.start)).collect()
}

#[test]
fn reports_about_broken_programs() {
    let (mut programs, mut on_line, mut no_second) = (0, 0, 0);
    let mut misses = Vec::new();
    let mut stale = Vec::new();
    for (path, sections) in corpus() {
        let mut golden = String::new();
        let several = path.file_stem().is_some_and(|stem| stem == "several");
        for broken in &sections {
            let source = Source::new("@broken.lua", broken.text.as_bytes(), SourceKind::File);
            let reports = diagnose(&source, &options(&path));
            let text = render_all(&reports, &source, Style::PLAIN);
            golden.push_str(&format!("=== {}\n{text}\n", broken.title));
            programs += 1;
            let found = lines(&reports, &source);
            let good = if several {
                found == broken.true_lines
            } else {
                found.first().is_some_and(|line| broken.true_lines.contains(line))
            };
            on_line += usize::from(good);
            no_second += usize::from(several || reports.len() == 1);
            if !good || !several && reports.len() != 1 {
                let (title, wanted) = (&broken.title, &broken.true_lines);
                misses.push(format!("{title}: reports on {found:?}, true {wanted:?}"));
            }
        }
        let path = path.with_extension("reports");
        if std::panic::catch_unwind(|| check_file(&path, &golden)).is_err() {
            stale.push(path);
        }
    }
    let share = |n: usize| 100.0 * n as f64 / programs as f64;
    println!(
        "{programs} programs: {:.1} % on the true line, {:.1} % without a second report\n{}",
        share(on_line),
        share(no_second),
        misses.join("\n")
    );
    assert!(programs >= 400);
    assert!(share(on_line) >= 95.0 && share(no_second) >= 95.0, "{}", misses.join("\n"));
    assert!(stale.is_empty(), "{stale:?}");
}

/// The text with the safe fixes of all reports applied.
fn fixed(text: &str, reports: &[Diagnostic]) -> String {
    let mut edits: Vec<_> = reports
        .iter()
        .filter_map(|d| d.fixes.first().filter(|fix| fix.safe))
        .flat_map(|fix| fix.edits.iter())
        .collect();
    edits.sort_by_key(|edit| edit.span.start);
    let mut out = text.to_string();
    for edit in edits.iter().rev() {
        out.replace_range(edit.span.start as usize..edit.span.end as usize, &edit.text);
    }
    out
}

#[test]
fn safe_fixes_repair() {
    let mut faults = Vec::new();
    for (path, sections) in corpus() {
        let options = options(&path);
        for broken in &sections {
            // One report a line: other errors on it are reported once it is fixed.
            let mut text = broken.text.clone();
            for _ in 0..4 {
                let reports = diagnose(&source(&text), &options);
                let all_safe = reports.iter().all(|d| d.fixes.first().is_some_and(|fix| fix.safe));
                if reports.is_empty() || !all_safe {
                    break;
                }
                let fixed = fixed(&text, &reports);
                let after = diagnose(&source(&fixed), &options);
                if after.len() > reports.len() || after == reports {
                    faults.push(format!("{}: {fixed}", broken.title));
                }
                text = fixed;
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
