//! A table in Markdown for each group.

use super::Results;
use std::fmt::Write;

/// The tables, one behind the other.
pub fn markdown(all: &[Results]) -> String {
    all.iter().map(group).collect::<Vec<_>>().join("\n")
}

fn group(results: &Results) -> String {
    let (unit, _) = results.group.unit;
    let mut text = format!("**{}**\n\n", results.group.title);
    let native = results.native();
    let compared = if native.is_some() { " ÷ native |" } else { "" };
    let mut line = |line: String| writeln!(text, "{line}").expect("a string takes any text");
    line(format!(
        "| technique | guard | lines | unsafe | ns per {unit} | median |{compared} instructions | ready in, µs |"
    ));
    line(format!(
        "|---|---|---:|---|---:|---:|{} ---:|---:|",
        if native.is_some() { " ---:|" } else { "" }
    ));
    for (row, measured) in results.group.rows.iter().zip(&results.measured) {
        let (lines, has_unsafe) = match row.source {
            Some((lines, has_unsafe)) => (lines.to_string(), if has_unsafe { "yes" } else { "no" }),
            None => ("–".to_string(), "–"),
        };
        let ratio =
            native.map_or(String::new(), |native| format!(" {:.1} |", measured.least / native));
        let instructions = measured.instructions.map_or("–".to_string(), |n| format!("{n:.1}"));
        let make = measured.make.map_or("–".to_string(), |ns| format!("{:.1}", ns / 1000.0));
        line(format!(
            "| {} | {} | {lines} | {has_unsafe} | {:.2} | {:.2} |{ratio} {instructions} | {make} |",
            row.name, row.guard, measured.least, measured.median
        ));
    }
    text
}
