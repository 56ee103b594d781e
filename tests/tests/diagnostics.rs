//! The table of diagnostic codes: docs/diagnostics.md is made from it.

use luka_compiler::diag::document;

#[test]
fn the_document_is_fresh() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/diagnostics.md");
    let text = document();
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(path, &text).expect("written");
    }
    let file = std::fs::read_to_string(path).unwrap_or_default();
    assert!(file == text, "docs/diagnostics.md is stale: BLESS=1 cargo test --test diagnostics");
}
