//! The committed reference is what the table makes.

#![allow(
    clippy::disallowed_methods,
    reason = "goldens are files, and BLESS asks for them to be rewritten"
)]

use luka_bytecode::reference::isa;
use luka_bytecode::reference_lua::lua_table;

#[test]
fn docs_isa_md_is_fresh() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/isa.md");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(path, isa()).expect("written");
    }
    let file = std::fs::read_to_string(path).unwrap_or_default();
    assert!(file == isa(), "docs/isa.md is stale: BLESS=1 cargo test -p luka-bytecode");
}

#[test]
fn the_table_of_the_compiler_in_lua_is_fresh() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../compiler/selfhost/bytecode/ops.lua");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(path, lua_table()).expect("written");
    }
    let file = std::fs::read_to_string(path).expect("ops.lua is there");
    assert!(file == lua_table(), "ops.lua is stale: BLESS=1 cargo test -p luka-bytecode");
}
