//! Everything as JSON.

use super::Results;
use serde_json::{Value, json};

/// An object for each group, with an object for each row. Times are in nanoseconds.
pub fn json(all: &[Results], rounds: usize, processor: &str) -> Value {
    let groups: Vec<Value> = all.iter().map(group).collect();
    json!({ "processor": processor, "rounds": rounds, "groups": groups })
}

fn group(results: &Results) -> Value {
    let rows = results.group.rows.iter().zip(&results.measured).map(|(row, measured)| {
        json!({
            "name": row.name,
            "guard": row.guard,
            "lines": row.source.map(|(lines, _)| lines),
            "unsafe": row.source.map(|(_, has_unsafe)| has_unsafe),
            "least": rounded(measured.least),
            "median": rounded(measured.median),
            "make": measured.make,
            "instructions": measured.instructions.map(rounded),
        })
    });
    let (unit, units) = results.group.unit;
    json!({
        "key": results.group.key,
        "title": results.group.title,
        "unit": unit,
        "units": units,
        "rows": rows.collect::<Vec<_>>(),
    })
}

/// Four digits behind the point.
fn rounded(value: f64) -> f64 {
    (value * 10_000.0).round() / 10_000.0
}
