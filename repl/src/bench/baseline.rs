//! Results that were saved, `NAME.bench.json`: what benchmarks cost once.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use crate::cli::{CliError, Console};
use crate::cmd::tool;

/// What a benchmark costs.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub struct Cost {
    /// Units of fuel for a call.
    pub fuel: u64,
    /// Bytes allocated by a call.
    pub bytes: u64,
    /// Nanoseconds for a call, if they were measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ns: Option<f64>,
    /// The spread of that in percent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spread: Option<f64>,
}

/// Costs by file and name.
pub type Costs = BTreeMap<String, BTreeMap<String, Cost>>;

/// The file of a baseline: the name itself if it looks like a file's.
fn path(name: &[u8]) -> Vec<u8> {
    let is_path = name.ends_with(b".json") || name.contains(&b'/');
    if is_path { name.to_vec() } else { [name, b".bench.json"].concat() }
}

/// Reads a baseline.
///
/// # Errors
/// It cannot be read, or is none.
pub fn read(name: &[u8]) -> Result<Costs, CliError> {
    let path = path(name);
    let text = tool::read(&path)?;
    serde_json::from_slice(&text).map_err(|error| {
        let shown = String::from_utf8_lossy(&path);
        CliError::Failed(format!("{shown} is no baseline of `luka bench --save`: {error}"))
    })
}

/// Writes a baseline.
///
/// # Errors
/// It cannot be written.
pub fn write(name: &[u8], costs: &Costs, console: &Console) -> Result<(), CliError> {
    tool::write(&path(name), text(costs).as_bytes(), console)
}

/// Costs as text: JSON with sorted names.
pub fn text(costs: &Costs) -> String {
    // (A tree of strings and numbers can always be written.)
    format!("{}\n", serde_json::to_string_pretty(costs).unwrap_or_default())
}
