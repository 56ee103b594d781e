//! What is missing in the documentation, and what is wrong.

use super::model::{Item, Kind, Module, Project};

/// Something to report.
pub struct Finding {
    /// `src/cart.lua:12: …`
    pub text: String,
    /// It is wrong, not only missing.
    pub is_wrong: bool,
}

/// Everything that is found.
pub fn findings(project: &Project) -> Vec<Finding> {
    let mut found = Vec::new();
    for module in &project.modules {
        let mut report = |line: u32, is_wrong: bool, what: String| {
            found.push(Finding { text: format!("{}:{line}: {what}", module.path), is_wrong });
        };
        if module.comment.text.is_empty() {
            report(1, false, format!("the module '{}' is not documented", module.name));
        }
        for item in &module.items {
            if item.comment.is_empty() && item.kind != Kind::Field {
                report(item.line, false, format!("'{}' is not documented", item.name));
            }
            parameters(item, &mut report);
            for see in dead_links(project, module, item) {
                report(item.line, true, format!("'{}': there is no '{see}' to see", item.name));
            }
        }
    }
    found
}

/// Tags of parameters that the function does not have, and parameters that have none among others.
fn parameters(item: &Item, report: &mut impl FnMut(u32, bool, String)) {
    let Some(parameters) = &item.parameters else { return };
    let tags = &item.comment.params;
    // `opts.width` says something of `opts`; a pattern has no name.
    let plain = |name: &str| name.split(['.', '[']).next().unwrap_or(name).to_string();
    let has_pattern = parameters.iter().any(|parameter| parameter == "…");
    for tag in tags {
        let name = plain(&tag.name);
        let is_rest = tag.name.starts_with("...") && parameters.iter().any(|p| p == "...");
        if !is_rest && !has_pattern && name != "self" && !parameters.contains(&name) {
            let name = &tag.name;
            report(item.line, true, format!("'{}' has no parameter '{name}'", item.name));
        }
    }
    if tags.is_empty() {
        return;
    }
    for parameter in parameters.iter().filter(|p| *p != "..." && *p != "…" && !p.starts_with('_'))
    {
        if !tags.iter().any(|tag| plain(&tag.name) == *parameter) {
            let what = format!("'{}': the parameter '{parameter}' is not documented", item.name);
            report(item.line, false, what);
        }
    }
}

/// References to something of the project that is not there.
fn dead_links(project: &Project, module: &Module, item: &Item) -> Vec<String> {
    let see = item.comment.see.iter().flat_map(|see| see.split(','));
    let words = see.map(str::trim).filter(|word| {
        let is_name = |c: char| c.is_ascii_alphanumeric() || "_.:".contains(c);
        !word.is_empty() && word.chars().all(is_name)
    });
    // Of what is outside of the project nothing is known.
    let is_ours = |word: &str| {
        let head = word.split(['.', ':']).next().unwrap_or(word);
        project
            .modules
            .iter()
            .any(|module| module.name == head || module.name.rsplit('.').next() == Some(head))
    };
    words
        .filter(|word| word.contains(['.', ':']) && is_ours(word))
        .filter(|word| project.find(word, module).is_none())
        .map(str::to_string)
        .collect()
}
