//! What is known about a function: the declaration of a native, the comment above a function's text.

use luka_stdlib::help::{comment_above, kept_text, known};
use luka_vm::Value;
use luka_vm::debug::FuncInfo;

/// Files above this size, in bytes, are not read for a comment.
const LARGEST: u64 = 1 << 22;

/// The documentation of a function, its first line a summary. Changes nothing in the machine, so it
/// can be asked for while an input is typed.
pub fn documentation(function: Value) -> Option<String> {
    if let Some(doc) = known(function) {
        return Some(doc.to_string());
    }
    function.as_lua_fn()?;
    let info = FuncInfo::of(function);
    let line = usize::try_from(info.line_defined).ok().filter(|&line| line > 0)?;
    let text = match kept_text(function) {
        Some(text) => text.to_vec(),
        None => file(&info)?,
    };
    comment_above(&String::from_utf8_lossy(&text), line)
}

/// The file a function was compiled from.
fn file(info: &FuncInfo) -> Option<Vec<u8>> {
    let path = std::str::from_utf8(info.source.strip_prefix(b"@")?).ok()?;
    let small = std::fs::metadata(path).is_ok_and(|m| m.is_file() && m.len() <= LARGEST);
    if small { std::fs::read(path).ok() } else { None }
}
