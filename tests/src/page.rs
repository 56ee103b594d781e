//! Pages of documentation whose blocks of Lua run: `-->` beside a line is what it prints.

use crate::script::Script;

/// The blocks in a language, each with the line it starts on.
pub fn blocks(page: &str, language: &str) -> Vec<(usize, String)> {
    let begin = format!("```{language}");
    let mut blocks = Vec::new();
    let mut open: Option<(usize, String)> = None;
    for (n, line) in page.lines().enumerate() {
        match (&mut open, line) {
            (None, line) if line == begin => open = Some((n + 2, String::new())),
            (Some(_), "```") => blocks.extend(open.take()),
            (Some((_, text)), line) => {
                text.push_str(line);
                text.push('\n');
            }
            (None, _) => {}
        }
    }
    blocks
}

/// The blocks of Lua as programs that say what they print.
pub fn scripts(page: &str, name: &str) -> Vec<Script> {
    let blocks = blocks(page, "lua").into_iter();
    blocks
        .map(|(line, text)| {
            let text = format!("--- line {line} ---\n{}", text.replace("--> ", "-- expect: "));
            Script::parse(name, &text)
        })
        .collect()
}
