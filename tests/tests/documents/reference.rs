//! docs/stdlib.md and `luka doc` say the same of the modules that are written in the language.

use super::Page;
use luka_tests::binary;
use serde_json::Value;
use std::process::Command;

#[test]
fn luka_doc_says_what_the_reference_says() {
    let mut luka = Command::new(binary::luka());
    luka.args(["doc", "--format", "json", "stdlib/lib"]).current_dir(super::root());
    let output = luka.output().expect("it runs");
    let project: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let page = Page::read("docs/stdlib.md");
    let sections = page.text.split("\n## ");
    let section = |module: &str| {
        let title = format!("Module `{module}`\n");
        sections.clone().find(|section| section.starts_with(&title))
    };
    let mut compared = 0;
    for module in project["modules"].as_array().expect("modules") {
        let name = module["name"].as_str().expect("a name");
        // (Parts of modules are not public.)
        let Some(section) = section(name) else { continue };
        for item in module["items"].as_array().expect("items") {
            let word = |name: &str| item[name].as_str().unwrap_or_default();
            let (own, text) = (word("name"), word("text"));
            let is_function = matches!(word("kind"), "function" | "method");
            // (Functions in tables of a module are described with the table.)
            if !is_function || own.matches(['.', ':']).count() > 1 {
                continue;
            }
            let last = own.rsplit(['.', ':']).next().expect("a name");
            let list = &word("signature")[word("signature").find('(').expect("a list")..];
            let first = text.lines().next().unwrap_or_default();
            let mut entries = section.split("\n#### `").skip(1);
            let found = entries.any(|entry| {
                let (head, text) = entry.split_once('\n').unwrap_or((entry, ""));
                let head = head.trim_end_matches('`');
                let is_own = head.split_once(['.', ':']).is_some_and(|(_, rest)| {
                    rest.starts_with(last) && rest[last.len()..].starts_with(list)
                });
                is_own && text.trim_start().starts_with(first)
            });
            assert!(found, "{name}: `{own}{list}` is not in docs/stdlib.md as {first:?}");
            compared += 1;
        }
    }
    assert!(compared > 150, "{compared}");
}
