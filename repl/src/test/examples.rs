//! Examples in documentation: blocks of Lua in pages (fenced by three backticks and `lua`) and in the
//! comments of sources (`---` lines). What `-->` beside or below a line says is what that prints.

use super::job::Example;

/// The examples of a file, in order.
pub fn of_file(path: &str, text: &str) -> Vec<Example> {
    let is_page = path.ends_with(".md");
    let mut found = Vec::new();
    // The first line of an open block, and its text.
    let mut open: Option<(u32, String)> = None;
    for (line, number) in text.lines().zip(1u32..) {
        let line = if is_page { Some(line) } else { comment(line) };
        let Some(line) = line else {
            // Code ends a comment, and what is open in it.
            open = None;
            continue;
        };
        match (&mut open, line.trim_end()) {
            (None, "```lua" | "```luka") => open = Some((number + 1, String::new())),
            (Some(_), "```") => found.extend(open.take().map(|(line, text)| example(line, &text))),
            (Some((_, text)), _) => {
                text.push_str(line);
                text.push('\n');
            }
            (None, _) => {}
        }
    }
    // A block that is a file for others (`-- name.lua` in its first line) is no program.
    found.retain(|example| !is_file(example.text.trim_start_matches('\n')));
    found
}

/// What a line of a comment for documentation says.
fn comment(line: &str) -> Option<&str> {
    let rest = line.trim_start().strip_prefix("---")?;
    Some(rest.strip_prefix(' ').unwrap_or(rest))
}

fn is_file(text: &str) -> bool {
    let first = text.lines().next().unwrap_or_default();
    let name = first.strip_prefix("-- ").unwrap_or_default();
    let is_source = name.ends_with(".lua") || name.ends_with(".luka");
    is_source && !name.contains(char::is_whitespace)
}

fn example(line: u32, text: &str) -> Example {
    let says = text.lines().filter_map(|line| line.split_once("-->"));
    let says: Vec<&str> = says.map(|(_, says)| says.strip_prefix(' ').unwrap_or(says)).collect();
    let prints = (!says.is_empty())
        .then(|| says.iter().map(|line| format!("{}\n", line.trim_end())).collect());
    let text = format!("{}{text}", "\n".repeat(line as usize - 1));
    Example { line, text, prints }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_of_pages_and_comments() {
        let page =
            "# A\n```lua\nprint(1) --> 1\n```\n```sh\nls\n```\n```lua\n-- a.lua\nx = 1\n```\n";
        let found = of_file("a.md", page);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].line, found[0].prints.as_deref()), (3, Some("1\n")));
        assert_eq!(found[0].text, "\n\nprint(1) --> 1\n");
        let source = "--- Adds.\n--- ```lua\n--- assert(true)\n--- ```\nfunction f() end\n";
        let found = of_file("a.lua", source);
        assert_eq!((found.len(), found[0].line, &found[0].prints), (1, 3, &None));
    }
}
