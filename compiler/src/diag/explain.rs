//! The table of codes as text: one row for `luka explain`, all of them for docs/diagnostics.md.

use std::fmt::Write;

use super::codes::{Code, Row};

/// What `luka explain` says about a code.
pub fn explain(code: Code) -> String {
    let row = code.row();
    let mut out = format!("{code} ({}): {}\n\n", row.severity.text(), row.title);
    out.push_str(&filled(row.about, 80));
    if !row.wrong.is_empty() {
        let _ = write!(out, "\nWrong:\n\n{}", indented(row.wrong));
        let _ = write!(out, "\nMended:\n\n{}", indented(row.fixed));
    }
    out
}

/// All of docs/diagnostics.md.
pub fn document() -> String {
    let mut out = String::from(
        "# Diagnostics\n\n*Reference · [documentation index](README.md)*\n\n\
         <!-- Made from compiler/src/diag/codes; do not edit. -->\n\
         <!-- `BLESS=1 cargo test -p luka-tests --test diagnostics` rewrites it. -->\n\n\
         What `luka check` reports, by code. `luka explain L0103` prints one of these entries. \
         Each wrong example is a test that gets its code, each fixed one a test that gets \
         nothing.\n",
    );
    let mut room = u16::MAX;
    for row in Code::rows() {
        let hundred = row.code.number() / 100;
        if hundred != room {
            room = hundred;
            let _ = write!(out, "\n## {}\n", room_title(hundred));
        }
        out.push_str(&entry(row));
    }
    out
}

fn room_title(hundred: u16) -> &'static str {
    match hundred {
        0 => "Characters",
        1 => "Grammar",
        2 => "Lints",
        3 => "Names, scopes and jumps",
        4 => "Limits",
        5 => "Running",
        6 => "Extensions",
        _ => "Assembly",
    }
}

fn entry(row: &Row) -> String {
    let mut out = format!("\n### {}: {}\n\n", row.code, row.title);
    out.push_str(&filled(row.about, 100));
    if !row.wrong.is_empty() {
        let language = if row.code.number() / 100 == 7 { "text" } else { "lua" };
        let _ = write!(out, "\n```{language}\n{}```\n\n", row.wrong);
        let _ = write!(out, "fixed:\n\n```{language}\n{}```\n", row.fixed);
    }
    out
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("    {line}\n")).collect()
}

/// `text` in lines of at most `width` columns.
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
