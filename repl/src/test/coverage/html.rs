//! Coverage as one page of HTML, without anything from elsewhere.

use crate::markup::escaped;
use std::collections::BTreeMap;
use std::fmt::Write;

use super::{FileCoverage, percent};

const HEAD: &str = "<!doctype html>
<html lang=\"en\"><meta charset=\"utf-8\"><title>Coverage</title>
<style>
body { font: 15px/1.4 system-ui, sans-serif; margin: 2em auto; max-width: 70em; color: #222 }
table { border-collapse: collapse } td, th { padding: .1em 1em .1em 0; text-align: left }
td.n { text-align: right; font-variant-numeric: tabular-nums }
pre { margin: 0; font: 13px/1.45 ui-monospace, monospace; overflow-x: auto }
pre span { display: block } pre i { color: #888; font-style: normal }
.hit { background: #e6f6e6 } .miss { background: #fbe3e3 } .part { background: #fdf3d3 }
details { margin: .6em 0 } summary { cursor: pointer }
</style>
<h1>Coverage</h1>
";

/// The class of each line: executed, not executed, or with a branch that went one way only.
fn classes(file: &FileCoverage) -> BTreeMap<u32, &'static str> {
    let class = |(&line, &count): (&u32, &u32)| {
        let mut branches = file.branches.iter().filter(|branch| branch.line == line);
        let is_part = branches.any(|branch| branch.ways.contains(&0));
        let class = match (count, is_part) {
            (0, _) => "miss",
            (_, true) => "part",
            _ => "hit",
        };
        (line, class)
    };
    file.lines.iter().map(class).collect()
}

/// A table, and the text of each file.
pub fn report(files: &[&FileCoverage]) -> String {
    let mut out = String::from(HEAD);
    out.push_str("<table><tr><th>file<th>lines<th>branches\n");
    for (number, file) in files.iter().enumerate() {
        let ((lines, all_lines), (ways, all_ways)) = (file.line_sums(), file.branch_sums());
        let _ = writeln!(
            out,
            "<tr><td><a href=\"#f{number}\">{}</a><td class=n>{:.1} %<td class=n>{:.1} %",
            escaped(&file.path),
            percent(lines, all_lines),
            percent(ways, all_ways)
        );
    }
    out.push_str("</table>\n");
    for (number, file) in files.iter().enumerate() {
        let _ = writeln!(
            out,
            "<details open id=f{number}><summary>{}</summary><pre>",
            escaped(&file.path)
        );
        let classes = classes(file);
        let text = std::fs::read(&file.path).unwrap_or_default();
        for (line, number) in String::from_utf8_lossy(&text).lines().zip(1..) {
            let class = classes.get(&number).copied().unwrap_or("none");
            let count = file.lines.get(&number).map_or(String::new(), u32::to_string);
            let line = escaped(line);
            let _ = write!(out, "<span class={class}><i>{number:5} {count:>7} </i>{line}</span>");
        }
        out.push_str("</pre></details>\n");
    }
    out
}
