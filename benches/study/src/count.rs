//! Instructions for a unit of work, counted by valgrind's callgrind: the same under any load. A row is run in
//! a process of its own, once not at all and once twice; half the difference is a run.

use crate::measure::{Group, Make};
use std::process::{Command, Stdio};

/// The option by which this program runs one row so often and does nothing else.
pub const ONLY: &str = "--only";

/// Whether instructions can be counted.
pub fn is_possible() -> bool {
    let version = Command::new("valgrind").arg("--version").stdout(Stdio::null()).status();
    version.is_ok_and(|status| status.success())
}

/// Instructions for a unit of work of each row; `None` of rows in other processes, and of native code that is
/// compiled while a program runs, which is counted with its compiler.
///
/// # Errors
/// valgrind gives no count.
pub fn count(group: &Group) -> Result<Vec<Option<f64>>, String> {
    let of_row = |(index, row): (usize, &crate::measure::Row)| {
        if matches!(row.make, Make::There(_)) || row.name.ends_with(", native code") {
            return Ok(None);
        }
        let (idle, twice) =
            (instructions(group.key, index, 0)?, instructions(group.key, index, 2)?);
        Ok(Some((twice.saturating_sub(idle)) as f64 / 2.0 / group.unit.1 as f64))
    };
    group.rows.iter().enumerate().map(of_row).collect()
}

fn instructions(group: &str, row: usize, times: usize) -> Result<u64, String> {
    let own = std::env::current_exe().map_err(|error| error.to_string())?;
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null", "--"])
        .arg(own)
        .args([ONLY, group, &row.to_string(), &times.to_string()])
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("valgrind: {error}"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        return Err(format!("valgrind: {said}"));
    }
    collected(&said).ok_or_else(|| format!("valgrind gave no count: {said}"))
}

/// Finds `==123== Collected : 456`.
fn collected(said: &str) -> Option<u64> {
    let (_, rest) = said.lines().rev().find_map(|line| line.split_once("Collected : "))?;
    rest.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::collected;

    #[test]
    fn counts_are_read() {
        let said = "==7== Events    : Ir\n==7== Collected : 178240\n==7== \n";
        assert_eq!(collected(said), Some(178_240));
        assert_eq!(collected("==7== I refs: 1\n"), None);
    }
}
