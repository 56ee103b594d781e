//! docs/README.md lists every page of the folder once, in the group that the page itself names.

use super::{Page, docs};
use std::collections::BTreeMap;

/// The headings of the index, and what a page in that group calls itself.
const GROUPS: [(&str, &str); 4] = [
    ("Tutorials", "Tutorial"),
    ("Guides", "Guide"),
    ("Reference", "Reference"),
    ("Explanation", "Explanation"),
];

/// The pages that the index links to at the start of a list item, with the groups they are in.
fn listed(index: &Page) -> BTreeMap<String, Vec<&'static str>> {
    let mut listed: BTreeMap<String, Vec<&'static str>> = BTreeMap::new();
    let mut group = None;
    for (number, line) in index.prose() {
        if let Some(heading) = line.strip_prefix("## ") {
            group = GROUPS.iter().find(|(name, _)| *name == heading).map(|(_, kind)| *kind);
        } else if let Some(item) = line.strip_prefix("- [") {
            let link = item.split_once("](").and_then(|(_, rest)| rest.split_once(')'));
            let Some((link, _)) = link else { panic!("docs/README.md:{number}: no link") };
            let kind = group.unwrap_or_else(|| panic!("docs/README.md:{number}: in no group"));
            listed.entry(format!("docs/{link}")).or_default().push(kind);
        }
    }
    listed
}

#[test]
fn every_page_is_in_one_group_of_the_index() {
    let mut faults = Vec::new();
    let mut listed = listed(&Page::read("docs/README.md"));
    for page in docs() {
        let name = &page.name;
        match listed.remove(name).as_deref() {
            None => faults.push(format!("{name} is not in docs/README.md")),
            Some([kind]) => {
                let line = format!("*{kind} · [documentation index](README.md)*");
                let third = page.text.lines().nth(2).unwrap_or_default();
                if !page.text.starts_with("# ") || third != line {
                    faults.push(format!("{name}: below its title, the page must say: {line}"));
                }
            }
            Some(kinds) => faults.push(format!("{name} is listed {} times", kinds.len())),
        }
    }
    faults.extend(listed.keys().map(|name| format!("the index lists {name}: no such file")));
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
