//! What is known about a function: the declaration of a native, the comment above a function's text.

use luka_stdlib::help::{comment_above, known};
use luka_vm::Value;
use luka_vm::debug::FuncInfo;
use std::rc::Rc;

/// Files above this size are not read for a comment.
const LARGEST: u64 = 1 << 22;

/// The documentation of a function, its first line a summary.
pub fn documentation(function: Value, inputs: &[Rc<str>]) -> Option<String> {
    if let Some(doc) = known(function) {
        return Some(doc.to_string());
    }
    function.as_lua_fn()?;
    let info = FuncInfo::of(function);
    let line = usize::try_from(info.line_defined).ok().filter(|&line| line > 0)?;
    comment_above(&source_of(&info, inputs)?, line)
}

/// The text a function was compiled from, if it is an input or a file that can be read.
fn source_of(info: &FuncInfo, inputs: &[Rc<str>]) -> Option<String> {
    if let Some(path) = info.source.strip_prefix(b"@") {
        let path = std::str::from_utf8(path).ok()?;
        let small = std::fs::metadata(path).is_ok_and(|m| m.is_file() && m.len() <= LARGEST);
        let bytes = if small { std::fs::read(path).ok()? } else { return None };
        return Some(String::from_utf8_lossy(&bytes).into_owned());
    }
    let number = info.source.strip_prefix(b"=(input ")?.strip_suffix(b")")?;
    let number: usize = std::str::from_utf8(number).ok()?.parse().ok()?;
    inputs.get(number.checked_sub(1)?).map(|text| text.to_string())
}
