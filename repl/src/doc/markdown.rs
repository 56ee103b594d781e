//! Documentation as Markdown: a page for each module.

use std::fmt::Write;

use super::model::{Item, Module, Project};

/// The page of a project: its modules.
pub fn index(project: &Project) -> String {
    let mut out = format!("# {}\n\n", project.name);
    for module in &project.modules {
        let first = first_sentence(&module.comment.text);
        let _ = writeln!(out, "- [{0}]({0}.md){1}", module.name, prefixed(": ", first));
    }
    out
}

/// The page of a module.
pub fn module(module: &Module) -> String {
    let mut out = format!("# {}\n\n", module.name);
    paragraph(&mut out, &module.comment.text);
    for usage in &module.comment.usage {
        let _ = writeln!(out, "```lua\n{usage}\n```\n");
    }
    let mut section = None;
    for item in &module.items {
        if item.section != section {
            section.clone_from(&item.section);
            if let Some(title) = &section {
                let _ = writeln!(out, "## {title}\n");
            }
        }
        self::item(&mut out, item);
    }
    let mut text = out.trim_end().to_string();
    text.push('\n');
    text
}

fn item(out: &mut String, item: &Item) {
    let _ = writeln!(out, "### `{}`\n", item.signature);
    let comment = &item.comment;
    if let Some(why) = &comment.deprecated {
        let _ = writeln!(out, "**Deprecated.** {why}\n");
    }
    paragraph(out, &comment.text);
    for (title, list) in [
        ("Fields", &comment.fields),
        ("Parameters", &comment.params),
        ("Returns", &comment.returns),
    ] {
        if list.is_empty() {
            continue;
        }
        let _ = writeln!(out, "{title}:\n");
        for param in list {
            let mut words = Vec::new();
            if !param.name.is_empty() {
                words.push(format!("`{}`", param.name));
            }
            words.extend(param.ty.as_ref().map(|ty| format!("*{ty}*")));
            words.extend(param.optional.then(|| "(optional)".to_string()));
            let head = words.join(" ");
            let _ = writeln!(
                out,
                "- {head}{}",
                prefixed(if head.is_empty() { "" } else { ": " }, &param.text)
            );
        }
        out.push('\n');
    }
    for (title, list) in
        [("Raises", &comment.raises), ("Also", &comment.overloads), ("See", &comment.see)]
    {
        for text in list {
            let _ = writeln!(out, "{title}: {text}\n");
        }
    }
    for usage in &comment.usage {
        let _ = writeln!(out, "```lua\n{usage}\n```\n");
    }
}

fn paragraph(out: &mut String, text: &str) {
    if !text.is_empty() {
        let _ = writeln!(out, "{text}\n");
    }
}

fn prefixed(prefix: &str, text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("{prefix}{text}") }
}

/// The first sentence of a text, on one line.
pub fn first_sentence(text: &str) -> &str {
    let line = text.lines().next().unwrap_or_default().trim();
    line.find(". ").map_or(line, |end| &line[..=end])
}
