//! Coverage in the format of `lcov` (`man geninfo`), which services and editors read.

use std::fmt::Write;

use super::FileCoverage;

/// A record for each file.
pub fn report(files: &[&FileCoverage]) -> String {
    let mut out = String::new();
    for file in files {
        let _ = writeln!(out, "TN:\nSF:{}", file.path);
        for (number, branch) in file.branches.iter().enumerate() {
            let reached = branch.ways.iter().any(|&count| count > 0);
            for (way, count) in branch.ways.iter().enumerate() {
                let count = if reached { count.to_string() } else { "-".into() };
                let _ = writeln!(out, "BRDA:{},{number},{way},{count}", branch.line);
            }
        }
        let (hit, all) = file.branch_sums();
        let _ = writeln!(out, "BRF:{all}\nBRH:{hit}");
        for (line, count) in &file.lines {
            let _ = writeln!(out, "DA:{line},{count}");
        }
        let (hit, all) = file.line_sums();
        let _ = writeln!(out, "LF:{all}\nLH:{hit}\nend_of_record");
    }
    out
}
