//! Instructions executed by a command: the same on every machine and under any load, where times
//! are not. Counted by valgrind's callgrind, without its caches and without its report.

use std::process::{Command, Stdio};

use crate::competitor::installed;

/// The count; `None` without valgrind.
///
/// # Errors
/// What valgrind said, if it gave no count.
pub fn count(command: &[String]) -> Result<Option<u64>, String> {
    if !installed("valgrind") {
        return Ok(None);
    }
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null", "--"])
        .args(command)
        .stdin(Stdio::null())
        .output()
        .map_err(|e| format!("valgrind: {e}"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    match parse(&said) {
        Some(count) => Ok(Some(count)),
        None => Err(format!("valgrind gave no count: {said}")),
    }
}

/// Finds `==123== Collected : 456`.
fn parse(said: &str) -> Option<u64> {
    let line = said.lines().rev().find_map(|line| line.split_once("Collected : "))?;
    line.1.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn reads_callgrind() {
        assert_eq!(
            parse("==7== Events    : Ir\n==7== Collected : 178240\n==7== \n"),
            Some(178_240)
        );
        assert_eq!(parse("==7== I refs: 1\n"), None);
    }
}
