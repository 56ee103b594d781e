//! Which tests failed last, for `--failed`: a file in the user's cache, one a project.

use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::PathBuf;

use super::pool::FileResult;

/// Names of failed tests by file.
pub type Failed = BTreeMap<String, Vec<String>>;

/// The file for the current folder; `None` if the user has no place for such files.
fn place() -> Option<PathBuf> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    let cache = match set("XDG_CACHE_HOME") {
        Some(cache) => PathBuf::from(cache),
        None => PathBuf::from(set("HOME")?).join(".cache"),
    };
    let here = std::env::current_dir().ok()?;
    let hash = Sha256::digest(here.as_os_str().as_encoded_bytes());
    let name: String = hash.iter().take(12).map(|byte| format!("{byte:02x}")).collect();
    Some(cache.join("luka").join("failed-tests").join(name))
}

/// The tests that failed last; `None` if nothing is known.
pub fn read() -> Option<Failed> {
    let text = std::fs::read(place()?).ok()?;
    serde_json::from_slice(&text).ok()
}

/// Notes what became of files. Of files that did not run, what was known stays. That it cannot be
/// written is no error of the tests.
pub fn write(results: &[(String, FileResult)]) {
    let Some(place) = place() else { return };
    let mut failed = read().unwrap_or_default();
    for (path, result) in results {
        let bad = result.ended.iter().filter(|ended| ended.status.is_bad());
        let names: Vec<String> = bad.map(|ended| ended.name.clone()).collect();
        match names.is_empty() {
            true => failed.remove(path),
            false => failed.insert(path.clone(), names),
        };
    }
    let text: Value = failed.into_iter().map(|(path, names)| (path, Value::from(names))).collect();
    if let Some(folder) = place.parent() {
        let _ = std::fs::create_dir_all(folder);
        let _ = std::fs::write(place, format!("{text}\n"));
    }
}
