//! Coverage as JSON.

use super::{FileCoverage, percent};
use serde_json::{Value, json};

/// `{"files": [{"path", "lines": [[line, count], …], "branches": [{"line", "ways"}, …]}], "lines": %}`
pub fn report(files: &[&FileCoverage]) -> String {
    let sums = files.iter().map(|file| file.line_sums());
    let (hit, all) = sums.fold((0, 0), |(a, b), (c, d)| (a + c, b + d));
    let files: Vec<Value> = files
        .iter()
        .map(|file| {
            let lines: Vec<Value> = file.lines.iter().map(|(line, n)| json!([line, n])).collect();
            json!({"path": file.path, "lines": lines, "branches": file.branches})
        })
        .collect();
    let report = json!({"files": files, "line_percent": percent(hit, all)});
    format!("{report:#}\n")
}
