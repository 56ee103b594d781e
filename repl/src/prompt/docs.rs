//! What is known about a function: the declaration of a native, the comment above a function's text.

use luka::{FunctionInfo, Look};
use luka_stdlib::help::comment_above;

/// Files above this size, in bytes, are not read for a comment.
const LARGEST: u64 = 1 << 22;

/// The documentation of a function, its first line a summary. Changes nothing in the machine, so it
/// can be asked for while an input is typed.
pub fn documentation(function: Look) -> Option<String> {
    if let Some(doc) = function.documentation() {
        return Some(doc);
    }
    let info = function.function().filter(|_| !function.has_text())?;
    comment_above(&String::from_utf8_lossy(&file(&info)?), info.line? as usize)
}

/// The file a function was compiled from.
fn file(info: &FunctionInfo) -> Option<Vec<u8>> {
    let path = std::str::from_utf8(info.chunk.strip_prefix(b"@")?).ok()?;
    let small = std::fs::metadata(path).is_ok_and(|m| m.is_file() && m.len() <= LARGEST);
    if small { std::fs::read(path).ok() } else { None }
}
