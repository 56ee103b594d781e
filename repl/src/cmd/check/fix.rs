//! `luka check --fix`: the edits that are safe, written to the file.

use luka_compiler::diag::{Diagnostic, Edit};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use super::Checker;
use crate::cmd::tool;

/// Most times a file is looked at again after edits; a report may hide another.
const ROUNDS: usize = 20;

/// Applies safe fixes to `bytes` and writes the file; how many.
///
/// # Errors
/// The file cannot be written, or is standard input.
pub(super) fn fix(path: &[u8], bytes: &mut Vec<u8>, checker: &Checker) -> Result<usize, String> {
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
        // An edit that does not help is none; reports are bounded, so theirs may stay as many.
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
        return Err("--fix cannot write to standard input".into());
    }
    std::fs::write(OsStr::from_bytes(path), &*bytes).map_err(|error| {
        let why = crate::host::describe(error).message;
        format!("cannot write {}: {why}", String::from_utf8_lossy(path))
    })?;
    Ok(applied)
}

/// The edits of the safe fixes that do not overlap, in order, and the number of fixes.
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
