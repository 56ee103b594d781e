//! What `luka bootstrap` prints.

use serde_json::{Value, json};
use std::fmt::Write;
use std::time::Duration;

use super::outcome::Outcome;
use super::proof::{Compared, Proof, Stage};

/// Differences shown in full.
const SHOWN: usize = 3;

/// The title line.
pub fn head(proof: &Proof) -> String {
    format!("The self-hosted compiler: {} modules, {} lines.\n\n", proof.modules, proof.lines)
}

fn milliseconds(time: Duration) -> String {
    match time {
        Duration::ZERO => String::new(),
        _ => format!("{:.0} ms", time.as_secs_f64() * 1000.0),
    }
}

/// A link of the chain.
pub fn stage(stage: &Stage) -> String {
    let like = match stage.like {
        None => String::new(),
        Some((other, true)) => format!("= {other}"),
        Some((other, false)) => format!("differs from {other}"),
    };
    format!(
        "{:<3} by {:<28} {:>9}  {}\n    sha256 {}\n",
        stage.name,
        stage.by,
        milliseconds(stage.time),
        like,
        stage.hash
    )
}

/// Programs compared.
pub fn compared(group: &Compared) -> String {
    let verdict = match group.different {
        0 => "identical".to_string(),
        n => format!("{n} DIFFERENT"),
    };
    let faults = match group.faults {
        0 => String::new(),
        n => format!(", {n} with faults"),
    };
    let programs = format!("{} programs, {} lines{faults}", group.programs, group.lines);
    format!(
        "    {:<24} by {:<10} {:>9}  {programs}: {verdict}\n    sha256 {}\n",
        group.title,
        group.by,
        milliseconds(group.time),
        group.hash
    )
}

/// The differences, and the verdict in one line.
pub fn verdict(proof: &Proof) -> String {
    let mut out = String::from("\n");
    for difference in proof.differences.iter().take(SHOWN) {
        let _ = write!(out, "{}, by {}:\n{}\n", difference.label, difference.by, difference.detail);
    }
    if proof.differences.len() > SHOWN {
        let _ = writeln!(out, "… and {} more that differ\n", proof.differences.len() - SHOWN);
    }
    out.push_str(&sentence(proof));
    out.push('\n');
    out
}

fn sentence(proof: &Proof) -> String {
    let programs: usize = proof.compared.iter().map(|group| group.programs).sum();
    if !proof.holds() {
        let n = proof.differences.len();
        return format!("FAILED: the compilers differ on {n} of what they were given.");
    }
    match &proof.lua {
        Some(version) => format!(
            "Proved: S1 = S2 = S3 = P byte for byte, and {programs} comparisons of programs agree, \
             on this machine and on {version}."
        ),
        None => format!(
            "Proved: S1 = S2 = S3 byte for byte, and {programs} comparisons of programs agree \
             (PUC Lua was not used: lua5.4 was not found)."
        ),
    }
}

/// The result as JSON.
pub fn json(proof: &Proof) -> String {
    let ms = |time: Duration| (time.as_secs_f64() * 1e6).round() / 1e3;
    let size = |outcome: &Outcome| match outcome {
        Outcome::Image(image) => image.len(),
        _ => 0,
    };
    let stages: Vec<Value> = proof
        .stages
        .iter()
        .map(|stage| {
            json!({
                "name": stage.name,
                "by": stage.by,
                "sha256": stage.hash,
                "images": stage.images.len(),
                "bytes": stage.images.iter().map(size).sum::<usize>(),
                "ms": ms(stage.time),
                "must_equal": stage.like.map(|(other, _)| other),
                "equal": stage.like.map(|(_, equal)| equal),
            })
        })
        .collect();
    let corpus: Vec<Value> = proof
        .compared
        .iter()
        .map(|group| {
            json!({
                "group": group.title,
                "by": group.by,
                "programs": group.programs,
                "lines": group.lines,
                "faults": group.faults,
                "sha256": group.hash,
                "ms": ms(group.time),
                "different": group.different,
            })
        })
        .collect();
    let differences: Vec<Value> = proof
        .differences
        .iter()
        .map(|d| json!({ "program": d.label, "by": d.by, "detail": d.detail }))
        .collect();
    let all = json!({
        "verdict": if proof.holds() { "proved" } else { "failed" },
        "summary": sentence(proof),
        "modules": proof.modules,
        "lines": proof.lines,
        "lua": proof.lua,
        "stages": stages,
        "corpus": corpus,
        "differences": differences,
    });
    format!("{all:#}\n")
}
