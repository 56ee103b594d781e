//! Changes of `luka.toml` that leave everything else in it as it is.

use toml_edit::{DocumentMut, InlineTable, Item, Table, value};

use super::manifest::Source;

/// The table that a dependency stands in.
fn table_name(dev: bool) -> &'static str {
    if dev { "dev-dependencies" } else { "dependencies" }
}

fn document(text: &str) -> Result<DocumentMut, String> {
    text.parse::<DocumentMut>().map_err(|e| format!("luka.toml: {}", e.message().trim()))
}

/// The text with a dependency, in the place of one with the same name.
///
/// # Errors
/// The text is no TOML, or has something else where dependencies stand.
pub fn add(text: &str, name: &str, source: &Source, dev: bool) -> Result<String, String> {
    let mut document = document(text)?;
    let mut fields = InlineTable::new();
    match source {
        Source::Path(path) => {
            fields.insert("path", path.as_str().into());
        }
        Source::Git { url, at } => {
            let (word, value) = at.words();
            fields.insert("git", url.as_str().into());
            fields.insert(word, value.into());
        }
        Source::Rock { mirror, version } => {
            fields.insert("rock", version.as_str().into());
            fields.insert("mirror", mirror.as_str().into());
        }
    }
    if !document.contains_key(table_name(dev)) {
        // What stands at the end of the file stays above.
        let above = document.trailing().as_str().unwrap_or_default().to_string();
        let gap = if text.is_empty() { "" } else { "\n" };
        let mut table = Table::new();
        table.decor_mut().set_prefix(format!("{above}{gap}"));
        document.set_trailing("");
        document.insert(table_name(dev), Item::Table(table));
    }
    let table = document.entry(table_name(dev)).or_insert_with(|| Item::Table(Table::new()));
    let table =
        table.as_table_like_mut().ok_or_else(|| format!("`{}` is no table", table_name(dev)))?;
    table.insert(name, value(fields));
    if let Some(other) = document.get_mut(table_name(!dev)).and_then(Item::as_table_like_mut) {
        other.remove(name);
    }
    Ok(document.to_string())
}

/// The text without a dependency; `None` if there is none of the name.
///
/// # Errors
/// The text is no TOML.
pub fn remove(text: &str, name: &str) -> Result<Option<String>, String> {
    let mut document = document(text)?;
    let mut found = false;
    for dev in [false, true] {
        if let Some(table) = document.get_mut(table_name(dev)).and_then(Item::as_table_like_mut) {
            found |= table.remove(name).is_some();
        }
    }
    Ok(found.then(|| document.to_string()))
}

#[cfg(test)]
mod tests {
    use super::super::manifest::Reference;
    use super::*;

    #[test]
    fn the_rest_stays_as_it_is() {
        let text = "# A project.\nstd = \"5.4\"   # plain\n\n[dependencies]\n# Words.\na = { path = \"../a\" } # near\n\n[fmt]\nwidth = 90\n";
        let git = Source::Git {
            url: "https://h/b.git".to_string(),
            at: Reference::Tag("v1.0.0".to_string()),
        };
        let added = add(text, "b", &git, false).expect("added");
        assert_eq!(
            added,
            text.replace(
                "# near\n",
                "# near\nb = { git = \"https://h/b.git\", tag = \"v1.0.0\" }\n"
            )
        );
        assert_eq!(remove(&added, "b"), Ok(Some(text.to_string())));
        assert_eq!(remove(text, "c"), Ok(None));
        let moved = add(text, "a", &Source::Path("../a".to_string()), true).expect("moved");
        assert!(moved.contains("[dev-dependencies]\na = { path = \"../a\" }"), "{moved}");
        assert!(!moved.contains("# near"), "{moved}");
        assert!(add("a = ", "b", &git, false).is_err());
        let line = "b = { git = \"https://h/b.git\", tag = \"v1.0.0\" }\n";
        for (text, above) in
            [("", ""), ("# End.\n", "# End.\n\n"), ("a = 1\n# End.\n", "a = 1\n# End.\n\n")]
        {
            assert_eq!(add(text, "b", &git, false), Ok(format!("{above}[dependencies]\n{line}")));
        }
    }
}
