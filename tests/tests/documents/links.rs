//! Relative links lead to files that exist, and `#anchors` to headings.

use super::{Page, pages, root};
use std::path::Path;

/// What is between `](` and `)` in a line, outside of code spans.
fn targets(line: &str) -> Vec<&str> {
    let prose = line.split('`').step_by(2);
    let links = prose.flat_map(|text| text.split("](").skip(1));
    links.filter_map(|rest| rest.split_once(')').map(|(target, _)| target)).collect()
}

/// The name that GitHub gives a heading: lower case, blanks as hyphens, no punctuation.
fn anchor(heading: &str) -> String {
    let kept = heading.trim().chars().filter_map(|c| match c {
        ' ' => Some('-'),
        c if c.is_alphanumeric() || c == '-' || c == '_' => Some(c),
        _ => None,
    });
    kept.flat_map(char::to_lowercase).collect()
}

/// The anchors of a page. A heading that occurs again gets `-1`, `-2`, …
fn anchors(page: &Page) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for (_, line) in page.prose().filter(|(_, line)| line.starts_with('#')) {
        let name = anchor(line.trim_start_matches('#'));
        let again = |n: usize| if n == 0 { name.clone() } else { format!("{name}-{n}") };
        let free = (0..).map(again).find(|name| !found.contains(name));
        found.extend(free);
    }
    found
}

#[test]
fn links_lead_somewhere() {
    let mut faults = Vec::new();
    let mut links = 0;
    for page in pages() {
        for (number, line) in page.prose() {
            // The code blocks of a line, whose backticks `targets` counts, are always closed.
            for target in targets(line).into_iter().filter(|target| !target.contains("://")) {
                links += 1;
                let (file, fragment) = target.split_once('#').unwrap_or((target, ""));
                let folder = Path::new(&page.name).parent().expect("a file");
                let path = match file {
                    "" => page.name.clone(),
                    file => folder.join(file).to_string_lossy().into_owned(),
                };
                if !root().join(&path).exists() {
                    faults.push(format!("{}:{number}: there is no {target}", page.name));
                } else if !fragment.is_empty()
                    && !anchors(&Page::read(&path)).iter().any(|anchor| anchor == fragment)
                {
                    faults.push(format!("{}:{number}: no heading #{fragment}", page.name));
                }
            }
        }
    }
    assert!(links > 100, "only {links} links found");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn anchors_are_named_as_github_names_them() {
    assert_eq!(anchor(" `goto` and `<close>`: what's new?"), "goto-and-close-whats-new");
    assert_eq!(targets("[a](b.md#c), `[x](y)` and [d](e)"), ["b.md#c", "e"]);
}
