//! `docs/stdlib.md` is what the declarations say.

#![allow(clippy::disallowed_methods, reason = "the document is a file")]

#[test]
fn the_document_is_fresh() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/stdlib.md");
    let text = luka_stdlib::reference::reference();
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(path, &text).expect("written");
    }
    let written = std::fs::read_to_string(path).unwrap_or_default();
    assert!(written == text, "docs/stdlib.md is stale: BLESS=1 cargo test -p luka-stdlib");
}
