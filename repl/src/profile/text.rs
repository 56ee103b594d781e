//! A profile for people: the functions and lines that used most, and who called what.

use std::collections::HashMap;
use std::fmt::Write;

use super::sampler::By;
use super::tree::{NodeId, Tree};
use crate::session::read_source;

/// Rows of the first two tables.
const ROWS: usize = 20;
/// Calls with less than this part of everything are left out of the tree, in thousandths.
const LEAST: u64 = 10;
/// Rows of the tree.
const CALLS: usize = 60;
/// Characters of a source line.
const WIDTH: usize = 50;

/// What amounts are called.
pub fn unit(by: By) -> &'static str {
    match by {
        By::Fuel(_) => "fuel",
        By::Time(_) => "time",
        By::Allocations => "bytes",
    }
}

/// An amount with commas, of time in milliseconds.
fn amount(by: By, n: u64) -> String {
    if let By::Time(_) = by {
        return format!("{:.2} ms", n as f64 / 1e6);
    }
    let digits = n.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Fewer samples say little.
const FEW: u64 = 20;

/// The profile as text.
pub fn text(tree: &Tree, by: By) -> String {
    let mut out = format!("{}: {}", unit(by), amount(by, tree.total));
    match by {
        By::Fuel(every) => {
            let _ = write!(out, " units, {} samples, every {every} units", tree.samples);
        }
        By::Time(every) => {
            let _ = write!(out, ", {} samples, every {every:?}", tree.samples);
        }
        By::Allocations => {
            let _ = write!(out, " allocated, {} times", tree.samples);
        }
    }
    if tree.samples < FEW && !matches!(by, By::Allocations) {
        out.push_str("\nThese are few samples: --every with less looks more often.");
    }
    out.push_str("\n\n");
    let percent = |n: u64| 100.0 * n as f64 / tree.total.max(1) as f64;
    let _ = writeln!(out, "{:>16} {:>6}  {:>16} {:>6}  function", "itself", "%", "in all", "%");
    let sums = tree.by_symbol();
    for (symbol, own, total) in sums.iter().take(ROWS) {
        let label = tree.symbols[*symbol].label();
        let (own_text, total_text) = (amount(by, *own), amount(by, *total));
        let (own, total) = (percent(*own), percent(*total));
        let _ = writeln!(out, "{own_text:>16} {own:>6.1}  {total_text:>16} {total:>6.1}  {label}");
    }
    more(&mut out, sums.len(), ROWS);
    lines(&mut out, tree, by);
    let _ = writeln!(out, "\n{:>16} {:>6}  calls", "in all", "%");
    calls(&mut out, tree, by);
    out
}

fn more(out: &mut String, all: usize, shown: usize) {
    if all > shown {
        let _ = writeln!(out, "{:>16} … {} more", "", all - shown);
    }
}

/// The lines that used most, with their text.
fn lines(out: &mut String, tree: &Tree, by: By) {
    let mut lines: Vec<_> = tree.lines.iter().collect();
    if lines.is_empty() {
        return;
    }
    lines.sort_by_key(|(_, used)| std::cmp::Reverse(**used));
    let _ = writeln!(out, "\n{:>16} {:>6}  line", "itself", "%");
    let mut texts: HashMap<&str, Vec<u8>> = HashMap::new();
    for ((file, line), used) in lines.iter().take(ROWS) {
        let text =
            texts.entry(file).or_insert_with(|| read_source(file.as_bytes()).unwrap_or_default());
        let source = text.split(|&byte| byte == b'\n').nth(*line as usize - 1).unwrap_or_default();
        let source = String::from_utf8_lossy(source);
        let mut source: String = source.trim().chars().take(WIDTH).collect();
        if !source.is_empty() {
            source.insert_str(0, "  ");
        }
        let share = 100.0 * **used as f64 / tree.total.max(1) as f64;
        let _ = writeln!(out, "{:>16} {share:>6.1}  {file}:{line}{source}", amount(by, **used));
    }
    more(out, lines.len(), ROWS);
}

/// The tree, what used most first.
fn calls(out: &mut String, tree: &Tree, by: By) {
    let totals = tree.totals();
    let mut rows = 0;
    let mut waiting: Vec<(NodeId, usize)> = Vec::new();
    let push = |waiting: &mut Vec<(NodeId, usize)>, node: NodeId, depth: usize| {
        let mut calls = tree.calls(node);
        calls.retain(|&call| totals[call] as u128 * 1000 >= tree.total as u128 * LEAST as u128);
        // (Taken from the end: what used most, of equals the first by name.)
        calls.reverse();
        calls.sort_by_key(|&call| totals[call]);
        waiting.extend(calls.into_iter().map(|call| (call, depth)));
    };
    push(&mut waiting, 0, 0);
    while let Some((node, depth)) = waiting.pop() {
        if rows == CALLS {
            let _ = writeln!(out, "{:>24}  … more calls: -o FILE.svg shows them", "");
            return;
        }
        rows += 1;
        let share = 100.0 * totals[node] as f64 / tree.total.max(1) as f64;
        let label = tree.symbols[tree.nodes[node].symbol].label();
        let indent = " ".repeat(2 * depth.min(30));
        let _ = writeln!(out, "{:>16} {share:>6.1}  {indent}{label}", amount(by, totals[node]));
        push(&mut waiting, node, depth + 1);
    }
}
