//! `luka check --fix`: writes the safe fixes to the file.

use luka_compiler::diag::{Diagnostic, Edit};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use super::Checker;
use crate::cli::CliError;
use crate::cmd::tool;

/// How often a file is checked again after fixes: an error may hide another one.
const ROUNDS: usize = 20;

/// Applies the safe fixes to `bytes` and writes the file. Returns the number of fixes.
///
/// # Errors
/// The file cannot be written, or is standard input.
pub(super) fn fix(path: &[u8], bytes: &mut Vec<u8>, checker: &Checker) -> Result<usize, CliError> {
    let mut applied = 0;
    let source = tool::source(path, bytes.clone());
    let mut found = checker.findings(&source);
    for _ in 0..ROUNDS {
        let (edits, count) = safe_edits(&found);
        if count == 0 {
            break;
        }
        let text = edited(bytes, &edits);
        let after = checker.findings(&tool::source(path, text.clone()));
        // Not a fix if it does not help. The number of reports is limited, so it may stay the same.
        if after == found || after.len() > found.len() {
            break;
        }
        *bytes = text;
        found = after;
        applied += count;
    }
    if applied == 0 {
        return Ok(0);
    }
    if path == b"-" {
        return Err(CliError::Failed("--fix cannot write to standard input".into()));
    }
    std::fs::write(OsStr::from_bytes(path), &*bytes)
        .map_err(|error| tool::failed("write", path, error))?;
    Ok(applied)
}

/// The edits of safe fixes that do not overlap, in order, and the number of these fixes.
fn safe_edits(diagnostics: &[Diagnostic]) -> (Vec<Edit>, usize) {
    let mut edits: Vec<Edit> = Vec::new();
    let mut count = 0;
    for fix in diagnostics.iter().filter_map(|d| d.fixes.first()).filter(|fix| fix.safe) {
        let clash = |new: &Edit| {
            edits.iter().any(|old| {
                new.span.start < old.span.end && old.span.start < new.span.end
                    || new.span.start == old.span.start
            })
        };
        if fix.edits.iter().any(clash) {
            continue;
        }
        edits.extend(fix.edits.iter().cloned());
        count += 1;
    }
    edits.sort_by_key(|edit| (edit.span.start, edit.span.end));
    (edits, count)
}

fn edited(bytes: &[u8], edits: &[Edit]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() + 64);
    let mut at = 0;
    for edit in edits {
        let (start, end) = (edit.span.start as usize, edit.span.end as usize);
        if start < at || end > bytes.len() || start > end {
            continue;
        }
        out.extend_from_slice(&bytes[at..start]);
        out.extend_from_slice(edit.text.as_bytes());
        at = end;
    }
    out.extend_from_slice(&bytes[at..]);
    out
}
