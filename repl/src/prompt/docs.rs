//! What is known about a function: the declaration of a native, the comment above a function's text.

use luka_vm::Value;
use luka_vm::debug::FuncInfo;
use std::rc::Rc;

/// Files above this size are not read for a comment.
const LARGEST: u64 = 1 << 22;

/// The documentation of a function, its first line a summary.
pub fn documentation(function: Value, inputs: &[Rc<str>]) -> Option<String> {
    if let Some(native) = function.as_native() {
        let doc = native.native().doc;
        return (!doc.is_empty()).then(|| doc.to_string());
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

/// The comment that ends in the line before line `line` (from 1).
fn comment_above(text: &str, line: usize) -> Option<String> {
    let above: Vec<&str> = text.lines().take(line - 1).collect();
    let comment = above.iter().rev().take_while(|line| line.trim_start().starts_with("--"));
    let mut lines: Vec<&str> = comment.map(|line| strip(line)).collect();
    lines.reverse();
    while lines.first().is_some_and(|line| line.is_empty()) {
        lines.remove(0);
    }
    while lines.last().is_some_and(|line| line.is_empty()) {
        lines.pop();
    }
    (!lines.is_empty()).then(|| lines.join("\n"))
}

/// A line of a comment without its marks.
fn strip(line: &str) -> &str {
    let line = line.trim().trim_start_matches('-');
    let line = line.strip_prefix("[[").unwrap_or(line);
    line.trim_end_matches("]]").trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_above() {
        let text = "-- other\n\n--- Adds.\n-- Both numbers.\nlocal function f(a, b)";
        assert_eq!(comment_above(text, 5).as_deref(), Some("Adds.\nBoth numbers."));
        assert_eq!(comment_above(text, 3), None);
        assert_eq!(comment_above("function f()", 1), None);
        assert_eq!(comment_above("--------\n-- One.\n--------\nf", 4).as_deref(), Some("One."));
    }
}
