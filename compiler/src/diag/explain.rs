//! The table of codes as text: one row for `luka explain`, the whole table for docs/diagnostics.md.

use std::fmt::Write;

use super::codes::{Code, Row};
use crate::check::lint_name;

/// The output of `luka explain` for a code.
pub fn explain(code: Code) -> String {
    let row = code.row();
    let mut out = format!("{code} ({}): {}\n\n", row.severity.text(), row.title);
    out.push_str(&filled(row.explanation, 80));
    if !row.on_by_default {
        out.push_str(&filled(&off_by_default(code), 80));
    }
    if !row.wrong.is_empty() {
        let _ = write!(out, "\nWrong:\n\n{}", indented(row.wrong));
        let _ = write!(out, "\nFixed:\n\n{}", indented(row.fixed));
    }
    out
}

fn off_by_default(code: Code) -> String {
    let name = lint_name(code);
    format!("This lint is off by default; `-W {name}` or `{name} = \"warn\"` enables it.")
}

/// The contents of docs/diagnostics.md.
pub fn document() -> String {
    let mut out = String::from(
        "# Diagnostics\n\n*Reference · [documentation index](README.md)*\n\n\
         <!-- Generated from compiler/src/diag/codes; do not edit. -->\n\
         <!-- `BLESS=1 cargo test -p luka-tests --test diagnostics` rewrites it. -->\n\n\
         The errors and warnings that Luka reports, by code. `luka explain L0103` prints one of \
         these entries. Each example is a test: the wrong program is reported under its code, and \
         the fixed one is not reported.\n",
    );
    let mut group = u16::MAX;
    for row in Code::rows() {
        let hundred = row.code.number() / 100;
        if hundred != group {
            group = hundred;
            let _ = write!(out, "\n## {}\n", group_title(hundred));
        }
        out.push_str(&entry(row));
    }
    out
}

fn group_title(hundred: u16) -> &'static str {
    match hundred {
        0 => "Lexical errors",
        1 => "Syntax errors",
        2 => "Lints",
        3 => "Names, scopes and jumps",
        4 => "Limits",
        5 => "Runtime errors",
        6 => "Extensions",
        7 => "Assembly",
        _ => "Internal errors",
    }
}

fn entry(row: &Row) -> String {
    let mut out = format!("\n### {}: {}\n\n", row.code, row.title);
    out.push_str(&filled(row.explanation, 100));
    if !row.on_by_default {
        out.push_str(&filled(&off_by_default(row.code), 100));
    }
    if !row.wrong.is_empty() {
        let language = if row.code.number() / 100 == 7 { "text" } else { "lua" };
        let _ = write!(out, "\n```{language}\n{}```\n\n", row.wrong);
        let _ = write!(out, "Fixed:\n\n```{language}\n{}```\n", row.fixed);
    }
    out
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("    {line}\n")).collect()
}

/// Wraps `text` at `width` columns.
fn filled(text: &str, width: usize) -> String {
    let mut out = String::new();
    let mut column = 0;
    for word in text.split_whitespace() {
        let wide = word.chars().count();
        if column > 0 && column + 1 + wide > width {
            out.push('\n');
            column = 0;
        }
        if column > 0 {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += wide;
    }
    out.push('\n');
    out
}
