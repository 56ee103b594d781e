//! Documentation as HTML: a page for each module, and one for its source. No page needs a script.

use serde_json::json;
use std::fmt::Write;

use super::code;
use super::comment::Param;
use super::markdown::first_sentence;
use super::model::{Item, Module, Project};
use super::prose::{blocks, inline, linked};
use crate::markup::escaped;

const STYLE: &str = include_str!("assets/style.css");
const SEARCH: &str = include_str!("assets/search.js");

/// All files by their names.
pub fn files(project: &Project, source_address: Option<&str>) -> Vec<(String, String)> {
    let mut files = vec![
        ("style.css".to_string(), STYLE.to_string()),
        ("search.js".to_string(), format!("{}\n{SEARCH}", index(project))),
        ("index.html".to_string(), project_page(project)),
    ];
    for module in &project.modules {
        let page = Page { project, module, source_address };
        files.push((file_of(module), page.html()));
        if source_address.is_none() {
            files.push((source_file_of(module), source_page(project, module)));
        }
    }
    files
}

/// The page of a module. (A module may be called `index`.)
fn file_of(module: &Module) -> String {
    format!("module.{}.html", module.name.replace('/', "."))
}

fn source_file_of(module: &Module) -> String {
    format!("source.{}.html", module.name.replace('/', "."))
}

/// What the search looks in.
fn index(project: &Project) -> String {
    let mut rows = Vec::new();
    for module in &project.modules {
        rows.push(json!([module.name, file_of(module), first_sentence(&module.comment.text)]));
        for item in &module.items {
            let address = format!("{}#{}", file_of(module), item.anchor());
            rows.push(json!([item.name, address, first_sentence(&item.comment.text)]));
        }
    }
    let rows: Vec<String> = rows.iter().map(ToString::to_string).collect();
    format!("const INDEX = [\n{}\n];", rows.join(",\n"))
}

/// A whole page.
fn page(project: &Project, title: &str, current: Option<&Module>, main: &str) -> String {
    let mut modules = String::new();
    for module in &project.modules {
        let class =
            if current.is_some_and(|c| c.name == module.name) { " class=\"current\"" } else { "" };
        let (file, name) = (escaped(&file_of(module)), escaped(&module.name));
        let _ = writeln!(modules, "<li{class}><a href=\"{file}\">{name}</a></li>");
    }
    let (title, name) = (escaped(title), escaped(&project.name));
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<link rel=\"stylesheet\" href=\"style.css\">\n\
         <script defer src=\"search.js\"></script>\n</head>\n<body>\n<div class=\"page\">\n\
         <nav>\n<a href=\"index.html\">{name}</a>\n<ul>\n{modules}</ul>\n</nav>\n\
         <main>\n{main}</main>\n</div>\n</body>\n</html>\n"
    )
}

fn project_page(project: &Project) -> String {
    let mut main = format!("<h1>{}</h1>\n<dl>\n", escaped(&project.name));
    for module in &project.modules {
        let link = |name: &str| address(project, module, name);
        let _ = writeln!(
            main,
            "<dt><a href=\"{}\"><code>{}</code></a></dt>\n<dd>{}</dd>",
            escaped(&file_of(module)),
            escaped(&module.name),
            inline(first_sentence(&module.comment.text), &link),
        );
    }
    main.push_str("</dl>\n");
    page(project, &project.name, None, &main)
}

/// The address of what a name stands for on the page of a module.
fn address(project: &Project, from: &Module, name: &str) -> Option<String> {
    let (module, item) = project.find(name, from)?;
    Some(match item {
        Some(item) => format!("{}#{}", file_of(module), item.anchor()),
        None => file_of(module),
    })
}

fn source_page(project: &Project, module: &Module) -> String {
    let mut main = format!("<h1>{}</h1>\n<pre class=\"lines\">", escaped(&module.path));
    for (number, line) in code::html(&module.text).split('\n').enumerate() {
        let n = number + 1;
        let _ = writeln!(main, "<span id=\"L{n}\"><a href=\"#L{n}\">{n}</a>{line}</span>");
    }
    main.push_str("</pre>\n");
    page(project, &module.path, Some(module), &main)
}

struct Page<'a> {
    project: &'a Project,
    module: &'a Module,
    /// Where sources are: `{file}` and `{line}` stand for the place. `None`: on pages of their own.
    source_address: Option<&'a str>,
}

impl Page<'_> {
    fn link(&self, name: &str) -> Option<String> {
        address(self.project, self.module, name)
    }

    fn blocks(&self, text: &str) -> String {
        blocks(text, &|name| self.link(name), &code::html)
    }

    fn inline(&self, text: &str) -> String {
        inline(text, &|name| self.link(name))
    }

    fn html(&self) -> String {
        let module = self.module;
        let mut main = format!("<h1><code>{}</code></h1>\n", escaped(&module.name));
        main.push_str(&self.blocks(&module.comment.text));
        self.usage(&module.comment.usage, &mut main);
        if !module.items.is_empty() {
            main.push_str("<ul>\n");
            for item in &module.items {
                let (anchor, name) = (escaped(&item.anchor()), escaped(&item.name));
                let text = self.inline(first_sentence(&item.comment.text));
                let between = if text.is_empty() { "" } else { ": " };
                let _ = writeln!(
                    main,
                    "<li><a href=\"#{anchor}\"><code>{name}</code></a>{between}{text}</li>"
                );
            }
            main.push_str("</ul>\n");
        }
        let mut section = &None;
        for item in &module.items {
            if item.section != *section {
                section = &item.section;
                if let Some(title) = section {
                    let _ = writeln!(main, "<h2>{}</h2>", escaped(title));
                }
            }
            self.item(item, &mut main);
        }
        page(self.project, &module.name, Some(module), &main)
    }

    fn item(&self, item: &Item, out: &mut String) {
        let source = match self.source_address {
            Some(address) => {
                let address = address.replace("{file}", &self.module.path);
                address.replace("{line}", &item.line.to_string())
            }
            None => format!("{}#L{}", source_file_of(self.module), item.line),
        };
        let comment = &item.comment;
        let _ = writeln!(
            out,
            "<article id=\"{}\">\n<h3>{} <a class=\"source\" href=\"{}\">source</a></h3>",
            escaped(&item.anchor()),
            escaped(&item.signature),
            escaped(&source),
        );
        if let Some(why) = &comment.deprecated {
            let _ = writeln!(out, "<p><strong>Deprecated.</strong> {}</p>", self.inline(why));
        }
        out.push_str(&self.blocks(&comment.text));
        self.list("Fields", &comment.fields, out);
        self.list("Parameters", &comment.params, out);
        self.list("Returns", &comment.returns, out);
        for (title, list) in [("Raises", &comment.raises), ("Also", &comment.overloads)] {
            for text in list {
                let _ = writeln!(out, "<p>{title}: {}</p>", self.inline(text));
            }
        }
        for see in &comment.see {
            let names = see.split(',').map(|name| {
                let name = name.trim();
                let word = name.split_whitespace().next().unwrap_or(name);
                linked(word, &escaped(name), &|name| self.link(name))
            });
            let names: Vec<String> = names.collect();
            let _ = writeln!(out, "<p>See {}</p>", names.join(", "));
        }
        self.usage(&comment.usage, out);
        out.push_str("</article>\n");
    }

    fn usage(&self, usage: &[String], out: &mut String) {
        for text in usage {
            let _ = writeln!(out, "<pre><code>{}</code></pre>", code::html(text));
        }
    }

    fn list(&self, title: &str, list: &[Param], out: &mut String) {
        if list.is_empty() {
            return;
        }
        let _ = writeln!(out, "<p class=\"note\">{title}</p>\n<dl>");
        for param in list {
            let mut words = Vec::new();
            if !param.name.is_empty() {
                words.push(format!("<code>{}</code>", escaped(&param.name)));
            }
            words.extend(
                param
                    .ty
                    .as_ref()
                    .map(|ty| format!("<span class=\"type\">{}</span>", self.types(ty))),
            );
            words
                .extend(param.optional.then(|| "<span class=\"type\">optional</span>".to_string()));
            let _ = writeln!(out, "<dt>{}</dt>", words.join(" "));
            if !param.text.is_empty() {
                let _ = writeln!(out, "<dd>{}</dd>", self.inline(&param.text));
            }
        }
        out.push_str("</dl>\n");
    }

    /// A type, whose names lead to classes.
    fn types(&self, ty: &str) -> String {
        let is_name = |c: char| c.is_alphanumeric() || "_.".contains(c);
        let mut out = String::new();
        let mut rest = ty;
        while !rest.is_empty() {
            let end = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
            let (name, behind) = rest.split_at(end);
            out.push_str(&linked(name, &escaped(name), &|name| {
                self.link(name).filter(|_| !name.is_empty())
            }));
            let next = behind.find(is_name).unwrap_or(behind.len());
            out.push_str(&escaped(&behind[..next]));
            rest = &behind[next..];
        }
        out
    }
}
