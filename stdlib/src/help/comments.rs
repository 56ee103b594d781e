//! Documentation of functions written in the language: the comment right above their text.
//!
//! (The build script reads the library's own modules with this file, too.)

/// The comment that ends in the line before line `line` (from 1), without its marks; `None` if no
/// comment is there. Rulers (`-----`) and empty lines at its ends are left out.
pub fn comment_above(text: &str, line: usize) -> Option<String> {
    let above: Vec<&str> = text.lines().take(line.saturating_sub(1)).collect();
    let comment = above.iter().rev().take_while(|line| line.trim_start().starts_with("--"));
    let mut lines: Vec<&str> = comment.map(|line| strip(line)).collect();
    lines.reverse();
    let first = lines.iter().position(|line| !line.is_empty())?;
    let last = lines.iter().rposition(|line| !line.is_empty())?;
    Some(lines[first..=last].join("\n"))
}

/// A line of a comment without its marks.
fn strip(line: &str) -> &str {
    let line = line.trim().trim_start_matches('-');
    let line = line.strip_prefix("[[").unwrap_or(line);
    line.trim_end_matches("]]").trim_end_matches('-').trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_above() {
        let text = "-- other\n\n--- Adds.\n-- Both numbers.\nlocal function f(a, b)";
        assert_eq!(comment_above(text, 5).as_deref(), Some("Adds.\nBoth numbers."));
        assert_eq!(comment_above(text, 3), None);
        assert_eq!(comment_above(text, 0), None);
        assert_eq!(comment_above("function f()", 1), None);
        assert_eq!(comment_above("--------\n-- One.\n--------\nf", 4).as_deref(), Some("One."));
    }
}
