//! The documentation: every page is in the index, links lead somewhere, and code blocks do what the
//! page says they do. `BLESS=1` rewrites the output shown in `console` blocks.

mod blocks;
mod index;
mod links;
mod reference;

use std::path::{Path, PathBuf};

/// The root of the repository.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// A Markdown file.
struct Page {
    /// Path from the root of the repository, with `/`.
    name: String,
    text: String,
}

impl Page {
    fn read(name: &str) -> Page {
        let text = std::fs::read_to_string(root().join(name));
        Page { name: name.to_string(), text: text.unwrap_or_else(|e| panic!("{name}: {e}")) }
    }

    /// Whether a test writes the file from the sources.
    fn is_generated(&self) -> bool {
        self.text.contains("do not edit. -->")
    }

    /// The lines outside of code blocks, with their numbers.
    fn prose(&self) -> impl Iterator<Item = (usize, &str)> {
        let mut in_block = false;
        self.text.lines().enumerate().filter_map(move |(n, line)| {
            let fence = line.trim_start().starts_with("```");
            in_block ^= fence;
            (!in_block && !fence).then_some((n + 1, line))
        })
    }
}

/// The pages in `docs/` by name, without the index.
fn docs() -> Vec<Page> {
    let entries = std::fs::read_dir(root().join("docs")).expect("docs/");
    let names = entries.map(|e| e.expect("an entry").file_name().into_string().expect("UTF-8"));
    let names = names.filter(|name| name.ends_with(".md") && name != "README.md");
    let mut names: Vec<String> = names.collect();
    names.sort();
    names.iter().map(|name| Page::read(&format!("docs/{name}"))).collect()
}

/// All pages that are checked: those in `docs/` and the Markdown files beside the sources.
fn pages() -> Vec<Page> {
    let others = [
        "README.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
        "docs/README.md",
        "benches/README.md",
        "compiler/selfhost/README.md",
        "examples/scheme/README.md",
    ];
    others.iter().map(|name| Page::read(name)).chain(docs()).collect()
}
