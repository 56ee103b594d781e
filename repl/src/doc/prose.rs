//! The Markdown of comments as HTML: paragraphs, lists, headings, code, emphasis and links.

use std::fmt::Write;

use crate::markup::escaped;

/// A text as blocks. `link` finds the address of a name; `code` makes HTML of code.
pub fn blocks(
    text: &str,
    link: &dyn Fn(&str) -> Option<String>,
    code: &dyn Fn(&str) -> String,
) -> String {
    let mut out = String::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let trimmed = line.trim();
        if trimmed.is_empty() {
            continue;
        }
        if let Some(language) = trimmed.strip_prefix("```") {
            let mut body = Vec::new();
            for line in lines.by_ref() {
                if line.trim() == "```" {
                    break;
                }
                body.push(line);
            }
            let body = body.join("\n");
            let is_lua = matches!(language.trim(), "" | "lua" | "luka");
            let html = if is_lua { code(&body) } else { escaped(&body) };
            let _ = writeln!(out, "<pre><code>{html}</code></pre>");
        } else if let Some(title) = heading(trimmed) {
            let _ = writeln!(out, "<h4>{}</h4>", inline(title, link));
        } else if let Some(first) = item(trimmed) {
            let mut items = vec![first.to_string()];
            while let Some(next) = lines.next_if(|line| !line.trim().is_empty()) {
                match item(next.trim()) {
                    Some(text) => items.push(text.to_string()),
                    None => {
                        let last = items.last_mut().expect("the first one");
                        last.push(' ');
                        last.push_str(next.trim());
                    }
                }
            }
            out.push_str("<ul>\n");
            for text in items {
                let _ = writeln!(out, "<li>{}</li>", inline(&text, link));
            }
            out.push_str("</ul>\n");
        } else if line.starts_with("    ") {
            let mut body = vec![line];
            while let Some(next) = lines.next_if(|line| line.starts_with("    ")) {
                body.push(next);
            }
            let body: Vec<&str> = body.iter().map(|line| &line[4..]).collect();
            let _ = writeln!(out, "<pre><code>{}</code></pre>", code(&body.join("\n")));
        } else {
            let mut words = trimmed.to_string();
            let is_more = |line: &str| {
                let line = line.trim();
                !line.is_empty() && !line.starts_with("```") && item(line).is_none()
            };
            while let Some(next) = lines.next_if(|line| is_more(line)) {
                words.push(' ');
                words.push_str(next.trim());
            }
            let _ = writeln!(out, "<p>{}</p>", inline(&words, link));
        }
    }
    out
}

fn heading(line: &str) -> Option<&str> {
    let title = line.trim_start_matches('#');
    let level = line.len() - title.len();
    (1..=6).contains(&level).then(|| title.strip_prefix(' ')).flatten()
}

fn item(line: &str) -> Option<&str> {
    line.strip_prefix("- ").or_else(|| line.strip_prefix("* "))
}

/// Text within a line.
pub fn inline(text: &str, link: &dyn Fn(&str) -> Option<String>) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(['`', '*', '[', '@']) {
        out.push_str(&escaped(&rest[..at]));
        let found = special(&rest[at..], link);
        let (html, behind) = found.unwrap_or_else(|| {
            let c = rest[at..].chars().next().unwrap_or_default();
            (escaped(&c.to_string()), c.len_utf8())
        });
        out.push_str(&html);
        rest = &rest[at + behind..];
    }
    out.push_str(&escaped(rest));
    out
}

/// Code, emphasis or a link at the beginning of a text: its HTML and its length.
fn special(text: &str, link: &dyn Fn(&str) -> Option<String>) -> Option<(String, usize)> {
    let between = |open: &str, close: &str| {
        let rest = text.strip_prefix(open)?;
        let end = rest.find(close).filter(|&end| end > 0)?;
        Some((&rest[..end], open.len() + end + close.len()))
    };
    // LDoc's `@{name}` and `@{name|text}`.
    if let Some((inner, length)) = between("@{", "}") {
        let (name, shown) = inner.split_once('|').unwrap_or((inner, inner));
        return Some((linked(name, &escaped(shown), link), length));
    }
    if let Some((code, length)) = between("`", "`") {
        return Some((format!("<code>{}</code>", linked(code, &escaped(code), link)), length));
    }
    if let Some((strong, length)) = between("**", "**") {
        return Some((format!("<strong>{}</strong>", escaped(strong)), length));
    }
    if let Some((soft, length)) = between("*", "*")
        && !soft.starts_with(' ')
        && !soft.ends_with(' ')
    {
        return Some((format!("<em>{}</em>", escaped(soft)), length));
    }
    let (shown, length) = between("[", "]")?;
    let target = text[length..].strip_prefix('(').and_then(|rest| rest.split_once(')'));
    match target {
        Some((target, _)) => {
            let is_address =
                ["http://", "https://", "#", "mailto:"].iter().any(|p| target.starts_with(p));
            let address = link(target).or_else(|| is_address.then(|| target.to_string()));
            let html = match address {
                Some(address) => {
                    format!("<a href=\"{}\">{}</a>", escaped(&address), escaped(shown))
                }
                None => escaped(shown),
            };
            Some((html, length + target.len() + 2))
        }
        None => link(shown).map(|_| (linked(shown, &escaped(shown), link), length)),
    }
}

/// A name with its address, if it has one.
pub fn linked(name: &str, html: &str, link: &dyn Fn(&str) -> Option<String>) -> String {
    match link(name) {
        Some(address) => format!("<a href=\"{}\">{html}</a>", escaped(&address)),
        None => html.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::{blocks, escaped};

    #[test]
    fn markdown() {
        let link = |name: &str| (name == "cart.add").then(|| "cart.html#add".to_string());
        let html = |text: &str| blocks(text, &link, &escaped);
        assert_eq!(html("a\nb\n\nc & d"), "<p>a b</p>\n<p>c &amp; d</p>\n");
        assert_eq!(
            html("x:\n- a\n  b\n- **c**"),
            "<p>x:</p>\n<ul>\n<li>a b</li>\n<li><strong>c</strong></li>\n</ul>\n"
        );
        assert_eq!(html("```lua\nx < 1\n```"), "<pre><code>x &lt; 1</code></pre>\n");
        assert_eq!(html("## T"), "<h4>T</h4>\n");
        let linked = "<a href=\"cart.html#add\">";
        assert_eq!(html("`cart.add`"), format!("<p><code>{linked}cart.add</a></code></p>\n"));
        assert_eq!(html("see @{cart.add|it}"), format!("<p>see {linked}it</a></p>\n"));
        assert_eq!(
            html("[cart.add] [x] 2 * 3 * 4"),
            format!("<p>{linked}cart.add</a> [x] 2 * 3 * 4</p>\n")
        );
        assert_eq!(
            html("[a](https://b.c) [e](javascript:f)"),
            "<p><a href=\"https://b.c\">a</a> e</p>\n"
        );
        assert_eq!(html("*a* é `"), "<p><em>a</em> é `</p>\n");
    }
}
