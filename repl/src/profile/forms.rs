//! A profile for programs: folded stacks, and the format of speedscope.

use serde_json::json;
use std::fmt::Write;

use super::sampler::By;
use super::text::unit;
use super::tree::{NodeId, Tree};

/// A line for each stack, functions separated by semicolons, and what was used there.
pub fn folded(tree: &Tree) -> String {
    let mut lines = Vec::new();
    for (id, node) in tree.nodes.iter().enumerate().filter(|(_, node)| node.own > 0) {
        let path = tree.path(id).into_iter();
        let path: Vec<String> =
            path.map(|symbol| tree.symbols[symbol].label().replace([';', '\n'], ",")).collect();
        lines.push((path, node.own));
    }
    lines.sort();
    let mut out = String::new();
    for (path, own) in lines {
        let _ = writeln!(out, "{} {own}", path.join(";"));
    }
    out
}

/// The file format of <https://www.speedscope.app>: the samples in order, if there were not too many.
pub fn speedscope(tree: &Tree, by: By, program: &str) -> String {
    let frames: Vec<_> = tree
        .symbols
        .iter()
        .map(|symbol| match symbol.file.as_str() {
            "" => json!({"name": symbol.name}),
            file => json!({"name": symbol.name, "file": file, "line": symbol.line.max(1)}),
        })
        .collect();
    let by_node = || {
        let used = tree.nodes.iter().enumerate().filter(|(_, node)| node.own > 0);
        used.map(|(id, node)| (id, node.own)).collect::<Vec<(NodeId, u64)>>()
    };
    let samples = tree.order.clone().unwrap_or_else(by_node);
    let stacks: Vec<_> = samples.iter().map(|(node, _)| tree.path(*node)).collect();
    let weights: Vec<u64> = samples.iter().map(|(_, used)| *used).collect();
    let unit_name = match by {
        By::Fuel(_) => "none",
        By::Time(_) => "nanoseconds",
        By::Allocations => "bytes",
    };
    let profile = json!({
        "type": "sampled",
        "name": format!("{program}, {}", unit(by)),
        "unit": unit_name,
        "startValue": 0,
        "endValue": tree.total,
        "samples": stacks,
        "weights": weights,
    });
    let file = json!({
        "$schema": "https://www.speedscope.app/file-format-schema.json",
        "exporter": format!("luka {}", env!("CARGO_PKG_VERSION")),
        "name": program,
        "activeProfileIndex": 0,
        "shared": {"frames": frames},
        "profiles": [profile],
    });
    format!("{file}\n")
}
