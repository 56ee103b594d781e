//! Results as a table.

use std::fmt::Write;

use super::baseline::{Cost, Costs};

/// The table, with what has changed since a baseline.
pub fn table(costs: &Costs, before: Option<&Costs>) -> String {
    let mut out = String::new();
    let widths = costs.values().flat_map(|benches| benches.keys()).map(|name| name.chars().count());
    let width = widths.max().unwrap_or(0).max(5);
    for (file, benches) in costs {
        let _ = writeln!(out, "{file}");
        for (name, cost) in benches {
            let fill = " ".repeat(width - name.chars().count());
            let _ = write!(out, "  {name}{fill}  {:>13} fuel", cost.fuel);
            if let (Some(ns), Some(spread)) = (cost.ns, cost.spread) {
                let _ = write!(out, "  {:>10} ±{spread:4.1} %", time(ns));
            }
            let _ = write!(out, "  {:>11} bytes", cost.bytes);
            if let Some(before) = before {
                let known = before.get(file).and_then(|benches| benches.get(name));
                let _ = write!(out, "  {}", change(cost, known));
            }
            out.push('\n');
        }
    }
    out
}

/// `fuel +3.2 %, time × 0.98`
fn change(now: &Cost, before: Option<&Cost>) -> String {
    let Some(before) = before else { return "new".into() };
    let mut text = match growth(now, before) {
        0.0 => "fuel =".to_string(),
        percent => format!("fuel {percent:+.1} %"),
    };
    if now.bytes != before.bytes {
        let _ = write!(text, ", bytes {:+}", now.bytes as i128 - before.bytes as i128);
    }
    if let (Some(now), Some(before)) = (now.ns, before.ns)
        && before > 0.0
    {
        let _ = write!(text, ", time × {:.2}", now / before);
    }
    text
}

/// By how many percent the fuel has grown.
pub fn growth(now: &Cost, before: &Cost) -> f64 {
    100.0 * (now.fuel as f64 - before.fuel as f64) / before.fuel.max(1) as f64
}

/// A time with three digits.
fn time(ns: f64) -> String {
    let (number, unit) = match ns {
        ns if ns < 1e3 => (ns, "ns"),
        ns if ns < 1e6 => (ns / 1e3, "µs"),
        ns if ns < 1e9 => (ns / 1e6, "ms"),
        ns => (ns / 1e9, "s"),
    };
    let digits = if number < 10.0 { 2 } else { usize::from(number < 100.0) };
    format!("{number:.digits$} {unit}")
}
