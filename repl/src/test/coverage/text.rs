//! Coverage as a table.

use std::fmt::Write;

use super::{FileCoverage, percent};

/// The lines that were not executed, as ranges: `3, 7-9`. Lines without code do not end a range.
fn missed(file: &FileCoverage) -> String {
    let mut ranges: Vec<(u32, u32)> = Vec::new();
    let mut open = false;
    for (&line, &count) in &file.lines {
        if count > 0 {
            open = false;
            continue;
        }
        match ranges.last_mut() {
            Some((_, last)) if open => *last = line,
            _ => ranges.push((line, line)),
        }
        open = true;
    }
    let words = ranges.iter().map(|(first, last)| {
        if first == last { first.to_string() } else { format!("{first}-{last}") }
    });
    words.collect::<Vec<_>>().join(", ")
}

/// A row a file, and one for all.
pub fn report(files: &[&FileCoverage]) -> String {
    let width = files.iter().map(|file| file.path.chars().count()).max().unwrap_or(0).max(5);
    let mut out = format!("\n{:width$}    lines  branches  not executed\n", "file");
    let mut row = |name: &str, lines: (usize, usize), branches: (usize, usize), rest: &str| {
        let lines = format!("{:.1} %", percent(lines.0, lines.1));
        let branches = match branches {
            (_, 0) => "-".to_string(),
            (hit, all) => format!("{:.1} %", percent(hit, all)),
        };
        let line = format!("{name:width$}  {lines:>7}   {branches:>7}  {rest}");
        let _ = writeln!(out, "{}", line.trim_end());
    };
    let add = |(a, b): (usize, usize), (c, d): (usize, usize)| (a + c, b + d);
    let (mut lines, mut branches) = ((0, 0), (0, 0));
    for file in files {
        row(&file.path, file.line_sums(), file.branch_sums(), &missed(file));
        lines = add(lines, file.line_sums());
        branches = add(branches, file.branch_sums());
    }
    row("total", lines, branches, "");
    out.push('\n');
    out
}
